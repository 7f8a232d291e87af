package catalog

import (
	"slices"
	"strings"

	"github.com/golang-sql/civil"
)

type conditionYAML struct {
	ID     located[string]      `yaml:"id"`
	Name   Text                 `yaml:"name"`
	MetOn  *located[civil.Date] `yaml:"met_on,optional"`
	Source Text                 `yaml:"source,optional"`
}

// deadlineYAML has the keys of every kind; deadlineKeys tells which go together.
type deadlineYAML struct {
	Kind      located[string]      `yaml:"kind"`
	Date      *located[civil.Date] `yaml:"date,optional"`
	Month     *located[string]     `yaml:"month,optional"`
	Year      *located[string]     `yaml:"year,optional"`
	Stages    []stageYAML          `yaml:"stages,optional"`
	Condition *located[string]     `yaml:"condition,optional"`
	Days      *located[int]        `yaml:"days,optional"`
	First     *located[string]     `yaml:"first,optional"`
	Last      *located[string]     `yaml:"last,optional"`
	DaysAfter *located[int]        `yaml:"days_after,optional"`
}

type stageYAML struct {
	Level located[string]     `yaml:"level"`
	Date  located[civil.Date] `yaml:"date"`
}

// deadlineKeys are the keys each kind wants, and those it also takes.
var deadlineKeys = map[DeadlineKind]struct{ wants, takes []string }{
	DeadlineDate:                {wants: []string{"date"}},
	DeadlineMonthEnd:            {wants: []string{"month"}},
	DeadlineBefore:              {wants: []string{"month"}},
	DeadlineYearEnd:             {wants: []string{"year"}},
	DeadlineYearOnward:          {wants: []string{"year"}},
	DeadlineMonthThenContinuous: {wants: []string{"month"}},
	DeadlineStaged:              {wants: []string{"stages"}},
	DeadlineFromMonth:           {wants: []string{"month"}},
	DeadlineContinuous:          {},
	DeadlineNoneStated:          {},
	DeadlineConditional:         {wants: []string{"condition"}, takes: []string{"date", "days"}},
	DeadlineRecurring:           {wants: []string{"first"}, takes: []string{"last", "days_after"}},
}

// given lists the keys that were written, with their places.
func (r deadlineYAML) given() map[string]position {
	given := map[string]position{}
	put(given, "date", r.Date)
	put(given, "month", r.Month)
	put(given, "year", r.Year)
	put(given, "condition", r.Condition)
	put(given, "days", r.Days)
	put(given, "first", r.First)
	put(given, "last", r.Last)
	put(given, "days_after", r.DaysAfter)
	if len(r.Stages) > 0 {
		given["stages"] = r.Stages[0].Level.At
	}
	return given
}

func put[T any](given map[string]position, key string, value *located[T]) {
	if value != nil {
		given[key] = value.At
	}
}

func (l *loader) loadConditions(raw []conditionYAML) {
	for _, r := range raw {
		l.define(&l.conditions, r.ID, snakeCase)
		c := Condition{ID: r.ID.Value, Name: r.Name, Source: r.Source}
		if r.MetOn != nil {
			c.MetOn = r.MetOn.Value
			if r.Source == (Text{}) {
				l.report(r.MetOn.At, "a condition that came true wants a source: the document that says so")
			}
		}
		l.cat.Conditions = append(l.cat.Conditions, c)
	}
}

func (l *loader) deadline(r taskYAML, set BoundarySet, assignees []string) Deadline {
	d := Deadline{Kind: oneOf(l, r.Deadline.Kind, DeadlineKinds()...)}
	if d.Kind == "" || !l.checkDeadlineKeys(d.Kind, r.Deadline) {
		return d
	}
	switch d.Kind {
	case DeadlineDate:
		d.Date = r.Deadline.Date.Value
	case DeadlineMonthEnd, DeadlineMonthThenContinuous:
		d.Date = l.periodOf(*r.Deadline.Month, Month).End
	case DeadlineFromMonth:
		month := l.periodOf(*r.Deadline.Month, Month)
		d.From, d.Date = month.Start, month.End
	case DeadlineBefore:
		d.Date = l.periodOf(*r.Deadline.Month, Month).Prev().End
	case DeadlineYearEnd, DeadlineYearOnward:
		d.Date = l.periodOf(*r.Deadline.Year, Year).End
	case DeadlineStaged:
		d.Stages = l.stages(r.Deadline.Stages, set, assignees)
		l.checkStaged(r, d, set, assignees)
	case DeadlineConditional:
		l.takeCondition(r.Deadline, &d)
	case DeadlineRecurring:
		d.Cycle = l.cycle(r.Deadline)
	}
	return d
}

