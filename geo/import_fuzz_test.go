package geo

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// What is accepted can be made into a set with sound tiles, repaired or not; everything
// else is refused with a finding, without a panic, within the limits.
func fuzzImport(f *testing.F, name string, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, repair bool) {
		source := Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
		m, err := ReadImport(t.Context(), []Source{source}, ImportOptions{
			Info: SetInfo{ID: "x"}, Tolerance: DefaultTolerance(), Repair: repair, Snap: DefaultSnap,
			Limits: Limits{Unpacked: 1 << 20, Points: 2000, Rings: 200, Features: 50},
		})
		if err != nil {
			t.Fatal(err)
		}
		if m.Err() != nil {
			return
		}
		s, err := m.Set()
		if err != nil {
			t.Fatalf("accepted, and yet: %v", err)
		}
		if again, err := NewSet(m.Info, s.Units(""), m.Shapes); err != nil {
			t.Fatalf("not accepted again: %v", err)
		} else if s.HasShapes() != again.HasShapes() {
			t.Fatal("drawn once, and not again")
		}
		for _, z := range []uint32{0, 5} {
			at := tileAt(z, s.Root().Centre[0], s.Root().Centre[1])
			if tile, status := s.Tile(z, at.X, at.Y); status == TileFound {
				decoded(t, tile)
			}
		}
	})
}

const holedSquare = `{"type":"Feature","properties":{"code":"1","name":"Hai phần"},"geometry":{"type":"MultiPolygon","coordinates":[
[[[105,21],[106,21],[106,22],[105,22],[105,21]],[[105.2,21.2],[105.3,21.4],[105.4,21.2],[105.2,21.2]]],[[[107,21],[108,21],[106,22],[107,21]]]]}}`

func FuzzImportGeoJSON(f *testing.F) {
	fuzzImport(f, "communes.geojson", oneSquare, oneProvince, fourSquares(), twoDistricts, holedSquare,
		strings.Replace(fourSquares(), "[106,22]", "[106.0001,22]", 1))
}

func FuzzImportLines(f *testing.F) {
	fuzzImport(f, "communes.geojsonl", lines(oneSquare), lines(fourSquares()), "\xef\xbb\xbf"+lines(twoDistricts), "{}\n{}", "")
}

func FuzzImportTopoJSON(f *testing.F) {
	fuzzImport(f, "communes.topojson", fourSquaresTopology,
		`{"type":"Topology","arcs":[[[105,21],[106,21],[106,22],[105,21]]],"objects":{"a":{"type":"Polygon","arcs":[[0]],"id":"1","properties":{"name":"x"}}}}`)
}

func FuzzImportGzip(f *testing.F) {
	fuzzImport(f, "communes.geojson.gz", zipped(f, oneSquare), zipped(f, lines(fourSquares()))[:150], zipped(f, fourSquaresTopology), "\x1f\x8b", zipped(f, oneSquare)[:12], zipped(f, ""))
}
