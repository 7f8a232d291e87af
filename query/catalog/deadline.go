package catalog

import (
	"slices"

	"github.com/golang-sql/civil"
)

// DeadlineKind tells how the plan states by when a task is to be done.
type DeadlineKind string

// Kinds of deadlines (DESIGN.md, "Status"). Those of the second group are begun and kept
// up but never finished, those of the third hang on something else.
const (
	DeadlineDate                DeadlineKind = "date"                  // done by Date
	DeadlineMonthEnd            DeadlineKind = "month_end"             // "in April 2022": by the last day of the month
	DeadlineBefore              DeadlineKind = "before"                // "before June 2022": by the last day of the month before
	DeadlineYearEnd             DeadlineKind = "year_end"              // "in 2022": by 31 December
	DeadlineYearOnward          DeadlineKind = "year_onward"           // "in 2022 and the following years": done by 31 December, then kept up
	DeadlineMonthThenContinuous DeadlineKind = "month_then_continuous" // "in April 2022 and regularly": done by the end of the month, then kept up
	DeadlineStaged              DeadlineKind = "staged"                // a date for each level of the assignees

	DeadlineFromMonth  DeadlineKind = "from_month" // "from March 2022": begun by the last day of the month, no end
	DeadlineContinuous DeadlineKind = "continuous" // "regularly": no beginning, no end
	DeadlineNoneStated DeadlineKind = "none_stated"

	DeadlineConditional DeadlineKind = "conditional" // "when the Government guides": waits until that has happened
	DeadlineRecurring   DeadlineKind = "recurring"   // "every month", "every quarter": done anew in each period
)

// DeadlineKinds lists every kind.
func DeadlineKinds() []DeadlineKind {
	return []DeadlineKind{
		DeadlineDate, DeadlineMonthEnd, DeadlineBefore, DeadlineYearEnd, DeadlineYearOnward, DeadlineMonthThenContinuous, DeadlineStaged,
		DeadlineFromMonth, DeadlineContinuous, DeadlineNoneStated, DeadlineConditional, DeadlineRecurring,
	}
}

// Deadline of a task. Which fields are set follows from the kind; the others are zero.
type Deadline struct {
	Kind DeadlineKind

	// Date is the last day to be done by, as the plan means it: 31 May 2022 for "before
	// June 2022". Of a from_month it is the last day to begin; of a conditional deadline
	// one the plan states beside the condition, zero when it states none.
	Date civil.Date

	From      civil.Date // from_month: first day of the month
	Stages    []Stage    // staged: in the order of the plan
	Condition *Condition // conditional
	Days      int        // conditional: to be done within so many days after the condition; 0 = not stated
	Cycle     *Cycle     // recurring
}

// Stage is the part of a staged deadline that holds for one level.
type Stage struct {
	Level     string
	Date      civil.Date
	Assignees []string // whom it binds, sorted; expanded by Load. Agencies stand at the level of the root
}

// Condition is something outside the reach of the assignees that tasks wait for.
type Condition struct {
	ID     string
	Name   Text
	MetOn  civil.Date // the day it came true, zero while it has not or nobody has recorded it
	Source Text       // the document that says so
}

// Cycle is a run of periods in each of which a task is to be done anew.
type Cycle struct {
	First     Period // the first that binds
	Last      Period // the last one, zero without end
	DaysAfter int    // due so many days after the end of a period: 2 = the 16th for a statutory month, 0 = its last day
}

// Ends tells whether work under the deadline can be finished, so that it belongs to the
// completion rate: what is only begun, kept up or repeated would keep everybody below
// 100 per cent for ever, and a plan that states no end does not say what finished means.
func (k DeadlineKind) Ends() bool {
	switch k {
	case DeadlineFromMonth, DeadlineContinuous, DeadlineNoneStated, DeadlineRecurring:
		return false
	default:
		return true
	}
}

// KeptUp tells whether accepted work goes on to be kept up, so that later reports of
// progress do not take the acceptance back.
func (k DeadlineKind) KeptUp() bool {
	return k == DeadlineYearOnward || k == DeadlineMonthThenContinuous
}

// Due gives the last day an assignee is to be done by (of a from_month: to have begun by),
// as far as it is fixed beforehand; ok is false where none is. A conditional deadline has
// one once its condition is met, a recurring one in every period: see Catalog.StandingOf.
func (d Deadline) Due(assignee string) (due civil.Date, ok bool) {
	switch d.Kind {
	case DeadlineContinuous, DeadlineNoneStated, DeadlineRecurring:
		return civil.Date{}, false
	case DeadlineConditional:
		return d.dueAfter(d.Condition.MetOn)
	case DeadlineStaged:
		for _, stage := range d.Stages {
			if _, bound := slices.BinarySearch(stage.Assignees, assignee); bound {
				return stage.Date, true
			}
		}
		return civil.Date{}, false
	default:
		return d.Date, !d.Date.IsZero()
	}
}

// dueAfter gives the due date that follows from the day a condition came true. A span counts
// from that day, and the date the plan states beside it holds when it is the later one. A
// stated date that had passed before the condition came true binds nobody: nothing could
// be done by then.
func (d Deadline) dueAfter(met civil.Date) (due civil.Date, ok bool) {
	if met.IsZero() {
		return civil.Date{}, false
	}
	if !d.Date.Before(met) {
		due = d.Date
	}
	if after := met.AddDays(d.Days); d.Days > 0 && after.After(due) {
		due = after
	}
	return due, !due.IsZero()
}

// occurrence is one period of a cycle: work reported done from opens to the day before
// the next one opens is done for it.
type occurrence struct {
	period     Period
	opens, due civil.Date
}

func (c *Cycle) occurrence(p Period) occurrence {
	o := occurrence{period: p, opens: p.Start, due: p.End.AddDays(c.DaysAfter)}
	if c.DaysAfter > 0 {
		o.opens = p.End // what is due after a period is about all of it, and may be sent on its last day
	}
	return o
}

// current gives the occurrence that is open on a day and the day before the next opens;
// ok is false before the first.
func (c *Cycle) current(date civil.Date) (o occurrence, closes civil.Date, ok bool) {
	p := PeriodOf(c.First.Kind, date)
	if c.occurrence(p).opens.After(date) {
		p = p.Prev()
	}
	if p.IsZero() || p.Start.Before(c.First.Start) {
		return occurrence{}, civil.Date{}, false
	}
	if !c.Last.IsZero() && !p.Start.Before(c.Last.Start) {
		return c.occurrence(c.Last), civil.Date{Year: LastYear, Month: 12, Day: 31}, true
	}
	return c.occurrence(p), c.occurrence(p.Next()).opens.AddDays(-1), true
}
