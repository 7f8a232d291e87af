package query

import (
	"slices"

	"github.com/toancanh/toancanh/query/catalog"
)

// leaf is what one unit of the collection level reported for one group of a slice,
// summed over dims.
type leaf struct {
	sum            int64
	rows           uint32 // figures in the sum
	oldest, newest day    // dates of these figures
}

// column is the leaves of a slice at one moment or in one reporting period, group
// after group, each in the layout's order of units.
type column struct {
	leaves []leaf
	told   []combos // of each unit, in all groups
}

func newColumn(groups, units int) column {
	return column{leaves: make([]leaf, groups*units), told: make([]combos, units)}
}

func (c column) at(group, unit int) leaf { return c.leaves[group*len(c.told)+unit] }

// whole tells whether a unit said all that a group wants. A group that wants nothing
// cannot be reported at all.
func (c column) whole(wanted combos, unit int) bool {
	return wanted != 0 && c.told[unit]&wanted == wanted
}

// evaluated is a plan with everything it reads for one period.
type evaluated struct {
	plan    *plan
	period  catalog.Period
	units   int        // of the collection level
	slots   int        // reporting periods that make up the period; 1 without flows
	silent  []bool     // units that are not expected to report; nil: none
	columns [][]column // of each term: one column, or of a flow one for every slot
}

// tally is an indicator summed over units: all its terms over the same figures.
type tally struct {
	numerator, denominator int64
	reported, expected     int
	dated                  bool // the days below are set
	oldest, newest         day  // over all terms
	newestNumerator        day
	implausible            bool // in some unit a part exceeds its whole
}

// sum rolls a group up over leaf units. In each slot a unit counts only when every
// term has a figure there; a stock beside flows is taken once, however many slots count.
func (e *evaluated) sum(group int, units []int) tally {
	var t tally
	for _, unit := range units {
		before := t
		counted := 0
		for slot := range e.slots {
			if e.complete(group, unit, slot) {
				counted++
				e.addFlows(&t, group, unit, slot)
			}
		}
		if counted > 0 {
			e.addStocks(&t, group, unit)
		}
		t.reported += counted
		if e.expects(unit) {
			t.expected += e.slots
		} else {
			t.expected += counted // it was not asked to, and did
		}
		if e.plan.indicator.Formula.PartOfWhole && t.numerator-before.numerator > t.denominator-before.denominator {
			t.implausible = true
		}
	}
	return t
}

// expects tells whether a unit is expected to report every measure of the plan.
func (e *evaluated) expects(unit int) bool { return e.silent == nil || !e.silent[unit] }

// collected tells whether any of these units is expected to report.
func (e *evaluated) collected(units []int) bool { return slices.ContainsFunc(units, e.expects) }

// complete tells whether a unit reported every term. Not reported is not zero, and a part
// is not the whole: half of a numerator would halve the rate.
func (e *evaluated) complete(group, unit, slot int) bool {
	for i, t := range e.plan.terms {
		if !e.column(i, slot).whole(t.slice.wanted[group], unit) {
			return false
		}
	}
	return true
}

func (e *evaluated) leaf(term, group, unit, slot int) leaf {
	return e.column(term, slot).at(group, unit)
}

// column gives the figures of a term; a stock has the same ones in every slot.
func (e *evaluated) column(term, slot int) column {
	if e.plan.terms[term].slice.measure.TimeRule != catalog.Flow {
		slot = 0
	}
	return e.columns[term][slot]
}

func (e *evaluated) addFlows(t *tally, group, unit, slot int) {
	for i, term := range e.plan.terms {
		if term.slice.measure.TimeRule == catalog.Flow {
			t.add(term, e.leaf(i, group, unit, slot))
		}
	}
}

func (e *evaluated) addStocks(t *tally, group, unit int) {
	for i, term := range e.plan.terms {
		if term.slice.measure.TimeRule != catalog.Flow {
			t.add(term, e.leaf(i, group, unit, 0))
		}
	}
}

func (t *tally) add(term term, l leaf) {
	sum := l.sum
	if term.minus {
		sum = -sum
	}
	if term.denominator {
		t.denominator += sum
	} else {
		t.numerator += sum
	}
	if l.rows == 0 { // nobody of an age: told by silence, on no day
		return
	}
	if !t.dated {
		t.dated, t.oldest, t.newest, t.newestNumerator = true, l.oldest, l.newest, l.oldest
	}
	t.oldest, t.newest = min(t.oldest, l.oldest), max(t.newest, l.newest)
	if !term.denominator {
		t.newestNumerator = max(t.newestNumerator, l.newest)
	}
}
