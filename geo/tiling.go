package geo

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// tiling holds the shapes of an import against each other: the units that contain no
// others must cover the ground once, and those in a unit the ground that its own shape
// covers.
type tiling struct {
	tree      *hierarchy
	shapes    []orb.MultiPolygon // of each unit, nil where there is none
	tolerance Tolerance
	book      *ledger
	finding   func(unit int) Finding // with file, feature, code and name of a unit
	corners   *corners
	stretches int            // of all outlines
	untouched []stretch      // of the lowest units, along borders that are shared exactly
	cover     *arrangement   // of the lowest units
	gaps      []region       //
	overlaps  []region       //
	identical map[int32]bool // units of which an edge has the same side as another's
}

// Tolerance is how large a region may be before it forbids an import, square kilometres.
type Tolerance struct {
	GapKm2     float64
	OverlapKm2 float64
}

func (t *tiling) leaf(i int) bool { return len(t.tree.children[i]) == 0 }

// check looks at everything anew and writes down what it finds.
func (t *tiling) check() {
	t.book.forget(KindGap, KindOverlap, KindNotTiled, KindTangled)
	n := 0
	for _, shape := range t.shapes {
		n += pointCount(shape)
	}
	t.corners, t.stretches = newCorners(n/2), n
	t.checkCover()
	for i := range t.tree.units {
		if !t.leaf(i) && t.shapes[i] != nil {
			t.checkTiles(i)
		}
	}
}

func pointCount(shape orb.MultiPolygon) (n int) {
	for _, polygon := range shape {
		for _, ring := range polygon {
			n += len(ring)
		}
	}
	return n
}

// checkCover finds ground that is nobody's, or more than one's.
func (t *tiling) checkCover() {
	stretches := make([]stretch, 0, t.stretches)
	for i := range t.tree.units {
		if t.leaf(i) && t.shapes[i] != nil {
			stretches = t.corners.outline(stretches, t.shapes[i], int32(i), 1)
		}
	}
	balanced, live := residue(stretches)
	t.findIdentical(live)
	t.untouched = balanced
	t.cover = arrange(t.corners, live)
	t.gaps, t.overlaps = nil, nil
	if !t.cover.tangled {
		t.findRegions()
	}
	if t.cover.tangled {
		t.book.add(Finding{Severity: SeverityError, Kind: KindTangled,
			Message: fmt.Sprintf("%d edges of borders have no partner, and they cross too often to be told apart: neighbours do not share their borders", len(t.cover.edges))})
	}
}

// findRegions writes down where the cover is wrong.
func (t *tiling) findRegions() {
	t.gaps = slices.DeleteFunc(t.cover.regions(func(cover int32) bool { return cover == 0 }), func(r region) bool {
		if !t.foreign(r.at) {
			return false
		}
		t.tell(KindGap, r, math.Inf(1), "a hole that the units above have too")
		return true
	})
	t.overlaps = t.cover.regions(func(cover int32) bool { return cover > 1 })
	for _, r := range t.gaps {
		t.tell(KindGap, r, t.tolerance.GapKm2, "ground of nobody between neighbours")
	}
	for _, r := range t.overlaps {
		t.tell(KindOverlap, r, t.tolerance.OverlapKm2, "ground of more than one unit")
	}
	for _, r := range t.cover.regions(func(cover int32) bool { return cover < 0 }) {
		t.tell(KindSelfCrossing, r, 0, "a ring is turned inside out")
	}
}

// findIdentical looks for edges with two units on the same side. Borders are drawn from
// shared edges, and these could not be.
func (t *tiling) findIdentical(live []stretch) {
	t.identical = map[int32]bool{}
	along(live, func(run []stretch, _ int32) {
		for _, from := range [2]int32{run[0].from, run[0].to} {
			first, several := int32(-1), false
			for _, s := range run {
				if s.from == from {
					several = several || first >= 0 && s.owner != first
					first = s.owner
				}
			}
			for _, s := range run {
				if several && s.from == from {
					t.identical[s.owner] = true
				}
			}
		}
	})
}

// foreign tells whether a place lies outside the highest shapes there are above the lowest
// units: a hole there is perhaps a lake or the ground of others, and no mistake of theirs.
func (t *tiling) foreign(at orb.Point) bool {
	known := false
	for i := range t.tree.units {
		if t.highest(i) {
			known = true
			if t.shapes[i].Bound().Contains(at) && shapeContains(t.shapes[i], at) {
				return false
			}
		}
	}
	return known
}

// highest tells whether a unit above others has a shape, and none that contains it has.
func (t *tiling) highest(i int) bool {
	if t.leaf(i) || t.shapes[i] == nil {
		return false
	}
	for p := t.tree.parents[i]; p >= 0; p = t.tree.parents[p] {
		if t.shapes[p] != nil {
			return false
		}
	}
	return true
}

