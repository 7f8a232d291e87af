package ingest

import (
	"errors"
	"io"
	"strconv"

	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/ingest/template"
)

// workbook gives the rows of an Excel file: those of every sheet that has a table with headings the contract knows. A sheet
// may have a figure a row, or a unit a row and columns of values; then each value is a row of the submission. What people do to
// sheets is understood (value.go), what cannot be is refused by sheet and cell.
type workbook struct {
	body  io.Reader
	limit int64
	check *checker
	words *template.Words

	book   *sheet.Workbook
	meta   template.Meta
	sheet  int // number of the sheet being read, from 1
	rows   *sheet.Rows
	layout *layout // nil until its headings have come
	tables int

	row    sheet.Row
	merged merges
	open   []int // value columns of the row that are still to be given
	place  place
	old    bool // a warning that the template is of an earlier catalogue is due
	above  above
}

func newWorkbook(cfg Config, body io.Reader, check *checker) *workbook {
	return &workbook{body: body, limit: cfg.MaxWorkbook, check: check, words: check.words[check.dataset]}
}

func (w *workbook) at() place { return w.place }

// tab gives the name of a sheet where it is one that templates give.
func (w *workbook) tab(number int16) string {
	if w.book == nil || number < 1 {
		return ""
	}
	if name := w.book.Sheets()[number-1].Name; template.OwnSheet(name) {
		return name
	}
	return "#" + strconv.Itoa(int(number))
}

// start takes the whole file in: a workbook has its table of contents at its end.
func (w *workbook) start() error {
	content, err := io.ReadAll(io.LimitReader(w.body, w.limit+1))
	switch {
	case err != nil:
		return err
	case int64(len(content)) > w.limit:
		return tooLarge(0, "Tệp Excel lớn quá mức cho phép; hãy chia nhỏ hoặc gửi CSV.", "The workbook is larger than allowed; split it, or send CSV.")
	case len(content) == 0:
		return io.EOF
	}
	if w.book, err = sheet.Open(content, sheet.DefaultLimits()); err != nil {
		return explainWorkbook(err)
	}
	for i, s := range w.book.Sheets() {
		if _, _, found := findPersonal(s.Name); found {
			return unreadable("", "Tên trang tính thứ "+strconv.Itoa(i+1)+" có nội dung giống dữ liệu cá nhân; hãy đổi tên rồi gửi lại.",
				"The name of sheet "+strconv.Itoa(i+1)+" looks like personal data; rename it and send again.")
		}
		if s.Name == template.MetaSheet {
			if err := w.readMeta(i); err != nil {
				return explainWorkbook(err)
			}
		}
	}
	if w.meta.Dataset != "" && w.meta.Dataset != string(w.check.dataset) {
		return unreadable("dataset", "Tệp mẫu này dành cho bộ dữ liệu khác; hãy gửi đến đúng địa chỉ.", "This template is for another dataset; send it there.")
	}
	w.old = w.meta.Version != "" && w.meta.Version != w.check.version
	if w.check.agency == "" {
		w.check.agency = w.check.agencies[w.meta.Agency]
	}
	if w.check.agency != "" && !w.check.permit.speaksFor(w.check.agency) {
		return notPermitted("agency", "Không được gửi thay cơ quan của tệp mẫu này.", "Not permitted to send for the agency of this template.")
	}
	return nil
}

func (w *workbook) readMeta(i int) error {
	rows, err := w.book.Rows(i)
	if err != nil {
		return err
	}
	defer rows.Close()
	for {
		row, ok, err := rows.Next()
		if err != nil || !ok || row.Number > 100 {
			return err
		}
		if len(row.Cells) == 2 {
			w.meta.Set(row.Cells[0].Text, row.Cells[1].Text)
		}
	}
}

// next gives the next figure; the first one bears the remark about the template as a whole.
func (w *workbook) next(rec *record) (*fault, error) {
	why, err := w.nextFigure(rec)
	if why == nil && err == nil && w.old {
		w.old = false
		rec.remark(oldTemplate())
	}
	return why, err
}

func (w *workbook) nextFigure(rec *record) (*fault, error) {
	for {
		if len(w.open) > 0 {
			column := w.open[0]
			w.open = w.open[1:]
			return w.value(rec, column), nil
		}
		if w.rows == nil {
			if err := w.nextSheet(); err != nil {
				return nil, err
			}
		}
		why, found, err := w.nextRow(rec)
		if err != nil {
			return nil, explainWorkbook(err)
		}
		if found {
			return why, nil
		}
	}
}

// nextSheet opens the next sheet that is not ours to skip; io.EOF after the last.
func (w *workbook) nextSheet() error {
	sheets := w.book.Sheets()
	for w.sheet < len(sheets) {
		s := sheets[w.sheet]
		w.sheet++
		if s.Name == template.MetaSheet {
			continue
		}
		merged, err := w.book.Merges(w.sheet - 1)
		if err == nil {
			w.rows, err = w.book.Rows(w.sheet - 1)
		}
		if err != nil {
			return explainWorkbook(err)
		}
		w.merged, w.layout, w.above = newMerges(merged), nil, above{}
		w.place = place{sheet: int16(w.sheet)}
		return nil
	}
	if w.tables == 0 {
		return unreadable("", "Không trang tính nào có bảng với tiêu đề quy định (ví dụ “Mã đơn vị” và cột số liệu); hãy dùng tệp mẫu.",
			"No sheet has a table with headings of the contract (such as “unit” and a column of values); use the template.")
	}
	return io.EOF
}

