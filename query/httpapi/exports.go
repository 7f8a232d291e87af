package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/export"
)

// asJSON is what an answer is written as when no file is asked for.
const asJSON export.Format = "json"

// exported tells whether a route's answers can be had as files: those of all questions.
func (r route) exported() bool {
	return r.handle != nil && r.work == question && r.doc.schema != "Catalog"
}

// format is what the caller wants an answer as: format=, else the first media type of
// Accept that is a file's, else JSON.
func (r *request) format() export.Format {
	if f := export.Format(r.text("format")); f != "" {
		if f != asJSON && !slices.Contains(export.Formats(), f) {
			r.refuse(invalidParameter("format", "Định dạng là json, csv hoặc xlsx.", "The format is json, csv or xlsx."))
		}
		return f
	}
	first, _, _ := strings.Cut(r.header.Get("Accept"), ",")
	first, _, _ = strings.Cut(first, ";")
	for _, f := range export.Formats() {
		if media, _, _ := strings.Cut(f.MediaType(), ";"); strings.TrimSpace(first) == media {
			return f
		}
	}
	return asJSON
}

// encode writes an answer as it was asked for. What is suppressed in the answer is in no
// file: files are made of answers and of nothing else.
func (s *Server) encode(c *gin.Context, r route, asked *request, answer any) (body []byte, mediaType string, err error) {
	format := asJSON
	plain := false
	if r.exported() {
		format, plain = asked.format(), asked.flag("plain")
	}
	if err := asked.err(); err != nil {
		return nil, "", err
	}
	if format == asJSON {
		body, err = encodeJSON(r, answer)
		return body, "application/json; charset=utf-8", err
	}
	document, m, err := s.document(c.Request.Context(), r, asked, answer)
	if err != nil {
		return nil, "", err
	}
	if n := document.Len(); n > s.cfg.MaxExportRows {
		return nil, "", newProblem(http.StatusUnprocessableEntity, "export_too_long",
			fmt.Sprintf("Tệp sẽ có %d dòng, nhiều hơn %d dòng được phép.", n, s.cfg.MaxExportRows), fmt.Sprintf("The file would have %d rows, more than the %d allowed.", n, s.cfg.MaxExportRows)).
			at("format").with("Thu hẹp câu hỏi bằng within, level, from, to hoặc limit.", "Narrow the question with within, level, from, to or limit.")
	}
	var out bytes.Buffer
	if err := document.Write(&out, format, plain); err != nil {
		return nil, "", fmt.Errorf("%s as %s: %w", r.path, format, err)
	}
	c.Header("Content-Disposition", `attachment; filename="`+fileName(r, m)+"."+string(format)+`"`)
	return out.Bytes(), format.MediaType(), nil
}

// fileName says what is in a file: "vneid_rate-ranking-2022-11".
func fileName(r route, m query.Meta) string {
	parts := slices.DeleteFunc([]string{m.Indicator, r.doc.id, m.Period}, func(s string) bool { return s == "" })
	return strings.Join(parts, "-")
}

// document makes tables of an answer, with what one must know to read them.
func (s *Server) document(ctx context.Context, r route, asked *request, answer any) (export.Document, query.Meta, error) {
	v := reflect.Indirect(reflect.ValueOf(answer))
	m, ok := metaOf(v.FieldByName("Meta").Interface())
	if !ok {
		return export.Document{}, m, errors.New(r.path + " answers without a meta")
	}
	about, err := s.aboutOf(ctx, r, asked, m)
	if err != nil {
		return export.Document{}, m, err
	}
	if paged, ok := v.FieldByName("Meta").Interface().(meta); ok && paged.NextCursor != "" {
		about = append(about, export.Line{
			Label: catalog.Text{Vi: "Chưa hết danh sách", En: "The list goes on"}.In(asked.lang),
			Value: catalog.Text{Vi: "hỏi tiếp với cursor=", En: "ask on with cursor="}.In(asked.lang) + paged.NextCursor,
		})
	}
	tables := export.Head(export.Flatten(v.FieldByName("Data").Interface(), asked.lang, s.deps.Catalog.Location), asked.lang)
	for id, words := range ownHeadings[r.doc.id] {
		for i, column := range tables[0].Columns {
			if column.ID == id {
				tables[0].Columns[i].Heading = words.In(asked.lang)
			}
		}
	}
	return export.Document{Title: titles[r.doc.id].In(asked.lang), About: about, Tables: tables}, m, nil
}

