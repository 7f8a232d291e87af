package export

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

const (
	aboutSheet   = "README"
	longestSheet = 31 // characters of a sheet's name
	widest       = 60 // characters of a column
)

// writeXLSX gives every table a sheet, behind one about them. Texts are written as texts:
// whatever they begin with, no spreadsheet takes them for formulas, and codes keep their
// zeros.
func (d Document) writeXLSX(w io.Writer, plain bool) (err error) {
	book := excelize.NewFile()
	defer func() { err = firstOf(err, book.Close()) }()
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	first := "Sheet1"
	if !plain {
		if err := book.SetSheetName(first, aboutSheet); err != nil {
			return err
		}
		if err := d.writeAbout(book, bold); err != nil {
			return err
		}
	}
	for i, t := range d.Tables {
		name := sheetName(t.Name, i)
		if plain && i == 0 {
			err = book.SetSheetName(first, name)
		} else {
			_, err = book.NewSheet(name)
		}
		if err != nil {
			return err
		}
		if err := t.writeSheet(book, name, bold, plain); err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
	}
	return book.Write(w)
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// sheetName is a name that a workbook takes, and that no other sheet has.
func sheetName(name string, i int) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, fmt.Sprint(i+1, " ", name))
	for utf8.RuneCountInString(name) > longestSheet {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimSpace(name)
}

func (d Document) writeAbout(book *excelize.File, bold int) error {
	out, err := book.NewStreamWriter(aboutSheet)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, 1, 28); err != nil {
		return err
	}
	if err := out.SetColWidth(2, 2, 90); err != nil {
		return err
	}
	if err := out.SetRow("A1", []any{excelize.Cell{StyleID: bold, Value: d.Title}}); err != nil {
		return err
	}
	for i, line := range d.About {
		if err := out.SetRow(fmt.Sprint("A", i+2), []any{line.Label, line.Value}); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (t Table) writeSheet(book *excelize.File, name string, bold int, plain bool) error {
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	heads := t.heads(plain)
	for i, width := range t.widths(heads) {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]any, len(heads))
	for i, head := range heads {
		cells[i] = excelize.Cell{StyleID: bold, Value: head}
	}
	if err := out.SetRow("A1", cells); err != nil {
		return err
	}
	for i, row := range t.Rows {
		for k, cell := range row {
			if n, ok := cell.(float64); ok {
				cells[k] = kept(n)
			} else {
				cells[k] = cell
			}
		}
		if err := out.SetRow(fmt.Sprint("A", i+2), cells[:len(row)]); err != nil {
			return err
		}
	}
	return out.Flush()
}

// kept rounds a number to the fifteen digits that a workbook keeps: the library would cut the others off.
func kept(n float64) float64 {
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64); err == nil {
		return rounded
	}
	return n
}

// widths fit the headings and the first rows.
func (t Table) widths(heads []string) []float64 {
	widths := make([]float64, len(heads))
	for i, head := range heads {
		widths[i] = float64(utf8.RuneCountInString(head) + 2)
	}
	for _, row := range t.Rows[:min(len(t.Rows), 50)] {
		for i, cell := range row {
			if text, ok := cell.(string); ok {
				widths[i] = max(widths[i], float64(utf8.RuneCountInString(text)+2))
			}
		}
	}
	for i := range widths {
		widths[i] = min(max(widths[i], 8), widest)
	}
	return widths
}
