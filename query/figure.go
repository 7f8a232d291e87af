package query

import (
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// figure turns sums into a value with its status and flags. collected tells whether the
// measures are collected in or below the unit at all.
func (s *Service) figure(p *plan, t tally, collected bool, period catalog.Period, at instant) Figure {
	f := Figure{Coverage: coverage(t.reported, t.expected), Flags: []catalog.Flag{}}
	last := at.last(period)
	if target, ok := catalog.TargetAt(p.indicator, last); ok {
		f.Target = &target
	}
	if t.reported > 0 {
		f.fill(p.indicator, t)
		f.Flags = flags(t, period)
	}
	if t.dated {
		newest := t.newest.date()
		f.LastObservation = &newest
	}
	f.Status = s.status(p.indicator, f, collected, last)
	if t.implausible { // a wrong figure must not make anybody's target achieved
		f.Status = catalog.NotApplicable
	}
	return f
}

// fill computes the value; a ratio over nothing has none.
func (f *Figure) fill(ind catalog.Indicator, t tally) {
	numerator := float64(t.numerator)
	f.Numerator = &numerator
	value := ind.Formula.Scale * numerator
	if ind.Formula.Kind == catalog.Ratio {
		denominator := float64(t.denominator)
		f.Denominator = &denominator
		if t.denominator == 0 {
			return
		}
		value /= denominator
	}
	f.Value = &value
}

// status asks the catalogue. Figures were reported but give no value only when the
// denominator is zero: there is nobody the indicator could apply to.
func (s *Service) status(ind catalog.Indicator, f Figure, collected bool, date civil.Date) catalog.Status {
	switch {
	case f.Value != nil:
		return s.deps.Catalog.StatusOf(ind, *f.Value, true, date)
	case f.Numerator != nil || !collected:
		return catalog.NotApplicable
	default:
		return s.deps.Catalog.StatusOf(ind, 0, false, date)
	}
}

func flags(t tally, period catalog.Period) []catalog.Flag {
	flags := []catalog.Flag{}
	if t.reported < t.expected {
		flags = append(flags, catalog.Partial)
	}
	if t.dated && t.oldest < dayOf(period.Start) {
		flags = append(flags, catalog.CarriedForward)
	}
	if before := period.Prev(); t.dated && !before.IsZero() && t.newestNumerator < dayOf(before.Start) {
		flags = append(flags, catalog.Stale)
	}
	if t.implausible {
		flags = append(flags, catalog.Implausible)
	}
	return flags
}

func coverage(reported, expected int) Coverage {
	c := Coverage{Reported: reported, Expected: expected}
	if expected > 0 {
		c.Share = float64(reported) / float64(expected)
	}
	return c
}

// suppress hides everything from which the figure could be told.
func (f *Figure) suppress() {
	*f = Figure{Coverage: f.Coverage, Target: f.Target, Status: catalog.NoData, Flags: []catalog.Flag{catalog.Suppressed}}
}
