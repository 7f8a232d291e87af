package geo

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"
)

// record is what a file says of one unit.
type record struct {
	file   string
	number int    // from 1 within the file
	object string // the TopoJSON object it belongs to
	id     property
	props  map[string]property // by name in lower case; those that are asked for
	shape  orb.MultiPolygon    // as it stands in the file
	drawn  bool                // there was a geometry
	arcs   []arcPart           // of a TopoJSON feature, before its arcs are known
	fault  *fault              // the first thing wrong with it
}

// blame remembers the first thing wrong with a feature.
func (f *record) blame(x *fault) {
	if f.fault == nil {
		f.fault = x
	}
}

// geometryReader fills a feature's shape from nested coordinates. Their depth tells a
// polygon (3) from several (4), so that it does not matter whether "type" stands before
// or after them.
type geometryReader struct {
	c        *cursor
	f        *record
	depth    int // of the numbers; 0 before the first
	position []float64
	ring     orb.Ring
	polygon  orb.Polygon
	empty    bool // brackets with nothing in them
}

// geometry reads the value of "geometry".
func (c *cursor) geometry(f *record) error {
	if c.d.PeekKind() == 'n' {
		return c.skip()
	}
	f.drawn, f.shape, f.arcs = true, nil, nil
	kind, depth := "", 0
	ok, err := c.members(func(name string) (err error) {
		switch name {
		case "type":
			kind, _, err = c.text()
		case "coordinates":
			depth, err = c.coordinates(f)
		default:
			err = c.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if !ok {
		f.blame(faultf(KindGeometry, "geometry is not an object"))
		return nil
	}
	f.checkKind(kind, depth)
	return nil
}

// polygonDepths are the brackets around the numbers of a polygon and of several.
var polygonDepths = map[string]int{"Polygon": 3, "MultiPolygon": 4}

func (f *record) checkKind(kind string, depth int) {
	want, ok := polygonDepths[kind]
	switch {
	case !ok:
		f.blame(faultf(KindGeometry, "geometry is a %q; a Polygon or a MultiPolygon is accepted", kind))
	case depth == 0:
		f.blame(faultf(KindGeometry, "its geometry has no coordinates"))
	case depth != want:
		f.blame(faultf(KindGeometry, "coordinates stand in %d brackets, those of a %s in %d", depth, kind, want))
	}
}

// coordinates reads the value of "coordinates" and gives the depth of its numbers.
func (c *cursor) coordinates(f *record) (depth int, err error) {
	g := &geometryReader{c: c, f: f}
	ok, err := c.numbers(g.number, g.close)
	if err == nil && !ok {
		f.blame(faultf(KindGeometry, "coordinates are not an array"))
	}
	if err == nil && g.empty {
		f.blame(faultf(KindGeometry, "a ring or a part of its geometry is empty"))
	}
	return g.depth, err
}

func (g *geometryReader) number(depth int, v float64) error {
	switch {
	case g.depth == 0:
		g.depth = depth
	case g.depth != depth:
		g.f.blame(faultf(KindGeometry, "coordinates are nested unevenly"))
		return nil
	}
	if len(g.position) < 4 { // a height and a measure may follow, and are not used
		g.position = append(g.position, v)
	}
	return nil
}

func (g *geometryReader) close(depth int) error {
	switch {
	case g.depth == 0:
		g.empty = true
	case depth == g.depth:
		return g.closePosition()
	case depth == g.depth-1:
		g.empty = g.empty || len(g.ring) == 0
		g.polygon = append(g.polygon, g.ring)
		g.ring = nil
		if g.c.spent.rings++; g.c.spent.rings > g.c.limits.Rings {
			return faultf(KindTooLarge, "more than %d rings", g.c.limits.Rings)
		}
	case depth == g.depth-2:
		g.empty = g.empty || len(g.polygon) == 0
		g.f.shape = append(g.f.shape, g.polygon)
		g.polygon = nil
	}
	return nil
}

func (g *geometryReader) closePosition() error {
	if len(g.position) < 2 {
		g.f.blame(faultf(KindGeometry, "a position needs a longitude and a latitude, it has %d numbers", len(g.position)))
		g.position = g.position[:0]
		return nil
	}
	p := orb.Point{g.position[0], g.position[1]}
	g.position = g.position[:0]
	if x := misplaced(p); x != nil {
		g.f.blame(x)
	}
	g.ring = append(g.ring, p)
	return g.c.spend(1)
}

// spend counts points against the limit.
func (c *cursor) spend(points int) error {
	if c.spent.points += points; c.spent.points > c.limits.Points {
		return faultf(KindTooLarge, "more than %d points", c.limits.Points)
	}
	return nil
}

// misplaced tells what is wrong with a position in degrees, guesses at the cause, and
// says what would be accepted.
func misplaced(p orb.Point) *fault {
	lon, lat := p[0], p[1]
	const wanted = "longitude and latitude in degrees (WGS 84), in this order, are accepted"
	var f *fault
	switch {
	case !isFinite(p):
		f = faultf(KindNotANumber, "coordinate (%v, %v) is not a number; %s", lon, lat, wanted)
	case math.Abs(lon) <= 90 && math.Abs(lat) > 90 && math.Abs(lat) <= 180:
		f = faultf(KindSwapped, "latitude %v is outside ±90: are longitude and latitude swapped? %s", lat, wanted)
	case math.Abs(lon) > 1000 || math.Abs(lat) > 1000:
		f = faultf(KindProjected, "coordinate (%v, %v) is not in degrees: are these projected metres, of VN-2000 or UTM? %s; "+
			"transform them first, for example ogr2ogr -t_srs EPSG:4326", lon, lat, wanted)
	case math.Abs(lon) > 180 || math.Abs(lat) > 90:
		f = faultf(KindOutOfRange, "coordinate (%v, %v) is outside ±180 and ±90 degrees; %s", lon, lat, wanted)
	default:
		return nil
	}
	f.at = (*[2]float64)(&p)
	return f
}

// properties reads the value of "properties", of which those that are asked for are kept.
func (c *cursor) properties(f *record, wanted map[string]bool) error {
	f.props = map[string]property{}
	_, err := c.members(func(name string) error {
		key := strings.ToLower(name)
		if !wanted[key] {
			return c.skip()
		}
		p, ok, err := c.scalar()
		if ok {
			f.props[key] = p
		}
		return err
	})
	return err
}

func (f *record) String() string { return fmt.Sprintf("%s feature %d", f.file, f.number) }
