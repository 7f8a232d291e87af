package query

import (
	"context"
	"strconv"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// SeriesQuestion asks an indicator of one unit (the root when empty) over time.
type SeriesQuestion struct {
	Indicator  string
	Unit       string
	Kind       catalog.PeriodKind // the indicator's default kind when empty
	From, To   civil.Date         // the periods containing these days are the ends; zero: all there is
	AsOf       time.Time
	Boundaries string
}

// SeriesAnswer has a row for every period, gaps too.
type SeriesAnswer struct {
	Data []SeriesRow `json:"data"`
	Meta Meta        `json:"meta"`
	Unit UnitRef     `json:"-"`
}

// SeriesRow is the value of one period. Complete tells whether the period had ended.
type SeriesRow struct {
	Period   string     `json:"period"`
	Start    civil.Date `json:"start"`
	End      civil.Date `json:"end"`
	Complete bool       `json:"complete"`
	Figure
}

// Series answers a trend question.
func (s *Service) Series(ctx context.Context, q SeriesQuestion) (SeriesAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return SeriesAnswer{}, err
	}
	p, _, at, err := s.ask(Asked{Indicator: q.Indicator, AsOf: q.AsOf, Boundaries: q.Boundaries})
	if err != nil {
		return SeriesAnswer{}, err
	}
	unit, err := s.layout.unit(q.Unit)
	if err != nil {
		return SeriesAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at), epoch)
	meta.Indicator = q.Indicator
	periods, err := s.span(ctx, p, q, at)
	if err != nil {
		return SeriesAnswer{}, err
	}
	boards, err := s.boards(ctx, p, periods, at)
	if err != nil {
		return SeriesAnswer{}, err
	}
	rows := make([]SeriesRow, len(boards))
	for i, b := range boards {
		rows[i] = SeriesRow{
			Period: b.period.String(), Start: b.period.Start, End: b.period.End,
			Complete: at.complete(b.period), Figure: b.of(unit.Unit),
		}
	}
	if p.running() {
		flagCorrections(rows)
	}
	return SeriesAnswer{Data: rows, Meta: meta, Unit: unit}, nil
}

// flagCorrections marks running totals that fell although nobody is missing who reported
// in the period before.
func flagCorrections(rows []SeriesRow) {
	for i := 1; i < len(rows); i++ {
		before, now := rows[i-1].Figure, &rows[i].Figure
		if before.Numerator == nil || now.Numerator == nil || now.Coverage.Reported < before.Coverage.Reported {
			continue
		}
		if catalog.Cumulative.TakesBack(*before.Numerator, *now.Numerator) {
			now.Flags = append(now.Flags, catalog.Corrected)
		}
	}
}

// maxPeriods bounds a series: nearly three years by day.
const maxPeriods = 1000

// span lists the periods of a series. Periods that have not begun are left out; without a
// beginning it is all there is, as far as a series may reach.
func (s *Service) span(ctx context.Context, p *plan, q SeriesQuestion, at instant) ([]catalog.Period, error) {
	kind := q.Kind
	if kind == "" {
		kind = p.indicator.PeriodKinds[0]
	}
	if err := p.checkKind(kind); err != nil {
		if e, ok := err.(*Error); ok {
			e.Field = "kind"
		}
		return nil, err
	}
	to := q.To
	if to.IsZero() {
		to = p.latest(kind, at).Start
	}
	if to.After(at.today) {
		to = at.today
	}
	if q.From.IsZero() {
		first, err := s.firstDay(ctx, p, at)
		periods := catalog.PeriodsBetween(kind, first, to)
		periods = s.reached(periods, at)
		return periods[max(0, len(periods)-maxPeriods):], err
	}
	periods := s.reached(catalog.PeriodsBetween(kind, q.From, to), at)
	switch {
	case len(periods) == 0:
		return nil, invalid("empty_span", "from", "Khoảng thời gian rỗng hoặc chưa bắt đầu", "the span of time is empty or has not begun")
	case len(periods) > maxPeriods:
		return nil, invalid("too_many_periods", "from", "Khoảng thời gian có quá nhiều kỳ", "the span of time has too many periods").
			withHint(strconv.Itoa(maxPeriods))
	}
	return periods, nil
}

// firstDay is when the figures of an indicator begin: when all its measures have some.
// Tasks begin with the first report.
func (s *Service) firstDay(ctx context.Context, p *plan, at instant) (civil.Date, error) {
	if p.ofTasks() {
		return s.tasksBegin(ctx, at)
	}
	if p.combined() {
		return s.firstOfParts(ctx, p, at)
	}
	var first day
	for i, t := range p.terms {
		id := t.slice.measure.ID
		known, err := s.leaves.datesOf(ctx, id, s.versions.ofMeasure(id))
		if err != nil {
			return civil.Date{}, err
		}
		if len(known.days) == 0 {
			return at.today, nil
		}
		if i == 0 || known.first > first {
			first = known.first
		}
	}
	return first.date(), nil
}

// firstOfParts is when all parts have begun.
func (s *Service) firstOfParts(ctx context.Context, p *plan, at instant) (civil.Date, error) {
	var first civil.Date
	for _, part := range p.parts {
		begun, err := s.firstDay(ctx, part, at)
		if err != nil {
			return first, err
		}
		if begun.After(first) {
			first = begun
		}
	}
	return first, nil
}

// Periods lists the periods of the default kind an indicator can be asked for, from the
// first one with figures to the default one.
func (s *Service) Periods(ctx context.Context, indicator string) ([]catalog.Period, error) {
	p, _, at, err := s.ask(Asked{Indicator: indicator})
	if err != nil {
		return nil, err
	}
	first, err := s.firstDay(ctx, p, at)
	if err != nil {
		return nil, err
	}
	kind := p.indicator.PeriodKinds[0]
	return catalog.PeriodsBetween(kind, first, p.defaultPeriod(at).Start), nil
}
