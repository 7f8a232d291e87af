package geo

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// attempts are made in turn until every unit is in one piece. The first gives the best
// maps and nearly always does; the last is a plain Voronoi diagram of places drawn
// together by their units, which hardly anything can tear apart.
var attempts = []attempt{
	{pull: 0.08, homesick: 0.35, fidelity: 1},
	{pull: 0.2, homesick: 0.35, fidelity: 1},
	{pull: 0.35, homesick: 0.5, fidelity: 0.95},
	{pull: 0.5, homesick: 0.7, fidelity: 0.8},
	{pull: 0.7, homesick: 0.9, fidelity: 0.5},
	{pull: 0.9, homesick: 1, fidelity: 0},
}

// Schematic makes a boundary set for units without polygons: a map drawn from centres
// and areas inside a hand-made outline (degrees). The lowest units tile the outline
// without gaps, each in one piece near its true place and with nearly its true share
// of the area; upper units are the unions of what they contain, in one piece too.
// The same input gives the same map.
func Schematic(info SetInfo, units []Unit, outline orb.Ring) (*Set, error) {
	info.Schematic = true
	facts, err := NewSet(info, units, nil)
	if err != nil {
		return nil, err
	}
	ring, err := cleanRing(outline, false)
	if err != nil {
		return nil, fmt.Errorf("boundary set %q: outline: %w", info.ID, err)
	}
	m, err := newMosaic(facts.tree, ring)
	if err != nil {
		return nil, fmt.Errorf("boundary set %q: schematic map: %w", info.ID, err)
	}
	for _, a := range attempts {
		shapes := m.lay(a)
		var s *Set
		if s, err = NewSet(info, units, shapes); err == nil {
			err = m.check(s)
		}
		if err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("boundary set %q: no schematic map found: %w", info.ID, err)
}

// mosaic is the work on one schematic map, in kilometres around the middle of the outline.
type mosaic struct {
	tree    *hierarchy
	leaves  []int
	outline []orb.Point
	middle  orb.Point // degrees
	scale   orb.Point // kilometres in a degree
}

func newMosaic(tree *hierarchy, outline orb.Ring) (*mosaic, error) {
	m := &mosaic{tree: tree, middle: outline.Bound().Center()}
	m.scale = orb.Point{111.32 * math.Cos(m.middle[1]*math.Pi/180), 110.57}
	seen := map[orb.Point]int{}
	for i, unit := range tree.units {
		if len(tree.children[i]) > 0 {
			continue
		}
		if unit.Centre == (orb.Point{}) {
			return nil, fmt.Errorf("%s has no centre", unit.label())
		}
		if twin, ok := seen[unit.Centre]; ok {
			return nil, fmt.Errorf("%s and %s have the same centre", tree.units[twin].label(), unit.label())
		}
		seen[unit.Centre] = i
		m.leaves = append(m.leaves, i)
	}
	for _, p := range outline[:len(outline)-1] {
		m.outline = append(m.outline, m.plane(p))
	}
	return m, nil
}

func (m *mosaic) plane(p orb.Point) orb.Point {
	return orb.Point{(p[0] - m.middle[0]) * m.scale[0], (p[1] - m.middle[1]) * m.scale[1]}
}

// degrees rounds to 0.1 m, so that the last digits do not depend on the machine.
func (m *mosaic) degrees(p orb.Point) orb.Point {
	return orb.Point{round6(p[0]/m.scale[0] + m.middle[0]), round6(p[1]/m.scale[1] + m.middle[1])}
}

func round6(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// lay divides the outline and returns the shape of each leaf.
func (m *mosaic) lay(a attempt) map[string]orb.MultiPolygon {
	sites := m.sites(a.pull)
	a.relax(sites, m.outline)
	parts := adopt(cells(sites, m.outline), m.family())
	w := newWelder(m.outline)
	shapes := make(map[string]orb.MultiPolygon, len(m.leaves))
	for k, i := range m.leaves {
		var shape orb.MultiPolygon
		for _, part := range parts[k] {
			if ring := m.ring(w.weld(part)); len(ring) > 3 && ringArea(ring) > 0 {
				shape = append(shape, orb.Polygon{ring})
			}
		}
		shapes[m.tree.units[i].Code] = shape
	}
	return shapes
}

func (m *mosaic) ring(points []orb.Point) orb.Ring {
	var ring orb.Ring
	for _, p := range points {
		ring = append(ring, m.degrees(p))
	}
	if len(ring) > 0 {
		ring = append(ring, ring[0])
	}
	return ring
}

// sites places the leaves. Drawing them a little together with their siblings leaves
// room for the borders above to run between, not through, the families.
func (m *mosaic) sites(pull float64) []site {
	total, _, _ := measure([][]orb.Point{m.outline})
	mean, sum := m.meanArea()
	sites := make([]site, len(m.leaves))
	for k, i := range m.leaves {
		at := m.plane(m.tree.units[i].Centre)
		if p := m.tree.parents[i]; p >= 0 && p != m.tree.root {
			at = between(at, m.centreOf(p), pull)
		}
		area := m.tree.units[i].AreaKm2
		if area <= 0 {
			area = mean
		}
		sites[k] = site{at: at, anchor: at, target: area / sum * total}
	}
	return sites
}

// meanArea is the mean of the areas that are known, and their sum with the others
// taken to be the mean.
func (m *mosaic) meanArea() (mean, sum float64) {
	known := 0
	for _, i := range m.leaves {
		if area := m.tree.units[i].AreaKm2; area > 0 {
			sum += area
			known++
		}
	}
	if known == 0 {
		return 1, float64(len(m.leaves))
	}
	mean = sum / float64(known)
	return mean, mean * float64(len(m.leaves))
}

// centreOf is the mean place of the leaves in a unit.
func (m *mosaic) centreOf(unit int) orb.Point {
	var sum orb.Point
	n := 0.0
	for _, i := range m.leaves {
		if m.tree.contains(unit, i) {
			p := m.plane(m.tree.units[i].Centre)
			sum[0], sum[1], n = sum[0]+p[0], sum[1]+p[1], n+1
		}
	}
	return orb.Point{sum[0] / n, sum[1] / n}
}

// family numbers the parents of the leaves.
func (m *mosaic) family() []int {
	family := make([]int, len(m.leaves))
	for k, i := range m.leaves {
		family[k] = m.tree.parents[i]
	}
	return family
}

var errPieces = errors.New("a unit would be in several pieces")

// check makes sure that the map is whole: every unit in one piece, and together the
// outline.
func (m *mosaic) check(s *Set) error {
	for i, faces := range s.tiles.faces {
		if len(faces) != 1 || (i == s.tree.root && len(faces[0].holes) > 0) {
			return fmt.Errorf("%s: %w", s.tree.units[i].label(), errPieces)
		}
	}
	want, _, _ := measure([][]orb.Point{m.outline})
	shape, _ := s.Shape(s.tree.units[s.tree.root].Code)
	got := ringArea(shape[0][0]) * m.scale[0] * m.scale[1]
	if math.Abs(got-want) > want/1000 {
		return fmt.Errorf("the units cover %.2f km² of an outline of %.2f km²", got, want)
	}
	return nil
}
