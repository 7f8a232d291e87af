package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// welding is the distance in kilometres below which corners become one. Neighbours
// compute a common corner apart, with different last digits; and a border of a few
// metres is not worth drawing.
const welding = 0.03

// welder gives corners that lie together the same place, that of the first one seen.
type welder struct {
	cells map[[2]int][]orb.Point
}

// newWelder keeps the corners of the outline where they are.
func newWelder(outline []orb.Point) *welder {
	w := &welder{cells: map[[2]int][]orb.Point{}}
	for _, p := range outline {
		key := cellOf(p)
		w.cells[key] = append(w.cells[key], p)
	}
	return w
}

func cellOf(p orb.Point) [2]int {
	return [2]int{int(math.Floor(p[0] / welding)), int(math.Floor(p[1] / welding))}
}

// weld returns a ring through welded corners, nil when nothing is left of it.
func (w *welder) weld(ring []orb.Point) []orb.Point {
	var out []orb.Point
	for _, p := range ring {
		if q := w.place(p); len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if len(out) < 3 {
		return nil
	}
	return out
}

func (w *welder) place(p orb.Point) orb.Point {
	c := cellOf(p)
	best, distance := p, welding
	for x := c[0] - 1; x <= c[0]+1; x++ {
		for y := c[1] - 1; y <= c[1]+1; y++ {
			for _, q := range w.cells[[2]int{x, y}] {
				if d := math.Hypot(p[0]-q[0], p[1]-q[1]); d < distance {
					best, distance = q, d
				}
			}
		}
	}
	if distance == welding {
		w.cells[c] = append(w.cells[c], p)
	}
	return best
}

// adopt gives parts that a concave outline cut off from their cell to the neighbour
// with the longest common border, one of the same family if there is any.
func adopt(parts [][][]orb.Point, family []int) [][][]orb.Point {
	out := make([][][]orb.Point, len(parts))
	type stray struct {
		ring []orb.Point
		of   int
	}
	var strays []stray
	for i, cell := range parts {
		main := 0
		for k, ring := range cell {
			if ringSize(ring) > ringSize(cell[main]) {
				main = k
			}
		}
		for k, ring := range cell {
			if k == main {
				out[i] = append(out[i], ring)
			} else {
				strays = append(strays, stray{ring, i})
			}
		}
	}
	for _, s := range strays {
		best, most := s.of, 0.0
		for j, cell := range out {
			if len(cell) == 0 || j == s.of {
				continue
			}
			common := commonBorder(s.ring, cell[0])
			if family[j] == family[s.of] {
				common *= 1000
			}
			if common > most {
				best, most = j, common
			}
		}
		out[best] = append(out[best], s.ring)
	}
	return out
}

func ringSize(ring []orb.Point) float64 {
	area, _, _ := measure([][]orb.Point{ring})
	return area
}

// commonBorder is the length of the edges of a that also run, the other way, in b.
func commonBorder(a, b []orb.Point) float64 {
	near := func(p, q orb.Point) bool { return math.Hypot(p[0]-q[0], p[1]-q[1]) < welding }
	sum := 0.0
	for i, p := range a {
		q := a[(i+1)%len(a)]
		for j, r := range b {
			if near(q, r) && near(p, b[(j+1)%len(b)]) {
				sum += math.Hypot(p[0]-q[0], p[1]-q[1])
			}
		}
	}
	return sum
}
