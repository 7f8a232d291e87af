package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// wholeHouse has every room: figures sent to it go through the journal into ClickHouse
// and come back as answers and events.
func wholeHouse(t testing.TB, change ...func(*Config, *Deps)) *house {
	t.Helper()
	conn := warehousetest.New(t)
	var h *house
	applied := func(c ingest.Change) {
		h.query.Applied(c.DataVersion, c.Measures, c.Tasks)
		h.Changed(c)
	}
	recorded := func(_ *Config, d *Deps) { d.Audit = callers.NewAudit(conn, time.Now) }
	h = furnish(t, query.Deps{Warehouse: conn}, ingest.Deps{Warehouse: conn, OnApplied: applied}, append([]func(*Config, *Deps){recorded}, change...)...)
	if err := h.query.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- h.ingest.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the pipeline ended with %v", err)
		}
	})
	select {
	case <-h.ingest.Ready():
	case err := <-ended:
		ended <- nil
		t.Fatalf("the pipeline did not start: %v", err)
	}
	return h
}

// send posts rows and waits until they can be queried.
func (h *house) send(dataset string, rows ...string) receiptBody {
	h.t.Helper()
	r := h.do(http.MethodPost, "/api/v1/ingest/"+dataset+"?wait=queryable", strings.Join(rows, "\n")+"\n", "Content-Type", "application/x-ndjson")
	if r.Code != http.StatusOK {
		h.t.Fatalf("sent: %d %s", r.Code, r.Body)
	}
	receipt := decode[receiptBody](h.t, r)
	if receipt.Rejected > 0 || !receipt.Queryable {
		h.t.Fatalf("receipt %+v", receipt)
	}
	return receipt
}

// people gives a commune 30 girls of 10 and n adults of 40, of each sex half.
func people(unit string, n int) []string {
	row := `{"unit":%q,"date":"2022-11-01","value":%d,"age":%d,"residence":"permanent","sex":%q}`
	return []string{
		fmt.Sprintf(row, unit, 30, 10, "female"),
		fmt.Sprintf(row, unit, n/2, 40, "female"),
		fmt.Sprintf(row, unit, n/2, 40, "male"),
	}
}

// accounts gives a commune women and men with an activated account.
func accounts(unit, date string, women, men int) []string {
	row := `{"measure":"vneid_activated","unit":%q,"date":%q,"value":%d,"dims":{"sex":%q}}`
	return []string{fmt.Sprintf(row, unit, date, women, "female"), fmt.Sprintf(row, unit, date, men, "male")}
}

// The communes of the tests: two of Vĩnh Yên (243).
const (
	lienBao = "08710"
	tichSon = "08707"
	vinhYen = "243"
)

type valueRow struct {
	Unit, Name, Level, Status     string
	Value, Numerator, Denominator *float64
	Coverage                      struct{ Reported, Expected int }
	Flags                         []string
	Rank                          *int
	RankOf                        int `json:"rank_of"`
	Member, Period                string
}

type valuesBody struct {
	Data []valueRow
	Meta struct {
		DataVersion uint64 `json:"data_version"`
		Period      string
		Indicator   string
	}
}