func metaOf(m any) (query.Meta, bool) {
	switch m := m.(type) {
	case query.Meta:
		return m, true
	case meta:
		return m.Meta, true
	}
	return query.Meta{}, false
}

// aboutOf says what the figures are, of when, on which boundaries and whose.
func (s *Server) aboutOf(ctx context.Context, r route, asked *request, m query.Meta) ([]export.Line, error) {
	c, err := s.deps.Query.CatalogAt(ctx, asked.asOf())
	if err != nil {
		return nil, err
	}
	a := &about{lang: asked.lang, zone: c.Location}
	if c.Demonstration != nil {
		a.add("Lưu ý", "Note", c.Demonstration.Label.In(a.lang))
	}
	a.add("Chương trình", "Programme", c.Name.In(a.lang))
	if ind, ok := c.Indicator(m.Indicator); ok {
		a.indicator(c, ind)
	}
	if r.doc.schema == "Population" {
		a.population(c)
	}
	a.scope(c, r, asked, m)
	if m.Period != "" {
		a.add("Kỳ", "Period", fmt.Sprintf("%s (%s – %s)", m.Period, m.PeriodStart, m.PeriodEnd))
	}
	a.boundaries(c, m)
	a.add("Biết đến thời điểm (as-of)", "Known as of", a.moment(m.AsOf))
	a.add("Phiên bản dữ liệu", "Data version", strconv.FormatUint(m.DataVersion, 10))
	a.add("Phiên bản danh mục", "Catalogue version", c.Version)
	a.add("Lập lúc", "Made at", a.moment(m.Now))
	a.add("Ô trống", "Empty cells", a.say("không có số liệu (không phải số 0); cột Lưu ý nói vì sao", "no figure (never zero); the column Flags says why"))
	return a.lines, nil
}

// about collects lines in one language.
type about struct {
	lang  string
	zone  *time.Location
	lines []export.Line
}

func (a *about) say(vi, en string) string { return catalog.Text{Vi: vi, En: en}.In(a.lang) }

// add leaves out what there is nothing to say of.
func (a *about) add(vi, en, value string) {
	if value != "" {
		a.lines = append(a.lines, export.Line{Label: a.say(vi, en), Value: value})
	}
}

func (a *about) indicator(c *catalog.Catalog, ind catalog.Indicator) {
	a.add("Chỉ tiêu", "Indicator", ind.Name.In(a.lang)+" ("+ind.ID+")")
	a.add("Định nghĩa", "Definition", ind.Description.In(a.lang))
	a.add("Công thức", "Formula", ind.Formula.String())
	a.add("Đơn vị tính", "Unit of measure", ind.UnitName.In(a.lang))
	if agency, ok := c.Agency(ind.LeadAgency); ok {
		a.add("Cơ quan chủ trì", "Lead agency", agency.Name.In(a.lang))
	}
	a.add("Căn cứ", "Legal source", ind.LegalSource.In(a.lang))
}

// moment is an instant that an as_of may take.
func (a *about) moment(t time.Time) string { return t.In(a.zone).Format(time.RFC3339Nano) }

// population says who counts the people.
func (a *about) population(c *catalog.Catalog) {
	for _, m := range c.Measures {
		if m.Dataset != "population" {
			continue
		}
		a.add("Số đo", "Measure", m.Name.In(a.lang)+" ("+m.ID+")")
		a.add("Đơn vị tính", "Unit of measure", m.UnitName.In(a.lang))
		if agency, ok := c.Agency(m.Agency); ok {
			a.add("Cơ quan báo cáo", "Reported by", agency.Name.In(a.lang))
		}
		a.add("Căn cứ", "Legal source", m.LegalSource.In(a.lang))
	}
}

// said elsewhere in a file, or of its form only.
var saidElsewhere = []string{"as_of", "boundaries", "format", "lang", "min_version", "period", "plain", "unit"}

