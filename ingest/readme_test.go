package ingest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/query/catalog"
)

// The examples of the README are taken, every row of them and without a warning.
func TestExamplesOfTheReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalog.Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	examples := regexp.MustCompile("(?s)```(ndjson|json|csv) (observations|population|task-progress)\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	formats := map[Format]bool{}
	for _, e := range examples {
		formats[Format(e[1])] = true
		receipt, err := r.Submit(t.Context(), Intake{Dataset: Dataset(e[2]), Format: Format(e[1]), Body: strings.NewReader(e[3]), Wait: true})
		if err != nil || receipt.Accepted == 0 || receipt.Rejected+receipt.Warned > 0 {
			t.Errorf("%s\n%+v, %v", e[3], receipt, err)
		}
	}
	if len(formats) != 3 || len(examples) < 5 {
		t.Errorf("%d examples of %d formats", len(examples), len(formats))
	}
}
