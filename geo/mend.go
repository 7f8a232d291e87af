package geo

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// mend puts right what needs no guessing: corners of neighbours that lie within so many
// metres become one, then small gaps and overlaps go to the neighbour with the longest
// border along them. Every mend is written down, and all is looked at anew.
func (t *tiling) mend(snap float64) {
	if t.cover.tangled || len(t.gaps)+len(t.overlaps) == 0 {
		return
	}
	if snap > 0 && t.snap(snap) {
		t.check()
	}
	for range 3 { // cutting along a sliver rounds, and may leave a smaller one
		if t.cover.tangled || !t.fill() {
			return
		}
		t.check()
	}
}

// snap moves corners along unmatched borders onto the first one near them, unless they
// belong to one unit: its outline may be as fine as it likes.
func (t *tiling) snap(tolerance float64) bool {
	owners := map[int32][]int32{}
	for _, s := range t.cover.stretches {
		for _, corner := range [2]int32{s.from, s.to} {
			if !slices.Contains(owners[corner], s.owner) {
				owners[corner] = append(owners[corner], s.owner)
			}
		}
	}
	moves := t.nearest(owners, tolerance)
	if len(moves) == 0 {
		return false
	}
	for i, shape := range t.shapes {
		if !t.leaf(i) || shape == nil {
			continue
		}
		if moved, far := snapShape(shape, moves); moved > 0 {
			f := t.finding(i)
			f.Severity, f.Kind, f.Metres = SeverityMended, KindSnapped, far
			f.Message = fmt.Sprintf("%d corners moved onto those of its neighbours, by no more than %.2f m", moved, far)
			t.book.add(f)
		}
	}
	return true
}

// snapCrowd is how many corners of one small cell others may move to; more of them are no
// borders that were drawn a little apart.
const snapCrowd = 32

// nearest gives the corner that each one moves to.
func (t *tiling) nearest(owners map[int32][]int32, tolerance float64) map[orb.Point]orb.Point {
	const degree = 111_000.0 // metres, about; cells may be a little larger than the tolerance
	size := tolerance / degree * 2
	cells := map[[2]int][]int32{}
	moves := map[orb.Point]orb.Point{}
	for _, corner := range slices.Sorted(maps.Keys(owners)) {
		p := t.corners.points[corner]
		x, y := int(math.Floor(p[0]/size)), int(math.Floor(p[1]/size))
		best, least := int32(-1), tolerance
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for _, other := range cells[[2]int{x + dx, y + dy}] {
					if d := distance(p, t.corners.points[other]); d <= least && disjoint(owners[corner], owners[other]) {
						best, least = other, d
					}
				}
			}
		}
		if best >= 0 {
			moves[p] = t.corners.points[best]
			owners[best] = append(owners[best], owners[corner]...)
		} else if key := [2]int{x, y}; len(cells[key]) < snapCrowd {
			cells[key] = append(cells[key], corner)
		}
	}
	return moves
}

func disjoint(a, b []int32) bool {
	return !slices.ContainsFunc(a, func(n int32) bool { return slices.Contains(b, n) })
}

// snapShape moves the corners of a shape in place; a ring of which nothing would be left
// stays as it is.
func snapShape(shape orb.MultiPolygon, moves map[orb.Point]orb.Point) (moved int, far float64) {
	for _, polygon := range shape {
		for k, ring := range polygon {
			out := make(orb.Ring, 0, len(ring))
			here, farthest := 0, 0.0
			for _, p := range ring {
				if to, ok := moves[p]; ok {
					here, farthest, p = here+1, math.Max(farthest, distance(p, to)), to
				}
				if len(out) == 0 || out[len(out)-1] != p {
					out = append(out, p)
				}
			}
			if here > 0 && len(out) >= 4 && ringArea(out)*ringArea(ring) > 0 {
				polygon[k] = out
				moved, far = moved+here, math.Max(far, farthest)
			}
		}
	}
	return moved, far
}

// fill gives small gaps and overlaps to one of their neighbours, and tells whether there
// were any.
func (t *tiling) fill() bool {
	changes := map[int32][]stretch{}
	for _, r := range t.gaps {
		if owners := longest(r.beside); r.km2 <= t.tolerance.GapKm2 && len(owners) > 0 {
			t.give(changes, r, owners[0], false)
			t.mended(r, owners[0], "a gap of %s was given to it, which has the longest border along it")
		}
	}
	for _, r := range t.overlaps {
		owners := t.covering(r.at, longest(r.inside))
		if r.km2 > t.tolerance.OverlapKm2 || len(owners) < 2 {
			continue
		}
		for _, loser := range owners[1:] {
			t.give(changes, r, loser, true)
		}
		t.mended(r, owners[0], "an overlap of %s was left to it, which has the longest border along it")
	}
	t.redraw(changes)
	return len(changes) > 0
}

// give adds the outline of a region to what bounds a unit, or takes it away.
func (t *tiling) give(changes map[int32][]stretch, r region, owner int32, away bool) {
	a := t.cover
	for _, cycle := range a.border(r) {
		for _, h := range a.halves(cycle) {
			from, to := a.from(h), a.to(h)
			if away {
				from, to = to, from
			}
			changes[owner] = append(changes[owner], stretch{from, to, owner, 1})
		}
	}
}

func (t *tiling) mended(r region, owner int32, format string) {
	f := t.finding(int(owner))
	f.Severity, f.Kind, f.At, f.Km2 = SeverityMended, KindSliver, &r.at, r.km2
	f.Message = fmt.Sprintf(format, sizeText(r.km2))
	t.book.add(f)
}

// redraw makes new shapes of the stretches of changed units and their changes.
func (t *tiling) redraw(changes map[int32][]stretch) {
	if len(changes) == 0 {
		return
	}
	for _, own := range [2][]stretch{t.untouched, t.cover.stretches} {
		for _, s := range own {
			if _, changed := changes[s.owner]; changed {
				changes[s.owner] = append(changes[s.owner], s)
			}
		}
	}
	for _, owner := range slices.Sorted(maps.Keys(changes)) {
		a := arrange(t.corners, changes[owner])
		if shape := a.shape(); !a.tangled && len(shape) > 0 {
			t.shapes[owner] = shape
		}
	}
}

// shape is the ground that is covered at all.
func (a *arrangement) shape() orb.MultiPolygon {
	var shape orb.MultiPolygon
	for n, c := range a.cycles {
		if c.outer || !c.known || c.cover < 1 {
			continue
		}
		polygon := orb.Polygon{a.ring(int32(n))}
		for _, hole := range c.holes {
			polygon = append(polygon, a.ring(hole))
		}
		shape = append(shape, polygon)
	}
	return shape
}
