package geo

import (
	"iter"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// pointGrid finds points near a place: square cells with about two points each if
// they were spread evenly.
type pointGrid struct {
	points []orb.Point
	min    orb.Point
	cell   float64
	wide   int
	high   int
	cells  [][]int32
}

func newPointGrid(points []orb.Point) *pointGrid {
	bound := orb.MultiPoint(points).Bound()
	size := math.Max(bound.Right()-bound.Left(), bound.Top()-bound.Bottom())
	g := &pointGrid{points: points, min: bound.Min, cell: size / math.Max(1, math.Sqrt(float64(len(points))/2))}
	if g.cell == 0 {
		g.cell = 1
	}
	g.wide, g.high = g.column(bound.Right())+1, g.row(bound.Top())+1
	g.cells = make([][]int32, g.wide*g.high)
	for n := range points {
		c := g.at(int32(n))
		*c = append(*c, int32(n))
	}
	return g
}

func (g *pointGrid) column(x float64) int { return int((x - g.min[0]) / g.cell) }
func (g *pointGrid) row(y float64) int    { return int((y - g.min[1]) / g.cell) }

func (g *pointGrid) at(n int32) *[]int32 {
	p := g.points[n]
	return &g.cells[g.row(p[1])*g.wide+g.column(p[0])]
}

func (g *pointGrid) remove(n int32) {
	c := g.at(n)
	if i := slices.Index(*c, n); i >= 0 {
		*c = slices.Delete(*c, i, i+1)
	}
}

// within yields the points in the cells that the rectangle around three points touches.
func (g *pointGrid) within(a, b, c orb.Point) iter.Seq[int32] {
	left, right := g.column(min(a[0], b[0], c[0])), g.column(max(a[0], b[0], c[0]))
	bottom, top := g.row(min(a[1], b[1], c[1])), g.row(max(a[1], b[1], c[1]))
	return func(yield func(int32) bool) {
		for row := bottom; row <= top; row++ {
			for column := left; column <= right; column++ {
				for _, n := range g.cells[row*g.wide+column] {
					if !yield(n) {
						return
					}
				}
			}
		}
	}
}
