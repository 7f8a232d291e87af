package httpapi

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

type auditBody struct {
	Data []auditView
	Meta struct {
		NextCursor string `json:"next_cursor"`
	}
}

// said puts entries into a line each: what, on what, by whom.
func (g *gate) said(entries []auditView) (lines []string) {
	for _, e := range entries {
		who := e.Caller
		for name, id := range g.ids {
			who = strings.ReplaceAll(who, id, name)
			e.Subject = strings.ReplaceAll(e.Subject, id, name)
		}
		lines = append(lines, fmt.Sprintf("%s %s by %s", e.Action, e.Subject, who))
	}
	return lines
}

// changed lives through every change that comes by the API, and lists what the record must have, without the tokens' own.
func (g *gate) changed() (want []string) {
	g.t.Helper()
	sent := func(who, dataset string, status int, also []string, lines ...string) {
		g.t.Helper()
		r := g.post(who, dataset, strings.Join(lines, "\n"))
		if r.Code != status {
			g.t.Fatalf("%d %s", r.Code, r.Body)
		}
		receipt := decode[receiptBody](g.t, r)
		action := "submission.accepted"
		if receipt.Accepted == 0 {
			action = "submission.refused"
		}
		for _, what := range append([]string{action}, also...) {
			subject := receipt.Submission
			if what == "task.accepted" {
				subject = "B.I.1 agency:cat"
			}
			want = append(want, what+" "+subject+" by "+who)
		}
	}
	sent("reporter", "population", http.StatusOK, nil, people(tichSon, 1000)...)
	sent("reporter", "observations", http.StatusOK, nil, accounts(tichSon, "2022-11-18", 300, 200)...)
	sent("reporter", "observations", http.StatusOK, []string{"figures.revised"}, accounts(tichSon, "2022-11-18", 300, 201)...)
	sent("Tích Sơn", "observations", http.StatusOK, []string{"figures.revised", "figures.retracted"},
		accounts(tichSon, "2022-11-18", 301, 0)[0], strings.Replace(accounts(tichSon, "2022-11-18", 0, 0)[1], `"value":0`, `"retract":true`, 1))
	sent("Tích Sơn", "observations", http.StatusUnprocessableEntity, nil, accounts(lienBao, "2022-11-18", 1, 1)...)
	sent("reporter", "task-progress", http.StatusOK, nil, `{"task":"B.I.1","assignee":"agency:cat","date":"2022-11-17","status":"reported_done"}`)
	sent("approver", "task-progress", http.StatusOK, []string{"task.accepted"}, `{"task":"B.I.1","assignee":"agency:cat","date":"2022-11-18","status":"accepted"}`)
	g.later.Store(int64(time.Hour))
	if r := g.publish("approver", fmt.Sprintf(draft, "")); r.Code != http.StatusCreated {
		g.t.Fatalf("%d %s", r.Code, r.Body)
	}
	want = append(want, "publication.made 2022-11-20 by approver")
	if err := g.store.Revoke(g.t.Context(), g.ids["viewer"], callers.Who{Caller: callers.Console, Details: map[string]string{"uid": "1000"}}); err != nil {
		g.t.Fatal(err)
	}
	slices.Sort(want)
	return want
}

// TestEveryChangeIsOnRecord compares the record with what was done; what the machine's own commands change is held against it by
// TestChangesOfTheConsoleAreOnRecord in cmd.
func TestEveryChangeIsOnRecord(t *testing.T) {
	g, _ := withPublications(t)
	want := g.changed()
	want = append(want, "token.revoked viewer by console")
	for name := range g.ids {
		want = append(want, "token.added "+name+" by console")
	}
	slices.Sort(want)
	answer := g.as("operator", "/api/v1/audit?limit=500")
	if answer.Code != http.StatusOK || answer.Header().Get("Cache-Control") != "no-store" || answer.Header().Get("ETag") != "" {
		t.Fatalf("%d %s", answer.Code, answer.Header())
	}
	got := g.said(decode[auditBody](t, answer).Data)
	slices.Sort(got)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the record has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for name, token := range g.tokens {
		if strings.Contains(answer.Body.String(), token) {
			t.Errorf("the record shows the token of %s", name)
		}
	}
	ids := regexp.MustCompile(`"(request|subject|submission|sha256|before|version)":"[^"]*"`) // made by us: digits are no telephones
	if found := regexp.MustCompile(`\b\d{9,12}\b|[\w.]+@[\w.]+\w`).FindString(ids.ReplaceAllString(answer.Body.String(), "")); found != "" && !strings.Contains(found, "@2022") {
		t.Errorf("the record has personal data: %s", found)
	}
}

