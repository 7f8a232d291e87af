package httpapi

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The documentation is whole, asks nothing of any other host and breaks no rule of the
// page's policy: no inline script or style.
func TestReferenceIsOffline(t *testing.T) {
	h := emptyHouse(t)
	shell := h.get("/docs")
	if shell.Code != http.StatusOK || shell.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(shell.Header().Get("Content-Security-Policy"), "script-src 'self'") {
		t.Fatalf("%d %v", shell.Code, shell.Header())
	}
	outside := regexp.MustCompile(`(?:https?:)?//[a-z0-9.-]+\.[a-z]`)
	var files []string
	for _, match := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(shell.Body.String(), -1) {
		files = append(files, match[1])
	}
	if !slices.Equal(files, []string{"/docs/docs.css", "/docs/docs.js"}) {
		t.Errorf("the page consists of %v", files)
	}
	for _, name := range append(files, "/docs") {
		r := h.get(name)
		text := r.Body.String()
		if r.Code != http.StatusOK || len(text) < 300 || r.Header().Get("ETag") == "" {
			t.Errorf("%s: %d, %d bytes", name, r.Code, len(text))
		}
		if found := outside.FindString(text); found != "" {
			t.Errorf("%s asks %s", name, found)
		}
		if strings.Contains(text, "innerHTML") || strings.Contains(text, "<style") || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(text) || regexp.MustCompile(`\son[a-z]+="`).MatchString(text) {
			t.Errorf("%s has inline code", name)
		}
	}
	if r := h.get("/docs/docs.css", "If-None-Match", h.get("/docs/docs.css").Header().Get("ETag")); r.Code != http.StatusNotModified {
		t.Errorf("asked again it is %d", r.Code)
	}
	wantProblem(t, h.get("/docs/other.js"), http.StatusNotFound, "unknown_asset", "")
}
