package geo

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
)

func neighbourCodes(s *Set, code string) string {
	var codes []string
	for _, n := range s.Neighbours(code) {
		codes = append(codes, n.Code)
	}
	return strings.Join(codes, " ")
}

// Units that meet only in the corner in the middle are no neighbours.
func TestNeighbours(t *testing.T) {
	s := squareSet(t)
	for code, want := range map[string]string{
		"00004": "00005 00006", "00005": "00004 VN-01", "00006": "00004 VN-01", "VN-01": "00005 00006",
		"11": "12", "12": "11", "1": "", "99": "",
	} {
		if got := neighbourCodes(s, code); got != want {
			t.Errorf("neighbours of %s: %q, want %q", code, got, want)
		}
	}
	// Two degrees of a meridian, of the meridian.
	if km := s.Neighbours("11")[0].BorderKm; math.Abs(km-2*110.74) > 0.1 {
		t.Errorf("a border of %v km", km)
	}
	if hamlets(t, "bare", "a", "b").Neighbours("a") != nil {
		t.Error("a set without shapes knows neighbours")
	}
}

// The oracle puts neighbours together from the polygons of communes: who has the same edge.
// It measures on a sphere, which is off by up to 0.7 per cent here.
func TestRealNeighbours(t *testing.T) {
	s := realSet(t)
	owners := map[[2]orb.Point][]string{}
	for _, code := range s.leafCodes() {
		shape, _ := s.Shape(code)
		for _, polygon := range shape {
			for _, ring := range polygon {
				for k := 1; k < len(ring); k++ {
					a, b := ring[k-1], ring[k]
					if a[0] > b[0] || a[0] == b[0] && a[1] > b[1] {
						a, b = b, a
					}
					owners[[2]orb.Point{a, b}] = append(owners[[2]orb.Point{a, b}], code)
				}
			}
		}
	}
	want := map[[2]string]float64{}
	for edge, codes := range owners {
		if len(codes) == 2 {
			km := orbgeo.DistanceHaversine(edge[0], edge[1]) / 1000
			want[[2]string{codes[0], codes[1]}] += km
			want[[2]string{codes[1], codes[0]}] += km
		}
	}
	got := 0
	for _, code := range s.leafCodes() {
		for _, n := range s.Neighbours(code) {
			got++
			if km := want[[2]string{code, n.Code}]; km == 0 || math.Abs(n.BorderKm/km-1) > 0.007 {
				t.Errorf("%s and %s: %v km, want %v", code, n.Code, n.BorderKm, want[[2]string{code, n.Code}])
			}
		}
	}
	if got != len(want) {
		t.Errorf("%d neighbours, want %d", got, len(want))
	}
	if districts := neighbourCodes(s, "248"); districts != "246 247 249" { // Tam Đảo: the rest of its border is the province's
		t.Errorf("neighbours of Tam Đảo: %s", districts)
	}
}
