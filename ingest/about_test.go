package ingest

import (
	"fmt"
	"strings"
	"testing"
)

// TestSubmissionsRecordWhatTheyDid: units, periods and what became of the cells stand in the record of every intake.
func TestSubmissionsRecordWhatTheyDid(t *testing.T) {
	r := start(t)
	retraction := `{"measure":"vneid_activated","unit":"08710","date":"2022-06-15","dims":{"sex":"male"},"retract":true}`
	dossiers := `{"measure":"dossiers_received","unit":"08713","period":"s2022-06","value":7}`
	report := `{"task":"B.III.2.7","assignee":%q,"date":"2022-06-%02d","status":"in_progress","percent":%d}`
	for i, step := range []struct {
		dataset Dataset
		lines   []string
		want    string // units, periods, their days, then accepted, unchanged, corrected, retracted, rejected
	}{
		{Observations, []string{accounts("08710", "2022-06-15", "male", 1), accounts("08707", "2022-06-16", "male", 2), dossiers},
			"['08707','08710','08713'] ['s2022-06','2022-06-15','2022-06-16'] ['2022-05-15','2022-06-15','2022-06-16'] ['2022-06-14','2022-06-15','2022-06-16'] (3,0,0,0,0)"},
		{Observations, []string{accounts("08710", "2022-06-15", "male", 1), accounts("08707", "2022-06-16", "male", 3), accounts("08707", "2022-06-17", "male", 3)},
			"['08707','08710'] ['2022-06-15','2022-06-16','2022-06-17'] ['2022-06-15','2022-06-16','2022-06-17'] ['2022-06-15','2022-06-16','2022-06-17'] (3,1,1,0,0)"},
		{Observations, []string{retraction, accounts("08707", "2022-06-16", "other", 3)}, "['08710'] ['2022-06-15'] ['2022-06-15'] ['2022-06-15'] (1,0,0,1,1)"},
		{Observations, []string{retraction}, "['08710'] ['2022-06-15'] ['2022-06-15'] ['2022-06-15'] (1,1,0,0,0)"},
		{Observations, []string{accounts("08710", "2022-06-15", "male", 1)}, "['08710'] ['2022-06-15'] ['2022-06-15'] ['2022-06-15'] (1,0,1,0,0)"},
		{Observations, []string{accounts("08799", "2022-06-15", "male", 1)}, "[] [] [] [] (0,0,0,0,1)"},
		{TaskProgress, []string{fmt.Sprintf(report, "unit:246", 1, 50), fmt.Sprintf(report, "agency:stttt", 2, 50)},
			"['246'] ['2022-06-01','2022-06-02'] ['2022-06-01','2022-06-02'] ['2022-06-01','2022-06-02'] (2,0,0,0,0)"},
		{TaskProgress, []string{fmt.Sprintf(report, "agency:stttt", 2, 60), `{"task":"B.III.2.7","assignee":"unit:246","date":"2022-06-01","retract":true}`},
			"['246'] ['2022-06-01','2022-06-02'] ['2022-06-01','2022-06-02'] ['2022-06-01','2022-06-02'] (2,0,1,1,0)"},
	} {
		receipt := r.send(t, step.dataset, step.lines...)
		row := r.row(t, `SELECT toString(units), toString(periods), toString(period_starts), toString(period_ends),
			toString((accepted, unchanged, corrected, retracted, rejected)) FROM submissions WHERE submission = '`+receipt.Submission+"'")
		if got := strings.Join(row, " "); got != step.want {
			t.Errorf("step %d is recorded as\n%s, want\n%s", i+1, got, step.want)
		}
	}
}
