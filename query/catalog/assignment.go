package catalog

import (
	"cmp"
	"slices"

	"github.com/golang-sql/civil"
)

// ProgressStatus is what a progress report says about an assignment.
type ProgressStatus string

// Progress statuses, as they are sent. Done is reported by the owner and accepted by the
// lead agency.
const (
	ProgressNotStarted   ProgressStatus = "not_started"
	ProgressInProgress   ProgressStatus = "in_progress"
	ProgressReportedDone ProgressStatus = "reported_done"
	ProgressAccepted     ProgressStatus = "accepted"
)

// ProgressStatuses lists them in the order work passes through them.
func ProgressStatuses() []ProgressStatus {
	return []ProgressStatus{ProgressNotStarted, ProgressInProgress, ProgressReportedDone, ProgressAccepted}
}

// Progress is one report about one assignment, the current revision of its day.
type Progress struct {
	Date   civil.Date
	Status ProgressStatus
}

// AssignmentState is where an assignment stands on a day.
type AssignmentState string

// States of assignments (DESIGN.md, "Status").
const (
	NotStarted   AssignmentState = "not_started"
	InProgress   AssignmentState = "in_progress"
	ReportedDone AssignmentState = "reported_done" // waits for the lead agency; also after the due date, for it is no longer the owner's turn
	Done         AssignmentState = "done"          // accepted by the due date
	DoneLate     AssignmentState = "done_late"     // accepted after it
	Overdue      AssignmentState = "overdue"       // not reported done and the due date has passed
	Waiting      AssignmentState = "waiting"       // for the condition its deadline hangs on
	Continuous   AssignmentState = "continuous"    // never finished, never due
)

// AssignmentStates lists them for legends and tables: good, open, bad, never due.
func AssignmentStates() []AssignmentState {
	return []AssignmentState{Done, DoneLate, ReportedDone, InProgress, NotStarted, Overdue, Waiting, Continuous}
}

// Standing is how an assignment is judged at the end of a day.
type Standing struct {
	State AssignmentState
	Due   civil.Date // last day to be done by; zero while none is fixed. Of a recurring one, in the current period
	Ends  bool       // belongs to the completion rate: it can be finished, and not only once something else has happened

	// DueSoFar tells whether a due date has passed that belongs to the on-time rate, OnTime
	// whether the work was accepted by then. Of a recurring deadline the last one that has
	// come due counts.
	DueSoFar, OnTime bool
}

// Accepted tells whether the assignment counts as accepted in the completion rate.
func (s Standing) Accepted() bool { return s.Ends && (s.State == Done || s.State == DoneLate) }

// StandingOf judges an assignment of a task at the end of a day, from its reports in any
// order; later ones are not looked at. The latest report counts, so an acceptance may be
// taken back; from the day of an unbroken acceptance on it is done.
//
//   - From a month on: overdue until it is reported begun, from the day after the month;
//     continuous once it is.
//   - Conditional: waiting until the condition came true, on the day the catalogue records
//     or, where it records none, once the assignee reports work. It then falls due as the
//     plan says; where the plan says nothing it is never overdue.
//   - Recurring: the period that is open on the day counts alone.
//   - None stated: by its reports, never overdue.
//
// A due date on a day off is moved where the calendar says so.
func (c *Catalog) StandingOf(task Task, assignee string, history []Progress, date civil.Date) Standing {
	d, known := task.Deadline, upTo(history, date)
	switch d.Kind {
	case DeadlineContinuous:
		return Standing{State: Continuous}
	case DeadlineNoneStated:
		return Standing{State: known.state(civil.Date{}, date, d.Kind)}
	case DeadlineFromMonth:
		return d.begun(known, date, c.Calendar)
	case DeadlineConditional:
		return d.conditional(known, date, c.Calendar)
	case DeadlineRecurring:
		return d.recurring(known, date, c.Calendar)
	default:
		due, _ := d.Due(assignee)
		return known.standing(c.Calendar.Due(due), date, d.Kind)
	}
}

// standing judges work that ends by a due date, zero for none.
func (known timeline) standing(due, date civil.Date, kind DeadlineKind) Standing {
	s := Standing{State: known.state(due, date, kind), Due: due, Ends: kind.Ends(), DueSoFar: passed(due, date)}
	s.OnTime = s.DueSoFar && s.State == Done
	return s
}

