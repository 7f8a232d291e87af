package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

func TestTokensAreAskedFor(t *testing.T) {
	g := closedHouse(t)
	const target = "/api/v1/units"
	for name, tc := range map[string]struct{ header, code, challenge string }{
		"nothing":        {"", "token_needed", `Bearer realm="toancanh"`},
		"another scheme": {"Basic dXNlcjpwYXNz", "token_needed", `Bearer realm="toancanh"`},
		"nonsense":       {"Bearer nonsense", "token_unknown", `Bearer realm="toancanh", error="invalid_token"`},
		"almost":         {"Bearer " + g.tokens["viewer"] + "A", "token_unknown", `Bearer realm="toancanh", error="invalid_token"`},
	} {
		r := g.get(target, "Authorization", tc.header)
		wantProblem(t, r, http.StatusUnauthorized, tc.code, "")
		if got := r.Header().Get("WWW-Authenticate"); got != tc.challenge {
			t.Errorf("%s: challenged by %q", name, got)
		}
	}
	wantProblem(t, g.get(target+"?token="+g.tokens["viewer"]), http.StatusUnauthorized, "token_needed", "")
	if r := g.get(target, "Authorization", "bearer "+g.tokens["viewer"]); r.Code != http.StatusOK {
		t.Errorf("schemes know no case: %d", r.Code)
	}
	r := g.as("scraper", target)
	wantProblem(t, r, http.StatusForbidden, "role_not_permitted", "")
	if got := r.Header().Get("WWW-Authenticate"); !strings.Contains(got, `error="insufficient_scope"`) {
		t.Errorf("challenged by %q", got)
	}
	if err := g.store.Revoke(t.Context(), g.ids["viewer"], callers.Who{}); err != nil {
		t.Fatal(err)
	}
	if err := g.registry.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, g.as("viewer", target), http.StatusUnauthorized, "token_revoked", "")
	g.add(t, "for a day", callers.Grant{Label: "for a day", Role: callers.Viewer, Expires: g.now.Add(24 * time.Hour)})
	if r := g.as("for a day", target); r.Code != http.StatusOK {
		t.Errorf("before its end: %d", r.Code)
	}
	*g.now = g.now.Add(25 * time.Hour)
	wantProblem(t, g.as("for a day", target), http.StatusUnauthorized, "token_expired", "")
	if strings.Contains(g.logged.String(), "toancanh_") {
		t.Errorf("a token was logged: %s", g.logged)
	}
}

// TestFirstTokenClosesTheDoor of a server that runs, and the loss of the last one does not open it.
func TestFirstTokenClosesTheDoor(t *testing.T) {
	h := wholeHouse(t, func(_ *Config, d *Deps) {
		d.Callers = callers.NewRegistry(callers.NewStore(warehousetest.New(t), time.Now), d.Catalog, time.Now, discard())
	})
	g := &gate{house: h, store: callers.NewStore(warehousetest.New(t), time.Now), registry: h.deps.Callers, tokens: map[string]string{}, ids: map[string]string{}}
	if r := g.get("/api/v1/units"); r.Code != http.StatusOK {
		t.Fatalf("open: %d", r.Code)
	}
	open := listen(t, running(t, h), "")
	open.want("hello")
	g.add(t, "first", callers.Grant{Label: "first", Role: callers.Viewer})
	wantProblem(t, g.get("/api/v1/units"), http.StatusUnauthorized, "token_needed", "")
	if e, more := open.next(); more && e.name != "tick" {
		t.Errorf("the stream that was opened without a token goes on with %+v", e)
	}
	if err := g.store.Revoke(t.Context(), g.ids["first"], callers.Who{}); err != nil {
		t.Fatal(err)
	}
	if err := g.registry.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, g.get("/api/v1/units"), http.StatusUnauthorized, "token_needed", "")
}

// TestSessionsAreForLookingOnly follows a display from its link to its wall.
func TestSessionsAreForLookingOnly(t *testing.T) {
	g := closedHouse(t)
	opened := g.do(http.MethodPost, "/api/v1/session", "", "Authorization", "Bearer "+g.tokens["reporter"], "Origin", "http://localhost:8080")
	if opened.Code != http.StatusOK {
		t.Fatalf("%d %s", opened.Code, opened.Body)
	}
	cookies := opened.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	}
	c := cookies[0]
	if c.Name != plainCookie || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure || c.MaxAge != 400*24*3600 {
		t.Errorf("cookie %+v", c)
	}
	if strings.Contains(c.Value, g.tokens["reporter"]) || c.Value != callers.SessionOf(g.tokens["reporter"]) {
		t.Errorf("the cookie holds %q", c.Value)
	}
	cookie := c.Name + "=" + c.Value
	looked := g.get("/api/v1/session", "Cookie", cookie)
	if looked.Code != http.StatusOK || len(looked.Result().Cookies()) != 1 {
		t.Errorf("looking renews it: %d %v", looked.Code, looked.Result().Cookies())
	}
	if view := decode[struct{ Data sessionView }](t, looked).Data; view.Role != "reporter" || view.Caller != g.ids["reporter"] || view.Open {
		t.Errorf("taken for %+v", view)
	}
	if r := g.get("/api/v1/units", "Cookie", cookie); r.Code != http.StatusOK {
		t.Errorf("looking: %d", r.Code)
	}
	sent := g.do(http.MethodPost, observationsPath, accounts(tichSon, "2022-11-18", 1, 1)[0], "Cookie", cookie, "Content-Type", "application/x-ndjson")
	wantProblem(t, sent, http.StatusUnauthorized, "token_needed", "")
	wantProblem(t, g.do(http.MethodPost, "/api/v1/session", "", "Cookie", cookie), http.StatusUnauthorized, "token_needed", "")
	wantProblem(t, g.get("/api/v1/units", "Authorization", "Bearer "+c.Value), http.StatusUnauthorized, "token_unknown", "")
	wantProblem(t, g.get("/api/v1/units", "Cookie", plainCookie+"=nonsense"), http.StatusUnauthorized, "token_unknown", "")
	wantProblem(t, g.do(http.MethodPost, "/api/v1/session", "", "Authorization", "Bearer "+g.tokens["scraper"]), http.StatusForbidden, "role_not_permitted", "")
	wantProblem(t, g.do(http.MethodPost, "/api/v1/session", "", "Authorization", "Bearer "+g.tokens["viewer"], "Origin", "https://evil.example"), http.StatusForbidden, "cross_origin", "")

	closed := g.do(http.MethodDelete, "/api/v1/session", "", "Cookie", cookie)
	for _, c := range closed.Result().Cookies() {
		if c.MaxAge >= 0 || c.Value != "" {
			t.Errorf("not forgotten: %+v", c)
		}
	}
	if closed.Code != http.StatusNoContent {
		t.Errorf("%d", closed.Code)
	}
}

