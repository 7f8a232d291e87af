package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// orient tells on which side of the line from a to b a point lies: positive on the left.
// The sign is that of the determinant without its rounding errors, as long as the
// differences of coordinates are exact, which those of near points are (W. Kahan's
// difference of products with a fused multiply-add).
func orient(a, b, p orb.Point) float64 {
	ux, uy, vx, vy := b[0]-a[0], b[1]-a[1], p[0]-a[0], p[1]-a[1]
	q := uy * vx
	rest := math.FMA(-uy, vx, q)
	return math.FMA(ux, vy, -q) + rest
}

// crosses tells whether two segments pass through each other in their middles.
func crosses(a, b, c, d orb.Point) bool {
	return orient(a, b, c)*orient(a, b, d) < 0 && orient(c, d, a)*orient(c, d, b) < 0
}

// on tells whether p lies on the segment from a to b, not at its ends.
func on(p, a, b orb.Point) bool { return strictlyBetween(p, a, b) && orient(a, b, p) == 0 }

// meeting is where two crossing segments do so, rounded.
func meeting(a, b, c, d orb.Point) orb.Point {
	from, to := orient(c, d, a), orient(c, d, b)
	t := from / (from - to)
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// box is a rectangle of degrees.
type box struct{ minX, minY, maxX, maxY float64 }

func boxOf(a, b orb.Point) box {
	return box{min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])}
}

func (b box) meets(o box) bool {
	return b.minX <= o.maxX && o.minX <= b.maxX && b.minY <= o.maxY && o.minY <= b.maxY
}

func (b box) union(o box) box {
	return box{min(b.minX, o.minX), min(b.minY, o.minY), max(b.maxX, o.maxX), max(b.maxY, o.maxY)}
}
