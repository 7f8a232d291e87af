package httpapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// TestPromisedBodyIsNotWaitedForLong: net/http reads what a request has announced before it
// answers, also where nobody asked for a body.
func TestPromisedBodyIsNotWaitedForLong(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.ReadTimeout = 50 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(running(t, h), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("the server still waits: %v", err)
	}
}

func TestOnlyLoopbackIsListenedOnWithoutTokens(t *testing.T) {
	open := emptyHouse(t)
	for _, tt := range []struct {
		address string
		ok      bool
	}{
		{"127.0.0.1:8080", true}, {"127.8.9.10:8080", true}, {"localhost:8080", true}, {"[::1]:8080", true}, {"demo.localhost:80", true},
		{":8080", false}, {"0.0.0.0:8080", false}, {"[::]:8080", false}, {"192.168.1.4:8080", false}, {"example.vn:8080", false},
		{"localhost.example.vn:8080", false}, {"8080", false},
	} {
		open.deps.Registerer = prometheus.NewRegistry()
		cfg := DefaultConfig()
		cfg.Listen = tt.address
		_, err := New(cfg, open.deps)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.address, err)
		}
		if errors.Is(err, ErrNotLoopback) && !strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("the refusal does not say what to do: %v", err)
		}
	}
}

func TestForeignHostsAreTurnedAway(t *testing.T) {
	h := emptyHouse(t)
	for _, tt := range []struct {
		host   string
		status int
	}{
		{"localhost", 200}, {"localhost:8080", 200}, {"127.0.0.1:8080", 200}, {"[::1]:8080", 200}, {"LOCALHOST.", 200},
		{"evil.example", 421}, {"127.0.0.1.evil.example", 421}, {"192.168.1.4:8080", 421}, {"0.0.0.0", 421}, {"", 421},
	} {
		for _, target := range []string{"/healthz", "/api/v1/units", "/"} {
			if r := h.get(target, "Host", tt.host); r.Code != tt.status {
				t.Errorf("Host %q, %s: %d, want %d", tt.host, target, r.Code, tt.status)
			}
		}
	}
	wantProblem(t, h.get("/", "Host", "evil.example"), http.StatusMisdirectedRequest, "wrong_host", "Host")
}

func TestForeignPagesCannotSend(t *testing.T) {
	h := emptyHouse(t)
	target := "/api/v1/ingest/observations"
	wantProblem(t, h.do("POST", target, "{}", "Sec-Fetch-Site", "cross-site", "Content-Type", "application/x-ndjson"), http.StatusForbidden, "cross_origin", "")
	wantProblem(t, h.do("POST", target, "{}", "Origin", "https://evil.example", "Content-Type", "application/x-ndjson"), http.StatusForbidden, "cross_origin", "")
	if r := h.do("POST", target, "{}", "Origin", "http://localhost:8080", "Content-Type", "application/x-ndjson"); r.Code == http.StatusForbidden {
		t.Error("the server's own page is turned away")
	}
}

func TestUnknownAddresses(t *testing.T) {
	h := emptyHouse(t)
	for _, target := range []string{"/api/v1/nothing", "/api/v1/", "/api/v2/units", "/api/v1/units/", "/tiles/x", "/api/v1/indicators/vneid_rate"} {
		wantProblem(t, h.get(target), http.StatusNotFound, "unknown_path", "")
	}
	wantProblem(t, h.do("POST", "/nowhere", ""), http.StatusNotFound, "unknown_path", "")
}

func TestWrongMethods(t *testing.T) {
	h := emptyHouse(t)
	for _, tt := range []struct{ method, target, allow string }{
		{"POST", "/api/v1/units", "GET, HEAD"},
		{"DELETE", "/api/v1/catalog", "GET, HEAD"},
		{"GET", "/api/v1/ingest/observations", "POST"},
		{"HEAD", "/api/v1/events", "GET"},
		{"PUT", "/", "GET, HEAD"},
	} {
		r := h.do(tt.method, tt.target, "")
		wantProblem(t, r, http.StatusMethodNotAllowed, "method_not_allowed", "")
		if got := r.Header().Get("Allow"); got != tt.allow {
			t.Errorf("%s %s: Allow %q, want %q", tt.method, tt.target, got, tt.allow)
		}
	}
}

func TestPanicsAreLoggedOnceAndNotShown(t *testing.T) {
	h := emptyHouse(t)
	handler, err := h.mount([]route{
		{get, "/api/v1/units", readers, narrowed, revalidated, light, "", func(context.Context, *request) (any, error) { panic("secret 1") }, nil, many("units", "Unit", "")},
		{get, "/healthz", readers, narrowed, revalidated, light, "", nil, func(*gin.Context, *request) error { panic("secret 2") }, one("healthz", "", "")},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.handler = handler
	for i, target := range []string{"/api/v1/units", "/healthz"} {
		h.logged.Reset()
		r := h.get(target)
		wantProblem(t, r, http.StatusInternalServerError, "internal", "")
		secret := []string{"secret 1", "secret 2"}[i]
		if strings.Contains(r.Body.String(), secret) {
			t.Errorf("the panic is shown: %s", r.Body)
		}
		if n := strings.Count(h.logged.String(), secret); n != 1 {
			t.Errorf("logged %d times", n)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := emptyHouse(t)
	for _, target := range []string{"/", "/nowhere", "/api/v1/units", "/api/v1/nothing", "/healthz", "/assets/main-a1b2c.js"} {
		header := h.get(target).Header()
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s lacks headers: %v", target, header)
		}
		policy := header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "worker-src 'self' blob:", "img-src 'self' data: blob:", "connect-src 'self'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s", target, want)
			}
		}
	}
}

func TestTextsAreCompressed(t *testing.T) {
	h := emptyHouse(t)
	for _, target := range []string{"/api/v1/units", "/api/v1/openapi.json"} {
		r := h.get(target, "Accept-Encoding", "gzip")
		if r.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(strings.Join(r.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: %v", target, r.Header())
		}
		if plain := h.get(target); plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed for a client that cannot unpack", target)
		}
	}
}
