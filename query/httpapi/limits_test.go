package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// frugal gives every role next to nothing.
func frugal(c *Config, _ *Deps) {
	c.Limits = map[callers.Role]Limits{}
	for _, role := range callers.Roles() {
		c.Limits[role] = Limits{PerSecond: 0.001, Burst: 3, Questions: 1, Intakes: 1, Listeners: 1, Body: 1000}
	}
	c.QueueTimeout = 1 // a nanosecond
}

func TestRequestsAreBoundedByCaller(t *testing.T) {
	g := closedHouse(t, frugal)
	for i := range 3 {
		if r := g.as("viewer", "/api/v1/units"); r.Code != http.StatusOK {
			t.Fatalf("request %d: %d", i, r.Code)
		}
	}
	r := g.as("viewer", "/api/v1/units")
	wantProblem(t, r, http.StatusTooManyRequests, "too_many_requests", "")
	if wait, err := strconv.Atoi(r.Header().Get("Retry-After")); err != nil || wait < 900 || wait > 1000 {
		t.Errorf("Retry-After %q, want about the 1,000 seconds of one request", r.Header().Get("Retry-After"))
	}
	if r := g.as("analyst", "/api/v1/units"); r.Code != http.StatusOK {
		t.Errorf("another caller pays for it: %d", r.Code)
	}
	for range 5 { // what needs no token is not counted
		if r := g.as("viewer", "/healthz"); r.Code != http.StatusOK {
			t.Errorf("%d", r.Code)
		}
	}
}

func TestQuestionsAreBoundedByCaller(t *testing.T) {
	g := closedHouse(t, frugal)
	began, end := make(chan struct{}, 2), make(chan struct{})
	g.with(question, func(ctx context.Context, r *request) (any, error) {
		began <- struct{}{}
		<-end
		return g.enveloped([]unitView{}), nil
	})
	answered := make(chan int)
	ask := func(who string) { answered <- g.as(who, "/api/v1/units").Code }
	go ask("viewer")
	<-began
	r := g.as("viewer", "/api/v1/units")
	wantProblem(t, r, http.StatusTooManyRequests, "too_many_questions", "")
	if r.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", r.Header().Get("Retry-After"))
	}
	go ask("analyst")
	<-began // another caller has places of its own
	close(end)
	for range 2 {
		if code := <-answered; code != http.StatusOK {
			t.Errorf("answered %d", code)
		}
	}
}

func TestSubmissionsAreBoundedByCaller(t *testing.T) {
	g := closedHouse(t, frugal)
	row := accounts(tichSon, "2022-11-18", 1, 1)[0] + "\n"
	tooLarge := g.post("reporter", "observations", strings.Repeat(row, 20))
	wantProblem(t, tooLarge, http.StatusRequestEntityTooLarge, "too_large", "")

	// One that does not say how large it is ends at the limit.
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, running(t, g.house)+observationsPath, io.MultiReader(strings.NewReader(strings.Repeat(row, 20))))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+g.tokens["reporter"])
	request.Header.Set("Content-Type", "application/x-ndjson")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), `"code":"too_large"`) {
		t.Errorf("%d %s, %v", response.StatusCode, body, err)
	}

	release, err := g.holdIntake(t.Context(), g.caller(t, "reporter"))
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, g.post("reporter", "observations", row), http.StatusTooManyRequests, "too_many_submissions", "")
	release()
	release, err = g.holdListener(t.Context(), g.caller(t, "viewer"))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	wantProblem(t, g.as("viewer", eventsPath), http.StatusTooManyRequests, "too_many_listeners", "")
}

// caller gives the caller of a token, as the server knows it.
func (g *gate) caller(t *testing.T, who string) *callers.Caller {
	t.Helper()
	c, err := g.registry.Bearer(g.tokens[who])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestBudgetsAreBounded: those of tokens that ended go, those in use stay.
func TestBudgetsAreBounded(t *testing.T) {
	valid := map[string]bool{"kept": true}
	b := newBudgets(DefaultLimits(), func(id string) bool { return valid[id] })
	kept := b.get(&callers.Caller{ID: "kept", Grant: callers.Grant{Role: callers.Viewer}})
	for i := range 10_000 {
		b.get(&callers.Caller{ID: fmt.Sprint(i), Grant: callers.Grant{Role: callers.Viewer}})
	}
	if len(b.of) > 64 {
		t.Errorf("%d budgets are kept", len(b.of))
	}
	if b.get(&callers.Caller{ID: "kept", Grant: callers.Grant{Role: callers.Viewer}}) != kept {
		t.Error("a budget in use was renewed")
	}
}

func TestLimitsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no role":       func(c *Config) { c.Limits = nil },
		"no request":    func(c *Config) { c.Limits[callers.Viewer] = Limits{PerSecond: 1} },
		"half of TLS":   func(c *Config) { c.TLSCert = "cert.pem" },
		"host with URL": func(c *Config) { c.PublicHosts = []string{"https://toancanh.example.vn"} },
		"host and port": func(c *Config) { c.PublicHosts = []string{"toancanh.example.vn:8080"} },
	} {
		cfg := DefaultConfig()
		change(&cfg)
		if cfg.Validate() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
