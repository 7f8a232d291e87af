package query

import (
	"context"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// TasksQuestion asks for the tasks of the plan. Unit narrows the assignments to a
// unit and all below it; Agency to the tasks it leads, coordinates or is assigned;
// Status to the tasks with such an assignment.
type TasksQuestion struct {
	Unit       string
	Agency     string
	Status     string
	Date       civil.Date // at the end of this day, today when zero
	AsOf       time.Time
	Boundaries string
}

// TasksAnswer has the tasks in the order of the plan.
type TasksAnswer struct {
	Data []TaskRow `json:"data"`
	Meta Meta      `json:"meta"`
}

// TaskRow is a task with the state of its assignments.
type TaskRow struct {
	Ref          string         `json:"ref"`
	Title        catalog.Text   `json:"title"`
	Group        string         `json:"group"`
	Lead         []string       `json:"lead"`
	Coordinating []string       `json:"coordinating"`
	Deadline     DeadlineRow    `json:"deadline"`
	ByStatus     map[string]int `json:"by_status"` // every assignment status, zeros too
	Assignments  int            `json:"assignments"`
	Accepted     int            `json:"accepted"`
	Due          int            `json:"due"`     // assignments whose due date has come
	OnTime       int            `json:"on_time"` // of these, accepted by the due date
}

// DeadlineRow says by when.
type DeadlineRow struct {
	Kind string     `json:"kind"`
	Date civil.Date `json:"date,omitzero"`
}

// Tasks answers what has to be done and where it stands.
func (s *Service) Tasks(ctx context.Context, q TasksQuestion) (TasksAnswer, error) {
	panic("not built yet")
}
