package catalog

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/golang-sql/civil"
)

// SchemaDialect is the JSON Schema version of the schemas below.
const SchemaDialect = "https://json-schema.org/draft/2020-12/schema"

// schemaOf gives what each file of a catalogue decodes into. Editors complete and check by
// the schemas made from it; references between files only Load can check.
var schemaOf = []struct {
	file, title string
	root        reflect.Type
}{
	{rootFile, "Catalogue: name, time zone, levels, boundary sets, rules", reflect.TypeFor[rootYAML]()},
	{calendarFile, "Catalogue: days off, reporting chain, meetings", reflect.TypeFor[calendarYAML]()},
	{dimensionsFile, "Catalogue: the axes of measures", reflect.TypeFor[dimensionsYAML]()},
	{measuresFile, "Catalogue: what is reported", reflect.TypeFor[measuresYAML]()},
	{indicatorsFile, "Catalogue: formulas over measures", reflect.TypeFor[indicatorsYAML]()},
	{agenciesFile, "Catalogue: agencies", reflect.TypeFor[agenciesYAML]()},
	{tasksFile, "Catalogue: the plan's tasks", reflect.TypeFor[tasksYAML]()},
	{rulesFile, "Catalogue: what figures are judged by", reflect.TypeFor[rulesYAML]()},
	{scenesFile, "Catalogue: what walls show", reflect.TypeFor[scenesYAML]()},
	{demoFile, "Catalogue: how demonstration figures are made", reflect.TypeFor[demoYAML]()},
}

// Schemas gives the JSON Schema of every file of a catalogue, by the file's name with the
// ending .schema.json instead of .yaml. A file in a directory of parts has the same schema.
func Schemas() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, s := range schemaOf {
		name := schemaName(s.file)
		g := schemaMaker{defs: map[string]any{}}
		schema := g.object(s.root)
		schema["$schema"], schema["$id"], schema["title"] = SchemaDialect, "urn:toancanh:catalog:"+name, s.title
		if len(g.defs) > 0 {
			schema["$defs"] = g.defs
		}
		text, err := json.MarshalIndent(schema, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", s.file, err)
		}
		out[name] = append(text, '\n')
	}
	return out, nil
}

func schemaName(file string) string { return file[:len(file)-len(".yaml")] + ".schema.json" }

// schemaMaker writes structs as the decoder reads them (yaml.go).
type schemaMaker struct {
	defs map[string]any
}

type schema = map[string]any

func (g *schemaMaker) of(t reflect.Type) schema {
	switch t {
	case reflect.TypeFor[civil.Date]():
		return schema{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	case reflect.TypeFor[time.Time]():
		return schema{"type": "string", "format": "date-time"}
	case reflect.TypeFor[expression]():
		return schema{"type": "string", "minLength": 1}
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[place]()) {
		value, _ := t.FieldByName("Value")
		return g.of(value.Type)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem())
	case reflect.Slice:
		return schema{"type": "array", "items": g.of(t.Elem())}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": g.of(t.Elem())}
	case reflect.Struct:
		return g.reference(t)
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Float64:
		return schema{"type": "number"}
	case reflect.Uint64:
		return schema{"type": "integer", "minimum": 0}
	case reflect.Int, reflect.Int64:
		return schema{"type": "integer"}
	default:
		return schema{"type": "string", "minLength": 1}
	}
}

// reference puts a struct among the definitions, once.
func (g *schemaMaker) reference(t reflect.Type) schema {
	name := schemaType(t)
	if _, there := g.defs[name]; !there {
		g.defs[name] = nil // it may contain itself
		g.defs[name] = g.object(t)
	}
	return schema{"$ref": "#/$defs/" + name}
}

// schemaType names a struct: measureYAML is a measure.
func schemaType(t reflect.Type) string {
	name := t.Name()
	if n := len(name) - len("YAML"); n > 0 && name[n:] == "YAML" {
		return name[:n]
	}
	return name
}

func (g *schemaMaker) object(t reflect.Type) schema {
	properties, required := schema{}, []string{}
	for i := range t.NumField() {
		fields, names := fieldsOf(reflect.StructOf([]reflect.StructField{t.Field(i)}))
		if len(names) == 0 {
			continue
		}
		name := names[0]
		if !fields[name].optional {
			required = append(required, name)
		}
		properties[name] = g.noted(schemaType(t)+"."+name, g.of(t.Field(i).Type))
	}
	slices.Sort(required)
	return schema{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
}

// noted adds what the notes know of a key: what it means, and which words it takes. A
// list's words are its items'.
func (g *schemaMaker) noted(key string, s schema) schema {
	n := schemaNotes[key]
	if n.doc != "" {
		s["description"] = n.doc
	}
	at := s
	if items, ok := s["items"].(schema); ok {
		at = items
	}
	switch {
	case len(n.words) > 0:
		delete(at, "minLength")
		at["enum"] = n.words
	case n.pattern != "":
		at["pattern"] = n.pattern
	case n.code:
		at["type"] = []string{"string", "integer"} // 26 is read as the text it is written with
		delete(at, "minLength")
	}
	if n.example != "" {
		s["examples"] = []string{n.example}
	}
	return s
}
