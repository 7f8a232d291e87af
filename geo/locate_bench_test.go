package geo

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// BenchmarkLocate asks for random places: on land, and anywhere in the rectangle, most of
// which is sea. The floor is one look into the table of cells.
func BenchmarkLocate(b *testing.B) {
	s := nationalSet(b)
	l := s.tiles.places()
	b.Logf("%d edges in %d × %d cells, %d listed", len(l.rises), l.wide, l.high, len(l.items))
	for _, land := range []bool{true, false} {
		points := randomPlaces(s, land)
		floor := lookSeconds(l, points)
		b.Run(map[bool]string{true: "land", false: "anywhere"}[land], func(b *testing.B) {
			i := 0
			for b.Loop() {
				if _, ok := s.Locate(points[i%len(points)]); !ok && land {
					b.Fatal("nowhere")
				}
				i++
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/floor, "x-floor")
		})
	}
}

func randomPlaces(s *Set, land bool) []orb.Point {
	random := rand.New(rand.NewPCG(1, 2))
	bound := s.Bounds(s.Root().Code)
	points := make([]orb.Point, 0, 1<<16)
	for len(points) < cap(points) {
		p := orb.Point{bound.Left() + random.Float64()*(bound.Right()-bound.Left()), bound.Bottom() + random.Float64()*(bound.Top()-bound.Bottom())}
		if _, ok := s.Locate(p); ok || !land {
			points = append(points, p)
		}
	}
	return points
}

func lookSeconds(l *locator, points []orb.Point) float64 {
	const looks = 1 << 22
	listed := int32(0)
	took := seconds(func() {
		for i := range looks {
			p := points[i%len(points)]
			cell := l.row(p[1])*l.wide + l.column(p[0])
			listed += l.first[cell+1] - l.first[cell]
		}
	})
	if listed == 1 { // it is used
		panic("a table with one entry")
	}
	return took / looks
}
