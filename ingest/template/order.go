package template

import (
	"fmt"
	"slices"
	"strings"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// Order says which template is wanted.
type Order struct {
	Catalogue *catalog.Catalog
	Dataset   string         // "observations", "population" or "task-progress"
	Agency    string         // only what this agency reports; "" for everything
	Unit      string         // this unit, or those below it; "" for the root
	Period    catalog.Period // the day or period reported about
}

// OrderError says what of an order cannot be had.
type OrderError struct {
	Field string // "dataset", "agency", "unit", "period"
	Text  catalog.Text
}

func (e *OrderError) Error() string { return "template: " + e.Text.En }

func wrongOrder(field, vi, en string) error {
	return &OrderError{field, catalog.Text{Vi: vi, En: en}}
}

// table is one sheet to be filled in.
type table struct {
	name   string // of the tab
	title  string
	label  string // of what stands above: "Ngày số liệu" or "Kỳ báo cáo"
	when   string
	titles []heading
	rows   [][]string // texts of the leading columns
}

// heading is a column of a table.
type heading struct {
	title, key string
	width      float64
	input      *input // nil for a locked column
}

// input is what may be entered into a column.
type input struct {
	choices []string // a drop-down
	max     int64    // a whole number from 0; 0 = no limit
	number  bool
	day     bool
}

// tables plans the sheets.
func (o Order) tables() ([]table, error) {
	if _, known := o.Catalogue.Agency(o.Agency); o.Agency != "" && !known {
		return nil, wrongOrder("agency", "Không có cơ quan này trong danh mục.", "There is no such agency in the catalogue.")
	}
	set, ok := o.Catalogue.BoundarySetAt(o.Period.End)
	if !ok {
		return nil, wrongOrder("period", "Danh mục không có đơn vị hành chính nào vào ngày này.", "The catalogue has no units on that day.")
	}
	scope := scope{set: &set, unit: o.Unit}
	if scope.unit == "" {
		scope.unit = set.Info.Root
	}
	if _, ok := set.Unit(scope.unit); !ok {
		return nil, wrongOrder("unit", "Không có đơn vị này vào ngày đó.", "There is no such unit on that day.")
	}
	switch o.Dataset {
	case "observations":
		return o.figures(scope)
	case "population":
		return o.population(scope)
	case "task-progress":
		return o.progress(scope)
	}
	return nil, wrongOrder("dataset", "Các bộ dữ liệu: observations, population, task-progress.", "Datasets: observations, population, task-progress.")
}

// scope is the unit of an order within its boundary set.
type scope struct {
	set  *catalog.BoundarySet
	unit string
}

// units lists the unit, or those below it, of a level.
func (s scope) units(level string) (list []catalog.UnitFact) {
	parents := map[string]string{}
	for _, u := range s.set.Units {
		parents[u.Code] = u.Parent
	}
	for _, u := range s.set.Units {
		for code := u.Code; u.Level == level && code != ""; code = parents[code] {
			if code == s.unit {
				list = append(list, u)
				break
			}
		}
	}
	return list
}

// full is the name of a unit with its type.
func full(u catalog.UnitFact) string {
	if u.FullName != "" {
		return u.FullName
	}
	return strings.TrimSpace(u.Type + " " + u.Name)
}

// figures makes one table for each level and kind of period that the agency reports by.
func (o Order) figures(s scope) ([]table, error) {
	type sort struct {
		level string
		kind  catalog.PeriodKind
	}
	var order []sort
	measures := map[sort][]*catalog.Measure{}
	for i := range o.Catalogue.Measures {
		m := &o.Catalogue.Measures[i]
		if m.Dataset == "population" || o.Agency != "" && m.Agency != o.Agency || len(s.units(m.Level)) == 0 || len(valueColumns(o.Catalogue, m)) == 0 {
			continue
		}
		k := sort{m.Level, m.PeriodKind}
		if len(measures[k]) == 0 {
			order = append(order, k)
		}
		measures[k] = append(measures[k], m)
	}
	if len(order) == 0 {
		return nil, wrongOrder("agency", "Cơ quan này không báo cáo số đo nào về đơn vị này.", "This agency reports no measure about this unit.")
	}
	var tables []table
	for i, k := range order {
		t := table{name: fmt.Sprintf("Biểu %d", i+1), title: "Biểu số liệu – " + o.Catalogue.LevelNames[k.level].Vi}
		t.label, t.when = o.when(k.kind)
		t.titles = unitHeadings()
		for _, m := range measures[k] {
			for _, v := range valueColumns(o.Catalogue, m) {
				t.titles = append(t.titles, heading{v.heading(), v.key, 18, &input{number: true, max: m.Max}})
			}
		}
		t.titles = append(t.titles, noteHeading())
		for n, u := range s.units(k.level) {
			t.rows = append(t.rows, []string{fmt.Sprint(n + 1), u.Code, full(u)})
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func unitHeadings() []heading {
	return []heading{{"STT", "", 6, nil}, {"Mã đơn vị", "unit", 11, nil}, {"Tên đơn vị", "", 28, nil}}
}

func noteHeading() heading { return heading{"Ghi chú", "note", 36, &input{}} }

// when gives the label above a table and the day or period of it. Of an order for another kind of period it is the last one
// that has ended by then.
func (o Order) when(kind catalog.PeriodKind) (label, when string) {
	switch {
	case kind == catalog.Day:
		return "Ngày số liệu", o.Period.End.String()
	case kind == o.Period.Kind:
		return "Kỳ báo cáo", o.Period.String()
	}
	p := catalog.PeriodOf(kind, o.Period.End)
	if p.End.After(o.Period.End) {
		p = catalog.PeriodOf(kind, p.Start.AddDays(-1))
	}
	return "Kỳ báo cáo", p.String()
}

// population makes the wide sheet: ages side by side, a row for each unit and combination of the other dimensions.
func (o Order) population(s scope) ([]table, error) {
	m, ok := populationMeasure(o.Catalogue)
	if !ok || o.Agency != "" && m.Agency != o.Agency {
		return nil, wrongOrder("agency", "Cơ quan này không báo cáo dân số.", "This agency does not report the population.")
	}
	t := table{name: "Dân số", title: m.Name.Vi, titles: unitHeadings()}
	t.label, t.when = o.when(catalog.Day)
	combinations := [][]string{nil}
	var wide []heading
	for _, id := range m.Dimensions {
		d, _ := o.Catalogue.Dimension(id)
		if d.Integer && wide == nil {
			for _, member := range d.Members {
				wide = append(wide, heading{member.Name.Vi, id + "=" + member.ID, 7, &input{number: true, max: m.Max}})
			}
			continue
		}
		var words []string
		for _, member := range d.Members {
			words = append(words, member.Name.Vi)
		}
		t.titles = append(t.titles, heading{d.Name.Vi, id, 13, nil})
		combinations = product(combinations, words)
	}
	if wide == nil {
		wide = []heading{{"Giá trị", "value", 12, &input{number: true, max: m.Max}}}
	}
	t.titles = append(append(t.titles, wide...), noteHeading())
	for _, u := range s.units(m.Level) {
		for _, c := range combinations {
			t.rows = append(t.rows, append([]string{fmt.Sprint(len(t.rows) + 1), u.Code, full(u)}, c...))
		}
	}
	if len(t.rows) == 0 {
		return nil, wrongOrder("unit", "Dân số không được báo cáo ở cấp của đơn vị này.", "The population is not reported at or below this unit.")
	}
	return []table{t}, nil
}

func product(lists [][]string, words []string) (longer [][]string) {
	for _, l := range lists {
		for _, w := range words {
			longer = append(longer, append(slices.Clone(l), w))
		}
	}
	return longer
}

// progress lists the assignments of an agency, or of the unit and those below it.
func (o Order) progress(s scope) ([]table, error) {
	within := map[string]bool{}
	for _, level := range s.set.Info.Levels {
		for _, u := range s.units(level.ID) {
			within["unit:"+u.Code] = true
		}
	}
	t := table{name: "Tiến độ", title: "Tiến độ thực hiện nhiệm vụ", titles: progressHeadings(o.Catalogue)}
	t.label, t.when = o.when(catalog.Day)
	for _, task := range o.Catalogue.Tasks {
		for _, assignee := range task.Assignees {
			mine := within[assignee]
			if o.Agency != "" {
				mine = assignee == "agency:"+o.Agency || mine && o.Unit != ""
			} else if o.Unit == "" {
				mine = true
			}
			if mine {
				t.rows = append(t.rows, []string{fmt.Sprint(len(t.rows) + 1), task.Ref, task.Title.Vi, assignee, o.assigneeName(s, assignee), dueText(task.Deadline.Date)})
			}
		}
	}
	if len(t.rows) == 0 {
		return nil, wrongOrder("agency", "Không có nhiệm vụ nào được giao trong phạm vi này.", "No task is assigned within this scope.")
	}
	return []table{t}, nil
}

func progressHeadings(c *catalog.Catalog) []heading {
	var words []string
	for _, s := range statusWords {
		words = append(words, s[1])
	}
	return []heading{
		{"STT", "", 6, nil}, {"Mã nhiệm vụ", "task", 13, nil}, {"Nhiệm vụ", "", 60, nil}, {"Mã thực hiện", "assignee", 16, nil},
		{"Tên đơn vị thực hiện", "", 30, nil}, {"Hạn hoàn thành", "", 13, nil},
		{"Trạng thái", "status", 24, &input{choices: words}}, {"Tỷ lệ (%)", "percent", 10, &input{number: true, max: 100}},
		{"Khó khăn, vướng mắc", "obstacle.kind", 36, &input{}}, {"Vướng mắc từ ngày", "obstacle.since", 14, &input{day: true}},
		{"Mã đơn vị tháo gỡ", "obstacle.owner", 18, &input{}}, noteHeading(),
	}
}

func (o Order) assigneeName(s scope, reference string) string {
	if id, ok := strings.CutPrefix(reference, "agency:"); ok {
		a, _ := o.Catalogue.Agency(id)
		return a.Name.Vi
	}
	u, _ := s.set.Unit(strings.TrimPrefix(reference, "unit:"))
	return full(u)
}

func dueText(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
}