// TestEveryQuestionIsAnswered asks every route of the table once over the same few
// figures. The harness holds each answer against the OpenAPI document.
func TestEveryQuestionIsAnswered(t *testing.T) {
	h := wholeHouse(t)
	h.send("population", append(people(tichSon, 1000), people(lienBao, 500)...)...)
	h.send("observations", append(accounts(tichSon, "2022-11-18", 300, 200), accounts(lienBao, "2022-11-18", 50, 50)...)...)
	task := h.catalog.Tasks[0]
	done := h.send("task-progress", fmt.Sprintf(`{"task":%q,"assignee":%q,"date":"2022-03-01","status":"accepted"}`, task.Ref, task.Assignees[0]))
	h.send("task-progress", fmt.Sprintf(`{"task":%q,"assignee":%q,"date":"2022-03-01","status":"in_progress","obstacle":{"kind":"Thiếu máy quét","owner":"agency:stttt"}}`, task.Ref, task.Assignees[1]))

	for _, target := range []string{
		"catalog", "catalog?lang=en", "units", "units?level=district", "units?within=243&level=commune", "boundaries",
		"search?q=tam+dao", "search?q=dinh+danh&lang=en",
		"indicators/vneid_rate/values", "indicators/vneid_rate/values?level=district&period=2022-11", "indicators/vneid_rate/values?unit=243,08707",
		"indicators/vneid_rate/values?as_of=2022-11-20", "indicators/online_service_rate/values", "indicators/population_total/values?level=province",
		"profile", "profile?unit=243&period=2022-11&lang=en", "profile?indicator=vneid_rate,task_completion_rate&unit=08707&as_of=2022-11-20", "profile?boundaries=phutho-2025",
		"indicators/task_completion_rate/values", "indicators/task_on_time_rate/values?level=district",
		"indicators/vaccination_clean_rate/series", // nobody has sent a figure of it
		"indicators/vneid_rate/series", "indicators/vneid_rate/series?unit=243&from=2022-09&to=2022-11", "indicators/vneid_rate/series?kind=day&from=2022-11-15&to=2022-11-20",
		"indicators/vneid_rate/ranking?level=district", "indicators/vneid_rate/ranking?within=243",
		"indicators/chip_card_rate/breakdown?by=sex", "indicators/vneid_rate/breakdown?by=sex&unit=243",
		"indicators/vneid_rate/distribution", "indicators/vneid_rate/distribution?method=ckmeans&classes=3&level=commune", "indicators/vneid_rate/distribution?breaks=10,20.5",
		"indicators/vneid_rate/comparison", "indicators/vneid_rate/comparison?unit=08707&period=2022-11", "indicators/task_completion_rate/comparison?unit=243",
		"indicators/vneid_rate/outlook", "indicators/vneid_rate/outlook?unit=243&kind=day", "indicators/vaccination_clean_rate/outlook", "indicators/task_completion_rate/outlook",
		"population", "population?unit=243&date=2022-11-18", "population?unit=08707&period=2022-11",
		"tasks", "tasks?status=overdue", "tasks?task=B.I.2&status=overdue&detail=assignees", "tasks?unit=243", "tasks?group=B.II", "completion", "completion?level=province", "completion?group=B.II&agency=stp&task=B.II.1", "completion?by=agency",
		"indicators/vneid_rate/values?boundaries=phutho-2025", "indicators/vneid_rate/series?boundaries=vinhphuc-2025h1&unit=243", "indicators/vneid_rate/ranking?boundaries=phutho-2025",
		"indicators/chip_card_rate/breakdown?by=sex&boundaries=phutho-2025", "indicators/vneid_rate/distribution?boundaries=phutho-2025", "indicators/vneid_rate/comparison?boundaries=phutho-2025&unit=08716",
		"indicators/vneid_rate/outlook?boundaries=phutho-2025", "population?boundaries=phutho-2025&unit=08707", "completion?boundaries=phutho-2025", "tasks?boundaries=phutho-2025&unit=08707",
		"obstacles?boundaries=phutho-2025", "provenance?indicator=vneid_rate&unit=08707&boundaries=phutho-2025", "indicators/task_completion_rate/values?boundaries=phutho-2025",
		"obstacles", "obstacles?unit=243&agency=cat&task=B.I.1&date=2022-11-01",
		"quality", "quality?period=2022-11&agency=cat&lang=en", "quality?indicator=vneid_rate&as_of=2022-11-20", "reports", "reports?period=2022-11&agency=cat&unit=243&level=commune&lang=en",
		"submissions", "submissions?limit=1", "submissions?agency=cat&unit=243&period=2022-11&state=accepted", "audit", "audit?action=task.accepted&limit=1", "audit?from=2022-11-01&to=2022-11-20&submission=" + done.Submission, "submissions/" + done.Submission + "/rejections",
		"provenance?indicator=vneid_rate&unit=08707", "provenance?indicator=population_total&unit=243&limit=1", "provenance?indicator=task_completion_rate",
		"provenance/history?indicator=vneid_rate&unit=08707", "provenance/history?indicator=task_completion_rate&limit=3",
	} {
		t.Run(target, func(t *testing.T) {
			h.t = t
			if r := h.get(apiPrefix + target); r.Code != http.StatusOK {
				t.Errorf("%d %s\n%s", r.Code, r.Body, h.logged)
			}
		})
	}
}

