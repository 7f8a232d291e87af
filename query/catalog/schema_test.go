package catalog

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
)

var update = flag.Bool("update", false, "write the schemas")

const schemaDir = "../../deploy/catalog/schema"

// The schemas that are published are those of the structs.
func TestSchemasAreGolden(t *testing.T) {
	schemas, err := Schemas()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range schemas {
		file := filepath.Join(schemaDir, name)
		if *update {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		published, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(published, text) {
			t.Errorf("%s is not what the structs say (%v); if the change is meant, run: go test ./query/catalog -run Golden -update", name, err)
		}
	}
	files, err := filepath.Glob(schemaDir + "/*")
	if err != nil || len(files) != len(schemas) {
		t.Errorf("%d files for %d schemas, %v", len(files), len(schemas), err)
	}
}

// Every key says what it means, and no note is left of a key that is gone.
func TestEveryKeyHasANote(t *testing.T) {
	used := map[string]bool{}
	for _, s := range schemaOf {
		g := schemaMaker{defs: map[string]any{}}
		types := map[string]any{schemaType(s.root): g.object(s.root)}
		for name, object := range g.defs {
			types[name] = object
		}
		for name, object := range types {
			for key := range object.(schema)["properties"].(schema) {
				used[name+"."+key] = true
				if schemaNotes[name+"."+key].doc == "" {
					t.Errorf("%s: schema_notes.go does not say what %s.%s means", s.file, name, key)
				}
			}
		}
	}
	for key := range schemaNotes {
		if !used[key] {
			t.Errorf("schema_notes.go explains %s, which is no key", key)
		}
	}
}

// schemas compiles what is published with a library that knows nothing of ours.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	compiled := map[string]*jsonschema.Schema{}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for _, s := range schemaOf {
		name := schemaName(s.file)
		text, err := os.ReadFile(filepath.Join(schemaDir, name))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = compiler.AddResource("urn:toancanh:catalog:"+name, document)
		}
		if err == nil {
			compiled[name], err = compiler.Compile("urn:toancanh:catalog:" + name)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return compiled
}

// schemaFor gives the schema of a file or of a part of a list.
func schemaFor(file string) string {
	if dir := path.Dir(file); dir != "." {
		file = dir + ".yaml"
	}
	return schemaName(file)
}

func validate(compiled map[string]*jsonschema.Schema, file, text string) error {
	schema := compiled[schemaFor(file)]
	if schema == nil {
		return fmt.Errorf("there is no schema for %s", file)
	}
	var document any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return err
	}
	asJSON, err := yaml.MarshalWithOptions(document, yaml.JSON())
	if err != nil {
		return err
	}
	plain, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return err
	}
	return schema.Validate(plain)
}

// What Load takes the schemas take, and every file tells its editor where its schema is.
func TestSchemasTakeCatalogues(t *testing.T) {
	compiled := schemas(t)
	for name, of := range map[string]struct {
		fsys fs.FS
		up   string // from the directory to the schemas
	}{
		"vinhphuc": {catalogs.VinhPhuc(), "../schema/"},
		"haidang":  {os.DirFS("testdata/haidang"), "../../../../deploy/catalog/schema/"},
	} {
		for file, text := range copyOf(t, of.fsys) {
			if path.Ext(file) != ".yaml" {
				continue
			}
			if err := validate(compiled, file, text); err != nil {
				t.Errorf("%s/%s: %v", name, file, err)
			}
			line := "# yaml-language-server: $schema=" + strings.Repeat("../", strings.Count(file, "/")) + of.up + schemaFor(file) + "\n"
			if !strings.HasPrefix(text, line) {
				t.Errorf("%s/%s does not begin with %s", name, file, line)
			}
		}
	}
}

// What an editor can see without the other files, it marks.
func TestSchemasRefuseBrokenCopies(t *testing.T) {
	compiled := schemas(t)
	for name, c := range map[string]struct{ file, old, broken string }{
		"unknown key":          {"measures.yaml", "time_rule: stock", "time_rle: stock"},
		"missing key":          {"scenes.yaml", ", seconds: 30}", "}"},
		"text for a number":    {"indicators.yaml", "decimals: 1", "decimals: one"},
		"a list for text":      {"catalog.yaml", "root: \"26\"", "root: [26]"},
		"unknown time rule":    {"measures.yaml", "time_rule: flow", "time_rule: flows"},
		"unknown direction":    {"indicators.yaml", "direction: higher", "direction: up"},
		"unknown period":       {"measures.yaml", "reported_by: statutory_month", "reported_by: lunar_month"},
		"an id with a space":   {"agencies.yaml", "- id: tand", "- id: toà án"},
		"one language only":    {"dimensions.yaml", "{vi: Nam, en: Male}", "{vi: Nam}"},
		"a date that is none":  {"catalog.yaml", "in_force_from: 2020-02-01", "in_force_from: 1 February 2020"},
		"a time without a day": {"catalog.yaml", "clock_start: 2022-11-20T08:00:00+07:00", "clock_start: 08:00"},
	} {
		t.Run(name, func(t *testing.T) {
			copied := copyOf(t, catalogs.VinhPhuc())
			file := copied.replace(t, c.file, c.old, c.broken)
			if err := validate(compiled, file, copied[file]); err == nil {
				t.Error("the schema takes it")
			} else if _, ours := err.(*jsonschema.ValidationError); !ours {
				t.Error(err)
			}
		})
	}
}
