package catalog

import (
	"slices"
	"time"

	"github.com/golang-sql/civil"
)

// Holidays are the days nobody works: the weekly days of rest and those listed by year.
// In years that are not listed only the weekly days are known.
type Holidays struct {
	Rest  []time.Weekday // weekly days of rest, ascending from Sunday
	Years []HolidayYear  // ascending
}

// HolidayYear lists the days off of one civil year as they were announced.
type HolidayYear struct {
	Year        int
	Provisional bool // worked out by rule before an announcement
	Source      Text
	Off         []DayOff     // ascending; weekly days of rest only where they are holidays themselves
	Working     []WorkingDay // weekly days of rest that are worked, ascending
}

// DayOff is a public holiday or a day off that stands for one.
type DayOff struct {
	Date        civil.Date
	Name        Text
	Kind        DayOffKind
	Provisional bool // not confirmed, or of a provisional year
}

// DayOffKind says why a day is off.
type DayOffKind string

// Kinds of days off.
const (
	Holiday DayOffKind = "holiday"
	InLieu  DayOffKind = "in_lieu" // for a holiday on a weekly day of rest (Labour Code 2019 art. 111.3)
	Swapped DayOffKind = "swapped" // a working day between holidays, worked on another day
)

// WorkingDay is a weekly day of rest that is worked instead of a swapped day.
type WorkingDay struct {
	Date      civil.Date
	InsteadOf civil.Date
}

// Off gives the listed day off on a date.
func (h Holidays) Off(date civil.Date) (DayOff, bool) {
	year, _ := h.year(date.Year)
	return find(year.Off, func(d *DayOff) bool { return d.Date == date })
}

// WorkingDay tells whether offices work on a date.
func (h Holidays) WorkingDay(date civil.Date) bool {
	if _, off := h.Off(date); off {
		return false
	}
	if !slices.Contains(h.Rest, date.In(time.UTC).Weekday()) {
		return true
	}
	year, _ := h.year(date.Year)
	_, worked := find(year.Working, func(d *WorkingDay) bool { return d.Date == date })
	return worked
}

// NextWorkingDay gives the date itself when offices work on it, or the first day they do.
// Of weeks without a working day, which Load refuses, it gives the date.
func (h Holidays) NextWorkingDay(date civil.Date) civil.Date {
	for next, n := date, 0; n < 60; next, n = next.AddDays(1), n+1 {
		if h.WorkingDay(next) {
			return next
		}
	}
	return date
}

// Known tells whether the holidays of a year are listed.
func (h Holidays) Known(year int) bool {
	_, ok := h.year(year)
	return ok
}

func (h Holidays) year(year int) (HolidayYear, bool) {
	return find(h.Years, func(y *HolidayYear) bool { return y.Year == year })
}
