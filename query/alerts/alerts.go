// Package alerts renders Prometheus rules from a catalogue: its targets, tolerances, calendar and levels become the
// thresholds, so that a changed target needs no edit by hand. `toancanh rules` writes them; deploy/prometheus/rules holds
// those of the catalogue that ships.
package alerts

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"github.com/toancanh/toancanh/query/catalog"
)

//go:embed templates/*.tmpl
var templates embed.FS

// Config says where alerts lead to. Addresses have no slash at their end.
type Config struct {
	Page    string // address of the page, http://127.0.0.1:8080
	Runbook string // address of RUNBOOK.md, to which #ALERT is added
}

// DefaultConfig is what the committed rules are rendered with.
func DefaultConfig() Config {
	return Config{Page: "http://127.0.0.1:8080", Runbook: "RUNBOOK.md"}
}

// Shares that no catalogue states.
const (
	leastCoverage = 0.9  // of the units below, where neither indicator nor catalogue says more
	leastReported = 0.95 // of the figures an agency owes: one commune of twenty may be late without a call
	leastQuality  = 0.8
)

// thresholds are what the templates read.
type thresholds struct {
	Config
	ID         string
	Indicators []indicator
	Cumulative string // ids of indicators whose numerators are running totals, joined by |
	Lowest     string // level that has thousands of series: it is judged by level only where a leader asks for it
	Agencies   catalog.Step
	Province   catalog.Step
	Chain      bool
	Reported   float64
	Quality    float64
}

// indicator is one with a target.
type indicator struct {
	ID        string
	Sign      int    // 1: higher is better, -1: lower
	Tolerance string // an expression, in the indicator's unit
	Coverage  float64
}

// Render gives the rule files by name. It fails only for what is a defect of the templates.
func Render(c *catalog.Catalog, cfg Config) (map[string][]byte, error) {
	data := newThresholds(c, cfg)
	files := map[string][]byte{}
	names, err := fs.Glob(templates, "templates/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	for _, name := range names {
		text, err := templates.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("alerts: %w", err)
		}
		// Prometheus has the curly brackets.
		t, err := template.New(name).Delims("[[", "]]").Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("alerts: %w", err)
		}
		var out bytes.Buffer
		if err := t.Execute(&out, data); err != nil {
			return nil, fmt.Errorf("alerts: %w", err)
		}
		files[strings.TrimSuffix(path.Base(name), ".tmpl")] = out.Bytes()
	}
	return files, nil
}

// ReportedPercent is the least share of figures in per cent.
func (t thresholds) ReportedPercent() float64 { return 100 * t.Reported }

func newThresholds(c *catalog.Catalog, cfg Config) thresholds {
	t := thresholds{Config: cfg, ID: c.ID, Reported: leastReported, Quality: leastQuality, Lowest: lowest(c)}
	var cumulative []string
	for _, ind := range c.Indicators {
		if runs(c, ind) {
			cumulative = append(cumulative, ind.ID)
		}
		if len(ind.Targets) == 0 {
			continue
		}
		one := indicator{ID: ind.ID, Sign: 1, Coverage: max(leastCoverage, c.Coverage.LeastShare, ind.Coverage)}
		if ind.Direction == catalog.LowerIsBetter {
			one.Sign = -1
		}
		switch {
		case ind.Tolerance > 0:
			one.Tolerance = fmt.Sprintf("vector(%g)", ind.Tolerance)
		case ind.Percentage():
			one.Tolerance = fmt.Sprintf("vector(%g)", c.Tolerance.Points)
		default: // a share of the path
			one.Tolerance = fmt.Sprintf(`%g * max by (indicator) (abs(toancanh_indicator_target{indicator="%s"}))`, c.Tolerance.Share, ind.ID)
		}
		t.Indicators = append(t.Indicators, one)
	}
	t.Cumulative = strings.Join(cumulative, "|")
	for _, step := range c.Calendar.Chain.Steps {
		switch {
		case step.DaysAfter == 0:
		case t.Agencies.ID == "":
			t.Agencies = step
		case t.Province.ID == "":
			t.Province = step
		}
	}
	t.Chain = t.Province.ID != ""
	return t
}

// lowest is the level of most units.
func lowest(c *catalog.Catalog) string {
	set := c.BoundarySets[0].Info
	return set.Levels[len(set.Levels)-1].ID
}

// runs tells whether the numerator of an indicator is made of running totals alone, which only a correction lowers.
func runs(c *catalog.Catalog, ind catalog.Indicator) bool {
	for _, term := range ind.Formula.Numerator {
		m, ok := c.Measure(term.Measure)
		if !ok || m.TimeRule != catalog.Cumulative || term.Minus {
			return false
		}
	}
	return len(ind.Formula.Numerator) > 0
}