// checkDeadlineKeys tells whether everything the kind wants is there.
func (l *loader) checkDeadlineKeys(kind DeadlineKind, r deadlineYAML) bool {
	keys, given := deadlineKeys[kind], r.given()
	for _, key := range sortedKeys(given) {
		if !slices.Contains(keys.wants, key) && !slices.Contains(keys.takes, key) {
			l.failf(given[key], "a deadline of kind %s has no %s", kind, key)
		}
	}
	for _, key := range keys.wants {
		if _, ok := given[key]; !ok {
			l.failf(r.Kind.At, "a deadline of kind %s wants a %s", kind, strings.TrimSuffix(key, "s"))
			return false
		}
	}
	return true
}

// periodOf reads a period of one kind; another one is a finding and gives the zero Period.
func (l *loader) periodOf(raw located[string], kind PeriodKind) Period {
	p, err := ParsePeriod(raw.Value)
	if err != nil || p.Kind != kind {
		l.failf(raw.At, "%q is not a %s like %s", raw.Value, kind, PeriodOf(kind, civil.Date{Year: 2022, Month: 6, Day: 1}))
		return Period{}
	}
	return p
}

// stages expands the levels of a staged deadline over the assignees of its task. Agencies
// belong to the highest level: those that a plan of a province binds serve the province.
func (l *loader) stages(raw []stageYAML, set BoundarySet, assignees []string) []Stage {
	seen := newIDSet("stage", true)
	stages := make([]Stage, 0, len(raw))
	for _, r := range raw {
		l.define(&seen, r.Level, snakeCase)
		stage := Stage{Level: l.refer(l.levels, r.Level), Date: r.Date.Value}
		for _, a := range assignees {
			if levelOf(a, set) == stage.Level {
				stage.Assignees = append(stage.Assignees, a)
			}
		}
		stages = append(stages, stage)
	}
	return stages
}

// levelOf gives the level an assignee stands at.
func levelOf(assignee string, set BoundarySet) string {
	code, isUnit := strings.CutPrefix(assignee, "unit:")
	if isUnit {
		unit, _ := set.Unit(code)
		return unit.Level
	}
	if len(set.Info.Levels) == 0 {
		return ""
	}
	return set.Info.Levels[0].ID
}

// checkStaged refuses a stage that binds nobody, and an assignee without a stage.
func (l *loader) checkStaged(r taskYAML, d Deadline, set BoundarySet, assignees []string) {
	if len(set.Units) == 0 { // which has been reported, or nobody knows who stands at which level
		return
	}
	bound := 0
	for i, stage := range d.Stages {
		bound += len(stage.Assignees)
		if len(stage.Assignees) == 0 && len(assignees) > 0 && l.levels.known {
			l.failf(r.Deadline.Stages[i].Level.At, "task %s binds nobody at the level of this stage", r.Ref.Value)
		}
	}
	if bound < len(assignees) {
		l.failf(r.Deadline.Kind.At, "task %s binds %d assignees at a level without a stage", r.Ref.Value, len(assignees)-bound)
	}
}

func (l *loader) takeCondition(r deadlineYAML, d *Deadline) {
	id := l.refer(l.conditions, *r.Condition)
	if found, ok := find(l.cat.Conditions, func(c *Condition) bool { return c.ID == id }); ok {
		d.Condition = &found
	} else {
		d.Condition = &Condition{ID: id}
	}
	if r.Date != nil {
		d.Date = r.Date.Value
	}
	if r.Days != nil {
		d.Days = r.Days.Value
		if d.Days < 1 || d.Days > 3660 {
			l.report(r.Days.At, "days after the condition run from 1 to 3660")
		}
	}
}

// shortest gives the fewest days a period of a kind has.
func (k PeriodKind) shortest() int {
	switch k {
	case Day:
		return 1
	case Week:
		return 7
	default:
		return k.months() * 28
	}
}

func (l *loader) cycle(r deadlineYAML) *Cycle {
	first, err := ParsePeriod(r.First.Value)
	if err != nil {
		l.failf(r.First.At, "%q is not a period like s2022-06 or 2022-Q2", r.First.Value)
		return &Cycle{}
	}
	c := &Cycle{First: first}
	if r.Last != nil {
		c.Last = l.periodOf(*r.Last, first.Kind)
		if c.Last.Start.Before(first.Start) && !c.Last.IsZero() {
			l.report(r.Last.At, "the last period comes before the first")
		}
	}
	if r.DaysAfter != nil {
		c.DaysAfter = r.DaysAfter.Value
		if most := first.Kind.shortest() - 1; c.DaysAfter < 0 || c.DaysAfter > most {
			l.failf(r.DaysAfter.At, "days after a %s run from 0 to %d, so that one is due before the next ends", first.Kind, most)
		}
	}
	return c
}
