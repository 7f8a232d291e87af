// Package template makes the workbooks in which agencies report, from the catalogue alone, and knows the words in which
// they are written, so that what comes back is understood. It also marks a sender's own workbook with what was wrong in it.
package template

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// Column is what a heading means. Exactly one of Name, Fixed and Idle says so.
type Column struct {
	Group, Name string  // a field of the contract: "", "unit" or "dims", "sex"
	Fixed       []Field // a column of values: what each of them is a value of
	Idle        bool    // there for people: names, numbers of rows
}

// Field is a field of the contract with its text.
type Field struct{ Group, Name, Text string }

// Words are the headings and entries of one dataset's sheets, in the catalogue's languages and in ids. It is safe for concurrent use.
type Words struct {
	columns map[string]Column            // by folded heading
	entries map[string]map[string]string // field > folded word > id
	units   map[string]string            // folded name > code, "" when several have it
	codes   map[string]bool
	kinds   map[string]catalog.PeriodKind // of flows
}

// maxColumns bounds the columns of values a measure may be spread over.
const maxColumns = 202

// NewWords collects the words of a dataset: "observations", "population" or "task-progress".
func NewWords(c *catalog.Catalog, dataset string) *Words {
	w := &Words{
		columns: map[string]Column{}, entries: map[string]map[string]string{}, units: map[string]string{}, codes: map[string]bool{},
		kinds: map[string]catalog.PeriodKind{},
	}
	for _, set := range c.BoundarySets {
		for _, u := range set.Units {
			w.addUnit(u)
		}
	}
	w.common()
	switch dataset {
	case "task-progress":
		w.tasks()
	case "population":
		w.population(c)
	default:
		w.observations(c)
	}
	return w
}

func (w *Words) addUnit(u catalog.UnitFact) {
	w.codes[u.Code] = true
	for _, name := range []string{u.Name, u.FullName} {
		key := geo.Fold(name)
		if before, known := w.units[key]; known && before != u.Code {
			w.units[key] = "" // two units share it
			continue
		}
		w.units[key] = u.Code
	}
}

// Key brings a heading or an entry to the form in which they are compared.
func Key(s string) string {
	s = geo.Fold(norm.NFKC.String(s))
	return strings.Trim(strings.Map(func(r rune) rune {
		switch r {
		case '–', '—', '‐', '−':
			return '-'
		case '*', ':', '"', '\'':
			return -1
		}
		return r
	}, s), " .")
}

func (w *Words) field(group, name string, headings ...string) {
	for _, h := range headings {
		if Key(h) != "" {
			w.columns[Key(h)] = Column{Group: group, Name: name}
		}
	}
}

func (w *Words) idle(headings ...string) {
	for _, h := range headings {
		w.columns[Key(h)] = Column{Idle: true}
	}
}

func (w *Words) entry(field, id string, words ...string) {
	if w.entries[field] == nil {
		w.entries[field] = map[string]string{}
	}
	for _, word := range append(words, id) {
		w.entries[field][Key(word)] = id
	}
}

func (w *Words) common() {
	w.field("", "date", "date", "Ngày", "Ngày số liệu", "Ngày báo cáo")
	w.field("", "note", "note", "Ghi chú", "Lý do", "Ghi chú hoặc lý do", "Note")
	w.field("", "retract", "retract", "Rút số liệu")
	w.idle("STT", "TT", "Số TT", "No", "Tên đơn vị", "Name", "Đơn vị tính")
	for _, yes := range []string{"x", "có", "yes", "true", "1"} {
		w.entry("retract", "true", yes)
	}
	w.entry("retract", "false", "không", "no", "0")
}

func (w *Words) figures() {
	w.field("", "unit", "unit", "Mã đơn vị", "Mã xã", "Mã huyện", "Mã đơn vị hành chính", "Unit code", "Đơn vị")
	w.field("", "value", "value", "Giá trị", "Số liệu", "Value")
	w.field("", "agency", "agency", "Mã cơ quan")
}

func (w *Words) dimension(d catalog.Dimension, group string) {
	w.field(group, d.ID, d.ID, d.Name.Vi, d.Name.En)
	if group != "" {
		w.field(group, d.ID, "dim."+d.ID, group+"."+d.ID)
	}
	field := strings.TrimPrefix(group+"."+d.ID, ".")
	for _, m := range d.Members {
		w.entry(field, m.ID, m.Name.Vi, m.Name.En)
	}
}

