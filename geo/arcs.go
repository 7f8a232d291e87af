package geo

import (
	"fmt"

	"github.com/paulmach/orb"
)

// outside stands for the owner of what belongs to no unit.
const outside = -1

// coverage is the ground cut into arcs: the lines between junctions that have the
// same two neighbours all along. Whatever is drawn, of any level and at any zoom, is
// put together from these arcs, so two neighbours can never disagree about a border.
type coverage struct {
	points []orb.Point // every corner once, degrees
	arcs   []arc
}

// arc runs through corners; one that closes on itself without meeting a junction
// repeats its first corner at the end.
type arc struct {
	corners     []int32
	left, right int32 // leaves on both sides as it runs, or outside
}

func (a arc) closed() bool { return a.corners[0] == a.corners[len(a.corners)-1] }

// edge joins two corners, from the lower number to the higher.
type edge struct {
	from, to    int32
	left, right int32
}

// sides gives the owners as seen when leaving a corner.
func (e edge) sides(from int32) (left, right int32) {
	if from == e.from {
		return e.left, e.right
	}
	return e.right, e.left
}

func (e edge) other(corner int32) int32 {
	if corner == e.from {
		return e.to
	}
	return e.from
}

// newCoverage cuts clean shapes into arcs. Borders are shared where coordinates are
// exactly equal. Two units on the same side of one edge overlap, which is an error;
// places is what the owners are called in it.
func newCoverage(shapes []orb.MultiPolygon, places func(i int) string) (*coverage, error) {
	b := coverageBuilder{numbers: map[orb.Point]int32{}, known: map[[2]int32]int32{}}
	for i, shape := range shapes {
		for _, polygon := range shape {
			for _, ring := range polygon {
				if at, other, ok := b.addRing(ring, int32(i)); !ok {
					return nil, fmt.Errorf("%s and %s overlap at %v", places(int(other)), places(i), at)
				}
			}
		}
	}
	b.dropSeams()
	b.join()
	return &coverage{points: b.points, arcs: b.trace()}, nil
}

type coverageBuilder struct {
	points  []orb.Point
	numbers map[orb.Point]int32
	edges   []edge
	known   map[[2]int32]int32
	around  [][]int32 // edges at each corner
	traced  []bool
}

func (b *coverageBuilder) addRing(ring orb.Ring, owner int32) (at orb.Point, other int32, ok bool) {
	from := b.corner(ring[0])
	for _, p := range ring[1:] {
		to := b.corner(p)
		if side := b.side(from, to); *side == outside {
			*side = owner
		} else {
			return p, *side, false
		}
		from = to
	}
	return orb.Point{}, 0, true
}

func (b *coverageBuilder) corner(p orb.Point) int32 {
	n, ok := b.numbers[p]
	if !ok {
		n = int32(len(b.points))
		b.points = append(b.points, p)
		b.numbers[p] = n
	}
	return n
}

// side finds the owner to the left of going from one corner to another.
func (b *coverageBuilder) side(from, to int32) *int32 {
	key := [2]int32{min(from, to), max(from, to)}
	n, ok := b.known[key]
	if !ok {
		n = int32(len(b.edges))
		b.known[key] = n
		b.edges = append(b.edges, edge{from: key[0], to: key[1], left: outside, right: outside})
	}
	if from == key[0] {
		return &b.edges[n].left
	}
	return &b.edges[n].right
}

// dropSeams removes edges inside one unit: between touching parts of it, or spikes.
func (b *coverageBuilder) dropSeams() {
	kept := b.edges[:0]
	for _, e := range b.edges {
		if e.left != e.right {
			kept = append(kept, e)
		}
	}
	b.edges = kept
}

func (b *coverageBuilder) join() {
	b.around = make([][]int32, len(b.points))
	for n, e := range b.edges {
		b.around[e.from] = append(b.around[e.from], int32(n))
		b.around[e.to] = append(b.around[e.to], int32(n))
	}
	b.traced = make([]bool, len(b.edges))
}

// junction tells whether arcs end at a corner: more or fewer than two edges meet,
// or the owners change.
func (b *coverageBuilder) junction(corner int32) bool {
	at := b.around[corner]
	if len(at) != 2 {
		return true
	}
	left, right := b.edges[at[0]].sides(corner)
	r, l := b.edges[at[1]].sides(corner)
	return left != l || right != r
}

// trace follows the edges from junction to junction, and then the rings left over.
func (b *coverageBuilder) trace() []arc {
	var arcs []arc
	for corner := range b.around {
		if !b.junction(int32(corner)) {
			continue
		}
		for _, n := range b.around[corner] {
			if !b.traced[n] {
				arcs = append(arcs, b.follow(int32(corner), n))
			}
		}
	}
	for n, e := range b.edges {
		if !b.traced[n] {
			arcs = append(arcs, b.follow(e.from, int32(n)))
		}
	}
	return arcs
}

func (b *coverageBuilder) follow(start, n int32) arc {
	a := arc{corners: []int32{start}}
	a.left, a.right = b.edges[n].sides(start)
	for at := start; ; {
		b.traced[n] = true
		at = b.edges[n].other(at)
		a.corners = append(a.corners, at)
		if at == start || b.junction(at) {
			return a
		}
		next := b.around[at]
		if n == next[0] {
			n = next[1]
		} else {
			n = next[0]
		}
	}
}
