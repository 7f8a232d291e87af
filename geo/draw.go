package geo

import (
	"math"
	"sync"

	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
)

// drawing is what all zooms are drawn from.
type drawing struct {
	tree     *hierarchy
	levels   []Level
	coverage *coverage
	plane    []orb.Point // corners in the unit square of Web Mercator
	bounds   orb.Bound   // of all corners there
	weights  []float64   // what each corner matters, see weigh
	faces    [][]face    // of each unit
	borders  []border
	labels   []orb.Point // of each unit, in the unit square
	order    []int       // units by level, the larger first
	sizes    []float64   // of each unit, unit square
	islands  []island
	ground   []ground
	specks   []float64 // by arc: the size of an islet, 0 for all other arcs

	places   func() *locator          // made when first asked for
	touching func() []map[int]float64 // of each unit its neighbours' borders, made when first asked for
}

// draw prepares the tiles, and takes from the shapes what the units do not say.
func (s *Set) draw(leaves []orb.MultiPolygon) error {
	c, err := newCoverage(leaves, func(i int) string { return s.tree.units[i].label() })
	if err != nil {
		return err
	}
	d := &drawing{tree: s.tree, levels: s.info.Levels, coverage: c, plane: make([]orb.Point, len(c.points)), borders: c.borders(s.tree, s.info.Levels)}
	for i, p := range c.points {
		d.plane[i] = mercator(p)
	}
	d.bounds = orb.MultiPoint(d.plane).Bound()
	d.weights = weigh(c, d.plane, detail(MinZoom))
	d.faces = make([][]face, len(s.tree.units))
	d.labels = make([]orb.Point, len(s.tree.units))
	d.sizes = make([]float64, len(s.tree.units))
	for i := len(s.tree.units) - 1; i >= 0; i-- {
		d.faces[i] = c.faces(func(leaf int32) bool { return s.tree.contains(i, int(leaf)) })
		shape := c.shape(d.faces[i])
		s.bounds[i] = shape.Bound()
		d.labels[i], d.sizes[i] = d.label(d.faces[i])
		s.fillFacts(i, degrees(d.labels[i]), leaves[i])
	}
	d.order = s.tree.bySize()
	d.places = sync.OnceValue(func() *locator { return newLocator(c) })
	d.touching = sync.OnceValue(func() []map[int]float64 { return c.touchingUnits(s.tree) })
	d.specks = make([]float64, len(c.arcs))
	d.findIslands()
	s.tiles = newPyramid(d)
	return nil
}

// fillFacts adds a unit's centre and area where they are not given: the label's point,
// and the area of its shape or the sum of those below.
func (s *Set) fillFacts(i int, label orb.Point, leaf orb.MultiPolygon) {
	unit := &s.tree.units[i]
	if unit.Centre == (orb.Point{}) {
		unit.Centre = label
	}
	if unit.AreaKm2 > 0 {
		return
	}
	unit.AreaKm2 = orbgeo.Area(leaf) / 1e6
	for _, child := range s.tree.children[i] {
		unit.AreaKm2 += s.tree.units[child].AreaKm2
	}
}

// label finds the point a unit's name is written at, in its largest face. It is looked
// for in a coarse drawing of the face, a hundredth of the work, and taken if it lies
// in the true one. Size is that of all faces without regard to holes.
func (d *drawing) label(faces []face) (at orb.Point, size float64) {
	var largest face
	most := 0.0
	for _, f := range faces {
		area := math.Abs(ringArea(d.thinned(f.outer, 0)))
		size += area
		if area > most {
			largest, most = f, area
		}
	}
	whole := d.polygon(largest, 0)
	coarse := d.polygon(largest, most/coarsely)
	if p := labelPoint(coarse); planar.PolygonContains(whole, p) {
		return p, size
	}
	return labelPoint(whole), size
}

// coarsely is how many times larger a face is than the details that are left out of it
// while looking for the place of its label.
const coarsely = 5000

func (d *drawing) polygon(f face, threshold float64) orb.Polygon {
	polygon := orb.Polygon{d.thinned(f.outer, threshold)}
	for _, hole := range f.holes {
		polygon = append(polygon, d.thinned(hole, threshold))
	}
	return polygon
}

// thinned gives the corners of a ring above a weight, in the unit square.
func (d *drawing) thinned(refs []arcRef, threshold float64) orb.Ring {
	var ring orb.Ring
	for _, r := range refs {
		corners := d.coverage.arcs[r.arc].corners
		for k := range corners[1:] {
			n := corners[k]
			if r.backward {
				n = corners[len(corners)-1-k]
			}
			if d.weights[n] > threshold {
				ring = append(ring, d.plane[n])
			}
		}
	}
	return append(ring, ring[0])
}

// Shape returns a unit's outline in degrees at full detail, wound as RFC 7946 asks.
// Upper units are unions along shared borders. A set without shapes has none.
func (s *Set) Shape(code string) (orb.MultiPolygon, bool) {
	i, ok := s.tree.index[code]
	if !ok || s.tiles == nil {
		return nil, false
	}
	return s.tiles.coverage.shape(s.tiles.faces[i]), true
}
