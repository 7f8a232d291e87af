package geo

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// labelPoint finds a point well inside a polygon: the centre of nearly the largest
// circle that fits (the pole of inaccessibility, by quartering squares; V. Agafonkin,
// "polylabel", 2016). The centroid will not do: it can lie outside.
func labelPoint(polygon orb.Polygon) orb.Point {
	bound := polygon.Bound()
	wide, high := bound.Right()-bound.Left(), bound.Top()-bound.Bottom()
	size := math.Max(math.Min(wide, high), math.Max(wide, high)/64) // a needle is not cut into millions
	best := newQuarter(polygon, bound.Center(), 0)
	if c, _ := planar.CentroidArea(polygon); isFinite(c) {
		if s := newQuarter(polygon, c, 0); s.inside > best.inside {
			best = s
		}
	}
	var queue quarters
	half := size / 2
	for x := bound.Left(); x < bound.Right(); x += size {
		for y := bound.Bottom(); y < bound.Top(); y += size {
			queue = append(queue, newQuarter(polygon, orb.Point{x + half, y + half}, half))
		}
	}
	heap.Init(&queue)
	for precision := size / 100; queue.Len() > 0; {
		s := heap.Pop(&queue).(quarter)
		if s.inside > best.inside {
			best = s
		}
		if s.reach-best.inside <= math.Max(precision, best.inside/20) && best.inside > 0 {
			break
		}
		if s.half < size*1e-9 {
			continue
		}
		for _, d := range [4]orb.Point{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			h := s.half / 2
			q := newQuarter(polygon, orb.Point{s.centre[0] + d[0]*h, s.centre[1] + d[1]*h}, h)
			if q.reach > best.inside {
				heap.Push(&queue, q)
			}
		}
	}
	return best.centre
}

func isFinite(p orb.Point) bool {
	return !math.IsNaN(p[0]+p[1]) && !math.IsInf(p[0]+p[1], 0)
}

// quarter is a square that may hold the point: inside is how far its centre lies
// from the border (negative when outside), reach what any point of it could have.
type quarter struct {
	centre        orb.Point
	half          float64
	inside, reach float64
}

func newQuarter(polygon orb.Polygon, centre orb.Point, half float64) quarter {
	d := math.Sqrt(squaredDistance(polygon, centre))
	if !planar.PolygonContains(polygon, centre) {
		d = -d
	}
	return quarter{centre: centre, half: half, inside: d, reach: d + half*math.Sqrt2}
}

func squaredDistance(polygon orb.Polygon, p orb.Point) float64 {
	nearest := math.Inf(1)
	for _, ring := range polygon {
		for i := 1; i < len(ring); i++ {
			nearest = math.Min(nearest, planar.DistanceFromSegmentSquared(ring[i-1], ring[i], p))
		}
	}
	return nearest
}

// quarters is a heap, the most promising square first.
type quarters []quarter

func (q quarters) Len() int           { return len(q) }
func (q quarters) Less(i, j int) bool { return q[i].reach > q[j].reach }
func (q quarters) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *quarters) Push(x any)        { *q = append(*q, x.(quarter)) }
func (q *quarters) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
