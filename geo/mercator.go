package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// maxLatitude is where the square of Web Mercator ends.
const maxLatitude = 85.05112877980659

// mercator projects degrees onto the unit square of Web Mercator, y growing to the
// south as in tiles.
func mercator(p orb.Point) orb.Point {
	lat := math.Max(-maxLatitude, math.Min(maxLatitude, p[1])) * math.Pi / 180
	return orb.Point{
		p[0]/360 + 0.5,
		0.5 - math.Log(math.Tan(math.Pi/4+lat/2))/(2*math.Pi),
	}
}

// degrees is the inverse of mercator.
func degrees(p orb.Point) orb.Point {
	return orb.Point{
		(p[0] - 0.5) * 360,
		math.Atan(math.Sinh((0.5-p[1])*2*math.Pi)) * 180 / math.Pi,
	}
}

func mercatorRing(ring orb.Ring) orb.Ring {
	out := make(orb.Ring, len(ring))
	for i, p := range ring {
		out[i] = mercator(p)
	}
	return out
}
