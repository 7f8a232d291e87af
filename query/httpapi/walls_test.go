package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestAWallTellsWhichSceneFails counts what walls tell, by words of closed lists alone.
func TestAWallTellsWhichSceneFails(t *testing.T) {
	h := wholeHouse(t)
	expected := testutil.CollectAndCount(h.metrics.scenes) // all there can be, from zero on
	if n := testutil.ToFloat64(h.metrics.scenes.WithLabelValues("default", "pyramid", "refused")); n != 0 || expected < 6*len(sceneReasons) {
		t.Errorf("%d series before the first failure, one of them at %v", expected, n)
	}
	tell := func(body string) int { return h.do(http.MethodPost, failuresPath, body).Code }
	for range 2 {
		if code := tell(`{"scenes":"default","scene":1,"reason":"broken"}`); code != http.StatusNoContent {
			t.Fatalf("told: %d", code)
		}
	}
	kind := h.programme.Scenes[0].Scenes[0].Kind
	if n := testutil.ToFloat64(h.metrics.scenes.WithLabelValues("default", kind, "broken")); n != 2 {
		t.Errorf("counted %v, want 2", n)
	}
	for body, want := range map[string]struct {
		status      int
		code, field string
	}{
		`{"scenes":"nobody","scene":1,"reason":"broken"}`:           {404, "unknown_scenes", "scenes"},
		`{"scenes":"default","scene":0,"reason":"broken"}`:          {400, "unknown_scene", "scene"},
		`{"scenes":"default","scene":99,"reason":"broken"}`:         {400, "unknown_scene", "scene"},
		`{"scenes":"default","scene":1,"reason":"<script>"}`:        {400, "unknown_reason", "reason"},
		`{"scenes":"default","scene":1,"reason":"broken","more":1}`: {400, "malformed_body", ""},
		`{"scenes":"default","scene":1,"reason":"broken"}{}`:        {400, "malformed_body", ""},
		``: {400, "malformed_body", ""},
		`{"scenes":"` + strings.Repeat("a", maxFailure) + `"}`: {413, "failure_too_long", ""},
	} {
		wantProblem(t, h.do(http.MethodPost, failuresPath, body), want.status, want.code, want.field)
	}
	if n := testutil.CollectAndCount(h.metrics.scenes); n != expected {
		t.Errorf("%d series of failures, want the %d of scenes there are", n, expected)
	}
	for range failuresAtOnce {
		tell(`{"scenes":"default","scene":1,"reason":"broken"}`)
	}
	r := h.do(http.MethodPost, failuresPath, `{"scenes":"default","scene":1,"reason":"broken"}`)
	wantProblem(t, r, http.StatusTooManyRequests, "too_many_failures", "")
	if r.Header().Get("Retry-After") == "" {
		t.Error("nobody is told when to come again")
	}
}

// TestAWallTellsWithItsCookie: a browser has nothing else; other routes that change something do not take it.
func TestAWallTellsWithItsCookie(t *testing.T) {
	g := closedHouse(t)
	body := `{"scenes":"default","scene":1,"reason":"unanswered"}`
	opened := g.do(http.MethodPost, "/api/v1/session", "", "Authorization", "Bearer "+g.tokens["display"])
	cookie, _, _ := strings.Cut(opened.Header().Get("Set-Cookie"), ";")
	if code := g.do(http.MethodPost, failuresPath, body, "Cookie", cookie).Code; code != http.StatusNoContent {
		t.Errorf("with the cookie of a display: %d", code)
	}
	wantProblem(t, g.do(http.MethodPost, failuresPath, body), http.StatusUnauthorized, "token_needed", "")
	wantProblem(t, g.do(http.MethodPost, failuresPath, body, "Cookie", cookie, "Origin", "https://evil.example"), http.StatusForbidden, "cross_origin", "")
	wantProblem(t, g.do(http.MethodPost, "/api/v1/publications", "{}", "Cookie", cookie), http.StatusUnauthorized, "token_needed", "")
}
