package geo

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"
)

// shaped writes a collection of communes of province 1 from rings.
func shaped(rings ...orb.Ring) string {
	var features []string
	for i, ring := range rings {
		var points []string
		for _, p := range ring {
			points = append(points, fmt.Sprintf("[%v,%v]", p[0], p[1]))
		}
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":"c%d","name":"c%d","parent_code":"1"},"geometry":{"type":"Polygon","coordinates":[[%s]]}}`,
			i, i, strings.Join(points, ",")))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

const emptyProvince = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1","name":"P"},"geometry":null}]}`

// oblong is a rectangle, wound as RFC 7946 asks.
func oblong(x0, y0, x1, y1 float64) orb.Ring {
	return orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
}

// rectangleKm2 is the area of a rectangle at 21° north by the integral of the area of WGS 84's
// parallels, summed up in small steps: another way than ringKm2 takes.
func rectangleKm2(x0, y0, x1, y1 float64) float64 {
	const steps = 1000
	var sum float64
	for i := range steps {
		lat := y0 + (y1-y0)*(float64(i)+0.5)/steps
		lon, northing := metres(lat)
		sum += lon * (x1 - x0) * northing * (y1 - y0) / steps
	}
	return sum / 1e6
}

func TestGapsAndOverlaps(t *testing.T) {
	tests := []struct {
		name  string
		rings []orb.Ring
		kinds string
		km2   float64
	}{
		{"side by side", []orb.Ring{oblong(105, 21, 106, 22), oblong(106, 21, 107, 22)}, "", 0},
		{"one in the other", []orb.Ring{oblong(105, 21, 106, 22), oblong(105.2, 21.2, 105.3, 21.3)}, "error overlap", rectangleKm2(105.2, 21.2, 105.3, 21.3)},
		{"twice the same", []orb.Ring{oblong(105, 21, 106, 22), oblong(105, 21, 106, 22)}, "error overlap", rectangleKm2(105, 21, 106, 22)},
		{"overlapping by a strip", []orb.Ring{oblong(105, 21, 106, 22), oblong(105.9, 21, 107, 22)}, "error overlap", rectangleKm2(105.9, 21, 106, 22)},
		{"overlapping across", []orb.Ring{oblong(105, 21, 108, 22), oblong(106, 20, 107, 23)}, "error overlap", rectangleKm2(106, 21, 107, 22)},
		{"islands", []orb.Ring{oblong(105, 21, 105.1, 21.1), oblong(106, 21, 106.1, 21.1)}, "", 0},
		{"a gap inside a frame", []orb.Ring{
			{{105, 21}, {107, 21}, {107, 23}, {106, 23}, {106, 22}, {105.5, 22}, {105.5, 23}, {105, 23}, {105, 21}},
			{{105.5, 22.5}, {106, 22.5}, {106, 23}, {105.5, 23}, {105.5, 22.5}},
		}, "error gap", rectangleKm2(105.5, 22, 106, 22.5)},
		{"a small gap", []orb.Ring{
			{{105, 21}, {107, 21}, {107, 23}, {106, 23}, {106, 22}, {105.5, 22}, {105.5, 23}, {105, 23}, {105, 21}},
			{{105.5, 22.00001}, {106, 22.00001}, {106, 23}, {105.5, 23}, {105.5, 22.00001}},
		}, "warning gap", rectangleKm2(105.5, 22, 106, 22.00001)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := imported(t, ImportOptions{}, "province.geojson", emptyProvince, "communes.geojson", shaped(tt.rings...))
			if tt.name == "a small gap" {
				m = imported(t, ImportOptions{Tolerance: Tolerance{GapKm2: 0.2}}, "province.geojson", emptyProvince, "communes.geojson", shaped(tt.rings...))
			}
			if kinds(m.Findings) != tt.kinds {
				t.Fatalf("got %v, want %s", m.Findings, tt.kinds)
			}
			if len(m.Findings) > 0 {
				if f := m.Findings[0]; math.Abs(f.Km2/tt.km2-1) > 1e-3 || f.At == nil || f.Code == "" {
					t.Errorf("got %+v, want %v km²", f, tt.km2)
				}
			}
		})
	}
}

// A hole that the province has too may be a lake or foreign land: it is told, and no error.
func TestHolesThatAreMeant(t *testing.T) {
	holed := func(code, parent string) string {
		return fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":%q,"name":"x","parent_code":%q},"geometry":{"type":"Polygon",`+
			`"coordinates":[[[105,21],[106,21],[106,22],[105,22],[105,21]],[[105.4,21.4],[105.4,21.6],[105.6,21.6],[105.6,21.4],[105.4,21.4]]]}}]}`, code, parent)
	}
	m := imported(t, ImportOptions{}, "province.geojson", holed("1", ""), "communes.geojson", holed("2", "1"))
	if kinds(m.Findings) != "warning gap" || m.Findings[0].Km2 < 400 {
		t.Errorf("%v", m.Findings)
	}
	whole := strings.Replace(holed("1", ""), ",[[105.4,21.4],[105.4,21.6],[105.6,21.6],[105.6,21.4],[105.4,21.4]]", "", 1)
	if m := imported(t, ImportOptions{}, "province.geojson", whole, "communes.geojson", holed("2", "1")); kinds(m.Findings) != "error gap" {
		t.Errorf("%v", m.Findings)
	}
}

