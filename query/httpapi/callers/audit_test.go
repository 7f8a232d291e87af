package callers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func named(name string, value any) any { return clickhouse.Named(name, value) }

func TestTokensLeaveARecord(t *testing.T) {
	o := open(t)
	_, id := o.add(t, Grant{Label: "kho dữ liệu", Role: Reporter, Agencies: []string{"cat"}, Expires: today.Add(time.Hour)})
	*o.now = today.Add(time.Minute)
	if err := o.Revoke(t.Context(), id, Who{Caller: Console, Details: map[string]string{"uid": "1000"}}); err != nil {
		t.Fatal(err)
	}
	entries, err := o.audit.List(t.Context(), Filter{})
	if err != nil || len(entries) != 2 {
		t.Fatalf("%+v, %v", entries, err)
	}
	revoked, added := entries[0], entries[1]
	if added.Action != TokenAdded || added.Subject != id || added.Caller != Console || !added.At.Equal(today) || added.Details["role"] != "reporter" || added.Details["expires"] != "2026-11-26T10:00:00Z" {
		t.Errorf("added: %+v", added)
	}
	if revoked.Action != TokenRevoked || revoked.Subject != id || !revoked.At.Equal(today.Add(time.Minute)) || revoked.Details["uid"] != "1000" || revoked.Details["label"] != "kho dữ liệu" {
		t.Errorf("revoked: %+v", revoked)
	}
}

// TestTrailHasWhatCameBySubmission: the tables of the journal's rows are read, not copied.
func TestTrailHasWhatCameBySubmission(t *testing.T) {
	o := open(t)
	_, id := o.add(t, Grant{Label: "duyệt", Role: Approver, Agencies: []string{"cat"}})
	for _, statement := range []string{
		`INSERT INTO submissions (submission, stream_seq, dataset, caller, agency, accepted, rejected, known_at) VALUES ('S1', 1, 'task-progress', '` + id + `', 'cat', 2, 1, '2026-11-26 10:00:00')`,
		`INSERT INTO task_progress (task, assignee, date, stream_seq, row_no, status, retracted, submission, known_at) VALUES
			('B.I.1', 'unit:246', '2026-11-25', 1, 0, 'accepted', false, 'S1', '2026-11-26 10:00:00'),
			('B.I.1', 'unit:247', '2026-11-25', 1, 1, 'reported_done', false, 'S1', '2026-11-26 10:00:00')`,
	} {
		if err := o.conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.audit.Record(t.Context(), Entry{Action: BoundariesImported, Caller: Console, Subject: "vinhphuc-2022", At: today.Add(2 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	entries, err := o.audit.List(t.Context(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprint(e.Action, " ", e.Subject, " ", e.Caller == id, " ", e.Label, " ", e.Request))
	}
	want := []string{
		"boundaries.imported vinhphuc-2022 false  ",
		"task.accepted B.I.1 unit:246 true duyệt S1",
		"submission.accepted S1 true duyệt S1",
		"token.added " + id + " false  ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for name, tc := range map[string]struct {
		filter Filter
		want   int
	}{
		"by action": {Filter{Action: TaskAccepted}, 1}, "by caller": {Filter{Caller: id}, 2}, "since": {Filter{Since: today.Add(time.Hour)}, 3},
		"until": {Filter{Until: today}, 1}, "limit": {Filter{Limit: 2}, 2},
		"by submission": {Filter{Submission: "S1"}, 2}, "what everybody may know": {Filter{Seen: &Seen{}}, 1},
		"its own": {Filter{Seen: &Seen{Caller: id}}, 3}, "of its agency": {Filter{Seen: &Seen{Caller: "other", Agencies: []string{"cat"}}}, 3},
		"of another agency": {Filter{Seen: &Seen{Caller: "other", Agencies: []string{"stttt"}}}, 1}, "all that was sent": {Filter{Seen: &Seen{Caller: "other", All: true}}, 3},
	} {
		if found, err := o.audit.List(t.Context(), tc.filter); err != nil || len(found) != tc.want {
			t.Errorf("%s: %d entries, %v", name, len(found), err)
		}
	}
}

// TestTrailIsPaged: pages of any length give the whole trail, in order, with entries of one instant, and nothing twice.
func TestTrailIsPaged(t *testing.T) {
	o := open(t)
	for i := range 7 {
		entry := Entry{Action: BoundariesImported, Caller: Console, Subject: fmt.Sprint("set-", i), At: today.Add(time.Duration(i/3) * time.Millisecond)}
		if err := o.audit.Record(t.Context(), entry); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	whole, err := o.audit.List(t.Context(), Filter{})
	if err != nil || len(whole) != 7 {
		t.Fatalf("%d entries, %v", len(whole), err)
	}
	for i, e := range whole {
		want = append(want, e.Subject)
		if i > 0 && e.At.After(whole[i-1].At) {
			t.Errorf("%s comes after an older one", e.Subject)
		}
	}
	for limit := 1; limit <= 8; limit++ {
		var got []string
		for next := ""; ; {
			page, more, err := o.audit.Page(t.Context(), Filter{Limit: limit, Cursor: next})
			if err != nil || len(page) > limit {
				t.Fatalf("%d entries, %v", len(page), err)
			}
			for _, e := range page {
				got = append(got, e.Subject)
			}
			if next = more; next == "" {
				break
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("pages of %d give %v, want %v", limit, got, want)
		}
	}
	for _, cursor := range []string{"x", "1", "-1-0", "1-g", "99999999999999999-0", "1-10000000000000000"} {
		if _, _, err := o.audit.Page(t.Context(), Filter{Cursor: cursor}); !errors.Is(err, ErrCursor) {
			t.Errorf("cursor %q gives %v", cursor, err)
		}
	}
}
