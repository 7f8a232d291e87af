package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/rtree"
)

// untangle moves corners by one grid point where rounding has made lines cross or
// touch, an eighth of a pixel that nobody sees. A corner
// moves for all its lines at once, so neighbours still agree. Where lines are hardly
// longer than the grid is wide, far below the zooms a set is looked at, all of them
// cross and it is left at that.
func untangle(lines [][]int32, places []orb.Point) {
	k := newKnot(lines, places)
	if k.crowded() {
		return
	}
	for range 3 {
		tangled := false
		for n := range k.segments {
			for _, m := range k.conflicts(int32(n)) {
				tangled = true
				k.loosen(k.segments[n], k.segments[m])
			}
		}
		if !tangled {
			return
		}
	}
}

type segment [2]int32 // corners

type knot struct {
	segments []segment
	places   []orb.Point
	origins  map[int32]orb.Point // of moved corners
	at       map[int32][]int32   // segments of each corner
	near     *rtree.RTree
}

func newKnot(lines [][]int32, places []orb.Point) *knot {
	k := &knot{places: places, origins: map[int32]orb.Point{}, at: map[int32][]int32{}}
	var items []rtree.BulkItem
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			s := segment{line[i-1], line[i]}
			n := int32(len(k.segments))
			k.segments = append(k.segments, s)
			k.at[s[0]] = append(k.at[s[0]], n)
			k.at[s[1]] = append(k.at[s[1]], n)
			items = append(items, rtree.BulkItem{Box: k.box(s, 1), RecordID: int(n)})
		}
	}
	k.near = rtree.BulkLoad(items)
	return k
}

func (k *knot) crowded() bool {
	length := 0.0
	for _, s := range k.segments {
		a, b := k.places[s[0]], k.places[s[1]]
		length += math.Abs(a[0]-b[0]) + math.Abs(a[1]-b[1])
	}
	return length < 4*float64(len(k.segments))
}

func (k *knot) box(s segment, margin float64) rtree.Box {
	a, b := k.places[s[0]], k.places[s[1]]
	return rtree.Box{
		MinX: min(a[0], b[0]) - margin, MinY: min(a[1], b[1]) - margin,
		MaxX: max(a[0], b[0]) + margin, MaxY: max(a[1], b[1]) + margin,
	}
}

// conflicts lists the segments that one is in conflict with.
func (k *knot) conflicts(n int32) []int32 {
	var found []int32
	s := k.segments[n]
	// The search only fails when its callback does.
	_ = k.near.RangeSearch(k.box(s, 1), func(id int) error {
		if int32(id) != n && k.conflict(s, k.segments[id]) {
			found = append(found, int32(id))
		}
		return nil
	})
	return found
}

func (k *knot) conflict(s, t segment) bool {
	a, b, c, d := k.places[s[0]], k.places[s[1]], k.places[t[0]], k.places[t[1]]
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

// loosen tries the grid points around each of four corners, and takes the move that
// leaves the fewest conflicts, if it leaves fewer.
func (k *knot) loosen(s, t segment) {
	best, bestCorner, bestPlace := 0, int32(-1), orb.Point{}
	for _, corner := range [4]int32{s[0], s[1], t[0], t[1]} {
		from := k.places[corner]
		origin, moved := k.origins[corner]
		if !moved {
			origin = from
		}
		before := k.trouble(corner)
		for dx := -1.0; dx <= 1; dx++ {
			for dy := -1.0; dy <= 1; dy++ {
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
}

// trouble counts the conflicts around a corner.
func (k *knot) trouble(corner int32) int {
	n := 0
	for _, s := range k.at[corner] {
		n += len(k.conflicts(s))
	}
	return n
}
