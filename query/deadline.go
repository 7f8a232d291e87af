package query

import (
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// DeadlineRow says by when, as the plan states it; which fields it has follows from the
// kind (see catalog.Deadline).
type DeadlineRow struct {
	Kind      string        `json:"kind"`
	Date      civil.Date    `json:"date,omitzero"`
	From      civil.Date    `json:"from,omitzero"`
	Stages    []StageRow    `json:"stages,omitempty"`
	Condition *ConditionRow `json:"condition,omitempty"`
	Days      int           `json:"days,omitempty"`
	Cycle     *CycleRow     `json:"cycle,omitempty"`
}

// StageRow is the part of a staged deadline for one level. In the catalogue it has the
// assignments alone, in an answer about tasks where those of the question stand.
type StageRow struct {
	Level       string         `json:"level"`
	Date        civil.Date     `json:"date"`
	Assignments int            `json:"assignments"`
	Accepted    *int           `json:"accepted,omitempty"`
	ByStatus    map[string]int `json:"by_status,omitempty"`
}

// ConditionRow is what a task waits for. Due is the day that follows from MetOn, absent
// while it has not come true or where the plan states no date after it.
type ConditionRow struct {
	Name   catalog.Text  `json:"name"`
	MetOn  civil.Date    `json:"met_on,omitzero"`
	Source *catalog.Text `json:"source,omitempty"`
	Due    civil.Date    `json:"due,omitzero"`
}

// CycleRow is the run of periods a recurring task is to be done in.
type CycleRow struct {
	First     catalog.Period `json:"first"`
	Last      string         `json:"last,omitempty"`
	DaysAfter int            `json:"days_after"`
}

// NewDeadlineRow shows a deadline.
func NewDeadlineRow(d catalog.Deadline) DeadlineRow {
	row := DeadlineRow{Kind: string(d.Kind), Date: d.Date, From: d.From, Days: d.Days}
	for _, stage := range d.Stages {
		row.Stages = append(row.Stages, StageRow{Level: stage.Level, Date: stage.Date, Assignments: len(stage.Assignees)})
	}
	if c := d.Condition; c != nil {
		row.Condition = &ConditionRow{Name: c.Name, MetOn: c.MetOn}
		row.Condition.Due, _ = d.Due("")
		if c.Source != (catalog.Text{}) {
			row.Condition.Source = &c.Source
		}
	}
	if c := d.Cycle; c != nil {
		row.Cycle = &CycleRow{First: c.First, Last: c.Last.String(), DaysAfter: c.DaysAfter}
	}
	return row
}

// on shows a deadline as it was on a day, with the states of the assignments that count:
// a condition that came true later had not come true, a stage without any is left out.
func (row DeadlineRow) on(date civil.Date, d catalog.Deadline, counts func(assignee string) (assignmentState, bool)) DeadlineRow {
	if c := row.Condition; c != nil && c.MetOn.After(date) {
		row.Condition = &ConditionRow{Name: c.Name}
	}
	stages := []StageRow(nil)
	for i, stage := range d.Stages {
		c := newCount()
		for _, assignee := range stage.Assignees {
			if state, ok := counts(assignee); ok {
				c.add(state)
			}
		}
		if c.assignments > 0 {
			shown := row.Stages[i]
			shown.Assignments, shown.Accepted, shown.ByStatus = c.assignments, &c.accepted, c.states()
			stages = append(stages, shown)
		}
	}
	row.Stages = stages
	return row
}
