package catalog

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// fixtures has the real boundaries; it stands beside a checkout of the project's own
// team and never inside it.
const fixtures = "../../../shared/data/vinhphuc-2022"

// TestFactsMatchTheSource compares every unit of the catalogue with the real one: what is
// written down is right, and the centre point lies inside the unit.
func TestFactsMatchTheSource(t *testing.T) {
	if _, err := os.Stat(fixtures); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: facts of units are not checked, there is no %s", fixtures)
	}
	set, _ := vinhphuc(t).BoundarySet("vinhphuc-2022")
	seen := 0
	for _, level := range []struct{ file, id string }{{"province", "province"}, {"districts", "district"}, {"communes", "commune"}} {
		for _, f := range features(t, fixtures, level.file) {
			seen++
			compareFacts(t, set, f, level.id)
		}
	}
	if seen != len(set.Units) {
		t.Errorf("%d units in the source, %d in the catalogue", seen, len(set.Units))
	}
}

func features(t *testing.T, dir, name string) []*geojson.Feature {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".geojson"))
	if err != nil {
		t.Fatal(err)
	}
	var collection geojson.FeatureCollection
	if err := json.Unmarshal(text, &collection); err != nil {
		t.Fatal(err)
	}
	return collection.Features
}

func compareFacts(t *testing.T, set BoundarySet, f *geojson.Feature, level string) {
	t.Helper()
	p := f.Properties
	u, ok := set.Unit(p.MustString("code"))
	if !ok {
		t.Errorf("unit %s is not in the catalogue", p.MustString("code"))
		return
	}
	got := [...]string{u.Name, u.FullName, u.Type, u.NameEn, u.Parent, u.Level}
	want := [...]string{p.MustString("name"), p.MustString("full_name"), p.MustString("type"), p.MustString("name_en"), p.MustString("parent_code", ""), level}
	if got != want {
		t.Errorf("unit %s: %q, want %q", u.Code, got, want)
	}
	counts := [...]int{u.Population2009, u.Population2009Published, u.Population2019}
	wanted := [...]int{p.MustInt("population_2009"), p.MustInt("population_2009_published", 0), p.MustInt("population_2019_published", 0)}
	if counts != wanted || math.Abs(u.AreaKm2-p.MustFloat64("area_km2")) > 1e-9 {
		t.Errorf("unit %s: %v people, %v km²; want %v, %v", u.Code, counts, u.AreaKm2, wanted, p["area_km2"])
	}
	if !contains(f.Geometry, u.Centre) {
		t.Errorf("the centre of %s %s lies outside it", u.Code, u.FullName)
	}
}

func contains(g orb.Geometry, p orb.Point) bool {
	switch g := g.(type) {
	case orb.Polygon:
		return planar.PolygonContains(g, p)
	case orb.MultiPolygon:
		return planar.MultiPolygonContains(g, p)
	default:
		return false
	}
}
