package query

import (
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"
	"github.com/maypok86/otter/v2"

	"github.com/toancanh/toancanh/query/catalog"
)

// assignments knows what was reported about every assignment of the plan, and where all
// of them stand on a day.
type assignments struct {
	warehouse *warehouse
	catalog   *catalog.Catalog
	ground    *ground
	versions  *versions
	reports   *otter.Cache[reportsKey, reports]
	standings *otter.Cache[standingKey, *standing]
	flights   *flights
}

// assignment names one: a task and who has to do it, "unit:246" or "agency:stttt".
type assignment struct{ task, assignee string }

// reports are all that was said, by day.
type reports map[assignment][]catalog.Progress

type reportsKey struct {
	touched touch
	cut     cut
}

type standingKey struct {
	reportsKey
	day day
}

// standing is where the plan stands at the end of a day.
type standing struct {
	units    map[string]*count // with all below; those of agencies belong to the root
	agencies map[string]*count
	tasks    map[string]map[string]assignmentState // task > assignee
}

type assignmentState struct {
	catalog.Standing
	report *catalog.Progress // the latest, nil without any
}

// count adds assignments up. Finishable leaves out those that can never be accepted and
// would keep everybody below 100 per cent for ever; see catalog.DeadlineKind.Ends.
type count struct {
	byState                    map[catalog.AssignmentState]int
	assignments, finishable    int
	accepted, dueSoFar, onTime int
	newest                     civil.Date // of the latest report, zero without any
}

// newAssignments judges by the catalogue of s; what was reported is the same for all of
// them, so it is cached with those before.
func newAssignments(s *Service, before *assignments) (*assignments, error) {
	a := &assignments{warehouse: s.warehouse, catalog: s.deps.Catalog, ground: s.ground, versions: s.versions, flights: &flights{log: s.deps.Log}}
	var err error
	if before != nil {
		a.reports = before.reports
	} else if a.reports, err = otter.New(&otter.Options[reportsKey, reports]{MaximumSize: 8}); err != nil {
		return nil, fmt.Errorf("cache of reports: %w", err)
	}
	if a.standings, err = otter.New(&otter.Options[standingKey, *standing]{MaximumSize: 256}); err != nil {
		return nil, fmt.Errorf("cache of standings: %w", err)
	}
	return a, nil
}

// at tells where the plan stands at the end of a day, by what was known as of the question.
func (a *assignments) at(ctx context.Context, at instant, date civil.Date) (*standing, error) {
	key := standingKey{reportsKey: reportsKey{a.versions.ofTasks(), at.cut()}, day: dayOf(date)}
	if known, ok := a.standings.GetIfPresent(key); ok {
		return known, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	said, err := a.said(ctx, at)
	if err != nil {
		return nil, err
	}
	stands := a.judge(said, date)
	a.standings.Set(key, stands)
	return stands, nil
}

// said gives all reports known as of the question.
func (a *assignments) said(ctx context.Context, at instant) (reports, error) {
	key := reportsKey{a.versions.ofTasks(), at.cut()}
	if known, ok := a.reports.GetIfPresent(key); ok {
		return known, nil
	}
	return shared(ctx, a.flights, fmt.Sprint(key), func(ctx context.Context) (reports, error) {
		known, err := a.warehouse.progress(ctx, at)
		if err == nil {
			a.reports.Set(key, known)
		}
		return known, err
	})
}

func (w *warehouse) progress(ctx context.Context, at instant) (reports, error) {
	known := reports{}
	err := w.each(ctx, "progress", params{"known_by": at.knownBy()}, func(rows driver.Rows) error {
		var of assignment
		var date int32
		var said string
		if err := rows.Scan(&of.task, &of.assignee, &date, &said); err != nil {
			return err
		}
		known[of] = append(known[of], catalog.Progress{Date: day(date).date(), Status: catalog.ProgressStatus(said)})
		return nil
	})
	return known, err
}

// judge finds the state of every assignment and counts them for units and agencies.
func (a *assignments) judge(said reports, date civil.Date) *standing {
	stands := a.nothing()
	for _, task := range a.catalog.Tasks {
		stands.tasks[task.Ref] = map[string]assignmentState{}
		for _, assignee := range task.Assignees {
			state := a.stateOf(task, assignee, said[assignment{task.Ref, assignee}], date)
			stands.tasks[task.Ref][assignee] = state
			stands.add(assignee, state, a.ground, task.Boundaries)
		}
	}
	return stands
}

// only counts some of the tasks of a standing.
func (a *assignments) only(whole *standing, keep func(catalog.Task) bool) *standing {
	stands := a.nothing()
	for _, task := range a.catalog.Tasks {
		if !keep(task) {
			continue
		}
		stands.tasks[task.Ref] = whole.tasks[task.Ref]
		for assignee, state := range whole.tasks[task.Ref] {
			stands.add(assignee, state, a.ground, task.Boundaries)
		}
	}
	return stands
}

// nothing is a standing of no task: every unit and agency with zeros.
func (a *assignments) nothing() *standing {
	stands := &standing{units: map[string]*count{}, agencies: map[string]*count{}, tasks: map[string]map[string]assignmentState{}}
	for code := range a.ground.last().layout.names {
		stands.units[code] = newCount()
	}
	for _, agency := range a.catalog.Agencies {
		stands.agencies[agency.ID] = newCount()
	}
	return stands
}

func (a *assignments) stateOf(task catalog.Task, assignee string, history []catalog.Progress, date civil.Date) assignmentState {
	s := assignmentState{Standing: a.catalog.StandingOf(task, assignee, history, date)}
	for _, report := range history {
		if !report.Date.After(date) {
			s.report = &report
		}
	}
	return s
}

// add counts an assignment where it belongs: a unit's in the unit and all above it, an
// agency's in the agency and in the root. What a unit of an earlier boundary set has to do
// counts in the smallest unit that holds all of it.
func (s *standing) add(assignee string, state assignmentState, g *ground, set string) {
	l := g.last().layout
	if id, ok := strings.CutPrefix(assignee, "agency:"); ok {
		if s.agencies[id] == nil {
			s.agencies[id] = newCount()
		}
		s.agencies[id].add(state)
		s.units[l.set.Root().Code].add(state)
		return
	}
	code, ok := g.home(set, strings.TrimPrefix(assignee, "unit:"))
	if !ok {
		return // a unit of another boundary set
	}
	s.units[code].add(state)
	for _, above := range l.set.Ancestors(code) {
		s.units[above.Code].add(state)
	}
}

func newCount() *count {
	c := &count{byState: map[catalog.AssignmentState]int{}}
	for _, state := range catalog.AssignmentStates() {
		c.byState[state] = 0
	}
	return c
}

func (c *count) add(s assignmentState) {
	c.byState[s.State]++
	c.assignments++
	if s.report != nil && s.report.Date.After(c.newest) {
		c.newest = s.report.Date
	}
	if s.Ends {
		c.finishable++
	}
	if s.Accepted() {
		c.accepted++
	}
	if s.DueSoFar {
		c.dueSoFar++
	}
	if s.OnTime {
		c.onTime++
	}
}

// states gives the counts by name, for answers.
func (c *count) states() map[string]int {
	named := make(map[string]int, len(c.byState))
	for state, n := range c.byState {
		named[string(state)] = n
	}
	return named
}
