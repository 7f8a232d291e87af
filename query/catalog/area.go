package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/golang-sql/civil"
)

// DatedUnit names a unit for as long as codes are reused: the one that bore the code on a day.
type DatedUnit struct {
	Code string
	Date civil.Date
}

// String writes CODE@DATE, as ParseDatedUnit reads it.
func (u DatedUnit) String() string { return u.Code + "@" + u.Date.String() }

// ParseDatedUnit reads CODE@DATE; without a date it is the unit of the given day.
func ParseDatedUnit(text string, today civil.Date) (DatedUnit, error) {
	code, date, dated := strings.Cut(text, "@")
	u := DatedUnit{Code: code, Date: today}
	if dated {
		var err error
		if u.Date, err = civil.ParseDate(date); err != nil || !u.Date.IsValid() {
			return u, fmt.Errorf("%q is not a unit: write CODE or CODE@DATE, such as 249@2022-06-15", text)
		}
	}
	if code == "" {
		return u, fmt.Errorf("%q names no unit: write CODE or CODE@DATE, such as 249@2022-06-15", text)
	}
	return u, nil
}

// Area is a part of the territory: some units, each with all below it, in the boundary sets they are
// named in. In any other set it holds nothing: the same code may be another place there. A nil Area is
// the whole territory. It belongs to the catalogue that made it and is safe for concurrent use.
type Area struct {
	units []DatedUnit
	sets  []areaSet // by in-force date, ascending
}

// areaSet is what an area holds in one boundary set.
type areaSet struct {
	set    *BoundarySet
	tops   []string // the units named, in the order they were named
	inside map[string]bool
}

// Area resolves units, of which there must be at least one, each in the set in force on its day.
func (c *Catalog) Area(units []DatedUnit) (*Area, error) {
	if len(units) == 0 {
		return nil, fmt.Errorf("an area names at least one unit")
	}
	a := &Area{units: slices.Clone(units)}
	for i := range c.BoundarySets {
		set := &c.BoundarySets[i]
		held := areaSet{set: set, inside: map[string]bool{}}
		for _, u := range units {
			if !set.InForce(u.Date) {
				continue
			}
			if _, known := set.Unit(u.Code); !known {
				return nil, c.noUnit(u, set)
			}
			held.tops = append(held.tops, u.Code)
		}
		if len(held.tops) > 0 {
			held.fill()
			a.sets = append(a.sets, held)
		}
	}
	for _, u := range units {
		if _, known := c.BoundarySetAt(u.Date); !known {
			return nil, fmt.Errorf("no boundary set is in force on %s; name another day, as in %s@%s", u.Date, u.Code, c.lastDay())
		}
	}
	return a, nil
}

// noUnit says in which other set the code means something: whoever wrote it without a day may have meant that.
func (c *Catalog) noUnit(u DatedUnit, in *BoundarySet) error {
	for i := range c.BoundarySets {
		if other := &c.BoundarySets[i]; other.Info.ID != in.Info.ID {
			if known, ok := other.Unit(u.Code); ok {
				return fmt.Errorf("there is no unit %s in %s, which is in force on %s; in %s it is %s: write %s@%s",
					u.Code, in.Info.ID, u.Date, other.Info.ID, known.FullName, u.Code, other.Info.InForceFrom)
			}
		}
	}
	return fmt.Errorf("there is no unit %s in %s, which is in force on %s", u.Code, in.Info.ID, u.Date)
}

// fill marks the units named and all below them.
func (h *areaSet) fill() {
	parents := make(map[string]string, len(h.set.Units))
	for _, u := range h.set.Units {
		parents[u.Code] = u.Parent
	}
	for code := range parents {
		steps := 0
		for above := code; above != "" && steps <= len(parents); above = parents[above] {
			if slices.Contains(h.tops, above) {
				h.inside[code] = true
				break
			}
			steps++ // a catalogue that was not validated may go in circles
		}
	}
}

// lastDay is a day that some set is in force on, for messages.
func (c *Catalog) lastDay() civil.Date {
	if len(c.BoundarySets) == 0 {
		return civil.Date{}
	}
	info := c.BoundarySets[len(c.BoundarySets)-1].Info
	if info.InForceTo.IsValid() {
		return info.InForceTo
	}
	return info.InForceFrom
}

// Holds tells whether a unit of a boundary set lies inside.
func (a *Area) Holds(set, code string) bool {
	if a == nil {
		return true
	}
	i := a.find(set)
	return i >= 0 && a.sets[i].inside[code]
}

// HoldsOn tells whether the unit that bears the code on a day lies inside.
func (a *Area) HoldsOn(date civil.Date, code string) bool {
	if a == nil {
		return true
	}
	for i := range a.sets {
		if a.sets[i].set.InForce(date) && a.sets[i].inside[code] {
			return true
		}
	}
	return false
}

// HoldsEver tells whether a unit that ever bore the code lies inside: enough for what tells of no figure.
func (a *Area) HoldsEver(code string) bool {
	return a == nil || slices.ContainsFunc(a.sets, func(h areaSet) bool { return h.inside[code] })
}

// Home is the first unit named in a boundary set; "" where the area holds nothing or is the whole territory.
func (a *Area) Home(set string) string {
	if a == nil {
		return ""
	}
	if i := a.find(set); i >= 0 {
		return a.sets[i].tops[0]
	}
	return ""
}

func (a *Area) find(set string) int {
	return slices.IndexFunc(a.sets, func(h areaSet) bool { return h.set.Info.ID == set })
}

// String lists the units named, so that equal areas of one catalogue read the same; "" is the whole territory.
func (a *Area) String() string {
	if a == nil {
		return ""
	}
	names := make([]string, len(a.units))
	for i, u := range a.units {
		names[i] = u.String()
	}
	return strings.Join(names, " ")
}
