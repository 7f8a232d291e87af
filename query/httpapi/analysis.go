package httpapi

import (
	"context"
	"strconv"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

func (s *Server) distribution(ctx context.Context, r *request) (any, error) {
	q := query.DistributionQuestion{
		Asked: r.asked(), Scope: r.scope(),
		Method: query.ClassMethod(r.text("method")), Classes: r.number("classes", 2, 9, 0), Breaks: r.numbers("breaks"),
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Distribution(ctx, q)
}

func (s *Server) comparison(ctx context.Context, r *request) (any, error) {
	q := query.ComparisonQuestion{Asked: r.asked(), Unit: r.unit()}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Comparison(ctx, q)
	r.keepInside(&answer.Data)
	return answer, err
}

func (s *Server) outlook(ctx context.Context, r *request) (any, error) {
	q := query.OutlookQuestion{
		Indicator: r.path("id"), Unit: r.unit(), Kind: catalog.PeriodKind(r.text("kind")),
		AsOf: r.asOf(), Boundaries: r.text("boundaries"),
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Outlook(ctx, q)
}

// obstacleRow has the title in the language asked.
type obstacleRow struct {
	query.ObstacleRow
	Title string `json:"title"`
}

func (s *Server) obstacles(ctx context.Context, r *request) (any, error) {
	q := query.ObstaclesQuestion{Unit: r.unit(), Agency: r.text("agency"), Task: r.text("task"), Date: r.date("date"), AsOf: r.asOf(), Boundaries: r.text("boundaries"), Page: r.page()}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Obstacles(ctx, q)
	list := make([]obstacleRow, len(answer.Data))
	for i, row := range answer.Data {
		list[i] = obstacleRow{row, row.Title.In(r.lang)}
	}
	return envelope{list, meta{answer.Meta, answer.Next}}, err
}

// qualityView has names in the language asked.
type qualityView struct {
	Measures []qualityRow      `json:"measures"`
	Senders  []query.SenderRow `json:"senders"`
}

type qualityRow struct {
	query.QualityRow
	Name string `json:"name"`
}

func (s *Server) quality(ctx context.Context, r *request) (any, error) {
	q := query.QualityQuestion{
		Period: r.period("period"), Indicator: r.text("indicator"), Agency: r.text("agency"), AsOf: r.asOf(), Area: r.area(), SentBy: r.sender(),
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Quality(ctx, q)
	view := qualityView{Measures: make([]qualityRow, len(answer.Data.Measures)), Senders: answer.Data.Senders}
	for i, row := range answer.Data.Measures {
		view.Measures[i] = qualityRow{row, row.Name.In(r.lang)}
	}
	return envelope{view, meta{Meta: answer.Meta}}, err
}

// numbers gives the numbers of a comma-separated parameter.
func (r *request) numbers(name string) []float64 {
	var list []float64
	for _, word := range r.list(name) {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			r.refuse(invalidParameter(name, "Cần các số cách nhau bằng dấu phẩy, phần thập phân sau dấu chấm.", "Numbers separated by commas are needed, with a point before decimals.").
				with("Viết 20,40.5,60.", "Write 20,40.5,60."))
			return nil
		}
		list = append(list, n)
	}
	return list
}
