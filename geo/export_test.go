package geo

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"pgregory.net/rapid"
)

type failer interface {
	reporter
	Fatal(args ...any)
}

func unzipped(t failer, d Document, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(d.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// topoFile is TopoJSON as its specification describes it, read without any of our code.
type topoFile struct {
	Type       string
	Boundaries about
	Transform  struct{ Scale, Translate [2]float64 }
	Objects    map[string]struct {
		Geometries []struct {
			Type, ID   string
			Properties map[string]any
			Arcs       json.RawMessage
		}
	}
	Arcs [][][2]int64
}

// decode gives the shapes by code, in degrees.
func (d topoFile) decode(t failer) map[string]orb.MultiPolygon {
	t.Helper()
	lines := make([]orb.LineString, len(d.Arcs))
	for n, arc := range d.Arcs {
		var x, y int64
		for _, step := range arc {
			x, y = x+step[0], y+step[1]
			lines[n] = append(lines[n], orb.Point{
				float64(x)*d.Transform.Scale[0] + d.Transform.Translate[0],
				float64(y)*d.Transform.Scale[1] + d.Transform.Translate[1],
			})
		}
	}
	shapes := map[string]orb.MultiPolygon{}
	for _, object := range d.Objects {
		for _, g := range object.Geometries {
			polygons := make([][][]int, 1)
			var err error
			if g.Type == "Polygon" {
				err = json.Unmarshal(g.Arcs, &polygons[0])
			} else {
				err = json.Unmarshal(g.Arcs, &polygons)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, rings := range polygons {
				var polygon orb.Polygon
				for _, arcs := range rings {
					polygon = append(polygon, stitch(lines, arcs))
				}
				shapes[g.ID] = append(shapes[g.ID], polygon)
			}
		}
	}
	return shapes
}

func stitch(lines []orb.LineString, arcs []int) orb.Ring {
	var ring orb.Ring
	for _, n := range arcs {
		var line orb.LineString
		if n < 0 {
			line = lines[^n].Clone()
			line.Reverse()
		} else {
			line = lines[n]
		}
		if len(ring) > 0 {
			line = line[1:]
		}
		ring = append(ring, line...)
	}
	return ring
}

func features(t failer, s *Set, level string, detail uint32) map[string]orb.MultiPolygon {
	t.Helper()
	d, err := s.GeoJSON(level, detail)
	c, err := geojson.UnmarshalFeatureCollection(unzipped(t, d, err))
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string]orb.MultiPolygon{}
	for _, f := range c.Features {
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			shapes[f.Properties.MustString("code")] = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			shapes[f.Properties.MustString("code")] = g
		}
	}
	return shapes
}

// checkDocuments reads a set back from both kinds of documents: they agree with each
// other, every unit is there and valid, and each edge of a leaf is shared by exactly two
// or belongs to the edge of the root.
func checkDocuments(t failer, s *Set, detail uint32) {
	t.Helper()
	made, err := s.TopoJSON(detail)
	var d topoFile
	if err := json.Unmarshal(unzipped(t, made, err), &d); err != nil {
		t.Fatal(err)
	}
	topo := d.decode(t)
	owners := map[[2]orb.Point]int{}
	for _, level := range s.info.Levels {
		drawn := features(t, s, level.ID, detail)
		for _, u := range s.Units(level.ID) {
			if !sameShape(topo[u.Code], drawn[u.Code]) {
				t.Errorf("detail %d: %s is %v in TopoJSON and %v in GeoJSON", detail, u.label(), topo[u.Code], drawn[u.Code])
			}
			var own sketch
			for _, polygon := range drawn[u.Code] {
				own.faces = append(own.faces, polygon)
			}
			for _, err := range sound(own) {
				t.Errorf("detail %d: %s: %v", detail, u.label(), err)
			}
			switch i := s.tree.index[u.Code]; {
			case i == s.tree.root:
				countEdges(owners, own, -1)
			case len(s.tree.children[i]) == 0:
				countEdges(owners, own, 1)
			}
		}
	}
	for e, n := range owners {
		if back := owners[[2]orb.Point{e[1], e[0]}]; n != 0 && n != back {
			t.Errorf("detail %d: edge %v is owned %d times and backwards %d times", detail, e, n, back)
			return
		}
	}
}

// sameGround compares shapes whose rings may begin anywhere.
func sameGround(a, b orb.MultiPolygon) bool {
	turned := func(shape orb.MultiPolygon) orb.MultiPolygon {
		shape = shape.Clone()
		for _, polygon := range shape {
			for k, ring := range polygon {
				open := ring[:len(ring)-1]
				first := slices.IndexFunc(open, func(p orb.Point) bool { return p == slices.MinFunc(open, byPlace) })
				polygon[k] = append(append(orb.Ring{}, open[first:]...), open[:first+1]...)
			}
		}
		slices.SortFunc(shape, func(p, q orb.Polygon) int { return byPlace(p[0][0], q[0][0]) })
		return shape
	}
	return sameShape(turned(a), turned(b))
}

func byPlace(p, q orb.Point) int { return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1])) }

