package ingest

import (
	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/ingest/template"
)

// layout is where things stand in a sheet.
type layout struct {
	key    int      // column of the unit or the task
	fields []headed // columns with one field each, the measure first: others are understood by it
	values []int    // columns of values
	fixed  map[int][]template.Field
	when   string // period or day of all rows, "" when each has its own
}

// headed is a column with its heading.
type headed struct {
	template.Column
	column int
}

// newLayout reads a row as headings; nil when it is none: it must name the unit (or task) and something that is reported.
func newLayout(words *template.Words, row sheet.Row, dataset Dataset) *layout {
	l := &layout{fixed: map[int][]template.Field{}}
	key, reported := "unit", false
	if dataset == TaskProgress {
		key = "task"
	}
	seen := map[string]bool{}
	for _, c := range row.Cells {
		meant, ok := words.Column(c.Text)
		switch {
		case !ok || meant.Idle:
		case meant.Fixed != nil:
			l.values, reported = append(l.values, c.Column), true
			l.fixed[c.Column] = meant.Fixed
		case seen[meant.Group+"."+meant.Name]:
			return nil
		default:
			seen[meant.Group+"."+meant.Name] = true
			l.add(headed{meant, c.Column})
			if meant.Group == "" && meant.Name == key {
				l.key = c.Column
			}
			reported = reported || meant.Group == "" && (meant.Name == "value" || meant.Name == "status" || meant.Name == "retract")
		}
	}
	if l.key == 0 || !reported {
		return nil
	}
	return l
}

func (l *layout) add(h headed) {
	l.fields = append(l.fields, h)
	if h.Group == "" && h.Name == "measure" {
		last := len(l.fields) - 1
		l.fields[0], l.fields[last] = l.fields[last], l.fields[0]
	}
}

// repeats tells whether a row is headings once more: titles with ids below them, or a table printed on several pages.
func (l *layout) repeats(words *template.Words, row sheet.Row) bool {
	for _, c := range row.Cells {
		if c.Column == l.key {
			meant, ok := words.Column(c.Text)
			return ok && !meant.Idle && meant.Fixed == nil
		}
	}
	return false
}

// inherit takes the period from above the table, else from the template's own record.
func (l *layout) inherit(a above, meta template.Meta) {
	l.when = a.when
	if l.when == "" {
		l.when = meta.Period
	}
}

func (l *layout) isValue(column int) bool {
	if l.fixed[column] != nil {
		return true
	}
	return l.label(column) == "value"
}

// isReport tells whether a column reports something that is no number.
func (l *layout) isReport(column int) bool {
	label := l.label(column)
	return label == "status" || label == "percent" || label == "retract"
}

// label is the name of a column's field in the contract, "" for a column that has none.
func (l *layout) label(column int) string {
	for _, h := range l.fields {
		if h.column == column {
			f := field{group: group(h.Group), name: []byte(h.Name)}
			return f.label()
		}
	}
	return ""
}

// above is what stands above a table.
type above struct{ when string }

// take looks for a label with what it labels beside it.
func (a *above) take(row sheet.Row, from1904 bool) {
	for i := range row.Cells {
		if row.Cells[i].Kind != sheet.Text || template.Above(row.Cells[i].Text) == "" || i+1 == len(row.Cells) {
			continue
		}
		a.when = dateText(&row.Cells[i+1], from1904)
	}
}
