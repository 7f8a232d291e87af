package httpapi

import (
	"context"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query"
)

// reportsView has names in the language asked.
type reportsView struct {
	Due      civil.Date          `json:"due,omitzero"`
	Total    query.ReportCount   `json:"total"`
	Agencies []agencyReports     `json:"agencies"`
	Units    []query.UnitReports `json:"units"`
	Measures []measureReports    `json:"measures"`
}

type agencyReports struct {
	query.AgencyReports
	Name string `json:"name"`
}

type measureReports struct {
	query.MeasureReports
	Name string `json:"name"`
}

func (s *Server) reports(ctx context.Context, r *request) (any, error) {
	q := query.ReportsQuestion{
		Period: r.period("period"), Agency: r.text("agency"), Level: r.text("level"), AsOf: r.asOf(), Area: r.area(), SentBy: r.sender(),
	}
	if r.text("unit") != "" { // without one it is the whole area of the caller, not its first unit
		q.Unit = r.unit()
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Reports(ctx, q)
	view := reportsView{
		Due: answer.Data.Due, Total: answer.Data.Total, Units: answer.Data.Units,
		Agencies: make([]agencyReports, len(answer.Data.Agencies)), Measures: make([]measureReports, len(answer.Data.Measures)),
	}
	for i, row := range answer.Data.Agencies {
		view.Agencies[i] = agencyReports{row, row.Name.In(r.lang)}
	}
	for i, row := range answer.Data.Measures {
		view.Measures[i] = measureReports{row, row.Name.In(r.lang)}
	}
	return envelope{view, meta{Meta: answer.Meta}}, err
}
