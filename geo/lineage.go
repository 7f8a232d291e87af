package geo

import (
	"cmp"
	"maps"
	"math"
	"math/big"
	"slices"
)

// Relative is a unit of another set that took in a unit, or that it came from.
type Relative struct {
	Unit
	Weight *big.Rat // share of the older of the two units that is in the younger one
	Basis  Basis
	Source string
}

// Step is what a unit has to do with the units of one other set.
type Step struct {
	Set       *Set
	Units     []Relative // by code
	Outside   *big.Rat   // share of the unit that left the root; nil when none did
	Unchanged bool       // one unit with the same ground, code, name and kind
}

// Estimated tells whether some unit of a step took in only a part.
func (s Step) Estimated() bool {
	return slices.ContainsFunc(s.Units, func(r Relative) bool { return r.Weight.Cmp(one) != 0 })
}

// Lineage is what became of a unit and what it came from.
type Lineage struct {
	Became   []Step // the next set first
	CameFrom []Step // the set before first
}

// Lineage follows a unit of a set through all sets that a crosswalk leads to or from. A
// unit of another set with exactly the same ground stands for it, on its own level where
// there is one. Otherwise it is the lowest units that took it in or that it was made of; a
// unit that contained others is shared out by their areas then. ok is false when the set
// or the unit is unknown.
func (t *Timeline) Lineage(code, set string) (lineage Lineage, ok bool) {
	at := t.index(set)
	if at < 0 {
		return Lineage{}, false
	}
	unit, ok := t.sets[at].Unit(code)
	if !ok {
		return Lineage{}, false
	}
	for _, other := range t.sets[at+1:] {
		if x, err := t.Crosswalk(set, other.info.ID); err == nil {
			lineage.Became = append(lineage.Became, becoming(t.sets[at], other, x, unit))
		}
	}
	for _, other := range slices.Backward(t.sets[:at]) {
		if x, err := t.Crosswalk(other.info.ID, set); err == nil {
			lineage.CameFrom = append(lineage.CameFrom, coming(other, t.sets[at], x, unit))
		}
	}
	return lineage, true
}

// becoming finds what took in a unit of an earlier set.
func becoming(from, to *Set, x *Crosswalk, unit Unit) Step {
	olds := from.leavesIn(unit.Code)
	weights := from.areaShares(olds)
	parts, left := map[string]Relative{}, new(big.Rat)
	alone := true // nobody else is in what it became
	for old := range olds {
		for _, l := range x.links[old] {
			share := new(big.Rat).Mul(weights[old], l.Weight)
			if l.New == Outside {
				left.Add(left, share)
				continue
			}
			parts[l.New] = to.relative(l.New, share, l, parts[l.New])
			alone = alone && !slices.ContainsFunc(x.sources[l.New], func(s Link) bool { return !olds[s.Old] })
		}
	}
	step := Step{Set: to}
	if left.Sign() > 0 {
		step.Outside, alone = left, false
	}
	return step.of(to, unit, parts, alone)
}

// coming finds what a unit of a later set was made of.
func coming(from, to *Set, x *Crosswalk, unit Unit) Step {
	news := to.leavesIn(unit.Code)
	parts := map[string]Relative{}
	alone := true // nothing of what it came from went elsewhere
	for new := range news {
		for _, l := range x.sources[new] {
			parts[l.Old] = from.relative(l.Old, l.Weight, l, parts[l.Old])
			alone = alone && !slices.ContainsFunc(x.links[l.Old], func(s Link) bool { return !news[s.New] })
		}
	}
	return Step{Set: from}.of(from, unit, parts, alone)
}

// of lists the parts, or the one unit that has just them.
func (s Step) of(set *Set, unit Unit, parts map[string]Relative, alone bool) Step {
	if alone {
		if i := set.tree.exactly(parts, unit.Level); i >= 0 {
			heir := Relative{Unit: set.tree.units[i], Weight: one}
			for _, code := range slices.Sorted(maps.Keys(parts)) {
				heir.Basis, heir.Source = lessSure(cmp.Or(heir.Basis, Legal), parts[code].Basis), joinSources(heir.Source, parts[code].Source)
			}
			s.Units = []Relative{heir}
			s.Unchanged = heir.Code == unit.Code && heir.FullName == unit.FullName && heir.Type == unit.Type
			return s
		}
	}
	for _, code := range slices.Sorted(maps.Keys(parts)) {
		s.Units = append(s.Units, parts[code])
	}
	return s
}

// relative adds a share to what is known of a relative already.
func (s *Set) relative(code string, share *big.Rat, l Link, known Relative) Relative {
	if known.Weight == nil {
		u, _ := s.Unit(code)
		return Relative{Unit: u, Weight: share, Basis: l.Basis, Source: l.Source}
	}
	known.Weight = new(big.Rat).Add(known.Weight, share)
	known.Basis, known.Source = lessSure(known.Basis, l.Basis), joinSources(known.Source, l.Source)
	return known
}

// leavesIn lists the lowest units in a unit.
func (s *Set) leavesIn(code string) map[string]bool {
	leaves := map[string]bool{}
	at := s.tree.index[code]
	for i, u := range s.tree.units {
		if len(s.tree.children[i]) == 0 && s.tree.contains(at, i) {
			leaves[u.Code] = true
		}
	}
	return leaves
}

// areaShares weighs units by area, in whole square metres; equally when one has none.
func (s *Set) areaShares(codes map[string]bool) map[string]*big.Rat {
	areas, total := map[string]int64{}, int64(0)
	for code := range codes {
		area := int64(math.Round(s.tree.units[s.tree.index[code]].AreaKm2 * 1e6))
		if area == 0 {
			total = 0
			break
		}
		areas[code], total = area, total+area
	}
	shares := map[string]*big.Rat{}
	for code := range codes {
		if total == 0 {
			shares[code] = big.NewRat(1, int64(len(codes)))
		} else {
			shares[code] = big.NewRat(areas[code], total)
		}
	}
	return shares
}

// exactly finds the unit that has just these lowest units in it: the one of a level, or
// the lowest when it has none there; -1 when there is no such unit.
func (h *hierarchy) exactly(leaves map[string]Relative, level string) int {
	found := -1
	for code := range leaves {
		for i := h.index[code]; i >= 0; i = h.parents[i] {
			if n, all := h.leavesAmong(i, leaves); !all {
				break
			} else if n == len(leaves) && (found < 0 || h.units[i].Level == level) {
				found = i
			}
		}
		break
	}
	return found
}

// leavesAmong counts the lowest units in a unit and tells whether all are of those given.
func (h *hierarchy) leavesAmong(unit int, leaves map[string]Relative) (n int, all bool) {
	for i, u := range h.units {
		if len(h.children[i]) == 0 && h.contains(unit, i) {
			if _, given := leaves[u.Code]; !given {
				return n, false
			}
			n++
		}
	}
	return n, true
}
