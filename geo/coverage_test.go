package geo

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"
)

// randomCoverage draws a patchwork: a grid of squares whose corners are moved and
// whose sides are bent, each given to one of some units. A unit may be in several
// pieces, lie in another one as an island, or touch itself in a corner.
func randomCoverage(t *rapid.T) (SetInfo, []Unit, map[string]orb.MultiPolygon) {
	size := rapid.IntRange(2, 6).Draw(t, "size")
	parts := rapid.IntRange(1, size*size).Draw(t, "parts")
	corners := map[[2]int]orb.Point{}
	shift := rapid.Float64Range(-0.2, 0.2)
	for x := range size + 1 {
		for y := range size + 1 {
			corners[[2]int{x, y}] = orb.Point{105 + (float64(x)+shift.Draw(t, "dx"))/10, 21 + (float64(y)+shift.Draw(t, "dy"))/10}
		}
	}
	bends := map[[4]int][]orb.Point{}
	side := func(a, b [2]int) []orb.Point {
		key, backward := [4]int{a[0], a[1], b[0], b[1]}, false
		if b[0] < a[0] || b[1] < a[1] {
			key, backward = [4]int{b[0], b[1], a[0], a[1]}, true
		}
		line, ok := bends[key]
		if !ok {
			line = bend(t, corners[[2]int{key[0], key[1]}], corners[[2]int{key[2], key[3]}])
			bends[key] = line
		}
		if backward {
			line = append([]orb.Point(nil), line...)
			orb.LineString(line).Reverse()
		}
		return line[:len(line)-1]
	}
	shapes := map[string]orb.MultiPolygon{}
	units := []Unit{{Code: "1", Name: "Tỉnh", Level: "province"}, {Code: "11", Name: "Tây", Level: "district", Parent: "1"}}
	for x := range size {
		for y := range size {
			code := fmt.Sprint(100 + rapid.IntRange(0, parts-1).Draw(t, "unit"))
			var ring orb.Ring
			at := [][2]int{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}}
			for k := range at {
				ring = append(ring, side(at[k], at[(k+1)%4])...)
			}
			if shapes[code] == nil {
				units = append(units, Unit{Code: code, Name: "Xã", Level: "commune", Parent: "11"})
			}
			shapes[code] = append(shapes[code], orb.Polygon{append(ring, ring[0])})
		}
	}
	return SetInfo{ID: "random", Root: "1", Levels: usualLevels}, units, shapes
}

// bend draws a line between two corners, close enough to the straight one that it meets
// no other line.
func bend(t *rapid.T, a, b orb.Point) []orb.Point {
	line := []orb.Point{a}
	n := rapid.IntRange(0, 6).Draw(t, "bends")
	for i := range n {
		at := float64(i+1) / float64(n+1)
		p := between(a, b, at)
		off := rapid.Float64Range(-0.007, 0.007).Draw(t, "off") * math.Min(at, 1-at)
		line = append(line, orb.Point{p[0] + off, p[1] - off})
	}
	return append(line, b)
}

// Whatever the zoom, each edge inside is shared by exactly two units and each outer
// one belongs to one; no lines cross; no unit is lost; areas stay what they are as far
// as the zoom can show them; and the root is exactly all of its units.
func TestCoverageHoldsAtEveryZoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		info, units, shapes := randomCoverage(t)
		s, err := NewSet(info, units, shapes)
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range []uint32{4, 6, 7, 8, 9, 11, 14} {
			checkCanvas(t, s, z)
		}
	})
}

func checkCanvas(t reporter, s *Set, z uint32) {
	t.Helper()
	c := s.tiles.zooms[z]()
	owners := map[[2]orb.Point]int{}
	var sum float64
	for i, u := range s.tree.units {
		area := 0.0
		for _, rings := range c.units[i].faces {
			for _, ring := range rings {
				area += ringArea(ring)
				if len(s.tree.children[i]) == 0 {
					countEdges(owners, ring)
				}
			}
		}
		if area <= 0 {
			t.Errorf("zoom %d: %s has no area", z, u.label())
		}
		if len(s.tree.children[i]) == 0 {
			sum += area
		}
	}
	if z < 6 {
		return // whole units are a few grid points here
	}
	grid := extent * math.Exp2(float64(z))
	for i, u := range s.tree.units {
		checkArea(t, s, z, i, u, grid)
	}
	root := map[[2]orb.Point]int{}
	for _, rings := range c.units[s.tree.root].faces {
		for _, ring := range rings {
			countEdges(root, ring)
		}
	}
	for e, n := range owners {
		back := owners[[2]orb.Point{e[1], e[0]}]
		if n != 1 || back+root[e] != 1 {
			t.Errorf("zoom %d: edge %v belongs to %d units on its left, %d on its right and %d times to the edge", z, e, n, back, root[e])
		}
	}
	if n := crossings(c); n > 0 {
		t.Errorf("zoom %d: %d crossings", z, n)
	}
}

func countEdges(owners map[[2]orb.Point]int, ring orb.Ring) {
	for i := 1; i < len(ring); i++ {
		owners[[2]orb.Point{ring[i-1], ring[i]}]++
	}
}

