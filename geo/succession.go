package geo

import (
	"fmt"
	"math/big"
	"slices"
)

// Succession is how reforms are written: a new unit and the old ones it was formed from.
// New may be Outside.
type Succession struct {
	New    string
	Old    []string
	Source string
}

// FromSuccessions makes a crosswalk of the lists of a reform. Old units that stand in one
// list went as a whole. One that stands in several was split: the lists do not say how, so
// its shares are taken from estimate (an overlay, or known populations) over just the
// units the lists name; without estimate that is an error that names the unit.
func FromSuccessions(from, to *Set, lists []Succession, estimate *Crosswalk) (*Crosswalk, error) {
	heirs := map[string][]Link{}
	var order []string
	for _, s := range lists {
		for _, old := range s.Old {
			if len(heirs[old]) == 0 {
				order = append(order, old)
			}
			heirs[old] = append(heirs[old], Link{Old: old, New: s.New, Weight: one, Basis: Legal, Source: s.Source})
		}
	}
	var links []Link
	for _, old := range order {
		shared, err := shareOut(heirs[old], estimate)
		if err != nil {
			return nil, fmt.Errorf("crosswalk from %s to %s: %s: %w", from.info.ID, to.info.ID, from.name(old), err)
		}
		links = append(links, shared...)
	}
	return NewCrosswalk(from, to, links)
}

// shareOut weighs the heirs of one old unit by an estimate.
func shareOut(heirs []Link, estimate *Crosswalk) ([]Link, error) {
	if len(heirs) == 1 {
		return heirs, nil
	}
	if estimate == nil {
		return nil, fmt.Errorf("it was split among %d units and nothing says how: weights are accepted, or an estimate to take them from", len(heirs))
	}
	sum := new(big.Rat)
	for i := range heirs {
		known := estimate.links[heirs[i].Old]
		k := slices.IndexFunc(known, func(l Link) bool { return l.New == heirs[i].New })
		if k < 0 {
			return nil, fmt.Errorf("a part of it went to %s, and the estimate does not know of it", place(heirs[i].New))
		}
		heirs[i].Weight, heirs[i].Basis = known[k].Weight, known[k].Basis
		heirs[i].Source = joinSources(heirs[i].Source, known[k].Source)
		sum.Add(sum, heirs[i].Weight)
	}
	for i := range heirs {
		heirs[i].Weight = new(big.Rat).Quo(heirs[i].Weight, sum)
	}
	return heirs, nil
}
