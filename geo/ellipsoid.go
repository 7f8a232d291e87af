package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The ellipsoid of WGS 84 (EPSG:7030).
const (
	equator      = 6378137.0           // metres
	flattening   = 1 / 298.257223563   //
	eccentricity = 0.08181919084262149 // sqrt(flattening * (2 - flattening))
)

// ringKm2 is the area of a ring of degrees on the ellipsoid, square kilometres, positive
// when counter-clockwise: exact where edges are straight in the cylindrical equal-area
// projection, which differs from geodesics by far less than a border is wide
// (J. Snyder, Map Projections, USGS 1395, 1987, equations 3-12 and 10-13).
func ringKm2(ring []orb.Point) float64 {
	if len(ring) < 3 {
		return 0
	}
	var sum float64
	o := ring[0]
	base := authalic(o[1])
	x0, y0 := ring[len(ring)-1][0]-o[0], authalic(ring[len(ring)-1][1])-base
	for _, p := range ring {
		x, y := p[0]-o[0], authalic(p[1])-base
		sum += x0*y - x*y0
		x0, y0 = x, y
	}
	return sum / 2 * math.Pi / 180 * equator * equator / 2 / 1e6
}

// authalic is q, twice the area between the equator and a latitude for each radian of
// longitude, in squares of the equatorial radius.
func authalic(lat float64) float64 {
	s := math.Sin(lat * math.Pi / 180)
	es := eccentricity * s
	return (1 - eccentricity*eccentricity) * (s/(1-es*es) + math.Atanh(es)/eccentricity)
}

// shapeKm2 is the area of a shape, square kilometres; rings are wound as RFC 7946 asks.
func shapeKm2(shape orb.MultiPolygon) float64 {
	var sum float64
	for _, polygon := range shape {
		for _, ring := range polygon {
			sum += ringKm2(ring)
		}
	}
	return sum
}

// metres are the lengths of a degree of longitude and of latitude at a latitude.
func metres(lat float64) (lon, northing float64) {
	s := math.Sin(lat * math.Pi / 180)
	w := 1 - eccentricity*eccentricity*s*s
	lon = math.Pi / 180 * equator * math.Cos(lat*math.Pi/180) / math.Sqrt(w)
	northing = math.Pi / 180 * equator * (1 - eccentricity*eccentricity) / (w * math.Sqrt(w))
	return lon, northing
}

// distance is that of two near points, metres.
func distance(a, b orb.Point) float64 {
	lon, lat := metres((a[1] + b[1]) / 2)
	return math.Hypot((a[0]-b[0])*lon, (a[1]-b[1])*lat)
}
