package httpapi

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
)

// square is a boundary set of one commune, so many degrees wide.
func square(t testing.TB, id string, wide float64) *geo.Import {
	t.Helper()
	text := fmt.Sprintf(`{"type":"Feature","properties":{"code":"1","name":"Ô Vuông"},"geometry":{"type":"Polygon","coordinates":[[[105,21],[%v,21],[%v,22],[105,22],[105,21]]]}}`, 105+wide, 105+wide)
	source := geo.Source{Name: "thôn.geojson", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	m, err := geo.ReadImport(t.Context(), []geo.Source{source}, geo.ImportOptions{
		Info:      geo.SetInfo{ID: id, Name: "Một ô", InForceFrom: civil.Date{Year: 2030, Month: 1, Day: 1}, PartOf: geo.PartOf{Code: "25"}, Licence: "MIT"},
		Tolerance: geo.DefaultTolerance(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// atlasHouse is a house with the sets of a warehouse, and the store they are put into.
func atlasHouse(t testing.TB) (*house, *atlas.Atlas, *atlas.Store) {
	t.Helper()
	store := atlas.NewStore(warehousetest.New(t), func() time.Time { return programmeTime })
	var a *atlas.Atlas
	h := emptyHouse(t, func(_ *Config, d *Deps) {
		var err error
		if a, err = atlas.New(atlas.DefaultConfig(), store, []*geo.Set{d.Set}, discard()); err != nil {
			t.Fatal(err)
		}
		d.Atlas = a
	})
	return h, a, store
}

func storeSet(t testing.TB, a *atlas.Atlas, store *atlas.Store, m *geo.Import) {
	t.Helper()
	if _, _, err := store.Put(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestStoredSetsAreListedAndServed(t *testing.T) {
	h, a, store := atlasHouse(t)
	before := h.get("/api/v1/boundaries")
	storeSet(t, a, store, square(t, "squares-2030", 1))
	answer := h.get("/api/v1/boundaries", "If-None-Match", before.Header().Get("ETag"))
	if answer.Code != 200 {
		t.Fatalf("%d: the list stayed the same", answer.Code)
	}
	list := decode[struct{ Data []boundarySetView }](t, answer).Data
	if len(list) != 2 || !list[0].InUse || list[0].Stored || list[0].ImportedAt != nil {
		t.Fatalf("%+v", list)
	}
	s := list[1]
	if s.Figures || !list[0].Figures {
		t.Errorf("figures are carried onto the sets of the catalogue alone: %+v", list)
	}
	if s.ID != "squares-2030" || s.InUse || !s.Stored || s.ImportedAt == nil || s.Name.Vi != "Một ô" || s.PartOf == nil || s.PartOf.Code != "25" ||
		s.InForceFrom != "2030-01-01" || s.InForceTo != nil || fmt.Sprint(s.LevelUnits) != "[{hamlet 1}]" || s.Levels[0].Name.Vi != "hamlet" || s.Licence != "MIT" || s.Units != 1 {
		t.Errorf("%+v", s)
	}
	over := strings.NewReplacer("{z}", "7", "{x}", "101", "{y}", "56").Replace(s.Tiles)
	tile := h.get(over)
	if tile.Code != 200 || tile.Header().Get("Cache-Control") != string(immutable) {
		t.Fatalf("%s: %d %v", over, tile.Code, tile.Header())
	}

	// A new version is served at once; the old address is asked again each time from now on.
	storeSet(t, a, store, square(t, "squares-2030", 1.5))
	old := h.get(over)
	if old.Code != 200 || old.Header().Get("Cache-Control") != string(revalidated) || old.Header().Get("ETag") == tile.Header().Get("ETag") {
		t.Errorf("%d %v", old.Code, old.Header())
	}
	if err := store.Remove(t.Context(), "squares-2030"); err != nil {
		t.Fatal(err)
	}
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, h.get(over), 404, "unknown_boundaries", "")
}

// A stored set whose units are gone from the warehouse is unavailable, and not unknown.
func TestSetThatCannotBeRead(t *testing.T) {
	conn := warehousetest.New(t)
	store := atlas.NewStore(conn, func() time.Time { return programmeTime })
	if _, _, err := store.Put(t.Context(), square(t, "squares", 1)); err != nil {
		t.Fatal(err)
	}
	h := emptyHouse(t, func(_ *Config, d *Deps) {
		a, err := atlas.New(atlas.DefaultConfig(), store, []*geo.Set{d.Set}, discard())
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.Atlas = a
	})
	if err := conn.Exec(t.Context(), "TRUNCATE TABLE boundary_units"); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, h.get("/tiles/squares/7/101/56.mvt"), 503, "boundaries_unavailable", "")
}

// Figures of 2022 on the units of 2025: the commune 08707 of today is the former 08707 and
// 08713, and 08716 took in the former 08710 among others.
func TestFiguresAreCarriedAcrossTheReform(t *testing.T) {
	h := wholeHouse(t)
	h.send("population", append(people(tichSon, 1000), people(lienBao, 500)...)...)
	h.send("population", people("08713", 400)...)
	h.send("observations", append(accounts(tichSon, "2022-11-18", 300, 200), accounts(lienBao, "2022-11-18", 50, 50)...)...)
	h.send("observations", accounts("08713", "2022-11-18", 60, 80)...)
	type body struct {
		Data []valueRow
		Meta struct {
			Boundaries string
			Carried    *struct {
				From    []string
				Outside []any
			}
		}
	}
	now := decode[body](t, h.get("/api/v1/indicators/vneid_rate/values?unit=08707,08716&boundaries=phutho-2025"))
	if m := now.Meta; m.Boundaries != "phutho-2025" || m.Carried == nil || m.Carried.From[0] != "vinhphuc-2022" || len(m.Carried.Outside) != 0 {
		t.Errorf("meta is %+v", now.Meta)
	}
	for i, want := range []struct{ numerator, denominator float64 }{{640, 1400}, {100, 500}} {
		if row := now.Data[i]; *row.Numerator != want.numerator || *row.Denominator != want.denominator || row.Status != "no_target" && row.Status != "not_applicable" {
			t.Errorf("%s is %v/%v %s, want %v", row.Unit, *row.Numerator, *row.Denominator, row.Status, want)
		}
	}
	whole := decode[body](t, h.get("/api/v1/indicators/vneid_rate/values?unit=26&boundaries=phutho-2025"))
	then := decode[body](t, h.get("/api/v1/indicators/vneid_rate/values?unit=26"))
	if *whole.Data[0].Numerator != 740 || *whole.Data[0].Value != *then.Data[0].Value || then.Meta.Carried != nil {
		t.Errorf("the whole is %+v, was %+v", whole.Data[0], then.Data[0])
	}
	wantProblem(t, h.get("/api/v1/indicators/vneid_rate/values?boundaries=atlantis"), 404, "unknown_boundaries", "boundaries")
	wantProblem(t, h.get("/api/v1/indicators/vneid_rate/values?boundaries=phutho-2025&unit=243"), 404, "unknown_unit", "unit")
}
