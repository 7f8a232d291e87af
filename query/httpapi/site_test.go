package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPages(t *testing.T) {
	h := emptyHouse(t)
	for _, tt := range []struct {
		target string
		status int
	}{
		{"/", 200}, {"/?indicator=vneid_rate&anything=goes", 200}, {"/units/249", 200}, {"/tasks", 200}, {"/wall/default", 200},
		{"/nowhere", 404}, {"/units", 404}, {"/units/249/more", 404}, {"/index.html", 404},
	} {
		r := h.get(tt.target)
		if r.Code != tt.status || !strings.Contains(r.Body.String(), "<title>Toàn Cảnh") {
			t.Errorf("%s: %d %s", tt.target, r.Code, r.Body)
		}
		if got := r.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%s: Content-Type %q", tt.target, got)
		}
		if got := r.Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: Cache-Control %q", tt.target, got)
		}
	}
	r := h.get("/")
	if again := h.get("/", "If-None-Match", r.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("asked again: %d", again.Code)
	}
}

func TestAssets(t *testing.T) {
	h := emptyHouse(t)
	r := h.get("/assets/main-a1b2c.js")
	if r.Code != 200 || !strings.HasPrefix(r.Header().Get("Content-Type"), "text/javascript") || r.Header().Get("Cache-Control") != string(immutable) {
		t.Errorf("%d %v", r.Code, r.Header())
	}
	wantProblem(t, h.get("/assets/main-old.js"), http.StatusNotFound, "unknown_asset", "")
	wantProblem(t, h.get("/assets/../index.html"), http.StatusNotFound, "unknown_asset", "")

	icon := h.get("/favicon.svg")
	if icon.Code != 200 || icon.Header().Get("Content-Type") != "image/svg+xml" || icon.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", icon.Code, icon.Header())
	}
}

func TestPageThatWasNotBuilt(t *testing.T) {
	h := emptyHouse(t, func(_ *Config, d *Deps) { d.Frontend = fstest.MapFS{".keep": {}} })
	if p := wantProblem(t, h.get("/"), http.StatusServiceUnavailable, "page_not_built", ""); !strings.Contains(p.Hint, "make build") {
		t.Errorf("hint %q", p.Hint)
	}
	if r := h.get("/api/v1/units"); r.Code != 200 {
		t.Errorf("the API does not answer: %d", r.Code)
	}
}
