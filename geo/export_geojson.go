package geo

import (
	"bufio"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
)

// writeGeoJSON writes a feature a line. Errors of the writer stay in it until it is flushed.
func (s *Set) writeGeoJSON(w *bufio.Writer, level string, x *outlines) error {
	w.WriteString(`{"type":"FeatureCollection","boundaries":`)
	if err := put(w, s.about(x)); err != nil {
		return err
	}
	w.WriteString(`,"features":[`)
	for k, i := range s.tree.byLevel[level] {
		u := s.tree.units[i]
		if k > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n" + `{"type":"Feature","id":`)
		if err := put(w, u.Code); err != nil {
			return err
		}
		w.WriteString(`,"properties":`)
		if err := put(w, u.properties()); err != nil {
			return err
		}
		w.WriteString(`,"geometry":`)
		x.putGeometry(w, x.shape(s.tiles.faces[i]))
		w.WriteByte('}')
	}
	w.WriteString("\n]}\n")
	return nil
}

// shape puts faces together, in whole numbers: outer rings counter-clockwise, holes clockwise.
func (x *outlines) shape(faces []face) orb.MultiPolygon {
	var shape orb.MultiPolygon
	for _, f := range faces {
		outer := orb.Ring(joinArcs(f.outer, x.arcs))
		if ringArea(outer) <= 0 {
			continue
		}
		polygon := orb.Polygon{outer}
		for _, hole := range f.holes {
			if ring := orb.Ring(joinArcs(hole, x.arcs)); ringArea(ring) < 0 {
				polygon = append(polygon, ring)
			}
		}
		shape = append(shape, polygon)
	}
	return shape
}

func (x *outlines) putGeometry(w *bufio.Writer, shape orb.MultiPolygon) {
	kind := "MultiPolygon"
	if len(shape) == 1 {
		kind = "Polygon"
	}
	w.WriteString(`{"type":"` + kind + `","coordinates":`)
	if len(shape) == 1 {
		x.putPolygon(w, shape[0])
	} else {
		array(w, len(shape), func(k int) { x.putPolygon(w, shape[k]) })
	}
	w.WriteByte('}')
}

func (x *outlines) putPolygon(w *bufio.Writer, polygon orb.Polygon) {
	array(w, len(polygon), func(k int) {
		array(w, len(polygon[k]), func(n int) {
			p := polygon[k][n]
			array(w, 2, func(axis int) { x.putDegrees(w, int64(p[axis])) })
		})
	})
}

// putDegrees writes a whole number as the decimal it stands for, exactly.
func (x *outlines) putDegrees(w *bufio.Writer, n int64) {
	if n < 0 {
		w.WriteByte('-')
		n = -n
	}
	var room [24]byte
	digits := strconv.AppendInt(room[:0], n, 10)
	for len(digits) <= x.digits { // 0.05 from 5
		digits = slices.Insert(digits, 0, '0')
	}
	whole := len(digits) - x.digits
	last := len(digits)
	for last > whole && digits[last-1] == '0' {
		last--
	}
	w.Write(digits[:whole])
	if last > whole {
		w.WriteByte('.')
		w.Write(digits[whole:last])
	}
}

func array(w *bufio.Writer, n int, each func(k int)) {
	w.WriteByte('[')
	for k := range n {
		if k > 0 {
			w.WriteByte(',')
		}
		each(k)
	}
	w.WriteByte(']')
}
