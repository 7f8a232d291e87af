package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// crowd is the share of segments in conflict beyond which a zoom is left as it is.
const crowd = 0.05

// untangle moves corners by one grid point, or two, where rounding has made lines cross
// or touch: a quarter of a pixel at most, which nobody sees. A corner moves for all its
// lines at once, so neighbours still agree. Where lines are hardly longer than the grid
// is wide, far below the zooms a set is looked at, they cross everywhere and it is left at
// that. It returns how many segments are in conflict in the end.
func untangle(lines [][]int32, places []orb.Point) int {
	k := newKnot(lines, places)
	tangled := k.tangled()
	if float64(len(tangled)) > crowd*float64(len(k.segments)) {
		return len(tangled)
	}
	before := math.MaxInt
	for reach := 1.0; reach <= 2 && len(tangled) > 0; {
		tangled = k.pass(tangled, reach)
		if len(tangled) > before*3/4 {
			reach++ // what is left needs more room
			before = math.MaxInt
			continue
		}
		before = len(tangled)
	}
	return len(slices.DeleteFunc(tangled, func(n int32) bool { return len(k.conflicts(n)) == 0 }))
}

type segment [2]int32 // corners

// knot is the lines of one zoom and which of them are near each other.
type knot struct {
	segments []segment
	places   []orb.Point
	origins  map[int32]orb.Point // of moved corners
	first    []int32             // segments at a corner: at[first[corner]:first[corner+1]]
	at       []int32
	near     *segmentGrid
	found    []int32 // of the last search
	touched  []int32 // segments that loosening has moved
}

func newKnot(lines [][]int32, places []orb.Point) *knot {
	k := &knot{places: places, origins: map[int32]orb.Point{}}
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			k.segments = append(k.segments, segment{line[i-1], line[i]})
		}
	}
	k.first = make([]int32, len(places)+1)
	for _, s := range k.segments {
		k.first[s[0]+1]++
		k.first[s[1]+1]++
	}
	for i := range places {
		k.first[i+1] += k.first[i]
	}
	k.at = make([]int32, 2*len(k.segments))
	next := slices.Clone(k.first)
	for n, s := range k.segments {
		for _, corner := range s {
			k.at[next[corner]] = int32(n)
			next[corner]++
		}
	}
	boxes := make([]gridBox, len(k.segments))
	for n := range boxes {
		boxes[n] = k.box(int32(n))
	}
	k.near = newSegmentGrid(boxes)
	return k
}

// tangled lists the segments in conflict before any corner has moved.
func (k *knot) tangled() []int32 {
	var tangled []int32
	k.near.pairs(func(n, m int32) {
		if k.conflict(k.segments[n], k.segments[m]) {
			tangled = append(tangled, n, m)
		}
	})
	slices.Sort(tangled)
	return slices.Compact(tangled)
}

// pass loosens what it can of some segments, and returns those that were in conflict or
// have moved: whoever is in conflict afterwards is among them or meets one of them.
func (k *knot) pass(segments []int32, reach float64) []int32 {
	var tangled []int32
	k.touched = k.touched[:0]
	for _, n := range segments {
		found := k.conflicts(n)
		if len(found) == 0 {
			continue
		}
		tangled = append(tangled, n)
		for _, m := range slices.Clone(found) {
			k.loosen(k.segments[n], k.segments[m], reach)
		}
	}
	tangled = append(tangled, k.touched...)
	slices.Sort(tangled)
	return slices.Compact(tangled)
}

func (k *knot) box(n int32) gridBox {
	s := k.segments[n]
	a, b := k.places[s[0]], k.places[s[1]]
	return gridBox{min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])}
}

// conflicts lists the segments that one is in conflict with, until it is called again.
func (k *knot) conflicts(n int32) []int32 {
	k.found = k.found[:0]
	s := k.segments[n]
	for _, m := range k.near.around(k.box(n)) {
		if m != n && k.conflict(s, k.segments[m]) {
			k.found = append(k.found, m)
		}
	}
	return k.found
}

func (k *knot) conflict(s, t segment) bool {
	a, b, c, d := k.places[s[0]], k.places[s[1]], k.places[t[0]], k.places[t[1]]
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	d1, d2 := cross(a, b, c), cross(a, b, d)
	d3, d4 := cross(c, d, a), cross(c, d, b)
	if d1*d2 < 0 && d3*d4 < 0 {
		return true
	}
	if a == c && s[0] != t[0] || a == d && s[0] != t[1] || b == c && s[1] != t[0] || b == d && s[1] != t[1] {
		return true
	}
	return d1 == 0 && strictlyBetween(c, a, b) || d2 == 0 && strictlyBetween(d, a, b) ||
		d3 == 0 && strictlyBetween(a, c, d) || d4 == 0 && strictlyBetween(b, c, d)
}

// strictlyBetween tells whether a point on the line through a and b lies between them.
func strictlyBetween(p, a, b orb.Point) bool {
	return p != a && p != b &&
		min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) && min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}

// loosen tries the grid points around where each of four corners was, and takes the move
// that leaves the fewest conflicts, if it leaves fewer.
func (k *knot) loosen(s, t segment, reach float64) {
	best, bestCorner, bestPlace := 0, int32(-1), orb.Point{}
	for _, corner := range [4]int32{s[0], s[1], t[0], t[1]} {
		from := k.places[corner]
		origin, moved := k.origins[corner]
		if !moved {
			origin = from
		}
		before := k.trouble(corner)
		if before == 0 {
			return // an earlier move has settled it
		}
		for dx := -reach; dx <= reach; dx++ {
			for dy := -reach; dy <= reach; dy++ {
				k.places[corner] = orb.Point{origin[0] + dx, origin[1] + dy}
				if gain := before - k.trouble(corner); gain > best {
					best, bestCorner, bestPlace = gain, corner, k.places[corner]
				}
			}
		}
		k.places[corner] = from
	}
	if bestCorner < 0 {
		return
	}
	if _, moved := k.origins[bestCorner]; !moved {
		k.origins[bestCorner] = k.places[bestCorner]
	}
	k.places[bestCorner] = bestPlace
	k.touched = append(k.touched, k.at[k.first[bestCorner]:k.first[bestCorner+1]]...)
}

// trouble counts the conflicts around a corner.
func (k *knot) trouble(corner int32) int {
	n := 0
	for _, s := range k.at[k.first[corner]:k.first[corner+1]] {
		n += len(k.conflicts(s))
	}
	return n
}
