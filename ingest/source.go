package ingest

import (
	"bufio"
	"fmt"
	"io"
	"sync"

	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/query/catalog"
)

// source gives the rows of a submission one after the other, in bounded memory. What it reads from has counted, summed and
// limited the bytes already; a source adds the limits of its own form.
type source interface {
	// start reads what stands before the rows. It fails with an *Error when no row could be read, with io.EOF when there is none.
	start() error
	// next reads the next row. A row that cannot be understood comes as a fault, and the rows after it are read all the same.
	// The error is io.EOF after the last row; an *Error when the form is broken; any other when the body is.
	next(rec *record) (*fault, error)
	// at is where the row given last stands.
	at() place
	// tab names the sheet of a workbook as far as it may be repeated.
	tab(sheet int16) string
}

// place is where a row stands in its submission.
type place struct {
	line   int32 // NDJSON, CSV: line; JSON: element of the list; workbook: row of the sheet; from 1
	column int16 // workbook: column of the value, from 1; 0 when the row has but one
	sheet  int16 // workbook: number of the sheet, from 1
}

// name says where a place is.
func (p place) name() catalog.Text {
	if p.sheet == 0 {
		return catalog.Text{Vi: fmt.Sprintf("Dòng %d", p.line), En: fmt.Sprintf("Line %d", p.line)}
	}
	ref := sheet.Ref(max(int(p.column), 1), int(p.line))
	return catalog.Text{Vi: fmt.Sprintf("Ô %s của trang tính %d", ref, p.sheet), En: fmt.Sprintf("Cell %s of sheet %d", ref, p.sheet)}
}

// newSource chooses the source of a format. After release neither it nor a record it filled may be used.
func newSource(cfg Config, in Intake, body io.Reader, check *checker) (s source, release func()) {
	switch in.Format {
	case JSON:
		r := newElementReader(body, cfg.MaxLine)
		return &elements{buf: r}, func() { putBuffer(r.buf) }
	case XLSX:
		return newWorkbook(cfg, body, check), func() {}
	}
	r := newLineReader(body, cfg.MaxLine)
	return &lines{reader: r, format: in.Format, check: check, limit: cfg.MaxLine}, func() { putBuffer(r.buf) }
}

// buffers are those of submissions that have ended. A single event would else cost the collector as much as a long line.
var buffers sync.Pool

// buffer reads from a body in pieces of a size.
func buffer(body io.Reader, size int) *bufio.Reader {
	if b, ok := buffers.Get().(*bufio.Reader); ok && b.Size() == size {
		b.Reset(body)
		return b
	}
	return bufio.NewReaderSize(body, size)
}

func putBuffer(b *bufio.Reader) {
	b.Reset(nil)
	buffers.Put(b)
}

// lines are the rows of NDJSON and CSV.
type lines struct {
	reader *lineReader
	format Format
	check  *checker
	limit  int
	table  *csvTable // nil for NDJSON
}

func (l *lines) at() place { return place{line: int32(l.reader.line)} }

func (l *lines) tab(int16) string { return "" }

func (l *lines) start() error {
	if l.format == CSV {
		return l.header()
	}
	return nil
}

func (l *lines) next(rec *record) (*fault, error) {
	for {
		line, tooLong, err := l.reader.next()
		switch {
		case err != nil:
			return nil, err
		case tooLong:
			rec.reset()
			return lineTooLong(l.limit), nil
		case blank(line):
			continue
		case l.table != nil:
			return l.table.parse(line, rec), nil
		}
		return parseJSON(line, rec), nil
	}
}

// blank tells whether a line holds nothing but white space.
func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