func TestChildrenMustTileTheirParent(t *testing.T) {
	province := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1","name":"P"},"geometry":{"type":"Polygon","coordinates":[[[105,21],[107,21],[107,23],[105,23],[105,21]]]}}]}`
	whole := imported(t, ImportOptions{}, "province.geojson", province, "districts.geojson", twoDistricts, "communes.geojson", fourSquares())
	if len(whole.Findings) > 0 {
		t.Fatalf("%v", whole.Findings)
	}
	// VN-01 is said to lie in the western district.
	wrong := strings.Replace(fourSquares(), `"Đại Đình","parent_code":"12"`, `"Đại Đình","parent_code":"11"`, 1)
	m := imported(t, ImportOptions{}, "province.geojson", province, "districts.geojson", twoDistricts, "communes.geojson", wrong)
	if kinds(m.Findings) != "error not_tiled, error not_tiled" {
		t.Fatalf("%v", m.Findings)
	}
	want := rectangleKm2(106, 22, 107, 23)
	for i, code := range []string{"11", "12"} {
		if f := m.Findings[i]; f.Code != code || f.File != "districts.geojson" || math.Abs(f.Km2/want-1) > 1e-3 || !slices.Contains(f.Others, "VN-01") && code == "11" {
			t.Errorf("%+v, want %v km²", f, want)
		}
	}
}

// The area of random overlaps and gaps is that of another library's overlay.
func TestRegionsAgreeWithOverlay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "rings")
		var rings []orb.Ring
		var union, twice geom.Geometry
		for i := range n {
			ring := star(t, fmt.Sprint("ring", i))
			g, err := geom.UnmarshalWKT(wkt(ring))
			if err != nil {
				t.Fatal(err)
			}
			rings = append(rings, ring)
			common, err := geom.Intersection(union, g)
			if err != nil {
				t.Skip("the other library gave up")
			}
			if twice, err = geom.Union(twice, common); err != nil {
				t.Skip("the other library gave up")
			}
			if union, err = geom.Union(union, g); err != nil {
				t.Skip("the other library gave up")
			}
		}
		c := newCorners(0)
		var stretches []stretch
		for i, ring := range rings {
			stretches = c.outline(stretches, orb.MultiPolygon{{ring}}, int32(i), 1)
		}
		_, live := residue(stretches)
		a := arrange(c, live)
		if a.tangled {
			t.Fatal("tangled")
		}
		plane := func(wrong func(cover int32) bool) (sum float64) {
			for _, r := range a.regions(wrong) {
				for _, k := range a.border(r) {
					sum += ringArea(a.ring(k))
				}
			}
			return sum
		}
		if got, want := plane(func(n int32) bool { return n > 1 }), twice.Area(); math.Abs(got-want) > 1e-6*(1+want) {
			t.Fatalf("%v is covered more than once, the overlay says %v", got, want)
		}
		filled := geom.Geometry{}
		for _, p := range union.Dump() {
			if polygon, ok := p.AsPolygon(); ok {
				outer := geom.NewPolygon([]geom.LineString{polygon.ExteriorRing()}).AsGeometry()
				var err error
				if filled, err = geom.Union(filled, outer); err != nil {
					t.Skip("the other library gave up")
				}
			}
		}
		if got, want := plane(func(n int32) bool { return n == 0 }), filled.Area()-union.Area(); math.Abs(got-want) > 1e-6*(1+want) {
			t.Fatalf("gaps are %v, the overlay says %v", got, want)
		}
	})
}

// star draws a ring that does not cross itself: corners around a centre, at random distances.
func star(t *rapid.T, name string) orb.Ring {
	corners := rapid.IntRange(3, 12).Draw(t, name+" corners")
	x, y := float64(rapid.IntRange(0, 60).Draw(t, name+" x")), float64(rapid.IntRange(0, 60).Draw(t, name+" y"))
	var ring orb.Ring
	for i := range corners {
		r := float64(rapid.IntRange(5, 50).Draw(t, name+" r"))
		angle := 2 * math.Pi * float64(i) / float64(corners)
		ring = append(ring, orb.Point{math.Round((x+r*math.Cos(angle))*1000) / 1000, math.Round((y+r*math.Sin(angle))*1000) / 1000})
	}
	return append(ring, ring[0])
}

func wkt(ring orb.Ring) string {
	var points []string
	for _, p := range ring {
		points = append(points, fmt.Sprintf("%v %v", p[0], p[1]))
	}
	return "POLYGON((" + strings.Join(points, ",") + "))"
}

