package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// written gives a workbook as another library writes it.
func written(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// all reads every row of a sheet, each as its number and its cells.
func all(t testing.TB, content []byte, limits Limits, number int) (list []string, err error) {
	t.Helper()
	w, err := Open(content, limits)
	if err != nil {
		return nil, err
	}
	rows, err := w.Rows(number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for {
		row, ok, err := rows.Next()
		if err != nil || !ok {
			return list, err
		}
		text := fmt.Sprint(row.Number)
		for _, c := range row.Cells {
			text += fmt.Sprintf(" %s=%d:%s", Ref(c.Column, row.Number), c.Kind, c.Text)
			if c.Formula {
				text += "=f"
			}
		}
		list = append(list, text)
	}
}

func TestReadsWhatAnotherLibraryWrites(t *testing.T) {
	day := time.Date(2022, 6, 15, 0, 0, 0, 0, time.UTC)
	content := written(t, func(f *excelize.File) {
		for ref, v := range map[string]any{"A1": "Mã đơn vị", "C1": "a & b <c>", "B3": 1234, "C3": 0.5, "D3": true, "A4": "08707", "B4": day, "AA9": "xa"} {
			if err := f.SetCellValue("Sheet1", ref, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(f.SetCellFormula("Sheet1", "E3", "B3*2"), f.MergeCell("Sheet1", "A4", "A6"),
			f.SetCellRichText("Sheet1", "F3", []excelize.RichTextRun{{Text: "giàu "}, {Text: "có"}})); err != nil {
			t.Fatal(err)
		}
		if _, err := f.NewSheet("ẩn"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetVisible("ẩn", false); err != nil {
			t.Fatal(err)
		}
	})
	got, err := all(t, content, DefaultLimits(), 0)
	want := []string{
		"1 A1=2:Mã đơn vị C1=2:a & b <c>", "3 B3=0:1234 C3=0:0.5 D3=3:1 E3=2:=f F3=2:giàu có", "4 A4=2:08707 B4=1:44727", "9 AA9=2:xa",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	w, err := Open(content, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if s := w.Sheets(); len(s) != 2 || s[0].Name != "Sheet1" || s[0].Hidden || s[1].Name != "ẩn" || !s[1].Hidden {
		t.Errorf("sheets %+v", s)
	}
	if m, err := w.Merges(0); err != nil || !reflect.DeepEqual(m, []Merge{{1, 4, 1, 6}}) {
		t.Errorf("merges %+v, %v", m, err)
	}
}

func TestRefs(t *testing.T) {
	for ref, want := range map[string][2]int{"A1": {1, 1}, "Z9": {26, 9}, "AA10": {27, 10}, "XFD1048576": {16384, 1048576}} {
		column, row, ok := ParseRef(ref)
		if !ok || [2]int{column, row} != want || Ref(column, row) != ref {
			t.Errorf("%s: %d %d %v", ref, column, row, ok)
		}
	}
	for _, ref := range []string{"", "A", "1", "A0", "XFE1", "A1048577", "a1", "A-1", "AAAA1", "A1B"} {
		if _, _, ok := ParseRef(ref); ok {
			t.Errorf("%q taken", ref)
		}
	}
}

func TestDateFormats(t *testing.T) {
	for code, want := range map[string]bool{
		"dd/mm/yyyy": true, "[$-42A]d mmmm yyyy": true, "General": false, "#,##0": false, `0 "day"`: false, "[Red]0": false, `0\d`: false, "yy": true,
	} {
		if got := isDateCode(code); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}

// parts makes a workbook of the given parts; sheet1 is the content of its first sheet.
func parts(t testing.TB, sheet1 io.Reader, more map[string]string) []byte {
	t.Helper()
	const rels = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, from io.Reader) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.Copy(w, from)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("xl/workbook.xml", strings.NewReader(`<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`))
	put("xl/_rels/workbook.xml.rels", strings.NewReader(rels))
	put("xl/worksheets/sheet1.xml", sheet1)
	for name, text := range more {
		put(name, strings.NewReader(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const head, foot = `<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>`, `</sheetData></worksheet>`

func TestDamagedWorkbooks(t *testing.T) {
	for name, c := range map[string]struct {
		sheet string
		want  error
	}{
		"rows out of order":        {head + `<row r="2"/><row r="1"/>` + foot, ErrDamaged},
		"a row beyond the last":    {head + `<row r="1048577"/>` + foot, ErrDamaged},
		"cells out of order":       {head + `<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>` + foot, ErrDamaged},
		"a cell of another row":    {head + `<row r="1"><c r="A2"><v>1</v></c></row>` + foot, ErrDamaged},
		"a text that is not there": {head + `<row r="1"><c r="A1" t="s"><v>7</v></c></row>` + foot, ErrDamaged},
		"a text that is no number": {head + `<row r="1"><c r="A1" t="s"><v>x</v></c></row>` + foot, ErrDamaged},
		"it ends early":            {head + `<row r="1"><c r="A1"><v>1`, ErrDamaged},
		"no XML":                   {"\x00\x01", ErrDamaged},
		"an entity":                {`<!DOCTYPE x [<!ENTITY a "b">]>` + head + `<row r="1"><c r="A1"><v>&a;</v></c></row>` + foot, ErrDamaged},
		"nested":                   {head + strings.Repeat("<a>", 100) + foot, ErrDamaged},
	} {
		if _, err := all(t, parts(t, strings.NewReader(c.sheet), nil), DefaultLimits(), 0); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"nothing": {nil, ErrNotWorkbook}, "text": {[]byte("measure,unit"), ErrNotWorkbook}, "half": {parts(t, strings.NewReader(head+foot), nil)[:200], ErrNotWorkbook},
		"old": {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."), ErrOld},
	} {
		if _, err := Open(c.content, DefaultLimits()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless gives a text over and over.
type endless struct {
	text string
	left int64
	at   int
}

func (r *endless) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	r.left -= int64(n)
	return n, nil
}

// Whatever a workbook holds, it is refused by its limits, within bounded memory.
func TestBombs(t *testing.T) {
	if raced {
		t.Skip("hundreds of megabytes, one goroutine; run without the race detector")
	}
	const size, bound = 64 << 20, 48 << 20
	row := `<row><c><v>1</v></c></row>`
	wide := `<row r="1">` + strings.Repeat(`<c><v>1</v></c>`, 1000) + `</row>`
	limits := DefaultLimits()
	limits.Unpacked = 32 << 20
	for name, c := range map[string]struct {
		sheet io.Reader
		more  map[string]string
		what  string
	}{
		"more bytes than allowed": {io.MultiReader(strings.NewReader(head), &endless{text: strings.Repeat("<a/>", 1024), left: size}), nil, "bytes unpacked"},
		"one text":                {io.MultiReader(strings.NewReader(head+`<row r="1"><c r="A1"><v>`), &endless{text: strings.Repeat("1", 4096), left: size}), nil, "bytes of a cell"},
		"one tag":                 {io.MultiReader(strings.NewReader(head+`<row `), &endless{text: `a="" `, left: size}), nil, "bytes of a cell"},
		"one comment":             {io.MultiReader(strings.NewReader(head+`<!-- `), &endless{text: strings.Repeat("x", 4096), left: size}), nil, "bytes of a cell"},
		"one text in pieces":      {io.MultiReader(strings.NewReader(head+`<row r="1"><c r="A1"><v>`), &endless{text: `1<![CDATA[` + strings.Repeat("1", 4096) + `]]>`, left: size}), nil, "bytes of a cell"},
		"rows":                    {io.MultiReader(strings.NewReader(head), &endless{text: row, left: int64(len(row)) * 250_000}), nil, "rows"},
		"a thousand columns":      {strings.NewReader(head + wide + foot), nil, "columns"},
		"texts": {strings.NewReader(head + `<row r="1"><c r="A1" t="s"><v>1</v></c></row>` + foot),
			map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si/>", 600_000) + "</sst>"}, "strings"},
		"sheets": {strings.NewReader(head + foot), map[string]string{
			"xl/workbook.xml": "<workbook>" + strings.Repeat(`<sheet name="S" id="r1"/>`, 100) + "</workbook>"}, "sheets"},
	} {
		t.Run(name, func(t *testing.T) {
			content := parts(t, c.sheet, c.more)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, err := drained(content, limits)
			runtime.ReadMemStats(&after)
			var limit *LimitError
			if !errors.As(err, &limit) || limit.What != c.what {
				t.Errorf("got %v", err)
			}
			if held := int64(after.HeapInuse) - int64(before.HeapInuse); held > bound {
				t.Errorf("held %d MB", held>>20)
			}
		})
	}
}

// drained reads without keeping.
func drained(content []byte, limits Limits) (n int, err error) {
	w, err := Open(content, limits)
	if err != nil {
		return 0, err
	}
	for i := range w.Sheets() {
		rows, err := w.Rows(i)
		if err != nil {
			return n, err
		}
		for {
			_, ok, err := rows.Next()
			if err != nil {
				return n, err
			}
			if !ok {
				break
			}
			n++
		}
		rows.Close()
		if _, err := w.Merges(i); err != nil {
			return n, err
		}
	}
	return n, nil
}

func TestTooManyFiles(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range 2000 {
		if _, err := z.Create(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var limit *LimitError
	if _, err := Open(out.Bytes(), DefaultLimits()); !errors.As(err, &limit) || limit.What != "files" {
		t.Errorf("got %v", err)
	}
}

// An empty column formatted to the end of the sheet is no column.
func TestEmptyCellsFarOut(t *testing.T) {
	got, err := all(t, parts(t, strings.NewReader(head+`<row r="5"><c r="A5"><v>1</v></c><c r="XFD5" s="1"/></row>`+foot), nil), DefaultLimits(), 0)
	if err != nil || len(got) != 1 || got[0] != "5 A5=0:1" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Any bytes end as rows or as one of the errors, and what a sheet holds comes out as it went in.
func FuzzSheet(f *testing.F) {
	f.Add(head + `<row r="1"><c r="A1" t="inlineStr"><is><t>x</t><rPh><t>y</t></rPh></is></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>` + foot + `<mergeCells><mergeCell ref="A1:B2"/></mergeCells>`)
	f.Add(head + `<row><c><v>1</v></c><c t="b"><v>1</v></c></row><row r="9"/>` + foot)
	f.Add("")
	f.Fuzz(func(t *testing.T, sheet string) {
		limits := DefaultLimits()
		limits.Unpacked = 1 << 20
		_, err := drained(parts(t, strings.NewReader(sheet), map[string]string{"xl/sharedStrings.xml": sheet}), limits)
		var limit *LimitError
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.As(err, &limit) {
			t.Errorf("got %v", err)
		}
	})
}

// Any file ends as a workbook or as one of the errors.
func FuzzOpen(f *testing.F) {
	f.Add(parts(f, strings.NewReader(head+foot), nil))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		limits := DefaultLimits()
		limits.Unpacked = 1 << 20
		_, err := drained(content, limits)
		var limit *LimitError
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotWorkbook) && !errors.Is(err, ErrOld) && !errors.As(err, &limit) {
			t.Errorf("got %v", err)
		}
	})
}
