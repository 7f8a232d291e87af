package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

const (
	extent = 4096 // grid points along a tile
	buffer = 64   // grid points drawn beyond its edge

	// finest is the grid that is tried last where 4096 points are too few to keep lines
	// apart. MVT lets every layer say how many grid points wide its tile is.
	finest = extent << 8

	// fineness is the area of the smallest detail that is drawn, in square grid points
	// of 4096 in a tile: a triangle of about half a pixel when a tile is 512 pixels wide.
	fineness = 25
)

// canvas is everything at one zoom: simplified, and snapped to the grid of the whole
// world at that zoom rather than tile by tile, so that tiles meet and neighbours share
// every grid point.
type canvas struct {
	zoom    uint32
	extent  float64 // grid points along a tile: 4096, or more where that is too coarse
	units   []sketch
	borders []stroke
	labels  []orb.Point
	named   []bool // whether there is room for a unit's label
}

// sketch is a unit: faces of an outer ring with a positive area in the plane of
// the grid and holes with a negative one.
type sketch struct {
	faces [][]orb.Ring
}

// stroke is a line of the borders of a level.
type stroke struct {
	level int // index in the set's levels
	line  []orb.Point
}

// detail is the weight below which corners are left out at a zoom.
func detail(zoom uint32) float64 {
	grid := extent * math.Exp2(float64(zoom))
	return fineness / (grid * grid)
}

// canvas draws a zoom. Its grid becomes finer until no lines cross, no ring touches
// itself and no unit is lost; the smallest units of a country need that at the zooms of
// the world, hardly any further in.
func (d *drawing) canvas(zoom uint32) *canvas {
	small := d.dots(zoom)
	threshold, named := d.threshold(zoom, small), d.named(zoom)
	for fine := float64(extent); ; fine *= 2 {
		grid := fine * math.Exp2(float64(zoom))
		arcs, tangled := d.snapArcs(threshold, small, func(corner int32) orb.Point { return snapPoint(d.plane[corner], grid) })
		c := &canvas{zoom: zoom, extent: fine, units: make([]sketch, len(d.faces)), labels: make([]orb.Point, len(d.labels)), named: named}
		lost := d.sketch(c, arcs, small)
		if (tangled > 0 || lost > 0) && fine < finest {
			continue
		}
		d.stroke(c, arcs, small)
		return c
	}
}

// tileCorners is how many corners a tile holds before details become coarser for the
// whole zoom: about as many as make a compressed tile of 80 kB.
const tileCorners = 12_000

// coarsest is how many times coarser that may make them: details of about two pixels.
const coarsest = 10

// threshold is the weight below which corners are left out at a zoom: the usual detail,
// or as much more as keeps the fullest tile from growing without bounds.
func (d *drawing) threshold(zoom uint32, small dots) float64 {
	t := detail(zoom)
	corners, tiles := d.spread(zoom, t, small)
	for most := coarsest * t; t < most; t *= 1.25 {
		count, fullest := make([]int, tiles), 0
		for _, c := range corners {
			if c.weight > t {
				count[c.tile]++
				fullest = max(fullest, count[c.tile])
			}
		}
		if fullest <= tileCorners {
			break
		}
	}
	return t
}

// spreadCorner is a corner of an arc as one of those of a tile.
type spreadCorner struct {
	tile   int32
	weight float64
}

// spread lists the corners above a weight with the tiles they are on, counted from 0.
func (d *drawing) spread(zoom uint32, threshold float64, small dots) (corners []spreadCorner, tiles int) {
	side := math.Exp2(float64(zoom))
	left, top := int(d.bounds.Min[0]*side), int(d.bounds.Min[1]*side)
	wide, high := int(d.bounds.Max[0]*side)-left+1, int(d.bounds.Max[1]*side)-top+1
	for n, a := range d.coverage.arcs {
		if d.leftOut(n, threshold, small) {
			continue
		}
		for _, corner := range a.corners {
			if w := d.weights[corner]; w > threshold {
				p := d.plane[corner]
				tile := (int(p[1]*side)-top)*wide + int(p[0]*side) - left
				corners = append(corners, spreadCorner{int32(tile), w})
			}
		}
	}
	return corners, wide * high
}

// leftOut tells whether an arc is not drawn: units drawn as dots have none, and specks
// smaller than a detail.
func (d *drawing) leftOut(arc int, threshold float64, small dots) bool {
	return small.replace(d.coverage.arcs[arc]) || 0 < d.specks[arc] && d.specks[arc] < threshold
}

const (
	// labelRoom is how large a unit is before it gets a label, in square grid points of
	// 4096: ten pixels square when a tile is 512 pixels wide.
	labelRoom = 6400
	// labelZoom is where every unit has one.
	labelZoom = 12
)

// named tells which units get a label at a zoom: those with room for it, all that contain
// others, and islands, which have the sea to write on.
func (d *drawing) named(zoom uint32) []bool {
	named := make([]bool, len(d.labels))
	grid := extent * math.Exp2(float64(zoom))
	for i := range named {
		named[i] = zoom >= labelZoom || len(d.tree.children[i]) > 0 || d.sizes[i]*grid*grid >= labelRoom
	}
	for _, island := range d.islands {
		named[island.leaf] = true
	}
	return named
}

