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
	return realOnly(t, readReal)
}

func realDir(t testing.TB, dir string) *Set {
	t.Helper()
	return realOnly(t, func() (*Set, error) {
		return ReadGeoJSONDir(filepath.Join(realData, dir), SetInfo{ID: dir})
	})
}

func realOnly(t testing.TB, read func() (*Set, error)) *Set {
	t.Helper()
	if _, err := os.Stat(realData); err != nil {
		t.Skipf("NOT TESTED on real boundaries: %v", err)
	}
	s, err := read()
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
	for query, want := range map[string]string{"tam dao": "Huyện Tam Đảo", "thị trấn tam đảo": "Thị trấn Tam Đảo", "xuan hoa phuong": "Phường Xuân Hoà"} {
		if found := s.Find(query, 1); len(found) != 1 || found[0].FullName != want {
			t.Errorf("Find(%s) = %v, want %s", query, found, want)
		}
	}
	t.Logf("%d units, %d corners, %d arcs", len(s.Units("")), len(s.tiles.coverage.points), len(s.tiles.coverage.arcs))
}
