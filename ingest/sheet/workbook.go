// Package sheet reads workbooks of Excel (Office Open XML, ISO/IEC 29500) row after row in bounded memory. It knows cells, not
// what they mean. A library that writes such files well reads a whole sheet into memory before it tells types, formulas and
// merged cells apart; what a stranger sends may not cost that much.
package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
)

// What is wrong with a file that cannot be read. Any of them may be wrapped.
var (
	ErrNotWorkbook = errors.New("sheet: not an Excel workbook (.xlsx)")
	ErrOld         = errors.New("sheet: an old .xls file, or a workbook with a password") // both are OLE containers
	ErrDamaged     = errors.New("sheet: the workbook is damaged")
)

// LimitError says that a workbook is larger than allowed.
type LimitError struct {
	What  string // "bytes unpacked", "sheets", "rows", "columns", "strings", "files", "bytes of a cell"
	Limit int64
}

func (e *LimitError) Error() string { return fmt.Sprintf("sheet: over %d %s", e.Limit, e.What) }

// Limits bound what reading a workbook may take.
type Limits struct {
	Unpacked    int64 // bytes unpacked, every pass over a part counted
	Files       int   // in the archive
	Sheets      int
	Rows        int // that hold anything, of one sheet
	Columns     int // cells further to the right must be empty
	Strings     int // shared ones
	StringBytes int
	Token       int // bytes of one piece of XML: a tag with its attributes, or a text
}

// DefaultLimits fit a province's population by single years of age many times over.
func DefaultLimits() Limits {
	return Limits{
		Unpacked: 256 << 20, Files: 1000, Sheets: 64, Rows: 200_000, Columns: 512,
		Strings: 500_000, StringBytes: 32 << 20, Token: 256 << 10,
	}
}

// Workbook is an opened file. It is not safe for concurrent use.
type Workbook struct {
	limits   Limits
	left     int64 // bytes that may still be unpacked
	files    map[string]*zip.File
	sheets   []Sheet
	strings  *sharedStrings // nil until the first text
	stringAt string         // part that holds them, "" without
	dates    []bool         // by style: whether numbers are dates
	from1904 bool
}

// Sheet is one sheet of a workbook, in the order of its tabs.
type Sheet struct {
	Name   string
	Hidden bool
	part   string
}

// Open reads the table of contents of a workbook.
func Open(content []byte, limits Limits) (*Workbook, error) {
	switch {
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, ErrOld
	case !bytes.HasPrefix(content, []byte("PK")):
		return nil, ErrNotWorkbook
	case bytes.Count(content, []byte("PK\x01\x02")) > limits.Files: // before a list of them is made
		return nil, &LimitError{"files", int64(limits.Files)}
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotWorkbook, err)
	}
	w := &Workbook{limits: limits, left: limits.Unpacked, files: map[string]*zip.File{}}
	for _, f := range archive.File {
		w.files[strings.ToLower(strings.TrimPrefix(path.Clean("/"+f.Name), "/"))] = f
	}
	return w, w.readContents()
}

// Sheets lists the sheets.
func (w *Workbook) Sheets() []Sheet { return w.sheets }

// From1904 tells whether dates count from 1904, as old Macs had it.
func (w *Workbook) From1904() bool { return w.from1904 }

// relation is where a part points.
type relation struct{ kind, target string }

func (w *Workbook) readContents() error {
	main := "xl/workbook.xml"
	top, err := w.relations("_rels/.rels", "")
	if err != nil {
		return err
	}
	for _, r := range top {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	if w.files[main] == nil {
		return ErrNotWorkbook
	}
	dir, base := path.Split(main)
	parts, err := w.relations(dir+"_rels/"+base+".rels", dir)
	if err != nil {
		return err
	}
	if err := w.readWorkbook(main, parts); err != nil {
		return err
	}
	for _, r := range parts {
		switch r.kind {
		case "sharedStrings":
			w.stringAt = r.target
		case "styles":
			if err := w.readStyles(r.target); err != nil {
				return err
			}
		}
	}
	return nil
}

// relations reads a .rels part; one that is missing has none.
func (w *Workbook) relations(part, dir string) (map[string]relation, error) {
	found := map[string]relation{}
	if w.files[strings.ToLower(part)] == nil {
		return found, nil
	}
	x, err := w.open(part)
	if err != nil {
		return nil, err
	}
	defer x.close()
	for {
		e, err := x.element()
		if err != nil || e == nil {
			return found, err
		}
		if e.Name.Local != "Relationship" {
			continue
		}
		target := attribute(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = "/" + dir + target
		}
		kind := path.Base(attribute(e, "Type"))
		found[attribute(e, "Id")] = relation{kind, strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))}
	}
}

func (w *Workbook) readWorkbook(part string, parts map[string]relation) error {
	x, err := w.open(part)
	if err != nil {
		return err
	}
	defer x.close()
	for {
		e, err := x.element()
		if err != nil || e == nil {
			return err
		}
		switch e.Name.Local {
		case "workbookPr":
			w.from1904 = truth(attribute(e, "date1904"))
		case "sheet":
			r := parts[attribute(e, "id")]
			if r.kind != "worksheet" {
				continue // a chart
			}
			if len(w.sheets) == w.limits.Sheets {
				return &LimitError{"sheets", int64(w.limits.Sheets)}
			}
			state := attribute(e, "state")
			w.sheets = append(w.sheets, Sheet{attribute(e, "name"), state == "hidden" || state == "veryHidden", r.target})
		}
	}
}

func truth(s string) bool { return s == "1" || s == "true" }