func (w *Words) observations(c *catalog.Catalog) {
	w.figures()
	w.field("", "measure", "measure", "Chỉ số", "Mã chỉ số", "Số đo", "Measure")
	w.field("", "period", "period", "Kỳ", "Kỳ báo cáo", "Kỳ số liệu", "Period")
	for _, d := range c.Dimensions {
		w.dimension(d, "dims")
	}
	for i := range c.Measures {
		m := &c.Measures[i]
		if m.Dataset == "population" {
			continue
		}
		w.entry("measure", m.ID, m.Name.Vi, m.Name.En)
		if m.TimeRule == catalog.Flow {
			w.kinds[m.ID] = m.PeriodKind
		}
		for _, v := range valueColumns(c, m) {
			for _, h := range []string{v.key, v.title, v.heading()} {
				w.columns[Key(h)] = Column{Fixed: v.fixed}
			}
		}
	}
}

func (w *Words) population(c *catalog.Catalog) {
	w.figures()
	m, ok := populationMeasure(c)
	if !ok {
		return
	}
	for _, id := range m.Dimensions {
		d, _ := c.Dimension(id)
		w.dimension(d, "")
		if !d.Integer {
			continue
		}
		for _, member := range d.Members {
			column := Column{Fixed: []Field{{"", d.ID, member.ID}}}
			for _, heading := range []string{d.ID + "=" + member.ID, member.ID, member.Name.Vi, member.Name.En} {
				w.columns[Key(heading)] = column
			}
		}
	}
}

// Statuses of a report in the order of work, with the words for them.
var statusWords = [][2]string{
	{"not_started", "Chưa thực hiện"}, {"in_progress", "Đang thực hiện"}, {"reported_done", "Đã hoàn thành (báo cáo)"}, {"accepted", "Đã nghiệm thu"},
}

func (w *Words) tasks() {
	w.field("", "task", "task", "Mã nhiệm vụ", "Task")
	w.field("", "assignee", "assignee", "Mã thực hiện", "Đơn vị thực hiện", "Assignee")
	w.field("", "status", "status", "Trạng thái", "Tình trạng", "Status")
	w.field("", "percent", "percent", "Tỷ lệ (%)", "Phần trăm", "% hoàn thành", "Percent")
	w.field("obstacle", "kind", "obstacle.kind", "Khó khăn, vướng mắc", "Khó khăn", "Vướng mắc", "Obstacle")
	w.field("obstacle", "since", "obstacle.since", "Vướng mắc từ ngày")
	w.field("obstacle", "owner", "obstacle.owner", "Mã đơn vị tháo gỡ")
	w.idle("Nhiệm vụ", "Tên nhiệm vụ", "Tên đơn vị thực hiện", "Hạn hoàn thành", "Task title", "Due date")
	for _, s := range statusWords {
		w.entry("status", s[0], s[1])
	}
	w.entry("status", "reported_done", "Đã hoàn thành", "Hoàn thành")
}

// Column understands a heading.
func (w *Words) Column(heading string) (Column, bool) {
	c, ok := w.columns[Key(heading)]
	return c, ok
}

// Entry gives the id that a word means in a field ("sex", "dims.sex", "status"), the word itself when it means none.
func (w *Words) Entry(field, word string) string {
	if id, ok := w.entries[field][Key(word)]; ok {
		return id
	}
	return word
}

// Unit gives the code that was meant by what stands in a cell for a unit: the code with the zeros that a spreadsheet took away,
// the code before a name, or a name that only one unit has. What means no unit comes back as it is.
func (w *Words) Unit(text string) string {
	if code, ok := w.code(text); ok {
		return code
	}
	first, _, _ := strings.Cut(strings.NewReplacer("-", " ", "–", " ").Replace(text), " ")
	if code, ok := w.code(first); ok {
		return code
	}
	if code := w.units[geo.Fold(text)]; code != "" {
		return code
	}
	return text
}

func (w *Words) code(text string) (string, bool) {
	const longest = 5
	for padded := text; len(padded) <= longest && padded != ""; padded = "0" + padded {
		if w.codes[padded] {
			return padded, true
		}
	}
	return "", false
}

// Kind gives the kind of period a measure is reported by, false when it is reported by day.
func (w *Words) Kind(measure string) (catalog.PeriodKind, bool) {
	k, ok := w.kinds[measure]
	return k, ok
}

// Above says which field a label above the table stands for, "" for none: "Kỳ báo cáo:" with the period beside it.
func Above(label string) string {
	switch Key(label) {
	case "ngay so lieu", "ngay bao cao", "date":
		return "date"
	case "ky bao cao", "ky so lieu", "period":
		return "period"
	}
	return ""
}

// IsTotal tells whether a row sums up those above it: it is not a unit's.
func IsTotal(text string) bool {
	switch Key(text) {
	case "tong", "tong cong", "cong", "tong so", "total", "toan tinh", "toan huyen":
		return true
	}
	return false
}
