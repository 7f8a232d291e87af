package query

import (
	"context"

	"github.com/toancanh/toancanh/query/catalog"
)

// BreakdownQuestion asks for the parts of a unit's value along a dimension.
type BreakdownQuestion struct {
	Asked
	Unit string // the root when empty
	By   string // id of a dimension that every measure of the indicator has
}

// BreakdownAnswer has a row for every member of the dimension, in catalogue order.
type BreakdownAnswer struct {
	Data []BreakdownRow `json:"data"`
	Meta Meta           `json:"meta"`
}

// BreakdownRow is the value of one member.
type BreakdownRow struct {
	Member string       `json:"member"`
	Name   catalog.Text `json:"name"`
	Figure
}

// Breakdown answers of whom a value is made up.
func (s *Service) Breakdown(ctx context.Context, q BreakdownQuestion) (BreakdownAnswer, error) {
	panic("not built yet")
}
