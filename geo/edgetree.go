package geo

import (
	"cmp"
	"math"
	"slices"
)

// fanout is how many edges or boxes a box of an edgeTree holds.
const fanout = 16

// edgeTree finds edges near a place: a packed R-tree by Sort-Tile-Recursive
// (Leutenegger, Lopez, Edgington, 1997). It holds the numbers of edges and one box for
// sixteen of them, so that a million edges take six megabytes.
type edgeTree struct {
	box    func(edge int32) box
	order  []int32
	levels [][]box // of sixteen edges, of sixteen of those, and so on
}

func newEdgeTree(edges int, boxes func(edge int32) box) *edgeTree {
	t := &edgeTree{box: boxes, order: make([]int32, edges)}
	for i := range t.order {
		t.order[i] = int32(i)
	}
	t.sort()
	level := make([]box, 0, edges/fanout+1)
	for group := range slices.Chunk(t.order, fanout) {
		b := boxes(group[0])
		for _, edge := range group[1:] {
			b = b.union(boxes(edge))
		}
		level = append(level, b)
	}
	for len(level) > 0 {
		t.levels = append(t.levels, level)
		if len(level) == 1 {
			break
		}
		level = parents(level)
	}
	return t
}

func parents(level []box) []box {
	var above []box
	for group := range slices.Chunk(level, fanout) {
		b := group[0]
		for _, o := range group[1:] {
			b = b.union(o)
		}
		above = append(above, b)
	}
	return above
}

// sort puts the edges in vertical strips, and by height within a strip.
func (t *edgeTree) sort() {
	middle := func(edge int32) (x, y float64) {
		b := t.box(edge)
		return b.minX + b.maxX, b.minY + b.maxY
	}
	slices.SortFunc(t.order, func(a, b int32) int {
		ax, _ := middle(a)
		bx, _ := middle(b)
		return cmp.Compare(ax, bx)
	})
	strip := fanout * int(math.Ceil(math.Sqrt(float64(len(t.order))/fanout)))
	if strip == 0 {
		return
	}
	for part := range slices.Chunk(t.order, strip) {
		slices.SortFunc(part, func(a, b int32) int {
			_, ay := middle(a)
			_, by := middle(b)
			return cmp.Compare(ay, by)
		})
	}
}

// search calls visit for each edge whose box meets b, until it returns false.
func (t *edgeTree) search(b box, visit func(edge int32) bool) {
	if len(t.levels) > 0 {
		t.descend(len(t.levels)-1, 0, b, visit)
	}
}

func (t *edgeTree) descend(level, n int, b box, visit func(edge int32) bool) bool {
	if !t.levels[level][n].meets(b) {
		return true
	}
	first := n * fanout
	if level == 0 {
		for _, edge := range t.order[first:min(first+fanout, len(t.order))] {
			if t.box(edge).meets(b) && !visit(edge) {
				return false
			}
		}
		return true
	}
	for child := first; child < min(first+fanout, len(t.levels[level-1])); child++ {
		if !t.descend(level-1, child, b, visit) {
			return false
		}
	}
	return true
}
