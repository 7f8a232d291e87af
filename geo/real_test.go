package geo

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// realData is where real boundaries lie beside a developer's checkout; they are never
// a part of the repository.
const realData = "../../shared/data"

var readReal = sync.OnceValues(func() (*Set, error) {
	return ReadGeoJSONDir(filepath.Join(realData, "vinhphuc-2022"), SetInfo{ID: "vinhphuc-2022"})
})

func realSet(t testing.TB) *Set {
	t.Helper()
	if _, err := os.Stat(realData); err != nil {
		t.Skipf("NOT TESTED on real boundaries: %v", err)
	}
	s, err := readReal()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRealUnits(t *testing.T) {
	s := realSet(t)
	if c, d := len(s.Units("commune")), len(s.Units("district")); c != 136 || d != 9 {
		t.Errorf("%d communes and %d districts, want 136 and 9", c, d)
	}
	if s.Root().Code != "26" {
		t.Errorf("root is %s", s.Root().Code)
	}
	if got := codes(s.Find("tam đảo", 9)); got != "248 08908" && got != "248" {
		t.Logf("Find(tam đảo) = %s", got)
	}
	units, points := len(s.Units("")), len(s.tiles.coverage.points)
	t.Logf("%d units, %d corners, %d arcs", units, points, len(s.tiles.coverage.arcs))
}
