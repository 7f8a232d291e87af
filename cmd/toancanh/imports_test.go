package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/toancanh/toancanh/"

// allowed lists, for each of our packages, which others of ours its code (not its
// tests) may import; "*" is all of them. A package that is not listed fails the test, so
// that a new room states its neighbours. The table is DESIGN.md's "The house".
var allowed = map[string][]string{
	"cmd/toancanh":                   {"*"},
	"geo":                            {},
	"geo/atlas":                      {"geo"},
	"query/catalog":                  {"geo"},
	"query":                          {"geo", "query/catalog"},
	"query/alerts":                   {"query/catalog"},
	"query/httpapi":                  {"geo", "geo/atlas", "query", "query/catalog", "query/httpapi/callers", "query/httpapi/export", "query/httpapi/publications", "ingest", "ingest/template"},
	"query/httpapi/callers":          {"query/catalog"},
	"query/httpapi/export":           {"query/catalog"},
	"query/httpapi/publications":     {"query", "query/catalog"},
	"ingest":                         {"geo", "query/catalog", "ingest/sheet", "ingest/template"},
	"ingest/drop":                    {"ingest"},
	"ingest/sheet":                   {},
	"ingest/template":                {"geo", "query/catalog", "ingest/sheet"},
	"ingest/torture":                 {},
	"ingest/demo":                    {"geo", "query/catalog", "ingest"},
	"deploy/catalog":                 {},
	"deploy/engine":                  {},
	"deploy/warehouse":               {},
	"deploy/warehouse/warehousetest": {"deploy/engine", "deploy/warehouse"},
	"frontend":                       {},
}

func TestImportDirections(t *testing.T) {
	for from, imports := range packages(t) {
		may, known := allowed[from]
		if !known {
			t.Errorf("package %s is not in the table of import directions", from)
		}
		for _, to := range imports {
			ours, isOurs := strings.CutPrefix(to, module)
			if isOurs && !slices.Contains(may, "*") && !slices.Contains(may, ours) {
				t.Errorf("%s must not import %s", from, ours)
			}
			if to == "github.com/gin-gonic/gin" && from != "query/httpapi" {
				t.Errorf("%s imports gin; only query/httpapi may", from)
			}
		}
	}
}

// packages gives the imports of each of our packages by its path within the module.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		found[strings.TrimPrefix(path, module)] = strings.Fields(imports)
	}
	if len(found) == 0 {
		t.Fatal("go list found no package")
	}
	return found
}
