package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/query"
)

// with replaces the table of a house by one question.
func (h *house) with(kind work, answer handler) {
	h.t.Helper()
	handler, err := h.mount([]route{{get, "/api/v1/units", readers, narrowed, revalidated, kind, "level", answer, nil, many("units", "Unit", "")}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.handler = handler
}

func TestEnvelope(t *testing.T) {
	r := emptyHouse(t).get("/api/v1/units?level=province")
	var got struct {
		Data []struct{ Code, Name, Level string }
		Meta map[string]any
	}
	if err := json.Unmarshal(r.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Data) != 1 || got.Data[0].Code != "26" || got.Data[0].Name != "Vĩnh Phúc" {
		t.Errorf("data %+v", got.Data)
	}
	if got.Meta["boundaries"] != "vinhphuc-2022" || got.Meta["demonstration"] != true || got.Meta["now"] != "2022-11-20T09:30:00+07:00" {
		t.Errorf("meta %v", got.Meta)
	}
}

func TestConditionalGet(t *testing.T) {
	h := emptyHouse(t)
	first := h.get("/api/v1/units?level=district")
	tag := first.Header().Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || first.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("headers %v", first.Header())
	}
	same := h.get("/api/v1/units?level=district", "If-None-Match", tag)
	if same.Code != http.StatusNotModified || same.Body.Len() != 0 || same.Header().Get("ETag") != tag {
		t.Errorf("asked again: %d %v", same.Code, same.Header())
	}
	for name, target := range map[string]string{
		"other question": "/api/v1/units?level=commune", "other path": "/api/v1/boundaries", "other language": "/api/v1/units?level=district&lang=en",
	} {
		if r := h.get(target, "If-None-Match", tag); r.Code != 200 {
			t.Errorf("%s: %d", name, r.Code)
		}
	}
	h.query.Applied(5, []string{"population"}, false)
	if r := h.get("/api/v1/units?level=district", "If-None-Match", tag); r.Code != 200 {
		t.Errorf("after a change of data: %d", r.Code)
	}
}

// TestAnyTagNeedsAnAnswer: "*" stands for any answer there is, and there is none to a
// question about nothing.
func TestAnyTagNeedsAnAnswer(t *testing.T) {
	h := emptyHouse(t)
	if r := h.get("/api/v1/units?level=district", "If-None-Match", "*"); r.Code != http.StatusNotModified {
		t.Errorf("there is an answer: %d", r.Code)
	}
	wantProblem(t, h.get("/api/v1/indicators/nothing/values", "If-None-Match", "*"), http.StatusNotFound, "unknown_indicator", "indicator")
}

func TestHeadHasNoBody(t *testing.T) {
	h := emptyHouse(t)
	address := running(t, h)
	response, err := http.Head(address + "/api/v1/units")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 200 || response.Header.Get("ETag") == "" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
}

func TestUnknownErrorsAreNotShown(t *testing.T) {
	h := emptyHouse(t)
	h.with(question, func(context.Context, *request) (any, error) { return nil, errors.New("code: 60, table figures.secret") })
	r := h.get("/api/v1/units")
	wantProblem(t, r, http.StatusInternalServerError, "internal", "")
	if strings.Contains(r.Body.String(), "secret") || !strings.Contains(h.logged.String(), "secret") {
		t.Errorf("shown %s; logged %s", r.Body, h.logged)
	}
}

func TestAnswerThatCannotBeWritten(t *testing.T) {
	h := emptyHouse(t)
	h.with(light, func(context.Context, *request) (any, error) { return func() {}, nil })
	wantProblem(t, h.get("/api/v1/units"), http.StatusInternalServerError, "internal", "")
}

func TestQuestionsAreGivenUpInTime(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.QuestionTimeout = time.Millisecond })
	h.with(question, func(ctx context.Context, _ *request) (any, error) {
		<-ctx.Done()
		return nil, &query.Error{Kind: query.Unavailable, Code: "warehouse_unavailable"}
	})
	r := h.get("/api/v1/units")
	wantProblem(t, r, http.StatusServiceUnavailable, "timeout", "")
	if r.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestQuestionsWaitTheirTurn(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.MaxQuestions, c.QueueTimeout = 1, time.Millisecond })
	asked, free := make(chan struct{}), make(chan struct{})
	h.with(question, func(context.Context, *request) (any, error) {
		asked <- struct{}{}
		<-free
		return h.enveloped([]unitView{}), nil
	})
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- h.get("/api/v1/units") }()
	<-asked
	wantProblem(t, h.get("/api/v1/units"), http.StatusServiceUnavailable, "busy", "")
	close(free)
	if r := <-first; r.Code != 200 {
		t.Errorf("the first one got %d", r.Code)
	}
	go func() { <-asked }()
	if r := h.get("/api/v1/units"); r.Code != 200 {
		t.Errorf("after it there is room: %d", r.Code)
	}
}

// TestLeavingEndsTheQuestion: a caller that goes away takes the query with it.
func TestLeavingEndsTheQuestion(t *testing.T) {
	h := emptyHouse(t)
	asked, ended := make(chan struct{}), make(chan error, 1)
	h.with(question, func(ctx context.Context, _ *request) (any, error) {
		close(asked)
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, running(t, h)+"/api/v1/units", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-asked; cancel() }()
	if _, err := http.DefaultClient.Do(request); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the question ended with %v", err)
	}
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		header string
		want   bool
	}{
		{`W/"a"`, true}, {`"a"`, true}, {`"b", W/"a"`, true}, {"*", true}, {"", false}, {`"b"`, false}, {"a", false},
	} {
		if got := matches(tt.header, `W/"a"`); got != tt.want {
			t.Errorf("%s: %v", tt.header, got)
		}
	}
}
