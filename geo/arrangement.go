package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// arrangement cuts the plane by the edges of outlines that did not cancel into faces, and
// tells for each how often it is covered. Edges are numbered; each has two halves, 2e from
// its lower corner to the higher and 2e+1 back, with a face on the left of each.
type arrangement struct {
	corners   *corners
	stretches []stretch // sorted, cut where edges met
	edges     []ridge
	leaving   [][]int32 // halves at each corner in use, counter-clockwise from the east; by slot
	place     []int32   // of each half among those that leave its corner
	slots     map[int32]int32
	cycles    []cycle
	cycleOf   []int32 // of each half
	tangled   bool    // edges cross that could not be cut apart
}

// ridge is an edge with the stretches on it.
type ridge struct {
	from, to    int32 // lower corner, higher corner
	sum         int32 // weight of the ground on its left minus that on its right
	first, last int   // stretches[first:last]
}

// cycle is a closed walk along the border of a face, which lies on its left.
type cycle struct {
	half  int32 // where it begins
	outer bool  // it is the outline of connected edges, seen from outside
	cover int32 // how often the face is covered
	known bool
	face  int32 // the cycle around the face, -1 for the outside; itself unless outer
	holes []int32
}

// maxRounds bounds how often edges are cut again after a cut has been rounded.
const maxRounds = 8

// maxCuts and maxRegions bound what is made of outlines that cross everywhere; they are
// refused as tangled.
const (
	maxCuts    = 1_000_000
	maxRegions = 50_000
)

// pairsForEdge bounds the pairs of edges that are looked at, for each edge: real outlines
// take about ten, only those made to be tangled take more than this.
const pairsForEdge = 200

// budgetFor gives the pairs that may be looked at.
func budgetFor(edges int) *int {
	budget := pairsForEdge*edges + 10_000
	return &budget
}

// arrange adds up outlines. Stretches are reordered, and cut where edges cross or touch;
// all of them are kept, those that cancel only after the cut too.
func arrange(c *corners, live []stretch) *arrangement {
	budget := budgetFor(len(live))
	a := &arrangement{corners: c, stretches: live}
	for round := 0; ; round++ {
		a.collect()
		cuts, ok := a.meetings(budget)
		if len(cuts) == 0 || !ok || round == maxRounds {
			a.tangled = len(cuts) > 0 || !ok
			break
		}
		a.cut(cuts)
	}
	a.join()
	a.walk()
	a.measure()
	return a
}

// collect makes an edge of all stretches on it that do not cancel.
func (a *arrangement) collect() {
	sortStretches(a.stretches)
	a.edges = a.edges[:0]
	first := 0
	along(a.stretches, func(run []stretch, sum int32) {
		if sum != 0 {
			k := run[0].key()
			a.edges = append(a.edges, ridge{k[0], k[1], sum, first, first + len(run)})
		}
		first += len(run)
	})
}

func (a *arrangement) ends(edge int32) (p, q orb.Point) {
	e := a.edges[edge]
	return a.corners.points[e.from], a.corners.points[e.to]
}

// meetings finds the corners at which edges have to be cut: where two cross, and where
// a corner lies on another edge. The budget bounds the pairs that are looked at.
func (a *arrangement) meetings(budget *int) (cuts map[int32][]int32, ok bool) {
	tree := newEdgeTree(len(a.edges), func(edge int32) box { return boxOf(a.ends(edge)) })
	cuts, ok = map[int32][]int32{}, true
	count := 0
	cut := func(edge, corner int32) {
		if e := a.edges[edge]; corner != e.from && corner != e.to {
			cuts[edge] = append(cuts[edge], corner)
			count++
		}
	}
	for n := range int32(len(a.edges)) {
		p, q := a.ends(n)
		tree.search(boxOf(p, q), func(m int32) bool {
			if m <= n {
				return true
			}
			if *budget--; *budget < 0 || count > maxCuts {
				ok = false
				return false
			}
			r, s := a.ends(m)
			if crosses(p, q, r, s) {
				at := a.corners.number(meeting(p, q, r, s))
				cut(n, at)
				cut(m, at)
				return true
			}
			e, o := a.edges[n], a.edges[m]
			for _, corner := range [2]int32{o.from, o.to} {
				if on(a.corners.points[corner], p, q) {
					cut(n, corner)
				}
			}
			for _, corner := range [2]int32{e.from, e.to} {
				if on(a.corners.points[corner], r, s) {
					cut(m, corner)
				}
			}
			return true
		})
		if !ok {
			break
		}
	}
	return cuts, ok
}

