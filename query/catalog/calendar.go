package catalog

import (
	"slices"

	"github.com/golang-sql/civil"
)

// Calendar is when the programme reports, meets and rests.
type Calendar struct {
	DayOffRule DayOffRule
	Holidays   Holidays
	Chain      Chain
	Meetings   []Meeting
}

// DayOffRule says what becomes of a due date that falls on a day off.
type DayOffRule string

// Rules for due dates on days off. Without a rule in the law or the plan they stay.
const (
	DueDateStays       DayOffRule = "stays"
	DueDateMovesToWork DayOffRule = "next_working_day"
)

// Chain is how figures travel upwards after each period: every step has its due date.
type Chain struct {
	Period PeriodKind // reported by; "" without a chain
	Steps  []Step     // in order of time
	Source Text
}

// Step of the reporting chain.
type Step struct {
	ID        string // "agencies"
	Name      Text
	DaysAfter int // due so many days after the period's last day, which is the cut-off
}

// Meeting is held in every period of a kind, by its last day.
type Meeting struct {
	ID    string
	Name  Text
	Every PeriodKind
	Only  int // number of the period within its year, 0 = all of them: 1 of the halves is the half-year review
}

// MeetingDay is one meeting and the last day it can be held on in time.
type MeetingDay struct {
	Meeting Meeting
	Period  Period
	By      civil.Date
}

// Due gives the day a due date is moved to, or the date itself.
func (c Calendar) Due(date civil.Date) civil.Date {
	if c.DayOffRule != DueDateMovesToWork || date.IsZero() {
		return date
	}
	return c.Holidays.NextWorkingDay(date)
}

// Step gives the step with the id.
func (c Chain) Step(id string) (Step, bool) {
	return find(c.Steps, func(s *Step) bool { return s.ID == id })
}

// StepDue gives the last day for a step of the chain about a period.
func (c Calendar) StepDue(step Step, period Period) civil.Date {
	return c.Due(period.End.AddDays(step.DaysAfter))
}

// FirstStepDue gives the day by which the figures of a period are to be reported, by the
// first step after the cut-off; ok is false when the chain is not by periods of this kind.
func (c Calendar) FirstStepDue(period Period) (due civil.Date, ok bool) {
	if c.Chain.Period != period.Kind || period.IsZero() {
		return civil.Date{}, false
	}
	for _, step := range c.Chain.Steps {
		if step.DaysAfter > 0 {
			return c.StepDue(step, period), true
		}
	}
	return civil.Date{}, false
}

// MeetingsBetween lists the meetings whose last day lies in from..to, by that day.
func (c Calendar) MeetingsBetween(from, to civil.Date) []MeetingDay {
	var days []MeetingDay
	for _, m := range c.Meetings {
		for _, p := range PeriodsBetween(m.Every, from, to) {
			if _, n := p.label(); m.Only != 0 && n != m.Only {
				continue
			}
			if by := c.Due(p.End); !by.Before(from) && !by.After(to) {
				days = append(days, MeetingDay{m, p, by})
			}
		}
	}
	slices.SortStableFunc(days, func(a, b MeetingDay) int { return compareDates(a.By, b.By) })
	return days
}
