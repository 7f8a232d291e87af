package query

import (
	"context"
	"errors"
	"fmt"
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
