package httpapi

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/ingest"
)

const observationsPath = "/api/v1/ingest/observations"

func TestIntakeIsChecked(t *testing.T) {
	h := emptyHouse(t)
	for _, tt := range []struct {
		name, target string
		headers      []string
		status       int
		code, field  string
	}{
		{"unknown dataset", "/api/v1/ingest/persons", []string{"Content-Type", "text/csv"}, 404, "unknown_dataset", "dataset"},
		{"no type", observationsPath, nil, 415, "unsupported_media_type", "Content-Type"},
		{"curl's default", observationsPath, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "unsupported_media_type", "Content-Type"},
		{"other characters", observationsPath, []string{"Content-Type", "text/csv; charset=windows-1258"}, 415, "unsupported_media_type", "Content-Type"},
		{"other packing", observationsPath, []string{"Content-Type", "text/csv", "Content-Encoding", "br"}, 415, "unsupported_encoding", "Content-Encoding"},
		{"unknown agency", observationsPath, []string{"Content-Type", "text/csv", "X-Agency", "nobody"}, 400, "unknown_agency", "X-Agency"},
		{"unknown wait", observationsPath + "?wait=long", []string{"Content-Type", "text/csv"}, 400, "invalid_parameter", "wait"},
		{"unknown dry run", observationsPath + "?dry_run=yes", []string{"Content-Type", "text/csv"}, 400, "invalid_parameter", "dry_run"},
		{"unknown parameter", observationsPath + "?weit=stored", []string{"Content-Type", "text/csv"}, 400, "unknown_parameter", "weit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, h.do(http.MethodPost, tt.target, "x", tt.headers...), tt.status, tt.code, tt.field)
		})
	}
}

func TestFormatOf(t *testing.T) {
	for contentType, want := range map[string]ingest.Format{
		"application/x-ndjson": ingest.NDJSON, "application/x-ndjson; charset=UTF-8": ingest.NDJSON, "text/csv": ingest.CSV,
		"text/csv;header=present": ingest.CSV, "application/json": ingest.JSON, "TEXT/CSV": ingest.CSV,
	} {
		if got, err := formatOf(contentType); got != want || err != nil {
			t.Errorf("%s: %q, %v", contentType, got, err)
		}
	}
}

func TestEndOfBodyIsToldOnce(t *testing.T) {
	ended := 0
	content, err := io.ReadAll(&endingReader{body: strings.NewReader("one line\n"), ended: func() { ended++ }})
	if string(content) != "one line\n" || err != nil || ended != 1 {
		t.Errorf("got %q, %v; ended %d times", content, err, ended)
	}
}

func TestStatusOfIntakeErrors(t *testing.T) {
	for kind, want := range map[ingest.Kind]int{
		ingest.Unreadable: 400, ingest.Interrupted: 400, ingest.TooLarge: 413, ingest.Conflict: 409, ingest.InProgress: 409,
		ingest.JournalFull: 503, ingest.Busy: 503, ingest.Unavailable: 503, "new": 500,
	} {
		p := explain(&ingest.Error{Kind: kind})
		if p.status != want || p.code != string(kind) {
			t.Errorf("%s: %d %s", kind, p.status, p.code)
		}
		if (p.retryAfter > 0) != (want == 503) {
			t.Errorf("%s: Retry-After %v", kind, p.retryAfter)
		}
	}
}

func TestIntakeBeforeTheJournalAccepts(t *testing.T) {
	h := emptyHouse(t)
	r := h.do(http.MethodPost, observationsPath, "{}\n", "Content-Type", "application/x-ndjson")
	wantProblem(t, r, http.StatusServiceUnavailable, "unavailable", "")
	if r.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	wantProblem(t, h.get("/readyz"), http.StatusServiceUnavailable, "starting", "")
	if r := h.get("/healthz"); r.Code != 200 || strings.TrimSpace(r.Body.String()) != "ok" {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}
