package httpapi

import (
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

// calendarView is when the programme reports, meets and rests. Agenda and Round alone change from
// day to day.
type calendarView struct {
	DueDateOnDayOff string            `json:"due_date_on_day_off"`
	WeeklyRest      []int             `json:"weekly_rest"`
	ReportingChain  *chainView        `json:"reporting_chain"`
	Meetings        []meetingView     `json:"meetings"`
	Holidays        []holidayYearView `json:"holidays"`
	Agenda          []query.AgendaRow `json:"agenda"`
	Round           *query.RoundRow   `json:"round"`
}

type chainView struct {
	Period string       `json:"period"`
	Source catalog.Text `json:"source"`
	Steps  []stepView   `json:"steps"`
}

type stepView struct {
	ID        string       `json:"id"`
	Name      catalog.Text `json:"name"`
	DaysAfter int          `json:"days_after"`
}

type meetingView struct {
	ID    string       `json:"id"`
	Name  catalog.Text `json:"name"`
	Every string       `json:"every"`
	Only  int          `json:"only,omitempty"`
}

type holidayYearView struct {
	Year        int              `json:"year"`
	Provisional bool             `json:"provisional"`
	Source      catalog.Text     `json:"source"`
	DaysOff     []dayOffView     `json:"days_off"`
	WorkingDays []workingDayView `json:"working_days"`
}

type dayOffView struct {
	Date        civil.Date   `json:"date"`
	Name        catalog.Text `json:"name"`
	Kind        string       `json:"kind"`
	Provisional bool         `json:"provisional"`
}

type workingDayView struct {
	Date      civil.Date `json:"date"`
	InsteadOf civil.Date `json:"instead_of"`
}

func newCalendarView(c catalog.Calendar) calendarView {
	view := calendarView{
		DueDateOnDayOff: string(c.DayOffRule),
		WeeklyRest:      []int{},
		Meetings: each(c.Meetings, func(m catalog.Meeting) meetingView {
			return meetingView{m.ID, m.Name, string(m.Every), m.Only}
		}),
		Holidays: each(c.Holidays.Years, newHolidayYearView),
	}
	for _, day := range c.Holidays.Rest {
		view.WeeklyRest = append(view.WeeklyRest, int(day))
	}
	if c.Chain.Period != "" {
		steps := each(c.Chain.Steps, func(s catalog.Step) stepView { return stepView{s.ID, s.Name, s.DaysAfter} })
		view.ReportingChain = &chainView{string(c.Chain.Period), c.Chain.Source, steps}
	}
	return view
}

func newHolidayYearView(y catalog.HolidayYear) holidayYearView {
	return holidayYearView{
		Year: y.Year, Provisional: y.Provisional, Source: y.Source,
		DaysOff: each(y.Off, func(d catalog.DayOff) dayOffView {
			return dayOffView{d.Date, d.Name, string(d.Kind), d.Provisional}
		}),
		WorkingDays: each(y.Working, func(d catalog.WorkingDay) workingDayView { return workingDayView{d.Date, d.InsteadOf} }),
	}
}
