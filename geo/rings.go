package geo

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// cleanShape returns a copy of a shape with checked coordinates, closed rings
// without repeated points, outer rings counter-clockwise and holes clockwise
// (RFC 7946), so that a unit always lies to the left of its rings.
func cleanShape(shape orb.MultiPolygon) (orb.MultiPolygon, error) {
	if len(shape) == 0 {
		return nil, errors.New("it is empty")
	}
	clean := make(orb.MultiPolygon, len(shape))
	for i, polygon := range shape {
		if len(polygon) == 0 {
			return nil, fmt.Errorf("part %d is empty", i+1)
		}
		clean[i] = make(orb.Polygon, len(polygon))
		for j, ring := range polygon {
			r, err := cleanRing(ring, j > 0)
			if err != nil {
				return nil, fmt.Errorf("part %d, ring %d: %w", i+1, j+1, err)
			}
			clean[i][j] = r
		}
	}
	return clean, nil
}

func cleanRing(ring orb.Ring, hole bool) (orb.Ring, error) {
	if len(ring) < 4 {
		return nil, fmt.Errorf("it has %d points, a ring needs at least 4 with the last closing it", len(ring))
	}
	if ring[0] != ring[len(ring)-1] {
		return nil, fmt.Errorf("it is not closed: it begins at %v and ends at %v", ring[0], ring[len(ring)-1])
	}
	clean := make(orb.Ring, 0, len(ring))
	for _, p := range ring {
		if err := checkPoint(p); err != nil {
			return nil, err
		}
		if len(clean) == 0 || clean[len(clean)-1] != p {
			clean = append(clean, p)
		}
	}
	area := ringArea(clean)
	if len(clean) < 4 || area == 0 {
		return nil, fmt.Errorf("it encloses no area at %v", ring[0])
	}
	if (area < 0) != hole {
		clean.Reverse()
	}
	return clean, nil
}

// ringArea is the signed area of a closed ring in its own square units, positive
// when counter-clockwise. Coordinates are taken relative to the first point: two
// products of numbers near 105 would lose the digits a small ring is made of.
func ringArea(ring orb.Ring) float64 {
	if len(ring) == 0 {
		return 0
	}
	var sum float64
	o := ring[0]
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		sum += (a[0]-o[0])*(b[1]-o[1]) - (b[0]-o[0])*(a[1]-o[1])
	}
	return sum / 2
}

// encloses tells whether a ring lies in another one that it may touch but not cross:
// the first of its corners or middles that is not on the border decides.
func encloses(outer, inner orb.Ring) bool {
	for i := 1; i < len(inner); i++ {
		a, b := inner[i-1], inner[i]
		for _, p := range [2]orb.Point{a, {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}} {
			if squaredDistance(orb.Polygon{outer}, p) > 0 {
				return planar.RingContains(outer, p)
			}
		}
	}
	return false
}