// cut replaces the stretches of edges by shorter ones through the corners on them.
func (a *arrangement) cut(cuts map[int32][]int32) {
	var out []stretch
	done := 0
	for n, e := range a.edges {
		at := cuts[int32(n)]
		if len(at) == 0 {
			continue
		}
		out = append(out, a.stretches[done:e.first]...)
		start := a.corners.points[e.from]
		slices.SortFunc(at, func(x, y int32) int {
			p, q := a.corners.points[x], a.corners.points[y]
			return cmp.Or(cmp.Compare(math.Hypot(p[0]-start[0], p[1]-start[1]), math.Hypot(q[0]-start[0], q[1]-start[1])), cmp.Compare(x, y))
		})
		at = slices.Compact(at)
		for _, s := range a.stretches[e.first:e.last] {
			out = appendCut(out, s, e.from, at)
		}
		done = e.last
	}
	a.stretches = append(out, a.stretches[done:]...)
}

// appendCut appends a stretch cut at corners, which are in order from its lower corner.
func appendCut(out []stretch, s stretch, lower int32, at []int32) []stretch {
	last := s.from
	step := func(corner int32) {
		if corner != last {
			out = append(out, stretch{last, corner, s.owner, s.weight})
			last = corner
		}
	}
	if s.from == lower {
		for _, corner := range at {
			step(corner)
		}
	} else {
		for _, corner := range slices.Backward(at) {
			step(corner)
		}
	}
	step(s.to)
	return out
}

func (a *arrangement) from(half int32) int32 {
	if e := a.edges[half/2]; half%2 == 0 {
		return e.from
	} else {
		return e.to
	}
}

func (a *arrangement) to(half int32) int32 { return a.from(half ^ 1) }

// join sorts the halves that leave each corner counter-clockwise, beginning in the east.
func (a *arrangement) join() {
	a.slots = map[int32]int32{}
	for half := range int32(2 * len(a.edges)) {
		corner := a.from(half)
		slot, ok := a.slots[corner]
		if !ok {
			slot = int32(len(a.leaving))
			a.slots[corner] = slot
			a.leaving = append(a.leaving, nil)
		}
		a.leaving[slot] = append(a.leaving[slot], half)
	}
	a.place = make([]int32, 2*len(a.edges))
	for _, halves := range a.leaving {
		slices.SortFunc(halves, a.turn)
		for i, half := range halves {
			a.place[half] = int32(i)
		}
	}
}

// turn compares the directions of two halves that leave the same corner.
func (a *arrangement) turn(g, h int32) int {
	at := a.corners.points[a.from(g)]
	p, q := a.corners.points[a.to(g)], a.corners.points[a.to(h)]
	south := func(p orb.Point) int {
		if p[1] < at[1] || p[1] == at[1] && p[0] < at[0] {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(south(p), south(q)), cmp.Compare(0, orient(at, p, q)), cmp.Compare(g, h))
}

// next is the half after one along the same face: clockwise from where it came.
func (a *arrangement) next(half int32) int32 {
	halves := a.leaving[a.slots[a.to(half)]]
	i := int(a.place[half^1])
	return halves[(i+len(halves)-1)%len(halves)]
}

// walk finds the cycles.
func (a *arrangement) walk() {
	a.cycleOf = make([]int32, 2*len(a.edges))
	for i := range a.cycleOf {
		a.cycleOf[i] = -1
	}
	for half := range a.cycleOf {
		if a.cycleOf[half] >= 0 {
			continue
		}
		n := int32(len(a.cycles))
		a.cycles = append(a.cycles, cycle{half: int32(half), face: n})
		for h := int32(half); a.cycleOf[h] < 0; h = a.next(h) {
			a.cycleOf[h] = n
		}
	}
}

// halves lists those of a cycle.
func (a *arrangement) halves(n int32) []int32 {
	start := a.cycles[n].half
	halves := []int32{start}
	for h := a.next(start); h != start; h = a.next(h) {
		halves = append(halves, h)
	}
	return halves
}

// ring gives the coordinates of a cycle, closed.
func (a *arrangement) ring(n int32) orb.Ring {
	var ring orb.Ring
	for _, h := range a.halves(n) {
		ring = append(ring, a.corners.points[a.from(h)])
	}
	return append(ring, ring[0])
}
