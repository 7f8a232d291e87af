package catalog

import (
	"io/fs"
	"slices"
	"time"

	"github.com/golang-sql/civil"
)

const calendarFile = "calendar.yaml"

type calendarYAML struct {
	DayOffRule located[string]   `yaml:"due_date_on_day_off,optional"`
	Rest       []located[string] `yaml:"weekly_rest"`
	Chain      *chainYAML        `yaml:"reporting_chain,optional"`
	Meetings   []meetingYAML     `yaml:"meetings,optional"`
	Years      []holidayYearYAML `yaml:"holidays,optional"`
}

type chainYAML struct {
	Period located[string] `yaml:"period"`
	Steps  []stepYAML      `yaml:"steps"`
	Source Text            `yaml:"source"`
}

type stepYAML struct {
	ID        located[string] `yaml:"id"`
	Name      Text            `yaml:"name"`
	DaysAfter located[int]    `yaml:"days_after"`
}

type meetingYAML struct {
	ID    located[string] `yaml:"id"`
	Name  Text            `yaml:"name"`
	Every located[string] `yaml:"every"`
	Only  *located[int]   `yaml:"only,optional"`
}

type holidayYearYAML struct {
	Year        located[int]     `yaml:"year"`
	Provisional bool             `yaml:"provisional,optional"`
	Source      Text             `yaml:"source"`
	Off         []dayOffYAML     `yaml:"days_off"`
	Working     []workingDayYAML `yaml:"working_days,optional"`
}

type dayOffYAML struct {
	Date        located[civil.Date]  `yaml:"date"`
	To          *located[civil.Date] `yaml:"to,optional"`
	Name        Text                 `yaml:"name"`
	Kind        *located[string]     `yaml:"kind,optional"`
	Provisional bool                 `yaml:"provisional,optional"`
}

type workingDayYAML struct {
	Date      located[civil.Date] `yaml:"date"`
	InsteadOf located[civil.Date] `yaml:"instead_of"`
}

// loadCalendar reads calendar.yaml. Without the file Saturday and Sunday are off, due
// dates stay and there is neither a chain nor meetings.
func (l *loader) loadCalendar() {
	l.cat.Calendar = Calendar{DayOffRule: DueDateStays, Holidays: Holidays{Rest: []time.Weekday{time.Sunday, time.Saturday}}}
	if _, err := fs.Stat(l.fsys, calendarFile); err != nil {
		return
	}
	var raw calendarYAML
	if !l.decode(calendarFile, &raw) {
		return
	}
	c := &l.cat.Calendar
	if raw.DayOffRule.Value != "" {
		c.DayOffRule = oneOf(l, raw.DayOffRule, DueDateStays, DueDateMovesToWork)
	}
	c.Holidays.Rest = l.weekdays(raw.Rest)
	l.takeHolidays(raw.Years)
	if raw.Chain != nil {
		l.takeChain(*raw.Chain)
	}
	l.takeMeetings(raw.Meetings)
}

