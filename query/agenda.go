package query

import (
	"slices"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// agendaDays is how far the agenda looks ahead: over the next quarterly meeting.
const agendaDays = 100

// AgendaRow is a day to come in the calendar of the programme.
type AgendaRow struct {
	Kind   string         `json:"kind"` // "report" or "meeting"
	ID     string         `json:"id"`   // of the step of the reporting chain, or of the meeting
	Name   catalog.Text   `json:"name"`
	Period catalog.Period `json:"period"` // what is reported, or the period the meeting belongs to
	Date   civil.Date     `json:"date"`
}

// Agenda lists the reports due and the meetings from today on, the next hundred days.
func (s *Service) Agenda() ([]AgendaRow, error) {
	at, err := s.at(time.Time{})
	if err != nil {
		return nil, err
	}
	return agenda(s.deps.Catalog.Calendar, at.today, at.today.AddDays(agendaDays)), nil
}

func agenda(c catalog.Calendar, from, to civil.Date) []AgendaRow {
	rows := []AgendaRow{}
	if c.Chain.Period != "" {
		// a step of the period before may still be due
		first := catalog.PeriodOf(c.Chain.Period, from).Prev()
		for p := first; !p.IsZero() && !p.End.After(to); p = p.Next() {
			for _, step := range c.Chain.Steps {
				if due := c.StepDue(step, p); !due.Before(from) && !due.After(to) {
					rows = append(rows, AgendaRow{"report", step.ID, step.Name, p, due})
				}
			}
		}
	}
	for _, m := range c.MeetingsBetween(from, to) {
		rows = append(rows, AgendaRow{"meeting", m.Meeting.ID, m.Meeting.Name, m.Period, m.By})
	}
	slices.SortStableFunc(rows, func(a, b AgendaRow) int { return a.Date.DaysSince(b.Date) })
	return rows
}
