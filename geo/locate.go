package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Locate returns the unit of the lowest level that a point lies in (degrees). Each point
// of the territory lies in exactly one: a point on a border between units belongs to the
// one in the east of it, on a border along a parallel to the one in the north, and a point
// on the outer border to a unit that touches it. A set without shapes knows no places.
func (s *Set) Locate(p orb.Point) (Unit, bool) {
	if s.tiles == nil || checkPoint(p) != nil {
		return Unit{}, false
	}
	owner := s.tiles.places().owner(p)
	if owner == outside {
		return Unit{}, false
	}
	return s.tree.units[owner], true
}

// rise is an edge from its lower end to its upper one, with the units on both sides. One
// along a parallel runs east and has them in the north and the south.
type rise struct {
	low, high  int32
	west, east int32
}

// locator finds the unit at a point by the nearest edge west of it. A grid of cells lists
// the edges that touch each; cells without edges know their unit. Predicates are exact and
// look at the coverage's own corners, so neighbours agree about every point of a border.
type locator struct {
	points     []orb.Point
	rises      []rise
	min        orb.Point
	cell       orb.Point // size in degrees
	wide, high int
	first      []int32 // rises of a cell: items[first[cell]:first[cell+1]]
	items      []int32
	owners     []int32 // of cells without edges
}

// slack is added to where an edge passes through a row of cells, in degrees, so that the
// rounding of that place loses no cell: a tenth of a millimetre.
const slack = 1e-9

// edgesPerCell is what a cell would list if edges were spread evenly. Land takes up a part
// of most rectangles, so cells there list a few more.
const edgesPerCell = 0.3

func newLocator(c *coverage) *locator {
	l := &locator{points: c.points}
	bound := orb.MultiPoint(c.points).Bound()
	for _, a := range c.arcs {
		for k := 1; k < len(a.corners); k++ {
			l.addEdge(a.corners[k-1], a.corners[k], a.left, a.right)
		}
	}
	l.min = bound.Min
	wide, high := bound.Right()-bound.Left(), bound.Top()-bound.Bottom()
	size := math.Sqrt(wide*high*edgesPerCell/float64(len(l.rises)+1)) + slack
	l.wide, l.high = int(wide/size)+1, int(high/size)+1
	l.cell = orb.Point{size, size}
	l.list()
	l.fill()
	return l
}

func (l *locator) addEdge(from, to, left, right int32) {
	a, b := l.points[from], l.points[to]
	if a[1] < b[1] || a[1] == b[1] && a[0] < b[0] {
		l.rises = append(l.rises, rise{from, to, left, right})
	} else {
		l.rises = append(l.rises, rise{to, from, right, left})
	}
}

func (l *locator) column(x float64) int {
	return min(max(int((x-l.min[0])/l.cell[0]), 0), l.wide-1)
}

func (l *locator) row(y float64) int {
	return min(max(int((y-l.min[1])/l.cell[1]), 0), l.high-1)
}

// list sorts the edges into the cells they touch: counted first, then placed.
func (l *locator) list() {
	l.first = make([]int32, l.wide*l.high+1)
	for n := range l.rises {
		l.cells(l.rises[n], func(cell int) { l.first[cell+1]++ })
	}
	for cell := range l.wide * l.high {
		l.first[cell+1] += l.first[cell]
	}
	l.items = make([]int32, l.first[l.wide*l.high])
	next := slices.Clone(l.first)
	for n := range l.rises {
		l.cells(l.rises[n], func(cell int) {
			l.items[next[cell]] = int32(n)
			next[cell]++
		})
	}
}

// cells visits the cells an edge touches, row by row.
func (l *locator) cells(r rise, visit func(cell int)) {
	a, b := l.points[r.low], l.points[r.high]
	bottom, top := l.row(a[1]), l.row(b[1])
	for row := bottom; row <= top; row++ {
		from, to := a[0], b[0]
		if bottom < top {
			from = passes(a, b, max(l.min[1]+float64(row)*l.cell[1]-slack, a[1]))
			to = passes(a, b, min(l.min[1]+float64(row+1)*l.cell[1]+slack, b[1]))
		}
		for column := l.column(min(from, to) - slack); column <= l.column(max(from, to)+slack); column++ {
			visit(row*l.wide + column)
		}
	}
}