func TestRepair(t *testing.T) {
	// The eastern square is a metre off in the middle of the common border, is wound the
	// wrong way and has an open ring.
	west := orb.Ring{{105, 21}, {106, 21}, {106, 21.5}, {106, 22}, {105, 22}, {105, 21}}
	east := orb.Ring{{106, 21}, {106, 22}, {107, 22}, {107, 21}}
	north := orb.Ring{{105, 22}, {106.000002, 22.000001}, {107, 22}, {107, 23}, {105, 23}, {105, 22}}
	files := []string{"province.geojson", emptyProvince, "communes.geojson", shaped(west, east, north)}
	if m := imported(t, ImportOptions{}, files...); !strings.Contains(kinds(m.Findings), "error open_ring") {
		t.Errorf("without repair: %v", m.Findings)
	}
	m := imported(t, ImportOptions{Repair: true, Snap: DefaultSnap}, files...)
	if m.Err() != nil {
		t.Fatal(m.Findings)
	}
	for _, kind := range []string{"mended open_ring", "mended winding", "mended snapped"} {
		if !strings.Contains(kinds(m.Findings), kind) {
			t.Errorf("no %s in %v", kind, m.Findings)
		}
	}
	coverOnce(t, m)
}

// Slivers between neighbours that were drawn apart go to one of them; the ground they
// cover together stays the same.
func TestRepairOfSlivers(t *testing.T) {
	west := orb.Ring{{105, 21}, {106, 21}, {106.0001, 21.3}, {105.9999, 21.6}, {106, 22}, {105, 22}, {105, 21}}
	east := orb.Ring{{106, 21}, {107, 21}, {107, 22}, {106, 22}, {106.0001, 21.7}, {105.9999, 21.2}, {106, 21}}
	m := imported(t, ImportOptions{Repair: true, Tolerance: Tolerance{GapKm2: 1, OverlapKm2: 1}}, "province.geojson", emptyProvince, "communes.geojson", shaped(west, east))
	if m.Err() != nil || m.Findings.Count(SeverityMended) == 0 || m.Findings.Count(SeverityWarning) > 0 {
		t.Fatal(m.Findings)
	}
	coverOnce(t, m)
	// Left unmended they are warnings, or errors beyond the tolerance.
	loose := imported(t, ImportOptions{Tolerance: Tolerance{GapKm2: 1, OverlapKm2: 1}}, "province.geojson", emptyProvince, "communes.geojson", shaped(west, east))
	if loose.Err() != nil || loose.Findings.Count(SeverityWarning) == 0 {
		t.Error(loose.Findings)
	}
}

// coverOnce checks by another import that nothing is left to mend, and that a set can be drawn.
func coverOnce(t *testing.T, m *Import) {
	t.Helper()
	var stretches []stretch
	c := newCorners(0)
	n := int32(0)
	for _, u := range m.Units {
		if shape, ok := m.Shapes[u.Code]; ok {
			stretches = c.outline(stretches, shape, n, 1)
			n++
		}
	}
	_, live := residue(stretches)
	a := arrange(c, live)
	if wrong := a.regions(func(cover int32) bool { return cover != 1 }); a.tangled || len(wrong) > 0 {
		t.Errorf("after the repair %v is covered wrongly", wrong)
	}
	if _, err := m.Set(); err != nil {
		t.Error(err)
	}
}

// The areas of the files beside the checkout were computed by another program from the
// same polygons.
func TestRealImports(t *testing.T) {
	for dir, want := range map[string]string{
		"vinhphuc-2022": "[{province 1} {district 9} {commune 136}] 4537 vertices, ",
		"phutho-2025":   "[{province 1} {commune 148}] 257086 vertices, ",
		"vietnam-2025":  "[{country 1} {province 34} {commune 3321}] 1726733 vertices, warning gap, 8 warning homonym, warning made_root",
	} {
		t.Run(dir, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(realData, dir)); err != nil {
				t.Skipf("NOT TESTED on real boundaries: %v", err)
			}
			if dir == "vietnam-2025" && (raced || testing.Short()) {
				t.Skip("takes seconds")
			}
			sources, err := DirSources(filepath.Join(realData, dir))
			if err != nil {
				t.Fatal(err)
			}
			m, err := ReadImport(t.Context(), sources, ImportOptions{Info: SetInfo{ID: dir}, Tolerance: DefaultTolerance()})
			if err != nil {
				t.Fatal(err)
			}
			found := strings.Replace(kinds(m.Findings), strings.Repeat("warning homonym, ", 8), "8 warning homonym, ", 1)
			if got := fmt.Sprint(m.Counts(), " ", m.Vertices, " vertices, ", found); got != want {
				t.Errorf("got %s\n%v", got, m.Findings)
			}
			for _, u := range m.Units {
				if shape, ok := m.Shapes[u.Code]; ok && math.Abs(shapeKm2(shape)-u.AreaKm2) > 0.001+3e-5*u.AreaKm2 { // it took edges for geodesics, and rounded
					t.Errorf("%s has %.4f km², the file says %.3f", u.label(), shapeKm2(shape), u.AreaKm2)
				}
			}
		})
	}
}
