package query

import (
	"fmt"
	"strings"
	"testing"
)

// TestAssignees names who has to do a task, the overdue first, with what their latest report says.
func TestAssignees(t *testing.T) {
	c := tinyCatalog()
	c.Reporting.Level = "district"
	h := newHouse(t, c)
	h.loadBlocked(
		blocked{task: "B.I.1", assignee: "unit:C11", date: "2022-03-01", status: "in_progress", kind: "thiếu máy", known: "2022-03-01"},
		blocked{task: "B.I.1", assignee: "unit:C11", date: "2022-06-01", status: "in_progress", kind: "thiếu máy", since: "2022-02-20", owner: "agency:police", known: "2022-06-01"},
		blocked{task: "B.I.1", assignee: "unit:C12", date: "2022-03-20", status: "accepted", known: "2022-03-20"},
		// retracted: as if it had never been said
		blocked{task: "B.I.1", assignee: "unit:C21", date: "2022-03-20", status: "accepted", known: "2022-03-20"},
		blocked{task: "B.I.1", assignee: "unit:C21", date: "2022-03-20", status: "accepted", retracted: true, known: "2022-03-21"},
		blocked{task: "B.II.1", assignee: "unit:D1", date: "2022-05-10", status: "in_progress", known: "2022-05-10"},
	)
	for _, tc := range []struct {
		name string
		q    TasksQuestion
		want []string
	}{
		{"all of a task", TasksQuestion{Task: "B.I.1"}, []string{
			"B.I.1 agency:police overdue due 2022-03-31 by agency:police 0%",
			"B.I.1 unit:C11 overdue due 2022-03-31 said 2022-06-01 by unit:D1 40% thiếu máy 2022-02-20 agency:police",
			"B.I.1 unit:C21 overdue due 2022-03-31 by unit:D2 0%",
			"B.I.1 unit:C22 overdue due 2022-03-31 by unit:D2 0%",
			"B.I.1 unit:C12 done due 2022-03-31 said 2022-03-20 by unit:D1 40%",
		}},
		{"of a district, in one state", TasksQuestion{Unit: "D1", Status: "in_progress"}, []string{
			"B.II.1 unit:D1 in_progress due 2022-09-30 said 2022-05-10 by unit:D1 40%",
		}},
		{"on an earlier day", TasksQuestion{Task: "B.I.1", Unit: "C11", Date: civilDate("2022-03-31")}, []string{
			"B.I.1 unit:C11 in_progress due 2022-03-31 said 2022-03-01 by unit:D1 40% thiếu máy",
		}},
		{"as it was known then", TasksQuestion{Task: "B.I.1", Unit: "C11", AsOf: local("2022-05-31 12:00")}, []string{
			"B.I.1 unit:C11 overdue due 2022-03-31 said 2022-03-01 by unit:D1 40% thiếu máy",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.q.Assignees = true
			answer, err := h.Tasks(t.Context(), tc.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range answer.Data {
				for _, a := range row.Assignees {
					got = append(got, row.Ref+" "+a.line())
				}
			}
			if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
		})
	}
	whole, err := h.Tasks(t.Context(), TasksQuestion{})
	if err != nil || len(whole.Data) != 3 || whole.Data[0].Assignees != nil {
		t.Errorf("without asking: %+v, %v", whole.Data, err)
	}
	if _, err := h.Tasks(t.Context(), TasksQuestion{Task: "B.9"}); err == nil {
		t.Error("a task that is none was found")
	}
}

// line writes an assignment on one line for comparison.
func (a AssigneeRow) line() string {
	text := a.Assignee + " " + a.Status
	if !a.Due.IsZero() {
		text += " due " + a.Due.String()
	}
	if !a.Reported.IsZero() {
		text += " said " + a.Reported.String()
	}
	text += fmt.Sprintf(" by %s %d%%", a.Reporter, a.Percent)
	if o := a.Obstacle; o != nil {
		text += " " + o.Kind
		if !o.Since.IsZero() {
			text += " " + o.Since.String()
		}
		if o.Owner != "" {
			text += " " + o.Owner
		}
	}
	return text
}
