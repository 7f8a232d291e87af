package query

import (
	"context"
	"slices"
	"time"

	"github.com/golang-sql/civil"
	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/query/catalog"
)

// ProfileQuestion asks how a unit (the root when empty) stands with many indicators: those listed, or all of the
// catalogue. An indicator is told for Period where it can be, else for the period of the other calendar with the same name
// (the statutory October for October), else for its current period: each row says which.
type ProfileQuestion struct {
	Unit       string
	Indicators []string
	Period     catalog.Period
	AsOf       time.Time
	Boundaries string
}

// ProfileAnswer has a row for every indicator asked, in the order of the catalogue or as listed.
type ProfileAnswer struct {
	Data []ProfileRow `json:"data"`
	Meta Meta         `json:"meta"`
}

// ProfileRow is what Values says of the indicator in the unit and period.
type ProfileRow struct {
	Indicator string `json:"indicator"`
	UnitRef
	Period         string     `json:"period"`
	PeriodStart    civil.Date `json:"period_start"`
	PeriodEnd      civil.Date `json:"period_end"`
	PeriodComplete bool       `json:"period_complete"`
	Figure
}

// profileAtOnce is how many indicators of a profile are computed side by side.
const profileAtOnce = 4

// Profile answers how a unit stands.
func (s *Service) Profile(ctx context.Context, q ProfileQuestion) (ProfileAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return ProfileAnswer{}, err
	}
	at, err := s.at(q.AsOf)
	if err != nil {
		return ProfileAnswer{}, err
	}
	unit, err := s.layout.unit(q.Unit)
	if err != nil {
		return ProfileAnswer{}, err
	}
	plans, periods, err := s.profiled(q, at)
	if err != nil {
		return ProfileAnswer{}, err
	}
	meta := s.profileMeta(q.Period, periods, at)
	rows := make([]ProfileRow, len(plans))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(profileAtOnce)
	for i, p := range plans {
		group.Go(func() error {
			return contain(s.deps.Log, "a profile's "+p.indicator.ID, func() error {
				b, err := s.board(ctx, p, periods[i], at)
				if err == nil {
					rows[i] = profileRow(p.indicator.ID, unit, b, at)
				}
				return err
			})
		})
	}
	return ProfileAnswer{Data: rows, Meta: meta}, group.Wait()
}

// profiled are the indicators of a profile and the period of each.
func (s *Service) profiled(q ProfileQuestion, at instant) ([]*plan, []catalog.Period, error) {
	ids := q.Indicators
	if len(ids) == 0 {
		for _, ind := range s.deps.Catalog.Indicators {
			ids = append(ids, ind.ID)
		}
	}
	plans, periods := make([]*plan, len(ids)), make([]catalog.Period, len(ids))
	for i, id := range ids {
		p, err := s.plan(id)
		if err != nil {
			return nil, nil, err
		}
		if slices.Contains(ids[:i], id) {
			return nil, nil, invalid("named_twice", "indicator", "Chỉ tiêu được nêu hai lần", "an indicator is named twice").about(id)
		}
		if err := p.begun(q.Period, at); err != nil {
			return nil, nil, err
		}
		plans[i], periods[i] = p, p.nearest(q.Period, at)
		if err := s.reaches(at.last(periods[i])); err != nil {
			return nil, nil, err
		}
	}
	return plans, periods, nil
}

// nearest is the period itself where the indicator is told for it, else its twin, else the current one.
func (p *plan) nearest(asked catalog.Period, at instant) catalog.Period {
	for _, period := range []catalog.Period{asked, asked.Twin()} {
		if !period.IsZero() && p.checkKind(period.Kind) == nil && p.begun(period, at) == nil {
			return period
		}
	}
	return p.defaultPeriod(at)
}

// profileMeta speaks of the period asked, none when each indicator has its own, and of what was carried over since the earliest.
func (s *Service) profileMeta(asked catalog.Period, periods []catalog.Period, at instant) Meta {
	meta := s.meta(at)
	if !asked.IsZero() {
		complete := at.complete(asked)
		meta.Period, meta.PeriodStart, meta.PeriodEnd, meta.PeriodComplete = asked.String(), asked.Start, asked.End, &complete
	}
	earliest := at.today
	for _, period := range periods {
		if last := at.last(period); last.Before(earliest) {
			earliest = last
		}
	}
	return s.carriedOn(meta, earliest)
}

func profileRow(indicator string, unit UnitRef, b board, at instant) ProfileRow {
	return ProfileRow{
		Indicator: indicator, UnitRef: unit, Period: b.period.String(), PeriodStart: b.period.Start, PeriodEnd: b.period.End,
		PeriodComplete: at.complete(b.period), Figure: b.of(unit.Unit),
	}
}
