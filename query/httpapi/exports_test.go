package httpapi

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/toancanh/toancanh/query/httpapi/export"
)

// questions has one of every question, over the figures of furnishedHouse.
var questions = []string{
	"indicators/vneid_rate/values", "indicators/vneid_rate/values?boundaries=phutho-2025", "indicators/vneid_rate/series?unit=243", "indicators/vneid_rate/ranking?level=district",
	"profile?unit=243&period=2022-11", "indicators/vneid_rate/breakdown?by=sex&unit=243", "indicators/vneid_rate/distribution", "indicators/vneid_rate/comparison?unit=08707", "indicators/vneid_rate/outlook?unit=243&kind=day",
	"population?unit=243", "tasks?detail=assignees", "completion", "completion?by=agency", "obstacles", "quality?period=2022-11", "reports?period=s2022-11&level=district", "submissions", "audit", "provenance?indicator=vneid_rate&unit=08707",
	"provenance/history?indicator=vneid_rate&unit=08707",
}

func figuresOfTwoCommunes(t *testing.T) (h *house, submission string) {
	h = wholeHouse(t)
	h.send("population", append(people(tichSon, 1000), people(lienBao, 500)...)...)
	h.send("observations", append(accounts(tichSon, "2022-11-18", 300, 200), accounts(lienBao, "2022-11-18", 50, 50)...)...)
	task := h.catalog.Tasks[0]
	sent := h.send("task-progress", fmt.Sprintf(`{"task":%q,"assignee":%q,"date":"2022-03-01","status":"in_progress","obstacle":{"kind":"=HYPERLINK(1)","owner":"agency:stttt"}}`, task.Ref, task.Assignees[1]))
	return h, sent.Submission
}

// csvOf reads a file as a spreadsheet would.
func csvOf(t testing.TB, r *httptest.ResponseRecorder) [][]string {
	t.Helper()
	body := r.Body.Bytes()
	if r.Code != http.StatusOK || r.Header().Get("Content-Type") != "text/csv; charset=utf-8" || !bytes.HasPrefix(body, []byte("\ufeff")) {
		t.Fatalf("%d %s %.200q", r.Code, r.Header().Get("Content-Type"), body)
	}
	return rowsOf(t, strings.TrimPrefix(string(body), "\ufeff"))
}

func rowsOf(t testing.TB, text string) [][]string {
	t.Helper()
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestEveryQuestionIsAFile reads the files of all questions back: the same tables in CSV
// and XLSX, with headings in words and what one must know beside the figures.
func TestEveryQuestionIsAFile(t *testing.T) {
	h, submission := figuresOfTwoCommunes(t)
	for _, target := range append(questions, "submissions/"+submission+"/rejections") {
		t.Run(target, func(t *testing.T) {
			h.t = t
			with := apiPrefix + target + map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")]
			table := csvOf(t, h.get(with+"format=csv&lang=en"))
			about := map[string]string{}
			for _, row := range table[:slices.IndexFunc(table, func(r []string) bool { return len(r) > 2 })] {
				about[row[0]] = row[len(row)-1]
			}
			for _, label := range []string{"Note", "Programme", "Boundary set", "Known as of", "Data version", "Catalogue version"} {
				if about[label] == "" {
					t.Errorf("nothing is said of %s: %v", label, about)
				}
			}
			if strings.HasPrefix(target, "indicators/") && (about["Formula"] == "" || about["Unit of measure"] != "%") {
				t.Errorf("the indicator is not explained: %v", about)
			}
			r := h.get(with + "format=xlsx&lang=en")
			book, err := excelize.OpenReader(bytes.NewReader(r.Body.Bytes()))
			if err != nil {
				t.Fatalf("%d %s: %v", r.Code, r.Header().Get("Content-Type"), err)
			}
			defer book.Close()
			sameAsBook(t, table, book)
		})
	}
}

// sameAsBook looks for every row of every sheet in the CSV.
func sameAsBook(t testing.TB, table [][]string, book *excelize.File) {
	t.Helper()
	lines := map[string]int{}
	for _, row := range table {
		for i := range row {
			row[i] = readable(strings.TrimPrefix(row[i], "'"))
		}
		lines[strings.TrimRight(strings.Join(row, "|"), "|")]++
	}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i := range row {
				row[i] = readable(row[i])
			}
			if line := strings.TrimRight(strings.Join(row, "|"), "|"); lines[line] == 0 {
				t.Errorf("sheet %s has %q, the CSV has not", sheet, line)
			}
		}
	}
}

// readable writes a cell as both files give it: spreadsheets keep fifteen digits.
func readable(cell string) string {
	if n, err := strconv.ParseFloat(cell, 64); err == nil && strings.Contains(cell, ".") {
		return strconv.FormatFloat(n, 'g', 12, 64)
	}
	return cell
}

