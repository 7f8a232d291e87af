package alerts

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/query/catalog"
)

const deployed = "../../deploy/prometheus"

func rendered(t *testing.T, c *catalog.Catalog) map[string][]byte {
	t.Helper()
	files, err := Render(c, DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func vinhPhuc(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The committed rules are those of the catalogue that ships: a changed target is not forgotten.
func TestRulesAreCurrent(t *testing.T) {
	files := rendered(t, vinhPhuc(t))
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(deployed, "rules", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what `toancanh rules --out deploy/prometheus/rules` writes (%v)", name, err)
		}
	}
	committed, _ := filepath.Glob(filepath.Join(deployed, "rules", "*.yml"))
	if len(committed) != len(files) {
		t.Errorf("%d files are committed, %d rendered", len(committed), len(files))
	}
}

var alertName = regexp.MustCompile(`- alert: (\w+)`)

func alertsOf(files map[string][]byte) (names []string) {
	for _, text := range files {
		for _, m := range alertName.FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names
}

// Every alert has its section in the runbook and is tested by promtool, as firing and as silent.
func TestEveryAlertIsExplainedAndTested(t *testing.T) {
	names := alertsOf(rendered(t, vinhPhuc(t)))
	if len(names) < 20 {
		t.Fatalf("only %d alerts: %v", len(names), names)
	}
	runbook, err := os.ReadFile(filepath.Join(deployed, "RUNBOOK.md"))
	if err != nil {
		t.Fatal(err)
	}
	var tests bytes.Buffer
	paths, _ := filepath.Glob(filepath.Join(deployed, "tests", "*.yml"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	for _, name := range names {
		if !bytes.Contains(runbook, []byte("\n## "+name+"\n")) {
			t.Errorf("the runbook has no section %s", name)
		}
		if !bytes.Contains(tests.Bytes(), []byte(name)) {
			t.Errorf("no promtool test speaks of %s", name)
		}
	}
	for _, section := range regexp.MustCompile(`(?m)^## (\w+)$`).FindAllSubmatch(runbook, -1) {
		if !strings.Contains(strings.Join(names, " ")+" ", string(section[1])+" ") {
			t.Errorf("the runbook explains %s, which is no alert", section[1])
		}
	}
}

// What the catalogue says is what the rules compare with.
func TestThresholdsFollowTheCatalogue(t *testing.T) {
	c := vinhPhuc(t)
	for i := range c.Indicators {
		if c.Indicators[i].ID == "vneid_rate" {
			c.Indicators[i].Tolerance, c.Indicators[i].Direction, c.Indicators[i].Coverage = 2.5, catalog.LowerIsBetter, 0.97
		}
	}
	for i := range c.Calendar.Chain.Steps {
		c.Calendar.Chain.Steps[i].ID = "step_" + c.Calendar.Chain.Steps[i].ID
	}
	files := rendered(t, c)
	thresholds := string(files["thresholds.yml"])
	for _, want := range []string{
		"record: toancanh:indicator_tolerance\n        expr: 'vector(2.5)'\n        labels: { indicator: vneid_rate }",
		"record: toancanh:indicator_sign\n        expr: vector(-1)\n        labels: { indicator: vneid_rate }",
		"record: toancanh:indicator_least_coverage\n        expr: vector(0.97)\n        labels: { indicator: vneid_rate }",
		`expr: '0.1 * max by (indicator) (abs(toancanh_indicator_target{indicator="card_uses_per_1000"}))'`,
	} {
		if !strings.Contains(thresholds, want) {
			t.Errorf("thresholds do not say %s", want)
		}
	}
	if reporting := string(files["reporting.yml"]); !strings.Contains(reporting, `step="step_agencies"`) || !strings.Contains(reporting, `step="step_province"`) {
		t.Error("the steps are not those of the calendar")
	}
}

// A catalogue without a reporting chain or running totals has no rules about them.
func TestRulesOfALesserCatalogue(t *testing.T) {
	c := vinhPhuc(t)
	c.Calendar = catalog.Calendar{}
	for i := range c.Measures {
		c.Measures[i].TimeRule = catalog.Stock
	}
	names := strings.Join(alertsOf(rendered(t, c)), " ")
	if strings.Contains(names, "Late") || strings.Contains(names, "RunningTotal") || !strings.Contains(names, "ToanCanhIndicatorBehind") {
		t.Errorf("alerts are %s", names)
	}
}
