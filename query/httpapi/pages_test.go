package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golang-sql/civil"
)

// listBody has the rows of a list as they were sent.
type listBody struct {
	Data []json.RawMessage
	Meta struct {
		NextCursor string `json:"next_cursor"`
	}
}

// walk reads a list page by page; between is called before each further page.
func (h *house) walk(target string, size int, between func()) []string {
	h.t.Helper()
	with := target + map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + "limit=" + strconv.Itoa(size)
	var rows []string
	for cursor := ""; ; {
		r := h.get(with + cursor)
		if r.Code != http.StatusOK {
			h.t.Fatalf("%s: %d %s", with+cursor, r.Code, r.Body)
		}
		page := decode[listBody](h.t, r)
		if len(page.Data) > size || len(page.Data) < size && page.Meta.NextCursor != "" {
			h.t.Fatalf("%s has %d rows, next %q", with+cursor, len(page.Data), page.Meta.NextCursor)
		}
		if rows = append(rows, texts(page.Data)...); len(rows) > 10_000 {
			h.t.Fatalf("the pages of %s do not end", target)
		}
		if page.Meta.NextCursor == "" {
			return rows
		}
		cursor = "&cursor=" + url.QueryEscape(page.Meta.NextCursor)
		between()
	}
}

func texts(rows []json.RawMessage) []string {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = string(row)
	}
	return list
}

// blocked says that the n-th assignment of a task is held up since a day.
func (h *house) blocked(task, n, days int) string {
	since := civil.Date{Year: 2022, Month: 3, Day: 1}.AddDays(days)
	of := h.catalog.Tasks[task]
	return fmt.Sprintf(`{"task":%q,"assignee":%q,"date":%q,"status":"in_progress","obstacle":{"kind":"Thiếu máy","since":%q,"owner":"agency:stttt"}}`,
		of.Ref, of.Assignees[n], since, since)
}

// refused sends rows of which all but the first are refused.
func (h *house) refused(rows int) (submission string) {
	lines := accounts(tichSon, "2022-11-18", 300, 200)
	for i := range rows {
		lines = append(lines, fmt.Sprintf(`{"measure":"vneid_activated","unit":"9%04d","date":"2022-11-18","value":-1,"dims":{"sex":"female"}}`, i))
	}
	r := h.do(http.MethodPost, observationsPath+"?wait=queryable", strings.Join(lines, "\n")+"\n", "Content-Type", "application/x-ndjson")
	return decode[receiptBody](h.t, r).Submission
}

// TestPagesAreTheList walks every list that is given whole without a limit, in pages of every size.
func TestPagesAreTheList(t *testing.T) {
	h := wholeHouse(t)
	h.send("task-progress", h.blocked(0, 0, 3), h.blocked(0, 1, 1), h.blocked(0, 2, 3), h.blocked(1, 0, 1), h.blocked(1, 1, 0))
	submission := h.refused(11)
	for target, least := range map[string]int{
		"tasks": 20, "tasks?unit=243&status=overdue": 1, "tasks?detail=assignees&group=B.II": 2, "tasks?boundaries=phutho-2025&unit=08707": 2,
		"units": 100, "units?level=district": 9, "units?within=243&level=commune": 5, "units?boundaries=phutho-2025": 30,
		"obstacles": 5, "obstacles?agency=stttt": 5,
		"submissions": 2, "submissions/" + submission + "/rejections": 11,
	} {
		t.Run(target, func(t *testing.T) {
			h.t = t
			whole := texts(decode[listBody](t, h.get(apiPrefix+target)).Data)
			if len(whole) < least {
				t.Fatalf("only %d rows", len(whole))
			}
			for size := 1; size <= len(whole)+1; size += 1 + size/4 {
				if got := h.walk(apiPrefix+target, size, func() {}); !slices.Equal(got, whole) {
					t.Errorf("pages of %d give %d rows, the list has %d", size, len(got), len(whole))
				}
			}
		})
	}
}

// TestPagesWhileRowsCome: what was in the list before the first page is on the pages once, whatever comes meanwhile before and
// behind the page that is read.
func TestPagesWhileRowsCome(t *testing.T) {
	h := wholeHouse(t)
	before := []string{h.blocked(0, 0, 10), h.blocked(0, 1, 20), h.blocked(0, 2, 20), h.blocked(0, 3, 30), h.blocked(0, 4, 40)}
	h.send("task-progress", before...)
	whole := texts(decode[listBody](t, h.get("/api/v1/obstacles")).Data)
	n := 4
	walked := h.walk("/api/v1/obstacles", 2, func() {
		n++
		h.send("task-progress", h.blocked(0, n, 5), h.blocked(1, n, 20), h.blocked(0, n+9, 60))
	})
	for _, row := range whole {
		if !slices.Contains(walked, row) {
			t.Errorf("missed: %s", row)
		}
	}
	seen := map[string]bool{}
	for _, row := range walked {
		if seen[row] {
			t.Errorf("twice: %s", row)
		}
		seen[row] = true
	}
	if n < 6 || len(walked) <= len(whole) {
		t.Errorf("nothing came meanwhile: %d pages, %d rows", n, len(walked))
	}
}

// A file with a part of a list says so, lest it pass for the whole.
func TestFilesOfPagesSayThatTheListGoesOn(t *testing.T) {
	h := wholeHouse(t)
	h.send("task-progress", h.blocked(0, 0, 3), h.blocked(0, 1, 1))
	next := decode[listBody](t, h.get("/api/v1/obstacles?limit=1")).Meta.NextCursor
	if text := h.get("/api/v1/obstacles?limit=1&format=csv").Body.String(); !strings.Contains(text, "\r\nChưa hết danh sách,hỏi tiếp với cursor="+next+"\r\n") {
		t.Errorf("a part passes for the whole: %s", text)
	}
	if text := h.get("/api/v1/obstacles?limit=2&format=csv").Body.String(); strings.Contains(text, "Chưa hết") {
		t.Errorf("the whole passes for a part: %s", text)
	}
}

func TestWrongPages(t *testing.T) {
	h := wholeHouse(t)
	submission := h.refused(2)
	units := decode[listBody](t, h.get("/api/v1/units?limit=1")).Meta.NextCursor
	for _, list := range []string{"tasks", "obstacles", "submissions", "audit", "submissions/" + submission + "/rejections"} {
		for _, cursor := range []string{"x", "-1", units} {
			if p := wantProblem(t, h.get(apiPrefix+list+"?cursor="+cursor), 400, "unknown_cursor", "cursor"); p.Hint == "" {
				t.Errorf("%s does not say where cursors come from", list)
			}
		}
		for _, limit := range []string{"0", "-1", "x", "1001"} {
			wantProblem(t, h.get(apiPrefix+list+"?limit="+limit), 400, "invalid_parameter", "limit")
		}
	}
	wantProblem(t, h.get("/api/v1/units?cursor="+url.QueryEscape("WyJ1bml0cyIsIjk5OTk5Il0")), 400, "unknown_cursor", "cursor") // ["units","99999"]
}