// Every column of every question has words in both languages.
func TestEveryColumnHasAHeading(t *testing.T) {
	h, submission := figuresOfTwoCommunes(t)
	for _, target := range append(questions, "submissions/"+submission+"/rejections") {
		with := apiPrefix + target + map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")]
		for _, lang := range []string{"vi", "en"} {
			plain := rowsOf(t, h.get(with+"format=csv&plain=1&lang="+lang).Body.String())
			var table export.Table
			for _, id := range plain[0] {
				table.Columns = append(table.Columns, export.Column{ID: id})
			}
			if missing := export.Unnamed([]export.Table{table}); len(missing) > 0 {
				t.Errorf("%s has columns without words: %v", target, missing)
			}
		}
	}
}

// A row that was taken is not a task that was accepted.
func TestSubmissionsHaveHeadingsOfTheirOwn(t *testing.T) {
	h, _ := figuresOfTwoCommunes(t)
	text := h.get("/api/v1/submissions?format=csv").Body.String()
	if !strings.Contains(text, ",Kết quả,Số dòng được nhận,Không đổi,") || strings.Contains(text, "Đã nghiệm thu") {
		t.Errorf("headings of submissions: %s", text)
	}
}

// A file says what the JSON answer says, number for number, and nothing of what is hidden.
func TestFilesSayWhatTheAnswerSays(t *testing.T) {
	h := wholeHouse(t)
	h.send("population", append(people(tichSon, 1000), people(lienBao, 500)...)...)
	few := `{"unit":"08713","date":"2022-11-01","value":%d,"age":40,"residence":"permanent","sex":%q}`
	h.send("population", fmt.Sprintf(few, 2, "male"), fmt.Sprintf(few, 1, "female"))
	target := "/api/v1/indicators/population_total/values?within=243"
	want := decode[valuesBody](t, h.get(target))
	got := rowsOf(t, h.get(target+"&format=csv&plain=1&lang=en").Body.String())
	columns := map[string]int{}
	for i, id := range got[0] {
		columns[id] = i
	}
	hidden := 0
	for i, row := range want.Data {
		cells := got[i+1]
		value := ""
		if row.Value != nil {
			value = strconv.FormatFloat(*row.Value, 'f', -1, 64)
		}
		if cells[columns["unit"]] != row.Unit || cells[columns["value"]] != value {
			t.Errorf("row %d is %q, want %+v", i, cells, row)
		}
		if slices.Contains(row.Flags, "suppressed") {
			hidden++
			if cells[columns["flags"]] != "Confidential" || cells[columns["value"]]+cells[columns["numerator"]] != "" {
				t.Errorf("a suppressed row is %q", cells)
			}
		}
	}
	if hidden < 2 || len(got) != len(want.Data)+1 {
		t.Errorf("%d rows hidden, file has %d rows for %d", hidden, len(got), len(want.Data))
	}
}

func TestFilesAreAskedForAndBounded(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.MaxExportRows = 100 })
	wantProblem(t, h.get("/api/v1/tasks?format=pdf"), 400, "invalid_parameter", "format")
	h = wholeHouse(t, func(c *Config, _ *Deps) { c.MaxExportRows = 100 })
	wantProblem(t, h.get("/api/v1/completion?format=csv"), 422, "export_too_long", "format") // 136 communes
	if r := h.get("/api/v1/completion?format=csv&within=243"); r.Code != http.StatusOK {
		t.Errorf("a district is %d %s", r.Code, r.Body)
	}
	if r := h.get("/api/v1/completion"); r.Code != http.StatusOK {
		t.Errorf("JSON is bounded too: %d", r.Code)
	}
	wantProblem(t, h.get("/api/v1/units?format=csv"), 400, "unknown_parameter", "format")
}

// What a reporter wrote must not run in a spreadsheet.
func TestFilesAreNoFormulas(t *testing.T) {
	h, _ := figuresOfTwoCommunes(t)
	text := h.get("/api/v1/obstacles?format=csv").Body.String()
	if !strings.Contains(text, ",'=HYPERLINK(1),") {
		t.Errorf("the obstacle is not quoted: %s", text)
	}
	r := h.get("/api/v1/obstacles", "Accept", export.XLSX.MediaType())
	book, err := excelize.OpenReader(bytes.NewReader(r.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetList()[1]
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[1], "=HYPERLINK(1)")
	cell, err := excelize.CoordinatesToCellName(column+1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if formula, err := book.GetCellFormula(sheet, cell); err != nil || formula != "" {
		t.Errorf("cell %s has the formula %q, %v", cell, formula, err)
	}
	if d := r.Header().Get("Content-Disposition"); d != `attachment; filename="obstacles-2022-11-20.xlsx"` {
		t.Errorf("file is %s", d)
	}
	if vary := r.Header().Values("Vary"); !slices.Contains(vary, "Accept") {
		t.Errorf("a cache would mix formats: %v", vary)
	}
}
