package query

import (
	"time"

	"github.com/golang-sql/civil"
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
	Demonstration  bool       `json:"demonstration"`
	Now            time.Time  `json:"now"` // programme time
}

// Coverage tells which part of the expected figures a value rests on. A figure is
// expected of every unit of the level a measure is collected at, of a flow for each
// reporting period that has ended. For task indicators both count assignments.
type Coverage struct {
	Reported int     `json:"reported"`
	Expected int     `json:"expected"`
	Share    float64 `json:"share"` // 0..1, 0 when nothing is expected
}

// Flags that stand beside a status.
const (
	FlagPartial        = "partial"         // fewer figures than expected
	FlagCarriedForward = "carried_forward" // a figure of before the period is used
	FlagStale          = "stale"           // a numerator figure is older than the whole previous period
	FlagSuppressed     = "suppressed"      // hidden by disclosure control
	FlagEstimated      = "estimated"       // carried over by weights between boundary sets
)

// Figure is an indicator in one unit and period. Numerator and denominator are summed
// over the same reported figures, so Value = scale * Numerator / Denominator.
// A nil pointer is "no figure", never zero.
type Figure struct {
	Value           *float64    `json:"value"`
	Numerator       *float64    `json:"numerator"`
	Denominator     *float64    `json:"denominator"`
	Coverage        Coverage    `json:"coverage"`
	Status          string      `json:"status"`
	Target          *float64    `json:"target"`
	Flags           []string    `json:"flags"`
	LastObservation *civil.Date `json:"last_observation"`
}

// UnitRef names a unit in a row.
type UnitRef struct {
	Unit  string `json:"unit"`
	Name  string `json:"name"`
	Level string `json:"level"`
}
