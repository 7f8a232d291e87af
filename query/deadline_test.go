package query

import (
	"fmt"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

// withDeadlines is the tiny programme with a task of each kind that does not simply end
// on a date.
func withDeadlines() *catalog.Catalog {
	c := tinyCatalog()
	condition := func(met string) *catalog.Condition {
		c := &catalog.Condition{ID: "guidance", Name: catalog.Text{Vi: "hướng dẫn", En: "guidance"}}
		if met != "" {
			c.MetOn = civilDate(met)
		}
		return c
	}
	c.Tasks = []catalog.Task{
		{Ref: "S", Group: "S", Assignees: []string{"agency:police", "unit:C11", "unit:C12", "unit:D1"}, Deadline: catalog.Deadline{
			Kind: catalog.DeadlineStaged, Stages: []catalog.Stage{
				{Level: "province", Date: civilDate("2022-06-01"), Assignees: []string{"agency:police"}},
				{Level: "district", Date: civilDate("2022-12-01"), Assignees: []string{"unit:D1"}},
				{Level: "commune", Date: civilDate("2023-06-01"), Assignees: []string{"unit:C11", "unit:C12"}},
			}}},
		{Ref: "W", Group: "W", Assignees: []string{"unit:D1"}, Deadline: catalog.Deadline{Kind: catalog.DeadlineConditional, Condition: condition("")}},
		{Ref: "L", Group: "L", Assignees: []string{"unit:D1"}, Deadline: catalog.Deadline{Kind: catalog.DeadlineConditional, Condition: condition("2022-09-05"), Days: 30}},
		{Ref: "F", Group: "F", Assignees: []string{"unit:D1", "unit:D2"}, Deadline: catalog.Deadline{
			Kind: catalog.DeadlineFromMonth, From: civilDate("2022-03-01"), Date: civilDate("2022-03-31")}},
		{Ref: "R", Group: "R", Assignees: []string{"unit:D1"}, Deadline: catalog.Deadline{
			Kind: catalog.DeadlineRecurring, Cycle: &catalog.Cycle{First: parsePeriod("s2022-05"), DaysAfter: 2}}},
		{Ref: "N", Group: "N", Assignees: []string{"unit:D1"}, Deadline: catalog.Deadline{Kind: catalog.DeadlineNoneStated}},
	}
	return c
}

// The counts of every kind, worked out by hand.
func TestTasksOfEveryDeadline(t *testing.T) {
	h := newHouse(t, withDeadlines())
	h.now = local("2022-12-10 09:00")
	reports := []report{
		{task: "S", assignee: "agency:police", date: civilDate("2022-05-30"), status: "accepted"},
		{task: "S", assignee: "unit:D1", date: civilDate("2022-12-05"), status: "accepted"},
		{task: "F", assignee: "unit:D1", date: civilDate("2022-03-10"), status: "in_progress"},
		{task: "R", assignee: "unit:D1", date: civilDate("2022-11-16"), status: "accepted"},
		{task: "N", assignee: "unit:D1", date: civilDate("2022-08-01"), status: "accepted"},
	}
	for i := range reports {
		reports[i].seq, reports[i].known = uint64(i+1), h.now
	}
	h.loadReports(reports...)
	answer, err := h.Tasks(t.Context(), TasksQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	type counts struct{ assignments, finishable, accepted, due, onTime int }
	want := map[string]counts{
		"S": {4, 4, 2, 2, 1}, // the police in time, the district four days late, communes not due before June 2023
		"W": {1, 0, 0, 0, 0}, // waits
		"L": {1, 1, 0, 1, 0}, // 30 days after 5 September have passed
		"F": {2, 0, 0, 0, 0},
		"R": {1, 0, 0, 1, 1}, // November's report came on the 16th
		"N": {1, 0, 0, 0, 0},
	}
	states := map[string]catalog.AssignmentState{"W": catalog.Waiting, "L": catalog.Overdue, "R": catalog.Done, "N": catalog.Done}
	for _, row := range answer.Data {
		if got := (counts{row.Assignments, row.Finishable, row.Accepted, row.Due, row.OnTime}); got != want[row.Ref] {
			t.Errorf("%s: %+v, want %+v", row.Ref, got, want[row.Ref])
		}
		if state, ok := states[row.Ref]; ok && row.ByStatus[string(state)] != 1 {
			t.Errorf("%s is not %s: %v", row.Ref, state, row.ByStatus)
		}
		if row.Ref == "F" && (row.ByStatus["continuous"] != 1 || row.ByStatus["overdue"] != 1) {
			t.Errorf("one district has begun, the other not: %v", row.ByStatus)
		}
	}
	stages := answer.Data[0].Deadline.Stages
	if len(stages) != 3 || *stages[0].Accepted != 1 || stages[1].ByStatus["done_late"] != 1 || stages[2].ByStatus["not_started"] != 2 {
		t.Errorf("stages of S: %+v", stages)
	}
	rate, err := h.Completion(t.Context(), CompletionQuestion{Scope: Scope{Units: []string{"D1", "P"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"1/4 1/3 of 8", "2/5 2/4 of 10"} { // D1: S without the police, and L
		row, all := rate.Data[i], 0
		for _, n := range row.ByStatus {
			all += n
		}
		if got := fractions(row, all); got != want {
			t.Errorf("%s: %s, want %s", row.Unit, got, want)
		}
	}
}

// In August the condition of L had not come true, and nobody knew it would.
func TestConditionsOfTheDay(t *testing.T) {
	h := newHouse(t, withDeadlines())
	h.now = local("2022-12-10 09:00")
	for day, want := range map[string]catalog.AssignmentState{"2022-08-31": catalog.Waiting, "2022-09-05": catalog.NotStarted, "2022-10-06": catalog.Overdue} {
		answer, err := h.Tasks(t.Context(), TasksQuestion{Date: civilDate(day), Status: string(want)})
		if err != nil {
			t.Fatal(err)
		}
		var found *TaskRow
		for i := range answer.Data {
			if answer.Data[i].Ref == "L" {
				found = &answer.Data[i]
			}
		}
		if found == nil {
			t.Errorf("on %s L is not %s", day, want)
			continue
		}
		if known := !found.Deadline.Condition.MetOn.IsZero(); known != (want != catalog.Waiting) {
			t.Errorf("on %s the day of the condition is known: %v", day, known)
		}
	}
	answer, err := h.Tasks(t.Context(), TasksQuestion{Unit: "C11"})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Data) != 1 || len(answer.Data[0].Deadline.Stages) != 1 || answer.Data[0].Deadline.Stages[0].Level != "commune" {
		t.Errorf("a commune sees other stages than its own: %+v", answer.Data)
	}
}

func fractions(row CompletionRow, all int) string {
	return fmt.Sprintf("%d/%d %d/%d of %d", row.Numerator, row.Denominator, row.OnTime.Numerator, row.OnTime.Denominator, all)
}