// passes gives the longitude of an edge at a latitude.
func passes(a, b orb.Point, y float64) float64 {
	if y <= a[1] {
		return a[0]
	}
	if y >= b[1] {
		return b[0]
	}
	return a[0] + (b[0]-a[0])*(y-a[1])/(b[1]-a[1])
}

// fill tells the cells without edges their units, from west to east.
func (l *locator) fill() {
	l.owners = make([]int32, l.wide*l.high)
	for cell := range l.owners {
		if l.first[cell] == l.first[cell+1] {
			row, column := cell/l.wide, cell%l.wide
			middle := orb.Point{l.min[0] + (float64(column)+0.5)*l.cell[0], l.min[1] + (float64(row)+0.5)*l.cell[1]}
			l.owners[cell] = l.eastOf(middle, row, column-1)
		}
	}
}

// owner finds the leaf at a point, or outside.
func (l *locator) owner(p orb.Point) int32 {
	x, y := (p[0]-l.min[0])/l.cell[0], (p[1]-l.min[1])/l.cell[1]
	if x < 0 || y < 0 || x >= float64(l.wide) || y >= float64(l.high) {
		return outside
	}
	row, column := int(y), int(x)
	if owner := l.eastOf(p, row, column); owner != outside {
		return owner
	}
	return l.touched(p, row*l.wide+column)
}

// eastOf finds what lies in the east of the nearest edge west of a point, looking from a
// column westwards. An edge through the point counts as west of it.
func (l *locator) eastOf(p orb.Point, row, column int) int32 {
	best := int32(-1)
	for ; column >= 0; column-- {
		cell := row*l.wide + column
		if l.first[cell] == l.first[cell+1] {
			return l.owners[cell] // an edge met so far passes further west: it would touch this cell otherwise
		}
		for _, n := range l.items[l.first[cell]:l.first[cell+1]] {
			if l.west(n, p) && (best < 0 || l.nearer(n, best)) {
				best = n
			}
		}
		if best >= 0 && l.at(best, p[1]) > l.min[0]+float64(column)*l.cell[0]+slack {
			break // whatever was not listed yet passes in a cell further west
		}
	}
	if best < 0 {
		return outside
	}
	return l.rises[best].east
}

// west tells whether an edge passes the latitude of a point west of it or through it. Its
// lower end belongs to it and its upper one does not, so that a line through a corner
// meets one of two edges going on and none or both of two that turn there.
func (l *locator) west(n int32, p orb.Point) bool {
	r := l.rises[n]
	a, b := l.points[r.low], l.points[r.high]
	switch {
	case p[1] < a[1] || p[1] >= b[1] || p[0] < a[0] && p[0] < b[0]:
		return false
	case p[0] > a[0] && p[0] > b[0]:
		return true
	}
	return orient(a, b, p) <= 0
}

func (l *locator) at(n int32, y float64) float64 {
	return passes(l.points[l.rises[n].low], l.points[l.rises[n].high], y)
}

// nearer tells whether edge n is east of edge m. Both pass the same latitude and edges
// never cross, so a place where they are beside each other decides: the higher lower end.
func (l *locator) nearer(n, m int32) bool {
	r, q := l.rises[n], l.rises[m]
	swapped := l.points[r.low][1] < l.points[q.low][1]
	if swapped {
		r, q = q, r
	}
	a, b := l.points[q.low], l.points[q.high]
	side := orient(a, b, l.points[r.low])
	if side == 0 { // they start from one corner
		side = orient(a, b, l.points[r.high])
	}
	return (side < 0) != swapped
}

// touched finds a unit at a point of the outer border, the first of several.
func (l *locator) touched(p orb.Point, cell int) int32 {
	owner := int32(outside)
	for _, n := range l.items[l.first[cell]:l.first[cell+1]] {
		r := l.rises[n]
		a, b := l.points[r.low], l.points[r.high]
		within := p[1] >= a[1] && p[1] <= b[1] && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0])
		if !within || orient(a, b, p) != 0 {
			continue
		}
		for _, side := range [2]int32{r.west, r.east} {
			if side != outside && (owner == outside || side < owner) {
				owner = side
			}
		}
	}
	return owner
}