// checkArea allows as much as a border can move: half a grid point by rounding, and a
// detail at each corner.
func checkArea(t reporter, s *Set, z uint32, i int, u Unit, grid float64) {
	t.Helper()
	shape, _ := s.Shape(u.Code)
	var want, around float64
	for _, polygon := range shape {
		for _, ring := range polygon {
			plane := mercatorRing(ring)
			want -= ringArea(plane) * grid * grid
			around += planar.Length(orb.LineString(plane))*grid + 10*float64(len(ring))
		}
	}
	var got float64
	for _, rings := range s.tiles.zooms[z]().units[i].faces {
		for _, ring := range rings {
			got += ringArea(ring)
		}
	}
	if math.Abs(got-want) > around*2+fineness {
		t.Errorf("zoom %d: %s has area %.0f instead of %.0f", z, u.label(), got, want)
	}
}

func TestRealCoverageHolds(t *testing.T) {
	for _, dir := range []string{"vinhphuc-2022", "phutho-2025"} {
		t.Run(dir, func(t *testing.T) {
			s := realDir(t, dir)
			for z := uint32(6); z <= MaxZoom; z++ {
				checkCanvas(t, s, z)
				if z >= 7 {
					checkValid(t, s, z)
				}
			}
		})
	}
}

// checkValid asks another library whether the polygons are sound.
func checkValid(t *testing.T, s *Set, z uint32) {
	t.Helper()
	for i, sketch := range s.tiles.zooms[z]().units {
		for _, rings := range sketch.faces {
			var lines []geom.LineString
			for _, ring := range rings {
				var flat []float64
				for _, p := range ring {
					flat = append(flat, p[0], p[1])
				}
				lines = append(lines, geom.NewLineString(geom.NewSequence(flat, geom.DimXY)))
			}
			if err := geom.NewPolygon(lines).Validate(); err != nil {
				t.Errorf("zoom %d: %s: %v", z, s.tree.units[i].label(), err)
			}
		}
	}
}

func TestUnionsOfUnits(t *testing.T) {
	s := squareSet(t)
	for code, want := range map[string]orb.Bound{
		"1":     {Min: orb.Point{105, 21}, Max: orb.Point{107, 23}},
		"11":    {Min: orb.Point{105, 21}, Max: orb.Point{106, 23}},
		"VN-01": {Min: orb.Point{106, 22}, Max: orb.Point{107, 23}},
	} {
		shape, ok := s.Shape(code)
		if !ok || len(shape) != 1 || len(shape[0]) != 1 {
			t.Fatalf("%s is %v", code, shape)
		}
		if got := shape.Bound(); got != want || s.Bounds(code) != want {
			t.Errorf("%s spans %v and %v, want %v", code, got, s.Bounds(code), want)
		}
		if area := (want.Right() - want.Left()) * (want.Top() - want.Bottom()); ringArea(shape[0][0]) != area {
			t.Errorf("%s has area %v, want %v counter-clockwise", code, ringArea(shape[0][0]), area)
		}
	}
}

// A ring of eight squares around a ninth: the ring has a hole, which is the ninth, and
// the two share one closed border.
func TestEnclave(t *testing.T) {
	info := SetInfo{ID: "enclave", Root: "1", Levels: []Level{{"province", 0}, {"commune", 1}}}
	units := []Unit{{Code: "1", Name: "P", Level: "province"}, {Code: "2", Name: "Ring", Level: "commune", Parent: "1"}, {Code: "3", Name: "Hole", Level: "commune", Parent: "1"}}
	shapes := map[string]orb.MultiPolygon{"3": square(106, 22)}
	for x := range 3 {
		for y := range 3 {
			if x != 1 || y != 1 {
				shapes["2"] = append(shapes["2"], square(105+float64(x), 21+float64(y))...)
			}
		}
	}
	s, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	ring, _ := s.Shape("2")
	root, _ := s.Shape("1")
	if len(ring) != 1 || len(ring[0]) != 2 || ringArea(ring[0][1]) != -1 {
		t.Errorf("the ring is %v", ring)
	}
	if len(root) != 1 || len(root[0]) != 1 || ringArea(root[0][0]) != 9 {
		t.Errorf("the province is %v", root)
	}
	if n := len(s.tiles.coverage.arcs); n != 2 {
		t.Errorf("%d arcs, want the outer border and the inner one", n)
	}
	checkTiles(t, s, 7)
}

func TestOverlapIsRefused(t *testing.T) {
	info, units, shapes := squares()
	shapes["VN-01"] = square(106, 21)
	if _, err := NewSet(info, units, shapes); err == nil {
		t.Error("two units on the same ground were accepted")
	} else {
		t.Log(err)
	}
}

// The west is a district with two communes, the south-east a commune right under the
// province, the north-east a district without communes: islands are like that.
func TestBordersOfMixedLevels(t *testing.T) {
	info, units, shapes := squares()
	units[5].Parent = "1"
	units[6] = Unit{Code: "VN-01", Name: "Đảo", Level: "district", Parent: "1"}
	units = append(units[:2], units[3:]...)
	s, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, b := range s.tiles.borders {
		got[b.level] += len(b.arcs)
	}
	// Inside: two communes of the west; west and south-east, west and island, south-east and island.
	if got["commune"] != 1 || got["district"] != 3 {
		t.Errorf("borders by level: %v", got)
	}
}

func TestNeedleHasALabel(t *testing.T) {
	needle := orb.Polygon{{{0, 0}, {1, 0}, {1, 1e-9}, {0, 1e-9}, {0, 0}}}
	if p := labelPoint(needle); !planar.PolygonContains(needle, p) {
		t.Errorf("%v lies outside", p)
	}
}
