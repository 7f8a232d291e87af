package geo

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"
)

var update = flag.Bool("update", false, "write golden files anew")

// decoded reads a tile back.
func decoded(t testing.TB, tile Tile) mvt.Layers {
	t.Helper()
	layers, err := mvt.UnmarshalGzipped(tile.Gzip)
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

// describe writes a tile as lines that can be compared by eye.
func describe(layers mvt.Layers) string {
	var b strings.Builder
	for _, l := range layers {
		fmt.Fprintf(&b, "%s v%d extent %d\n", l.Name, l.Version, l.Extent)
		for _, f := range l.Features {
			fmt.Fprintf(&b, "  %v id=%v\n", f.Properties, f.ID)
			fmt.Fprintf(&b, "    %s %v\n", f.Geometry.GeoJSONType(), f.Geometry)
		}
	}
	return b.String()
}

func tileAt(z uint32, lon, lat float64) maptile.Tile {
	return maptile.At(orb.Point{lon, lat}, maptile.Zoom(z))
}

func TestGoldenSquares(t *testing.T) {
	s := squareSet(t)
	for name, at := range map[string]maptile.Tile{
		"whole":  tileAt(5, 106, 22),      // all four on one tile
		"corner": tileAt(8, 106, 22),      // where the four meet
		"inside": tileAt(12, 105.5, 21.5), // nothing but one square
	} {
		t.Run(name, func(t *testing.T) {
			tile, status := s.Tile(uint32(at.Z), at.X, at.Y)
			if status != TileFound {
				t.Fatalf("status %v", status)
			}
			got := fmt.Sprintf("tile %d/%d/%d\n%s", at.Z, at.X, at.Y, describe(decoded(t, tile)))
			golden(t, "squares_"+name+".txt", []byte(got))
			golden(t, "squares_"+name+".mvt", plain(t, tile)) // read by the page's tests with another decoder
		})
	}
}

// golden holds bytes against a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("tile differs from %s (run with -update if meant): %q", path, got)
	}
}

func plain(t testing.TB, tile Tile) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(tile.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTileStatus(t *testing.T) {
	s := squareSet(t)
	bare, err := func() (*Set, error) { info, units, _ := squares(); return NewSet(info, units, nil) }()
	if err != nil {
		t.Fatal(err)
	}
	at, deep := tileAt(8, 106, 22), tileAt(14, 105.5, 21.5)
	tests := []struct {
		name    string
		set     *Set
		z, x, y uint32
		want    TileStatus
	}{
		{"found", s, 8, at.X, at.Y, TileFound},
		{"the world", s, 0, 0, 0, TileFound},
		{"deepest", s, 14, deep.X, deep.Y, TileFound},
		{"elsewhere", s, 8, 0, 0, TileEmpty},
		{"zoom too deep", s, 15, 0, 0, TileOutOfRange},
		{"enormous zoom", s, math.MaxUint32, 0, 0, TileOutOfRange},
		{"column beyond the world", s, 8, 256, 0, TileOutOfRange},
		{"row beyond the world", s, 8, 0, 256, TileOutOfRange},
		{"no shapes", bare, 8, at.X, at.Y, TileOutOfRange},
	}
	for _, tt := range tests {
		tile, status := tt.set.Tile(tt.z, tt.x, tt.y)
		if status != tt.want || (status == TileFound) != (len(tile.Gzip) > 0 && tile.ETag != "") {
			t.Errorf("%s: status %v with %d bytes, want %v", tt.name, status, len(tile.Gzip), tt.want)
		}
	}
}

// Two sets made alike give the same bytes, whoever asks first.
func TestTilesAreStable(t *testing.T) {
	a, b := squareSet(t), squareSet(t)
	at := tileAt(8, 106, 22)
	want, _ := a.Tile(8, at.X, at.Y)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got, _ := b.Tile(8, at.X, at.Y); !bytes.Equal(got.Gzip, want.Gzip) || got.ETag != want.ETag {
				t.Error("the same tile came in different bytes")
			}
		})
	}
	wait.Wait()
}

