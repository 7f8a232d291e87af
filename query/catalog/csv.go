package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// table is a CSV file with a header, read strictly: the columns of the header are those
// asked for, each once, in any order. A column asked for as "name?" may be left out; its
// fields are empty then.
type table struct {
	file    string
	columns map[string]int
	rows    []row
	report  func(position, string)
}

// row is a line of a table. Its getters report what cannot be read.
type row struct {
	table  *table
	fields []string
	at     []position // of each field
}

func (l *loader) readTable(name located[string], columns ...string) (*table, bool) {
	text, ok := l.read(name.Value, name.At)
	if !ok {
		return nil, false
	}
	t := &table{file: name.Value, columns: map[string]int{}, report: l.report}
	reader := csv.NewReader(bytes.NewReader(text))
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			l.report(csvError(t.file, err))
			return nil, false
		}
		t.rows = append(t.rows, newRow(t, reader, fields))
	}
	if len(t.rows) == 0 {
		l.report(position{file: t.file}, "want a header and rows")
		return nil, false
	}
	header := t.rows[0]
	t.rows = t.rows[1:]
	return t, l.checkHeader(t, header, columns)
}

func newRow(t *table, reader *csv.Reader, fields []string) row {
	r := row{table: t, fields: fields, at: make([]position, len(fields))}
	for i := range fields {
		line, byteColumn := reader.FieldPos(i)
		r.at[i] = position{t.file, line, byteColumn}
	}
	// FieldPos counts bytes; editors count characters.
	column := 1
	for i, f := range fields {
		if r.at[i].line == r.at[0].line && !slices.ContainsFunc(fields[:i], needsQuotes) {
			r.at[i].column = column
		}
		column += len([]rune(f)) + 1
	}
	return r
}

func needsQuotes(s string) bool { return bytes.ContainsAny([]byte(s), "\",\n\r") }

func csvError(file string, err error) (position, string) {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return position{file, parse.Line, parse.Column}, parse.Err.Error()
	}
	return position{file: file}, err.Error()
}

// checkHeader maps names to columns; like a key, a mistyped name still stands for the one meant.
func (l *loader) checkHeader(t *table, header row, asked []string) bool {
	columns, optional := make([]string, len(asked)), map[string]bool{}
	for i, name := range asked {
		columns[i] = strings.TrimSuffix(name, "?")
		optional[columns[i]] = columns[i] != name
	}
	for i, name := range header.fields {
		if !slices.Contains(columns, name) {
			l.failf(header.at[i], "unknown column %q%s", name, didYouMean(name, columns))
			if name = Nearest(name, columns); name == "" {
				continue
			}
		}
		if _, twice := t.columns[name]; twice {
			l.failf(header.at[i], "column %q stands here twice", name)
		}
		t.columns[name] = i
	}
	complete := true
	for _, name := range columns {
		if _, there := t.columns[name]; !there && !optional[name] {
			l.failf(position{t.file, 1, 1}, "column %q is missing", name)
			complete = false
		}
	}
	return complete
}

// locate gives the place of a field, that of the line where the column was left out.
func (r row) locate(column string) position {
	i, there := r.table.columns[column]
	if !there {
		return position{file: r.at[0].file, line: r.at[0].line}
	}
	return r.at[i]
}

func (r row) text(column string) located[string] {
	i, there := r.table.columns[column]
	if !there {
		return located[string]{At: r.locate(column)}
	}
	return located[string]{r.fields[i], r.at[i]}
}

// must is text that may not be empty and is in normal form C, as all names are.
func (r row) must(column string) string {
	v := r.text(column)
	if v.Value == "" {
		r.table.report(v.At, column+" is empty")
	}
	if !isNFC(v.Value) {
		r.table.report(v.At, column+" is not in Unicode normal form C")
	}
	return v.Value
}

// number is NaN, which no later check minds, when the field cannot be read.
func (r row) number(column string) float64 {
	v := r.text(column)
	n, err := parseFinite(v.Value)
	if err != nil {
		r.table.report(v.At, column+" is not a number")
		return math.NaN()
	}
	return n
}

// count is a whole number of 0 or more; an empty field is 0, "not known".
func (r row) count(column string) int {
	v := r.text(column)
	if v.Value == "" {
		return 0
	}
	n, err := strconv.Atoi(v.Value)
	if err != nil || n < 0 {
		r.table.report(v.At, column+" is not a count")
		return 0
	}
	return n
}
