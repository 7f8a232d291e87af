package catalog

import (
	"strings"
	"testing"

	"github.com/golang-sql/civil"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
)

const someRules = `
closings:
  - {due_days: 2, close_days: 30}
  - {measures: [vneid_activated], due_days: 0, close_days: 7}
ranges:
  - {measure: hi_visits_total, min: 1, max: 50000, severity: warning}
jumps:
  - {measure: vneid_activated, up_percent: 50, down_percent: 0, least: 10, look_back_days: 62, severity: error}
parts:
  - {part: dossiers_digitised, whole: dossiers_received, severity: error}
other_agency: warning
`

func TestRules(t *testing.T) {
	f := copyOf(t, catalogs.VinhPhuc())
	f["rules.yaml"] = someRules
	cat, err := Load(f.fs())
	if err != nil {
		t.Fatal(err)
	}
	r := cat.Rules
	end := civil.Date{Year: 2022, Month: 11, Day: 14}
	for measure, last := range map[string]civil.Date{"vneid_activated": end.AddDays(7), "hi_visits_total": end.AddDays(32)} {
		if c, ok := r.Closing(measure); !ok || c.LastOpen(end, cat.Calendar.Holidays) != last {
			t.Errorf("%s closes after %v", measure, c.LastOpen(end, cat.Calendar.Holidays))
		}
	}
	if due := r.Closings[0].Due(end); due.String() != "2022-11-16" {
		t.Errorf("due %v", due)
	}
	if len(r.Ranges) != 1 || r.Ranges[0].Holds(0) || !r.Ranges[0].Holds(1) || !r.Ranges[0].Holds(50_000) || r.Ranges[0].Holds(50_001) {
		t.Errorf("ranges %+v", r.Ranges)
	}
	if r.OtherAgency != SeverityWarning || r.OtherAgency.Explained() != "" || SeverityError.Explained() != SeverityWarning {
		t.Error("severities")
	}
	if p := r.Parts[0]; p != (PartRule{"dossiers_digitised", "dossiers_received", SeverityError, Text{}}) {
		t.Errorf("part %+v", p)
	}
	stated := 0
	for _, p := range r.Parts {
		if p.Part == "dossiers_digitised" {
			stated++
		}
	}
	if stated != 1 {
		t.Errorf("stated %d times", stated)
	}
}

func TestJumps(t *testing.T) {
	percent := func(p float64) *float64 { return &p }
	both := Jump{Up: percent(50), Down: percent(20), Least: 10}
	for _, c := range []struct {
		jump          Jump
		before, value int64
		want          bool
	}{
		{both, 100, 150, false}, {both, 100, 151, true}, {both, 100, 80, false}, {both, 100, 79, true},
		{both, 100, 100, false}, {both, 0, 9, false}, {both, 0, 10, true}, {both, 4, 0, false},
		{Jump{Down: percent(0)}, 100, 99, true}, {Jump{Down: percent(0)}, 100, 1_000_000, false}, {Jump{Up: percent(0)}, 0, 0, false},
	} {
		if got := c.jump.Jumped(c.before, c.value); got != c.want {
			t.Errorf("%d after %d: %v", c.value, c.before, got)
		}
	}
}

// Without the file nothing closes, and what indicators call a part of a whole is compared all the same.
func TestNoRules(t *testing.T) {
	cat, err := Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	f := copyOf(t, catalogs.VinhPhuc())
	delete(f, "rules.yaml")
	bare, err := Load(f.fs())
	if err != nil {
		t.Fatal(err)
	}
	if len(bare.Rules.Closings)+len(bare.Rules.Ranges)+len(bare.Rules.Jumps) > 0 || len(bare.Rules.Parts) == 0 || len(bare.Rules.Parts) != len(cat.Rules.Parts) {
		t.Errorf("%d closings, %d parts of %d", len(bare.Rules.Closings), len(bare.Rules.Parts), len(cat.Rules.Parts))
	}
	for _, p := range bare.Rules.Parts {
		part, _ := cat.Measure(p.Part)
		whole, _ := cat.Measure(p.Whole)
		if p.Severity != SeverityWarning || !sameCells(part, whole) {
			t.Errorf("%+v", p)
		}
	}
}

func TestBrokenRules(t *testing.T) {
	for old, says := range map[string][2]string{
		"measure: hi_visits_total":      {"measure: hi_visits", "there is no measure"},
		"min: 1, max: 50000":            {"min: 9, max: 5", "min not above max"},
		"min: 1, max: 50000, ":          {"", "a range wants"},
		"severity: warning}":            {"severity: mild}", "warning, error"},
		"due_days: 2":                   {"due_days: -2", "0 or more"},
		"{due_days: 2, close_days: 30}": {"{measures: [vneid_activated], due_days: 2, close_days: 30}", "two rules"},
		"down_percent: 0":               {"down_percent: 101", "0 to 100"},
		"look_back_days: 62":            {"look_back_days: 0", "1 to 1000"},
		"whole: dossiers_received":      {"whole: vneid_activated", "cell by cell"},
		"other_agency: warning":         {"other_agency: maybe", "warning, error"},
	} {
		f := copyOf(t, catalogs.VinhPhuc())
		f["rules.yaml"] = someRules
		f.replace(t, "rules.yaml", old, says[0])
		if _, err := Load(f.fs()); err == nil || !strings.Contains(err.Error(), says[1]) || !strings.HasPrefix(err.Error(), "rules.yaml:") {
			t.Errorf("%s: %v", old, err)
		}
	}
}

// The catalogue that ships judges figures: every rule says why, periods close ten working days after the province has reported,
// and what is counted on a day stays open.
func TestRulesOfVinhPhuc(t *testing.T) {
	cat, err := Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	r := cat.Rules
	if len(r.Closings) == 0 || len(r.Ranges) == 0 || len(r.Jumps) == 0 {
		t.Fatalf("%+v", r)
	}
	for _, c := range r.Closings {
		explained(t, "a closing", c.Reason)
	}
	for _, one := range r.Ranges {
		explained(t, "the range of "+one.Measure, one.Reason)
	}
	for _, j := range r.Jumps {
		explained(t, "the jump of "+j.Measure, j.Reason)
	}
	for _, m := range cat.Measures {
		if _, closes := r.Closing(m.ID); closes != (m.TimeRule == Flow) {
			t.Errorf("%s closes: %v", m.ID, closes)
		}
	}
	// Counted by hand on the calendar of 2022: the 21st, then ten days without Saturdays, Sundays and 1 and 2 September.
	for end, last := range map[string]string{"2022-10-14": "2022-11-04", "2022-08-14": "2022-09-06"} {
		c, _ := r.Closing("dossiers_received")
		day, err := civil.ParseDate(end)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.LastOpen(day, cat.Calendar.Holidays).String(); got != last {
			t.Errorf("the period that ends on %s is open to %s, want %s", end, got, last)
		}
		province, _ := cat.Calendar.Chain.Step("province")
		if c.DueDays+c.CloseDays != province.DaysAfter {
			t.Error("it does not close after the province's report")
		}
	}
}

func explained(t *testing.T, what string, reason Text) {
	t.Helper()
	if len(reason.Vi) < 40 || len(reason.En) < 40 {
		t.Errorf("%s gives no reason", what)
	}
}