func sameShape(a, b orb.MultiPolygon) bool {
	return slices.EqualFunc(a, b, func(p, q orb.Polygon) bool {
		return slices.EqualFunc(p, q, func(r, s orb.Ring) bool {
			return slices.EqualFunc(r, s, func(x, y orb.Point) bool {
				return math.Abs(x[0]-y[0]) < 1e-9 && math.Abs(x[1]-y[1]) < 1e-9
			})
		})
	})
}

func TestDocumentsHoldAtEveryDetail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		info, units, shapes := randomCoverage(t)
		s, err := NewSet(info, units, shapes)
		if err != nil {
			t.Fatal(err)
		}
		checkDocuments(t, s, uint32(rapid.IntRange(MinZoom, MaxZoom).Draw(t, "detail")))
	})
}

func TestRealDocuments(t *testing.T) {
	s := realSet(t)
	for _, detail := range []uint32{0, 6, 9, 12} {
		checkDocuments(t, s, detail)
	}
	whole := features(t, s, "commune", MaxZoom)
	for code, shape := range whole {
		if want, _ := s.Shape(code); !sameGround(shape, want) {
			t.Errorf("%s is not what it was", code)
		}
	}
	for detail := uint32(6); detail <= MaxZoom; detail += 2 {
		topo, err := s.TopoJSON(detail)
		plain := unzipped(t, topo, err)
		t.Logf("detail %d: TopoJSON %d kB, %d kB compressed", detail, len(plain)>>10, len(topo.Gzip)>>10)
	}
}

func TestDocumentsSayWhereTheyAreFrom(t *testing.T) {
	info, units, shapes := squares()
	info.Source, info.Licence, info.Schematic = "drawn by hand <here>", "CC0-1.0", true
	s, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	want := about{
		ID: info.ID, Version: s.Version(), InForceFrom: s.about(&outlines{}).InForceFrom, InForceTo: s.about(&outlines{}).InForceTo,
		Schematic: true, Source: info.Source, Licence: info.Licence, Detail: 9,
	}
	for name, make := range map[string]func() (Document, error){
		"TopoJSON": func() (Document, error) { return s.TopoJSON(9) },
		"GeoJSON":  func() (Document, error) { return s.GeoJSON("commune", 9) },
	} {
		first, err := make()
		content := unzipped(t, first, err)
		var got struct{ Boundaries about }
		if err := json.Unmarshal(content, &got); err != nil {
			t.Fatal(err)
		}
		if got.Boundaries != want {
			t.Errorf("%s is of %+v, want %+v", name, got.Boundaries, want)
		}
		if !bytes.Contains(content, []byte("<here>")) {
			t.Errorf("%s escapes what needs no escape", name)
		}
		again, err := NewSet(info, units, shapes)
		if err != nil {
			t.Fatal(err)
		}
		second, err := again.TopoJSON(9)
		if name == "TopoJSON" && (err != nil || first.ETag != second.ETag || !bytes.Equal(first.Gzip, second.Gzip)) {
			t.Error("the same set gave another document")
		}
	}
}

func TestDocumentsThereAreNot(t *testing.T) {
	s := squareSet(t)
	info, units, _ := squares()
	bare, err := NewSet(info, units, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		make func() (Document, error)
		want string
	}{
		"no shapes":     {func() (Document, error) { return bare.TopoJSON(9) }, "no shapes"},
		"too detailed":  {func() (Document, error) { return s.TopoJSON(15) }, "from 0 to 14"},
		"unknown level": {func() (Document, error) { return s.GeoJSON("ward", 9) }, `no level "ward"`},
	} {
		if _, err := tt.make(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, tt.want)
		}
	}
}

// The parts of the world with a minus sign, and degrees below one.
func TestDecimals(t *testing.T) {
	info, units, shapes := squares()
	moved := map[string]orb.MultiPolygon{}
	for code, shape := range shapes {
		c := shape.Clone()
		for _, ring := range c[0] {
			for k := range ring {
				ring[k] = orb.Point{(ring[k][0] - 106) / 20, (ring[k][1] - 22) / 20}
			}
		}
		moved[code] = c
	}
	s, err := NewSet(info, units, moved)
	if err != nil {
		t.Fatal(err)
	}
	for code, shape := range features(t, s, "commune", MaxZoom) {
		if !sameGround(shape, moved[code]) {
			t.Errorf("%s is %v, want %v", code, shape, moved[code])
		}
	}
}
