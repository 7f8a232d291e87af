package ingest

import (
	"strings"

	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/ingest/template"
	"github.com/toancanh/toancanh/query/catalog"
)

// figure gives a row that is a figure.
func (w *workbook) figure(rec *record) *fault {
	rec.reset()
	return w.fill(rec)
}

// value gives the figure of one column of values.
func (w *workbook) value(rec *record, column int) *fault {
	rec.reset()
	w.place.column = int16(column)
	for _, f := range w.layout.fixed[column] {
		if why := rec.add(w.field(f, column)); why != nil {
			return why
		}
	}
	c := w.cellAt(column)
	if w.merged.spread(column, w.layout.values) {
		return mergedCell().at("value", column)
	}
	text, why := w.number(rec, c)
	if why != nil {
		return why.at("value", column)
	}
	if why := rec.add(w.field(template.Field{Name: "value", Text: text}, column)); why != nil {
		return why
	}
	return w.fill(rec)
}

// fill adds the fields of the row itself, then what stands above the table.
func (w *workbook) fill(rec *record) *fault {
	l := w.layout
	for _, h := range l.fields {
		c := w.cellAt(h.column)
		if c == nil {
			c = w.merged.content(h.column)
		}
		if c == nil {
			continue
		}
		text, why := w.entry(rec, h.Column, c)
		if why != nil {
			return why.at(strings.TrimPrefix(h.Group+"."+h.Name, "."), h.column)
		}
		if text == "" {
			continue
		}
		if why := rec.add(w.field(template.Field{Group: h.Group, Name: h.Name, Text: text}, h.column)); why != nil {
			return why
		}
	}
	return w.inherit(rec)
}

// inherit adds the period or day of the sheet to a row that has none of its own.
func (w *workbook) inherit(rec *record) *fault {
	name := "date"
	measure := rec.field("", "measure")
	kind, isFlow := catalog.PeriodKind(""), false
	if measure != nil {
		kind, isFlow = w.words.Kind(string(measure.text))
	}
	if isFlow {
		name = "period"
	}
	if rec.field("", "date") != nil || rec.field("", "period") != nil || w.layout.when == "" {
		return nil
	}
	text := w.layout.when
	if isFlow {
		text = periodText(text, kind)
	}
	return rec.add(w.field(template.Field{Name: name, Text: text}, 0))
}

func (w *workbook) field(f template.Field, column int) field {
	return field{group: group(f.Group), name: []byte(f.Name), text: []byte(f.Text), kind: cellValue, column: column}
}

func group(name string) []byte {
	if name == "" {
		return nil
	}
	return []byte(name)
}

// entry understands a cell of a named column.
func (w *workbook) entry(rec *record, h template.Column, c *sheet.Cell) (string, *fault) {
	switch {
	case c.Kind == sheet.Failure:
		return "", cellError()
	case c.Text == "":
		return "", formulaWithoutValue()
	case h.Group == "" && h.Name == "value", h.Group == "" && h.Name == "percent":
		return w.number(rec, c)
	case h.Name == "date", h.Name == "since":
		return dateText(c, w.book.From1904()), nil
	case h.Group == "" && h.Name == "period":
		return w.period(rec, c), nil
	case h.Group == "" && h.Name == "unit":
		return w.words.Unit(plainText(c)), nil
	}
	field := strings.TrimPrefix(h.Group+"."+h.Name, ".")
	return w.words.Entry(field, plainText(c)), nil
}

// number understands a cell as a number, and says so when somebody else could have read it otherwise.
func (w *workbook) number(rec *record, c *sheet.Cell) (string, *fault) {
	text, interpreted, why := numberText(c)
	if why == nil && interpreted {
		rec.remark(readAs(text).at("value", c.Column))
	}
	return text, why
}

// period understands a cell for a period by the kind that the row's measure is reported by.
func (w *workbook) period(rec *record, c *sheet.Cell) string {
	text := dateText(c, w.book.From1904())
	if m := rec.field("", "measure"); m != nil {
		if kind, ok := w.words.Kind(string(m.text)); ok {
			return periodText(text, kind)
		}
	}
	return text
}
