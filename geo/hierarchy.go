package geo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/paulmach/orb"
)

// hierarchy is the checked tree of units. Units stand in a fixed order, upper
// levels first and by code within a level, so parents come before their children
// and nothing that is derived depends on the order of the input.
type hierarchy struct {
	units    []Unit
	ranks    []int // of each unit
	index    map[string]int
	root     int
	parents  []int // -1 above the root
	children [][]int
	byLevel  map[string][]int
	enter    []int // depth-first numbers: a unit contains what lies in [enter, leave)
	leave    []int
}

var setID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func newHierarchy(info SetInfo, units []Unit) (*hierarchy, error) {
	ranks, err := checkLevels(info)
	if err != nil {
		return nil, err
	}
	for _, unit := range units {
		if err := checkUnit(unit, ranks); err != nil {
			return nil, err
		}
	}
	h := &hierarchy{units: slices.Clone(units), byLevel: map[string][]int{}}
	slices.SortStableFunc(h.units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(ranks[a.Level], ranks[b.Level]), cmp.Compare(a.Code, b.Code))
	})
	for _, unit := range h.units {
		h.ranks = append(h.ranks, ranks[unit.Level])
	}
	if err := h.number(); err != nil {
		return nil, err
	}
	if err := h.link(); err != nil {
		return nil, err
	}
	if err := h.findRoot(info); err != nil {
		return nil, err
	}
	h.span()
	return h, nil
}

func checkLevels(info SetInfo) (map[string]int, error) {
	if !setID.MatchString(info.ID) {
		return nil, errors.New("id must be lower-case letters, digits, '.', '_' or '-', as it stands in addresses")
	}
	if len(info.Levels) == 0 {
		return nil, errors.New("no levels")
	}
	ranks := map[string]int{}
	for i, level := range info.Levels {
		if level.ID == "" {
			return nil, fmt.Errorf("level of rank %d has no id", level.Rank)
		}
		if _, twice := ranks[level.ID]; twice {
			return nil, fmt.Errorf("level %q is listed twice", level.ID)
		}
		if i > 0 && level.Rank <= info.Levels[i-1].Rank {
			return nil, fmt.Errorf("level %q must have a higher rank than %q above it", level.ID, info.Levels[i-1].ID)
		}
		ranks[level.ID] = level.Rank
	}
	return ranks, nil
}

func checkUnit(u Unit, ranks map[string]int) error {
	switch _, known := ranks[u.Level]; {
	case u.Code == "":
		return fmt.Errorf("unit %q has no code", u.Name)
	case u.Name == "":
		return fmt.Errorf("unit %s has no name", u.Code)
	case !known:
		return fmt.Errorf("unit %s %s: unknown level %q", u.Code, u.Name, u.Level)
	case math.IsNaN(u.AreaKm2) || math.IsInf(u.AreaKm2, 0) || u.AreaKm2 < 0:
		return fmt.Errorf("%s: area %v km² is not possible", u.label(), u.AreaKm2)
	}
	if err := checkPoint(u.Centre); err != nil {
		return fmt.Errorf("centre of %s: %w", u.label(), err)
	}
	return nil
}

// checkPoint refuses what cannot be a position in degrees, and guesses at the cause.
func checkPoint(p orb.Point) error {
	lon, lat := p[0], p[1]
	switch {
	case math.IsNaN(lon) || math.IsNaN(lat) || math.IsInf(lon, 0) || math.IsInf(lat, 0):
		return fmt.Errorf("coordinate (%v, %v) is not a number", lon, lat)
	case math.Abs(lon) <= 90 && math.Abs(lat) > 90 && math.Abs(lat) <= 180:
		return fmt.Errorf("latitude %v is outside ±90: are longitude and latitude swapped?", lat)
	case math.Abs(lon) > 180 || math.Abs(lat) > 90:
		return fmt.Errorf("coordinate (%v, %v) is not in degrees: are these projected metres?", lon, lat)
	}
	return nil
}

func (h *hierarchy) number() error {
	h.index = make(map[string]int, len(h.units))
	for i, unit := range h.units {
		if first, twice := h.index[unit.Code]; twice {
			return fmt.Errorf("code %s is used twice: %s and %s", unit.Code, h.units[first].label(), unit.label())
		}
		h.index[unit.Code] = i
		h.byLevel[unit.Level] = append(h.byLevel[unit.Level], i)
	}
	return nil
}

func (h *hierarchy) link() error {
	h.parents = make([]int, len(h.units))
	h.children = make([][]int, len(h.units))
	for i, unit := range h.units {
		h.parents[i] = -1
		if unit.Parent == "" {
			continue
		}
		p, ok := h.index[unit.Parent]
		if !ok {
			return fmt.Errorf("%s: parent %s is not in the set", unit.label(), unit.Parent)
		}
		h.parents[i] = p
		h.children[p] = append(h.children[p], i)
	}
	if err := h.checkCycles(); err != nil {
		return err
	}
	for i, p := range h.parents {
		if p >= 0 && h.ranks[p] >= h.ranks[i] {
			return fmt.Errorf("%s cannot lie in %s: its level is not below", h.units[i].label(), h.units[p].label())
		}
	}
	return nil
}

// checkCycles walks up from every unit; a walk longer than the set has units never
// reaches a root.
func (h *hierarchy) checkCycles() error {
	reaches := make([]bool, len(h.units))
	for i := range h.units {
		steps := 0
		for p := i; p >= 0 && !reaches[p]; p = h.parents[p] {
			if steps++; steps > len(h.units) {
				return fmt.Errorf("%s lies in itself by way of its parents", h.units[i].label())
			}
		}
		for p := i; p >= 0 && !reaches[p]; p = h.parents[p] {
			reaches[p] = true
		}
	}
	return nil
}

func (h *hierarchy) findRoot(info SetInfo) error {
	root, ok := h.index[info.Root]
	if !ok {
		return fmt.Errorf("root %q is not among the units", info.Root)
	}
	if h.parents[root] >= 0 {
		return fmt.Errorf("root %s lies in another unit", h.units[root].label())
	}
	for i, p := range h.parents {
		if p < 0 && i != root {
			return fmt.Errorf("%s has no parent and is not the root", h.units[i].label())
		}
	}
	h.root = root
	return nil
}

// span numbers the units depth-first, which makes "contains" two comparisons.
func (h *hierarchy) span() {
	h.enter = make([]int, len(h.units))
	h.leave = make([]int, len(h.units))
	next := 0
	var visit func(i int)
	visit = func(i int) {
		h.enter[i] = next
		next++
		for _, child := range h.children[i] {
			visit(child)
		}
		h.leave[i] = next
	}
	visit(h.root)
}

func (h *hierarchy) contains(a, b int) bool {
	return h.enter[a] <= h.enter[b] && h.enter[b] < h.leave[a]
}

func (h *hierarchy) pick(indices []int) []Unit {
	units := make([]Unit, len(indices))
	for k, i := range indices {
		units[k] = h.units[i]
	}
	return units
}

// bySize orders the units by level, root first, and the larger before the smaller.
func (h *hierarchy) bySize() []int {
	order := make([]int, len(h.units))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(h.ranks[a], h.ranks[b]), cmp.Compare(h.units[b].AreaKm2, h.units[a].AreaKm2))
	})
	return order
}
