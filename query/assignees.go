package query

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// AssigneeRow is one assignment of a task: who has to do it, where it stands, and what the
// latest report said. Due is absent while no day is fixed, Reported without any report.
type AssigneeRow struct {
	Assignee string            `json:"assignee"` // "unit:246", "agency:stttt"
	Unit     *UnitRef          `json:"unit,omitempty"`
	Agency   string            `json:"agency,omitempty"`
	Reporter string            `json:"reporter"` // who sends its reports: the assignee, or the unit above it
	Status   string            `json:"status"`
	Due      civil.Date        `json:"due,omitzero"`
	Reported civil.Date        `json:"reported,omitzero"` // day the latest report speaks of
	Percent  int               `json:"percent"`
	Note     string            `json:"note,omitempty"`
	Obstacle *AssigneeObstacle `json:"obstacle,omitempty"`
}

// AssigneeObstacle is what stands in the way, since when, and who is to remove it.
type AssigneeObstacle struct {
	Kind  string     `json:"kind"`
	Since civil.Date `json:"since,omitzero"`
	Owner string     `json:"owner,omitempty"`
}

// told is what a report says beside its status.
type told struct {
	date     civil.Date
	percent  int
	note     string
	obstacle *AssigneeObstacle
}

// addAssignees lists under each task those the question is about: the overdue first, then
// by how much is left to do; units below their district.
func (s *Service) addAssignees(ctx context.Context, q TasksQuestion, rows []TaskRow, stands *standing, date civil.Date, at instant) error {
	refs := make([]string, len(rows))
	for i, row := range rows {
		refs[i] = row.Ref
	}
	said, err := s.warehouse.told(ctx, refs, date, at)
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		row.Assignees = []AssigneeRow{}
		task, _ := s.deps.Catalog.Task(row.Ref)
		for assignee, state := range stands.tasks[row.Ref] {
			if s.belongs(task, assignee, q.Unit) && (q.Status == "" || q.Status == string(state.State)) {
				row.Assignees = append(row.Assignees, s.assigneeRow(task, assignee, state, said[assignment{row.Ref, assignee}]))
			}
		}
		slices.SortFunc(row.Assignees, byUrgency)
	}
	return nil
}

func (s *Service) assigneeRow(task catalog.Task, assignee string, state assignmentState, said told) AssigneeRow {
	row := AssigneeRow{
		Assignee: assignee, Reporter: s.deps.Catalog.Reporter(assignee, s.layout.set.Ancestors), Status: string(state.State),
		Due: state.Due, Reported: said.date, Percent: said.percent, Note: said.note, Obstacle: said.obstacle,
	}
	if id, ok := strings.CutPrefix(assignee, "agency:"); ok {
		row.Agency = id
	} else if ref, ok := s.ground.layoutOf(task.Boundaries).names[strings.TrimPrefix(assignee, "unit:")]; ok {
		row.Unit = &ref
	}
	return row
}

// urgency lists states by what a leader must see first.
var urgency = []catalog.AssignmentState{
	catalog.Overdue, catalog.NotStarted, catalog.InProgress, catalog.ReportedDone, catalog.Waiting, catalog.Continuous, catalog.DoneLate, catalog.Done,
}

func byUrgency(a, b AssigneeRow) int {
	place := func(r AssigneeRow) int { return slices.Index(urgency, catalog.AssignmentState(r.Status)) }
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Assignee, b.Assignee))
}

func (w *warehouse) told(ctx context.Context, tasks []string, date civil.Date, at instant) (map[assignment]told, error) {
	said := map[assignment]told{}
	if len(tasks) == 0 {
		return said, nil
	}
	p := params{"tasks": tasks, "last_day": date, "known_by": at.knownBy()}
	err := w.each(ctx, "assignees", p, func(rows driver.Rows) error {
		var (
			of          assignment
			reported    int32
			percent     uint8
			since       int32
			kind, owner string
			t           told
		)
		if err := rows.Scan(&of.task, &of.assignee, &reported, &percent, &t.note, &kind, &since, &owner); err != nil {
			return err
		}
		t.date, t.percent = day(reported).date(), int(percent)
		if kind != "" {
			t.obstacle = &AssigneeObstacle{Kind: kind, Owner: owner}
			if since != 0 {
				t.obstacle.Since = day(since).date()
			}
		}
		said[of] = t
		return nil
	})
	return said, err
}
