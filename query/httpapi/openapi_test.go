package httpapi

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var update = flag.Bool("update", false, "write the golden files")

const goldenDocument = "openapi.json"

// TestDocumentIsGolden keeps every change of the contract visible in review; the
// front end generates its types from the golden file.
func TestDocumentIsGolden(t *testing.T) {
	got, err := document((*Server)(nil).routes())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(goldenDocument, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenDocument)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("openapi.json differs from the routes and schemas; if the change is meant, run: go test ./query/httpapi -run Golden -update")
	}
}

// TestDocumentIsValid checks the document as OpenAPI 3.1, its examples included.
func TestDocumentIsValid(t *testing.T) {
	d := loadDocument(t)
	if err := d.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
}

// TestEveryRouteIsDocumented compares the table with the file, both ways.
func TestEveryRouteIsDocumented(t *testing.T) {
	d := loadDocument(t)
	documented := map[string]bool{}
	for path, item := range d.Paths.Map() {
		for method := range item.Operations() {
			documented[method+" "+path] = true
		}
	}
	for _, r := range (*Server)(nil).routes() {
		key := r.method + " " + r.path
		if r.doc == page() {
			if strings.HasPrefix(r.path, apiPrefix) {
				t.Errorf("%s is documented as a page", key)
			}
			continue
		}
		if !documented[key] {
			t.Errorf("%s is not in %s", key, goldenDocument)
		}
		delete(documented, key)
	}
	for key := range documented {
		t.Errorf("%s is in %s but not in the table", key, goldenDocument)
	}
}

func loadDocument(t *testing.T) *openapi3.T {
	t.Helper()
	d, err := openapi3.NewLoader().LoadFromFile(goldenDocument)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
