package query

import (
	"math/big"
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
	told   []combos     // of each unit, in all groups
	filled map[int]fill // by place among leaves: what stands there was carried over from an earlier set
}

// fill is what a carried leaf holds beside its whole number.
type fill struct {
	rest      *big.Rat // part of a person that weights make, from 0 to under 1; nil: none
	estimated *big.Rat // how much came by weight, by magnitude; nil: nothing
	from      []int    // numbers of the units it came from
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

// evaluated is a plan with everything it reads for one period. Its units are numbered as
// in the one layer that has all figures, or layer after layer where several have some.
type evaluated struct {
	plan    *plan
	period  catalog.Period
	terrain *terrain
	only    int        // the layer of all figures, several
	inForce int        // the layer of the last day looked at
	units   int        // of the collection level
	slots   int        // reporting periods that make up the period; 1 without flows
	layers  []int      // of each slot
	silent  []bool     // units that are not expected to report; nil: none
	columns [][]column // of each term: one column, or of a flow one for every slot
	chosen  [][]piece  // where several layers have figures: the pieces of each spot that count
	beside  []*evaluated
}

const several = -1

// tally is an indicator summed over units: all its terms over the same figures.
type tally struct {
	numerator, denominator int64
	reported, expected     int
	dated                  bool // the days below are set
	oldest, newest         day  // over all terms
	newestNumerator        day
	implausible            bool // in some unit a part exceeds its whole
	carried                bool // some unit is of an earlier boundary set
	weighed                *weighed
}

// sum rolls a group up over leaf units. In each slot a unit counts only when every
// term has a figure there; a stock beside flows is taken once, however many slots count.
// The share of a unit brings that share of all its terms.
func (e *evaluated) sum(group int, pieces []piece) tally {
	var t tally
	for _, p := range pieces {
		if p.weight == nil && !e.fills() {
			e.take(&t, group, p)
			continue
		}
		var one tally
		e.take(&one, group, p)
		if p.twin {
			one.reported, one.expected = 0, 0
		}
		t.join(one, p.weight)
	}
	return t
}

// take adds one unit, as a whole.
func (e *evaluated) take(t *tally, group int, p piece) {
	before, unit, counted, slots := *t, p.number, 0, 0
	for slot := range e.slots {
		if !e.speaks(unit, slot) {
			continue
		}
		slots++
		if e.complete(group, unit, slot) {
			counted++
			e.addFlows(t, group, unit, slot)
		}
	}
	if counted > 0 && !p.flowsOnly {
		e.addStocks(t, group, unit)
	}
	t.reported += counted
	if e.expects(unit) {
		t.expected += slots
	} else {
		t.expected += counted // it was not asked to, and did
	}
	t.carried = t.carried || e.isCarried(unit)
	if e.plan.indicator.Formula.PartOfWhole && t.numerator-before.numerator > t.denominator-before.denominator {
		t.implausible = true
	}
}

// expects tells whether a unit is expected to report every measure of the plan.
func (e *evaluated) expects(unit int) bool { return e.silent == nil || !e.silent[unit] }

// collected tells whether any of these units is expected to report.
func (e *evaluated) collected(pieces []piece) bool {
	return slices.ContainsFunc(pieces, func(p piece) bool { return e.expects(p.number) })
}

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
			if e.columns[i][0].filled != nil {
				t.addFill(term, e.columns[i][0].fillAt(group, unit))
			}
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
