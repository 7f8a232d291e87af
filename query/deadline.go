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

// StageRow is the part of a staged deadline for one level.
type StageRow struct {
	Level       string     `json:"level"`
	Date        civil.Date `json:"date"`
	Assignments int        `json:"assignments"`
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
		row.Stages = append(row.Stages, StageRow{stage.Level, stage.Date, len(stage.Assignees)})
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
