package ingest

import (
	"bytes"
	"unicode/utf8"
)

// csvTable reads the lines after a header. A row is one line: texts are one line long in every format, so a quoted line
// break is refused where it stands instead of swallowing the rows after it.
type csvTable struct {
	separator byte
	columns   []field // group and name of each column, in order
	cells     [][]byte
}

// splitHeader reads the header line. The separator is the first of comma, semicolon and tab that occurs in
// it (spreadsheets in Vietnamese write semicolons).
func splitHeader(line []byte, maxColumns int) (t csvTable, names [][]byte, why *fault) {
	if !utf8.Valid(line) {
		return t, nil, invalidUTF8(invalidAt(line))
	}
	t.separator = ','
	for _, c := range []byte{',', ';', '\t'} {
		if bytes.IndexByte(line, c) >= 0 {
			t.separator = c
			break
		}
	}
	rec := record{}
	names, why = t.split(line, &rec, maxColumns)
	return t, names, why
}

// parse reads one row into a record. Empty cells are left out.
func (t *csvTable) parse(line []byte, rec *record) *fault {
	rec.reset()
	if !utf8.Valid(line) {
		return invalidUTF8(invalidAt(line))
	}
	cells, why := t.split(line, rec, len(t.columns)+1)
	if why != nil {
		return why
	}
	if len(cells) != len(t.columns) {
		return fieldCount(len(t.columns), len(cells))
	}
	for i, cell := range cells {
		if len(cell) > 0 {
			f := t.columns[i]
			f.text, f.kind = cell, cellValue
			rec.fields = append(rec.fields, f)
		}
	}
	return nil
}

// split cuts a line into at most limit cells without surrounding spaces (RFC 4180 quoting).
func (t *csvTable) split(line []byte, rec *record, limit int) ([][]byte, *fault) {
	t.cells = t.cells[:0]
	for {
		if len(t.cells) == limit {
			return nil, tooManyFields()
		}
		cell, rest, more, why := t.cell(line, rec)
		if why != nil {
			return nil, why.at("", len(t.cells)+1)
		}
		t.cells = append(t.cells, cell)
		if !more {
			return t.cells, nil
		}
		line = rest
	}
}

// cell reads one cell; more tells whether a separator follows it.
func (t *csvTable) cell(line []byte, rec *record) (cell, rest []byte, more bool, why *fault) {
	trimmed := bytes.TrimLeft(line, " ")
	if len(trimmed) > 0 && trimmed[0] == '"' {
		return t.quoted(trimmed[1:], rec)
	}
	cell, rest, more = bytes.Cut(line, []byte{t.separator})
	if bytes.IndexByte(cell, '"') >= 0 {
		return nil, nil, false, invalidCSV("dấu ngoặc kép nằm giữa ô", "a quote stands inside an unquoted cell")
	}
	return bytes.TrimSpace(cell), rest, more, nil
}

func (t *csvTable) quoted(line []byte, rec *record) (cell, rest []byte, more bool, why *fault) {
	from := len(rec.scratch)
	for {
		part, after, closed := bytes.Cut(line, []byte{'"'})
		if !closed {
			return nil, nil, false, invalidCSV("ô có ngoặc kép không đóng trên cùng một dòng", "a quoted cell is not closed on its line")
		}
		rec.scratch = append(rec.scratch, part...)
		if len(after) > 0 && after[0] == '"' {
			rec.scratch = append(rec.scratch, '"')
			line = after[1:]
			continue
		}
		cell = bytes.TrimSpace(rec.scratch[from:])
		after = bytes.TrimLeft(after, " ")
		if len(after) == 0 {
			return cell, nil, false, nil
		}
		if after[0] != t.separator {
			return nil, nil, false, invalidCSV("có chữ sau dấu ngoặc kép đóng", "text follows a closing quote")
		}
		return cell, after[1:], true, nil
	}
}
