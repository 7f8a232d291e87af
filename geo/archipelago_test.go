package geo

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// Hoàng Sa and Trường Sa are on every view of the country: a shape of at least three
// pixels of a 512-pixel tile, a label, and a part of the province they belong to.
func TestArchipelagosStayVisible(t *testing.T) {
	if raced {
		t.Skip("millions of points, one goroutine; run without the race detector")
	}
	s := nationalSet(t)
	for _, code := range []string{"20333", "22736"} {
		u, ok := s.Unit(code)
		if !ok {
			t.Fatalf("no unit %s", code)
		}
		for z := uint32(3); z <= 9; z++ {
			checkVisible(t, s, u, z)
			checkVisible(t, s, s.Ancestors(code)[0], z)
		}
	}
}

func checkVisible(t *testing.T, s *Set, u Unit, z uint32) {
	t.Helper()
	i := s.tree.index[u.Code]
	c := s.tiles.canvas(z)
	pixel := c.extent / 512
	largest := 0.0
	for _, rings := range c.units[i].faces {
		b := rings[0].Bound()
		largest = max(largest, min(b.Right()-b.Left(), b.Top()-b.Bottom()))
	}
	if largest < 3*pixel {
		t.Errorf("zoom %d: %s is %.1f pixels wide", z, u.label(), largest/pixel)
	}
	at := maptile.Tile{X: uint32(c.labels[i][0] / c.extent), Y: uint32(c.labels[i][1] / c.extent), Z: maptile.Zoom(z)}
	tile, status := s.Tile(z, at.X, at.Y)
	if status != TileFound {
		t.Fatalf("zoom %d: no tile where the label of %s is", z, u.label())
	}
	for _, layer := range []string{"units", "labels"} {
		if !hasFeature(t, tile, layer, u.Code) {
			t.Errorf("zoom %d: %s is not in the layer %s of %v", z, u.label(), layer, at)
		}
	}
}

func hasFeature(t *testing.T, tile Tile, layer, code string) bool {
	t.Helper()
	for _, l := range decoded(t, tile) {
		for _, f := range l.Features {
			if l.Name == layer && f.Properties["code"] == code {
				return true
			}
		}
	}
	return false
}

// An archipelago beside a coast, by hand: a large unit, an island too close to it for a
// dot, and five islets far out, which are dots where they would be too small to see.
func TestDots(t *testing.T) {
	info := SetInfo{ID: "sea", Root: "1", Levels: []Level{{"province", 0}, {"commune", 1}}}
	units := []Unit{{Code: "1", Name: "P", Level: "province"}}
	for _, code := range []string{"2", "3", "4"} {
		units = append(units, Unit{Code: code, Name: "Xã " + code, Level: "commune", Parent: "1"})
	}
	islet := func(lon, lat float64) orb.MultiPolygon {
		return orb.MultiPolygon{{orb.Bound{Min: orb.Point{lon, lat}, Max: orb.Point{lon + 0.01, lat + 0.01}}.ToRing()}}
	}
	shapes := map[string]orb.MultiPolygon{"2": square(105, 21), "3": islet(106.01, 21.5)}
	for k := range 5 {
		shapes["4"] = append(shapes["4"], islet(112+float64(k), 16)...)
	}
	s, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	for z, want := range map[uint32]int{4: 5, 5: 5, 7: 5, 12: 0} {
		small := s.tiles.dots(z)
		if got := len(small.of[s.tree.index["4"]]); got != want || len(small.of[s.tree.index["1"]]) < want {
			t.Errorf("zoom %d: the archipelago is %d dots, want %d", z, got, want)
		}
	}
	if got := s.tiles.dots(6).of[s.tree.index["3"]]; len(got) > 1 {
		t.Errorf("the island at the coast is %d dots", len(got))
	}
	for z := uint32(MinZoom); z <= MaxZoom; z++ {
		checkCanvas(t, s, s.tiles.canvas(z))
	}
	checkTiles(t, s, 5)
}
