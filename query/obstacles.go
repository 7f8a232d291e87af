package query

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// ObstaclesQuestion asks what holds the plan up. Unit narrows it to assignments of a unit
// and all below it; Agency to obstacles it owns, and to those of its own assignments and of
// the tasks it leads; Task to one task.
type ObstaclesQuestion struct {
	Unit       string
	Agency     string
	Task       string
	Date       civil.Date // at the end of this day, today when zero
	AsOf       time.Time
	Boundaries string
	Page       Page
}

// ObstaclesAnswer has the oldest obstacles first; Next is the cursor of the next page.
type ObstaclesAnswer struct {
	Data []ObstacleRow
	Next string
	Meta Meta
}

// ObstacleRow is an open obstacle: the latest report of an assignment that is not accepted
// names it. Since is the day its reporter gives, else the day of the report; AgeDays are
// counted from then, 0 on the day itself.
type ObstacleRow struct {
	Task     string                  `json:"task"`
	Title    catalog.Text            `json:"title"`
	Assignee string                  `json:"assignee"`
	Status   catalog.AssignmentState `json:"status"` // of the assignment
	Percent  int                     `json:"percent"`
	Kind     string                  `json:"kind"` // in the reporter's words
	Note     string                  `json:"note"`
	Owner    string                  `json:"owner"` // "agency:stttt" or "unit:246", who can clear it; empty when nobody is named
	Since    civil.Date              `json:"since"`
	AgeDays  int                     `json:"age_days"`
	Reported civil.Date              `json:"reported"` // day of the report
}

// Obstacles answers what is in the way, since when, and who can clear it.
func (s *Service) Obstacles(ctx context.Context, q ObstaclesQuestion) (ObstaclesAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return ObstaclesAnswer{}, err
	}
	at, err := s.at(q.AsOf)
	if err != nil {
		return ObstaclesAnswer{}, err
	}
	if err := s.checkTasks(TasksQuestion{Unit: q.Unit, Agency: q.Agency, Boundaries: q.Boundaries}); err != nil {
		return ObstaclesAnswer{}, err
	}
	if _, ok := s.deps.Catalog.Task(q.Task); !ok && q.Task != "" {
		return ObstaclesAnswer{}, notFound("unknown_task", "task", "Không có nhiệm vụ này", "there is no such task").withHint("/api/v1/tasks")
	}
	date, err := at.day(q.Date)
	if err != nil {
		return ObstaclesAnswer{}, err
	}
	meta := s.meta(at).on(date, at)
	stands, err := s.assignments.at(ctx, at, date)
	if err != nil {
		return ObstaclesAnswer{}, err
	}
	said, err := s.warehouse.obstacles(ctx, date, at)
	if err != nil {
		return ObstaclesAnswer{}, err
	}
	rows := slices.DeleteFunc(said, func(row ObstacleRow) bool { return !s.stillOpen(&row, stands) || !s.about(row, q) })
	for i := range rows {
		s.complete(&rows[i], stands, date)
	}
	slices.SortFunc(rows, func(a, b ObstacleRow) int { return oldestFirst.Compare(oldestFirst.Key(a), oldestFirst.Key(b)) })
	page, next, err := oldestFirst.Cut(rows, q.Page)
	return ObstaclesAnswer{Data: page, Next: next, Meta: meta}, err
}

// oldestFirst is the order of obstacles; an assignment has one at most.
var oldestFirst = Order[ObstacleRow]{
	List: "obstacles",
	Key:  func(row ObstacleRow) []string { return []string{row.Since.String(), row.Task, row.Assignee} },
	Known: func(key []string) bool {
		_, err := civil.ParseDate(key[0])
		return err == nil && len(key) == 3
	},
	Compare: slices.Compare[[]string],
}

// stillOpen tells whether the plan has the assignment and waits for it.
func (s *Service) stillOpen(row *ObstacleRow, stands *standing) bool {
	state, ok := stands.tasks[row.Task][row.Assignee]
	return ok && state.State != catalog.Done && state.State != catalog.DoneLate
}

func (s *Service) about(row ObstacleRow, q ObstaclesQuestion) bool {
	task, _ := s.deps.Catalog.Task(row.Task)
	agency := "agency:" + q.Agency
	return (q.Task == "" || row.Task == q.Task) && s.belongs(task, row.Assignee, q.Unit) &&
		(q.Agency == "" || row.Owner == agency || row.Assignee == agency || slices.Contains(task.Lead, q.Agency))
}

func (s *Service) complete(row *ObstacleRow, stands *standing, date civil.Date) {
	task, _ := s.deps.Catalog.Task(row.Task)
	row.Title = task.Title
	row.Status = stands.tasks[row.Task][row.Assignee].State
	row.AgeDays = date.DaysSince(row.Since)
}

// obstacles reads the obstacles of latest reports.
func (w *warehouse) obstacles(ctx context.Context, date civil.Date, at instant) ([]ObstacleRow, error) {
	found := []ObstacleRow{}
	err := w.each(ctx, "obstacles", params{"last_day": date, "known_by": at.knownBy()}, func(rows driver.Rows) error {
		var row ObstacleRow
		var day32 int32
		var status string
		var percent uint8
		var since *time.Time
		if err := rows.Scan(&row.Task, &row.Assignee, &day32, &status, &percent, &row.Note, &row.Kind, &since, &row.Owner); err != nil {
			return err
		}
		row.Percent, row.Reported = int(percent), day(day32).date()
		row.Since = row.Reported
		if since != nil {
			row.Since = civil.DateOf(*since)
		}
		row.Kind = strings.TrimSpace(row.Kind)
		found = append(found, row)
		return nil
	})
	return found, err
}
