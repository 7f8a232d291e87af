package catalog

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// loadOutline gives the ring around a boundary set and checks that every centre lies inside.
func (l *loader) loadOutline(file located[string], set BoundarySet) [][2]float64 {
	ring, read := l.outlines[file.Value]
	if !read { // sets in turn may have the same: one mistake makes one finding
		ring = l.readOutline(file)
		l.outlines[file.Value] = ring
	}
	if ring == nil {
		return nil
	}
	for _, u := range set.Units {
		if !math.IsNaN(u.Centre.Lon()+u.Centre.Lat()) && !planar.RingContains(ring, u.Centre) {
			l.failf(position{file: file.Value}, "the centre of unit %s lies outside the outline", u.Code)
		}
	}
	outline := make([][2]float64, len(ring))
	for i, p := range ring {
		outline[i] = p
	}
	return outline
}

// readOutline reads a ring, closes it, and checks that it does not cross itself; nil when
// there is nothing to draw in.
func (l *loader) readOutline(file located[string]) orb.Ring {
	t, ok := l.readTable(file, "lon", "lat")
	if !ok {
		return nil
	}
	var ring orb.Ring
	for _, r := range t.rows {
		p := orb.Point{r.number("lon"), r.number("lat")}
		if math.IsNaN(p.Lon() + p.Lat()) {
			return nil
		}
		ring = append(ring, p)
	}
	if len(ring) > 0 && !ring.Closed() {
		ring = append(ring, ring[0])
	}
	if len(ring) < 4 {
		l.report(position{file: t.file}, "an outline wants at least three points")
		return nil
	}
	if i, j, crosses := crossing(ring); crosses {
		l.failf(t.rows[i].at[0], "the outline crosses itself: this edge and the one from line %d", t.rows[j].at[0].line)
	}
	return ring
}

// crossing finds two edges of a closed ring that meet where they are not neighbours.
func crossing(ring orb.Ring) (int, int, bool) {
	edges := len(ring) - 1
	for i := range edges {
		for j := i + 2; j < edges; j++ {
			if i == 0 && j == edges-1 {
				continue
			}
			if edgesMeet(ring[i], ring[i+1], ring[j], ring[j+1]) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

func edgesMeet(a, b, c, d orb.Point) bool {
	near := orb.MultiPoint{a, b}.Bound().Intersects(orb.MultiPoint{c, d}.Bound())
	return near && side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0
}

// side is positive when p lies left of the line from a to b.
func side(a, b, p orb.Point) float64 {
	return (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
}