// nextRow reads one row of the sheet. found tells whether it gave a row of the submission; a row of values may leave more in open.
func (w *workbook) nextRow(rec *record) (why *fault, found bool, err error) {
	row, ok, err := w.rows.Next()
	if err != nil {
		return nil, false, err
	}
	if !ok {
		w.rows.Close()
		w.rows = nil
		return nil, false, nil
	}
	w.row, w.place.line, w.place.column = row, int32(row.Number), 0
	if err := w.merged.advance(row); err != nil {
		return nil, false, err
	}
	if w.layout == nil {
		w.beforeTable()
		return nil, false, nil
	}
	if w.layout.repeats(w.words, row) {
		return nil, false, nil
	}
	if why := w.personal(); why != nil {
		rec.reset()
		return why, true, nil
	}
	return w.tableRow(rec)
}

// beforeTable looks for headings, and for what stands above them.
func (w *workbook) beforeTable() {
	if l := newLayout(w.words, w.row, w.check.dataset); l != nil {
		l.inherit(w.above, w.meta)
		w.layout = l
		w.tables++
		return
	}
	w.above.take(w.row, w.book.From1904())
}

// tableRow gives a row of the table, or the first value of it.
func (w *workbook) tableRow(rec *record) (*fault, bool, error) {
	l := w.layout
	if len(l.values) == 0 {
		if !w.says(l.fields) || w.isFooter() {
			return nil, false, nil
		}
		return w.figure(rec), true, nil
	}
	for _, column := range l.values {
		if w.cellAt(column) != nil {
			w.open = append(w.open, column)
		}
	}
	if len(w.open) == 0 || w.isFooter() {
		w.open = w.open[:0]
		return nil, false, nil
	}
	column := w.open[0]
	w.open = w.open[1:]
	return w.value(rec, column), true, nil
}

// says tells whether any of the columns holds something in this row.
func (w *workbook) says(columns []headed) bool {
	for _, h := range columns {
		if w.cellAt(h.column) != nil {
			return true
		}
	}
	return false
}

// isFooter: a row under the table that belongs to no unit but sums up, or is signed.
func (w *workbook) isFooter() bool {
	l := w.layout
	if c := w.cellAt(l.key); c != nil {
		return template.IsTotal(c.Text)
	}
	if w.merged.content(l.key) != nil {
		return false
	}
	numbers := false
	for i := range w.row.Cells {
		c := &w.row.Cells[i]
		if c.Kind == sheet.Text && template.IsTotal(c.Text) {
			return true
		}
		numbers = numbers || l.isReport(c.Column) || l.isValue(c.Column) && isNumber(c)
	}
	return !numbers
}

// isNumber tells whether a cell holds a number, however it is written.
func isNumber(c *sheet.Cell) bool {
	if c.Kind != sheet.Text {
		return true
	}
	text, interpreted, why := numberText(c)
	_, whole := decimal([]byte(text))
	return why != nil || interpreted || whole
}

func (w *workbook) cellAt(column int) *sheet.Cell {
	for i := range w.row.Cells {
		if w.row.Cells[i].Column == column {
			return &w.row.Cells[i]
		}
	}
	return nil
}

// personal refuses a row with a text a person could be known by, whatever its column.
func (w *workbook) personal() *fault {
	for i := range w.row.Cells {
		c := &w.row.Cells[i]
		if c.Kind != sheet.Text || w.layout.isValue(c.Column) {
			continue
		}
		if what, position, found := findPersonal(c.Text); found {
			return personalData(what, position).at(w.layout.label(c.Column), c.Column)
		}
	}
	return nil
}

// explainWorkbook says what is wrong with a file that cannot be read.
func explainWorkbook(err error) error {
	var limit *sheet.LimitError
	switch {
	case errors.As(err, &limit):
		vi := map[string]string{
			"bytes unpacked": "byte sau giải nén", "sheets": "trang tính", "rows": "dòng", "columns": "cột", "strings": "chuỗi", "files": "tệp con",
			"bytes of a cell": "byte trong một ô", "bytes of strings": "byte chuỗi", "merged cells": "vùng ô gộp",
		}[limit.What]
		n := strconv.FormatInt(limit.Limit, 10)
		return tooLarge(0, "Tệp Excel vượt giới hạn "+n+" "+vi+"; hãy chia nhỏ hoặc gửi CSV.", "The workbook is over the limit of "+n+" "+limit.What+"; split it, or send CSV.")
	case errors.Is(err, sheet.ErrOld):
		return unreadable("", "Tệp .xls cũ hoặc có mật khẩu; hãy lưu thành .xlsx không mật khẩu.", "An old .xls file, or one with a password; save it as .xlsx without a password.")
	case errors.Is(err, sheet.ErrNotWorkbook):
		return unreadable("", "Nội dung không phải tệp Excel .xlsx.", "The body is not an Excel workbook (.xlsx).")
	case errors.Is(err, sheet.ErrDamaged):
		return unreadable("", "Tệp Excel bị hỏng; hãy mở và lưu lại rồi gửi.", "The workbook is damaged; open it, save it again and send it.")
	}
	return err
}
