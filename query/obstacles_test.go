package query

import (
	"fmt"
	"testing"
	"time"
)

// blocked is a progress report with what stands in the way.
type blocked struct {
	task, assignee, date, status string
	kind, since, owner           string
	retracted                    bool
	known                        string
}

func (h *house) loadBlocked(reports ...blocked) {
	h.t.Helper()
	batch, err := h.conn.PrepareBatch(h.t.Context(), `INSERT INTO task_progress
		(task, assignee, date, stream_seq, status, percent, obstacle_kind, obstacle_since, obstacle_owner, retracted, known_at)`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer batch.Close()
	for _, r := range reports {
		h.seq++
		var since *time.Time
		if r.since != "" {
			day := civilDate(r.since).In(time.UTC)
			since = &day
		}
		if err := batch.Append(r.task, r.assignee, civilDate(r.date).In(time.UTC), h.seq, r.status, uint8(40), r.kind, since, r.owner, r.retracted, local(r.known+" 08:00")); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		h.t.Fatal(err)
	}
	h.Applied(h.seq, nil, true)
}

func TestObstacles(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.loadBlocked(
		// named twice, the second time with its day and owner
		blocked{task: "B.I.1", assignee: "unit:C11", date: "2022-03-01", status: "in_progress", kind: "thiếu máy", known: "2022-03-01"},
		blocked{task: "B.I.1", assignee: "unit:C11", date: "2022-06-01", status: "in_progress", kind: "thiếu máy", since: "2022-02-20", owner: "agency:police", known: "2022-06-01"},
		// cleared by a later report, then by acceptance
		blocked{task: "B.I.1", assignee: "unit:C12", date: "2022-03-01", status: "in_progress", kind: "thiếu người", known: "2022-03-01"},
		blocked{task: "B.I.1", assignee: "unit:C12", date: "2022-04-01", status: "in_progress", known: "2022-04-01"},
		blocked{task: "B.I.1", assignee: "unit:C21", date: "2022-03-05", status: "accepted", kind: "quên xoá", known: "2022-03-05"},
		// a retracted report gives way to the one before it; the day is that of the report
		blocked{task: "B.II.1", assignee: "unit:D1", date: "2022-05-10", status: "not_started", kind: "chờ hướng dẫn", known: "2022-05-10"},
		blocked{task: "B.II.1", assignee: "unit:D1", date: "2022-05-20", status: "reported_done", known: "2022-05-20"},
		blocked{task: "B.II.1", assignee: "unit:D1", date: "2022-05-20", status: "reported_done", retracted: true, known: "2022-05-21"},
		// nobody is bound by this
		blocked{task: "B.II.1", assignee: "unit:C22", date: "2022-05-10", status: "in_progress", kind: "lạc", known: "2022-05-10"},
	)
	all := []string{"B.I.1 unit:C11 overdue thiếu máy agency:police 2022-02-20 120", "B.II.1 unit:D1 not_started chờ hướng dẫn  2022-05-10 41"}
	first := []string{"B.I.1 unit:C11 overdue thiếu máy agency:police 2022-02-20 120"}
	cases := []struct {
		name string
		q    ObstaclesQuestion
		want []string
	}{
		{"the oldest first", ObstaclesQuestion{}, all},
		{"of a district and all below", ObstaclesQuestion{Unit: "D1"}, all},
		{"of a commune", ObstaclesQuestion{Unit: "C11"}, first},
		{"of nobody there", ObstaclesQuestion{Unit: "D2"}, nil},
		{"of an agency that can clear it", ObstaclesQuestion{Agency: "police"}, first},
		{"of a task", ObstaclesQuestion{Task: "B.II.1"}, all[1:]},
		{"on an earlier day", ObstaclesQuestion{Date: civilDate("2022-03-10")}, []string{"B.I.1 unit:C11 in_progress thiếu máy  2022-03-01 9", "B.I.1 unit:C12 in_progress thiếu người  2022-03-01 9"}},
		{"as known when the retracted report stood", ObstaclesQuestion{AsOf: local("2022-05-20 12:00")}, []string{"B.I.1 unit:C11 overdue thiếu máy  2022-03-01 80"}},
	}
	for _, c := range cases {
		answer, err := h.Obstacles(t.Context(), c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, r := range answer.Data {
			got = append(got, fmt.Sprint(r.Task, " ", r.Assignee, " ", r.Status, " ", r.Kind, " ", r.Owner, " ", r.Since, " ", r.AgeDays))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, q := range []ObstaclesQuestion{{Unit: "X"}, {Agency: "x"}, {Task: "B.IX.1"}} {
		if _, err := h.Obstacles(t.Context(), q); KindOf(err) != NotFound {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
