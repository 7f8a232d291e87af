package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// paths puts something that is there into the template of a route.
var paths = strings.NewReplacer("{id}", "vneid_rate", "{code}", vinhYen, "{set}", "vinhphuc-2022", "{dataset}", "observations", "{name}", "none", "{z}", "10", "{x}", "812", "{y}", "451")

// freely are parameters in which every short text means something, if only that nothing is found.
var freely = map[string]bool{"q": true, "v": true, "caller": true, "submission": true}

// TestEveryParameterIsRefusedWithAHint gives every parameter of every route what it cannot take. The answer says what is wrong (code), where
// (field) and what to do (hint), in both languages.
func TestEveryParameterIsRefusedWithAHint(t *testing.T) {
	h, submission := figuresOfTwoCommunes(t)
	words, tried := vocabulary(), 0
	for _, r := range h.routes() {
		if r.method != http.MethodGet || r.work == stream || strings.Contains(r.path, "publications") { // this house keeps none
			continue
		}
		takes, err := parametersOf(r, words)
		if err != nil {
			t.Fatal(err)
		}
		path := paths.Replace(r.path)
		if strings.HasPrefix(r.path, "/api/v1/submissions/") {
			path = strings.Replace(r.path, "{id}", submission, 1)
		}
		for _, p := range takes {
			if p.in != "query" {
				continue
			}
			rest := required(r, p.name)
			cases := map[string]string{
				"misspelt": p.name[:1] + p.name + "=x", "empty": p.name + "=", "too long": p.name + "=" + strings.Repeat("x", p.longest+1),
				"twice": p.name + "=1&" + p.name + "=1", "no UTF-8": p.name + "=%ff", "bad escape": p.name + "=%zz", "control": p.name + "=%00",
			}
			if !freely[p.name] {
				cases["nonsense"] = p.name + "=" + url.QueryEscape(strings.Repeat("~", min(p.longest, 3)))
			}
			for what, query := range cases {
				for _, lang := range []string{"vi", "en"} {
					tried++
					target := path + "?" + query + rest
					a := h.get(target, "Accept-Language", lang)
					if a.Code < 400 || a.Code >= 500 || a.Header().Get("Content-Type") != "application/problem+json" {
						t.Errorf("%s: %s is answered %d %.300s", what, target, a.Code, a.Body)
						break
					}
					field := p.name
					if what == "misspelt" {
						field = p.name[:1] + p.name
					}
					if problem := decode[problemBody](t, a); problem.Code == "" || problem.Field != field || problem.Hint == "" || problem.Detail == "" ||
						what == "misspelt" && len(p.name) > 1 && !strings.Contains(problem.Hint, "“"+p.name+"”") {
						t.Errorf("%s: %s says %+v", what, target, problem)
					}
				}
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d refusals", tried)
	}
}

// required gives what a route cannot be asked without.
func required(r route, without string) (query string) {
	for name, value := range map[string]string{"q": "tam", "indicator": "vneid_rate", "by": "sex"} {
		needs := name == "q" && r.doc.id == "search" || name == "indicator" && (r.doc.id == "provenance" || r.doc.id == "history") || name == "by" && r.doc.id == "breakdown"
		if needs && name != without {
			query += "&" + name + "=" + value
		}
	}
	return query
}

func TestTooManyUnits(t *testing.T) {
	h := wholeHouse(t)
	var units []string
	for i := range 700 {
		units = append(units, fmt.Sprintf("%05d", i))
	}
	if p := wantProblem(t, h.get("/api/v1/indicators/vneid_rate/values?unit="+strings.Join(units, ",")), 400, "invalid_parameter", "unit"); p.Hint == "" {
		t.Error("no word of what to do")
	}
}
