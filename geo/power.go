package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// site is a unit as the schematic map sees it, in kilometres on a local plane.
type site struct {
	at     orb.Point
	anchor orb.Point // where it belongs
	weight float64   // km², what it has over its neighbours
	target float64   // km², the area it should get
}

// halfPlane is the ground where normal · p ≤ limit.
type halfPlane struct {
	normal orb.Point
	limit  float64
}

// closer is the ground that belongs to a rather than to b in a power diagram: a
// Voronoi diagram in which weights move the borders but leave them straight.
func closer(a, b site) halfPlane {
	return halfPlane{
		normal: orb.Point{2 * (b.at[0] - a.at[0]), 2 * (b.at[1] - a.at[1])},
		limit:  dot(b.at, b.at) - dot(a.at, a.at) - b.weight + a.weight,
	}
}

func dot(a, b orb.Point) float64 { return a[0]*b[0] + a[1]*b[1] }

func (h halfPlane) over(p orb.Point) float64 { return dot(h.normal, p) - h.limit }

// cut keeps what lies in the half-plane of a counter-clockwise ring without its
// closing point. A concave ring may fall into several, none with bridges between.
func (h halfPlane) cut(ring []orb.Point) [][]orb.Point {
	n := len(ring)
	outsideAt := slices.IndexFunc(ring, func(p orb.Point) bool { return h.over(p) > 0 })
	if outsideAt < 0 {
		return [][]orb.Point{ring}
	}
	var pieces []piece
	for k := range n {
		p, q := ring[(outsideAt+k)%n], ring[(outsideAt+k+1)%n]
		switch from, to := h.over(p), h.over(q); {
		case from > 0 && to <= 0:
			pieces = append(pieces, piece{points: []orb.Point{between(p, q, from/(from-to)), q}})
		case from <= 0 && to <= 0:
			last := &pieces[len(pieces)-1]
			last.points = append(last.points, q)
		case from <= 0 && to > 0:
			last := &pieces[len(pieces)-1]
			last.points = append(last.points, between(p, q, from/(from-to)))
		}
	}
	return h.close(pieces)
}

func between(p, q orb.Point, t float64) orb.Point {
	return orb.Point{p[0] + t*(q[0]-p[0]), p[1] + t*(q[1]-p[1])}
}

// piece is a part of a ring inside a half-plane; its ends lie on the line.
type piece struct{ points []orb.Point }

// close joins pieces along the line: from the end of each, with the ground on the left,
// to the nearest beginning of one.
func (h halfPlane) close(pieces []piece) [][]orb.Point {
	if len(pieces) == 1 {
		return [][]orb.Point{pieces[0].points}
	}
	along := orb.Point{-h.normal[1], h.normal[0]}
	order := make([]int, len(pieces))
	for i := range order {
		order[i] = i
	}
	first := func(i int) float64 { return dot(along, pieces[i].points[0]) }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(first(a), first(b)) })
	taken := make([]bool, len(pieces))
	following := make([]int, len(pieces))
	byEnd := slices.Clone(order)
	end := func(i int) float64 { return dot(along, pieces[i].points[len(pieces[i].points)-1]) }
	slices.SortFunc(byEnd, func(a, b int) int { return cmp.Compare(end(b), end(a)) })
	for _, i := range byEnd {
		following[i] = i
		for _, j := range order {
			if !taken[j] && first(j) >= end(i) {
				following[i] = j
				break
			}
		}
		taken[following[i]] = true
	}
	return joinPieces(pieces, following)
}

func joinPieces(pieces []piece, following []int) [][]orb.Point {
	var rings [][]orb.Point
	used := make([]bool, len(pieces))
	for start := range pieces {
		var ring []orb.Point
		for i := start; !used[i]; i = following[i] {
			used[i] = true
			ring = append(ring, pieces[i].points...)
		}
		if len(ring) > 2 {
			rings = append(rings, ring)
		}
	}
	return rings
}

// cells divides the outline among the sites; a cell may come in several parts.
func cells(sites []site, outline []orb.Point) [][][]orb.Point {
	all := make([][][]orb.Point, len(sites))
	box := orb.MultiPoint(outline).Bound().Pad(1).ToRing()[:4]
	for i, own := range sites {
		var sides []halfPlane
		convex := []orb.Point(box)
		for j, other := range sites {
			h := closer(own, other)
			if j == i || !slices.ContainsFunc(convex, func(p orb.Point) bool { return h.over(p) > 0 }) {
				continue
			}
			rest := h.cut(convex)
			if convex = nil; len(rest) > 0 {
				convex = rest[0]
			}
			sides = append(sides, h)
		}
		if len(convex) > 0 {
			all[i] = cutAll([][]orb.Point{outline}, sides)
		}
	}
	return all
}

func cutAll(rings [][]orb.Point, sides []halfPlane) [][]orb.Point {
	for _, h := range sides {
		var rest [][]orb.Point
		for _, ring := range rings {
			rest = append(rest, h.cut(ring)...)
		}
		rings = rest
	}
	return rings
}

// measure gives the area, the centroid and the length of the border of a cell.
func measure(cell [][]orb.Point) (area float64, centroid orb.Point, around float64) {
	for _, ring := range cell {
		o := ring[0]
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			a := cross(o, p, q) / 2
			area += a
			centroid[0] += a * (o[0] + p[0] + q[0]) / 3
			centroid[1] += a * (o[1] + p[1] + q[1]) / 3
			around += math.Hypot(q[0]-p[0], q[1]-p[1])
		}
	}
	if area > 0 {
		centroid[0] /= area
		centroid[1] /= area
	}
	return area, centroid, around
}

const (
	relaxations = 60   // rounds in which sites move
	balances    = 120  // rounds at most in which only weights change
	settle      = 0.5  // how far a site moves in a round
	exact       = 0.01 // share of its target by which an area may be off
)

// attempt is one way to lay a map out; see attempts.
type attempt struct {
	pull     float64 // how far units are moved towards the middle of the unit above
	homesick float64 // what a unit's place counts for against the middle of its cell
	fidelity float64 // what the areas count for
}

// relax moves the sites until cells are compact and their areas near the targets.
func (a attempt) relax(sites []site, outline []orb.Point) {
	for round := range relaxations + balances {
		worst := 0.0
		for i, cell := range cells(sites, outline) {
			s := &sites[i]
			area, centroid, around := measure(cell)
			worst = math.Max(worst, math.Abs(area-s.target)/s.target)
			if area <= 0 {
				s.weight += a.fidelity * s.target / 4
				continue
			}
			// A border moves by dw / 2d for a weight dw and neighbours d away, about the root of the area.
			s.weight = a.fidelity * (s.weight + 0.7*(s.target-area)*2*math.Sqrt(area)/around)
			if round < relaxations {
				goal := between(centroid, s.anchor, a.homesick)
				s.at = between(s.at, goal, settle)
			}
		}
		if round >= relaxations && worst < exact {
			return
		}
	}
}
