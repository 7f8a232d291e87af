package geo

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	extent = 4096 // grid points along a tile
	buffer = 64   // grid points drawn beyond its edge

	// fineness is the area of the smallest detail that is drawn, in square grid points:
	// a triangle of about half a pixel when a tile is 512 pixels wide.
	fineness = 25
)

// canvas is everything at one zoom: simplified, and snapped to the grid of the whole
// world at that zoom rather than tile by tile, so that tiles meet and neighbours share
// every grid point.
type canvas struct {
	zoom    uint32
	units   []sketch
	borders []stroke
	labels  []orb.Point
	order   []int // of labels
}

// sketch is a unit: faces of an outer ring with a positive area in the plane of
// the grid and holes with a negative one.
type sketch struct {
	bound orb.Bound
	faces [][]orb.Ring
}

type stroke struct {
	level string
	bound orb.Bound
	line  []orb.Point
}

// detail is the weight below which corners are left out at a zoom.
func detail(zoom uint32) float64 {
	grid := extent * math.Exp2(float64(zoom))
	return fineness / (grid * grid)
}

func (d *drawing) canvas(zoom uint32) *canvas {
	grid := extent * math.Exp2(float64(zoom))
	arcs := d.snapArcs(detail(zoom), grid)
	c := &canvas{zoom: zoom, units: make([]sketch, len(d.faces)), labels: make([]orb.Point, len(d.labels)), order: d.order}
	for i, p := range d.labels {
		c.labels[i] = snapPoint(p, grid)
	}
	for i, faces := range d.faces {
		c.units[i] = newSketch(faces, arcs, c.labels[i])
	}
	for _, b := range d.borders {
		line := joinArcs(b.arcs, arcs)
		if len(line) > 1 {
			c.borders = append(c.borders, stroke{b.level, orb.LineString(line).Bound(), line})
		}
	}
	return c
}

func snapPoint(p orb.Point, grid float64) orb.Point {
	return orb.Point{math.Round(p[0] * grid), math.Round(p[1] * grid)}
}

// snapArcs simplifies the arcs, rounds their corners, and undoes what lines the
// rounding has made cross.
func (d *drawing) snapArcs(threshold, grid float64) [][]orb.Point {
	lines := make([][]int32, len(d.coverage.arcs))
	places := make([]orb.Point, len(d.plane))
	for n, a := range d.coverage.arcs {
		for _, corner := range a.corners {
			if d.weights[corner] > threshold {
				lines[n] = append(lines[n], corner)
				places[corner] = snapPoint(d.plane[corner], grid)
			}
		}
		if kept := lines[n]; a.closed() && len(kept) > 0 && kept[0] != kept[len(kept)-1] {
			lines[n] = append(kept, kept[0])
		}
	}
	untangle(lines, places)
	arcs := make([][]orb.Point, len(lines))
	for n, line := range lines {
		for _, corner := range line {
			arcs[n] = append(arcs[n], places[corner])
		}
	}
	return arcs
}

// joinArcs puts arcs together, without points that fall on their predecessor.
func joinArcs(refs []arcRef, arcs [][]orb.Point) []orb.Point {
	var line []orb.Point
	for _, r := range refs {
		points := arcs[r.arc]
		for k := range points {
			p := points[k]
			if r.backward {
				p = points[len(points)-1-k]
			}
			if len(line) == 0 || line[len(line)-1] != p {
				line = append(line, p)
			}
		}
	}
	return line
}

// newSketch draws the faces of a unit. A unit too small for the grid is one square of
// it: nobody vanishes from the map.
func newSketch(faces []face, arcs [][]orb.Point, label orb.Point) sketch {
	s := sketch{bound: emptyBound}
	for _, f := range faces {
		// Units are on the left of their rings with y to the north; the grid has it to the south.
		outer := snapRing(f.outer, arcs)
		if ringArea(outer) <= 0 {
			continue
		}
		rings := []orb.Ring{outer}
		for _, hole := range f.holes {
			if ring := snapRing(hole, arcs); ringArea(ring) < 0 {
				rings = append(rings, ring)
			}
		}
		s.faces = append(s.faces, rings)
		s.bound = s.bound.Union(outer.Bound())
	}
	if len(s.faces) == 0 {
		dot := orb.Bound{Min: label, Max: orb.Point{label[0] + 1, label[1] + 1}}
		s = sketch{dot, [][]orb.Ring{{dot.ToRing()}}}
	}
	return s
}

func snapRing(refs []arcRef, arcs [][]orb.Point) orb.Ring {
	ring := snap(orb.Ring(joinArcs(refs, arcs)))
	ring.Reverse()
	return ring
}
