package query

import (
	"context"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// Scope says which units are asked: the listed ones, or those of Level (the lowest
// one when empty) in Within (the root when empty).
type Scope struct {
	Units  []string
	Within string
	Level  string
	Area   *catalog.Area // of these, only the units inside; nil: all
}

// Asked holds what every question about an indicator has in common. Zero fields
// mean the default: the indicator's default period, the present, the set in use.
type Asked struct {
	Indicator  string
	Period     catalog.Period
	AsOf       time.Time
	Boundaries string // id of a boundary set
}

// ValuesQuestion asks an indicator for many units in one period: a map.
type ValuesQuestion struct {
	Asked
	Scope
}

// ValuesAnswer has a row for every unit asked, by code or in the order listed.
type ValuesAnswer struct {
	Data []ValueRow `json:"data"`
	Meta Meta       `json:"meta"`
}

// ValueRow is the value of one unit.
type ValueRow struct {
	UnitRef
	Figure
}

// Values answers a map question.
func (s *Service) Values(ctx context.Context, q ValuesQuestion) (ValuesAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return ValuesAnswer{}, err
	}
	p, period, at, err := s.ask(q.Asked)
	if err != nil {
		return ValuesAnswer{}, err
	}
	codes, err := s.layout.codes(q.Scope)
	if err != nil {
		return ValuesAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).of(p, period, at), at.last(period))
	b, err := s.board(ctx, p, period, at)
	if err != nil {
		return ValuesAnswer{}, err
	}
	return ValuesAnswer{Data: s.rows(b, codes), Meta: meta}, nil
}

// ask resolves what every question about an indicator names.
func (s *Service) ask(q Asked) (*plan, catalog.Period, instant, error) {
	at, err := s.at(q.AsOf)
	if err != nil {
		return nil, q.Period, at, err
	}
	p, err := s.plan(q.Indicator)
	if err != nil {
		return nil, q.Period, at, err
	}
	period, err := p.period(q.Period, at)
	if err == nil {
		err = s.reaches(at.last(period))
	}
	return p, period, at, err
}

func (s *Service) rows(b board, codes []string) []ValueRow {
	rows := make([]ValueRow, len(codes))
	for i, code := range codes {
		rows[i] = ValueRow{UnitRef: s.layout.names[code], Figure: b.of(code)}
	}
	return rows
}
