package geo

import (
	"bufio"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// writeTopoJSON writes the arcs once, as steps from point to point in the last decimal,
// and the units of all levels as numbers of arcs.
func (s *Set) writeTopoJSON(w *bufio.Writer, x *outlines) error {
	w.WriteString(`{"type":"Topology","boundaries":`)
	if err := put(w, s.about(x)); err != nil {
		return err
	}
	origin := x.origin()
	scale := math.Pow10(-x.digits)
	w.WriteString(`,"transform":`)
	if err := put(w, map[string][2]float64{
		"scale": {scale, scale}, "translate": {origin[0] / math.Pow10(x.digits), origin[1] / math.Pow10(x.digits)},
	}); err != nil {
		return err
	}
	numbers := x.number()
	w.WriteString(`,"objects":{`)
	for k, level := range s.info.Levels {
		if k > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		if err := put(w, level.ID); err != nil {
			return err
		}
		w.WriteString(`:{"type":"GeometryCollection","geometries":[`)
		for n, i := range s.tree.byLevel[level.ID] {
			if n > 0 {
				w.WriteByte(',')
			}
			w.WriteByte('\n')
			if err := s.putTopology(w, i, x, numbers); err != nil {
				return err
			}
		}
		w.WriteString("\n]}")
	}
	w.WriteString(`},"arcs":`)
	x.putArcs(w, origin)
	w.WriteString("}\n")
	return nil
}

// origin is the corner from which steps are counted.
func (x *outlines) origin() orb.Point {
	least := orb.Point{math.Inf(1), math.Inf(1)}
	for _, arc := range x.arcs {
		for _, p := range arc {
			least = orb.Point{min(least[0], p[0]), min(least[1], p[1])}
		}
	}
	return least
}

// number counts the arcs that are drawn.
func (x *outlines) number() []int {
	numbers, n := make([]int, len(x.arcs)), 0
	for k, arc := range x.arcs {
		numbers[k] = n
		if len(arc) > 1 {
			n++
		}
	}
	return numbers
}

func (s *Set) putTopology(w *bufio.Writer, unit int, x *outlines, numbers []int) error {
	var polygons [][][]arcRef
	for _, f := range s.tiles.faces[unit] {
		if ringArea(joinArcs(f.outer, x.arcs)) <= 0 {
			continue
		}
		rings := [][]arcRef{f.outer}
		for _, hole := range f.holes {
			if ringArea(joinArcs(hole, x.arcs)) < 0 {
				rings = append(rings, hole)
			}
		}
		polygons = append(polygons, rings)
	}
	kind := "MultiPolygon"
	if len(polygons) == 1 {
		kind = "Polygon"
	}
	w.WriteString(`{"type":"` + kind + `","id":`)
	u := s.tree.units[unit]
	if err := put(w, u.Code); err != nil {
		return err
	}
	w.WriteString(`,"properties":`)
	if err := put(w, u.properties()); err != nil {
		return err
	}
	w.WriteString(`,"arcs":`)
	if len(polygons) == 1 {
		x.putRings(w, polygons[0], numbers)
	} else {
		array(w, len(polygons), func(k int) { x.putRings(w, polygons[k], numbers) })
	}
	return w.WriteByte('}')
}

func (x *outlines) putRings(w *bufio.Writer, rings [][]arcRef, numbers []int) {
	array(w, len(rings), func(k int) {
		first := true
		w.WriteByte('[')
		for _, r := range rings[k] {
			if len(x.arcs[r.arc]) < 2 {
				continue
			}
			if !first {
				w.WriteByte(',')
			}
			first = false
			n := numbers[r.arc]
			if r.backward {
				n = ^n // as TopoJSON writes an arc run backwards
			}
			putInt(w, int64(n))
		}
		w.WriteByte(']')
	})
}

func (x *outlines) putArcs(w *bufio.Writer, origin orb.Point) {
	first := true
	w.WriteByte('[')
	for _, arc := range x.arcs {
		if len(arc) < 2 {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.WriteByte('\n')
		from := origin
		array(w, len(arc), func(k int) {
			array(w, 2, func(axis int) { putInt(w, int64(arc[k][axis]-from[axis])) })
			from = arc[k]
		})
	}
	w.WriteByte(']')
}

func putInt(w *bufio.Writer, n int64) { w.Write(strconv.AppendInt(w.AvailableBuffer(), n, 10)) }