// TestOneNumberEverywhere follows one figure through the questions.
func TestOneNumberEverywhere(t *testing.T) {
	h := wholeHouse(t)
	h.send("population", append(people(tichSon, 1000), people(lienBao, 500)...)...)
	receipt := h.send("observations", append(accounts(tichSon, "2022-11-18", 300, 200), accounts(lienBao, "2022-11-18", 50, 50)...)...)

	communes := decode[valuesBody](t, h.get("/api/v1/indicators/vneid_rate/values?unit=08707,08710"))
	if v := communes.Data[0].Value; v == nil || *v != 50 {
		t.Errorf("Tích Sơn has 500 of 1,000: %+v", communes.Data[0])
	}
	if v := communes.Data[1].Value; v == nil || *v != 20 {
		t.Errorf("Liên Bảo has 100 of 500: %+v", communes.Data[1])
	}
	if communes.Meta.DataVersion < receipt.DataVersion || communes.Meta.Indicator != "vneid_rate" || communes.Meta.Period != "2022-11" {
		t.Errorf("meta %+v", communes.Meta)
	}

	district := decode[valuesBody](t, h.get("/api/v1/indicators/vneid_rate/values?unit=243")).Data[0]
	if district.Value == nil || *district.Value != 40 || *district.Numerator != 600 || *district.Denominator != 1500 || district.Coverage.Reported != 2 {
		t.Errorf("the district has 600 of 1,500: %+v", district)
	}
	ranking := decode[valuesBody](t, h.get("/api/v1/indicators/vneid_rate/ranking?within=243&period=2022-11"))
	if first := ranking.Data[0]; first.Unit != tichSon || first.Rank == nil || *first.Rank != 1 || first.RankOf != 2 {
		t.Errorf("the ranking begins with %+v", first)
	}
	series := decode[valuesBody](t, h.get("/api/v1/indicators/vneid_rate/series?unit=243&from=2022-10&to=2022-11"))
	if len(series.Data) != 2 || series.Data[0].Value != nil || series.Data[0].Status != "no_data" || *series.Data[1].Value != 40 {
		t.Errorf("the series is %+v", series.Data)
	}
	women := decode[valuesBody](t, h.get("/api/v1/indicators/vneid_rate/breakdown?unit=08707&by=sex&period=2022-11"))
	if len(women.Data) != 2 || women.Data[0].Name == "" {
		t.Errorf("the breakdown is %+v", women.Data)
	}
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	h := wholeHouse(t)
	for _, tt := range []struct {
		target      string
		status      int
		code, field string
	}{
		{"indicators/vneid_rat/values", 404, "unknown_indicator", "indicator"},
		{"indicators/vneid_rate/values?within=99999", 404, "unknown_unit", "within"},
		{"indicators/vneid_rate/values?level=region", 400, "unknown_level", "level"},
		{"indicators/vneid_rate/values?boundaries=atlantis", 404, "unknown_boundaries", "boundaries"},
		{"indicators/vneid_rate/values?period=2030-01", 400, "period_in_future", "period"},
		{"indicators/vneid_rate/values?as_of=2030-01-01", 400, "as_of_in_future", "as_of"},
		{"indicators/online_service_rate/values?period=2022-11", 422, "period_not_reported", "period"},
		{"profile?indicator=vneid_rat", 404, "unknown_indicator", "indicator"},
		{"profile?indicator=vneid_rate,vneid_rate", 400, "named_twice", "indicator"},
		{"profile?unit=99999", 404, "unknown_unit", "unit"},
		{"profile?period=2030-01", 400, "period_in_future", "period"},
		{"units?within=99999", 404, "unknown_unit", "within"},
		{"units?boundaries=atlantis", 404, "unknown_boundaries", "boundaries"},
	} {
		wantProblem(t, h.get(apiPrefix+tt.target), tt.status, tt.code, tt.field)
	}
	if r := h.get("/api/v1/submissions/none/rejections"); r.Code != http.StatusNotFound {
		t.Errorf("rejections of no submission: %d", r.Code)
	}
}

