package query

import (
	"errors"
	"fmt"
	"slices"

	"github.com/toancanh/toancanh/query/catalog"
)

// plan is an indicator made ready: its terms as slices, all collected at one level.
// A plan of a task indicator has no terms. One that is made of other indicators, an index
// or the difference of two, has their plans as parts and no terms and level of its own.
type plan struct {
	indicator catalog.Indicator
	level     string // where its measures are collected
	terms     []term
	parts     []*plan // in the order of the formula
	beside    []*beside
	follow    *beside // the plan reads what follows beside another one
}

// term is one sum of the formula.
type term struct {
	slice       *slice
	denominator bool
	minus       bool // it is taken away from the others
}

// newPlans makes every indicator of a catalogue ready.
func newPlans(c *catalog.Catalog) (map[string]*plan, error) {
	plans := map[string]*plan{}
	for _, ind := range c.Indicators {
		if _, err := planOf(c, ind, plans, nil); err != nil {
			return nil, fmt.Errorf("indicator %s: %w", ind.ID, err)
		}
	}
	return plans, readBeside(c, plans)
}

// planOf makes an indicator ready, its parts first; above are those it is part of.
func planOf(c *catalog.Catalog, ind catalog.Indicator, plans map[string]*plan, above []string) (*plan, error) {
	if known, ok := plans[ind.ID]; ok {
		return known, nil
	}
	above = append(above, ind.ID)
	p := &plan{indicator: ind}
	for _, part := range ind.Formula.Parts {
		inner, ok := c.Indicator(part.Indicator)
		if !ok || slices.Contains(above, inner.ID) {
			return nil, fmt.Errorf("part %q is not in the catalogue, or the indicator itself", part.Indicator)
		}
		made, err := planOf(c, inner, plans, above)
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, made)
	}
	if err := p.compile(c); err != nil {
		return nil, err
	}
	plans[ind.ID] = p
	return p, nil
}

func (p *plan) compile(c *catalog.Catalog) error {
	if p.ofTasks() || p.combined() {
		return nil
	}
	if err := p.add(c, p.indicator.Formula.Numerator, false); err != nil {
		return err
	}
	if err := p.add(c, p.indicator.Formula.Denominator, true); err != nil {
		return err
	}
	return p.check()
}

func (p *plan) add(c *catalog.Catalog, terms []catalog.Term, denominator bool) error {
	for _, t := range terms {
		s, err := sliceOf(c, t)
		if err != nil {
			return err
		}
		p.terms = append(p.terms, term{slice: s, denominator: denominator, minus: t.Minus})
	}
	return nil
}

// running tells whether the numerator is made of running totals alone.
func (p *plan) running() bool {
	for _, t := range p.terms {
		if !t.denominator && (t.minus || t.slice.measure.TimeRule != catalog.Cumulative) {
			return false
		}
	}
	return len(p.terms) > 0
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

// combined tells whether the value is made of the values of other indicators.
func (p *plan) combined() bool { return len(p.parts) > 0 }

// flowKind is the kind of period the flows of the formula are reported by.
func (p *plan) flowKind() (catalog.PeriodKind, bool) {
	for _, t := range p.terms {
		if t.slice.measure.TimeRule == catalog.Flow {
			return t.slice.measure.PeriodKind, true
		}
	}
	return "", false
}

// flows tells whether anything in the plan comes only after a reporting period has ended.
func (p *plan) flows() bool {
	_, flows := p.flowKind()
	return flows || slices.ContainsFunc(p.parts, (*plan).flows)
}

// with gives the same formula over other slices of its measures.
func (p *plan) with(change func(*slice) *slice) *plan {
	changed := &plan{indicator: p.indicator, level: p.level}
	for _, t := range p.terms {
		t.slice = change(t.slice)
		changed.terms = append(changed.terms, t)
	}
	return changed
}

// accepts tells whether figures of the kinds the measures are reported by make up a
// period of this kind exactly.
func (p *plan) accepts(kind catalog.PeriodKind) bool {
	reported, flows := p.flowKind()
	refuses := func(part *plan) bool { return !part.accepts(kind) }
	return (!flows || reported.Tiles(kind)) && !slices.ContainsFunc(p.parts, refuses)
}

// allTerms are the sums in the plan and its parts.
func (p *plan) allTerms() []term {
	var terms []term
	for _, leaf := range p.leaves() {
		terms = append(terms, leaf.terms...)
	}
	return terms
}

// leaves are the plans with terms of their own or over tasks, each once.
func (p *plan) leaves() []*plan {
	if !p.combined() {
		return []*plan{p}
	}
	var leaves []*plan
	for _, part := range p.parts {
		for _, leaf := range part.leaves() {
			if !slices.Contains(leaves, leaf) {
				leaves = append(leaves, leaf)
			}
		}
	}
	return leaves
}
