package geo

import (
	"math"
	"slices"
)

// strayed is how far, in grid points, a corner may have moved since its segments were
// put into a segmentGrid: twice for the two segments of a pair.
const strayed = 4

// gridBox is a rectangle in grid points.
type gridBox struct{ minX, minY, maxX, maxY float64 }

// segmentGrid finds segments near each other: square cells of which every segment is
// listed in those its rectangle touches. Most segments are shorter than a cell.
type segmentGrid struct {
	minX, minY float64
	cell       float64
	wide, high int
	first      []int32 // segments of a cell: items[first[cell]:first[cell+1]]
	items      []int32
	seen       []int32 // by segment: the number of the search that met it last
	search     int32
	hits       []int32 // of the last search
}

// newSegmentGrid arranges segments by their rectangles.
func newSegmentGrid(boxes []gridBox) *segmentGrid {
	g := &segmentGrid{minX: math.Inf(1), minY: math.Inf(1), seen: make([]int32, len(boxes))}
	maxX, maxY, length := math.Inf(-1), math.Inf(-1), 0.0
	for _, b := range boxes {
		g.minX, g.minY, maxX, maxY = min(g.minX, b.minX), min(g.minY, b.minY), max(maxX, b.maxX), max(maxY, b.maxY)
		length += b.maxX - b.minX + b.maxY - b.minY
	}
	if len(boxes) == 0 {
		return g
	}
	// Cells about as wide as segments are long, and not many more of them than segments.
	n := float64(len(boxes))
	g.cell = max(length/n, math.Sqrt((maxX-g.minX+1)*(maxY-g.minY+1)/(4*n)), 2*strayed)
	g.wide, g.high = int((maxX-g.minX)/g.cell)+1, int((maxY-g.minY)/g.cell)+1
	g.fill(boxes)
	return g
}

// fill lists the segments of each cell, counting first so that one array holds all.
func (g *segmentGrid) fill(boxes []gridBox) {
	g.first = make([]int32, g.wide*g.high+1)
	for _, b := range boxes {
		left, bottom, right, top := g.cells(b)
		for y := bottom; y <= top; y++ {
			for x := left; x <= right; x++ {
				g.first[y*g.wide+x+1]++
			}
		}
	}
	for c := range g.wide * g.high {
		g.first[c+1] += g.first[c]
	}
	g.items = make([]int32, g.first[g.wide*g.high])
	next := slices.Clone(g.first)
	for n, b := range boxes {
		left, bottom, right, top := g.cells(b)
		for y := bottom; y <= top; y++ {
			for x := left; x <= right; x++ {
				c := y*g.wide + x
				g.items[next[c]] = int32(n)
				next[c]++
			}
		}
	}
}

// cells gives the columns and rows that a rectangle touches.
func (g *segmentGrid) cells(b gridBox) (left, bottom, right, top int) {
	return g.clamp(b.minX-g.minX, g.wide), g.clamp(b.minY-g.minY, g.high),
		g.clamp(b.maxX-g.minX, g.wide), g.clamp(b.maxY-g.minY, g.high)
}

func (g *segmentGrid) clamp(offset float64, cells int) int {
	return max(0, min(cells-1, int(offset/g.cell)))
}

// around lists each segment once that may touch a rectangle, even when its corners have
// moved since. The list is good until the next search.
func (g *segmentGrid) around(b gridBox) []int32 {
	g.search++
	g.hits = g.hits[:0]
	left, bottom, right, top := g.cells(gridBox{b.minX - strayed, b.minY - strayed, b.maxX + strayed, b.maxY + strayed})
	for y := bottom; y <= top; y++ {
		for x := left; x <= right; x++ {
			c := y*g.wide + x
			for _, n := range g.items[g.first[c]:g.first[c+1]] {
				if g.seen[n] != g.search {
					g.seen[n] = g.search
					g.hits = append(g.hits, n)
				}
			}
		}
	}
	return g.hits
}

// pairs calls for every two segments that share a cell, some more than once.
func (g *segmentGrid) pairs(call func(n, m int32)) {
	for c := range g.wide * g.high {
		items := g.items[g.first[c]:g.first[c+1]]
		for i, n := range items {
			for _, m := range items[i+1:] {
				call(n, m)
			}
		}
	}
}
