package httpapi

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// filled opens a workbook, writes cells and gives it back as bytes.
func filled(t *testing.T, content []byte, sheet string, cells map[string]any) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for ref, v := range cells {
		if err := f.SetCellValue(sheet, ref, v); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The whole way of a workbook: fetched, filled in, sent, sent back with its faults marked, and its faults as a table.
func TestWorkbooks(t *testing.T) {
	h := wholeHouse(t)
	r := h.get("/api/v1/templates/observations?agency=cat&unit=246&period=2022-11-18")
	if r.Code != http.StatusOK || r.Header().Get("Content-Type") != workbookType {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	const answers = observationsPath + "?wait=queryable&annotate=1"
	body := filled(t, r.Body.Bytes(), "Biểu 1", map[string]any{"D8": 5, "E8": "năm", "D9": "1.234"})
	r = h.do(http.MethodPost, answers, body, "Content-Type", workbookType)
	if r.Code != http.StatusOK || r.Header().Get("Content-Type") != workbookType || r.Header().Get("X-Accepted") != "2" || r.Header().Get("X-Rejected") != "1" || r.Header().Get("X-Warned") != "1" {
		t.Fatalf("%d %v", r.Code, r.Header())
	}
	f, err := excelize.OpenReader(bytes.NewReader(r.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	comments, err := f.GetComments("Biểu 1")
	if err != nil || len(comments) != 2 || comments[0].Cell+comments[1].Cell != "E8D9" {
		t.Errorf("comments %+v, %v", comments, err)
	}
	table := h.get("/api/v1/submissions/" + r.Header().Get("X-Submission") + "/rejections.csv").Body.String()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 || strings.Join(rows[1][:7], ",") != "error,8,5,Biểu 1,E8,value,not_integer" || rows[2][0] != "warning" || rows[2][8] == "" {
		t.Errorf("table %q, %v", rows, err)
	}
	// Mended, it is taken whole; nothing is left to mark.
	body = filled(t, r.Body.Bytes(), "Biểu 1", map[string]any{"E8": 6, "D9": 1234})
	if r = h.do(http.MethodPost, answers, body, "Content-Type", workbookType); r.Code != http.StatusOK || r.Header().Get("X-Rejected")+r.Header().Get("X-Warned") != "00" {
		t.Errorf("mended: %d %v", r.Code, r.Header())
	}
}

func TestAnnotateIsChecked(t *testing.T) {
	h := emptyHouse(t)
	wantProblem(t, h.do(http.MethodPost, observationsPath+"?annotate=1", "x", "Content-Type", "text/csv"), 400, "invalid_parameter", "annotate")
	wantProblem(t, h.do(http.MethodPost, observationsPath+"?annotate=2", "x", "Content-Type", workbookType), 400, "invalid_parameter", "annotate")
	wantProblem(t, h.do(http.MethodPost, observationsPath+"?annotate=1", "x", "Content-Type", workbookType, "Content-Encoding", "gzip"), 400, "invalid_parameter", "annotate")
}

func TestTemplatesThatCannotBeMade(t *testing.T) {
	h := emptyHouse(t)
	for target, field := range map[string]string{
		"observations?agency=nobody": "agency", "observations?unit=99999": "unit", "people": "dataset", "population?agency=stttt": "agency",
	} {
		wantProblem(t, h.get("/api/v1/templates/"+target), http.StatusUnprocessableEntity, "no_such_template", field)
	}
	wantProblem(t, h.get("/api/v1/templates/observations?period=yesterday"), 400, "invalid_period", "period")
}