func (t *tiling) tell(kind Kind, r region, tolerance float64, what string) {
	owners := longest(r.inside)
	if kind == KindGap || len(owners) == 0 {
		owners = longest(r.beside)
	}
	if kind == KindOverlap && len(owners) < 2 {
		owners = t.covering(r.at, owners)
	}
	f := Finding{}
	if len(owners) > 0 {
		f = t.finding(int(owners[0]))
		for _, o := range owners[1:] {
			f.Others = append(f.Others, t.tree.units[o].Code)
		}
	}
	f.Severity, f.Kind, f.At, f.Km2 = SeverityWarning, kind, &r.at, r.km2
	drawable := kind != KindOverlap || !slices.ContainsFunc(owners, func(o int32) bool { return t.identical[o] })
	if r.km2 > tolerance || !drawable {
		f.Severity = SeverityError
	}
	f.Message = fmt.Sprintf("%s, %s at %.5f, %.5f", what, sizeText(r.km2), r.at[0], r.at[1])
	if len(f.Others) > 0 {
		f.Message += ", beside " + list(f.Others, 4)
	}
	if f.Severity == SeverityError && !drawable && r.km2 <= tolerance {
		f.Message += "; small, but the same edge has two units on one side: --repair gives it to one of them"
	}
	t.book.add(f)
}

// covering lists the units whose shape has a place, first those already known.
func (t *tiling) covering(at orb.Point, known []int32) []int32 {
	for i := range t.tree.units {
		if t.leaf(i) && !slices.Contains(known, int32(i)) && t.shapes[i].Bound().Contains(at) && shapeContains(t.shapes[i], at) {
			known = append(known, int32(i))
		}
	}
	return known
}

// checkTiles holds the shape of a unit against those of its children. Units further
// down stand for a child without a shape of its own.
func (t *tiling) checkTiles(unit int) {
	stretches := t.corners.outline(nil, t.shapes[unit], int32(unit), -1)
	var below func(i int)
	below = func(i int) {
		for _, child := range t.tree.children[i] {
			if t.shapes[child] != nil {
				stretches = t.corners.outline(stretches, t.shapes[child], int32(child), 1)
			} else {
				below(child)
			}
		}
	}
	below(unit)
	_, live := residue(stretches)
	if len(live) == 0 {
		return
	}
	a := arrange(t.corners, live)
	regions := a.regions(func(cover int32) bool { return cover != 0 })
	if a.tangled {
		f := t.finding(unit)
		f.Severity, f.Kind, f.Message = SeverityError, KindTangled, "its outline and those of the units in it cross too often to be told apart"
		t.book.add(f)
		return
	}
	for _, r := range regions {
		if t.known(r) {
			continue
		}
		what, tolerance := "the units in it do not cover a part of it", t.tolerance.GapKm2
		if r.cover > 0 {
			what, tolerance = "the units in it reach out of it", t.tolerance.OverlapKm2
		}
		delete(r.inside, int32(unit))
		delete(r.beside, int32(unit))
		t.tellTiles(unit, r, tolerance, what)
	}
}

func (t *tiling) tellTiles(unit int, r region, tolerance float64, what string) {
	f := t.finding(unit)
	f.Severity, f.Kind, f.At, f.Km2 = SeverityWarning, KindNotTiled, &r.at, r.km2
	if r.km2 > tolerance {
		f.Severity = SeverityError
	}
	for _, o := range append(longest(r.inside), longest(r.beside)...) {
		if code := t.tree.units[o].Code; !slices.Contains(f.Others, code) {
			f.Others = append(f.Others, code)
		}
	}
	f.Message = fmt.Sprintf("%s, %s at %.5f, %.5f", what, sizeText(r.km2), r.at[0], r.at[1])
	if len(f.Others) > 0 {
		f.Message += ", at " + list(f.Others, 4)
	}
	t.book.add(f)
}

// known tells whether a region has been written down as a gap or an overlap already.
func (t *tiling) known(r region) bool {
	same := func(o region) bool { return r.km2 <= o.km2*1.01 && r.km2 >= o.km2*0.99 && distance(r.at, o.at) < 1 }
	most := func(regions []region) []region { return regions[:min(len(regions), 1000)] } // the largest
	return slices.ContainsFunc(most(t.gaps), same) || slices.ContainsFunc(most(t.overlaps), same)
}

func shapeContains(shape orb.MultiPolygon, at orb.Point) bool {
	inside := false
	for _, polygon := range shape {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				if (a[1] > at[1]) != (b[1] > at[1]) && (orient(a, b, at) > 0) == (b[1] > a[1]) {
					inside = !inside
				}
			}
		}
	}
	return inside
}

// sizeText gives an area in the unit it is best read in.
func sizeText(km2 float64) string {
	switch m2 := km2 * 1e6; {
	case km2 >= 10:
		return fmt.Sprintf("%.0f km²", km2)
	case km2 >= 0.01:
		return fmt.Sprintf("%.3f km²", km2)
	case m2 >= 1:
		return fmt.Sprintf("%.0f m²", m2)
	default:
		return fmt.Sprintf("%.2g m²", m2)
	}
}

// list names at most n of some codes.
func list(codes []string, n int) string {
	text := ""
	for i, code := range codes {
		switch {
		case i == n:
			return text + fmt.Sprintf(" and %d more", len(codes)-n)
		case i > 0:
			text += ", "
		}
		text += code
	}
	return text
}
