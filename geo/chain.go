package geo

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// stretch is an edge as a part of somebody's outline: the ground on its left is the owner's
// and counts weight. Where the stretches of all units are added up, those of two neighbours
// along a shared border cancel, exactly; what is left bounds the ground that is nobody's
// or more than one's, and everything outside.
type stretch struct {
	from, to int32 // corners
	owner    int32
	weight   int32
}

func (p stretch) key() [2]int32 { return [2]int32{min(p.from, p.to), max(p.from, p.to)} }

// along is the weight as seen when going from the lower corner to the higher.
func (p stretch) along() int32 {
	if p.from < p.to {
		return p.weight
	}
	return -p.weight
}

// corners numbers the points of outlines, equal ones alike.
type corners struct {
	points  []orb.Point
	numbers map[orb.Point]int32
}

func newCorners(room int) *corners {
	return &corners{points: make([]orb.Point, 0, room), numbers: make(map[orb.Point]int32, room)}
}

func (c *corners) number(p orb.Point) int32 {
	n, ok := c.numbers[p]
	if !ok {
		n = int32(len(c.points))
		c.points = append(c.points, p)
		c.numbers[p] = n
	}
	return n
}

// outline appends the stretches of a shape.
func (c *corners) outline(stretches []stretch, shape orb.MultiPolygon, owner, weight int32) []stretch {
	for _, polygon := range shape {
		for _, ring := range polygon {
			from := c.number(ring[0])
			for _, p := range ring[1:] {
				to := c.number(p)
				if from != to {
					stretches = append(stretches, stretch{from, to, owner, weight})
				}
				from = to
			}
		}
	}
	return stretches
}

// sortStretches brings the stretches along one edge together.
func sortStretches(stretches []stretch) {
	slices.SortFunc(stretches, func(a, b stretch) int {
		ka, kb := a.key(), b.key()
		return cmp.Or(cmp.Compare(ka[0], kb[0]), cmp.Compare(ka[1], kb[1]), cmp.Compare(a.owner, b.owner), cmp.Compare(a.from, b.from))
	})
}

// along yields the runs of sorted stretches that lie on one edge, with the sum of their weights.
func along(stretches []stretch, visit func(run []stretch, sum int32)) {
	for i := 0; i < len(stretches); {
		j, sum := i, int32(0)
		for ; j < len(stretches) && stretches[j].key() == stretches[i].key(); j++ {
			sum += stretches[j].along()
		}
		visit(stretches[i:j], sum)
		i = j
	}
}

// residue sorts stretches and splits them, in place, into those of edges that cancel and
// those of edges that do not.
func residue(stretches []stretch) (balanced, live []stretch) {
	sortStretches(stretches)
	kept := 0
	along(stretches, func(run []stretch, sum int32) {
		if sum != 0 {
			live = append(live, run...)
			return
		}
		kept += copy(stretches[kept:], run)
	})
	return stretches[:kept:kept], live
}
