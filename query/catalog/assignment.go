package catalog

import "github.com/golang-sql/civil"

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

// AssignmentStatus tells where an assignment of task stands at the end of a day, from its
// reports in any order; later ones are not looked at. The latest report counts, so an
// acceptance may be taken back; from the day of an unbroken acceptance on it is done.
func AssignmentStatus(task Task, history []Progress, date civil.Date) AssignmentState {
	if task.Deadline.Kind == DeadlineContinuous {
		return Continuous
	}
	if accepted, ok := AcceptedOn(history, date); ok {
		if task.Deadline.Passed(accepted) {
			return DoneLate
		}
		return Done
	}
	latest, _ := latestBy(history, date)
	switch {
	case latest.Status == ProgressReportedDone:
		return ReportedDone
	case task.Deadline.Passed(date):
		return Overdue
	case latest.Status == ProgressInProgress:
		return InProgress
	default:
		return NotStarted
	}
}

// AcceptedOn gives the day since which an assignment counts as accepted, judged at the
// end of date: the first of the acceptances after which no other report came.
func AcceptedOn(history []Progress, date civil.Date) (civil.Date, bool) {
	latest, ok := latestBy(history, date)
	if !ok || latest.Status != ProgressAccepted {
		return civil.Date{}, false
	}
	since := latest.Date
	for {
		earlier, ok := latestBy(history, since.AddDays(-1))
		if !ok || earlier.Status != ProgressAccepted {
			return since, true
		}
		since = earlier.Date
	}
}

// latestBy gives the last report of a day or before; of two on one day the later in the list.
func latestBy(history []Progress, date civil.Date) (Progress, bool) {
	var latest Progress
	found := false
	for _, p := range history {
		if !p.Date.After(date) && (!found || !p.Date.Before(latest.Date)) {
			latest, found = p, true
		}
	}
	return latest, found
}

// Passed tells whether a day lies after the due date: on the due date itself there is
// still time. It is what "overdue" means and what "due so far" counts in the on-time rate,
// so that the two never disagree. Deadlines without a date never pass.
func (d Deadline) Passed(date civil.Date) bool {
	return d.Kind != DeadlineContinuous && !d.Date.IsZero() && date.After(d.Date)
}
