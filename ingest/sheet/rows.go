package sheet

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// Kind is what a cell holds.
type Kind uint8

// A number comes as it is written in the file, in plain or scientific notation; Date is a number that its style shows as a day,
// counted from 1900 or 1904. Failure is an error such as #N/A.
const (
	Number Kind = iota
	Date
	Text
	Truth
	Failure
)

// Cell is a cell that holds something. Of a formula it holds the value that was there when the file was saved.
type Cell struct {
	Column  int // from 1
	Kind    Kind
	Text    string
	Formula bool
}

// Row is a row that holds something.
type Row struct {
	Number int // from 1
	Cells  []Cell
}

// Rows goes through a sheet.
type Rows struct {
	w      *Workbook
	x      *parser
	number int
	given  int
	inside bool // of sheetData
	cells  []Cell
}

// Rows begins to read the sheet with the index; the caller closes it.
func (w *Workbook) Rows(sheet int) (*Rows, error) {
	x, err := w.open(w.sheets[sheet].part)
	if err != nil {
		return nil, err
	}
	return &Rows{w: w, x: x}, nil
}

// Close ends the reading.
func (r *Rows) Close() { r.x.close() }

// Next gives the next row that holds anything, ok = false after the last one. Its cells are valid until the next call.
func (r *Rows) Next() (row Row, ok bool, err error) {
	for {
		t, err := r.x.token()
		if err != nil || t == nil {
			return Row{}, false, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			r.inside = r.inside || t.Name.Local == "sheetData"
			if !r.inside || t.Name.Local != "row" {
				continue
			}
			if err := r.row(&t); err != nil {
				return Row{}, false, err
			}
			if len(r.cells) == 0 {
				continue
			}
			if r.given++; r.given > r.w.limits.Rows {
				return Row{}, false, &LimitError{"rows", int64(r.w.limits.Rows)}
			}
			return Row{r.number, r.cells}, true, nil
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return Row{}, false, nil
			}
		}
	}
}

// Last rows and columns there can be.
const (
	lastRow    = 1 << 20
	lastColumn = 1 << 14
)

// row reads the cells of a row that hold anything.
func (r *Rows) row(e *xml.StartElement) error {
	number := r.number + 1
	if text := attribute(e, "r"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%w: row %q", ErrDamaged, text)
		}
		number = n
	}
	if number <= r.number || number > lastRow {
		return fmt.Errorf("%w: row %d after %d", ErrDamaged, number, r.number)
	}
	r.number, r.cells = number, r.cells[:0]
	column, end := 0, r.x.depth-1
	for {
		t, err := r.x.token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case nil:
			return fmt.Errorf("%w: a part ends early", ErrDamaged)
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if column, err = r.column(&t, column); err != nil {
				return err
			}
			if err := r.cell(&t, column); err != nil {
				return err
			}
		case xml.EndElement:
			if r.x.depth == end {
				return nil
			}
		}
	}
}

// column places a cell; one that does not say where it is stands beside the one before.
func (r *Rows) column(e *xml.StartElement, before int) (int, error) {
	column := before + 1
	if ref := attribute(e, "r"); ref != "" {
		c, row, ok := ParseRef(ref)
		if !ok || row != r.number {
			return 0, fmt.Errorf("%w: a cell of row %d is out of place", ErrDamaged, r.number)
		}
		column = c
	}
	if column <= before || column > lastColumn {
		return 0, fmt.Errorf("%w: a cell of row %d is out of place", ErrDamaged, r.number)
	}
	return column, nil
}

// cell reads a cell and keeps it when it holds something.
func (r *Rows) cell(e *xml.StartElement, column int) error {
	c := Cell{Column: column}
	kind, style := attribute(e, "t"), attribute(e, "s")
	value, end := "", r.x.depth-1
	for {
		t, err := r.x.token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case nil:
			return fmt.Errorf("%w: a part ends early", ErrDamaged)
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				c.Formula = true
			case "v":
				value, err = r.x.text("", "", r.w.limits.Token)
			case "is":
				value, err = r.x.text("t", "rPh", r.w.limits.Token)
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			if r.x.depth == end {
				return r.keep(c, kind, style, value)
			}
		}
	}
}

// keep understands a cell by its type. Empty ones are dropped, unless a formula should have given a value.
func (r *Rows) keep(c Cell, kind, style, value string) (err error) {
	c.Text = value
	switch kind {
	case "s":
		if value == "" {
			return nil
		}
		i, bad := strconv.Atoi(strings.TrimSpace(value))
		if bad != nil {
			return fmt.Errorf("%w: a cell refers to a text that is not there", ErrDamaged)
		}
		c.Kind = Text
		if c.Text, err = r.w.shared(i); err != nil {
			return err
		}
	case "str", "inlineStr", "d":
		c.Kind = Text
	case "b":
		c.Kind = Truth
	case "e":
		c.Kind = Failure
	default:
		c.Kind = Number
		if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(r.w.dates) && r.w.dates[n] {
			c.Kind = Date
		}
	}
	if strings.TrimSpace(c.Text) == "" && !c.Formula {
		return nil
	}
	if c.Column > r.w.limits.Columns {
		return &LimitError{"columns", int64(r.w.limits.Columns)}
	}
	r.cells = append(r.cells, c)
	return nil
}
