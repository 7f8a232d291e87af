package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// topology is a TopoJSON file (its specification, version 1, of 2013) while it is read:
// features that refer to arcs, and the arcs, in whichever order they come.
type topology struct {
	features  []*record
	arcs      [][]orb.Point
	scale     []float64 // of quantised arcs: degrees for each step,
	translate []float64 // and where the steps begin
}

// arcPart is one polygon of a feature: its rings as references to arcs.
type arcPart [][]int32

func (t *topology) member(d *document, name string) error {
	switch name {
	case "objects":
		_, err := d.members(func(object string) error { return t.object(d, object, 0) })
		return err
	case "arcs":
		return t.readArcs(d)
	}
	_, err := d.members(func(member string) (err error) {
		switch member {
		case "scale":
			t.scale, err = d.pair()
		case "translate":
			t.translate, err = d.pair()
		default:
			err = d.skip()
		}
		return err
	})
	return err
}

// pair reads an array of two numbers.
func (c *cursor) pair() ([]float64, error) {
	var pair []float64
	_, err := c.numbers(func(depth int, v float64) error {
		if depth == 1 && len(pair) < 3 {
			pair = append(pair, v)
		}
		return nil
	}, func(int) error { return nil })
	if err == nil && (len(pair) != 2 || !isFinite(orb.Point(pair))) {
		return nil, faultf(KindFormat, "a transform of TopoJSON has two numbers for scale and two for translate")
	}
	return pair, err
}

// object reads a geometry object: a feature, or a collection of them.
func (t *topology) object(d *document, name string, nested int) error {
	f, kind, depth, collection := &record{object: name}, "", 0, false
	ok, err := d.members(func(member string) (err error) {
		switch member {
		case "type":
			kind, _, err = d.text()
		case "id":
			f.id, _, err = d.scalar()
		case "properties":
			err = d.properties(f, d.wanted)
		case "arcs":
			depth, err = d.references(f)
		case "geometries":
			collection = true
			if nested >= 4 {
				return faultf(KindTooLarge, "collections of TopoJSON are nested deeper than 4")
			}
			_, err = d.elements(func() error { return t.object(d, name, nested+1) })
		default:
			err = d.skip()
		}
		return err
	})
	if err != nil || collection || !ok {
		return err
	}
	f.drawn = kind != ""
	if f.drawn {
		f.checkKind(kind, depth)
	}
	if len(t.features) >= d.limits.Features {
		return faultf(KindTooLarge, "more than %d features", d.limits.Features)
	}
	t.features = append(t.features, f)
	return nil
}

// references reads the arcs of a polygon (two brackets) or of several (three). The depth
// it gives is that of coordinates of the same kind, one more.
func (c *cursor) references(f *record) (depth int, err error) {
	var ring []int32
	var part arcPart
	ok, err := c.numbers(func(d int, v float64) error {
		if depth == 0 {
			depth = d
		}
		if d != depth || v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
			f.blame(faultf(KindGeometry, "arcs are numbers of arcs, evenly nested; found %v", v))
			return nil
		}
		ring = append(ring, int32(v))
		return c.spend(1)
	}, func(d int) error {
		switch {
		case depth == 0:
			f.blame(faultf(KindGeometry, "a ring or a part of its geometry is empty"))
		case d == depth:
			part, ring = append(part, ring), nil
			if c.spent.rings++; c.spent.rings > c.limits.Rings {
				return faultf(KindTooLarge, "more than %d rings", c.limits.Rings)
			}
		case d == depth-1:
			f.arcs, part = append(f.arcs, part), nil
		}
		return nil
	})
	if err == nil && !ok {
		f.blame(faultf(KindGeometry, "arcs are not an array"))
	}
	return depth + 1, err
}

// readArcs reads the positions of all arcs as they stand in the file.
func (t *topology) readArcs(d *document) error {
	var position []float64
	var line []orb.Point
	ok, err := d.numbers(func(depth int, v float64) error {
		if depth != 3 {
			return faultf(KindFormat, "arcs of TopoJSON are arrays of positions")
		}
		if len(position) < 4 {
			position = append(position, v)
		}
		return nil
	}, func(depth int) error {
		switch depth {
		case 3:
			if len(position) < 2 {
				return faultf(KindFormat, "a position of arc %d needs a longitude and a latitude", len(t.arcs))
			}
			line = append(line, orb.Point{position[0], position[1]})
			position = position[:0]
			return d.spend(1)
		case 2:
			t.arcs = append(t.arcs, line)
			line = nil
			if len(t.arcs) > d.limits.Points {
				return faultf(KindTooLarge, "more than %d arcs", d.limits.Points)
			}
		}
		return nil
	})
	if err == nil && !ok {
		return faultf(KindFormat, "arcs of TopoJSON are not an array")
	}
	return err
}

// emit puts the shapes together and hands the features on.
func (t *topology) emit(d *document) error {
	if t == nil || len(t.features) == 0 {
		return faultf(KindEmpty, "the topology has no objects")
	}
	t.unfold()
	for _, f := range t.features {
		if f.fault == nil {
			if err := t.draw(d, f); err != nil {
				return err
			}
		}
		f.arcs = nil
		if err := d.emit(f); err != nil {
			return err
		}
	}
	return nil
}

// unfold turns the differences of quantised arcs into degrees.
func (t *topology) unfold() {
	if t.scale == nil || t.translate == nil {
		return
	}
	for _, line := range t.arcs {
		var x, y float64
		for i, step := range line {
			x, y = x+step[0], y+step[1]
			line[i] = orb.Point{x*t.scale[0] + t.translate[0], y*t.scale[1] + t.translate[1]}
		}
	}
}

// draw follows a feature's references. One arc may be named many times, so the points
// are counted again as they are laid out.
func (t *topology) draw(d *document, f *record) error {
	for _, part := range f.arcs {
		polygon := make(orb.Polygon, len(part))
		for i, refs := range part {
			ring, err := t.ring(d, f, refs)
			if err != nil || ring == nil {
				return err
			}
			polygon[i] = ring
		}
		f.shape = append(f.shape, polygon)
	}
	return nil
}

func (t *topology) ring(d *document, f *record, refs []int32) (orb.Ring, error) {
	var ring orb.Ring
	for _, ref := range refs {
		n, backward := int(ref), ref < 0
		if backward {
			n = int(^ref)
		}
		if n >= len(t.arcs) {
			f.blame(faultf(KindGeometry, "it refers to arc %d, there are %d", n, len(t.arcs)))
			return nil, nil
		}
		line := t.arcs[n]
		if err := d.spend(len(line)); err != nil {
			return nil, err
		}
		for k := range line {
			p := line[k]
			if backward {
				p = line[len(line)-1-k]
			}
			if x := misplaced(p); x != nil {
				f.blame(x)
				return nil, nil
			}
			if len(ring) == 0 || ring[len(ring)-1] != p { // the end of an arc is the beginning of the next
				ring = append(ring, p)
			}
		}
	}
	if len(ring) == 0 {
		f.blame(faultf(KindGeometry, "a ring or a part of its geometry is empty"))
	}
	return ring, nil
}
