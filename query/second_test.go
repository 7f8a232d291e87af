package query

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	storage "github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

const haidang = "catalog/testdata/haidang"

// A second province of two levels, with civil months, five indicators and other agencies
// is asked through the same rooms, from its files alone.
func TestSecondProvince(t *testing.T) {
	c := load(t, nil)
	h := newHouseOn(t, c, latestSet(t, c))
	h.now = local("2026-12-20 09:00")
	s := &script{house: h, file: "inline"}
	for _, told := range []string{
		"tell ships 2026-11 00101/shift=early=>300 00101/shift=late=>200 00103/shift=early=>1500 00103/shift=late=>0",
		"tell ships_late 2026-11 00101/shift=early=>10 00101/shift=late=>40 00103/shift=early=>30 00103/shift=late=>0",
		"tell lamps 2026-12-01 00101=>40 00103=>60",
		"tell lamps_lit 2026-12-02 00101=>40 00103=>30",
		"report 1.a unit:00101 2026-12-10 accepted",
		"report 1.a agency:port 2026-12-18 accepted",
	} {
		s.run1(told)
	}
	for ask, want := range map[string][]string{
		// per mille, less is better; stepped to 50 since January 2026
		"values of=late_rate":                                 {"00101 100 50/500 1/1 behind", "00103 20 30/1500 1/1 achieved"},
		"values of=late_rate level=province":                  {"99 40 80/2000 2/2 achieved"},
		"ranking of=late_rate":                                {"00103 1/2 was - moved - change -", "00101 2/2 was - moved - change -"},
		"values of=early_ships level=province period=2026-11": {"99 1800 1800/- 2/2 no_target"},
		"breakdown of=late_rate by=shift unit=99":             {"early 22.22222222222222 40/1800 2/2 no_target", "late 200 40/200 2/2 no_target"},
		"values of=lit_rate period=2026-12":                   {"00101 100 40/40 1/1 achieved", "00103 50 30/60 1/1 behind"},
		"values of=lit_rate period=2026-12 level=province":    {"99 70 70/100 2/2 behind"},
		"values of=done_rate level=province":                  {"99 66.66666666666667 2/3 3/3 no_target"},
		"values of=on_time_rate level=province":               {"99 33.333333333333336 1/3 3/3 no_target"},
		"completion by=agency":                                {"port 100 1/1 on time 0 0/1"},
		"values of=late_rate level=district":                  {"error invalid unknown_level level: province, ward"},
		"values of=late_rate period=s2026-11":                 {"error refused period_not_reported period: month, quarter, year"},
		"series of=late_rate unit=00101 from=2026-10-01":      {"2026-10 - -/- 0/1 no_data", "2026-11 100 50/500 1/1 behind"},
	} {
		if got := s.run1(ask); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", ask, got, want)
		}
	}
}

