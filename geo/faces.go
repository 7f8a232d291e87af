package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// arcRef is an arc as a part of a ring: forwards, or backwards.
type arcRef struct {
	arc      int32
	backward bool
}

// face is one polygon of a unit: the outer ring and its holes, as arcs with the unit
// on the left.
type face struct {
	outer []arcRef
	holes [][]arcRef
}

// faces puts together the shape of the ground for which inside is true: the union of
// some leaves. Rings are simple: where one would touch itself it is split in two.
func (c *coverage) faces(inside func(leaf int32) bool) []face {
	w := ringWalk{c: c, leaving: map[int32][]arcRef{}}
	for n, a := range c.arcs {
		left, right := a.left != outside && inside(a.left), a.right != outside && inside(a.right)
		if left != right {
			w.add(arcRef{arc: int32(n), backward: right})
		}
	}
	var rings [][]arcRef
	for _, start := range w.order {
		if !w.used[start] {
			rings = append(rings, w.split(w.walk(start))...)
		}
	}
	return c.nest(rings)
}

func (c *coverage) start(r arcRef) int32 {
	corners := c.arcs[r.arc].corners
	if r.backward {
		return corners[len(corners)-1]
	}
	return corners[0]
}

func (c *coverage) end(r arcRef) int32 { return c.start(arcRef{r.arc, !r.backward}) }

// heading is the direction in which a reference leaves its first corner.
func (c *coverage) heading(r arcRef) float64 {
	corners := c.arcs[r.arc].corners
	a, b := corners[0], corners[1]
	if r.backward {
		a, b = corners[len(corners)-1], corners[len(corners)-2]
	}
	p, q := c.points[a], c.points[b]
	return math.Atan2(q[1]-p[1], q[0]-p[0])
}

type ringWalk struct {
	c       *coverage
	order   []arcRef
	leaving map[int32][]arcRef
	used    map[arcRef]bool
}

func (w *ringWalk) add(r arcRef) {
	if w.used == nil {
		w.used = map[arcRef]bool{}
	}
	w.order = append(w.order, r)
	corner := w.c.start(r)
	w.leaving[corner] = append(w.leaving[corner], r)
}

func (w *ringWalk) walk(start arcRef) []arcRef {
	var ring []arcRef
	for r := start; ; {
		w.used[r] = true
		ring = append(ring, r)
		next, ok := w.next(r)
		if !ok {
			return ring
		}
		r = next
	}
}

// next turns as sharply to the left as it can, along the edge of the ground the
// walk keeps on its left: clockwise from where it came.
func (w *ringWalk) next(r arcRef) (best arcRef, ok bool) {
	back := w.c.heading(arcRef{r.arc, !r.backward})
	turn := math.Inf(1)
	for _, candidate := range w.leaving[w.c.end(r)] {
		if w.used[candidate] {
			continue
		}
		t := math.Mod(back-w.c.heading(candidate)+4*math.Pi, 2*math.Pi)
		if t < turn {
			best, turn, ok = candidate, t, true
		}
	}
	return best, ok
}

// split cuts a walk into rings that pass each junction once.
func (w *ringWalk) split(walk []arcRef) [][]arcRef {
	var rings [][]arcRef
	var open []arcRef
	for _, r := range walk {
		open = append(open, r)
		end := w.c.end(r)
		for k, earlier := range slices.Backward(open) {
			if w.c.start(earlier) == end {
				rings = append(rings, slices.Clone(open[k:]))
				open = open[:k]
				break
			}
		}
	}
	return rings
}

// ring gives the coordinates of a closed ring, degrees.
func (c *coverage) ring(refs []arcRef) orb.Ring {
	var ring orb.Ring
	for _, r := range refs {
		corners := c.arcs[r.arc].corners
		for k := range corners[1:] {
			n := corners[k]
			if r.backward {
				n = corners[len(corners)-1-k]
			}
			ring = append(ring, c.points[n])
		}
	}
	return append(ring, ring[0])
}

// nest gives each hole to the smallest outer ring around it. No edge of a hole is
// shared with its outer ring, so the middle of one decides.
func (c *coverage) nest(rings [][]arcRef) []face {
	type outline struct {
		ring orb.Ring
		area float64
	}
	var faces []face
	var outlines []outline
	var holes [][]arcRef
	for _, refs := range rings {
		ring := c.ring(refs)
		if area := ringArea(ring); area > 0 {
			faces = append(faces, face{outer: refs})
			outlines = append(outlines, outline{ring, area})
		} else if area < 0 {
			holes = append(holes, refs)
		}
	}
	for _, hole := range holes {
		ring := c.ring(hole)
		middle := orb.Point{(ring[0][0] + ring[1][0]) / 2, (ring[0][1] + ring[1][1]) / 2}
		best := -1
		for i, o := range outlines {
			if (best < 0 || o.area < outlines[best].area) && planar.RingContains(o.ring, middle) {
				best = i
			}
		}
		if best >= 0 {
			faces[best].holes = append(faces[best].holes, hole)
		}
	}
	return faces
}

// shape gives the coordinates of faces, degrees.
func (c *coverage) shape(faces []face) orb.MultiPolygon {
	shape := make(orb.MultiPolygon, len(faces))
	for i, f := range faces {
		shape[i] = orb.Polygon{c.ring(f.outer)}
		for _, hole := range f.holes {
			shape[i] = append(shape[i], c.ring(hole))
		}
	}
	return shape
}
