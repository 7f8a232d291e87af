package geo

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"
)

// flat makes slopes of a shape in a plane, without projecting it.
func flat(shape orb.MultiPolygon) *slopes {
	s := &slopes{bound: emptyBound}
	for _, polygon := range shape {
		for _, ring := range polygon {
			s.takeRing(ring)
		}
	}
	s.sort()
	return s
}

func TestOverlapByEye(t *testing.T) {
	two := orb.MultiPolygon{square(0, 0)[0], square(5, 5)[0]}
	holed := orb.MultiPolygon{{square4(0, 0, 4), hole(square4(1, 1, 2))}}
	for name, tt := range map[string]struct {
		a, b orb.MultiPolygon
		want float64
	}{
		"the same":         {square(0, 0), square(0, 0), 1},
		"side by side":     {square(0, 0), square(1, 0), 0},
		"one above":        {square(0, 0), square(0, 1), 0},
		"apart":            {square(0, 0), square(3, 3), 0},
		"a quarter":        {square(0, 0), square(0.5, 0.5), 0.25},
		"inside":           {orb.MultiPolygon{{square4(-1, -1, 9)}}, square(0, 0), 1},
		"two parts":        {two, orb.MultiPolygon{{square4(-1, -1, 9)}}, 2},
		"in a hole":        {holed, square(1.5, 1.5), 0},
		"over a hole":      {holed, orb.MultiPolygon{{square4(0, 0, 4)}}, 12},
		"edges that cross": {orb.MultiPolygon{{{{0, 0}, {2, 0}, {0, 2}, {0, 0}}}}, orb.MultiPolygon{{{{0, 0}, {2, 0}, {2, 2}, {0, 0}}}}, 1},
	} {
		a, b := flat(tt.a), flat(tt.b)
		if got, back := a.overlap(b), b.overlap(a); math.Abs(got-tt.want) > 1e-12 || math.Abs(back-tt.want) > 1e-12 {
			t.Errorf("%s: %v and %v, want %v", name, got, back, tt.want)
		}
	}
}

func square4(x, y, side float64) orb.Ring {
	return orb.Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

func hole(r orb.Ring) orb.Ring {
	r = r.Clone()
	r.Reverse()
	return r
}

// starAround is a random simple polygon around a point, counter-clockwise.
func starAround(t *rapid.T, label string) orb.Ring {
	n := rapid.IntRange(3, 14).Draw(t, label)
	cx, cy := rapid.Float64Range(-4, 4).Draw(t, "x"), rapid.Float64Range(-4, 4).Draw(t, "y")
	var ring orb.Ring
	for k := range n {
		r, a := rapid.Float64Range(1, 8).Draw(t, "radius"), 2*math.Pi*float64(k)/float64(n)
		ring = append(ring, orb.Point{math.Round((cx+r*math.Cos(a))*64) / 64, math.Round((cy+r*math.Sin(a))*64) / 64}) // coarse, so that lines touch
	}
	return append(ring, ring[0])
}

// The oracle intersects the polygons with another library and measures the result.
func TestOverlapAgreesWithIntersecting(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		a, b := starAround(t, "a"), starAround(t, "b")
		if ringArea(a) <= 0 || ringArea(b) <= 0 {
			t.Skip("flat")
		}
		first, err1 := polygonOf(a)
		second, err2 := polygonOf(b)
		if err1 != nil || err2 != nil {
			t.Skip("not simple")
		}
		common, err := geom.Intersection(first, second)
		if err != nil {
			t.Skip("the other library gives up")
		}
		compared++
		got, want := flat(orb.MultiPolygon{{a}}).overlap(flat(orb.MultiPolygon{{b}})), common.Area()
		if math.Abs(got-want) > 1e-9*(1+want) {
			t.Errorf("%v, by intersecting %v", got, want)
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

func polygonOf(ring orb.Ring) (geom.Geometry, error) {
	var flat []float64
	for _, p := range ring {
		flat = append(flat, p[0], p[1])
	}
	line := geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
	p := geom.NewPolygon([]geom.LineString{line})
	return p.AsGeometry(), p.Validate()
}

func TestOverlay(t *testing.T) {
	info, units, shapes := squares()
	from, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	// One new unit has the western column, the other all but the northern half of the eastern one.
	to, err := NewSet(SetInfo{ID: "new", Root: "1", Levels: info.Levels[:2]}, []Unit{
		{Code: "1", Name: "Gốc", Level: "province"}, {Code: "w", Name: "Tây", Level: "district", Parent: "1"}, {Code: "e", Name: "Đông", Level: "district", Parent: "1"},
	}, map[string]orb.MultiPolygon{
		"w": {{{{105, 21}, {106, 21}, {106, 23}, {105, 23}, {105, 21}}}}, "e": {{{{106, 21}, {107, 21}, {107, 22.5}, {106, 22.5}, {106, 21}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	x, err := FromOverlay(t.Context(), from, to, DefaultOverlay())
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"00004", "00005", "00006"} {
		if l := x.Became(code); len(l) != 1 || !l[0].Whole() || l[0].Basis != Area {
			t.Errorf("%s: %+v", code, l)
		}
	}
	// The southern half of a square of degrees is a little larger than the northern one; how
	// much, on a sphere and nearly so on the ellipsoid:
	split := x.Became("VN-01")
	south := (math.Sin(22.5*math.Pi/180) - math.Sin(22*math.Pi/180)) / (math.Sin(23*math.Pi/180) - math.Sin(22*math.Pi/180))
	got, _ := split[1].Weight.Float64()
	if len(split) != 2 || split[0].New != Outside || math.Abs(got-south) > 5e-5 {
		t.Errorf("%+v, want %v in the south", split, south)
	}
	if leak := x.Leakage(); len(leak) != 1 || leak[0].Old != "VN-01" {
		t.Errorf("leakage %v", leak)
	}
}

func TestOverlayRefusesWhatHasNoRealShapes(t *testing.T) {
	s, drawn := hamlets(t, "bare", "a"), squareSet(t)
	made := *drawn
	made.info.Schematic = true
	for want, pair := range map[string][2]*Set{"no polygons": {s, drawn}, "schematic": {drawn, &made}} {
		if _, err := FromOverlay(t.Context(), pair[0], pair[1], DefaultOverlay()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := FromOverlay(t.Context(), drawn, drawn, Overlay{Least: math.NaN()}); err == nil {
		t.Error("a least share that is no number")
	}
}

// BenchmarkOverlay lays 136 communes over 148 with 257,000 corners. The floor is looking
// at every edge of the pairs whose bounds meet, once.
func BenchmarkOverlay(b *testing.B) {
	old, new := realSet(b), phutho(b)
	targets := newTargets(new)
	edges := 0.0
	floor := seconds(func() {
		for _, code := range old.leafCodes() {
			shape, _ := old.Shape(code)
			s := newSlopes(shape)
			for _, target := range targets.shapes {
				if s.bound.Intersects(target.bound) {
					for _, e := range target.edges {
						edges += e.sign * e.sign
					}
				}
			}
		}
	})
	for b.Loop() {
		if _, err := FromOverlay(b.Context(), old, new, DefaultOverlay()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(edges, "edges")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/floor, "x-floor")
}
