package query

import (
	"slices"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// figure turns sums into a value with its status and flags. collected tells whether the
// measures are collected in or below the unit at all.
func (s *Service) figure(p *plan, t tally, collected bool, period catalog.Period, at instant) Figure {
	last := at.last(period)
	evidence := t.evidence(period, last)
	evidence.Collected = collected
	judged := s.deps.Catalog.Judge(p.indicator, evidence)
	f := Figure{Value: judged.Value, Status: judged.Status, Flags: judged.Flags, Coverage: coverage(t.reported, t.expected)}
	if target, ok := catalog.TargetAt(p.indicator, last); ok {
		f.Target = &target
	}
	if t.reported > 0 {
		f.Numerator = &evidence.Numerator
		if p.indicator.Formula.Kind == catalog.Ratio {
			f.Denominator = &evidence.Denominator
		}
	}
	if t.dated {
		f.LastObservation = &evidence.Newest
	}
	f.estimate(t.estimatedShare())
	if f.carried = t.carried; f.carried {
		f = withoutTarget(f)
	}
	return f
}

// evidence is a tally as the catalogue judges it.
func (t tally) evidence(period catalog.Period, last civil.Date) catalog.Evidence {
	e := catalog.Evidence{
		Period: period, Last: last, Reported: t.reported, Expected: t.expected,
		Numerator: t.float(false), Denominator: t.float(true), Implausible: t.implausible,
	}
	if t.dated {
		e.Oldest, e.Newest, e.NewestNumerator = t.oldest.date(), t.newest.date(), t.newestNumerator.date()
	}
	return e
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

// hidden tells whether disclosure control keeps the figure back.
func (f Figure) hidden() bool { return slices.Contains(f.Flags, catalog.Suppressed) }
