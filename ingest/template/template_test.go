package template

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/query/catalog"
)

func load(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func period(t testing.TB, id string) catalog.Period {
	t.Helper()
	p, err := catalog.ParsePeriod(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// made gives a template, opened again.
func made(t testing.TB, o Order) (*excelize.File, []byte) {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, o); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, out.Bytes()
}

func cell(t testing.TB, f *excelize.File, sheet, ref string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, ref)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFiguresOfAnAgency(t *testing.T) {
	cat := load(t)
	f, content := made(t, Order{Catalogue: cat, Dataset: "observations", Agency: "vpubnd", Unit: "246", Period: period(t, "s2022-11")})
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Biểu 1", "Hướng dẫn", MetaSheet}) {
		t.Fatalf("sheets %q", got)
	}
	for ref, want := range map[string]string{
		"C3": "s2022-11", "A6": "STT", "B6": "Mã đơn vị", "B7": "unit", "D7": "essential_services_total;service=old_id_confirmation", "A8": "1",
	} {
		if got := cell(t, f, "Biểu 1", ref); got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
	if visible, err := f.GetSheetVisible(MetaSheet); visible || err != nil {
		t.Error("the meta sheet is seen")
	}
	// Every commune of the district by code and name, from the catalogue itself.
	set, _ := cat.BoundarySetAt(period(t, "s2022-11").End)
	row := firstRow
	for _, u := range set.Units {
		if u.Level != "commune" || u.Parent != "246" {
			continue
		}
		ref := sheet.Ref(2, row)
		if got := cell(t, f, "Biểu 1", ref); got != u.Code {
			t.Errorf("%s is %q, want %q", ref, got, u.Code)
		}
		if got := cell(t, f, "Biểu 1", sheet.Ref(3, row)); !strings.Contains(got, u.Name) {
			t.Errorf("%s is %q, want %q", u.Code, got, u.Name)
		}
		row++
	}
	if row < firstRow+5 || cell(t, f, "Biểu 1", sheet.Ref(2, row)) != "" {
		t.Errorf("%d units, then %q", row-firstRow, cell(t, f, "Biểu 1", sheet.Ref(2, row)))
	}
	checkLocks(t, f, "Biểu 1", sheet.Ref(2, firstRow), sheet.Ref(4, firstRow))
	checkMeta(t, content, Meta{cat.ID, cat.Version, "observations", "vpubnd", "s2022-11"})
}

// checkLocks: the sheet is protected, one cell is locked, the other takes whole numbers only.
func checkLocks(t *testing.T, f *excelize.File, name, locked, open string) {
	t.Helper()
	if p, err := f.GetSheetProtection(name); err != nil || !p.SelectUnlockedCells || p.InsertRows || p.DeleteColumns {
		t.Errorf("protection %+v, %v", p, err)
	}
	for ref, want := range map[string]bool{locked: true, open: false} {
		id, err := f.GetCellStyle(name, ref)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Protection == nil || s.Protection.Locked; got != want {
			t.Errorf("%s locked: %v", ref, got)
		}
	}
	rules, err := f.GetDataValidations(name)
	if err != nil || len(rules) == 0 {
		t.Fatalf("no validations, %v", err)
	}
	if rules[0].Type != "whole" || !strings.HasPrefix(rules[0].Sqref, open+":") {
		t.Errorf("validation %+v", rules[0])
	}
}

// checkMeta reads the hidden sheet with the reader of the intake.
func checkMeta(t *testing.T, content []byte, want Meta) {
	t.Helper()
	w, err := sheet.Open(content, sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(w.Sheets(), func(s sheet.Sheet) bool { return s.Name == MetaSheet })
	rows, err := w.Rows(at)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got Meta
	for {
		row, ok, err := rows.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if len(row.Cells) == 2 {
			got.Set(row.Cells[0].Text, row.Cells[1].Text)
		}
	}
	if got != want {
		t.Errorf("meta %+v, want %+v", got, want)
	}
}

func TestOneUnitAndDays(t *testing.T) {
	f, _ := made(t, Order{Catalogue: load(t), Dataset: "observations", Agency: "cat", Unit: "08707", Period: period(t, "2022-11-20")})
	if got := cell(t, f, "Biểu 1", "A3") + cell(t, f, "Biểu 1", "C3"); got != "Ngày số liệu:2022-11-20" {
		t.Errorf("above: %q", got)
	}
	if cell(t, f, "Biểu 1", "B8") != "08707" || cell(t, f, "Biểu 1", "B9") != "" {
		t.Error("not the one unit")
	}
	var keys []string
	for column := 4; column < 8; column++ {
		keys = append(keys, cell(t, f, "Biểu 1", sheet.Ref(column, keyRow)))
	}
	if want := []string{"chip_card_holders;sex=male", "chip_card_holders;sex=female", "vneid_activated;sex=male", "vneid_activated;sex=female"}; !slices.Equal(keys, want) {
		t.Errorf("columns %q", keys)
	}
}

func TestWidePopulation(t *testing.T) {
	f, _ := made(t, Order{Catalogue: load(t), Dataset: "population", Unit: "246", Period: period(t, "2022-11-20")})
	row, err := f.GetRows("Dân số")
	if err != nil {
		t.Fatal(err)
	}
	keys := row[keyRow-1]
	if !slices.Contains(keys, "age=0") || !slices.Contains(keys, "age=100") || keys[3] != "residence" || keys[4] != "sex" {
		t.Errorf("columns %q", keys[:8])
	}
	if got := row[firstRow-1][3:5]; !slices.Equal(got, []string{"Thường trú", "Nam"}) {
		t.Errorf("first row %q", got)
	}
}

func TestTaskProgress(t *testing.T) {
	cat := load(t)
	f, _ := made(t, Order{Catalogue: cat, Dataset: "task-progress", Agency: "stttt", Period: period(t, "2022-11-20")})
	rows, err := f.GetRows("Tiến độ")
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, task := range cat.Tasks {
		if slices.Contains(task.Assignees, "agency:stttt") {
			want++
		}
	}
	if got := len(rows) - firstRow + 1; got != want || want == 0 {
		t.Errorf("%d assignments, want %d", got, want)
	}
	rules, err := f.GetDataValidations("Tiến độ")
	if err != nil || !slices.ContainsFunc(rules, func(v *excelize.DataValidation) bool {
		return v.Type == "list" && strings.Contains(v.Formula1, "Đang thực hiện")
	}) {
		t.Errorf("no drop-down of statuses: %v", err)
	}
}

func TestOrdersThatCannotBeMet(t *testing.T) {
	cat := load(t)
	for field, o := range map[string]Order{
		"agency":  {Dataset: "observations", Agency: "nobody", Period: period(t, "2022-11-20")},
		"unit":    {Dataset: "observations", Unit: "99999", Period: period(t, "2022-11-20")},
		"period":  {Dataset: "observations", Period: period(t, "1999")},
		"dataset": {Dataset: "people", Period: period(t, "2022-11-20")},
	} {
		o.Catalogue = cat
		var wrong *OrderError
		if err := Write(&bytes.Buffer{}, o); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestWords(t *testing.T) {
	cat := load(t)
	w := NewWords(cat, "observations")
	for _, heading := range []string{"unit", "Mã đơn vị", " MÃ ĐƠN VỊ: ", "ma don vi", "Mã  xã"} {
		if c, ok := w.Column(heading); !ok || c.Name != "unit" {
			t.Errorf("%q: %+v", heading, c)
		}
	}
	if c, ok := w.Column("vneid_activated;sex=male"); !ok || len(c.Fixed) != 2 || c.Fixed[1] != (Field{"dims", "sex", "male"}) {
		t.Errorf("%+v", c)
	}
	if _, ok := w.Column("Nguyễn Văn A"); ok {
		t.Error("a name is no heading")
	}
	for text, want := range map[string]string{
		"08707": "08707", "8707": "08707", "08707 - Tích Sơn": "08707", "08707–Tích Sơn": "08707", "tich son": "08707", "Tam Đảo": "Tam Đảo", "": "", "9": "9",
	} {
		if got := w.Unit(text); got != want {
			t.Errorf("unit %q is %q", text, got)
		}
	}
	if got := w.Entry("dims.sex", " NỮ"); got != "female" {
		t.Errorf("Nữ is %q", got)
	}
	if got := NewWords(cat, "task-progress").Entry("status", "đang thực hiện"); got != "in_progress" {
		t.Errorf("status %q", got)
	}
}

// Titles of columns never mean two things.
func TestTitlesAreUnique(t *testing.T) {
	cat := load(t)
	for i := range cat.Measures {
		for _, v := range valueColumns(cat, &cat.Measures[i]) {
			w := NewWords(cat, "observations")
			if cat.Measures[i].Dataset == "population" {
				continue
			}
			for _, heading := range []string{v.key, v.title, v.heading()} {
				if c, _ := w.Column(heading); !slices.Equal(c.Fixed, v.fixed) {
					t.Errorf("%q means %v", heading, c.Fixed)
				}
			}
		}
	}
}

func TestAnnotate(t *testing.T) {
	_, content := made(t, Order{Catalogue: load(t), Dataset: "observations", Agency: "cat", Unit: "246", Period: period(t, "2022-11-20")})
	var out bytes.Buffer
	err := Annotate(&out, content, []Mark{
		{Sheet: 1, Row: 8, Column: 4, Text: "thứ nhất"}, {Sheet: 1, Row: 8, Column: 4, Text: "thứ hai", Warning: true},
		{Sheet: 1, Row: 9, Column: 0, Text: "cả dòng", Warning: true}, {Text: "cả tệp", Warning: true}, {Sheet: 99, Row: 1, Text: "không có"},
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	comments, err := f.GetComments("Biểu 1")
	if err != nil || len(comments) != 2 || !strings.Contains(comments[0].Text, "thứ nhất") || !strings.Contains(comments[0].Text, "thứ hai") {
		t.Errorf("comments %+v, %v", comments, err)
	}
	for ref, want := range map[string]string{"D8": "F8B4B4", "A9": "FDE68A", "D9": "FFF9DB"} {
		id, _ := f.GetCellStyle("Biểu 1", ref)
		s, err := f.GetStyle(id)
		if err != nil || len(s.Fill.Color) != 1 || !strings.HasSuffix(s.Fill.Color[0], want) {
			t.Errorf("%s has %v, %v", ref, s.Fill.Color, err)
		}
	}
	rows, err := f.GetRows("Kết quả kiểm tra")
	if err != nil || len(rows) != 6 || !slices.Equal(rows[1], []string{"Biểu 1", "D8", "Lỗi", "thứ nhất"}) {
		t.Errorf("list %q, %v", rows, err)
	}
	if cell(t, f, "Biểu 1", "B8") == "" {
		t.Error("the figures are gone")
	}
}

// Whatever a sheet holds, marking it ends as a workbook or as an error.
func FuzzAnnotate(f *testing.F) {
	var out bytes.Buffer
	cat := load(f)
	if err := Write(&out, Order{Catalogue: cat, Dataset: "observations", Agency: "cat", Unit: "08707", Period: period(f, "2022-11-20")}); err != nil {
		f.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml"} {
		text, err := fs.ReadFile(archive, name)
		if err == nil {
			f.Add(name, text)
		}
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		var changed, marked bytes.Buffer
		z := zip.NewWriter(&changed)
		for _, file := range archive.File {
			if file.Name == name {
				w, err := z.Create(name)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = w.Write(text)
			} else if err := z.Copy(file); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := Annotate(&marked, changed.Bytes(), []Mark{{Sheet: 1, Row: 8, Column: 4, Text: "x"}}); err == nil && marked.Len() == 0 {
			t.Error("nothing was written")
		}
	})
}
