package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// blockBits is the size of the blocks a sheet is kept in: squares of 8 × 8 tiles.
const blockBits = 3

// sheet is a zoom ready to be cut into tiles: its canvas in blocks, so that a tile looks
// at its surroundings only, not at the whole country.
type sheet struct {
	extent float64
	zoom   uint32
	bits   uint32 // tiles along a block, as a power of two
	blocks map[tilePlace]*scrap
}

// tilePlace is a column and a row of tiles or blocks.
type tilePlace struct{ x, y uint32 }

// scrap is what there is in a square of tiles and a little beyond.
type scrap struct {
	units  []patch
	lines  []strand
	labels []mark
}

// patch is a part of a face of a unit: outer rings and holes as in a sketch. Patches of
// one unit stand together.
type patch struct {
	unit  int32
	cut   bool // no longer as it was drawn: there may be several outer rings
	bound orb.Bound
	rings []orb.Ring
}

// strand is a piece of a border of a level.
type strand struct {
	level int
	bound orb.Bound
	line  []orb.Point
}

// mark is where a unit's name stands.
type mark struct {
	unit int32
	at   orb.Point
}

// newSheet cuts a canvas into blocks. Labels keep the order given: upper levels first and
// larger units before smaller ones, in which a map gives them room.
func newSheet(c *canvas, order []int) *sheet {
	s := &sheet{extent: c.extent, zoom: c.zoom, bits: min(c.zoom, blockBits), blocks: map[tilePlace]*scrap{}}
	whole := &scrap{}
	for i, u := range c.units {
		for _, rings := range u.faces {
			whole.units = append(whole.units, patch{unit: int32(i), bound: rings[0].Bound(), rings: rings})
		}
	}
	for _, b := range c.borders {
		whole.lines = append(whole.lines, strand{b.level, orb.LineString(b.line).Bound(), b.line})
	}
	for _, i := range order {
		if c.named[i] {
			whole.labels = append(whole.labels, mark{int32(i), c.labels[i]})
		}
	}
	s.divide(whole, c.zoom, tilePlace{}, s.bits, func(at tilePlace, block *scrap) { s.blocks[at] = block })
	return s
}

// tile cuts the scrap of one tile, nil where there is nothing.
func (s *sheet) tile(at tilePlace) *scrap {
	scrap := s.blocks[tilePlace{at.x >> s.bits, at.y >> s.bits}]
	for bits := s.bits; bits > 0 && scrap != nil; bits-- {
		scrap = s.cut(scrap, bits-1, tilePlace{at.x >> (bits - 1), at.y >> (bits - 1)})
	}
	return scrap
}

// tiles cuts all tiles of a block.
func (s *sheet) tiles(block tilePlace, each func(at tilePlace, scrap *scrap)) {
	s.divide(s.blocks[block], s.bits, block, 0, each)
}

// divide quarters a scrap of 2^bits tiles a side down to scraps of 2^to.
func (s *sheet) divide(from *scrap, bits uint32, at tilePlace, to uint32, each func(tilePlace, *scrap)) {
	if bits == to {
		each(at, from)
		return
	}
	for quarter := range uint32(4) {
		part := tilePlace{2*at.x + quarter&1, 2*at.y + quarter>>1}
		if scrap := s.cut(from, bits-1, part); scrap != nil {
			s.divide(scrap, bits-1, part, to, each)
		}
	}
}

// window is the square of 2^bits tiles with the buffer around it. Larger squares reach a
// grid point further: where they have cut a line is then beyond the sides of the smaller
// ones in them, never on one.
func (s *sheet) window(bits uint32, at tilePlace) window {
	side := s.extent * math.Exp2(float64(bits))
	margin := buffer*s.extent/extent + float64(bits) + 0.5
	x, y := float64(at.x)*side, float64(at.y)*side
	return window{orb.Bound{Min: orb.Point{x - margin, y - margin}, Max: orb.Point{x + side + margin, y + side + margin}}}
}

// cut takes what lies in a square of tiles, nil when there is nothing.
func (s *sheet) cut(from *scrap, bits uint32, at tilePlace) *scrap {
	w := s.window(bits, at)
	var out scrap
	for _, p := range from.units {
		if !w.Intersects(p.bound) {
			continue
		}
		if !w.surrounds(p.bound) {
			p.rings = w.polygon(p.rings)
			p.bound, p.cut = w.common(p.bound), true
		}
		if len(p.rings) > 0 {
			out.units = append(out.units, p)
		}
	}
	for _, l := range from.lines {
		switch {
		case !w.Intersects(l.bound):
		case w.surrounds(l.bound):
			out.lines = append(out.lines, l)
		default:
			for _, piece := range w.line(l.line) {
				out.lines = append(out.lines, strand{l.level, w.common(l.bound), piece})
			}
		}
	}
	side := s.extent * math.Exp2(float64(bits))
	x, y := float64(at.x)*side, float64(at.y)*side
	for _, l := range from.labels {
		if l.at[0] >= x && l.at[0] < x+side && l.at[1] >= y && l.at[1] < y+side {
			out.labels = append(out.labels, l)
		}
	}
	if len(out.units)+len(out.lines)+len(out.labels) == 0 {
		return nil
	}
	return &out
}

// common is the part of a rectangle in the window: what was cut reaches no further.
func (w window) common(b orb.Bound) orb.Bound {
	return orb.Bound{
		Min: orb.Point{max(b.Min[0], w.Min[0]), max(b.Min[1], w.Min[1])},
		Max: orb.Point{min(b.Max[0], w.Max[0]), min(b.Max[1], w.Max[1])},
	}
}

// surrounds tells whether a rectangle lies in the window.
func (w window) surrounds(b orb.Bound) bool { return w.Contains(b.Min) && w.Contains(b.Max) }

// inOrder lists the blocks of a sheet by row and column.
func (s *sheet) inOrder() []tilePlace {
	all := make([]tilePlace, 0, len(s.blocks))
	for at := range s.blocks {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b tilePlace) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) })
	return all
}
