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

// RoundRow is a round of the reporting chain: a period, and by when each step reports on it.
type RoundRow struct {
	Period catalog.Period `json:"period"`
	Steps  []RoundStep    `json:"steps"`
}

// RoundStep is a step of the chain in a round.
type RoundStep struct {
	ID   string     `json:"id"`
	Date civil.Date `json:"date"` // the last day in time
}

// Round gives the round under way today: the earliest whose last step is still due. It is nil without a chain.
func (s *Service) Round() (*RoundRow, error) {
	at, err := s.at(time.Time{})
	if err != nil {
		return nil, err
	}
	return round(s.deps.Catalog.Calendar, at.today), nil
}

func round(c catalog.Calendar, today civil.Date) *RoundRow {
	if len(c.Chain.Steps) == 0 {
		return nil
	}
	last := c.Chain.Steps[len(c.Chain.Steps)-1]
	p := catalog.PeriodOf(c.Chain.Period, today)
	if before := p.Prev(); !before.IsZero() && !c.StepDue(last, before).Before(today) {
		p = before
	}
	if p.IsZero() {
		return nil
	}
	row := &RoundRow{Period: p}
	for _, step := range c.Chain.Steps {
		row.Steps = append(row.Steps, RoundStep{step.ID, c.StepDue(step, p)})
	}
	return row
}
