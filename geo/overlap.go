package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// equalArea projects degrees onto a plane in metres on which areas are those on the
// ellipsoid (Lambert's cylindrical projection).
func equalArea(p orb.Point) orb.Point {
	return orb.Point{p[0] * math.Pi / 180 * equator, authalic(p[1]) / 2 * equator}
}

// slope is an edge of a shape that is not upright, from left to right. Its sign tells
// whether the shape lies above (+1) or below it (-1).
type slope struct {
	left, right orb.Point
	sign        float64
}

// at gives the height of the edge over x.
func (s slope) at(x float64) float64 {
	switch x { // the ends exactly
	case s.left[0]:
		return s.left[1]
	case s.right[0]:
		return s.right[1]
	}
	return s.left[1] + (s.right[1]-s.left[1])*(x-s.left[0])/(s.right[0]-s.left[0])
}

// slopes is a shape made ready to be laid over others: its edges by their left ends.
type slopes struct {
	edges  []slope
	widest float64 // the largest distance from left to right
	bound  orb.Bound
	area   float64
}

// newSlopes takes a shape wound as RFC 7946 asks, in degrees.
func newSlopes(shape orb.MultiPolygon) *slopes {
	s := &slopes{bound: emptyBound}
	for _, polygon := range shape {
		for _, ring := range polygon {
			plane := make(orb.Ring, len(ring))
			for i, p := range ring {
				plane[i] = equalArea(p)
			}
			s.takeRing(plane)
		}
	}
	s.sort()
	return s
}

func (s *slopes) takeRing(ring orb.Ring) {
	s.area += ringArea(ring)
	s.bound = s.bound.Union(ring.Bound())
	for i := 1; i < len(ring); i++ {
		s.add(ring[i-1], ring[i])
	}
}

func (s *slopes) sort() {
	slices.SortFunc(s.edges, func(a, b slope) int { return cmp.Compare(a.left[0], b.left[0]) })
}

func (s *slopes) add(from, to orb.Point) {
	switch {
	case from[0] < to[0]:
		s.edges = append(s.edges, slope{from, to, 1})
	case from[0] > to[0]:
		s.edges = append(s.edges, slope{to, from, -1})
	}
	s.widest = max(s.widest, math.Abs(to[0]-from[0]))
}

// overlap is the area that two shapes have in common, in square metres.
//
// A shape is the signed sum of what lies above its edges: going east along an edge the
// shape is on its left, above; going west below. So the common area is the sum over all
// pairs of edges, one of each shape, of the signed area above both and below a common
// ceiling. Nothing is intersected into new polygons, so touching and nearly equal lines
// cannot make it fail, and it needs no memory. Only pairs over a common stretch count.
func (s *slopes) overlap(t *slopes) float64 {
	if !s.bound.Intersects(t.bound) {
		return 0
	}
	ceiling := min(s.bound.Top(), t.bound.Top())
	low, high := max(s.bound.Left(), t.bound.Left()), min(s.bound.Right(), t.bound.Right())
	sum := 0.0
	for _, e := range s.from(low - s.widest) {
		if e.left[0] >= high {
			break
		}
		for _, f := range t.from(e.left[0] - t.widest) {
			if f.left[0] >= e.right[0] {
				break
			}
			if f.right[0] > e.left[0] {
				sum += e.sign * f.sign * aboveBoth(e, f, ceiling)
			}
		}
	}
	return sum
}

// from lists the edges whose left ends are not before x.
func (s *slopes) from(x float64) []slope {
	i, _ := slices.BinarySearchFunc(s.edges, x, func(e slope, x float64) int { return cmp.Compare(e.left[0], x) })
	return s.edges[i:]
}

// aboveBoth is the area above two edges, over the stretch they share, and below a ceiling.
func aboveBoth(e, f slope, ceiling float64) float64 {
	left, right := max(e.left[0], f.left[0]), min(e.right[0], f.right[0])
	a0, a1 := ceiling-e.at(left), ceiling-e.at(right)
	b0, b1 := ceiling-f.at(left), ceiling-f.at(right)
	if d0, d1 := a0-b0, a1-b1; d0 < 0 && d1 > 0 || d0 > 0 && d1 < 0 { // they cross
		middle := d0 / (d0 - d1)
		m := a0 + (a1-a0)*middle
		return (right - left) * (middle*below(min(a0, b0), m) + (1-middle)*below(m, min(a1, b1)))
	}
	return (right - left) * below(min(a0, b0), min(a1, b1))
}

// below is the mean height under a line from one height to another, none of it negative.
func below(a, b float64) float64 {
	switch {
	case a >= 0 && b >= 0:
		return (a + b) / 2
	case a <= 0 && b <= 0:
		return 0
	}
	top := max(a, b)
	return top * top / (2 * (top - min(a, b)))
}
