package template

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/toancanh/toancanh/ingest/sheet"
)

// Mark is what was found in a cell.
type Mark struct {
	Sheet       int // number among the sheets, from 1
	Row, Column int // from 1; column 0 is the row as a whole
	Warning     bool
	Text        string
}

// maxAnnotated is how much a workbook may unpack to that is marked: it is held in memory as a whole.
const maxAnnotated = 16 << 20

// ErrTooLargeToMark says that a workbook would take too much memory to be marked.
var ErrTooLargeToMark = errors.New("template: the workbook is too large to be marked")

// errStrange is what comes of a workbook that the library does not survive: it is made for files of friends.
var errStrange = errors.New("template: the workbook cannot be marked")

// Annotate writes the sender's workbook with colour and a comment in every marked cell and a list of all marks on a sheet of its own.
func Annotate(to io.Writer, content []byte, marks []Mark) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("%w: %v", errStrange, trouble)
		}
	}()
	book, err := sheet.Open(content, sheet.DefaultLimits())
	if err != nil {
		return err
	}
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: maxAnnotated, UnzipXMLSizeLimit: maxAnnotated})
	if err != nil && strings.Contains(err.Error(), "unzip size") { // the library has no name for it
		return ErrTooLargeToMark
	}
	if err != nil {
		return fmt.Errorf("template: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	a := &annotator{f: f, book: book, styles: map[[2]int]int{}}
	if err := a.mark(marks); err != nil {
		return fmt.Errorf("template: %w", err)
	}
	if err := a.list(marks); err != nil {
		return fmt.Errorf("template: %w", err)
	}
	_, err = f.WriteTo(to)
	return err
}

type annotator struct {
	f      *excelize.File
	book   *sheet.Workbook
	styles map[[2]int]int // (style before, warning) > style after
}

// cellOf is a cell of a workbook.
type cellOf struct {
	sheet int
	ref   string
}

func place(m Mark) cellOf { return cellOf{m.Sheet, sheet.Ref(max(m.Column, 1), m.Row)} }

// mark colours cells and comments them; a cell with an error and a warning has the colour of the error.
func (a *annotator) mark(marks []Mark) error {
	texts, warning := map[cellOf][]string{}, map[cellOf]bool{}
	var order []cellOf
	for _, m := range marks {
		at := place(m)
		if m.Sheet < 1 || m.Sheet > len(a.book.Sheets()) || m.Row < 1 {
			continue
		}
		if len(texts[at]) == 0 {
			order, warning[at] = append(order, at), true
		}
		texts[at] = append(texts[at], m.Text)
		warning[at] = warning[at] && m.Warning
	}
	for _, at := range order {
		name := a.book.Sheets()[at.sheet-1].Name
		if err := a.colour(name, at.ref, warning[at]); err != nil {
			return err
		}
		if err := a.f.DeleteComment(name, at.ref); err != nil {
			return err
		}
		text := strings.Join(texts[at], "\n")
		if err := a.f.AddComment(name, excelize.Comment{Cell: at.ref, Author: "Toàn Cảnh", Text: text, Width: 320, Height: 120}); err != nil {
			return err
		}
	}
	return nil
}

// colour fills a cell and leaves the rest of its style as it was.
func (a *annotator) colour(name, ref string, warning bool) error {
	before, err := a.f.GetCellStyle(name, ref)
	if err != nil {
		return err
	}
	key, color := [2]int{before, 0}, "F8B4B4"
	if warning {
		key, color = [2]int{before, 1}, "FDE68A"
	}
	after, known := a.styles[key]
	if !known {
		if after, err = a.filled(before, color); err != nil {
			return err
		}
		a.styles[key] = after
	}
	return a.f.SetCellStyle(name, ref, ref, after)
}

// filled makes a style that is another one with a fill. It is copied as it stands in the file: read and written again by the library,
// colours that other programs wrote come out malformed.
func (a *annotator) filled(before int, color string) (int, error) {
	plain, err := a.f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}})
	if err != nil {
		return 0, err
	}
	styles := a.f.Styles.CellXfs
	if before >= len(styles.Xf) {
		return plain, nil
	}
	style, apply := styles.Xf[before], true
	style.FillID, style.ApplyFill = styles.Xf[plain].FillID, &apply
	styles.Xf = append(styles.Xf, style)
	styles.Count = len(styles.Xf)
	return len(styles.Xf) - 1, nil
}

// list writes all marks on a sheet of their own.
func (a *annotator) list(marks []Mark) error {
	const name = "Kết quả kiểm tra"
	_ = a.f.DeleteSheet(name) // of an earlier answer; there may be none
	if _, err := a.f.NewSheet(name); err != nil {
		return err
	}
	rows := [][]any{{"Trang tính", "Ô", "Mức", "Nội dung"}}
	for _, m := range marks {
		level, sheetName, ref := "Lỗi", "", ""
		if m.Warning {
			level = "Cảnh báo"
		}
		if m.Sheet >= 1 && m.Sheet <= len(a.book.Sheets()) {
			sheetName, ref = a.book.Sheets()[m.Sheet-1].Name, place(m).ref
		}
		rows = append(rows, []any{sheetName, ref, level, m.Text})
	}
	for i, row := range rows {
		if err := a.f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	return a.f.SetColWidth(name, "D", "D", 110)
}