// scope says which unit was asked about, the root where none was named, and what else narrows the rows.
func (a *about) scope(c *catalog.Catalog, r route, asked *request, m query.Meta) {
	code := asked.text("unit")
	if strings.Contains(code, ",") {
		a.add("Đơn vị", "Units", strings.ReplaceAll(code, ",", ", "))
	} else if set, ok := c.BoundarySet(m.Boundaries); ok {
		if code == "" && slices.Contains(strings.Fields(r.takes), "unit") {
			if code = asked.unit(); code == "" {
				code = set.Units[slices.IndexFunc(set.Units, func(u catalog.UnitFact) bool { return u.Parent == "" })].Code
			}
		}
		if unit, ok := set.Unit(code); ok {
			a.add("Đơn vị", "Unit", unit.FullName+" ("+code+")")
		}
	}
	var narrowed []string
	for _, name := range slices.Sorted(maps.Keys(asked.query)) {
		if !slices.Contains(saidElsewhere, name) {
			narrowed = append(narrowed, name+"="+asked.query[name])
		}
	}
	a.add("Điều kiện", "Narrowed by", strings.Join(narrowed, "; "))
}

func (a *about) boundaries(c *catalog.Catalog, m query.Meta) {
	name := m.Boundaries
	if set, ok := c.BoundarySet(m.Boundaries); ok {
		name = fmt.Sprintf("%s (%s)", set.Name.In(a.lang), m.Boundaries)
	}
	a.add("Bộ địa giới", "Boundary set", name)
	if m.Carried == nil {
		return
	}
	a.add("Quy đổi từ", "Carried over from", strings.Join(m.Carried.From, ", "))
	for _, left := range m.Carried.Outside {
		a.add("Ngoài địa bàn", "Left the territory", fmt.Sprintf("%s (%s): %s", left.Name, left.Unit, strconv.FormatFloat(left.Share, 'f', -1, 64)))
	}
}

// ownHeadings are those of columns whose name means something else elsewhere, by the id of the question: a task that was accepted is not a row
// that was.
var ownHeadings = map[string]map[string]catalog.Text{
	"submissions": {"accepted": {Vi: "Số dòng được nhận", En: "Rows accepted"}},
}

// titles are those of the files, by the id of the question.
var titles = map[string]catalog.Text{
	"values":       {Vi: "Giá trị chỉ tiêu theo đơn vị", En: "An indicator by unit"},
	"profile":      {Vi: "Các chỉ tiêu của một đơn vị", En: "A unit by its indicators"},
	"series":       {Vi: "Chuỗi số liệu theo kỳ", En: "An indicator over time"},
	"ranking":      {Vi: "Xếp hạng đơn vị", En: "Units ranked"},
	"breakdown":    {Vi: "Phân tổ chỉ tiêu", En: "An indicator broken down"},
	"distribution": {Vi: "Phân bố giá trị", En: "How values spread"},
	"comparison":   {Vi: "So sánh", En: "Comparison"},
	"outlook":      {Vi: "Triển vọng đạt mục tiêu", En: "Outlook to the target"},
	"population":   {Vi: "Dân số", En: "Population"},
	"tasks":        {Vi: "Nhiệm vụ của kế hoạch", En: "Tasks of the plan"},
	"quality":      {Vi: "Chất lượng số liệu báo cáo", En: "Quality of what was reported"},
	"reports":      {Vi: "Ai đã báo cáo", En: "Who has reported"},
	"completion":   {Vi: "Mức độ hoàn thành nhiệm vụ", En: "Completion of tasks"},
	"obstacles":    {Vi: "Vướng mắc", En: "Obstacles"},
	"submissions":  {Vi: "Các lần gửi số liệu", En: "What was sent"},
	"audit":        {Vi: "Nhật ký thay đổi", En: "The record of changes"},
	"rejections":   {Vi: "Các dòng bị từ chối hoặc cần xem lại", En: "Rows refused or doubtful"},
	"history":      {Vi: "Lịch sử của một con số", En: "History of a figure"},
	"provenance":   {Vi: "Nguồn gốc của số liệu", En: "Where a figure comes from"},
}
