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
	hidden := s.disclosure.hiddenIn(evaluated)
	boards := make([]board, len(periods))
	for i, e := range evaluated {
		hidden := hidden[i]
		boards[i] = board{period: e.period, of: func(unit string) Figure {
			pieces := e.pieces(unit)
			figure := s.figure(p, e.sum(0, pieces), e.collected(pieces), e.period, at)
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
	found, err := s.knownOf(ctx, p)
	if err != nil {
		return nil, err
	}
	result := s.lay(p, periods, found, at)
	beside := make([][]*evaluated, len(p.beside))
	group, ctx := errgroup.WithContext(ctx)
	for i, b := range p.beside {
		group.Go(func() (err error) {
			beside[i], err = s.evaluate(ctx, b.plan, periods, at)
			return err
		})
	}
	for i := range p.terms {
		group.Go(func() error {
			return contain(s.deps.Log, "reading "+p.terms[i].slice.id, func() error { return s.read(ctx, i, result, found[i], at) })
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, e := range result {
		e.choose()
	}
	for _, read := range beside {
		for i, e := range result {
			e.beside = append(e.beside, read[i])
		}
	}
	return result, nil
}

// read fills in the columns of one term for all periods, layer by layer.
func (s *Service) read(ctx context.Context, term int, into []*evaluated, of known, at instant) error {
	flow := into[0].plan.terms[term].flow()
	for _, e := range into {
		e.columns[term] = make([]column, 1)
		if flow {
			e.columns[term] = make([]column, e.slots)
		}
	}
	for layer := range s.ground.layers {
		wanted := s.windows(term, layer, into, of, at)
		if len(wanted) == 0 {
			continue
		}
		windows := make([]window, len(wanted))
		for i, w := range wanted {
			windows[i] = w.window
		}
		columns, err := s.leaves.columns(ctx, into[0].plan.terms[term].slice, windows, of, at, s.ground.layers[layer].layout)
		if err != nil {
			return err
		}
		for i, w := range wanted {
			w.by.put(term, w.slot, layer, columns[i])
		}
	}
	return nil
}

// want is a window of a term, who reads it and for which slot.
type want struct {
	window
	by   *evaluated
	slot int
}

// windows lists what is wanted of a term in the units of a layer.
func (s *Service) windows(term, layer int, into []*evaluated, of known, at instant) []want {
	var wanted []want
	for _, e := range into {
		if e.only != several && e.only != layer {
			continue
		}
		if t := e.plan.terms[term]; !t.flow() {
			wanted = append(wanted, want{s.window(layer, t.slice, of.days, dayOf(at.last(e.period))), e, 0})
			continue
		}
		for k, slot := range e.plan.slots(e.period, at) {
			if e.layers[k] == layer {
				wanted = append(wanted, want{window{from: dayOf(slot.Start), to: dayOf(slot.End)}, e, k})
			}
		}
	}
	return wanted
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