// A question as of an instant is answered with the catalogue known then: its formula, its
// targets, its tasks. Changed figures and changed definitions are told apart.
func TestAsOfUsesTheCatalogueKnownThen(t *testing.T) {
	first := load(t, nil)
	h := newHouseOn(t, first, latestSet(t, first))
	s := &script{house: h, file: "inline"}
	keep := func(c *catalog.Catalog) {
		archive, err := c.Archive()
		if err != nil {
			t.Fatal(err)
		}
		since, err := storage.KeepCatalogue(t.Context(), h.conn, storage.Catalogue{ID: c.ID, Version: c.Version, Since: h.now, Archive: archive})
		if err != nil || !since.Equal(h.now) {
			t.Fatalf("kept since %v, %v", since, err)
		}
	}
	h.now = local("2026-12-01 08:00")
	keep(first)
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.run1("tell ships 2026-10 00101/shift=early=>300 00101/shift=late=>200 00103/shift=early=>1500 00103/shift=late=>0")
	s.run1("tell ships_late 2026-10 00101/shift=early=>10 00101/shift=late=>40 00103/shift=early=>30 00103/shift=late=>0")

	h.now = local("2026-12-05 08:00")
	second := load(t, map[string][2]string{
		"indicators.yaml late calls of the early shift only": {"1000 * sum(ships_late) / sum(ships)", "1000 * sum(ships_late{shift = early}) / sum(ships{shift = early})"},
		"indicators.yaml a milder target":                    {"{date: 2026-01-01, value: 50}", "{date: 2026-01-01, value: 80}"},
		"tasks.yaml only the port is bound":                  {`bound: ["level:ward", "agency:port"]`, `bound: ["agency:port"]`},
	})
	keep(second)
	next, err := h.With(second)
	if err != nil {
		t.Fatal(err)
	}
	next.Accept(h.now)
	h.Service = next
	h.now = local("2026-12-20 08:00")
	check := func(ask string, want ...string) {
		t.Helper()
		if got := s.run1(ask); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", ask, got, want)
		}
	}
	before, after := " as_of=2026-12-04T08:00", " as_of=2026-12-06T08:00"
	old := []string{"00101 100 50/500 1/1 behind", "00103 20 30/1500 1/1 achieved"}
	changed := []string{"00101 33.333333333333336 10/300 1/1 achieved", "00103 20 30/1500 1/1 achieved"}
	check("values of=late_rate period=2026-10"+before, old...)
	check("values of=late_rate period=2026-10"+after, changed...)
	check("values of=late_rate period=2026-10", changed...)
	check("completion units=99 date=2026-12-04"+before, "99 0 0/3 on time - 0/0")
	check("completion units=99", "99 0 0/1 on time 0 0/1")
	// before the first catalogue there was none: the first answers
	check("values of=late_rate period=2026-10 as_of=2026-11-30T08:00", "00101 - -/- 0/1 no_data", "00103 - -/- 0/1 no_data")

	// a process that starts later reads it all from the warehouse
	later := anotherProcess(t, h, second)
	s.house = later
	check("values of=late_rate period=2026-10"+before, old...)
	check("values of=late_rate period=2026-10", changed...)

	// an earlier catalogue gives nothing away that is protected today
	h.now = local("2026-12-21 08:00")
	third := load(t, map[string][2]string{
		"measures.yaml late ships became sensitive": {"{id: ships_late, name", "{id: ships_late, sensitive: {below: province, dimensions: [shift]}, name"},
		"catalog.yaml small cells":                  {"threshold: 0", "threshold: 11"},
	})
	keep(third)
	if later.Service, err = later.With(third); err != nil {
		t.Fatal(err)
	}
	later.Accept(h.now)
	check("breakdown of=late_rate by=shift unit=00101 period=2026-10"+before, "error refused disclosure by: từ cấp tỉnh trở lên")
	check("values of=late_rate period=2026-10 units=00101"+after, "00101 - -/- 1/1 no_data suppressed")
}

// anotherProcess gives another process on the same warehouse.
func anotherProcess(t *testing.T, h *house, c *catalog.Catalog) *house {
	t.Helper()
	deps := h.deps
	deps.Catalog, deps.Registerer = c, nil
	service, err := New(deps)
	if err == nil {
		err = service.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	other := *h
	other.Service = service
	return &other
}

// load reads the made-up province, changed at some places: "file why" > old, new.
func load(t *testing.T, changes map[string][2]string) *catalog.Catalog {
	t.Helper()
	files := fstest.MapFS{}
	entries, err := os.ReadDir(haidang)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(haidang + "/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = &fstest.MapFile{Data: text}
	}
	for what, change := range changes {
		file, _, _ := strings.Cut(what, " ")
		before := string(files[file].Data)
		if !strings.Contains(before, change[0]) {
			t.Fatalf("%s: the file does not say %q", what, change[0])
		}
		files[file].Data = []byte(strings.Replace(before, change[0], change[1], 1))
	}
	c, err := catalog.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func latestSet(t *testing.T, c *catalog.Catalog) *geo.Set {
	t.Helper()
	return setOf(t, c.BoundarySets[len(c.BoundarySets)-1])
}

func setOf(t *testing.T, b catalog.BoundarySet) *geo.Set {
	t.Helper()
	units := make([]geo.Unit, len(b.Units))
	for i, u := range b.Units {
		units[i] = u.Unit
	}
	set, err := geo.NewSet(b.Info, units, nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}
