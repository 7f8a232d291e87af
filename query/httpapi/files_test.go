package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestEveryFileSaysWhatItIs opens the workbook of every question in the contract. Its first sheet says what one must know to read the
// figures, and every number of the JSON answer is in its tables, as often.
func TestEveryFileSaysWhatItIs(t *testing.T) {
	h, submission := figuresOfTwoCommunes(t)
	walked := map[string]bool{}
	for _, target := range append(questions, "submissions/"+submission+"/rejections") {
		t.Run(target, func(t *testing.T) {
			h.t = t
			r, _, ok := h.routeOf(target)
			if !ok {
				t.Fatal("there is no such route")
			}
			walked[r.path] = true
			with := apiPrefix + target + map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")]
			answer := decode[struct {
				Data any
				Meta struct {
					Indicator, Period, Boundaries string
					AsOf                          string `json:"as_of"`
				}
			}](t, h.get(with+"lang=en"))
			book := openBook(t, h.get(with+"lang=en", "Accept", workbookType).Body.Bytes())
			about := aboutOf(t, book)
			want := []string{"Note", "Programme", "Boundary set", "Known as of", "Data version", "Catalogue version", "Made at", "Empty cells"}
			if answer.Meta.Indicator != "" {
				want = append(want, "Indicator", "Definition", "Formula", "Unit of measure", "Lead agency", "Legal source")
			}
			if answer.Meta.Period != "" {
				want = append(want, "Period")
			}
			if slices.Contains(strings.Fields(r.takes), "unit") {
				want = append(want, "Unit")
			}
			if r.doc.schema == "Population" {
				want = append(want, "Measure", "Unit of measure", "Reported by")
			}
			for _, label := range want {
				if about[label] == "" {
					t.Errorf("nothing is said of %s: %v", label, about)
				}
			}
			if about["Known as of"] != answer.Meta.AsOf || !strings.Contains(about["Boundary set"], answer.Meta.Boundaries) || !strings.HasPrefix(about["Period"], answer.Meta.Period) ||
				about[""] != titles[r.doc.id].En {
				t.Errorf("%v does not belong to %+v", about, answer.Meta)
			}
			numbers := map[string]int{}
			count(answer.Data, numbers)
			cells := cellsOf(t, book)
			for number, times := range numbers {
				if cells[number] < times {
					t.Errorf("%s is in the answer %d times, in the file %d times", number, times, cells[number])
				}
			}
			if strings.Contains(target, "indicators/vneid_rate/values") && len(numbers) < 4 {
				t.Errorf("only %v in the answer", numbers)
			}
		})
	}
	for _, r := range h.routes() {
		if r.exported() && !walked[r.path] {
			t.Errorf("no file of %s was opened", r.path)
		}
	}
}

// What a file of a part of the figures is narrowed to stands in it.
func TestFilesNameTheirUnit(t *testing.T) {
	h := wholeHouse(t)
	for target, want := range map[string]string{
		"indicators/vneid_rate/series?unit=243":                          "Thành phố Vĩnh Yên (243)",
		"indicators/vneid_rate/series":                                   "Tỉnh Vĩnh Phúc (26)",
		"indicators/vneid_rate/series?unit=08707&boundaries=phutho-2025": "(08707)",
		"indicators/vneid_rate/values?unit=243,08707":                    "243, 08707",
		"submissions?unit=243":                                           "(243)",
	} {
		text := h.get(apiPrefix + target + map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + "format=csv").Body.String()
		_, rest, said := strings.Cut(text, "\r\nĐơn vị,")
		if line, _, _ := strings.Cut(rest, "\r\n"); !said || !strings.Contains(line, want) {
			t.Errorf("%s says %q, want %s", target, line, want)
		}
	}
	if text := h.get("/api/v1/tasks?status=overdue&agency=cat&format=csv").Body.String(); !strings.Contains(text, "\r\nĐiều kiện,agency=cat; status=overdue\r\n") {
		t.Errorf("nothing says what it was narrowed to: %.600s", text)
	}
	if text := h.get("/api/v1/submissions?format=csv").Body.String(); strings.Contains(text, "\r\nĐơn vị,") {
		t.Errorf("all submissions are called those of a unit: %.600s", text)
	}
}

// routeOf finds the question at an address below the prefix.
func (h *house) routeOf(target string) (route, map[string]string, bool) {
	path, _, _ := strings.Cut(target, "?")
	for _, r := range h.routes() {
		if values, ok := r.matches(apiPrefix + path); ok && r.method == http.MethodGet && r.exported() {
			return r, values, true
		}
	}
	return route{}, nil, false
}

func openBook(t testing.TB, content []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatalf("%v: %.300s", err, content)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

// aboutOf reads the first sheet: what stands beside each label; the title has none.
func aboutOf(t testing.TB, book *excelize.File) map[string]string {
	t.Helper()
	rows, err := book.GetRows(book.GetSheetList()[0])
	if err != nil {
		t.Fatal(err)
	}
	about := map[string]string{}
	for i, row := range rows {
		switch {
		case i == 0:
			about[""] = row[0]
		case len(row) > 1:
			about[row[0]] = row[1]
		}
	}
	return about
}

// cellsOf counts the numbers in the tables of a workbook, with the fifteen digits a spreadsheet keeps.
func cellsOf(t testing.TB, book *excelize.File) map[string]int {
	t.Helper()
	cells := map[string]int{}
	for _, sheet := range book.GetSheetList()[1:] {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if n, err := strconv.ParseFloat(cell, 64); err == nil {
					cells[digits(n)]++
				}
			}
		}
	}
	return cells
}

func digits(n float64) string { return strconv.FormatFloat(n, 'g', 15, 64) }

// count counts the numbers in an answer. Lists of numbers fill one cell together and are left out.
func count(v any, numbers map[string]int) {
	switch v := v.(type) {
	case float64:
		numbers[digits(v)]++
	case map[string]any:
		for _, part := range v {
			count(part, numbers)
		}
	case []any:
		for _, part := range v {
			if _, alone := part.(float64); !alone {
				count(part, numbers)
			}
		}
	case string, bool, nil, json.Number:
	}
}
