package geo

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"pgregory.net/rapid"
)

var ten = window{orb.Bound{Min: orb.Point{-0.5, -0.5}, Max: orb.Point{10.5, 10.5}}}

func rectangle(x0, y0, x1, y1 float64) orb.Ring {
	return orb.Bound{Min: orb.Point{x0, y0}, Max: orb.Point{x1, y1}}.ToRing()
}

func reversed(r orb.Ring) orb.Ring { r.Reverse(); return r }

func TestWindowPolygon(t *testing.T) {
	// A comb whose back lies outside: clipping side by side would join its teeth along the edge.
	comb := orb.Ring{{-5, 1}, {4, 1}, {4, 3}, {-2, 3}, {-2, 6}, {4, 6}, {4, 8}, {-5, 8}, {-5, 1}}
	tests := []struct {
		name  string
		rings []orb.Ring
		areas []float64
	}{
		{"inside", []orb.Ring{rectangle(1, 1, 3, 3)}, []float64{4}},
		{"outside", []orb.Ring{rectangle(20, 1, 30, 3)}, nil},
		{"outside, along a corner", []orb.Ring{{{-1, 0}, {-3, -3}, {0, -1}, {-1, 0}}}, nil},
		{"all around", []orb.Ring{rectangle(-20, -20, 30, 30)}, []float64{121}},
		{"across a side", []orb.Ring{rectangle(8, 2, 12, 4)}, []float64{5}},
		{"over a corner", []orb.Ring{rectangle(8, 8, 12, 12)}, []float64{6.25}},
		{"across", []orb.Ring{rectangle(-5, 2, 15, 4)}, []float64{22}},
		{"all but a corner", []orb.Ring{{{-5, -5}, {20, -5}, {20, 7}, {7, 7}, {7, 20}, {-5, 20}, {-5, -5}}}, []float64{121 - 3.5*3.5}},
		{"comb", []orb.Ring{comb}, []float64{9, 9}},
		{"with a hole inside", []orb.Ring{rectangle(-5, -5, 15, 15), reversed(rectangle(2, 2, 4, 4))}, []float64{121, -4}},
		{"with a hole over the side", []orb.Ring{rectangle(-5, -5, 15, 15), reversed(rectangle(8, 2, 12, 4))}, []float64{116}},
		{"in a hole", []orb.Ring{rectangle(-50, -50, 50, 50), reversed(rectangle(-5, -5, 15, 15))}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var areas []float64
			for _, ring := range ten.polygon(tt.rings) {
				areas = append(areas, ringArea(ring))
			}
			if !slices.Equal(areas, tt.areas) {
				t.Errorf("areas %v, want %v", areas, tt.areas)
			}
		})
	}
}

func TestWindowLine(t *testing.T) {
	tests := []struct {
		name string
		line []orb.Point
		want int
	}{
		{"inside", []orb.Point{{1, 1}, {3, 3}, {5, 1}}, 1},
		{"outside", []orb.Point{{20, 1}, {30, 3}}, 0},
		{"past a corner", []orb.Point{{-2, 9}, {2, 13}}, 0},
		{"in, out and in again", []orb.Point{{5, 5}, {5, 15}, {7, 15}, {7, 5}}, 2},
		{"through", []orb.Point{{-5, 5}, {15, 5}}, 1},
	}
	for _, tt := range tests {
		if got := ten.line(tt.line); len(got) != tt.want {
			t.Errorf("%s: %v, want %d pieces", tt.name, got, tt.want)
		}
	}
}

// A star of any shape keeps exactly the area that clipping side by side gives it, and
// every piece runs anticlockwise inside the window.
func TestWindowKeepsTheArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var star orb.Ring
		n := rapid.IntRange(3, 12).Draw(t, "corners")
		cx, cy := float64(rapid.IntRange(-10, 20).Draw(t, "x")), float64(rapid.IntRange(-10, 20).Draw(t, "y"))
		for i := range n {
			a := 2 * math.Pi * float64(i) / float64(n)
			r := rapid.Float64Range(2, 40).Draw(t, "radius")
			star = append(star, orb.Point{math.Round(cx + r*math.Cos(a)), math.Round(cy + r*math.Sin(a))})
		}
		star = append(star, star[0])
		if ringArea(star) <= 0 {
			t.Skip("rounding may have folded it")
		}
		got := 0.0
		for _, ring := range ten.polygon([]orb.Ring{star}) {
			if !ring.Closed() || ringArea(ring) < 0 {
				t.Errorf("piece %v", ring)
			}
			for _, p := range ring {
				if !ten.Contains(p) {
					t.Errorf("%v lies outside", p)
				}
			}
			got += ringArea(ring)
		}
		if want := ringArea(clip.Ring(ten.Bound, star.Clone())); math.Abs(got-want) > 1e-6 {
			t.Errorf("area %v, want %v", got, want)
		}
	})
}

// Neighbours cross the edge of a tile in the same points, whichever way they run.
func TestCutIsTheSameBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.Custom(func(t *rapid.T) orb.Point {
			return orb.Point{float64(rapid.IntRange(-99, 99).Draw(t, "x")), float64(rapid.IntRange(-99, 99).Draw(t, "y"))}
		})
		a, b := c.Draw(t, "a"), c.Draw(t, "b")
		from, to, enters, exits, ok := ten.cut(a, b)
		back, forth, in, out, same := ten.cut(b, a)
		if from != forth || to != back || enters != out || exits != in || ok != same {
			t.Errorf("%v > %v, but back %v > %v", from, to, back, forth)
		}
	})
}

func TestSnap(t *testing.T) {
	tests := []struct {
		name string
		ring orb.Ring
		want orb.Ring
	}{
		{"rounds", orb.Ring{{0.4, 0}, {2.6, 0.4}, {3, 3}, {0.4, 0}}, orb.Ring{{0, 0}, {3, 0}, {3, 3}, {0, 0}}},
		{"collapses", orb.Ring{{0.1, 0}, {0.2, 0.1}, {0, 0.3}, {0.1, 0}}, nil},
		{"falls flat", orb.Ring{{0, 0}, {4, 0.1}, {8, 0}, {0, 0}}, nil},
		{"loses a spike", orb.Ring{{0, 0}, {4, 0}, {9, 0.2}, {4, 0.3}, {4, 4}, {0, 0}}, orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 0}}},
		{"loses a spike at the seam", orb.Ring{{9, 0}, {4, 0}, {4, 4}, {0, 0}, {4, 0}, {9, 0}}, orb.Ring{{4, 0}, {4, 4}, {0, 0}, {4, 0}}},
		{"empty", nil, nil},
	}
	for _, tt := range tests {
		if got := snap(tt.ring); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
