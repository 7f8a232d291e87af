package template

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Rows of a table: its title, who reports, the period, how to fill it in, an empty one, titles, ids, then the units.
const (
	titleRow = iota + 1
	agencyRow
	whenRow
	hintRow
	_
	headRow
	keyRow
	firstRow
)

// Write makes the workbook. It fails with an *OrderError when the order cannot be met.
func Write(to io.Writer, o Order) (err error) {
	tables, err := o.tables()
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	b := &builder{f: f, order: o}
	b.styles()
	for i := range tables {
		b.table(&tables[i])
	}
	b.guide(tables)
	b.meta(tables)
	b.try(f.DeleteSheet("Sheet1"))
	f.SetActiveSheet(0)
	b.try(f.SetDocProps(&excelize.DocProperties{Title: o.Catalogue.Name.Vi, Creator: "Toàn Cảnh", Language: "vi-VN"}))
	if b.err != nil {
		return fmt.Errorf("template: %w", b.err)
	}
	if _, err := f.WriteTo(to); err != nil {
		return fmt.Errorf("template: %w", err)
	}
	return nil
}

// builder writes one workbook; its first error stays.
type builder struct {
	f     *excelize.File
	order Order
	err   error

	title, plain, head, key, locked, number, free, day int // styles
}

func (b *builder) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

// at gives a reference.
func (b *builder) at(column, row int) string {
	ref, err := excelize.CoordinatesToCellName(column, row)
	b.try(err)
	return ref
}

func (b *builder) style(s excelize.Style) int {
	id, err := b.f.NewStyle(&s)
	b.try(err)
	return id
}

func (b *builder) styles() {
	border := []excelize.Border{}
	for _, side := range []string{"left", "top", "right", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "B0B8C0", Style: 1})
	}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "center"}
	middle := &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	open := &excelize.Protection{Locked: false}
	text, thousands, days := "@", "#,##0", "dd/mm/yyyy"
	b.title = b.style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.plain = b.style(excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	b.head = b.style(excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("DCE6F1"), Border: border, Alignment: middle})
	b.key = b.style(excelize.Style{Font: &excelize.Font{Size: 8, Color: "808080"}, Border: border, Alignment: &excelize.Alignment{Horizontal: "center", ShrinkToFit: true}})
	b.locked = b.style(excelize.Style{Border: border, Alignment: wrap, CustomNumFmt: &text})
	b.number = b.style(excelize.Style{Fill: fill("FFF9DB"), Border: border, Protection: open, CustomNumFmt: &thousands})
	b.free = b.style(excelize.Style{Fill: fill("FFF9DB"), Border: border, Protection: open, Alignment: wrap, CustomNumFmt: &text})
	b.day = b.style(excelize.Style{Fill: fill("FFF9DB"), Border: border, Protection: open, CustomNumFmt: &days})
}

// table writes one sheet.
func (b *builder) table(t *table) {
	_, err := b.f.NewSheet(t.name)
	b.try(err)
	agency, _ := b.order.Catalogue.Agency(b.order.Agency)
	b.text(t.name, 1, titleRow, t.title+" – "+b.order.Catalogue.Name.Vi, b.title)
	if agency.ID != "" {
		b.text(t.name, 1, agencyRow, "Cơ quan báo cáo: "+agency.Name.Vi, 0)
	}
	b.text(t.name, 1, whenRow, t.label+":", 0)
	b.text(t.name, 3, whenRow, t.when, b.free)
	b.text(t.name, 1, hintRow, "Chỉ nhập vào ô màu vàng. Ô để trống là chưa có số liệu; không có thì nhập 0. Xem trang “Hướng dẫn”.", 0)
	b.headings(t)
	for i, texts := range t.rows {
		for j, text := range texts {
			b.text(t.name, j+1, firstRow+i, text, b.locked)
		}
	}
	b.inputs(t)
	b.frame(t)
}

func (b *builder) text(sheet string, column, row int, text string, style int) {
	ref := b.at(column, row)
	b.try(b.f.SetCellStr(sheet, ref, text))
	if style != 0 {
		b.try(b.f.SetCellStyle(sheet, ref, ref, style))
	}
}

func (b *builder) headings(t *table) {
	for i, h := range t.titles {
		b.text(t.name, i+1, headRow, h.title, b.head)
		b.text(t.name, i+1, keyRow, h.key, b.key)
		letter, err := excelize.ColumnNumberToName(i + 1)
		b.try(err)
		b.try(b.f.SetColWidth(t.name, letter, letter, h.width))
	}
	b.try(b.f.SetRowHeight(t.name, headRow, 62))
}

// inputs opens the columns that are to be filled in, each with what it takes.
func (b *builder) inputs(t *table) {
	last := firstRow + len(t.rows) - 1
	for i, h := range t.titles {
		if h.input == nil {
			continue
		}
		from, to := b.at(i+1, firstRow), b.at(i+1, last)
		style := b.free
		switch {
		case h.input.number:
			style = b.number
		case h.input.day:
			style = b.day
		}
		b.try(b.f.SetCellStyle(t.name, from, to, style))
		b.validate(t.name, from+":"+to, h.input)
	}
}

