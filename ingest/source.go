package ingest

import (
	"io"
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
}

// place is where a row stands in its submission.
type place struct {
	line int32 // NDJSON, CSV: line; JSON: element of the list; from 1
}

// newSource chooses the source of a format.
func newSource(cfg Config, in Intake, body io.Reader, check *checker) source {
	if in.Format == JSON {
		return &elements{buf: newElementReader(body, cfg.MaxLine)}
	}
	return &lines{reader: newLineReader(body, cfg.MaxLine), format: in.Format, check: check, limit: cfg.MaxLine}
}

// lines are the rows of NDJSON and CSV.
type lines struct {
	reader *lineReader
	format Format
	check  *checker
	limit  int
	table  *csvTable // nil for NDJSON
}

func (l *lines) at() place { return place{int32(l.reader.line)} }

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
