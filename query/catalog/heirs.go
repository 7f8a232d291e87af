package catalog

import (
	"slices"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/geo"
)

// Heirs gives the units in force on a day that a unit of the lowest level which ended
// before it lives on in, by code; none when no crosswalks lead there, or when all of it
// left the root.
func (c *Catalog) Heirs(code string, on civil.Date) []UnitFact {
	to := slices.IndexFunc(c.BoundarySets, func(s BoundarySet) bool { return s.InForce(on) })
	from := to - 1
	for from >= 0 && !c.BoundarySets[from].has(code) {
		from--
	}
	if from < 0 {
		return nil
	}
	codes := map[string]bool{code: true}
	for ; from < to; from++ {
		codes = c.step(codes, c.BoundarySets[from].Info.ID, c.BoundarySets[from+1].Info.ID)
	}
	var heirs []UnitFact
	for _, code := range sortedKeys(codes) {
		if u, known := c.BoundarySets[to].Unit(code); known {
			heirs = append(heirs, u)
		}
	}
	return heirs
}

func (s *BoundarySet) has(code string) bool {
	_, known := s.Unit(code)
	return known
}

// step follows units into the next set.
func (c *Catalog) step(codes map[string]bool, from, to string) map[string]bool {
	next := map[string]bool{}
	for _, walk := range c.Crosswalks {
		if walk.From() != from || walk.To() != to {
			continue
		}
		for code := range codes {
			for _, l := range walk.Became(code) {
				if l.New != geo.Outside {
					next[l.New] = true
				}
			}
		}
	}
	return next
}
