package query

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// instant is a question's as-of resolved, with the day it looks from.
type instant struct {
	asOf  time.Time // zero: everything known
	now   time.Time // programme time of the question
	today civil.Date
	reach civil.Date // last day the boundary set can be asked for: today, or its own last one
}

// cut names what was known as of a question, for cache keys. The present has a flag of its
// own, as every number of milliseconds is an instant somebody may ask for.
type cut struct {
	present bool
	millis  int64 // Unix, as precise as known_at
}

func (at instant) cut() cut {
	if at.asOf.IsZero() {
		return cut{present: true}
	}
	return cut{millis: at.asOf.UnixMilli()}
}

// epoch counts days for the warehouse and for caches.
var epoch = civil.Date{Year: 1970, Month: time.January, Day: 1}

type day int32

func dayOf(d civil.Date) day { return day(d.DaysSince(epoch)) }

func (d day) date() civil.Date { return epoch.AddDays(int(d)) }

// at resolves an as-of, as precise as known_at: the meta of an answer then names the very instant that was asked, and asked again as of
// it the answer is the same. The present is not cut by the clock, so that figures accepted
// by a process whose clock is ahead are seen at once.
func (s *Service) at(asOf time.Time) (instant, error) {
	now := s.deps.Now().Truncate(time.Millisecond)
	asOf = asOf.Truncate(time.Millisecond)
	at := instant{asOf: asOf, now: now}
	if asOf.After(now) {
		return at, invalid("as_of_in_future", "as_of", "Thời điểm as_of nằm trong tương lai", "as_of lies in the future").
			withHint(now.UTC().Format(time.RFC3339))
	}
	if asOf.IsZero() {
		asOf = now
	}
	at.today = civil.DateOf(asOf.In(s.deps.Catalog.Location))
	at.reach = at.today
	if s.ground.last().to < dayOf(at.today) {
		at.reach = s.ground.last().to.date()
	}
	return at, nil
}

// last is the day a period is looked at: its end, or today when it still runs.
func (at instant) last(p catalog.Period) civil.Date {
	if p.End.After(at.today) {
		return at.today
	}
	return p.End
}

func (at instant) complete(p catalog.Period) bool { return p.End.Before(at.today) }

// day checks a day of a question, today when zero.
func (at instant) day(date civil.Date) (civil.Date, error) {
	if date.IsZero() {
		return at.today, nil
	}
	if date.After(at.today) {
		return date, invalid("date_in_future", "date", "Ngày này nằm trong tương lai", "this day lies in the future").withHint(at.today.String())
	}
	if catalog.PeriodOf(catalog.Day, date).IsZero() { // the warehouse would take it for its first day
		return date, invalid("date_out_of_range", "date", "Ngày này nằm ngoài lịch", "this day lies outside the calendar").
			withHint(fmt.Sprintf("%04d-01-01", catalog.FirstYear))
	}
	return date, nil
}

// defaultPeriod is the current period for figures that hold on a day, and for flows
// the last one that has ended: their figures come only after the cut-off.
func (p *plan) defaultPeriod(at instant) catalog.Period {
	return p.latest(p.indicator.PeriodKinds[0], at)
}

// latest is the same for any kind of period.
func (p *plan) latest(kind catalog.PeriodKind, at instant) catalog.Period {
	current := catalog.PeriodOf(kind, at.reach)
	if p.flows() || at.last(current).After(at.reach) {
		return current.Prev()
	}
	return current
}

// period checks the period of a question, or chooses one.
func (p *plan) period(asked catalog.Period, at instant) (catalog.Period, error) {
	if asked.IsZero() {
		return p.defaultPeriod(at), nil
	}
	if err := p.checkKind(asked.Kind); err != nil {
		return asked, err
	}
	return asked, p.begun(asked, at)
}

// begun refuses a period that lies ahead.
func (p *plan) begun(asked catalog.Period, at instant) error {
	if !asked.Start.After(at.today) {
		return nil
	}
	return invalid("period_in_future", "period", "Kỳ này chưa bắt đầu", "this period has not begun").withHint(p.defaultPeriod(at).String())
}

func (p *plan) checkKind(kind catalog.PeriodKind) error {
	hint := list(p.indicator.PeriodKinds)
	if !p.accepts(kind) {
		return refused("period_not_reported", "period",
			"Số liệu được báo cáo theo kỳ khác nên không cộng được chính xác cho kỳ này",
			"the figures are reported by other periods and do not add up to this one").withHint(hint)
	}
	if !slices.Contains(p.indicator.PeriodKinds, kind) {
		return invalid("period_kind", "period", "Chỉ tiêu không có loại kỳ này", "the indicator is not given by this kind of period").
			withHint(hint)
	}
	return nil
}

// DefaultPeriod is the period an indicator is asked by when a question names none.
func (s *Service) DefaultPeriod(indicator string) (catalog.Period, error) {
	p, err := s.plan(indicator)
	if err != nil {
		return catalog.Period{}, err
	}
	at, err := s.at(time.Time{})
	return p.defaultPeriod(at), err
}

func list[T ~string](ids []T) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, ", ")
}