// TestRecordKeepsToWhatOneMaySee: operators see everything; others what was sent as far as the list of submissions shows it to them, and their own.
func TestRecordKeepsToWhatOneMaySee(t *testing.T) {
	g, _ := withPublications(t)
	all := g.changed()
	ofAgency := slices.DeleteFunc(slices.Clone(all), func(line string) bool { return strings.HasSuffix(line, "by Tích Sơn") })
	for who, want := range map[string][]string{
		"analyst":            slices.DeleteFunc(slices.Clone(all), func(line string) bool { return strings.HasPrefix(line, "publication") }),
		"reporter":           slices.DeleteFunc(slices.Clone(ofAgency), func(line string) bool { return strings.HasPrefix(line, "publication") }),
		"approver":           ofAgency,
		"Tích Sơn":           slices.DeleteFunc(slices.Clone(all), func(line string) bool { return !strings.HasSuffix(line, "by Tích Sơn") }),
		"analyst of Tam Đảo": {},
	} {
		body := decode[auditBody](t, g.as(who, "/api/v1/audit?limit=500"))
		got := g.said(body.Data)
		slices.Sort(got)
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s sees\n%s\nwant\n%s", who, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	wantProblem(t, g.as("display", "/api/v1/audit"), http.StatusForbidden, "role_not_permitted", "")
}

func TestRecordIsFilteredAndPaged(t *testing.T) {
	g, _ := withPublications(t)
	g.changed()
	whole := g.said(decode[auditBody](t, g.as("operator", "/api/v1/audit?limit=500")).Data)
	var paged []string
	for target := "/api/v1/audit?limit=4"; target != ""; {
		body := decode[auditBody](t, g.as("operator", target))
		paged = append(paged, g.said(body.Data)...)
		target = ""
		if body.Meta.NextCursor != "" {
			target = "/api/v1/audit?limit=4&cursor=" + body.Meta.NextCursor
		}
	}
	if strings.Join(paged, "\n") != strings.Join(whole, "\n") {
		t.Errorf("pages give\n%s\nwant\n%s", strings.Join(paged, "\n"), strings.Join(whole, "\n"))
	}
	retraction := decode[auditBody](t, g.as("operator", "/api/v1/audit?action=figures.retracted")).Data
	if len(retraction) != 1 || retraction[0].Label != "Tích Sơn" || retraction[0].Details["rows"] != "1" {
		t.Fatalf("retractions: %+v", retraction)
	}
	for query, want := range map[string]int{
		"submission=" + retraction[0].Submission:                       3,
		"caller=" + g.ids["approver"]:                                  3, // what it accepted, by which submission, and what it published
		"caller=console&action=token.revoked":                          1,
		"from=2022-11-20&to=2022-11-20":                                11, // what was sent, by the programme clock
		"to=2022-11-20T09:29:59%2B07:00":                               0,
		"from=2022-11-20T02:30:00Z&to=2022-11-20&action=task.accepted": 1,
		"caller=nobody":                                                0,
	} {
		body := decode[auditBody](t, g.as("operator", "/api/v1/audit?"+query))
		if len(body.Data) != want {
			t.Errorf("%s gives %d: %s", query, len(body.Data), strings.Join(g.said(body.Data), "; "))
		}
	}
	for query, want := range map[string][2]string{
		"cursor=x":                      {"unknown_cursor", "cursor"},
		"action=figures.retract":        {"unknown_action", "action"},
		"from=yesterday":                {"invalid_instant", "from"},
		"to=0000-01-01":                 {"invalid_instant", "to"},
		"from=2022-11-21&to=2022-11-20": {"contradiction", "to"},
		"limit=501":                     {"invalid_parameter", "limit"},
		"who=me":                        {"unknown_parameter", "who"},
		"format=pdf":                    {"invalid_parameter", "format"},
	} {
		wantProblem(t, g.as("operator", "/api/v1/audit?"+query), http.StatusBadRequest, want[0], want[1])
	}
	table := rowsOf(t, g.as("operator", "/api/v1/audit?action=figures.retracted&format=csv&plain=1").Body.String())
	if len(table) != 2 || strings.Join(table[0], " ") != "at action caller label subject request submission details" || !slices.Contains(table[1], "dataset=observations; rows=1") {
		t.Errorf("as a file: %q", table)
	}
}
