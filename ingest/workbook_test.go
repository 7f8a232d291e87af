package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/ingest/template"
	"github.com/toancanh/toancanh/query/catalog"
)

// book is a workbook that a test fills in.
type book struct {
	t testing.TB
	*excelize.File
}

func newBook(t testing.TB) *book { return &book{t, excelize.NewFile()} }

// rows writes rows into the first sheet, from a row on; nil cells stay empty.
func (b *book) rows(from int, rows ...[]any) *book {
	b.t.Helper()
	for i, row := range rows {
		for j, v := range row {
			if v == nil {
				continue
			}
			if err := b.SetCellValue(b.GetSheetName(0), sheet.Ref(j+1, from+i), v); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	return b
}

func (b *book) bytes() []byte {
	b.t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

// read gives what the source makes of a workbook: rows as JSON-like texts, rejections and remarks by cell.
func read(t testing.TB, d Dataset, content []byte) (taken, refused, remarks []string, err error) {
	t.Helper()
	x, err := newIndex(smallCatalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	c := newChecker(x, Intake{Dataset: d}, dayOf(date("2022-11-20")))
	s, _ := newSource(DefaultConfig(), Intake{Format: XLSX}, bytes.NewReader(content), c)
	if err := s.start(); err != nil {
		return nil, nil, nil, err
	}
	rec := record{}
	for {
		why, err := s.next(&rec)
		if err != nil {
			return taken, refused, remarks, err
		}
		said := ""
		if why == nil && d == TaskProgress {
			var p progress
			p, why = c.progress(&rec)
			said = fmt.Sprintf("%s %s %s %s %d %s", p.task, p.assignee, p.date, p.status, p.percent, p.obstacle.kind)
		} else if why == nil {
			var f figure
			f, why = c.figure(&rec)
			said = strings.TrimRight(fmt.Sprintf("%s %s %s %s %d %s", f.measure, f.unit, f.period, f.dims, f.value, f.note), " ")
		}
		at := s.at()
		cellOf := func(column int) string { return sheet.Ref(max(cmp.Or(column, int(at.column)), 1), int(at.line)) }
		if why != nil {
			refused = append(refused, fmt.Sprintf("%d!%s %s", at.sheet, cellOf(why.column), why.code))
			continue
		}
		taken = append(taken, said)
		for _, r := range rec.remarks {
			remarks = append(remarks, fmt.Sprintf("%s %s %s", cellOf(r.column), r.code, r.text.En))
		}
	}
}

func wantList(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A figure a row, under the contract's names or the words people use, further down and to the right.
func TestSheetOfFigures(t *testing.T) {
	for name, head := range map[string][]any{
		"names": {nil, "measure", "unit", "date", "period", "value", "dim.sex", "note"},
		"words": {nil, "Chỉ số", "Mã đơn vị", "Ngày", "Kỳ báo cáo", " GIÁ TRỊ ", "Tên sex", "Ghi chú"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t).rows(3, []any{nil, "BÁO CÁO"}).rows(6, head,
				[]any{nil, "vneid_activated", "08707", "2022-06-15", nil, 12, "male"},
				[]any{nil, "vneid_activated", 8707, time.Date(2022, 6, 15, 0, 0, 0, 0, time.UTC), nil, " 1 234 ", "TEN Female", "đợt 2"},
				nil,
				[]any{nil, "dossiers_received", "08710 - Xã", nil, "11/2022", "1.234", nil},
				[]any{nil, "dossiers_received", "08713", nil, time.Date(2022, 10, 1, 0, 0, 0, 0, time.UTC), "７", nil})
			taken, refused, remarks, err := read(t, Observations, b.bytes())
			wantList(t, "taken", taken,
				"vneid_activated 08707 2022-06-15 sex=male 12", "vneid_activated 08707 2022-06-15 sex=female 1234 đợt 2",
				"dossiers_received 08710 s2022-11  1234", "dossiers_received 08713 s2022-10  7")
			wantList(t, "refused", refused)
			wantList(t, "remarks", remarks, "F10 read_as The cell was read as 1234.")
			if !isEnd(err) {
				t.Error(err)
			}
		})
	}
}

func isEnd(err error) bool { return err != nil && err.Error() == "EOF" }

// A unit a row: what people do to such sheets is understood, what cannot be is refused by its cell.
func TestSheetOfUnits(t *testing.T) {
	b := newBook(t).rows(2,
		[]any{"Ngày số liệu:", nil, "15/6/2022"},
		[]any{"STT", "Mã đơn vị", "Tên đơn vị", "vneid_activated;sex=male", "vneid_activated;sex=female", "Ghi chú", "Người nhập"},
		[]any{nil, "unit", nil, "vneid_activated;sex=male", "vneid_activated;sex=female", "note"},
		[]any{1, "08707", "Xã A", 5, nil, "ghi chú"},
		[]any{2, "08710", "Xã B", "1.234,5", "1,234"},
		[]any{3, "08713", "Xã C", -1, true},
		[]any{4, "99999", "Xã D", 1},
		[]any{nil, "Tổng cộng", nil, 99, 99},
		[]any{nil, nil, nil, nil, "Ngày 15 tháng 6"},
		[]any{nil, nil, "Người lập biểu"})
	for ref, f := range map[string]string{"E5": "D5*2"} {
		if err := b.SetCellFormula("Sheet1", ref, f); err != nil {
			t.Fatal(err)
		}
	}
	taken, refused, remarks, _ := read(t, Observations, b.bytes())
	wantList(t, "taken", taken, "vneid_activated 08707 2022-06-15 sex=male 5 ghi chú")
	wantList(t, "refused", refused,
		"1!E5 formula_without_value", "1!D6 not_integer", "1!E6 not_integer", "1!D7 negative", "1!E7 wrong_type", "1!B8 unknown_unit")
	wantList(t, "remarks", remarks)
}

func TestMergedCells(t *testing.T) {
	b := newBook(t).rows(1,
		[]any{"measure", "unit", "date", "sex", "value"},
		[]any{"vneid_activated", "08707", "2022-06-15", "male", 1},
		[]any{nil, nil, nil, "female", 2})
	for _, column := range []string{"A", "B", "C"} {
		if err := b.MergeCell("Sheet1", column+"2", column+"3"); err != nil {
			t.Fatal(err)
		}
	}
	taken, refused, _, _ := read(t, Observations, b.bytes())
	wantList(t, "taken", taken, "vneid_activated 08707 2022-06-15 sex=male 1", "vneid_activated 08707 2022-06-15 sex=female 2")
	wantList(t, "refused", refused)

	b = newBook(t).rows(1,
		[]any{"unit", "date", "vneid_activated;sex=male", "vneid_activated;sex=female"},
		[]any{"08707", "2022-06-15", 1}, []any{"08710", "2022-06-15", 7, 8}, []any{"08713", "2022-06-15", nil, 9})
	for from, to := range map[string]string{"C2": "D2", "C3": "C4"} {
		if err := b.MergeCell("Sheet1", from, to); err != nil {
			t.Fatal(err)
		}
	}
	taken, refused, _, _ = read(t, Observations, b.bytes())
	wantList(t, "taken", taken, "vneid_activated 08710 2022-06-15 sex=female 8", "vneid_activated 08713 2022-06-15 sex=female 9")
	wantList(t, "refused", refused, "1!C2 merged_cell", "1!C3 merged_cell")
}

// Personal data is refused wherever it stands in a table, and nothing repeats it.
func TestPersonalDataInWorkbooks(t *testing.T) {
	for _, text := range []string{"0912 345 678", "０９１２３４５６７８", "001.099.012.345", "a@b.vn", "CCCD 001099012345"} {
		b := newBook(t).rows(1, []any{"unit", "date", "vneid_activated;sex=male", "note", "Người nhập"},
			[]any{"08707", "2022-06-15", 1, text}, []any{"08710", "2022-06-15", 2, nil, text}, []any{text, "2022-06-15", 2}, []any{"08713", "2022-06-15", 3})
		taken, refused, _, _ := read(t, Observations, b.bytes())
		wantList(t, text, taken, "vneid_activated 08713 2022-06-15 sex=male 3")
		wantList(t, text, refused, "1!D2 personal_data", "1!E3 personal_data", "1!A4 personal_data")
		named := newBook(t).rows(1, []any{"unit", "date", "vneid_activated;sex=male"}, []any{"08707", "2022-06-15", 1})
		if err := named.SetSheetName("Sheet1", text); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := read(t, Observations, named.bytes()); KindOf(err) != Unreadable || strings.Contains(err.Error(), text) {
			t.Errorf("sheet %q: %v", text, err)
		}
	}
}

// What a template asks for and is filled in comes back as it was meant, for every dataset.
func TestTemplatesComeBack(t *testing.T) {
	cat := smallCatalogue(t)
	cat.Measures[1].Agency, cat.Version = "cat", "v1"
	p, err := catalog.ParsePeriod("2022-06-15")
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	for _, c := range []struct {
		dataset  Dataset
		sheet    string
		cells    map[string]any
		accepted int
		query    string
	}{
		{Observations, "Biểu 1", map[string]any{"D8": 5, "E8": "6", "D10": 7, "F8": "lần đầu"}, 3, "SELECT toUInt64(sum(value)) = 18 AND any(agency) = 'cat' FROM observations WHERE period = '2022-06-15' AND measure = 'vneid_activated'"},
		{Population, "Dân số", map[string]any{"F8": 5, "DB9": 6}, 2, "SELECT toUInt64(sum(value)) = 11 AND uniqExact(dims) = 2 FROM observations WHERE measure = 'population'"},
		{TaskProgress, "Tiến độ", map[string]any{"G8": "Đang thực hiện", "H8": 60, "I8": "thiếu máy", "J8": "01/06/2022"}, 1, "SELECT toUInt64(any(percent) = 60 AND any(obstacle_since) = '2022-06-01') FROM task_progress"},
	} {
		var out bytes.Buffer
		agency := map[Dataset]string{Observations: "cat", TaskProgress: "stttt"}[c.dataset]
		if err := template.Write(&out, template.Order{Catalogue: cat, Dataset: string(c.dataset), Agency: agency, Period: p}); err != nil {
			t.Fatal(c.dataset, err)
		}
		f, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		for ref, v := range c.cells {
			if err := f.SetCellValue(c.sheet, ref, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.RemoveRow(c.sheet, 7); err != nil { // the ids: the titles alone do
			t.Fatal(err)
		}
		filled := (&book{t, f}).bytes()
		receipt, err := r.Submit(t.Context(), Intake{Dataset: c.dataset, Format: XLSX, Body: bytes.NewReader(filled), Wait: true})
		if err != nil || receipt.Accepted != c.accepted || receipt.Rejected != 0 || receipt.Warned != 0 {
			t.Errorf("%s: %+v, %v", c.dataset, receipt, err)
		}
		if r.count(t, "SELECT toUInt64(("+c.query+"))") != 1 {
			t.Errorf("%s: not what was filled in", c.dataset)
		}
		other := map[Dataset]Dataset{Observations: Population, Population: Observations, TaskProgress: Observations}[c.dataset]
		if _, err := r.Submit(t.Context(), Intake{Dataset: other, Format: XLSX, Body: bytes.NewReader(filled)}); KindOf(err) != Unreadable {
			t.Errorf("%s sent as %s: %v", c.dataset, other, err)
		}
	}
}

// Rejections of a workbook are kept with sheet and cell; names that people gave their sheets are not.
func TestRejectionsOfWorkbooksAreKept(t *testing.T) {
	r := start(t)
	b := newBook(t).rows(1, []any{"unit", "date", "vneid_activated;sex=male"}, []any{"08707", "2022-06-15", "x"}, []any{"08707", "2022-06-16", "1.234"})
	if err := b.SetSheetName("Sheet1", "Anh Nguyễn Văn A"); err != nil {
		t.Fatal(err)
	}
	receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: XLSX, Body: bytes.NewReader(b.bytes()), Wait: true})
	if err != nil || len(receipt.Rejections) != 1 || len(receipt.Warnings) != 1 {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if j := receipt.Rejections[0]; j.Tab != "#1" || j.Cell() != "C2" || j.Sheet != 1 || j.Warning {
		t.Errorf("%+v", j)
	}
	if n := r.count(t, "SELECT count() FROM rejections WHERE tab = '#1' AND (cell, severity) IN (('C2', 'error'), ('C3', 'warning'))"); n != 2 {
		t.Errorf("%d kept", n)
	}
	if n := r.count(t, "SELECT toUInt64(warnings) FROM submissions"); n != 1 {
		t.Errorf("%d warnings counted", n)
	}
}

func TestUnreadableWorkbooks(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.MaxWorkbook = 1 << 20 })
	for name, c := range map[string]struct {
		content []byte
		kind    Kind
	}{
		"nothing":       {nil, Unreadable},
		"CSV":           {[]byte("unit,value\n"), Unreadable},
		"no table":      {newBook(t).rows(1, []any{"xin chào"}).bytes(), Unreadable},
		"headings only": {newBook(t).rows(1, []any{"unit", "date", "vneid_activated;sex=male"}).bytes(), Unreadable},
		"too large":     {append([]byte("PK"), make([]byte, 2<<20)...), TooLarge},
		"half":          {newBook(t).rows(1, []any{"unit"}).bytes()[:1000], Unreadable},
	} {
		if _, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: XLSX, Body: bytes.NewReader(c.content)}); KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFewWorkbooksAtATime(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.MaxWorkbooks = 1 })
	release, ok := r.enter(XLSX)
	if !ok {
		t.Fatal("no place")
	}
	if _, ok := r.enter(XLSX); ok {
		t.Error("two workbooks")
	}
	other, ok := r.enter(CSV)
	if !ok {
		t.Fatal("no place for CSV")
	}
	other()
	release()
	if release, ok = r.enter(XLSX); !ok {
		t.Fatal("the place was not given back")
	}
	release()
}

// A workbook that is a bomb is refused with the limit it breaks.
func TestWorkbookBomb(t *testing.T) {
	r := start(t)
	b := newBook(t)
	w, err := b.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	row := make([]any, 600)
	for i := range row {
		row[i] = 1
	}
	if err := errors.Join(w.SetRow("A1", []any{"unit", "date", "vneid_activated;sex=male"}), w.SetRow("A2", row), w.Flush()); err != nil {
		t.Fatal(err)
	}
	_, err = r.Submit(t.Context(), Intake{Dataset: Observations, Format: XLSX, Body: bytes.NewReader(b.bytes())})
	if KindOf(err) != TooLarge || !strings.Contains(err.Error(), "512 columns") {
		t.Errorf("got %v", err)
	}
}
