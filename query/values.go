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
	panic("not built yet")
}
