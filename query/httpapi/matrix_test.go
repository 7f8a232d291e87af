package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// cachedRoutes are those whose answers may be kept, with an address of each that is answered.
func (g *gate) cachedRoutes() map[string]route {
	found := map[string]route{}
	for _, r := range g.routes() {
		if r.method == http.MethodGet && r.access != anyone && r.cache != unstored && r.reach != noFigures {
			found[addressOf(r)] = r
		}
	}
	return found
}

// TestKeptAnswersByCaller is the matrix of callers and routes for everything that keeps an answer: the server itself,
// the caller's cache by ETag, and caches between them. Each caller asks every route after every other one, so that
// whatever was remembered for one could be served to the next, and gets what it gets from a server that remembers nothing.
func TestKeptAnswersByCaller(t *testing.T) {
	g := closedHouse(t)
	g.fill()
	for _, name := range []string{"Tích Sơn", "viewer of Vĩnh Yên"} { // a second token for the same
		grant := grants()[name]
		grant.Label = name + ", too"
		g.add(t, grant.Label, grant)
	}
	everybody := []string{"viewer", "analyst", "reporter", "viewer of Vĩnh Yên", "viewer of Vĩnh Yên, too", "analyst of Tam Đảo", "Tích Sơn", "Tích Sơn, too"}
	for target, r := range g.cachedRoutes() {
		alone, tags := map[string]string{}, map[string]string{}
		for _, who := range everybody {
			g.Server.kept.InvalidateAll()
			answer := g.as(who, target)
			alone[who], tags[who] = withoutClock(answer.Body.String()), answer.Header().Get("ETag")
			if answer.Code != http.StatusOK {
				alone[who], tags[who] = "", ""
				continue
			}
			if kept := answer.Header().Get("Cache-Control"); !strings.HasPrefix(kept, "private, ") {
				t.Errorf("%s for %s may be kept for others: %q", target, who, kept)
			}
			vary := strings.Join(answer.Header().Values("Vary"), ", ")
			for _, header := range []string{"Authorization", "Cookie", "Accept-Language"} {
				if r.raw == nil && !strings.Contains(vary, header) {
					t.Errorf("%s for %s varies by %q, not by %s", target, who, vary, header)
				}
			}
		}
		for _, first := range everybody {
			for _, second := range everybody {
				g.as(first, target)
				answer := g.as(second, target)
				if answer.Code == http.StatusOK && withoutClock(answer.Body.String()) != alone[second] {
					t.Errorf("%s: %s is answered otherwise after %s", target, second, first)
				}
				if answer.Code != http.StatusOK && alone[second] != "" {
					t.Errorf("%s: %s is answered %d after %s", target, second, answer.Code, first)
				}
				if tags[first] == "" {
					continue
				}
				again := g.as(second, target, "If-None-Match", tags[first])
				if again.Code == http.StatusNotModified && alone[first] != alone[second] {
					t.Errorf("%s: %s is told that the answer of %s is its own", target, second, first)
				}
				if again.Code != http.StatusNotModified && first == second {
					t.Errorf("%s: %s has the answer and is sent it again: %d", target, second, again.Code)
				}
			}
		}
	}
}

// withoutClock leaves out of an answer what passes with time.
func withoutClock(body string) string {
	for _, field := range []string{`"now":"`, `"as_of":"`} {
		for {
			i := strings.Index(body, field)
			if i < 0 {
				break
			}
			end := strings.Index(body[i+len(field):], `"`)
			body = body[:i] + body[i+len(field)+end+1:]
		}
	}
	return body
}

// A session says no more than the token it was opened with: another caller's tag is not its own.
func TestSessionsKeepToTheirCaller(t *testing.T) {
	g := closedHouse(t)
	g.fill()
	cookie := func(who string) string {
		r := g.do(http.MethodPost, "/api/v1/session", "", "Authorization", "Bearer "+g.tokens[who])
		if len(r.Result().Cookies()) != 1 {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
		c := r.Result().Cookies()[0]
		return c.Name + "=" + c.Value
	}
	target := "/api/v1/indicators/vneid_rate/values"
	mine, theirs := cookie("viewer of Vĩnh Yên"), cookie("display")
	answer := g.get(target, "Cookie", theirs)
	units := func(body valuesBody) (codes []string) {
		for _, row := range body.Data {
			codes = append(codes, row.Unit)
		}
		return codes
	}
	whole := units(decode[valuesBody](t, answer))
	own := g.get(target, "Cookie", mine, "If-None-Match", answer.Header().Get("ETag"))
	if own.Code != http.StatusOK {
		t.Fatalf("%d with the tag of another", own.Code)
	}
	inside := units(decode[valuesBody](t, own))
	if len(inside) == 0 || len(inside) >= len(whole) || slices.ContainsFunc(inside, func(code string) bool { return !g.set.Contains(vinhYen, code) }) {
		t.Errorf("the session of Vĩnh Yên shows %q", inside)
	}
}

// What was sent is a caller's own also where another has the same role and agencies.
func TestSubmissionsOfCallersOfOneScope(t *testing.T) {
	g := closedHouse(t)
	grant := callers.Grant{Role: callers.Reporter, Area: grants()["Tích Sơn"].Area}
	grant.Label = "Tích Sơn, too"
	g.add(t, grant.Label, grant)
	g.fill()
	lines := strings.Join(accounts(tichSon, "2022-11-19", 310, 210), "\n")
	if r := g.post("Tích Sơn", "observations", lines); r.Code != http.StatusOK {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	first := g.as("Tích Sơn", "/api/v1/submissions")
	second := g.as(grant.Label, "/api/v1/submissions", "If-None-Match", first.Header().Get("ETag"))
	if second.Code != http.StatusOK || strings.Contains(second.Body.String(), g.ids["Tích Sơn"]) || !strings.Contains(first.Body.String(), g.ids["Tích Sơn"]) {
		t.Errorf("%d, the one sees\n%s\nthe other\n%s", second.Code, first.Body, second.Body)
	}
}
