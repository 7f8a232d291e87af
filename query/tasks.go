package query

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// TasksQuestion asks for the tasks of the plan. Unit narrows the assignments to a
// unit and all below it; Group to the tasks of a part of the plan; Agency to those it leads, coordinates or is assigned;
// Status to the tasks with such an assignment.
type TasksQuestion struct {
	Task       string // only this one, by its reference
	Unit       string
	Group      string
	Agency     string
	Status     string
	Assignees  bool       // with the list of who has to do each task
	Date       civil.Date // at the end of this day, today when zero
	AsOf       time.Time
	Boundaries string
	Page       Page
}

// TasksAnswer has the tasks in the order of the plan; Next is the cursor of the next page.
type TasksAnswer struct {
	Data []TaskRow
	Next string
	Meta Meta
}

// TaskRow is a task with the state of its assignments.
type TaskRow struct {
	Ref          string         `json:"ref"`
	Title        catalog.Text   `json:"title"`
	Group        string         `json:"group"`
	Lead         []string       `json:"lead"`
	EachLeads    bool           `json:"each_leads"` // every assignee leads its own part, the lead follows up
	Coordinating []string       `json:"coordinating"`
	Indicators   []string       `json:"indicators"`
	NoIndicator  *catalog.Text  `json:"no_indicator"` // why there are none; nil where there are
	Deadline     DeadlineRow    `json:"deadline"`
	ByStatus     map[string]int `json:"by_status"` // every assignment status, zeros too
	Assignments  int            `json:"assignments"`
	Finishable   int            `json:"finishable"`          // of these, what belongs to the completion rate
	Accepted     int            `json:"accepted"`            // of the finishable
	Due          int            `json:"due"`                 // assignments whose due date has come
	OnTime       int            `json:"on_time"`             // of these, accepted by the due date
	Assignees    []AssigneeRow  `json:"assignees,omitempty"` // as far as the question is about them; only when asked for
}

// Tasks answers what has to be done and where it stands.
func (s *Service) Tasks(ctx context.Context, q TasksQuestion) (TasksAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return TasksAnswer{}, err
	}
	at, err := s.at(q.AsOf)
	if err != nil {
		return TasksAnswer{}, err
	}
	if err := s.checkTasks(q); err != nil {
		return TasksAnswer{}, err
	}
	date, err := at.day(q.Date)
	if err != nil {
		return TasksAnswer{}, err
	}
	meta := s.meta(at).on(date, at)
	stands, err := s.assignments.at(ctx, at, date)
	if err != nil {
		return TasksAnswer{}, err
	}
	rows := []TaskRow{}
	for _, task := range s.deps.Catalog.Tasks {
		if row, ok := s.taskRow(q, task, stands.tasks[task.Ref], date); ok {
			rows = append(rows, row)
		}
	}
	rows, next, err := inPlan(s.deps.Catalog).Cut(rows, q.Page)
	if err != nil {
		return TasksAnswer{}, err
	}
	if q.Assignees {
		if err := s.addAssignees(ctx, q, rows, stands, date, at); err != nil {
			return TasksAnswer{}, err
		}
	}
	return TasksAnswer{Data: rows, Next: next, Meta: meta}, nil
}

// inPlan is the order of tasks in the plan.
func inPlan(c *catalog.Catalog) Order[TaskRow] {
	place := func(key []string) int {
		return slices.IndexFunc(c.Tasks, func(t catalog.Task) bool { return t.Ref == key[0] })
	}
	return Order[TaskRow]{
		List:    "tasks",
		Key:     func(row TaskRow) []string { return []string{row.Ref} },
		Known:   func(key []string) bool { return len(key) == 1 && place(key) >= 0 },
		Compare: func(a, b []string) int { return place(a) - place(b) },
	}
}

func (s *Service) checkTasks(q TasksQuestion) error {
	if _, ok := s.deps.Catalog.Agency(q.Agency); !ok && q.Agency != "" {
		return s.unknownAgency(q.Agency)
	}
	if _, ok := s.deps.Catalog.Task(q.Task); !ok && q.Task != "" {
		return notFound("unknown_task", "task", "Không có nhiệm vụ này", "there is no such task").withHint("/api/v1/tasks")
	}
	groups := s.deps.Catalog.TaskGroups
	if q.Group != "" && !slices.ContainsFunc(groups, func(g catalog.Group) bool { return g.ID == q.Group }) {
		return notFound("unknown_group", "group", "Kế hoạch không có phần này", "the plan has no such part").withHint("/api/v1/catalog")
	}
	states := catalog.AssignmentStates()
	if q.Status != "" && !slices.Contains(states, catalog.AssignmentState(q.Status)) {
		return invalid("unknown_status", "status", "Không có trạng thái này", "there is no such status").withHint(list(states))
	}
	_, err := s.layout.unit(q.Unit)
	return err
}

// about tells whether a question is about a task at all, whoever has to do it.
func (q TasksQuestion) about(task catalog.Task) bool {
	return (q.Task == "" || task.Ref == q.Task) && (q.Group == "" || task.Group == q.Group) &&
		(q.Agency == "" || concerns(task, q.Agency))
}

// taskRow counts the assignments of a task that a question is about; a task without any
// is left out.
func (s *Service) taskRow(q TasksQuestion, task catalog.Task, states map[string]assignmentState, date civil.Date) (TaskRow, bool) {
	if !q.about(task) {
		return TaskRow{}, false
	}
	c := newCount()
	for assignee, state := range states {
		if s.belongs(task, assignee, q.Unit) {
			c.add(state)
		}
	}
	if c.assignments == 0 && q.Unit != "" || q.Status != "" && c.byState[catalog.AssignmentState(q.Status)] == 0 {
		return TaskRow{}, false
	}
	return TaskRow{
		Ref: task.Ref, Title: task.Title, Group: task.Group, Lead: some(task.Lead), Coordinating: some(task.Coordinating),
		EachLeads: task.EachLeads, Indicators: some(task.Indicators), NoIndicator: task.WithoutIndicator(),
		Deadline: NewDeadlineRow(task.Deadline).on(date, task.Deadline, func(assignee string) (assignmentState, bool) {
			state, bound := states[assignee]
			return state, bound && s.belongs(task, assignee, q.Unit)
		}),
		ByStatus: c.states(), Assignments: c.assignments, Finishable: c.finishable, Accepted: c.accepted, Due: c.dueSoFar, OnTime: c.onTime,
	}, true
}

// belongs tells whether an assignment counts for a unit: those of agencies do for the root.
func (s *Service) belongs(task catalog.Task, assignee, unit string) bool {
	if unit == "" || unit == s.layout.set.Root().Code {
		return true
	}
	code, bound := strings.CutPrefix(assignee, "unit:")
	home, ok := s.ground.home(task.Boundaries, code)
	return bound && ok && s.layout.set.Contains(unit, home)
}

// concerns tells whether an agency leads, coordinates or has to do a task.
func concerns(task catalog.Task, agency string) bool {
	return slices.Contains(task.Lead, agency) || slices.Contains(task.Coordinating, agency) ||
		slices.Contains(task.Assignees, "agency:"+agency)
}

// some keeps an empty list from being null in an answer.
func some(ids []string) []string {
	if ids == nil {
		return []string{}
	}
	return ids
}
