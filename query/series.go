package query

import (
	"context"
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
	panic("not built yet")
}
