package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// dotCells is how many dots find room along a tile, each about four pixels wide when a
// tile is 512 pixels wide.
const dotCells = 128

// dots are what islands are drawn as at zooms where they would be too small to see. An
// archipelago far from the coast (Hoàng Sa, Trường Sa) is then a group of dots where its
// islands are, so that no view of the country is without it. Dots stand in the cells of a
// lattice and leave a gap between them: they never touch each other, nor another unit.
type dots struct {
	all []islet         // without repetitions, in the order of the units
	of  map[int][]islet // by unit, upper ones with those of all units in them

	leaves map[int32]bool // whose own shape is not drawn
}

// islet is the dot in a cell of the lattice: column and row at its zoom.
type islet struct{ x, y int32 }

// replace tells whether an arc belongs to a unit that is drawn as dots.
func (s dots) replace(a arc) bool { return s.leaves[a.left] || s.leaves[a.right] }

// ring is an octagon, in grid points, with a positive area in the plane of the grid.
func (c islet) ring(extent float64) orb.Ring {
	side := extent / dotCells
	x, y := float64(c.x)*side, float64(c.y)*side
	gap, corner := side/16, math.Round(side/3.5)
	near, far := gap, side-gap
	return orb.Ring{
		{x + corner, y + near}, {x + side - corner, y + near}, {x + far, y + corner}, {x + far, y + side - corner},
		{x + side - corner, y + far}, {x + corner, y + far}, {x + near, y + side - corner}, {x + near, y + corner},
		{x + corner, y + near},
	}
}

func (c islet) centre(extent float64) orb.Point {
	side := extent / dotCells
	return orb.Point{(float64(c.x) + 0.5) * side, (float64(c.y) + 0.5) * side}
}

// bound is the cell in the unit square.
func (c islet) bound(cells float64) orb.Bound {
	return orb.Bound{
		Min: orb.Point{float64(c.x) / cells, float64(c.y) / cells},
		Max: orb.Point{float64(c.x+1) / cells, float64(c.y+1) / cells},
	}
}

// island is a leaf with nothing but the outside around it.
type island struct {
	leaf    int
	largest float64     // area of its largest face, unit square
	faces   []orb.Bound // of each face, the largest first
}

// dots chooses the islands that are drawn as dots at a zoom, and their cells.
func (d *drawing) dots(zoom uint32) dots {
	cells := dotCells * math.Exp2(float64(zoom))
	s := dots{of: map[int][]islet{}, leaves: map[int32]bool{}}
	var small []island
	for _, i := range d.islands {
		if i.largest < 0.6/(cells*cells) {
			small = append(small, i)
			s.leaves[int32(i.leaf)] = true
		}
	}
	taken := map[islet]bool{}
	for _, i := range small {
		room := d.cells(i, cells, func(c islet) bool { return !taken[c] && d.clear(c.bound(cells), s.leaves) })
		if len(room) == 0 { // close to others: it keeps its own shape
			delete(s.leaves, int32(i.leaf))
			continue
		}
		for _, c := range room {
			taken[c] = true
		}
		s.all = append(s.all, room...)
		for unit := i.leaf; unit >= 0; unit = d.tree.parents[unit] {
			s.of[unit] = append(s.of[unit], room...)
		}
	}
	return s
}

// cells finds the free cells an island's faces lie in; if none is free, one beside.
func (d *drawing) cells(i island, cells float64, free func(islet) bool) []islet {
	var found []islet
	seen := map[islet]bool{}
	at := func(b orb.Bound) islet {
		p := b.Center()
		return islet{int32(p[0] * cells), int32(p[1] * cells)}
	}
	for _, b := range i.faces {
		if c := at(b); !seen[c] && free(c) {
			found = append(found, c)
			seen[c] = true
		}
	}
	if len(found) > 0 {
		return found
	}
	c := at(i.faces[0])
	for _, step := range [8]islet{{1, 0}, {0, 1}, {0, -1}, {-1, 0}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}} {
		if beside := (islet{c.x + step.x, c.y + step.y}); free(beside) {
			return []islet{beside}
		}
	}
	return nil
}

// clear tells whether no unit that is drawn with its own shape is near a rectangle.
func (d *drawing) clear(b orb.Bound, dotted map[int32]bool) bool {
	for _, f := range d.ground {
		if f.bound.Intersects(b) && !dotted[f.leaf] {
			return false
		}
	}
	return true
}

// ground is the rectangle of a leaf's face, unit square.
type ground struct {
	leaf  int32
	bound orb.Bound
}

// findIslands notes where the faces of leaves are, and which leaves have no neighbours.
func (d *drawing) findIslands() {
	joined := make([]bool, len(d.tree.units))
	for _, a := range d.coverage.arcs {
		if a.left != outside && a.right != outside {
			joined[a.left], joined[a.right] = true, true
		}
	}
	for i, faces := range d.faces {
		if len(d.tree.children[i]) > 0 {
			continue
		}
		own := island{leaf: i}
		for _, f := range faces {
			ring := d.thinned(f.outer, 0)
			b := ring.Bound()
			d.ground = append(d.ground, ground{int32(i), b})
			own.faces = append(own.faces, b)
			if area := math.Abs(ringArea(ring)); area > own.largest {
				own.largest = area
				last := len(own.faces) - 1
				own.faces[0], own.faces[last] = own.faces[last], own.faces[0]
			}
		}
		if !joined[i] {
			d.islands = append(d.islands, own)
		}
		d.findSpecks(faces)
	}
}

// findSpecks notes the size of a leaf's islets, all but its largest face: they may be
// left out where they are too small to see.
func (d *drawing) findSpecks(faces []face) {
	largest, most := 0, 0.0
	sizes := make([]float64, len(faces))
	for k, f := range faces {
		if sizes[k] = math.Abs(ringArea(d.thinned(f.outer, 0))); sizes[k] > most {
			largest, most = k, sizes[k]
		}
	}
	for k, f := range faces {
		a := d.coverage.arcs[f.outer[0].arc]
		if k != largest && len(f.outer) == 1 && len(f.holes) == 0 && (a.left == outside || a.right == outside) {
			d.specks[f.outer[0].arc] = sizes[k]
		}
	}
}
