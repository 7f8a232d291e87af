// Package export writes answers as tables for spreadsheets: CSV and XLSX, with what one must
// know to read them: title, definition, unit, period, boundary set, as-of, source and flags.
package export

import (
	"errors"
	"io"
)

// Document is an answer as tables.
type Document struct {
	Title  string
	About  []Line
	Tables []Table // the one the question is about first
}

// Line is something to know about the figures.
type Line struct{ Label, Value string }

// Table has cells of nil (no figure, never zero), string, int64, uint64 or
// float64.
type Table struct {
	Name    string
	Columns []Column
	Rows    [][]any
}

// Column is a column by its path in the JSON answer, "coverage.reported", with a heading.
type Column struct{ ID, Heading string }

// Format is a file format.
type Format string

// Formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Formats lists them.
func Formats() []Format { return []Format{CSV, XLSX} }

// MediaType is what a format is served as.
func (f Format) MediaType() string {
	if f == CSV {
		return "text/csv; charset=utf-8"
	}
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

// ErrTooLong is wrapped by the refusal of a document with more rows than allowed.
var ErrTooLong = errors.New("too many rows for a file")

// Len is the number of rows in all tables.
func (d Document) Len() int {
	rows := 0
	for _, t := range d.Tables {
		rows += len(t.Rows)
	}
	return rows
}

// Write writes a document. plain leaves out what is about the figures, and of CSV the byte
// order mark: for programs, which read the first table alone.
func (d Document) Write(w io.Writer, f Format, plain bool) error {
	if f == CSV {
		return d.writeCSV(w, plain)
	}
	return d.writeXLSX(w, plain)
}
