package geo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"
)

// painter makes finished tiles. It keeps its tools between them and is not for
// concurrent use.
type painter struct {
	tree   *hierarchy
	levels []Level
	layer  layerWriter
	data   []byte
	packer *gzip.Writer
	ring   orb.Ring
}

func newPainter(tree *hierarchy, levels []Level) *painter {
	packer, _ := gzip.NewWriterLevel(nil, gzip.BestCompression) // fails for unknown levels only
	return &painter{tree: tree, levels: levels, packer: packer}
}

// tile finishes a scrap. Layers and features always come in the same order; a tile with
// nothing on it is the zero Tile.
func (p *painter) tile(s *scrap, at tilePlace, extent float64) Tile {
	origin := orb.Point{float64(at.x) * extent, float64(at.y) * extent}
	p.data = p.data[:0]
	p.units(s.units, origin)
	p.data = p.layer.end(p.data, uint64(extent))
	p.borders(s.lines, origin)
	p.data = p.layer.end(p.data, uint64(extent))
	p.labels(s.labels, origin)
	p.data = p.layer.end(p.data, uint64(extent))
	if len(p.data) == 0 {
		return Tile{}
	}
	var packed bytes.Buffer
	p.packer.Reset(&packed)
	p.packer.Write(p.data) // a buffer in memory takes everything
	p.packer.Close()
	content := bytes.Clone(packed.Bytes()) // without the room to grow
	sum := sha256.Sum256(content)
	return Tile{Gzip: content, ETag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// units paints each unit as one feature: outer rings with a positive area as MVT 2
// wants, each followed by its holes.
func (p *painter) units(patches []patch, origin orb.Point) {
	p.layer.begin("units", "code", "level")
	for len(patches) > 0 {
		unit, n := patches[0].unit, 1
		for n < len(patches) && patches[n].unit == unit {
			n++
		}
		drawn := false
		for _, patch := range patches[:n] {
			drawn = p.patch(patch, origin) || drawn
		}
		if drawn {
			u := p.tree.units[unit]
			p.layer.feature(typePolygon, u.Code, u.Level)
		}
		patches = patches[n:]
	}
}

// patch paints a part of a unit and tells whether anything was left of it.
func (p *painter) patch(patch patch, origin orb.Point) bool {
	if !patch.cut { // as it was drawn: one outer ring and its holes
		for _, ring := range patch.rings {
			p.ring = p.ring[:0]
			for _, q := range ring {
				p.ring = append(p.ring, orb.Point{q[0] - origin[0], q[1] - origin[1]})
			}
			p.layer.ring(p.ring)
		}
		return true
	}
	shape := nestRings(local(patch.rings, origin))
	for _, polygon := range shape {
		for _, ring := range polygon {
			p.layer.ring(ring)
		}
	}
	return len(shape) > 0
}

// local moves rings to the tile's own coordinates, whole numbers.
func local(rings []orb.Ring, origin orb.Point) []orb.Ring {
	var out []orb.Ring
	for _, ring := range rings {
		moved := make(orb.Ring, len(ring))
		for i, q := range ring {
			moved[i] = orb.Point{q[0] - origin[0], q[1] - origin[1]}
		}
		if moved = snap(moved); moved != nil {
			out = append(out, moved)
		}
	}
	return out
}

// borders paints the lines of a level as one feature, the lowest level first.
func (p *painter) borders(strands []strand, origin orb.Point) {
	p.layer.begin("borders", "level")
	for len(strands) > 0 {
		level, n, drawn := strands[0].level, 0, false
		for ; n < len(strands) && strands[n].level == level; n++ {
			if line := p.line(strands[n].line, origin); len(line) > 1 {
				p.layer.line(line)
				drawn = true
			}
		}
		if drawn {
			p.layer.feature(typeLine, p.levels[level].ID)
		}
		strands = strands[n:]
	}
}

func (p *painter) line(points []orb.Point, origin orb.Point) []orb.Point {
	p.ring = p.ring[:0]
	for _, q := range points {
		at := orb.Point{toGrid(q[0] - origin[0]), toGrid(q[1] - origin[1])}
		if n := len(p.ring); n == 0 || p.ring[n-1] != at {
			p.ring = append(p.ring, at)
		}
	}
	return p.ring
}

// labels puts each unit's name on the one tile its point lies in.
func (p *painter) labels(marks []mark, origin orb.Point) {
	p.layer.begin("labels", "code", "level", "name", "short_name")
	for _, m := range marks {
		u := p.tree.units[m.unit]
		p.layer.point(orb.Point{m.at[0] - origin[0], m.at[1] - origin[1]})
		p.layer.feature(typePoint, u.Code, u.Level, u.title(), u.Name)
	}
}

// title is the name with what the unit is: "Huyện Tam Đảo".
func (u Unit) title() string {
	if u.FullName != "" {
		return u.FullName
	}
	return u.Name
}

// nestRings groups rings into polygons. A tile rarely has more than a few pieces of
// one face, so each hole is simply tried in each.
func nestRings(rings []orb.Ring) orb.MultiPolygon {
	var shape orb.MultiPolygon
	var holes []orb.Ring
	for _, ring := range rings {
		if ringArea(ring) > 0 {
			shape = append(shape, orb.Polygon{ring})
		} else {
			holes = append(holes, ring)
		}
	}
	for _, hole := range holes {
		i := slices.IndexFunc(shape, func(polygon orb.Polygon) bool { return encloses(polygon[0], hole) })
		if i >= 0 {
			shape[i] = append(shape[i], hole)
		}
	}
	return shape
}
