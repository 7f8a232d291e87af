package query

import (
	"math/big"
	"slices"

	"github.com/toancanh/toancanh/geo"
)

// landing is where the units of one level of a boundary set lie in a later set. A unit of
// the lowest level is shared out by the crosswalk. Of any other only the figure as a whole
// is known: it lands on the smallest unit that holds all of it, and what lies only partly
// in a unit is never guessed.
type landing struct {
	from, to *layout
	walk     *geo.Crosswalk
	level    string
	on       map[string]map[int]*big.Rat // unit of to > number of from > share
	astray   map[string]bool             // units of to that hold a part of a unit that does not lie in them
}

func newLanding(from, to *layout, walk *geo.Crosswalk, level string) *landing {
	l := &landing{from: from, to: to, walk: walk, level: level, on: map[string]map[int]*big.Rat{}, astray: map[string]bool{}}
	for number, unit := range from.units[level] {
		leaves := from.leavesOf(unit.Code)
		if len(leaves) == 1 && leaves[0] == unit.Code {
			l.share(number, unit.Code)
		} else {
			l.place(number, leaves)
		}
	}
	return l
}

// share puts a unit of the lowest level where the crosswalk has it.
func (l *landing) share(number int, code string) {
	for _, link := range l.walk.Became(code) {
		if link.New == geo.Outside {
			continue
		}
		l.add(link.New, number, link.Weight)
		for _, above := range l.to.set.Ancestors(link.New) {
			l.add(above.Code, number, link.Weight)
		}
	}
}

func (l *landing) add(code string, number int, share *big.Rat) {
	if l.on[code] == nil {
		l.on[code] = map[int]*big.Rat{}
	}
	if had := l.on[code][number]; had != nil {
		share = new(big.Rat).Add(had, share)
	}
	l.on[code][number] = share
}

// place puts a larger unit where all of it lies.
func (l *landing) place(number int, leaves []string) {
	touched, leaked, begun := map[string]bool{}, false, false
	var common []string // units that hold all of it, the smallest first
	for _, leaf := range leaves {
		for _, link := range l.walk.Became(leaf) {
			if link.New == geo.Outside {
				leaked = true
				continue
			}
			above := append([]string{link.New}, codesOf(l.to.set.Ancestors(link.New))...)
			for _, code := range above {
				touched[code] = true
			}
			if !begun {
				common, begun = above, true
			}
			common = slices.DeleteFunc(slices.Clone(common), func(code string) bool { return !slices.Contains(above, code) })
		}
	}
	for code := range touched {
		if leaked || !slices.Contains(common, code) {
			l.astray[code] = true
		} else {
			l.add(code, number, wholeUnit)
		}
	}
}

var wholeUnit = big.NewRat(1, 1)

// under gives the pieces of every unit that is made up exactly.
func (l *landing) under() map[string][]piece {
	under := map[string][]piece{}
	for code, shares := range l.on {
		if l.astray[code] {
			continue
		}
		pieces := make([]piece, 0, len(shares))
		for number, share := range shares {
			p := piece{number: number}
			if share.Cmp(wholeUnit) != 0 {
				p.weight = share
			}
			pieces = append(pieces, p)
		}
		slices.SortFunc(pieces, func(a, b piece) int { return a.number - b.number })
		under[code] = pieces
	}
	return under
}

// leavesOf lists the units without others in them, in or at a unit.
func (l *layout) leavesOf(code string) []string {
	children := l.set.Children(code)
	if len(children) == 0 {
		return []string{code}
	}
	var leaves []string
	for _, child := range children {
		leaves = append(leaves, l.leavesOf(child.Code)...)
	}
	return leaves
}

func codesOf(units []geo.Unit) []string {
	codes := make([]string, len(units))
	for i, u := range units {
		codes[i] = u.Code
	}
	return codes
}

// homes gives for every unit the smallest one of a later set that holds all of it, the root
// where none does.
func homes(from, to *layout, walk *geo.Crosswalk) map[string]string {
	home := map[string]string{}
	for level, units := range from.units {
		l := newLanding(from, to, walk, level)
		for _, unit := range units {
			home[unit.Code] = to.set.Root().Code
		}
		for _, code := range to.all { // level after level, so that the smallest comes last
			for number, share := range l.on[code] {
				if share.Cmp(wholeUnit) == 0 {
					home[units[number].Code] = code
				}
			}
		}
	}
	return home
}
