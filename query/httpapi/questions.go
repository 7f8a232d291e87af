package httpapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

func (s *Server) values(ctx context.Context, r *request) (any, error) {
	q := query.ValuesQuestion{Asked: r.asked(), Scope: r.scope()}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Values(ctx, q)
}

func (s *Server) series(ctx context.Context, r *request) (any, error) {
	from, to := r.period("from"), r.period("to")
	q := query.SeriesQuestion{
		Indicator: r.path("id"), Unit: r.unit(), Kind: r.kindOfSeries(from, to),
		From: from.Start, To: to.End, AsOf: r.asOf(), Boundaries: r.text("boundaries"),
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Series(ctx, q)
}

// kindOfSeries is kind=, else the kind of the ends unless they are days, which only
// say where the series begins and ends; "" leaves it to the indicator.
func (r *request) kindOfSeries(from, to catalog.Period) catalog.PeriodKind {
	if kind := catalog.PeriodKind(r.text("kind")); kind != "" {
		return kind
	}
	var kinds []catalog.PeriodKind
	for _, end := range []catalog.Period{from, to} {
		if end.Kind != "" && end.Kind != catalog.Day {
			kinds = append(kinds, end.Kind)
		}
	}
	switch {
	case len(kinds) == 0:
		return ""
	case len(kinds) == 2 && kinds[0] != kinds[1]:
		r.refuse(badRequest("mixed_periods", "to", "from và to phải cùng loại kỳ.", "from and to must be periods of one kind.").
			with("Chọn loại kỳ bằng kind=.", "Choose a kind with kind=."))
	}
	return kinds[0]
}

func (s *Server) ranking(ctx context.Context, r *request) (any, error) {
	q := query.RankingQuestion{Asked: r.asked(), Scope: r.scope()}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Ranking(ctx, q)
}

// profileRow has the indicator's name and unit of measure in the language asked.
type profileRow struct {
	Title    string `json:"indicator_name"`
	Measured string `json:"unit_of_measure"`
	query.ProfileRow
}

func (s *Server) profile(ctx context.Context, r *request) (any, error) {
	q := query.ProfileQuestion{
		Unit: r.unit(), Indicators: r.list("indicator"), Period: r.period("period"), AsOf: r.asOf(), Boundaries: r.text("boundaries"),
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Profile(ctx, q)
	if err != nil {
		return nil, err
	}
	c, err := s.deps.Query.CatalogAt(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	rows := make([]profileRow, len(answer.Data))
	for i, row := range answer.Data {
		ind, _ := c.Indicator(row.Indicator)
		rows[i] = profileRow{ind.Name.In(r.lang), ind.UnitName.In(r.lang), row}
	}
	return envelope{rows, meta{Meta: answer.Meta}}, nil
}

// breakdownRow has the member's name in the language asked.
type breakdownRow struct {
	Member string `json:"member"`
	Name   string `json:"name"`
	query.Figure
}

func (s *Server) breakdown(ctx context.Context, r *request) (any, error) {
	q := query.BreakdownQuestion{Asked: r.asked(), Unit: r.unit(), By: r.text("by")}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Breakdown(ctx, q)
	rows := make([]breakdownRow, len(answer.Data))
	for i, row := range answer.Data {
		rows[i] = breakdownRow{row.Member, row.Name.In(r.lang), row.Figure}
	}
	return envelope{rows, meta{Meta: answer.Meta}}, err
}

func (s *Server) population(ctx context.Context, r *request) (any, error) {
	q := query.PopulationQuestion{Unit: r.unit(), Residence: r.text("residence"), Date: r.date("date"), Period: r.period("period"), AsOf: r.asOf(), Boundaries: r.text("boundaries")}
	if q.Date != (civil.Date{}) && q.Period != (catalog.Period{}) {
		r.refuse(badRequest("contradiction", "date", "Chọn date hoặc period, không cả hai.", "Give date or period, not both."))
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Population(ctx, q)
}

func (s *Server) tasks(ctx context.Context, r *request) (any, error) {
	q := query.TasksQuestion{
		Task: r.text("task"), Unit: r.unit(), Group: r.text("group"), Agency: r.text("agency"), Status: r.text("status"), Date: r.date("date"), AsOf: r.asOf(), Boundaries: r.text("boundaries"), Page: r.page(),
	}
	switch r.text("detail") {
	case "":
	case "assignees":
		q.Assignees = true
	default:
		r.refuse(invalidParameter("detail", "detail là assignees.", "detail is assignees."))
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Tasks(ctx, q)
	return envelope{answer.Data, meta{answer.Meta, answer.Next}}, err
}

func (s *Server) completion(ctx context.Context, r *request) (any, error) {
	q := query.CompletionQuestion{Scope: r.scope(), Task: r.text("task"), Group: r.text("group"), Agency: r.text("agency"), Date: r.date("date"), AsOf: r.asOf(), Boundaries: r.text("boundaries"), Lang: r.lang}
	switch r.text("by") {
	case "", "unit":
	case "agency":
		q.ByAgency = true
		r.refuseScope()
		if r.area() != nil { // what agencies do is of the whole territory
			r.refuse(outsideArea("by"))
		}
	default:
		r.refuse(invalidParameter("by", "by là unit hoặc agency.", "by is unit or agency."))
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Completion(ctx, q)
}

func (s *Server) submissions(ctx context.Context, r *request) (any, error) {
	q := query.SubmissionsQuestion{
		Limit: r.number("limit", 1, maxPage, 50), Cursor: r.text("cursor"), SentBy: r.sender(),
		Agency: r.text("agency"), Period: r.period("period"), State: query.SubmissionState(r.text("state")),
	}
	if r.text("unit") != "" { // without one it is all that the caller may see, whatever its area
		q.Unit = r.unit()
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Submissions(ctx, q)
	return envelope{rows(answer.Data), meta{answer.Meta, answer.Next}}, err
}

// refuseScope refuses what narrows units where the rows are agencies: left unheeded it
// would pass for the completion of one district.
func (r *request) refuseScope() {
	for _, name := range []string{"within", "level"} {
		if r.text(name) != "" {
			r.refuse(badRequest("contradiction", name, "within và level chọn đơn vị, không dùng với by=agency.", "within and level choose units and do not go with by=agency."))
		}
	}
}

// rejectionRow has the message in the language asked.
type rejectionRow struct {
	Severity string `json:"severity"`
	Line     uint32 `json:"line"`
	Column   uint32 `json:"column,omitempty"`
	Sheet    string `json:"sheet,omitempty"`
	Cell     string `json:"cell,omitempty"`
	Field    string `json:"field"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

func (s *Server) rejections(ctx context.Context, r *request) (any, error) {
	q := query.RejectionsQuestion{Submission: r.path("id"), SentBy: r.sender(), Page: r.page()}
	if err := r.err(); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Rejections(ctx, q)
	rows := make([]rejectionRow, len(answer.Data))
	for i, row := range answer.Data {
		rows[i] = rejectionRow{row.Severity, row.Line, row.Column, row.Sheet, row.Cell, row.Field, row.Code, row.Message.In(r.lang)}
	}
	return envelope{rows, meta{answer.Meta, answer.Next}}, err
}

// rejectionsTable gives the same as a file for spreadsheets: UTF-8 with a byte order mark, without which they guess another one.
func (s *Server) rejectionsTable(c *gin.Context, r *request) error {
	answer, err := s.deps.Query.Rejections(c.Request.Context(), query.RejectionsQuestion{Submission: r.path("id"), SentBy: r.sender()})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	err = w.Write([]string{"severity", "line", "column", "sheet", "cell", "field", "code", "message_vi", "message_en"})
	for _, j := range answer.Data {
		err = errors.Join(err, w.Write([]string{
			j.Severity, strconv.Itoa(int(j.Line)), strconv.Itoa(int(j.Column)), j.Sheet, j.Cell, j.Field, j.Code, j.Message.Vi, j.Message.En,
		}))
	}
	w.Flush()
	if err = errors.Join(err, w.Error()); err != nil {
		return fmt.Errorf("rejections as CSV: %w", err)
	}
	c.Header("Content-Disposition", `attachment; filename="rejections.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", out.Bytes())
	return nil
}

func (s *Server) provenance(ctx context.Context, r *request) (any, error) {
	q := query.ProvenanceQuestion{Asked: r.asked(), Unit: r.unit(), Limit: r.number("limit", 1, maxInputs, 0)}
	q.Indicator = r.text("indicator")
	if q.Indicator == "" {
		r.refuse(missingParameter("indicator"))
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.Provenance(ctx, q)
}

func (s *Server) history(ctx context.Context, r *request) (any, error) {
	q := query.HistoryQuestion{Asked: r.asked(), Unit: r.unit(), Limit: r.number("limit", 1, maxHistory, 0)}
	q.Indicator = r.text("indicator")
	if q.Indicator == "" {
		r.refuse(missingParameter("indicator"))
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s.deps.Query.History(ctx, q)
}

func (s *Server) search(ctx context.Context, r *request) (any, error) {
	q := query.SearchQuestion{Text: r.text("q"), Lang: r.lang, Limit: r.number("limit", 1, maxHits, 20), Area: r.area()}
	if q.Text == "" {
		r.refuse(missingParameter("q"))
	}
	var err error
	if q.Set, err = s.set(ctx, r); err != nil {
		return nil, err
	}
	answer, err := s.deps.Query.Search(ctx, q)
	answer.Meta.Boundaries = q.Set.Info().ID
	return envelope{rows(answer.Data), meta{Meta: answer.Meta}}, err
}

func missingParameter(name string) *problem {
	return newProblem(http.StatusBadRequest, "missing_parameter", "Thiếu tham số bắt buộc.", "A required parameter is missing.").at(name)
}

// rows makes an empty answer [] and never null.
func rows[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
