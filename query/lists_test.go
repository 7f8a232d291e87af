package query

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func (h *house) loadSubmission(id string, seq uint64, agency string, accepted, rejected uint32) {
	h.t.Helper()
	err := h.conn.Exec(context.Background(), `INSERT INTO submissions
		(submission, stream_seq, dataset, format, caller, agency, accepted, rejected, known_at)
		VALUES ({id:String}, {seq:UInt64}, 'observations', 'csv', 'x', {agency:String}, {accepted:UInt32}, {rejected:UInt32}, now64())`,
		named(params{"id": id, "seq": seq, "agency": agency, "accepted": accepted, "rejected": rejected})...)
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestSubmissionsArePagedNewestFirst(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	for i := range uint64(5) {
		h.loadSubmission(fmt.Sprintf("S%d", i+1), i+1, "police", 10, 0)
	}
	var got, cursor string
	for {
		page, err := h.Submissions(t.Context(), SubmissionsQuestion{Limit: 2, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Data {
			got += row.Submission + " "
		}
		got += "| "
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := "S5 S4 | S3 S2 | S1 | "; got != want {
		t.Errorf("pages are %q, want %q", got, want)
	}
	for _, q := range []SubmissionsQuestion{{Limit: -1}, {Limit: 501}, {Cursor: "x"}} {
		if _, err := h.Submissions(t.Context(), q); KindOf(err) != Invalid {
			t.Errorf("%+v gives %v, want invalid", q, err)
		}
	}
}

// loadIntake puts a submission about units and periods into the record.
func (h *house) loadIntake(id string, seq uint64, agency string, accepted, rejected uint32, units []string, periods ...string) {
	h.t.Helper()
	starts, ends := make([]string, len(periods)), make([]string, len(periods))
	for i, text := range periods {
		p := parsePeriod(text)
		starts[i], ends[i] = p.Start.String(), p.End.String()
	}
	err := h.conn.Exec(context.Background(), `INSERT INTO submissions
		(submission, stream_seq, dataset, format, caller, agency, accepted, rejected, known_at, units, periods, period_starts, period_ends)
		SELECT {id:String}, {seq:UInt64}, 'observations', 'csv', 'x', {agency:String}, {accepted:UInt32}, {rejected:UInt32}, now64(),
			{units:Array(String)}, {periods:Array(String)}, {starts:Array(Date32)}, {ends:Array(Date32)}`,
		named(params{"id": id, "seq": seq, "agency": agency, "accepted": accepted, "rejected": rejected, "units": units, "periods": periods, "starts": starts, "ends": ends})...)
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestSubmissionsAreFiltered(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.loadIntake("S1", 1, "police", 2, 0, []string{"C11"}, "2022-03")
	h.loadIntake("S2", 2, "police", 3, 1, []string{"C11", "C21"}, "2022-03-31", "2022-04")
	h.loadIntake("S3", 3, "health", 1, 0, []string{"C21"}, "2022-Q1")
	h.loadIntake("S4", 4, "", 0, 2, []string{})
	for _, c := range []struct {
		q    SubmissionsQuestion
		want string
	}{
		{SubmissionsQuestion{}, "S4 S3 S2 S1"},
		{SubmissionsQuestion{Unit: "C11"}, "S2 S1"},
		{SubmissionsQuestion{Unit: "D1"}, "S2 S1"}, // the district above C11
		{SubmissionsQuestion{Unit: "D2"}, "S3 S2"},
		{SubmissionsQuestion{Unit: "P"}, "S3 S2 S1"},
		{SubmissionsQuestion{Period: parsePeriod("2022-03")}, "S2 S1"}, // the quarter does not lie in its month
		{SubmissionsQuestion{Period: parsePeriod("2022-04")}, "S2"},
		{SubmissionsQuestion{Period: parsePeriod("2022-Q1")}, "S3 S2 S1"},
		{SubmissionsQuestion{Period: parsePeriod("2021")}, ""},
		{SubmissionsQuestion{State: SubmissionAccepted}, "S3 S1"},
		{SubmissionsQuestion{State: SubmissionPartly}, "S2"},
		{SubmissionsQuestion{State: SubmissionRejected}, "S4"},
		{SubmissionsQuestion{Agency: "police", Unit: "D2", State: SubmissionPartly, Period: parsePeriod("2022")}, "S2"},
	} {
		page, err := h.Submissions(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range page.Data {
			got = append(got, row.Submission)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v gives %q, want %q", c.q, got, c.want)
		}
	}
	for code, q := range map[string]SubmissionsQuestion{"unknown_unit": {Unit: "X"}, "unknown_agency": {Agency: "x"}, "unknown_state": {State: "done"}} {
		_, err := h.Submissions(t.Context(), q)
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Code != code {
			t.Errorf("%+v gives %v, want %s", q, err, code)
		}
	}
}

func TestSubmissionsSayWhatTheyAreAbout(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.loadIntake("S1", 1, "police", 2, 0, []string{"C11"}, "2022-03")
	h.loadIntake("S2", 2, "police", 3, 1, []string{"C11", "C21"}, "2022-03-31", "2022-04")
	h.loadSubmission("S3", 3, "", 0, 2)
	page, err := h.Submissions(t.Context(), SubmissionsQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range page.Data {
		got = append(got, fmt.Sprintf("%s %d %q %d %q %s %s %s", r.Submission, r.Units, r.Unit, r.Periods, r.Period, r.FirstDay, r.LastDay, r.State))
	}
	want := []string{
		`S3 0 "" 0 "" 0000-00-00 0000-00-00 rejected`,
		`S2 2 "" 2 "" 2022-03-31 2022-04-30 partly`,
		`S1 1 "C11" 1 "2022-03" 2022-03-01 2022-03-31 accepted`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRejectionsOfASubmission(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.loadSubmission("S1", 1, "", 0, 2)
	h.loadSubmission("S2", 2, "", 1, 0)
	for _, line := range []int{7, 3} {
		if err := h.conn.Exec(t.Context(), `INSERT INTO rejections (submission, line, field, code, message_vi, message_en) VALUES ('S1', {line:UInt32}, 'unit', 'unknown_unit', 'vi', 'en')`,
			named(params{"line": line})...); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := h.Rejections(t.Context(), RejectionsQuestion{Submission: "S1"})
	if err != nil || len(answer.Data) != 2 || answer.Data[0].Line != 3 || answer.Data[0].Code != "unknown_unit" || answer.Data[1].Message.Vi != "vi" {
		t.Errorf("rejections are %+v, %v", answer.Data, err)
	}
	if answer, err = h.Rejections(t.Context(), RejectionsQuestion{Submission: "S2"}); err != nil || answer.Data == nil || len(answer.Data) != 0 {
		t.Errorf("rejections of a clean submission are %+v, %v", answer.Data, err)
	}
	if _, err = h.Rejections(t.Context(), RejectionsQuestion{Submission: "S3"}); KindOf(err) != NotFound {
		t.Errorf("an unknown submission gives %v", err)
	}
}

func TestTasks(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.loadReports(
		report{task: "B.I.1", assignee: "unit:C11", date: civilDate("2022-03-20"), status: "accepted", seq: 1, known: h.now},
		report{task: "B.I.1", assignee: "agency:police", date: civilDate("2022-03-20"), status: "in_progress", seq: 2, known: h.now},
	)
	for _, c := range []struct {
		q    TasksQuestion
		want string
	}{
		{TasksQuestion{}, "B.I.1 1/5 due 5 on time 1; B.II.1 0/2 due 0 on time 0; B.II.2 0/1 due 0 on time 0; "},
		{TasksQuestion{Unit: "P"}, "B.I.1 1/5 due 5 on time 1; B.II.1 0/2 due 0 on time 0; B.II.2 0/1 due 0 on time 0; "},
		{TasksQuestion{Unit: "D2"}, "B.I.1 0/2 due 2 on time 0; B.II.1 0/1 due 0 on time 0; "},
		{TasksQuestion{Agency: "police"}, "B.I.1 1/5 due 5 on time 1; "},
		{TasksQuestion{Status: "continuous"}, "B.II.2 0/1 due 0 on time 0; "},
		{TasksQuestion{Unit: "C11", Status: "overdue"}, ""},
	} {
		answer, err := h.Tasks(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, r := range answer.Data {
			got += fmt.Sprintf("%s %d/%d due %d on time %d; ", r.Ref, r.Accepted, r.Assignments, r.Due, r.OnTime)
		}
		if got != c.want {
			t.Errorf("tasks of %+v are\n %s, want\n %s", c.q, got, c.want)
		}
	}
	for _, q := range []TasksQuestion{{Unit: "X"}, {Agency: "x"}, {Status: "x"}} {
		if _, err := h.Tasks(t.Context(), q); KindOf(err) == "" {
			t.Errorf("%+v gives %v", q, err)
		}
	}
}

func TestSearch(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	for text, want := range map[string]string{
		"don vi c11": "unit C11",
		"can cuoc":   "task B.I.1",
		"CÔNG AN":    "agency police",
		"card_rate":  "indicator card_rate",
		"xyz":        "",
		"  ":         "",
	} {
		answer, err := h.Search(t.Context(), SearchQuestion{Text: text, Lang: "vi"})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(answer.Data) > 0 {
			got = answer.Data[0].Kind + " " + answer.Data[0].ID
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

// Names and hints are in the language of who asks.
func TestWordsAreInTheLanguageAsked(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	for lang, want := range map[string]string{"": "Công an tỉnh", "vi": "Công an tỉnh", "en": "Provincial police"} {
		answer, err := h.Completion(t.Context(), CompletionQuestion{ByAgency: true, Lang: lang})
		if err != nil || answer.Data[0].Name != want {
			t.Errorf("in %q the police are %+v, %v", lang, answer.Data, err)
		}
	}
	_, err := h.Breakdown(t.Context(), BreakdownQuestion{Asked: Asked{Indicator: "people_total"}, Unit: "C11", By: "age"})
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Hint.Vi != "từ cấp huyện trở lên" || refusal.Hint.En != "district level and above" {
		t.Errorf("error is %+v", err)
	}
}