func (d Deadline) begun(known timeline, date civil.Date, cal Calendar) Standing {
	s := Standing{State: NotStarted, Due: cal.Due(d.Date)}
	if _, begun := known.begunOn(); begun {
		s.State = Continuous
	} else if passed(s.Due, date) {
		s.State = Overdue
	}
	return s
}

func (d Deadline) conditional(known timeline, date civil.Date, cal Calendar) Standing {
	recorded := d.Condition.MetOn
	begun, reported := known.begunOn()
	switch {
	case !recorded.IsZero() && !recorded.After(date):
		due, _ := d.dueAfter(recorded)
		return known.standing(cal.Due(due), date, d.Kind)
	case !reported:
		return Standing{State: Waiting}
	case recorded.IsZero():
		due, _ := d.dueAfter(begun)
		return known.standing(cal.Due(due), date, d.Kind)
	default: // begun before the recorded day, which alone sets the due date
		return known.standing(civil.Date{}, date, d.Kind)
	}
}

func (d Deadline) recurring(known timeline, date civil.Date, cal Calendar) Standing {
	current, closes, ok := d.Cycle.current(date)
	if !ok {
		return Standing{State: NotStarted}
	}
	s := known.within(current.opens, closes).standing(cal.Due(current.due), date, d.Kind)
	if s.DueSoFar {
		return s
	}
	if before, closed, ok := d.Cycle.current(current.opens.AddDays(-1)); ok {
		last := known.within(before.opens, closed).standing(cal.Due(before.due), date, d.Kind)
		s.DueSoFar, s.OnTime = last.DueSoFar, last.OnTime
	}
	return s
}

// timeline is what is known of an assignment on a day: a report a day, by day.
type timeline []Progress

// upTo gives the reports of a day and before; of two on one day the later in the list.
func upTo(history []Progress, date civil.Date) timeline {
	known := timeline{}
	for _, p := range history {
		if !p.Date.After(date) {
			known = append(known, p)
		}
	}
	slices.SortStableFunc(known, func(a, b Progress) int { return compareDates(a.Date, b.Date) })
	last := known[:0]
	for i, p := range known {
		if i == len(known)-1 || known[i+1].Date != p.Date {
			last = append(last, p)
		}
	}
	return last
}

// within keeps the reports of the days from..to.
func (known timeline) within(from, to civil.Date) timeline {
	kept := timeline{}
	for _, p := range known {
		if !p.Date.Before(from) && !p.Date.After(to) {
			kept = append(kept, p)
		}
	}
	return kept
}

// latest gives the last report.
func (known timeline) latest() ProgressStatus {
	if len(known) == 0 {
		return ProgressNotStarted
	}
	return known[len(known)-1].Status
}

// state tells where work stands that is due on a day, zero for none.
func (known timeline) state(due, date civil.Date, kind DeadlineKind) AssignmentState {
	if accepted, ok := known.acceptedOn(kind); ok {
		if passed(due, accepted) {
			return DoneLate
		}
		return Done
	}
	latest := known.latest()
	switch {
	case latest == ProgressReportedDone:
		return ReportedDone
	case passed(due, date):
		return Overdue
	case latest == ProgressInProgress:
		return InProgress
	default:
		return NotStarted
	}
}

// acceptedOn gives the day since which the work counts as accepted: the first of the
// acceptances after which no other report came, or, of work that is kept up afterwards,
// after which it was not said to be undone.
func (known timeline) acceptedOn(kind DeadlineKind) (since civil.Date, ok bool) {
	for _, p := range known {
		switch {
		case p.Status == ProgressAccepted && !ok:
			since, ok = p.Date, true
		case p.Status == ProgressNotStarted || p.Status != ProgressAccepted && !kind.KeptUp():
			ok = false
		}
	}
	return since, ok
}

// begunOn gives the day since which work was reported, not taken back by a later report.
func (known timeline) begunOn() (since civil.Date, ok bool) {
	for _, p := range known {
		switch {
		case p.Status == ProgressNotStarted:
			ok = false
		case !ok:
			since, ok = p.Date, true
		}
	}
	return since, ok
}

func compareDates(a, b civil.Date) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day))
}

// passed tells whether a day lies after a due date: on the due date itself there is still
// time. No due date never passes.
func passed(due, date civil.Date) bool { return !due.IsZero() && date.After(due) }
