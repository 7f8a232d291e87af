package geo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Set is one boundary set: its units, who contains whom, and how they look on a
// map. It never changes after it was made and is safe for concurrent use; slices
// it hands out are the caller's own.
type Set struct {
	info    SetInfo
	content string
	tree    *hierarchy
	names   []foldedName
	bounds  []orb.Bound
	tiles   *pyramid // nil for a set without shapes
}

// NewSet makes a set of units and their shapes (degrees, WGS 84). Shapes of the
// units that contain no others are enough: outlines above them are unions along
// shared borders, so that they coincide exactly, and shapes given for upper units
// are not used. Without any shapes the set answers lookups but has no tiles.
//
// A unit without a centre or an area gets them from its shape. Errors name the
// unit and say what is wrong with it.
func NewSet(info SetInfo, units []Unit, shapes map[string]orb.MultiPolygon) (*Set, error) {
	info.Levels = slices.Clone(info.Levels)
	tree, err := newHierarchy(info, units)
	if err != nil {
		return nil, fmt.Errorf("boundary set %q: %w", info.ID, err)
	}
	s := &Set{info: info, tree: tree, bounds: centreBounds(tree)}
	var leaves []orb.MultiPolygon
	if len(shapes) > 0 {
		if leaves, err = leafShapes(tree, shapes); err != nil {
			return nil, fmt.Errorf("boundary set %q: %w", info.ID, err)
		}
	}
	s.content = contentHash(info, tree.units, leaves) // before facts are added that follow from it
	if leaves != nil {
		if err := s.draw(leaves); err != nil {
			return nil, fmt.Errorf("boundary set %q: %w", info.ID, err)
		}
	}
	s.names = foldNames(tree.units)
	return s, nil
}

// Info describes the set.
func (s *Set) Info() SetInfo {
	info := s.info
	info.Levels = slices.Clone(info.Levels)
	return info
}

// Content is a hash of everything the set was made of, 16 hex digits: the same on every
// machine and with every version of the program.
func (s *Set) Content() string { return s.content }

// Version stands for what the set says and how it is drawn: the content, and the manner
// of drawing of this program.
func (s *Set) Version() string { return VersionOf(s.content) }

// HasShapes tells whether the set can be drawn.
func (s *Set) HasShapes() bool { return s.tiles != nil }

// Unit returns the unit of a code.
func (s *Set) Unit(code string) (Unit, bool) {
	i, ok := s.tree.index[code]
	if !ok {
		return Unit{}, false
	}
	return s.tree.units[i], true
}

// Root returns the unit that contains all others.
func (s *Set) Root() Unit { return s.tree.units[s.tree.root] }

// Units returns the units of a level by code, or all of them, upper levels first,
// for an empty level.
func (s *Set) Units(level string) []Unit {
	if level == "" {
		return slices.Clone(s.tree.units)
	}
	return s.tree.pick(s.tree.byLevel[level])
}

// Children returns the units directly below a unit by code.
func (s *Set) Children(code string) []Unit {
	i, ok := s.tree.index[code]
	if !ok {
		return nil
	}
	return s.tree.pick(s.tree.children[i])
}

// Ancestors returns the units a unit lies in, its parent first and the root last.
func (s *Set) Ancestors(code string) []Unit {
	i, ok := s.tree.index[code]
	if !ok {
		return nil
	}
	var above []Unit
	for p := s.tree.parents[i]; p >= 0; p = s.tree.parents[p] {
		above = append(above, s.tree.units[p])
	}
	return above
}

// Within returns the units of a level that lie in a unit, by code. A unit lies in
// itself: asked for its own level it is the one answer.
func (s *Set) Within(code, level string) []Unit {
	i, ok := s.tree.index[code]
	if !ok {
		return nil
	}
	var inside []int
	for _, j := range s.tree.byLevel[level] {
		if s.tree.contains(i, j) {
			inside = append(inside, j)
		}
	}
	return s.tree.pick(inside)
}

// Contains tells whether a unit lies in another one or is it.
func (s *Set) Contains(ancestor, code string) bool {
	a, ok := s.tree.index[ancestor]
	if !ok {
		return false
	}
	c, ok := s.tree.index[code]
	return ok && s.tree.contains(a, c)
}

// Bounds returns the rectangle of a unit in degrees; without shapes, that of the
// centres in it. An unknown code has an empty bound.
func (s *Set) Bounds(code string) orb.Bound {
	i, ok := s.tree.index[code]
	if !ok {
		return emptyBound
	}
	return s.bounds[i]
}

// emptyBound contains nothing and unites with anything.
var emptyBound = orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}

// centreBounds spans each unit's centre and those of the units in it.
func centreBounds(tree *hierarchy) []orb.Bound {
	bounds := make([]orb.Bound, len(tree.units))
	for i := len(tree.units) - 1; i >= 0; i-- {
		own := emptyBound
		if c := tree.units[i].Centre; c != (orb.Point{}) {
			own = c.Bound()
		}
		for _, child := range tree.children[i] {
			own = own.Union(bounds[child])
		}
		bounds[i] = own
	}
	return bounds
}

// leafShapes returns a checked copy of the shape of each unit that contains no
// others, nil at the places of the rest.
func leafShapes(tree *hierarchy, shapes map[string]orb.MultiPolygon) ([]orb.MultiPolygon, error) {
	var unknown []string
	for code := range shapes {
		if _, ok := tree.index[code]; !ok {
			unknown = append(unknown, code)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, fmt.Errorf("shapes of units that are not in the set: %s", strings.Join(unknown, ", "))
	}
	leaves := make([]orb.MultiPolygon, len(tree.units))
	for i, unit := range tree.units {
		if len(tree.children[i]) > 0 {
			continue
		}
		shape, ok := shapes[unit.Code]
		if !ok {
			return nil, fmt.Errorf("%s has no shape", unit.label())
		}
		clean, err := cleanShape(shape)
		if err != nil {
			return nil, fmt.Errorf("shape of %s: %w", unit.label(), err)
		}
		leaves[i] = clean
	}
	return leaves, nil
}

// label names a unit in an error.
func (u Unit) label() string {
	return strings.TrimSpace(u.Level + " " + u.Code + " " + u.Name)
}
