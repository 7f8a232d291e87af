package query

import (
	"errors"
	"fmt"

	"github.com/toancanh/toancanh/query/catalog"
)

// plan is an indicator made ready: its terms as slices, all collected at one level.
// A plan of a task indicator has no terms.
type plan struct {
	indicator catalog.Indicator
	level     string // where its measures are collected
	terms     []term
}

// term is one sum of the formula.
type term struct {
	slice       *slice
	denominator bool
}

func newPlan(c *catalog.Catalog, ind catalog.Indicator) (*plan, error) {
	p := &plan{indicator: ind}
	if p.ofTasks() {
		return p, nil
	}
	if err := p.add(c, ind.Formula.Numerator, false); err != nil {
		return nil, err
	}
	if err := p.add(c, ind.Formula.Denominator, true); err != nil {
		return nil, err
	}
	return p, p.check()
}

func (p *plan) add(c *catalog.Catalog, terms []catalog.Term, denominator bool) error {
	for _, t := range terms {
		s, err := sliceOf(c, t)
		if err != nil {
			return err
		}
		p.terms = append(p.terms, term{slice: s, denominator: denominator})
	}
	return nil
}

// check refuses what could not be summed over the same figures. Measures of one
// indicator meet at the level and in the periods they are all collected by.
func (p *plan) check() error {
	if len(p.terms) == 0 {
		return errors.New("formula has no terms")
	}
	p.level = p.terms[0].slice.measure.Level
	for _, t := range p.terms {
		m := t.slice.measure
		if m.Level != p.level {
			return fmt.Errorf("measures are collected at two levels, %s and %s", p.level, m.Level)
		}
		if kind, ok := p.flowKind(); ok && m.TimeRule == catalog.Flow && m.PeriodKind != kind {
			return fmt.Errorf("flows are reported by two kinds of period, %s and %s", kind, m.PeriodKind)
		}
	}
	return nil
}

func (p *plan) ofTasks() bool {
	kind := p.indicator.Formula.Kind
	return kind == catalog.Completion || kind == catalog.OnTime
}

// flowKind is the kind of period the flows of the formula are reported by.
func (p *plan) flowKind() (catalog.PeriodKind, bool) {
	for _, t := range p.terms {
		if t.slice.measure.TimeRule == catalog.Flow {
			return t.slice.measure.PeriodKind, true
		}
	}
	return "", false
}

// with gives the same formula over other slices of its measures.
func (p *plan) with(change func(*slice) *slice) *plan {
	changed := &plan{indicator: p.indicator, level: p.level}
	for _, t := range p.terms {
		changed.terms = append(changed.terms, term{slice: change(t.slice), denominator: t.denominator})
	}
	return changed
}

// accepts tells whether figures of the kinds the measures are reported by make up a
// period of this kind exactly.
func (p *plan) accepts(kind catalog.PeriodKind) bool {
	reported, flows := p.flowKind()
	return !flows || reported.Tiles(kind)
}
