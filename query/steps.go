package query

import (
	"cmp"
	"slices"

	"github.com/toancanh/toancanh/query/catalog"
)

// hiddenIn decides which units are hidden in each of several periods that are answered
// together. Two levels of a running total show the people who came between them: where
// these are few, the earlier level is hidden, so that the latest can be seen.
func (d *disclosure) hiddenIn(periods []*evaluated) []map[string]bool {
	hidden := make([]map[string]bool, len(periods))
	order := make([]int, len(periods))
	for i, e := range periods {
		hidden[i], order[i] = d.hiddenUnits(e), i
	}
	if len(periods) < 2 || !periods[0].plan.tellsSteps() {
		return hidden
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(periods[b].period.End.DaysSince(periods[a].period.End), cmp.Compare(a, b))
	})
	var later []*evaluated // whose levels a level is held against: those seen, back to one with nothing more hidden
	for _, i := range order {
		e, more := periods[i], false
		for _, after := range later {
			for _, step := range e.stepsTo(after) {
				if d.anySmall(e, step) {
					hidden[i], more = d.hiddenOn(hidden[i], e.terrain.last().codes(), step, e.pieces), true
				}
			}
		}
		if !more {
			later = nil
		}
		later = append(later, e)
	}
	return hidden
}

// tellsSteps tells whether the plan has running totals of people.
func (p *plan) tellsSteps() bool {
	return slices.ContainsFunc(p.terms, func(t term) bool {
		return sensitive(t.slice.measure) && t.slice.measure.TimeRule == catalog.Cumulative
	})
}

// stepsTo are the people by whom running totals grew up to a later period; none where a
// reform lies between, after which units are numbered otherwise.
func (e *evaluated) stepsTo(later *evaluated) []peopleCount {
	if e.only != later.only || e.only == several {
		return nil
	}
	var steps []peopleCount
	for i, t := range e.plan.terms {
		if sensitive(t.slice.measure) && t.slice.measure.TimeRule == catalog.Cumulative {
			steps = append(steps, func(group, unit int) int64 { return later.counted(i, group, unit) - e.counted(i, group, unit) })
		}
	}
	return steps
}
