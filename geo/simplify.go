package geo

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"
)

// weigh gives every corner the weight at which simplification removes it: the area
// of the triangle it spans with its neighbours at that moment (Visvalingam and Whyatt
// 1993), in square units of the points. Junctions weigh infinitely much.
//
// A corner goes only when nothing else lies in its triangle and no line is already
// where the new one would run. By induction no lines ever cross or coincide, and no
// ring falls below three corners. Weights never fall from one removal to the next,
// so the corners above any threshold are one of those states: safe at every zoom.
func weigh(c *coverage, points []orb.Point, limit float64) []float64 {
	s := newThinning(c, points)
	running := 0.0
	for s.queue.Len() > 0 {
		top := heap.Pop(&s.queue).(candidate)
		v := top.corner
		if s.weights[v] != 0 || top.area != s.area(v) {
			continue // gone, or its neighbours have changed since
		}
		if top.area > limit {
			break
		}
		if blocker, free := s.free(v); !free {
			if blocker >= 0 {
				s.waiting[blocker] = append(s.waiting[blocker], v)
			}
			continue
		}
		running = math.Max(running, math.Max(top.area, math.SmallestNonzeroFloat64))
		s.remove(v, running)
	}
	for v, w := range s.weights {
		if w == 0 {
			s.weights[v] = math.Inf(1)
		}
	}
	return s.weights
}

// thinning is the state of one run: the corners still there and who is next to whom.
type thinning struct {
	points     []orb.Point
	prev, next []int32 // neighbours of corners that may go
	fixed      []bool
	weights    []float64 // 0 while still there
	direct     map[[2]int32]bool
	waiting    map[int32][]int32
	grid       *pointGrid
	queue      candidates
}

func newThinning(c *coverage, points []orb.Point) *thinning {
	n := len(points)
	s := &thinning{
		points: points, prev: make([]int32, n), next: make([]int32, n), fixed: make([]bool, n), weights: make([]float64, n),
		direct: map[[2]int32]bool{}, waiting: map[int32][]int32{}, grid: newPointGrid(points),
	}
	ends := make([]int, n)
	for _, a := range c.arcs {
		last := len(a.corners) - 1
		ends[a.corners[0]]++
		ends[a.corners[last]]++
	}
	for _, a := range c.arcs {
		s.link(a, ends)
	}
	for v := range s.points {
		if !s.fixed[v] && s.prev[v] != s.next[v] {
			s.push(int32(v))
		}
	}
	return s
}

// link chains the inner corners of an arc. The ends are fixed, except that of a ring
// that meets no junction.
func (s *thinning) link(a arc, ends []int) {
	last := len(a.corners) - 1
	for k := 1; k < last; k++ {
		s.prev[a.corners[k]], s.next[a.corners[k]] = a.corners[k-1], a.corners[k+1]
	}
	first := a.corners[0]
	if a.closed() && ends[first] == 2 {
		s.prev[first], s.next[first] = a.corners[last-1], a.corners[1]
		return
	}
	s.fixed[first], s.fixed[a.corners[last]] = true, true
	if last == 1 {
		s.direct[pair(first, a.corners[1])] = true
	}
}

func pair(a, b int32) [2]int32 { return [2]int32{min(a, b), max(a, b)} }

func (s *thinning) push(v int32) { heap.Push(&s.queue, candidate{v, s.area(v)}) }

func (s *thinning) area(v int32) float64 {
	return math.Abs(cross(s.points[s.prev[v]], s.points[v], s.points[s.next[v]])) / 2
}

// free tells whether a corner may go; if not, the corner in its way, or -1 when a
// line is.
func (s *thinning) free(v int32) (blocker int32, ok bool) {
	a, b := s.prev[v], s.next[v]
	if a == b || s.joined(a, b) {
		return -1, false
	}
	p, q, r := s.points[a], s.points[v], s.points[b]
	for n := range s.grid.within(p, q, r) {
		if n != a && n != b && n != v && inTriangle(s.points[n], p, q, r) {
			return n, false
		}
	}
	return -1, true
}

func (s *thinning) joined(a, b int32) bool {
	switch {
	case !s.fixed[a]:
		return s.prev[a] == b || s.next[a] == b
	case !s.fixed[b]:
		return s.prev[b] == a || s.next[b] == a
	}
	return s.direct[pair(a, b)]
}

func (s *thinning) remove(v int32, weight float64) {
	a, b := s.prev[v], s.next[v]
	s.weights[v] = weight
	s.grid.remove(v)
	s.relink(a, v, b)
	s.relink(b, v, a)
	if s.fixed[a] && s.fixed[b] {
		s.direct[pair(a, b)] = true
	}
	for _, w := range s.waiting[v] {
		if s.weights[w] == 0 {
			s.push(w)
		}
	}
	delete(s.waiting, v)
}

// relink puts a corner's new neighbour in the place of a removed one.
func (s *thinning) relink(v, gone, neighbour int32) {
	if s.fixed[v] {
		return
	}
	if s.prev[v] == gone {
		s.prev[v] = neighbour
	} else {
		s.next[v] = neighbour
	}
	s.push(v)
}

// cross is twice the signed area of a triangle.
func cross(a, b, c orb.Point) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (c[0]-a[0])*(b[1]-a[1])
}

// inTriangle counts the sides of the triangle as inside.
func inTriangle(p, a, b, c orb.Point) bool {
	u, v, w := cross(a, b, p), cross(b, c, p), cross(c, a, p)
	return (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0)
}

type candidate struct {
	corner int32
	area   float64
}

// candidates is a heap of corners, the smallest triangle first; equal ones by number,
// so that every run ends the same.
type candidates []candidate

func (q candidates) Len() int      { return len(q) }
func (q candidates) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *candidates) Push(x any)   { *q = append(*q, x.(candidate)) }
func (q candidates) Less(i, j int) bool {
	if q[i].area != q[j].area {
		return q[i].area < q[j].area
	}
	return q[i].corner < q[j].corner
}

func (q *candidates) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