// TestFaultsOfRows: the good rows are kept, each bad one is explained by line and reason.
func TestFaultsOfRows(t *testing.T) {
	h := wholeHouse(t)
	good := accounts(tichSon, "2022-11-18", 300, 200)
	row := `{"measure":"vneid_activated","unit":%q,"date":%q,"value":%s,"dims":{"sex":"female"}%s}`
	lines := []string{
		good[0],
		fmt.Sprintf(row, "99999", "2022-11-18", "1", ""),
		fmt.Sprintf(row, lienBao, "2022-11-18", "-1", ""),
		fmt.Sprintf(row, lienBao, "2023-11-18", "1", ""),
		fmt.Sprintf(row, lienBao, "2022-11-18", "1", `,"note":"số 026098001234 gửi lại"`),
		fmt.Sprintf(row, lienBao, "2022-11-18", "1", ",\"note\":\"\xff\xfe\""),
		fmt.Sprintf(row, lienBao, "2022-11-18", "1", `,"note":"`+strings.Repeat("x", 1<<20)+`"`),
		`{"measure":`,
		good[1],
	}
	r := h.do(http.MethodPost, observationsPath+"?wait=queryable&lang=en", strings.Join(lines, "\n")+"\n", "Content-Type", "application/x-ndjson")
	if r.Code != http.StatusOK {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	receipt := decode[receiptBody](t, r)
	if receipt.Accepted != 2 || receipt.Rejected != 7 {
		t.Errorf("receipt %+v", receipt)
	}
	want := []string{"2 unit unknown_unit", "3 value negative", "4 date future_date", "5 note personal_data", "6  invalid_utf8", "7  line_too_long", "8  invalid_json"}
	for i, rejection := range receipt.Rejections {
		got := fmt.Sprintf("%d %s %s", rejection.Line, rejection.Field, rejection.Code)
		if i < len(want) && got != want[i] {
			t.Errorf("rejection %q, want %q", got, want[i])
		}
		if rejection.Message == "" {
			t.Errorf("%s is not explained", got)
		}
	}
	if strings.Contains(r.Body.String(), "026098001234") {
		t.Error("the receipt repeats a personal number")
	}
	kept := h.get("/api/v1/submissions/" + receipt.Submission + "/rejections?lang=en")
	if rows := decode[struct{ Data []rejectionRow }](t, kept).Data; len(rows) != 7 || rows[0].Message == "" {
		t.Errorf("kept %+v", rows)
	}
}

func TestStatusOfReceipts(t *testing.T) {
	h := wholeHouse(t)
	good, bad := accounts(tichSon, "2022-11-18", 300, 200)[0]+"\n", `{"measure":"nothing"}`+"\n"
	for _, tt := range []struct {
		name, target, contentType, body string
		status                          int
	}{
		{"durable", observationsPath, "application/x-ndjson", good, 202},
		{"queryable", observationsPath + "?wait=queryable", "application/x-ndjson", good + bad, 200},
		{"stored is the default", observationsPath + "?wait=stored", "application/x-ndjson", good, 202},
		{"every row refused", observationsPath, "application/x-ndjson", bad + bad, 422},
		{"nothing sent", observationsPath, "application/x-ndjson", "", 400},
		{"CSV", observationsPath, "text/csv", "measure,unit,date,value,dim.sex\nvneid_activated,08707,2022-11-18,301,female\n", 202},
		{"CSV without a header", observationsPath, "text/csv", "vneid_activated,08707,2022-11-18,301,female\n", 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h.t = t
			r := h.do(http.MethodPost, tt.target, tt.body, "Content-Type", tt.contentType)
			if r.Code != tt.status {
				t.Fatalf("%d %s", r.Code, r.Body)
			}
			if tt.status == 422 {
				p := wantProblem(t, r, 422, "all_rejected", "")
				if receipt := decode[receiptBody](t, r); receipt.Rejected != 2 || len(receipt.Rejections) != 2 || p.Hint == "" {
					t.Errorf("receipt %+v", receipt)
				}
			}
		})
	}
}

