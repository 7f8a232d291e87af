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
