package geo

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/paulmach/orb"
)

// readNational reads the 3,321 communes of the whole country below a root of its own:
// the files have provinces and no country.
var readNational = sync.OnceValues(func() (*Set, error) {
	info, units, shapes, err := nationalParts()
	if err != nil {
		return nil, err
	}
	return NewSet(info, units, shapes)
})

func nationalParts() (SetInfo, []Unit, map[string]orb.MultiPolygon, error) {
	info := SetInfo{ID: "vietnam-2025", Root: "vn", Levels: []Level{{"country", 0}, {"province", 1}, {"commune", 2}}}
	units := []Unit{{Code: "vn", Name: "Việt Nam", Level: "country"}}
	shapes := map[string]orb.MultiPolygon{}
	for _, level := range []string{"province", "commune"} {
		read, err := readLines(filepath.Join(realData, "vietnam-2025", level+"s.geojsonl.gz"), level, shapes)
		if err != nil {
			return info, nil, nil, err
		}
		units = append(units, read...)
	}
	return info, units, shapes, nil
}

func readLines(path, level string, shapes map[string]orb.MultiPolygon) ([]Unit, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var units []Unit
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var f rawFeature
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return nil, err
		}
		u := f.unit(level)
		if level == "province" {
			u.Parent = "vn"
		} else if shapes[u.Code], err = f.shape(); err != nil {
			return nil, err
		}
		units = append(units, u)
	}
	return units, lines.Err()
}

func nationalSet(t testing.TB) *Set {
	t.Helper()
	return realOnly(t, readNational)
}
