package query

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/query/catalog"
)

// board is an indicator in one period, ready to be read for any unit. Values, series,
// ranking and metrics all read boards, so a number is the same wherever it stands.
type board struct {
	period catalog.Period
	of     func(unit string) Figure
}

// boards makes the boards of several periods with as few statements as possible.
func (s *Service) boards(ctx context.Context, p *plan, periods []catalog.Period, at instant) ([]board, error) {
	if p.ofTasks() {
		return s.taskBoards(ctx, p, periods, at)
	}
	if p.combined() {
		return s.combinedBoards(ctx, p, periods, at)
	}
	evaluated, err := s.evaluate(ctx, p, periods, at)
	if err != nil {
		return nil, err
	}
	boards := make([]board, len(periods))
	for i, e := range evaluated {
		hidden := s.disclosure.hiddenUnits(e, s.layout)
		boards[i] = board{period: e.period, of: func(unit string) Figure {
			units := s.layout.under[p.level][unit]
			figure := s.figure(p, e.sum(0, units), e.collected(units), e.period, at)
			if hidden[unit] {
				figure.suppress()
			}
			return figure
		}}
	}
	return boards, nil
}

func (s *Service) board(ctx context.Context, p *plan, period catalog.Period, at instant) (board, error) {
	boards, err := s.boards(ctx, p, []catalog.Period{period}, at)
	if err != nil {
		return board{}, err
	}
	return boards[0], nil
}

// evaluate reads every term of a plan for every period.
func (s *Service) evaluate(ctx context.Context, p *plan, periods []catalog.Period, at instant) ([]*evaluated, error) {
	if len(periods) == 0 { // nothing has been reported yet
		return nil, nil
	}
	result := make([]*evaluated, len(periods))
	for i, period := range periods {
		result[i] = &evaluated{
			plan: p, period: period, units: len(s.layout.units[p.level]),
			slots: len(p.slots(period, at)), silent: s.silent(p), columns: make([][]column, len(p.terms)),
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	for i := range p.terms {
		group.Go(func() error {
			return contain(s.deps.Log, "reading "+p.terms[i].slice.id, func() error { return s.read(ctx, i, result, at) })
		})
	}
	return result, group.Wait()
}

// silent tells for each unit of a plan's level whether it is not expected to report one of
// the measures; nil when all are expected to report all.
func (s *Service) silent(p *plan) []bool {
	var silent []bool
	for _, t := range p.terms {
		if len(t.slice.measure.ExpectedTypes) == 0 {
			continue
		}
		if silent == nil {
			silent = make([]bool, len(s.layout.units[p.level]))
		}
		for i, unit := range s.layout.units[p.level] {
			silent[i] = silent[i] || !t.slice.measure.Expects(unit.Type)
		}
	}
	return silent
}

// read fills in the columns of one term for all periods.
func (s *Service) read(ctx context.Context, term int, into []*evaluated, at instant) error {
	slice := into[0].plan.terms[term].slice
	if slice.measure.TimeRule == catalog.Flow {
		return s.readFlow(ctx, slice, term, into, at)
	}
	lasts := make([]day, len(into))
	for i, e := range into {
		lasts[i] = dayOf(at.last(e.period))
	}
	columns, err := s.leaves.stocks(ctx, slice, lasts, at)
	if err != nil {
		return err
	}
	for i, e := range into {
		e.columns[term] = columns[i : i+1]
	}
	return nil
}

func (s *Service) readFlow(ctx context.Context, slice *slice, term int, into []*evaluated, at instant) error {
	var windows []window
	for _, e := range into {
		for _, slot := range e.plan.slots(e.period, at) {
			windows = append(windows, window{from: dayOf(slot.Start), to: dayOf(slot.End)})
		}
	}
	columns, err := s.leaves.flows(ctx, slice, windows, at)
	if err != nil {
		return err
	}
	for _, e := range into {
		e.columns[term], columns = columns[:e.slots], columns[e.slots:]
	}
	return nil
}

// slots are the reporting periods that make up a period and have come to their last day;
// without flows the period itself is the only one.
func (p *plan) slots(period catalog.Period, at instant) []catalog.Period {
	kind, flows := p.flowKind()
	if !flows {
		return []catalog.Period{period}
	}
	var slots []catalog.Period
	for _, slot := range catalog.PeriodsBetween(kind, period.Start, at.last(period)) {
		if slot.TilesInto(period) && !slot.End.After(at.today) {
			slots = append(slots, slot)
		}
	}
	return slots
}
