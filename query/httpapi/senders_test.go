package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

func TestReportersAreHeldToTheirOwn(t *testing.T) {
	g := closedHouse(t)
	for _, tc := range []struct {
		who, dataset, line string
		status             int
		code               string // of the problem or of the only rejection
	}{
		{"reporter", "observations", accounts(tichSon, "2022-11-18", 3, 2)[0], http.StatusOK, ""},
		{"reporter", "observations", `{"measure":"dossiers_received","unit":"08707","period":"s2022-10","value":7}`, http.StatusUnprocessableEntity, "not_owner"},
		{"Tích Sơn", "observations", accounts(tichSon, "2022-11-18", 4, 2)[0], http.StatusOK, ""},
		{"Tích Sơn", "observations", accounts(lienBao, "2022-11-18", 4, 2)[0], http.StatusUnprocessableEntity, "outside_area"},
		{"reporter", "task-progress", `{"task":"B.I.1","assignee":"agency:cat","date":"2022-11-18","status":"reported_done"}`, http.StatusOK, ""},
		{"reporter", "task-progress", `{"task":"B.I.1","assignee":"agency:cat","date":"2022-11-18","status":"accepted"}`, http.StatusUnprocessableEntity, "not_permitted"},
		{"approver", "task-progress", `{"task":"B.I.1","assignee":"agency:cat","date":"2022-11-18","status":"accepted"}`, http.StatusOK, ""},
		{"approver", "task-progress", `{"task":"B.I.3","assignee":"agency:stttt","date":"2022-11-18","status":"accepted"}`, http.StatusUnprocessableEntity, "not_owner"},
		{"approver", "observations", accounts(tichSon, "2022-11-18", 5, 2)[0], http.StatusUnprocessableEntity, "not_permitted"},
		{"viewer", "observations", accounts(tichSon, "2022-11-18", 6, 2)[0], http.StatusForbidden, "role_not_permitted"},
	} {
		answer := g.post(tc.who, tc.dataset, tc.line)
		body := decode[struct {
			Code       string
			Rejections []struct{ Code string }
		}](t, answer)
		got := body.Code
		if len(body.Rejections) > 0 {
			got = body.Rejections[0].Code
		}
		if answer.Code != tc.status || got != tc.code {
			t.Errorf("%s sends %s: %d %q, want %d %q", tc.who, tc.line, answer.Code, got, tc.status, tc.code)
		}
	}
	wantProblem(t, g.post("reporter", "observations", accounts(tichSon, "2022-11-18", 7, 2)[0], "X-Agency", "stttt"), http.StatusForbidden, "not_permitted", "agency")
}

// TestSubmissionsKnowTheirCaller: the record, the provenance and the trail of changes name the token by id and label, never the token.
func TestSubmissionsKnowTheirCaller(t *testing.T) {
	g := closedHouse(t)
	answer := g.post("Tích Sơn", "observations", strings.Join(accounts(tichSon, "2022-11-18", 30, 20), "\n"))
	receipt := decode[receiptBody](t, answer)
	if request := answer.Header().Get("X-Request-Id"); request == "" || receipt.Submission != request {
		t.Errorf("request %q made submission %q", request, receipt.Submission)
	}
	if r := g.post("reporter", "population", strings.Join(people(tichSon, 1000), "\n")); r.Code != http.StatusOK {
		t.Fatal(r.Body)
	}
	listed := g.as("analyst", "/api/v1/submissions")
	provenance := g.as("viewer", "/api/v1/provenance?indicator=vneid_rate&unit="+tichSon)
	for name, r := range map[string]*httptest.ResponseRecorder{"submissions": listed, "provenance": provenance} {
		if !strings.Contains(r.Body.String(), fmt.Sprintf(`"caller":%q,"caller_label":"Tích Sơn"`, g.ids["Tích Sơn"])) {
			t.Errorf("%s do not name the caller: %s", name, r.Body)
		}
		if strings.Contains(r.Body.String(), g.tokens["Tích Sơn"]) {
			t.Errorf("%s show the token", name)
		}
	}
	trail, err := callers.NewAudit(warehousetest.New(t), time.Now).List(t.Context(), callers.Filter{Caller: g.ids["Tích Sơn"]})
	if err != nil || len(trail) != 1 || trail[0].Request != receipt.Submission || trail[0].Label != "Tích Sơn" {
		t.Errorf("the record has %+v, %v", trail, err)
	}
}

func TestSubmissionsAreTheSendersOwn(t *testing.T) {
	g := closedHouse(t)
	byAgency := decode[receiptBody](t, g.post("reporter", "observations", accounts(tichSon, "2022-11-18", 30, 20)[0])).Submission
	byCommune := decode[receiptBody](t, g.post("Tích Sơn", "observations", accounts(tichSon, "2022-11-18", 31, 20)[0])).Submission
	for who, want := range map[string][]string{
		"analyst": {byAgency, byCommune}, "operator": {byAgency, byCommune}, "reporter": {byAgency}, "approver": {byAgency}, // the same agency
		"Tích Sơn": {byCommune}, "analyst of Tam Đảo": nil,
	} {
		body := g.as(who, "/api/v1/submissions").Body.String()
		for _, id := range []string{byAgency, byCommune} {
			if sees := strings.Contains(body, id); sees != slices.Contains(want, id) {
				t.Errorf("%s sees %s: %v", who, id, sees)
			}
			for _, form := range []string{"", ".csv"} {
				status := g.as(who, "/api/v1/submissions/"+id+"/rejections"+form).Code
				if want := slices.Contains(want, id); want != (status == http.StatusOK) || !want && status != http.StatusNotFound {
					t.Errorf("%s asks why rows of %s were refused: %d", who, id, status)
				}
			}
		}
	}
}
