package query

import (
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// Meta says what an answer rests on; every answer carries one.
type Meta struct {
	DataVersion    uint64     `json:"data_version"`
	AsOf           time.Time  `json:"as_of"` // what was known then; the present when the question named none
	Boundaries     string     `json:"boundaries"`
	Indicator      string     `json:"indicator,omitempty"`
	Period         string     `json:"period,omitempty"`
	PeriodStart    civil.Date `json:"period_start,omitzero"`
	PeriodEnd      civil.Date `json:"period_end,omitzero"`
	PeriodComplete *bool      `json:"period_complete,omitempty"`
	Carried        *Carried   `json:"carried,omitempty"` // nil: every figure is of the units asked
	Demonstration  bool       `json:"demonstration"`
	Now            time.Time  `json:"now"` // programme time
}

// meta says on what an answer rests; it is taken before reading, so that an answer is
// never older than its version says.
func (s *Service) meta(at instant) Meta {
	asOf := at.asOf
	if asOf.IsZero() {
		asOf = at.now
	}
	return Meta{
		DataVersion: s.Version(), AsOf: asOf, Now: at.now,
		Boundaries:    s.layout.set.Info().ID,
		Demonstration: s.deps.Catalog.Demonstration != nil,
	}
}

// of adds the indicator and period.
func (m Meta) of(p *plan, period catalog.Period, at instant) Meta {
	complete := at.complete(period)
	m.Indicator, m.Period = p.indicator.ID, period.String()
	m.PeriodStart, m.PeriodEnd, m.PeriodComplete = period.Start, period.End, &complete
	return m
}

// on adds the day an answer speaks of.
func (m Meta) on(date civil.Date, at instant) Meta {
	complete := date.Before(at.today)
	m.Period, m.PeriodStart, m.PeriodEnd, m.PeriodComplete = date.String(), date, date, &complete
	return m
}

// Coverage tells which part of the expected figures a value rests on. A figure is
// expected of every unit of the level a measure is collected at, of a flow for each
// reporting period that has ended; it is reported when all its parts are
// there (both sexes; ages and residences without anybody may be left out). For task indicators both count assignments.
type Coverage struct {
	Reported int     `json:"reported"`
	Expected int     `json:"expected"`
	Share    float64 `json:"share"` // 0..1, 0 when nothing is expected
}

// Figure is an indicator in one unit and period. Numerator and denominator are summed
// over the same reported figures, so Value = scale * Numerator / Denominator.
// A nil pointer is "no figure", never zero. Flags: partial (fewer figures than expected),
// carried_forward (a figure from before the period is used), stale (no numerator figure is
// as new as the previous period), suppressed (hidden by disclosure control), estimated
// (some of it was carried over from another boundary set by weight). EstimatedShare is how
// much of it, from 0 to 1: the larger of the shares of numerator and denominator.
type Figure struct {
	Value           *float64       `json:"value"`
	Numerator       *float64       `json:"numerator"`
	Denominator     *float64       `json:"denominator"`
	Coverage        Coverage       `json:"coverage"`
	Status          catalog.Status `json:"status"`
	Target          *float64       `json:"target"`
	Flags           []catalog.Flag `json:"flags"`
	LastObservation *civil.Date    `json:"last_observation"`
	EstimatedShare  float64        `json:"estimated_share,omitzero"`

	carried bool // it stands on units of another boundary set, for which there are no targets
}

// UnitRef names a unit in a row.
type UnitRef struct {
	Unit  string `json:"unit"`
	Name  string `json:"name"`
	Level string `json:"level"`
}