// checkTiles visits all tiles of a set at a zoom and checks what must hold for each:
// valid windings, whole polygons, no unit lost, each label on one tile and no other.
func checkTiles(t *testing.T, s *Set, z uint32) {
	t.Helper()
	seen, labelled := map[string]bool{}, map[string]int{}
	bound := s.Bounds(s.Root().Code)
	lo, hi := maptile.At(orb.Point{bound.Left(), bound.Top()}, maptile.Zoom(z)), maptile.At(orb.Point{bound.Right(), bound.Bottom()}, maptile.Zoom(z))
	for x := lo.X; x <= hi.X; x++ {
		for y := lo.Y; y <= hi.Y; y++ {
			tile, status := s.Tile(z, x, y)
			if status != TileFound {
				continue
			}
			for _, l := range decoded(t, tile) {
				for _, f := range l.Features {
					code, _ := f.Properties["code"].(string)
					switch l.Name {
					case "units":
						seen[code] = true
						checkWinding(t, fmt.Sprintf("%s at %d/%d/%d", code, z, x, y), f.Geometry)
					case "labels":
						labelled[code]++
					}
				}
			}
		}
	}
	named := s.tiles.named(z)
	for i, u := range s.tree.units {
		if !seen[u.Code] {
			t.Errorf("zoom %d: %s is on no tile", z, u.label())
		}
		if want := map[bool]int{true: 1}[named[i]]; labelled[u.Code] != want {
			t.Errorf("zoom %d: %s has %d labels, want %d", z, u.label(), labelled[u.Code], want)
		}
	}
}

func checkWinding(t *testing.T, where string, g orb.Geometry) {
	t.Helper()
	polygons, ok := g.(orb.MultiPolygon)
	if p, single := g.(orb.Polygon); single {
		polygons, ok = orb.MultiPolygon{p}, true
	}
	if !ok {
		t.Errorf("%s: a unit is a %s", where, g.GeoJSONType())
	}
	for _, polygon := range polygons {
		for i, ring := range polygon {
			if len(ring) < 4 || !ring.Closed() || (ringArea(ring) > 0) != (i == 0) {
				t.Errorf("%s: ring %d is not as MVT 2 asks: %v", where, i, ring)
			}
		}
	}
}

func TestTilesAtEveryZoom(t *testing.T) {
	for z := uint32(MinZoom); z <= 9; z++ {
		checkTiles(t, squareSet(t), z)
	}
}

func TestLabelsLieInside(t *testing.T) {
	for _, set := range []struct {
		name string
		make func(testing.TB) *Set
	}{{"squares", squareSet}, {"real", realSet}} {
		t.Run(set.name, func(t *testing.T) {
			s := set.make(t)
			for i, u := range s.tree.units {
				shape, _ := s.Shape(u.Code)
				if at := degrees(s.tiles.labels[i]); !planar.MultiPolygonContains(shape, at) {
					t.Errorf("label of %s lies outside at %v", u.label(), at)
				}
			}
		})
	}
}

func TestLabelOfAHorseshoe(t *testing.T) {
	shoe := orb.Polygon{{{0, 0}, {9, 0}, {9, 9}, {8, 9}, {8, 1}, {1, 1}, {1, 9}, {0, 9}, {0, 0}}}
	if p := labelPoint(shoe); !planar.PolygonContains(shoe, p) {
		t.Errorf("%v lies in the opening", p)
	}
}

func TestRealTiles(t *testing.T) {
	s := realSet(t)
	for _, z := range []uint32{0, 3, 6, 8, 10, 12} {
		checkTiles(t, s, z)
	}
}

// No unit's ring crosses itself or a neighbour once it is on the grid.
func TestRealRingsStaySimple(t *testing.T) {
	s := realSet(t)
	for z := uint32(6); z <= MaxZoom; z++ {
		if n := crossings(s.tiles.canvas(z)); n > 0 {
			t.Errorf("zoom %d: %d crossings", z, n)
		}
	}
}

// crossings counts pairs of border segments that cross.
func crossings(c *canvas) int {
	var segments [][2]orb.Point
	for _, b := range c.borders {
		for i := 1; i < len(b.line); i++ {
			segments = append(segments, [2]orb.Point{b.line[i-1], b.line[i]})
		}
	}
	slices.SortFunc(segments, func(a, b [2]orb.Point) int {
		return int(math.Min(a[0][0], a[1][0]) - math.Min(b[0][0], b[1][0]))
	})
	n := 0
	for i, a := range segments {
		for _, b := range segments[i+1:] {
			if math.Min(b[0][0], b[1][0]) > math.Max(a[0][0], a[1][0]) {
				break
			}
			if properlyCross(a, b) {
				n++
			}
		}
	}
	return n
}

func properlyCross(a, b [2]orb.Point) bool {
	d1, d2 := cross(a[0], a[1], b[0]), cross(a[0], a[1], b[1])
	d3, d4 := cross(b[0], b[1], a[0]), cross(b[0], b[1], a[1])
	return d1*d2 < 0 && d3*d4 < 0
}