func TestSessionsOverTLSAreMarked(t *testing.T) {
	g := closedHouse(t, func(c *Config, _ *Deps) { c.PublicHosts = []string{"toancanh.example.vn"} })
	g.add(t, "brief", callers.Grant{Label: "brief", Role: callers.Display, Expires: time.Now().Add(time.Hour)})
	r := g.do(http.MethodPost, "/api/v1/session", "", "Authorization", "Bearer "+g.tokens["brief"], "Host", "toancanh.example.vn", "Origin", "https://toancanh.example.vn")
	cookies := r.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != "__Host-toancanh_session" || !cookies[0].Secure || cookies[0].MaxAge > 3600 || cookies[0].MaxAge < 3500 {
		t.Fatalf("%d %v", r.Code, cookies)
	}
	again := g.get("/api/v1/session", "Cookie", cookies[0].Name+"="+cookies[0].Value).Result().Cookies()
	if len(again) != 1 || !again[0].Secure {
		t.Errorf("renewed as %v", again)
	}
}

// TestEventsNeedAToken, tell of the caller's area only, and end with the token.
func TestEventsNeedAToken(t *testing.T) {
	g := closedHouse(t)
	address := running(t, g.house)
	wantProblem(t, g.get(eventsPath), http.StatusUnauthorized, "token_needed", "")
	wantProblem(t, g.as("scraper", eventsPath), http.StatusForbidden, "role_not_permitted", "")
	session := callers.SessionOf(g.tokens["display of Vĩnh Yên"])
	area, all := listenAs(t, address, "Cookie", plainCookie+"="+session), listenAs(t, address, "Authorization", "Bearer "+g.tokens["display"])
	area.want("hello")
	all.want("hello")
	at := day("2022-11-19")
	g.Changed(ingest.Change{DataVersion: 900, Measures: []string{"vneid_activated"}, Units: []string{lapThach}, From: at, To: at})
	g.Changed(ingest.Change{DataVersion: 901, Measures: []string{"vneid_activated"}, Units: []string{lapThach, tichSon}, From: at, To: at})
	if c := area.wantChange(); c.DataVersion != 901 || fmt.Sprint(c.Units) != "["+tichSon+"]" {
		t.Errorf("the area hears %+v", c)
	}
	if c := all.wantChange(); !slices.Contains(c.Units, lapThach) {
		t.Errorf("everybody hears %+v", c)
	}
	for _, who := range []string{"display", "display of Vĩnh Yên"} {
		if err := g.store.Revoke(t.Context(), g.ids[who], callers.Who{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.registry.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, stream := range []*reader{area, all} {
		for e, more := stream.next(); more; e, more = stream.next() {
			if e.name == "change" && e.id != "901" {
				t.Errorf("goes on with %+v", e)
			}
		}
	}
}

func TestPublicHosts(t *testing.T) {
	g := closedHouse(t, func(c *Config, _ *Deps) { c.Listen, c.PublicHosts = "0.0.0.0:0", []string{"toancanh.example.vn"} })
	for host, status := range map[string]int{
		"toancanh.example.vn": 200, "Toancanh.Example.VN:8080": 200, "localhost:8080": 200, "10.1.2.3:8080": 200, "[fd00::1]:8080": 200,
		"other.example.vn": 421, "10.1.2.3.evil.example": 421, "": 421,
	} {
		if r := g.get("/healthz", "Host", host); r.Code != status {
			t.Errorf("%q: %d, want %d", host, r.Code, status)
		}
	}
	if address := running(t, g.house); address == "" {
		t.Error("does not listen beyond loopback")
	}
	if !strings.Contains(g.logged.String(), "plain HTTP") {
		t.Error("plain HTTP beyond loopback is not warned about")
	}
}

func TestExpiriesAreMetrics(t *testing.T) {
	g := closedHouse(t)
	end := g.now.Add(time.Hour).Truncate(time.Second)
	g.add(t, "brief", callers.Grant{Label: "brief", Role: callers.Display, Expires: end})
	exposition := g.as("scraper", "/metrics").Body.String()
	if !strings.Contains(exposition, fmt.Sprintf("toancanh_token_expires_timestamp_seconds{caller=%q,role=\"display\"}", g.ids["brief"])) {
		t.Error("/metrics lacks the end of a token")
	}
	if strings.Contains(exposition, g.ids["viewer"]) {
		t.Error("a token without an end has one")
	}
}