func (b *builder) validate(sheet, cells string, in *input) {
	v := excelize.NewDataValidation(true)
	v.Sqref = cells
	switch {
	case len(in.choices) > 0:
		b.try(v.SetDropList(in.choices))
		v.SetError(excelize.DataValidationErrorStyleStop, "Chọn trong danh sách", "Hãy chọn một mục trong danh sách.")
	case in.number:
		most := in.max
		if most == 0 {
			most = 1_000_000_000
		}
		b.try(v.SetRange(0, int(most), excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween))
		v.SetError(excelize.DataValidationErrorStyleStop, "Số không hợp lệ", "Nhập số nguyên từ 0 đến "+strconv.FormatInt(most, 10)+", không có dấu chấm, dấu phẩy.")
	default:
		return
	}
	b.try(b.f.AddDataValidation(sheet, v))
}

// frame locks the structure, keeps the headings in sight and prints them on every page.
func (b *builder) frame(t *table) {
	b.try(b.f.ProtectSheet(t.name, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true, AutoFilter: true, EditScenarios: true, EditObjects: true,
	}))
	b.try(b.f.SetPanes(t.name, &excelize.Panes{Freeze: true, XSplit: 3, YSplit: keyRow, TopLeftCell: b.at(4, firstRow), ActivePane: "bottomRight"}))
	orientation, paper, wide, long := "landscape", 9, 1, 0 // A4, one page wide and as many long as it takes
	fit := len(t.titles) <= 16                             // more would be too small to read
	b.try(b.f.SetSheetProps(t.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.try(b.f.SetPageLayout(t.name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &paper, FitToWidth: &wide, FitToHeight: &long}))
	b.try(b.f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", t.name, headRow, headRow), Scope: t.name,
	}))
}

// guide is the sheet of instructions.
func (b *builder) guide(tables []table) {
	const name = "Hướng dẫn"
	_, err := b.f.NewSheet(name)
	b.try(err)
	b.try(b.f.SetColWidth(name, "A", "A", 110))
	lines := []string{
		"Chỉ nhập vào ô màu vàng; các ô khác đã khóa. Không thêm, xóa hay đổi tên cột và trang tính.",
		"Mỗi dòng là một đơn vị hành chính theo mã. Mã là chữ, giữ số 0 ở đầu.",
		"Giá trị là số nguyên từ 0 trở lên. Để trống: chưa có số liệu. Không có trường hợp nào: nhập 0.",
		"Đổi ngày hoặc kỳ báo cáo ở ô màu vàng phía trên bảng: ngày viết 20/11/2022, kỳ viết s2022-11 (tháng thống kê: từ ngày 15 tháng trước đến ngày 14) hoặc 11/2022.",
		"Ghi chú: lý do đính chính, lý do số liệu tăng giảm bất thường. Kỳ đã khóa chỉ nhận đính chính có ghi chú.",
		"Không ghi thông tin cá nhân (số căn cước, số điện thoại, thư điện tử): dòng có thông tin như vậy bị từ chối và không được lưu.",
		"Gửi lại cùng tệp không làm thay đổi số liệu; gửi số mới cho cùng đơn vị và kỳ là đính chính.",
		"Công thức được nhận theo kết quả đã tính khi lưu tệp.",
	}
	b.text(name, 1, 1, "Hướng dẫn", b.title)
	row := 2
	for _, line := range lines {
		b.text(name, 1, row, line, b.plain)
		row++
	}
	b.text(name, 1, row+1, "Các cột", b.title)
	row += 2
	for _, t := range tables {
		for _, h := range t.titles {
			if h.input != nil && h.key != "" && len(tables)*len(t.titles) < 80 {
				b.text(name, 1, row, t.name+": "+h.title+" ["+h.key+"]", b.plain)
				row++
			}
		}
	}
	b.try(b.f.ProtectSheet(name, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true}))
}

// meta is the hidden sheet: what the template was made for, and from which catalogue.
func (b *builder) meta(tables []table) {
	_, err := b.f.NewSheet(MetaSheet)
	b.try(err)
	m := Meta{Catalogue: b.order.Catalogue.ID, Version: b.order.Catalogue.Version, Dataset: b.order.Dataset, Agency: b.order.Agency}
	if len(tables) == 1 {
		m.Period = tables[0].when
	}
	for i, r := range m.rows() {
		b.text(MetaSheet, 1, i+1, r[0], 0)
		b.text(MetaSheet, 2, i+1, r[1], 0)
	}
	b.try(b.f.SetSheetVisible(MetaSheet, false, true))
}

// OwnSheet tells whether a sheet has a name that templates give: it may be repeated, for nobody put a name of a person there.
func OwnSheet(name string) bool {
	switch name {
	case "Dân số", "Tiến độ":
		return true
	}
	var n int
	parsed, err := fmt.Sscanf(name, "Biểu %d", &n)
	return parsed == 1 && err == nil && name == fmt.Sprintf("Biểu %d", n)
}