func TestSameKeySameReceipt(t *testing.T) {
	h := wholeHouse(t)
	send := func(value int) (int, receiptBody) {
		r := h.do(http.MethodPost, observationsPath, accounts(tichSon, "2022-11-18", value, 1)[0], "Content-Type", "application/x-ndjson", "Idempotency-Key", "monday")
		return r.Code, decode[receiptBody](t, r)
	}
	_, first := send(300)
	status, again := send(300)
	if status >= 400 || again.Submission != first.Submission || !again.Replayed {
		t.Errorf("%d %+v", status, again)
	}
	if status, _ := send(301); status != http.StatusConflict {
		t.Errorf("other content under the same key: %d", status)
	}
}

// TestAFigureIsHeardOf is the way of a figure: sent, stored, told, asked, changed.
func TestAFigureIsHeardOf(t *testing.T) {
	h := wholeHouse(t)
	h.send("population", people(tichSon, 1000)...)
	listener := listen(t, running(t, h), "")
	listener.want("hello")
	before := h.get("/api/v1/indicators/vneid_rate/values?unit=08707")

	receipt := h.send("observations", accounts(tichSon, "2022-11-18", 300, 200)...)
	change := listener.wantChange()
	for len(change.Indicators) == 0 { // the population sent before may still be told
		change = listener.wantChange()
	}
	if change.DataVersion != receipt.DataVersion || fmt.Sprint(change.Indicators, change.Units) != "[vneid_rate] [08707]" || *change.From != day("2022-11-18") {
		t.Errorf("told %+v of %+v", change, receipt)
	}
	after := h.get("/api/v1/indicators/vneid_rate/values?unit=08707", "If-None-Match", before.Header().Get("ETag"))
	if v := decode[valuesBody](t, after).Data[0].Value; v == nil || *v != 50 {
		t.Errorf("asked after the event: %s", after.Body)
	}
}

func TestVersionsAreWaitedFor(t *testing.T) {
	h := wholeHouse(t, func(c *Config, _ *Deps) { c.VersionTimeout = 1 })
	version := fmt.Sprint(h.send("population", people(tichSon, 1000)...).DataVersion)
	if r := h.get("/api/v1/units?min_version=" + version); r.Code != 200 {
		t.Errorf("a version reached: %d", r.Code)
	}
	if r := h.get("/api/v1/units", "X-Min-Data-Version", version); r.Code != 200 {
		t.Errorf("by header: %d", r.Code)
	}
	wantProblem(t, h.get("/api/v1/units?min_version=999999"), http.StatusServiceUnavailable, "version_not_reached", "min_version")
	wantProblem(t, h.get("/api/v1/units", "X-Min-Data-Version", "999999"), http.StatusServiceUnavailable, "version_not_reached", "X-Min-Data-Version")
}

func TestSubmissionsArePaged(t *testing.T) {
	h := wholeHouse(t)
	for value := range 3 {
		h.send("observations", accounts(tichSon, "2022-11-18", 300+value, 200)...)
	}
	type paged struct {
		Data []struct{ Submission string }
		Meta struct {
			NextCursor string `json:"next_cursor"`
		}
	}
	seen, target := map[string]bool{}, "/api/v1/submissions?limit=2"
	for pages := 0; target != ""; pages++ {
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
		answer := decode[paged](t, h.get(target))
		for _, row := range answer.Data {
			seen[row.Submission] = true
		}
		target = ""
		if answer.Meta.NextCursor != "" {
			target = "/api/v1/submissions?limit=2&cursor=" + answer.Meta.NextCursor
		}
	}
	if len(seen) != 3 {
		t.Errorf("saw %d submissions", len(seen))
	}
}
