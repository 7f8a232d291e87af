package query

import (
	"slices"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

// Who is not expected to report is not missing, and what too few reported is shown without
// a status: by the catalogue's rule, or the indicator's own.
func TestCoverageRules(t *testing.T) {
	c := load(t, map[string][2]string{
		"catalog.yaml three quarters for a status": {"disclosure:", "coverage: {least_share: 0.75}\ndisclosure:"},
		"units-2025.csv a commune":                 {"Phường Bến Tàu,phường", "Phường Bến Tàu,xã"},
		"measures.yaml lamps are in wards only":    {"{id: lamps_lit, name", "{id: lamps_lit, expected_types: [phường], name"},
		"indicators.yaml half is enough":           {"    direction: lower\n", "    least_coverage: 0.5\n    direction: lower\n"},
	})
	first := c.BoundarySets[0]
	h := newHouseOn(t, c, setOf(t, first))
	h.now = local("2026-06-20 09:00")
	s := &script{house: h, file: "inline"}
	check := func(ask string, want ...string) {
		t.Helper()
		if got := s.run1(ask); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", ask, got, want)
		}
	}
	s.run1("tell lamps 2026-06-01 00101=>40 00102=>5")
	s.run1("tell lamps_lit 2026-06-01 00101=>40")
	// one of two wards; the commune is not waited for, and nothing is held against it
	check("values of=lit_rate period=2026-06", "00101 100 40/40 1/1 achieved", "00102 - -/- 0/0 not_applicable", "00103 - -/- 0/1 no_data")
	check("values of=lit_rate period=2026-06 level=province", "99 100 40/40 1/2 not_applicable partial")
	// the other ward makes it whole; the commune may report all the same
	s.run1("tell lamps 2026-06-02 00103=>60")
	s.run1("tell lamps_lit 2026-06-02 00103=>60 00102=>5")
	check("values of=lit_rate period=2026-06 level=province", "99 100 105/105 3/3 achieved")
	// two of three are too few for the catalogue, not for this indicator
	s.run1("tell ships 2026-05 00101/shift=early=>500 00101/shift=late=>0 00102/shift=early=>500 00102/shift=late=>0")
	s.run1("tell ships_late 2026-05 00101/shift=early=>10 00101/shift=late=>0 00102/shift=early=>10 00102/shift=late=>0")
	check("values of=late_rate period=2026-05 level=province", "99 20 20/1000 2/3 achieved partial")
	if !c.Enough(catalog.Indicator{}, 0.75) || c.Enough(catalog.Indicator{}, 0.74) {
		t.Error("the rule is not three quarters")
	}
}