func (l *loader) weekdays(raw []located[string]) []time.Weekday {
	names := []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	var days []time.Weekday
	for _, r := range raw {
		if name := oneOf(l, r, names...); name != "" {
			days = append(days, time.Weekday(slices.Index(names, name)))
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	if len(days) == len(names) {
		l.report(raw[0].At, "somebody must work on one day of the week")
	}
	return days
}

func (l *loader) takeChain(raw chainYAML) {
	chain := Chain{Period: oneOf(l, raw.Period, PeriodKinds()...), Source: raw.Source}
	ids := newIDSet("step", true)
	for i, r := range raw.Steps {
		l.define(&ids, r.ID, snakeCase)
		if i > 0 && r.DaysAfter.Value <= raw.Steps[i-1].DaysAfter.Value {
			l.report(r.DaysAfter.At, "steps must follow each other: this one is due no later than the one before")
		}
		if most := max(chain.Period.shortest()-1, 0); chain.Period != "" && (r.DaysAfter.Value < 0 || r.DaysAfter.Value > most) {
			l.failf(r.DaysAfter.At, "days after a %s run from 0 to %d, so that one is due before the next ends", chain.Period, most)
		}
		chain.Steps = append(chain.Steps, Step{r.ID.Value, r.Name, r.DaysAfter.Value})
	}
	l.cat.Calendar.Chain = chain
}

func (l *loader) takeMeetings(raw []meetingYAML) {
	ids := newIDSet("meeting", true)
	for _, r := range raw {
		l.define(&ids, r.ID, snakeCase)
		m := Meeting{ID: r.ID.Value, Name: r.Name, Every: oneOf(l, r.Every, PeriodKinds()...)}
		if r.Only != nil {
			m.Only = r.Only.Value
			if most := m.Every.perYear(); m.Only < 1 || m.Only > most {
				l.failf(r.Only.At, "a year has %d of this period", most)
			}
		}
		l.cat.Calendar.Meetings = append(l.cat.Calendar.Meetings, m)
	}
}

func (l *loader) takeHolidays(raw []holidayYearYAML) {
	for i, r := range raw {
		if i > 0 && r.Year.Value <= raw[i-1].Year.Value {
			l.report(r.Year.At, "years of holidays must ascend")
		}
		year := HolidayYear{Year: r.Year.Value, Provisional: r.Provisional, Source: r.Source}
		for _, d := range r.Off {
			year.Off = append(year.Off, l.daysOff(d, r)...)
		}
		slices.SortStableFunc(year.Off, func(a, b DayOff) int { return compareDates(a.Date, b.Date) })
		l.checkTwice(r, year.Off)
		for _, w := range r.Working {
			year.Working = append(year.Working, l.workingDay(w, year))
		}
		slices.SortFunc(year.Working, func(a, b WorkingDay) int { return compareDates(a.Date, b.Date) })
		l.cat.Calendar.Holidays.Years = append(l.cat.Calendar.Holidays.Years, year)
	}
}

// daysOff gives the days of one line, which may be a run of them.
func (l *loader) daysOff(r dayOffYAML, year holidayYearYAML) []DayOff {
	d := DayOff{Date: r.Date.Value, Name: r.Name, Kind: Holiday, Provisional: r.Provisional || year.Provisional}
	if r.Kind != nil {
		d.Kind = oneOf(l, *r.Kind, Holiday, InLieu, Swapped)
	}
	last := d.Date
	if r.To != nil {
		last = r.To.Value
		if n := last.DaysSince(d.Date); n < 1 || n > 30 {
			l.report(r.To.At, "a run of days off ends after it begins, within a month")
			return nil
		}
	}
	if d.Date.Year != year.Year.Value || last.Year != year.Year.Value {
		l.failf(r.Date.At, "this is not a day of %d", year.Year.Value)
		return nil
	}
	var days []DayOff
	for ; !d.Date.After(last); d.Date = d.Date.AddDays(1) {
		days = append(days, d)
	}
	return days
}

func (l *loader) checkTwice(r holidayYearYAML, off []DayOff) {
	for i := 1; i < len(off); i++ {
		if off[i].Date == off[i-1].Date {
			l.failf(r.Year.At, "%s is off twice", off[i].Date)
		}
	}
}

// workingDay checks a day that is worked for another one.
func (l *loader) workingDay(r workingDayYAML, year HolidayYear) WorkingDay {
	rest := l.cat.Calendar.Holidays.Rest
	if !slices.Contains(rest, r.Date.Value.In(time.UTC).Weekday()) {
		l.report(r.Date.At, "this is a working day anyway")
	}
	if _, off := find(year.Off, func(d *DayOff) bool { return d.Date == r.Date.Value }); off {
		l.report(r.Date.At, "this day is off")
	}
	if _, swapped := find(year.Off, func(d *DayOff) bool { return d.Date == r.InsteadOf.Value && d.Kind == Swapped }); !swapped {
		l.report(r.InsteadOf.At, "this day is not listed as swapped")
	}
	return WorkingDay{r.Date.Value, r.InsteadOf.Value}
}

// perYear is how many periods of a kind make up a year; 0 for days and weeks, whose
// number changes.
func (k PeriodKind) perYear() int {
	if k.months() == 0 {
		return 0
	}
	return 12 / k.months()
}
