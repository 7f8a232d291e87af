package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"
)

// window is the rectangle a tile is cut out with. Its sides lie halfway between grid
// points, so that no corner of a snapped line is ever on one: every line is clearly
// inside or outside, and the cutting needs no special cases.
type window struct{ orb.Bound }

// crossing is a place where a line passes a side of the window. Around tells how far
// it is from the first corner along the sides, anticlockwise in a plane where y
// grows upwards.
type crossing struct {
	point  orb.Point
	around float64
}

// chain is a piece of a ring inside the window, from where it enters to where it leaves.
type chain struct {
	points      []orb.Point // both crossings included
	enter, exit crossing
}

// cut returns the part of a segment in the window. The same segment gives the same
// points in either direction: neighbours share it.
func (w window) cut(a, b orb.Point) (from, to crossing, enters, exits, ok bool) {
	if b[0] < a[0] || (b[0] == a[0] && b[1] < a[1]) {
		to, from, exits, enters, ok = w.cut(b, a)
		return from, to, enters, exits, ok
	}
	t0, t1 := 0.0, 1.0
	side0, side1 := -1, -1
	for side := range 4 {
		// p is how fast the segment moves out through this side, q how far inside it begins.
		p, q := w.towards(side, a, b)
		switch {
		case p == 0 && q < 0:
			return from, to, false, false, false
		case p < 0 && q/p > t0:
			t0, side0 = q/p, side
		case p > 0 && q/p < t1:
			t1, side1 = q/p, side
		}
	}
	if t0 == 0 && t1 == 1 {
		return crossing{point: a}, crossing{point: b}, false, false, true
	}
	if t0 >= t1 {
		return from, to, false, false, false
	}
	return w.crossing(a, b, t0, side0, a), w.crossing(a, b, t1, side1, b), side0 >= 0, side1 >= 0, true
}

// misses tells quickly that a segment lies beyond one side, as most do.
func (w window) misses(a, b orb.Point) bool {
	return a[0] < w.Min[0] && b[0] < w.Min[0] || a[0] > w.Max[0] && b[0] > w.Max[0] ||
		a[1] < w.Min[1] && b[1] < w.Min[1] || a[1] > w.Max[1] && b[1] > w.Max[1]
}

// towards measures a segment against a side: 0 bottom, 1 right, 2 top, 3 left.
func (w window) towards(side int, a, b orb.Point) (p, q float64) {
	switch side {
	case 0:
		return a[1] - b[1], a[1] - w.Min[1]
	case 1:
		return b[0] - a[0], w.Max[0] - a[0]
	case 2:
		return b[1] - a[1], w.Max[1] - a[1]
	}
	return a[0] - b[0], a[0] - w.Min[0]
}

func (w window) crossing(a, b orb.Point, t float64, side int, end orb.Point) crossing {
	if side < 0 {
		return crossing{point: end}
	}
	p := orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
	wide, high := w.Max[0]-w.Min[0], w.Max[1]-w.Min[1]
	var around float64
	switch side {
	case 0:
		p[1], around = w.Min[1], p[0]-w.Min[0]
	case 1:
		p[0], around = w.Max[0], wide+p[1]-w.Min[1]
	case 2:
		p[1], around = w.Max[1], wide+high+w.Max[0]-p[0]
	case 3:
		p[0], around = w.Min[0], 2*wide+high+w.Max[1]-p[1]
	}
	return crossing{p, around}
}

// line returns the pieces of a line inside the window.
func (w window) line(points []orb.Point) [][]orb.Point {
	var pieces [][]orb.Point
	var open []orb.Point
	for i := 1; i < len(points); i++ {
		if w.misses(points[i-1], points[i]) {
			continue
		}
		from, to, enters, exits, ok := w.cut(points[i-1], points[i])
		if !ok {
			continue
		}
		if enters || len(open) == 0 {
			open = []orb.Point{from.point}
		}
		open = append(open, to.point)
		if exits {
			pieces = append(pieces, open)
			open = nil
		}
	}
	if len(open) > 0 {
		pieces = append(pieces, open)
	}
	return pieces
}

// polygon returns what lies in the window of a polygon whose outer ring has a positive
// area and whose holes have a negative one, as rings of the same kind. Unlike the
// usual clipping side by side it leaves no bridges along the edge between separate
// pieces of a concave polygon.
func (w window) polygon(rings []orb.Ring) []orb.Ring {
	var chains []chain
	var whole []orb.Ring
	for _, ring := range rings {
		if w.holds(ring) {
			whole = append(whole, ring)
			continue
		}
		chains = append(chains, w.chains(ring)...)
	}
	if len(chains) > 0 {
		linked, ok := w.link(chains)
		if !ok {
			return w.sideBySide(rings)
		}
		return append(linked, whole...)
	}
	if w.covered(rings) {
		return append([]orb.Ring{w.ring()}, whole...)
	}
	return whole
}

