package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/ingest"
)

// running starts a server on a free port and stops it with the test.
func running(t *testing.T, h *house) (address string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	addr, err := h.Addr(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + addr
}

// event is one message of a stream.
type event struct{ name, id, data string }

// reader reads an event stream, block by block.
type reader struct {
	t     *testing.T
	lines *bufio.Scanner
	body  io.Closer
}

// listen opens the event stream, resuming after an id when one is given.
func listen(t *testing.T, address, after string) *reader {
	t.Helper()
	if after == "" {
		return listenAs(t, address)
	}
	return listenAs(t, address, "Last-Event-ID", after)
}

// listenAs opens the event stream with headers, which come in pairs.
func listenAs(t *testing.T, address string, headers ...string) *reader {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // so that a fault fails rather than hangs
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+eventsPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip") // as browsers do
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if got := response.Header.Get("Content-Type"); response.StatusCode != 200 || !strings.HasPrefix(got, "text/event-stream") || response.Header.Get("Content-Encoding") != "" {
		t.Fatalf("%d %v", response.StatusCode, response.Header)
	}
	return &reader{t: t, lines: bufio.NewScanner(response.Body), body: response.Body}
}

// next gives the next event, passing over comments; false at the end of the stream.
func (r *reader) next() (e event, ok bool) {
	for r.lines.Scan() {
		name, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if e.name != "" {
				return e, true
			}
		}
	}
	return event{}, false
}

// want reads the next event, which must have this name.
func (r *reader) want(name string) event {
	r.t.Helper()
	e, ok := r.next()
	if !ok || e.name != name {
		r.t.Fatalf("got %+v (%v), want %s", e, r.lines.Err(), name)
	}
	return e
}

func (r *reader) wantChange() changeEvent {
	r.t.Helper()
	var c changeEvent
	if err := json.Unmarshal([]byte(r.want("change").data), &c); err != nil {
		r.t.Fatal(err)
	}
	return c
}

func TestEventsReachEveryListener(t *testing.T) {
	h := emptyHouse(t)
	address := running(t, h)
	first, second := listen(t, address, ""), listen(t, address, "")
	first.want("hello")
	if hello := second.want("hello"); hello.data != `{"data_version":0,"catalog":"`+h.catalog.Version+`","now":"2022-11-20T09:30:00+07:00"}` || hello.id != "0" {
		t.Errorf("hello says %+v", hello)
	}
	h.Changed(ingest.Change{DataVersion: 7, Measures: []string{"vneid_activated"}, Units: []string{"08707"}, From: day("2022-11-19"), To: day("2022-11-19")})
	for _, r := range []*reader{first, second} {
		want := event{"change", "7", `{"data_version":7,"indicators":["vneid_rate"],"measures":["vneid_activated"],"units":["08707"],"from":"2022-11-19","to":"2022-11-19","tasks":false,"submissions":false}`}
		if got := r.want("change"); got != want {
			t.Errorf("got %+v", got)
		}
	}
}

// TestEventsOutliveTheReadTimeout: a reader sends nothing for as long as it listens.
func TestEventsOutliveTheReadTimeout(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.ReadTimeout, c.Tick = 40*time.Millisecond, 20*time.Millisecond })
	r := listen(t, running(t, h), "")
	r.want("hello")
	for range 10 {
		r.want("tick")
	}
}

func TestEventsResume(t *testing.T) {
	h := emptyHouse(t)
	address := running(t, h)
	for v := uint64(1); v <= 3; v++ {
		h.Changed(ingest.Change{DataVersion: v, Measures: []string{"vneid_activated"}})
	}
	r := listen(t, address, "1")
	r.want("hello")
	if c := r.wantChange(); c.DataVersion != 3 {
		t.Errorf("resumed with %+v", c)
	}
	late := listen(t, address, "99")
	late.want("hello")
	if e := late.want("reset"); e.id != "3" {
		t.Errorf("reset says %+v", e)
	}
}

func TestEventsTick(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.Tick = time.Millisecond })
	r := listen(t, running(t, h), "")
	r.want("hello")
	if e := r.want("tick"); e.data != `{"now":"2022-11-20T09:30:00+07:00"}` || e.id != "" {
		t.Errorf("tick says %+v", e)
	}
}

func TestEventsAreRefused(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.MaxListeners = 1 })
	wantProblem(t, h.get(eventsPath, "Last-Event-ID", "x"), http.StatusBadRequest, "invalid_parameter", "Last-Event-ID")
	mustJoin(t, h.hub)
	r := h.get(eventsPath)
	wantProblem(t, r, http.StatusServiceUnavailable, "too_many_listeners", "")
	if r.Header().Get("Retry-After") != "10" {
		t.Errorf("Retry-After %q", r.Header().Get("Retry-After"))
	}
}

// TestStopEndsStreams would hang for the whole drain time if streams kept it up.
func TestStopEndsStreams(t *testing.T) {
	h := emptyHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	addr, err := h.Addr(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := listen(t, "http://"+addr, "")
	r.want("hello")
	cancel()
	if e, more := r.next(); more {
		t.Errorf("the stream goes on with %+v", e)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + addr + "/healthz"); err == nil {
		t.Error("still listening")
	}
}

func TestRunRefusesATakenAddress(t *testing.T) {
	h := emptyHouse(t)
	taken := strings.TrimPrefix(running(t, h), "http://")
	other := emptyHouse(t, func(c *Config, _ *Deps) { c.Listen = taken })
	if err := other.Run(t.Context()); err == nil || !strings.Contains(err.Error(), taken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := other.Addr(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("an address all the same: %v", err)
	}
}

// Whoever listens is told of another catalogue at once, whoever comes back at the first word.
func TestListenersHearOfAnotherCatalogue(t *testing.T) {
	h := emptyHouse(t)
	address := running(t, h)
	r := listen(t, address, "")
	before := r.want("hello")
	changed := *h.catalog
	changed.Version, changed.Indicators = "another", changed.Indicators[1:]
	next, err := h.query.With(&changed)
	if err != nil {
		t.Fatal(err)
	}
	next.Accept(h.now())
	if err := h.Use(next); err != nil {
		t.Fatal(err)
	}
	if again := r.want("hello"); again.data == before.data || !strings.Contains(again.data, `"catalog":"another"`) {
		t.Errorf("told %s, before %s", again.data, before.data)
	}
	if late := listen(t, address, "").want("hello"); !strings.Contains(late.data, `"catalog":"another"`) {
		t.Errorf("told %s", late.data)
	}
}
