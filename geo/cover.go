package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// measure counts for every face how often it is covered: nothing is far outside, and the
// cover changes across an edge by its sum. What is not connected is placed by the edge
// west of it, so it goes from the west to the east.
func (a *arrangement) measure() {
	order := a.westernmost()
	tree := newEdgeTree(len(a.edges), func(edge int32) box { return boxOf(a.ends(edge)) })
	for _, corner := range order {
		outline := a.cycleOf[a.outermost(corner)]
		if a.cycles[outline].known {
			continue
		}
		face, cover := int32(-1), int32(0)
		if west, ok := a.west(tree, a.corners.points[corner]); ok {
			c := a.cycles[a.cycleOf[west]]
			face, cover = c.face, c.cover
		}
		a.cycles[outline].outer, a.cycles[outline].face = true, face
		if face >= 0 {
			a.cycles[face].holes = append(a.cycles[face].holes, outline)
		}
		a.spread(outline, cover)
	}
}

// westernmost gives one corner of every connected part of the edges, its westernmost
// (southernmost among several), from the west to the east.
func (a *arrangement) westernmost() []int32 {
	seen := make([]bool, len(a.leaving))
	var order []int32
	for half := range int32(2 * len(a.edges)) {
		if seen[a.slots[a.from(half)]] {
			continue
		}
		best := a.from(half)
		queue := []int32{best}
		seen[a.slots[best]] = true
		for len(queue) > 0 {
			corner := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			if a.compare(corner, best) < 0 {
				best = corner
			}
			for _, h := range a.leaving[a.slots[corner]] {
				if to := a.to(h); !seen[a.slots[to]] {
					seen[a.slots[to]] = true
					queue = append(queue, to)
				}
			}
		}
		order = append(order, best)
	}
	slices.SortFunc(order, a.compare)
	return order
}

func (a *arrangement) compare(x, y int32) int {
	p, q := a.corners.points[x], a.corners.points[y]
	return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
}

// outermost is the half at a westernmost corner that has the outside on its left: the
// last one before the west, counter-clockwise.
func (a *arrangement) outermost(corner int32) int32 {
	halves := a.leaving[a.slots[corner]]
	at := a.corners.points[corner]
	last := halves[len(halves)-1]
	for _, h := range halves {
		if a.corners.points[a.to(h)][1] >= at[1] {
			last = h
		}
	}
	return last
}

// west finds the half of the nearest edge west of a corner, of another part, that has the
// corner's face on its left.
func (a *arrangement) west(tree *edgeTree, at orb.Point) (half int32, ok bool) {
	bestX, bestLean := math.Inf(-1), math.Inf(-1)
	tree.search(box{math.Inf(-1), at[1], at[0], at[1]}, func(edge int32) bool {
		p, q := a.ends(edge)
		low, up, h := p, q, 2*edge+1
		if p[1] > q[1] {
			low, up, h = q, p, 2*edge
		}
		if low[1] > at[1] || up[1] <= at[1] || orient(low, up, at) >= 0 {
			return true // it ends below, is level, or lies in the east
		}
		lean := (up[0] - low[0]) / (up[1] - low[1])
		x := low[0] + (at[1]-low[1])*lean
		if c := cmp.Or(cmp.Compare(x, bestX), cmp.Compare(lean, bestLean)); c > 0 {
			half, ok, bestX, bestLean = h, true, x, lean
		}
		return true
	})
	return half, ok
}

// spread carries the cover of one face to all that are connected with it by edges.
func (a *arrangement) spread(outline, cover int32) {
	a.cycles[outline].cover, a.cycles[outline].known = cover, true
	queue := []int32{outline}
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, h := range a.halves(n) {
			sum := a.edges[h/2].sum
			if h%2 == 1 {
				sum = -sum
			}
			other := &a.cycles[a.cycleOf[h^1]]
			beyond := a.cycles[n].cover - sum
			switch {
			case !other.known:
				other.cover, other.known = beyond, true
				queue = append(queue, a.cycleOf[h^1])
			case other.cover != beyond:
				a.tangled = true
			}
		}
	}
}

// region is a face that is covered more or less often than it should be.
type region struct {
	cycle  int32
	cover  int32
	km2    float64
	at     orb.Point
	inside map[int32]float64 // length of the border at which an owner's ground is in it, metres
	beside map[int32]float64 // and at which it begins
}

// regions lists the faces whose cover is wrong, the largest first. Where there are too
// many to be told one by one, the arrangement counts as tangled.
func (a *arrangement) regions(wrong func(cover int32) bool) []region {
	var found []region
	for n, c := range a.cycles {
		if c.outer || !c.known || !wrong(c.cover) {
			continue
		}
		r := region{cycle: int32(n), cover: c.cover}
		for _, k := range a.border(r) {
			r.km2 += ringKm2(a.ring(k))
		}
		if r.km2 > 0 { // otherwise it is a sliver without any width
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(x, y region) int {
		return cmp.Or(cmp.Compare(y.km2, x.km2), a.compare(a.from(a.cycles[x.cycle].half), a.from(a.cycles[y.cycle].half)))
	})
	if len(found) > maxRegions {
		a.tangled, found = true, found[:maxRegions]
	}
	for i := range found {
		r := &found[i]
		r.inside, r.beside = map[int32]float64{}, map[int32]float64{}
		for _, k := range a.border(*r) {
			a.neighbours(r, k)
		}
		r.at = a.middle(r.cycle)
	}
	return found
}

// border gives the cycles around a region: its outline, and those of what lies in it.
func (a *arrangement) border(r region) []int32 {
	return append([]int32{r.cycle}, a.cycles[r.cycle].holes...)
}

func (a *arrangement) neighbours(r *region, cycle int32) {
	for _, h := range a.halves(cycle) {
		e := a.edges[h/2]
		length := distance(a.corners.points[e.from], a.corners.points[e.to])
		for _, s := range a.stretches[e.first:e.last] {
			if (s.from == a.from(h)) == (s.weight > 0) {
				r.inside[s.owner] += length
			} else {
				r.beside[s.owner] += length
			}
		}
	}
}

// middle is a point in a face: well inside where it is wide, at least on its border.
func (a *arrangement) middle(cycle int32) orb.Point {
	ring := a.ring(cycle)
	if len(ring) > 5000 {
		return ring[0]
	}
	return labelPoint(orb.Polygon{ring})
}

// longest gives the owners of borders, the longest first; equal ones by number.
func longest(borders map[int32]float64) []int32 {
	owners := make([]int32, 0, len(borders))
	for owner := range borders {
		owners = append(owners, owner)
	}
	slices.SortFunc(owners, func(a, b int32) int {
		return cmp.Or(cmp.Compare(borders[b], borders[a]), cmp.Compare(a, b))
	})
	return owners
}
