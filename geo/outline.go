package geo

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// outline brings the rings of a feature into the form that shapes have everywhere here:
// closed, without repeated points, wound as RFC 7946 asks. What was wrong with them goes
// to tell. A ring that is only not closed, or flat beside others, can be mended; ok is
// false when something is left that cannot be used.
type outline struct {
	repair bool
	tell   func(severity Severity, x *fault)
}

func (o *outline) clean(shape orb.MultiPolygon) (clean orb.MultiPolygon, ok bool) {
	ok = true
	reversed := 0
	var first orb.Point
	for i, polygon := range shape {
		var part orb.Polygon
		for j, ring := range polygon {
			r, flipped, x := o.ring(ring, j > 0)
			if x != nil {
				x.message = fmt.Sprintf("part %d, ring %d: %s", i+1, j+1, x.message)
				if o.repair && x.kind == KindFlatRing && (j > 0 || len(shape) > 1) {
					o.tell(SeverityMended, faultAt(x.kind, *x.at, "%s; it was left out", x.message))
					if j == 0 {
						break // its holes go with it
					}
					continue
				}
				o.tell(SeverityError, x)
				ok = false
				continue
			}
			if flipped {
				if reversed == 0 {
					first = r[0]
				}
				reversed++
			}
			part = append(part, r)
		}
		if len(part) > 0 {
			clean = append(clean, part)
		}
	}
	if reversed > 0 {
		o.tell(o.severity(), faultAt(KindWinding, first, "%d of its rings were wound against RFC 7946 and have been turned", reversed))
	}
	return clean, ok && len(clean) > 0
}

// severity is that of what is put right in any case: a warning, or a mend where mends
// were asked for.
func (o *outline) severity() Severity {
	if o.repair {
		return SeverityMended
	}
	return SeverityWarning
}

func faultAt(kind Kind, at orb.Point, format string, args ...any) *fault {
	f := faultf(kind, format, args...)
	f.at = (*[2]float64)(&at)
	return f
}

// ring cleans one ring, and tells whether it had to be turned round.
func (o *outline) ring(ring orb.Ring, hole bool) (clean orb.Ring, flipped bool, x *fault) {
	if len(ring) == 0 {
		return nil, false, faultf(KindGeometry, "it has no points")
	}
	clean = make(orb.Ring, 0, len(ring)+1)
	for _, p := range ring {
		if len(clean) == 0 || clean[len(clean)-1] != p {
			clean = append(clean, p)
		}
	}
	if clean[0] != clean[len(clean)-1] {
		if !o.repair {
			return nil, false, faultAt(KindOpenRing, clean[0], "it is not closed: it begins at %v and ends at %v; --repair closes it", clean[0], clean[len(clean)-1])
		}
		o.tell(SeverityMended, faultAt(KindOpenRing, clean[0], "a ring was closed from %v to %v", clean[len(clean)-1], clean[0]))
		clean = append(clean, clean[0])
	}
	area := ringArea(clean)
	if len(clean) < 4 || area == 0 {
		if at, crossing := selfCrossing(clean); crossing && !straight(clean) { // a bow tie, whose halves cancel
			return nil, false, crossingAt(at)
		}
		return nil, false, faultAt(KindFlatRing, clean[0], "it encloses no area: it has %d different points", len(clean)-1)
	}
	if (area < 0) != hole {
		clean.Reverse()
		flipped = true
	}
	return clean, flipped, nil
}

// straight tells whether all points of a ring lie on one line.
func straight(ring orb.Ring) bool {
	return !slices.ContainsFunc(ring, func(p orb.Point) bool { return orient(ring[0], ring[1], p) != 0 })
}

func crossingAt(at orb.Point) *fault {
	return faultAt(KindSelfCrossing, at, "a ring crosses itself at %.6f, %.6f", at[0], at[1])
}

// selfCrossing finds a place where a ring crosses itself or runs along itself. Touching
// itself in a point is allowed. A ring too tangled to be checked counts as crossing.
func selfCrossing(ring orb.Ring) (at orb.Point, found bool) {
	edges := len(ring) - 1
	ends := func(n int32) (p, q orb.Point) { return ring[n], ring[n+1] }
	tree := newEdgeTree(edges, func(n int32) box { return boxOf(ends(n)) })
	budget := budgetFor(edges)
	for n := range int32(edges) {
		p, q := ends(n)
		tree.search(boxOf(p, q), func(m int32) bool {
			if m <= n {
				return true
			}
			r, s := ends(m)
			*budget--
			switch {
			case *budget < 0:
				at, found = p, true
			case crosses(p, q, r, s):
				at, found = meeting(p, q, r, s), true
			case alongside(p, q, r, s):
				at, found = r, true
			}
			return !found
		})
		if found {
			return at, true
		}
	}
	return at, false
}

// alongside tells whether two segments of one line have a stretch in common, without
// being the same.
func alongside(p, q, r, s orb.Point) bool {
	if orient(p, q, r) != 0 || orient(p, q, s) != 0 || p == r && q == s || p == s && q == r {
		return false
	}
	return strictlyBetween(r, p, q) || strictlyBetween(s, p, q) || strictlyBetween(p, r, s) || strictlyBetween(q, r, s)
}
