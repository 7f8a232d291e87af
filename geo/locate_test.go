package geo

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

func TestLocateByEye(t *testing.T) {
	s := squareSet(t)
	for name, tt := range map[string]struct {
		at   orb.Point
		want string
	}{
		"inside":                   {orb.Point{105.5, 21.5}, "00004"},
		"another":                  {orb.Point{106.9, 22.1}, "VN-01"},
		"a border: the east":       {orb.Point{106, 21.5}, "00006"},
		"a parallel: the north":    {orb.Point{105.5, 22}, "00005"},
		"four corners":             {orb.Point{106, 22}, "VN-01"},
		"just west of them":        {orb.Point{106 - 1e-13, 22}, "00005"},
		"just south of them":       {orb.Point{106, 22 - 1e-13}, "00006"},
		"the western end":          {orb.Point{105, 21.5}, "00004"},
		"the eastern end":          {orb.Point{107, 21.5}, "00006"},
		"the northern end":         {orb.Point{105.5, 23}, "00005"},
		"the southern end":         {orb.Point{106.5, 21}, "00006"},
		"the north-eastern corner": {orb.Point{107, 23}, "VN-01"},
		"the south-western corner": {orb.Point{105, 21}, "00004"},
		"the end of a border":      {orb.Point{106, 23}, "00005"},
		"west of it":               {orb.Point{105 - 1e-13, 21.5}, ""},
		"east of it":               {orb.Point{107.001, 21.5}, ""},
		"north of it":              {orb.Point{106, 23.1}, ""},
		"far away":                 {orb.Point{-70, -33}, ""},
		"nowhere":                  {orb.Point{21.5, 105.5}, ""},
	} {
		if got, _ := s.Locate(tt.at); got.Code != tt.want {
			t.Errorf("%s: %q, want %q", name, got.Code, tt.want)
		}
	}
	if _, ok := hamlets(t, "bare", "a").Locate(orb.Point{105.5, 21.5}); ok {
		t.Error("a set without shapes knows a place")
	}
}

// On random coverages every point, corners and middles of edges among them, lies in the
// unit whose polygon contains it, and in one whenever some polygon does.
func TestLocateAgreesWithPolygons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := NewSet(randomCoverage(t))
		if err != nil {
			t.Fatal(err)
		}
		shapes := map[string]orb.MultiPolygon{}
		var points []orb.Point
		for _, code := range s.leafCodes() {
			shape, _ := s.Shape(code)
			shapes[code] = shape
			for _, polygon := range shape {
				for _, ring := range polygon {
					for k := 1; k < len(ring); k++ {
						points = append(points, ring[k], orb.Point{(ring[k-1][0] + ring[k][0]) / 2, (ring[k-1][1] + ring[k][1]) / 2})
					}
				}
			}
		}
		bound := s.Bounds(s.Root().Code).Pad(0.1)
		for range 50 {
			points = append(points, orb.Point{
				rapid.Float64Range(bound.Left(), bound.Right()).Draw(t, "lon"), rapid.Float64Range(bound.Bottom(), bound.Top()).Draw(t, "lat"),
			})
		}
		for _, p := range points {
			checkPlace(t, s, shapes, p)
		}
	})
}

func checkPlace(t *rapid.T, s *Set, shapes map[string]orb.MultiPolygon, p orb.Point) {
	unit, found := s.Locate(p)
	if found && !planar.MultiPolygonContains(shapes[unit.Code], p) && !near(shapes[unit.Code], p) {
		t.Fatalf("%v is not in %s", p, unit.Code)
	}
	for code, shape := range shapes {
		if !found && planar.MultiPolygonContains(shape, p) && !near(shape, p) {
			t.Fatalf("%v is in %s", p, code)
		}
	}
}

// near tells whether a point is as close to a border as a computed middle may miss it.
func near(shape orb.MultiPolygon, p orb.Point) bool {
	for _, polygon := range shape {
		if squaredDistance(polygon, p) < 1e-24 {
			return true
		}
	}
	return false
}

// Corners are points that can be told exactly: each lies in one unit, which has it.
func TestRealCornersLieInOneUnit(t *testing.T) {
	s := phutho(t)
	owners := map[orb.Point]map[string]bool{}
	for _, code := range s.leafCodes() {
		shape, _ := s.Shape(code)
		for _, polygon := range shape {
			for _, ring := range polygon {
				for _, p := range ring {
					if owners[p] == nil {
						owners[p] = map[string]bool{}
					}
					owners[p][code] = true
				}
			}
		}
	}
	for p, has := range owners {
		if u, _ := s.Locate(p); !has[u.Code] {
			t.Fatalf("corner %v of %v lies in %q", p, has, u.Code)
		}
	}
	t.Logf("%d corners", len(owners))
}