// sketch puts the units together and returns how many came to nothing. Those are given
// one square of the grid all the same: nobody vanishes from the map.
func (d *drawing) sketch(c *canvas, arcs [][]orb.Point, small dots) (lost int) {
	grid := c.extent * math.Exp2(float64(c.zoom))
	for i, faces := range d.faces {
		c.labels[i] = snapPoint(d.labels[i], grid)
		c.units[i] = newSketch(faces, arcs)
		if cells := small.of[i]; len(cells) > 0 {
			for _, cell := range cells {
				c.units[i].faces = append(c.units[i].faces, []orb.Ring{cell.ring(c.extent)})
			}
			if len(c.units[i].faces) == len(cells) {
				c.labels[i] = cells[0].centre(c.extent)
			}
		}
		if len(c.units[i].faces) == 0 {
			lost++
			at := c.labels[i]
			square := orb.Bound{Min: at, Max: orb.Point{at[0] + 1, at[1] + 1}}
			c.units[i].faces = [][]orb.Ring{{square.ToRing()}}
		}
	}
	return lost
}

// stroke draws the borders: the joined arcs, and the edges of dots.
func (d *drawing) stroke(c *canvas, arcs [][]orb.Point, small dots) {
	fine := d.fineLevels(c.zoom)
	for _, b := range d.borders {
		if fine[b.level] {
			continue
		}
		if line := joinArcs(b.arcs, arcs); len(line) > 1 {
			c.borders = append(c.borders, stroke{b.level, line})
		}
	}
	for _, cell := range small.all {
		c.borders = append(c.borders, stroke{0, cell.ring(c.extent)})
	}
}

// lineRoom is how large the median unit of a level is before the borders between such
// units are drawn, in square grid points of 4096: four pixels square when a tile is 512
// pixels wide. Below that there would be nothing but borders.
const lineRoom = 1024

// fineLevels tells which levels' borders are left out at a zoom, never those of the root.
func (d *drawing) fineLevels(zoom uint32) []bool {
	grid := extent * math.Exp2(float64(zoom))
	fine := make([]bool, len(d.levels))
	for k, level := range d.levels {
		var sizes []float64
		for _, i := range d.tree.byLevel[level.ID] {
			sizes = append(sizes, d.sizes[i])
		}
		slices.Sort(sizes)
		fine[k] = k > 0 && len(sizes) > 0 && sizes[len(sizes)/2]*grid*grid < lineRoom
	}
	return fine
}

func snapPoint(p orb.Point, grid float64) orb.Point {
	return orb.Point{math.Round(p[0] * grid), math.Round(p[1] * grid)}
}

// snapArcs simplifies the arcs, snaps their corners to whole numbers, and undoes what lines the
// rounding has made cross; it returns how many it could not.
func (d *drawing) snapArcs(threshold float64, small dots, snap func(corner int32) orb.Point) (arcs [][]orb.Point, tangled int) {
	lines := make([][]int32, len(d.coverage.arcs))
	places := make([]orb.Point, len(d.plane))
	for n, a := range d.coverage.arcs {
		if small.replace(a) {
			continue
		}
		for _, corner := range a.corners {
			if d.weights[corner] > threshold {
				lines[n] = append(lines[n], corner)
				places[corner] = snap(corner)
			}
		}
		if !a.closed() {
			continue
		}
		if kept := lines[n]; len(kept) > 0 && kept[0] != kept[len(kept)-1] {
			lines[n] = append(kept, kept[0])
		}
		if collapsed(lines[n], places) {
			lines[n] = nil
		}
	}
	tangled = untangle(lines, places)
	arcs = make([][]orb.Point, len(lines))
	for n, line := range lines {
		arcs[n] = make([]orb.Point, len(line))
		for k, corner := range line {
			arcs[n][k] = places[corner]
		}
	}
	return arcs, tangled
}

// collapsed tells whether a ring encloses nothing.
func collapsed(ring []int32, places []orb.Point) bool {
	sum := 0.0
	for k := 1; k < len(ring); k++ {
		sum += cross(places[ring[0]], places[ring[k-1]], places[ring[k]])
	}
	return sum == 0
}

// joinArcs puts arcs together, without points that fall on their predecessor.
func joinArcs(refs []arcRef, arcs [][]orb.Point) []orb.Point {
	n := 0
	for _, r := range refs {
		n += len(arcs[r.arc])
	}
	line := make([]orb.Point, 0, n)
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

// newSketch draws the faces of a unit.
func newSketch(faces []face, arcs [][]orb.Point) sketch {
	var s sketch
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
	}
	return s
}

func snapRing(refs []arcRef, arcs [][]orb.Point) orb.Ring {
	ring := snap(orb.Ring(joinArcs(refs, arcs)))
	ring.Reverse()
	return ring
}