func (w window) holds(ring orb.Ring) bool {
	for _, p := range ring {
		if !w.Contains(p) {
			return false
		}
	}
	return true
}

func (w window) ring() orb.Ring { return w.ToRing() }

// covered tells whether rings that do not cross the window contain it. Its middle
// decides: a line may run exactly over a corner.
func (w window) covered(rings []orb.Ring) bool {
	inside := false
	for _, ring := range rings {
		if !w.holds(ring) && planar.RingContains(ring, w.Center()) {
			inside = !inside
		}
	}
	return inside
}

// chains cuts a ring that is not wholly in the window. It begins behind a corner
// outside, so that every chain enters and exits.
func (w window) chains(ring orb.Ring) []chain {
	n := len(ring) - 1
	first := slices.IndexFunc(ring, func(p orb.Point) bool { return !w.Contains(p) })
	var chains []chain
	var open chain
	for k := range n {
		a, b := ring[(first+k)%n], ring[(first+k+1)%n]
		if w.misses(a, b) {
			continue
		}
		if len(open.points) > 0 && w.Contains(a) && w.Contains(b) {
			open.points = append(open.points, b)
			continue
		}
		from, to, enters, exits, ok := w.cut(a, b)
		if !ok {
			continue
		}
		if enters {
			open = chain{enter: from, points: append(make([]orb.Point, 0, 16), from.point)}
		}
		open.points = append(open.points, to.point)
		if exits {
			open.exit = to
			chains = append(chains, open)
		}
	}
	return chains
}

// link closes chains to rings: the ground is on the left, so from each exit the edge of
// the window is followed anticlockwise to the next entry. It gives up when entries and
// exits do not alternate, which only rings that touch themselves after snapping do.
func (w window) link(chains []chain) ([]orb.Ring, bool) {
	type event struct {
		around float64
		exit   bool
		chain  int
	}
	events := make([]event, 0, 2*len(chains))
	for i, c := range chains {
		events = append(events, event{c.enter.around, false, i}, event{c.exit.around, true, i})
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.around, b.around) })
	following := make([]int, len(chains))
	for k, e := range events {
		next := events[(k+1)%len(events)]
		if e.exit == next.exit {
			return nil, false
		}
		if e.exit {
			following[e.chain] = next.chain
		}
	}
	var rings []orb.Ring
	used := make([]bool, len(chains))
	for start := range chains {
		if used[start] {
			continue
		}
		var ring orb.Ring
		for i := start; !used[i]; i = following[i] {
			used[i] = true
			ring = append(ring, chains[i].points...)
			ring = w.along(ring, chains[i].exit.around, chains[following[i]].enter.around)
		}
		rings = append(rings, append(ring, ring[0]))
	}
	return rings, true
}

// along appends the corners of the window between two places on its edge.
func (w window) along(ring orb.Ring, from, to float64) orb.Ring {
	wide, high := w.Max[0]-w.Min[0], w.Max[1]-w.Min[1]
	corners := w.ring()
	at := []float64{0, wide, wide + high, 2*wide + high}
	if to < from {
		to += 2 * (wide + high)
	}
	for lap := range 2 {
		for k, a := range at {
			if a += float64(lap) * 2 * (wide + high); from < a && a < to {
				ring = append(ring, corners[k])
			}
		}
	}
	return ring
}

// sideBySide is the fallback for degenerate rings: right in area, but pieces may hang
// together along the edge, which is out of sight in the buffer.
func (w window) sideBySide(rings []orb.Ring) []orb.Ring {
	var out []orb.Ring
	for _, ring := range rings {
		if r := clip.Ring(w.Bound, slices.Clone(ring)); len(r) > 3 {
			out = append(out, r)
		}
	}
	return out
}

// snap rounds to the grid, and drops points that fall on their predecessor and spikes
// that go out and back the same way. A ring that comes to nothing is nil.
func snap(ring orb.Ring) orb.Ring {
	out := make(orb.Ring, 0, len(ring))
	for _, p := range ring {
		out = pushPoint(out, orb.Point{toGrid(p[0]), toGrid(p[1])})
	}
	if len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	for len(out) > 2 && out[1] == out[len(out)-1] { // a spike at the seam
		out = out[1 : len(out)-1]
	}
	if len(out) < 3 {
		return nil
	}
	if out = append(out, out[0]); ringArea(out) == 0 {
		return nil
	}
	return out
}

// toGrid rounds to the grid, halves upwards. A line at 45 degrees crosses the side of a
// window exactly halfway between grid points, give or take the last digits, which depend
// on how often it was cut before: those halves go upwards too.
func toGrid(x float64) float64 { return math.Floor(x + 0.5 + 1e-5) }

func pushPoint(ring orb.Ring, p orb.Point) orb.Ring {
	n := len(ring)
	switch {
	case n > 0 && ring[n-1] == p:
		return ring
	case n > 1 && ring[n-2] == p:
		return ring[:n-1]
	}
	return append(ring, p)
}
