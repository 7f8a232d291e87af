package httpapi

import (
	"net/http"
	"net/http/httptest"
	"slices"
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

// announced gives the questions an answer announces, and checks that each gets an answer itself.
func announced(t *testing.T, page *httptest.ResponseRecorder, get func(string) *httptest.ResponseRecorder) (paths []string) {
	t.Helper()
	for _, link := range page.Header().Values("Link") {
		path, found := strings.CutSuffix(strings.TrimPrefix(link, "<"), ">; rel=preload; as=fetch; crossorigin=anonymous")
		paths = append(paths, path)
		if r := get(path); !found || r.Code != http.StatusOK {
			t.Errorf("%s gives %d", link, r.Code)
		}
	}
	return paths
}

// TestPagesTellWhatTheyWillAsk: every question a page announces is one that its reader gets an answer to.
func TestPagesTellWhatTheyWillAsk(t *testing.T) {
	h := wholeHouse(t)
	always := []string{"/api/v1/catalog", "/api/v1/boundaries"}
	for target, more := range map[string][]string{
		"/":                          {"/api/v1/units", "/api/v1/profile?unit=26"},
		"/?unit=249":                 {"/api/v1/units"},
		"/?boundaries=vinhphuc-2025": {},
		"/wall/default":              {"/api/v1/units"},
	} {
		get := func(path string) *httptest.ResponseRecorder { return h.get(path) }
		if got, want := announced(t, h.get(target), get), append(slices.Clone(always), more...); !slices.Equal(got, want) {
			t.Errorf("%s announces %v, want %v", target, got, want)
		}
	}
	if links := h.get("/nowhere").Header().Values("Link"); links != nil {
		t.Errorf("an unknown page announces %v", links)
	}
}

// TestPagesTellStrangersNothing: a refusal that came ahead would be kept for the script, which has a token by then.
func TestPagesTellStrangersNothing(t *testing.T) {
	g := closedHouse(t)
	for who := range g.tokens {
		get := func(path string) *httptest.ResponseRecorder { return g.as(who, path) }
		page := g.as(who, "/")
		if got := len(announced(t, page, get)); (got == 3) == (who == "scraper") {
			t.Errorf("%s is told of %d questions", who, got)
		}
		if !slices.Contains(page.Header().Values("Vary"), varyOfCallers) {
			t.Errorf("%s: Vary %v", who, page.Header().Values("Vary"))
		}
	}
	if links := g.get("/").Header().Values("Link"); links != nil {
		t.Errorf("a stranger is told of %v", links)
	}
}

// TestSkeletonOfTheOverview: what stands there while the script is on its way would be another page's anywhere else.
func TestSkeletonOfTheOverview(t *testing.T) {
	h := emptyHouse(t, func(_ *Config, d *Deps) {
		d.Frontend = fstest.MapFS{"index.html": {Data: []byte("<body><!-- skeleton: why --><i>skeleton</i><!-- /skeleton --><div></div>")}}
	})
	tags := map[string]bool{}
	for target, want := range map[string]bool{"/": true, "/?lang=en": true, "/tasks": false, "/wall/default": false, "/units/249": false, "/nowhere": false} {
		r := h.get(target)
		if got := strings.Contains(r.Body.String(), "skeleton"); got != want || !strings.Contains(r.Body.String(), "<body>") || !strings.Contains(r.Body.String(), "<div></div>") {
			t.Errorf("%s: %s", target, r.Body)
		}
		tags[r.Header().Get("ETag")] = want
	}
	if len(tags) != 3 { // that of the overview, that of the others, none of what is not found
		t.Errorf("ETags %v", tags)
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
