package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

const secondProvince = "../../query/catalog/testdata/haidang"

// copied gives a directory with the made-up province, changed in one place.
func copied(t *testing.T, file, old, changed string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(secondProvince)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, file)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s does not say %q, %v", file, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), old, changed, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func codeOf(err error) int {
	var chosen exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &chosen):
		return chosen.code
	default:
		return 1
	}
}

func TestCatalogCheckPrintsEveryFinding(t *testing.T) {
	var out strings.Builder
	if err := (&catalogCheckCommand{Dir: secondProvince}).Run(&out); err != nil || !strings.HasPrefix(out.String(), "hai-dang: 2 boundary sets") {
		t.Errorf("it says %q, %v", &out, err)
	}
	out.Reset()
	broken := copied(t, "measures.yaml", "time_rule: stock", "time_rule: stok")
	if err := (&catalogCheckCommand{Dir: broken}).Run(&out); err == nil || !strings.Contains(err.Error(), "measures.yaml:") {
		t.Errorf("it says %v", err)
	}
	out.Reset()
	err := (&catalogCheckCommand{Dir: broken, JSON: true}).Run(&out)
	var findings catalog.Findings
	if e := json.Unmarshal([]byte(out.String()), &findings); e != nil || codeOf(err) != 1 || len(findings) != 1 || findings[0].File != "measures.yaml" {
		t.Errorf("as JSON it says %s, %v, %v", &out, err, e)
	}
}

func TestCatalogShow(t *testing.T) {
	for name, c := range map[string]struct {
		what []string
		json bool
		says []string
	}{
		"what there is":     {[]string{secondProvince}, false, []string{"hai-dang: Lighthouse province, version ", "     5 indicator\n"}},
		"all of a kind":     {[]string{secondProvince, "indicator"}, false, []string{"late_rate     Share of late ships\n"}},
		"one":               {[]string{secondProvince, "indicator", "late_rate"}, false, []string{"formula: 1000 * sum(ships_late) / sum(ships)\n", "targets:\n  -\n    date: 2025-07-01\n    value: 100\n"}},
		"one as JSON":       {[]string{secondProvince, "measure", "ships"}, true, []string{`"time_rule": "flow"`, `"dimensions": [`}},
		"a unit":            {[]string{secondProvince, "unit", "00101"}, false, []string{"full_name: Phường Ngọn Đèn\n", "area_km2: 20\n"}},
		"the one built in":  {[]string{"task", "B.I.1"}, false, []string{"lead:\n  - cat\n"}},
		"everything at all": {nil, true, []string{`"indicator": [`, `"unit": [`}},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := (&catalogShowCommand{What: c.what, Lang: "en", JSON: c.json}).Run(&out); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("it does not say %q:\n%.2000s", want, out.String())
				}
			}
			if c.json && !json.Valid([]byte(out.String())) {
				t.Error("it is no JSON")
			}
		})
	}
	for says, what := range map[string][]string{
		"neither a directory":      {"indicators"},
		"did you mean late_rate?":  {secondProvince, "indicator", "late_rat"},
		"at most a kind and an id": {secondProvince, "indicator", "late_rate", "x"},
	} {
		if err := (&catalogShowCommand{What: what, Lang: "vi"}).Run(&strings.Builder{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", what, err)
		}
	}
}

func TestCatalogDiff(t *testing.T) {
	changed := copied(t, "indicators.yaml", "{date: 2026-01-01, value: 50}", "{date: 2026-01-01, value: 80}")
	broken := copied(t, "indicators.yaml", "direction: lower", "direction: down")
	for name, c := range map[string]struct {
		after string
		code  int
		says  string
	}{
		"the same":    {secondProvince, 0, ""},
		"a target":    {changed, 1, "~ indicator late_rate: statuses change, of past periods too; values do not (judgement)\n    targets: [{\"date\":\"2025-07-01\",\"value\":100},"},
		"a broken on": {broken, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			err := (&catalogDiffCommand{Old: secondProvince, New: c.after}).Run(&out)
			if codeOf(err) != c.code || !strings.Contains(out.String(), c.says) || c.code == 0 && out.Len() > 0 {
				t.Errorf("exit %d, %v:\n%s", codeOf(err), err, &out)
			}
		})
	}
}

func TestCatalogSchemasAreWritten(t *testing.T) {
	dir := t.TempDir()
	if err := (&catalogSchemaCommand{Dir: dir}).Run(&strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "measures.schema.json"))
	if err != nil || !json.Valid(text) {
		t.Errorf("%s, %v", text, err)
	}
}
