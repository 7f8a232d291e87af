package geo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
)

// tile cuts one tile out of a canvas. Layers and features always come in the same
// order; a tile with nothing on it is the zero Tile.
func (c *canvas) tile(tree *hierarchy, x, y uint32) Tile {
	p := painter{tree: tree, canvas: c, origin: orb.Point{float64(x) * extent, float64(y) * extent}}
	p.window = window{orb.Bound{
		Min: orb.Point{p.origin[0] - buffer - 0.5, p.origin[1] - buffer - 0.5},
		Max: orb.Point{p.origin[0] + extent + buffer + 0.5, p.origin[1] + extent + buffer + 0.5},
	}}
	var layers mvt.Layers
	for _, layer := range []*mvt.Layer{p.units(), p.borders(), p.labels()} {
		if len(layer.Features) > 0 {
			layers = append(layers, layer)
		}
	}
	if len(layers) == 0 {
		return Tile{}
	}
	return finish(layers)
}

// finish encodes and compresses. Neither step can fail on what a painter makes: known
// geometry types, string properties, a buffer in memory.
func finish(layers mvt.Layers) Tile {
	data, err := mvt.Marshal(layers)
	if err != nil {
		panic("geo: encoding a tile: " + err.Error())
	}
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	w.Write(data)
	w.Close()
	sum := sha256.Sum256(buf.Bytes())
	return Tile{Gzip: buf.Bytes(), ETag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// painter makes the features of one tile.
type painter struct {
	tree   *hierarchy
	canvas *canvas
	origin orb.Point
	window window
}

func layer(name string) *mvt.Layer {
	return &mvt.Layer{Name: name, Version: 2, Extent: extent}
}

// feature carries the code as a string property, for promoteId: a feature's own id
// would be a number and lose leading zeros.
func feature(g orb.Geometry, properties geojson.Properties) *geojson.Feature {
	return &geojson.Feature{Geometry: g, Properties: properties}
}

func (p painter) units() *mvt.Layer {
	l := layer("units")
	for i, s := range p.canvas.units {
		if !p.window.Intersects(s.bound) {
			continue
		}
		if shape := p.shape(s); len(shape) > 0 {
			u := p.tree.units[i]
			l.Features = append(l.Features, feature(shape, geojson.Properties{
				"code": u.Code, "level": u.Level, "name": u.Name, "parent": u.Parent,
			}))
		}
	}
	return l
}

// shape cuts a unit out. What comes back is in tile coordinates, outer rings with a
// positive area as MVT 2 wants, each followed by its holes.
func (p painter) shape(s sketch) orb.MultiPolygon {
	var shape orb.MultiPolygon
	for _, rings := range s.faces {
		if !p.window.Contains(s.bound.Min) || !p.window.Contains(s.bound.Max) {
			rings = p.window.polygon(rings)
		}
		shape = append(shape, nestRings(p.local(rings))...)
	}
	return shape
}

// local moves rings to the tile's own coordinates, whole numbers.
func (p painter) local(rings []orb.Ring) []orb.Ring {
	var out []orb.Ring
	for _, ring := range rings {
		moved := make(orb.Ring, len(ring))
		for i, q := range ring {
			moved[i] = orb.Point{q[0] - p.origin[0], q[1] - p.origin[1]}
		}
		if moved = snap(moved); moved != nil {
			out = append(out, moved)
		}
	}
	return out
}

func (p painter) borders() *mvt.Layer {
	l := layer("borders")
	for _, stroke := range p.canvas.borders {
		if !p.window.Intersects(stroke.bound) {
			continue
		}
		n := len(l.Features)
		for _, piece := range p.window.line(stroke.line) {
			line := p.localLine(piece)
			if len(line) < 2 {
				continue
			}
			if n == 0 || l.Features[n-1].Properties["level"] != stroke.level {
				l.Features = append(l.Features, feature(orb.MultiLineString{}, geojson.Properties{"level": stroke.level}))
				n++
			}
			l.Features[n-1].Geometry = append(l.Features[n-1].Geometry.(orb.MultiLineString), line)
		}
	}
	return l
}

func (p painter) localLine(piece []orb.Point) orb.LineString {
	var line orb.LineString
	for _, q := range piece {
		local := snapPoint(orb.Point{q[0] - p.origin[0], q[1] - p.origin[1]}, 1)
		if len(line) == 0 || line[len(line)-1] != local {
			line = append(line, local)
		}
	}
	return line
}

// labels puts each unit's name on the one tile its point lies in, upper levels first
// and larger units before smaller ones: the order in which a map gives them room.
func (p painter) labels() *mvt.Layer {
	l := layer("labels")
	for _, i := range p.canvas.order {
		at := orb.Point{p.canvas.labels[i][0] - p.origin[0], p.canvas.labels[i][1] - p.origin[1]}
		if at[0] < 0 || at[0] >= extent || at[1] < 0 || at[1] >= extent {
			continue
		}
		u := p.tree.units[i]
		l.Features = append(l.Features, feature(at, geojson.Properties{"code": u.Code, "level": u.Level, "name": u.Name}))
	}
	return l
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
