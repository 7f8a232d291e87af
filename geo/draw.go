package geo

import (
	"sync"

	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
)

// drawing is what all zooms are drawn from.
type drawing struct {
	coverage *coverage
	plane    []orb.Point // corners in the unit square of Web Mercator
	weights  []float64   // what each corner matters, see weigh
	faces    [][]face    // of each unit
	borders  []border
	labels   []orb.Point // of each unit, in the unit square
	order    []int       // units by level, the larger first

	places   func() *locator          // made when first asked for
	touching func() []map[int]float64 // of each unit its neighbours' borders, made when first asked for
}

// draw prepares the tiles, and takes from the shapes what the units do not say.
func (s *Set) draw(leaves []orb.MultiPolygon) error {
	c, err := newCoverage(leaves, func(i int) string { return s.tree.units[i].label() })
	if err != nil {
		return err
	}
	d := &drawing{coverage: c, plane: make([]orb.Point, len(c.points)), borders: c.borders(s.tree, s.info.Levels)}
	for i, p := range c.points {
		d.plane[i] = mercator(p)
	}
	d.weights = weigh(c, d.plane, detail(MinZoom))
	d.faces = make([][]face, len(s.tree.units))
	d.labels = make([]orb.Point, len(s.tree.units))
	for i := len(s.tree.units) - 1; i >= 0; i-- {
		d.faces[i] = c.faces(func(leaf int32) bool { return s.tree.contains(i, int(leaf)) })
		shape := c.shape(d.faces[i])
		s.bounds[i] = shape.Bound()
		d.labels[i] = labelPoint(largest(shape))
		s.fillFacts(i, degrees(d.labels[i]), leaves[i])
	}
	d.order = s.tree.bySize()
	d.places = sync.OnceValue(func() *locator { return newLocator(c) })
	d.touching = sync.OnceValue(func() []map[int]float64 { return c.touchingUnits(s.tree) })
	s.tiles = newPyramid(s.tree, d)
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

// largest returns the largest polygon of a shape in the unit square of Web Mercator.
func largest(shape orb.MultiPolygon) orb.Polygon {
	var best orb.Polygon
	var most float64
	for _, polygon := range shape {
		if area := ringArea(polygon[0]); area > most {
			best, most = polygon, area
		}
	}
	out := make(orb.Polygon, len(best))
	for i, ring := range best {
		out[i] = mercatorRing(ring)
	}
	return out
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
