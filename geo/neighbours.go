package geo

import (
	"maps"
	"slices"
)

// Neighbour is a unit that shares a border with another one of its level.
type Neighbour struct {
	Unit
	BorderKm float64 // length of the common border, kilometres
}

// Neighbours returns the units of a unit's own level with which it has a border of more
// than points, by code. A set without shapes knows none; those of a schematic set are
// neighbours in the drawing and need not be any on the ground.
func (s *Set) Neighbours(code string) []Neighbour {
	i, ok := s.tree.index[code]
	if !ok || s.tiles == nil {
		return nil
	}
	borders := s.tiles.touching()[i]
	var neighbours []Neighbour
	for _, j := range slices.Sorted(maps.Keys(borders)) { // units of a level stand by code
		neighbours = append(neighbours, Neighbour{s.tree.units[j], borders[j]})
	}
	return neighbours
}

// touchingUnits measures the border of every pair of units of a level, in kilometres: an
// arc is a part of it when the pair lies on its two sides.
func (c *coverage) touchingUnits(tree *hierarchy) []map[int]float64 {
	touching := make([]map[int]float64, len(tree.units))
	add := func(i, j int, km float64) {
		if touching[i] == nil {
			touching[i] = map[int]float64{}
		}
		touching[i][j] += km
	}
	for _, a := range c.arcs {
		if a.left == outside || a.right == outside {
			continue
		}
		km := 0.0
		for k := 1; k < len(a.corners); k++ {
			km += distance(c.points[a.corners[k-1]], c.points[a.corners[k]]) / 1000
		}
		for i := int(a.left); i >= 0; i = tree.parents[i] {
			if j := tree.above(int(a.right), tree.ranks[i]); j >= 0 && j != i {
				add(i, j, km)
				add(j, i, km)
			}
		}
	}
	return touching
}

// above finds the unit of a rank that contains a unit or is it, -1 when there is none.
func (h *hierarchy) above(i, rank int) int {
	for i >= 0 && h.ranks[i] > rank {
		i = h.parents[i]
	}
	if i >= 0 && h.ranks[i] != rank {
		return -1
	}
	return i
}
