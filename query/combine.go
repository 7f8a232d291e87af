package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// combinedBoards makes the boards of an index, or of the difference of two indicators,
// from those of its parts: values of one unit are combined, never values of units.
func (s *Service) combinedBoards(ctx context.Context, p *plan, periods []catalog.Period, at instant) ([]board, error) {
	parts := make([][]board, len(p.parts))
	for i, part := range p.parts {
		var err error
		if parts[i], err = s.boards(ctx, part, periods, at); err != nil {
			return nil, err
		}
	}
	boards := make([]board, len(periods))
	for i, period := range periods {
		boards[i] = board{period: period, of: func(unit string) Figure {
			figures := make([]Figure, len(parts))
			for k := range parts {
				figures[k] = parts[k][i].of(unit)
			}
			return s.combine(p, figures, period, at)
		}}
	}
	return boards, nil
}

// combine makes one figure of the parts' figures in a unit. It has a value only where all
// parts have one, is suppressed where any of them is, and carries all their flags.
func (s *Service) combine(p *plan, parts []Figure, period catalog.Period, at instant) Figure {
	last := at.last(period)
	f := Figure{Flags: []catalog.Flag{}}
	if target, ok := catalog.TargetAt(p.indicator, last); ok {
		f.Target = &target
	}
	for _, part := range parts {
		f.Coverage = coverage(f.Coverage.Reported+part.Coverage.Reported, f.Coverage.Expected+part.Coverage.Expected)
		f.LastObservation = later(f.LastObservation, part.LastObservation)
		f.Flags = append(f.Flags, part.Flags...)
		f.EstimatedShare, f.carried = max(f.EstimatedShare, part.EstimatedShare), f.carried || part.carried
	}
	f.Flags = inOrder(f.Flags)
	if f.hidden() {
		f.suppress()
		return f
	}
	f.Value = p.combination(parts)
	f.Status = s.combinedStatus(p, f, parts, at.last(period))
	if f.carried {
		return withoutTarget(f)
	}
	return f
}

// combination computes the value: of an index the weighted mean of the parts on their
// scales, of a difference the one less the other. It is nil when a part has none.
func (p *plan) combination(parts []Figure) *float64 {
	sum := 0.0
	for i, part := range p.indicator.Formula.Parts {
		if parts[i].Value == nil {
			return nil
		}
		value := *parts[i].Value
		if p.indicator.Formula.Kind == catalog.Index {
			value = part.Scaled(value)
		}
		sum += part.Weight * value
	}
	return &sum
}

// combinedStatus asks the catalogue, unless a part cannot be judged.
func (s *Service) combinedStatus(p *plan, f Figure, parts []Figure, date civil.Date) catalog.Status {
	switch {
	case slices.Contains(f.Flags, catalog.Implausible):
		return catalog.NotApplicable
	case f.Value != nil && !s.deps.Catalog.Enough(p.indicator, f.Coverage.Share):
		return catalog.NotApplicable
	case f.Value != nil:
		return s.deps.Catalog.StatusOf(p.indicator, *f.Value, true, date)
	}
	for _, part := range parts { // nobody has reported yet, or there is nobody to report about
		if part.Value == nil && part.Status == catalog.NoData {
			return catalog.NoData
		}
	}
	return catalog.NotApplicable
}

func later(a, b *civil.Date) *civil.Date {
	if a == nil || b != nil && b.After(*a) {
		return b
	}
	return a
}

// inOrder gives every flag once, in the order single figures have them, others after these.
func inOrder(flags []catalog.Flag) []catalog.Flag {
	order := []catalog.Flag{catalog.Estimated, catalog.Partial, catalog.CarriedForward, catalog.Stale, catalog.Suppressed, catalog.Implausible}
	place := func(f catalog.Flag) int {
		if i := slices.Index(order, f); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(flags, func(a, b catalog.Flag) int { return cmp.Or(place(a)-place(b), cmp.Compare(a, b)) })
	return slices.Compact(flags)
}
