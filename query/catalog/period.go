package catalog

import (
	"fmt"
	"time"

	"github.com/golang-sql/civil"
)

// PeriodKind is a kind of calendar or statutory period.
type PeriodKind string

// Kinds of periods. Statutory ones (Decree 09/2019/NĐ-CP art. 12): the month is the 15th of the
// month before to the 14th; quarter, half and year are shifted alike.
const (
	Day              PeriodKind = "day"
	Week             PeriodKind = "week" // Monday to Sunday, named by the year of its Thursday (ISO 8601)
	Month            PeriodKind = "month"
	Quarter          PeriodKind = "quarter"
	Half             PeriodKind = "half"
	Year             PeriodKind = "year"
	StatutoryMonth   PeriodKind = "statutory_month"
	StatutoryQuarter PeriodKind = "statutory_quarter"
	StatutoryHalf    PeriodKind = "statutory_half"
	StatutoryYear    PeriodKind = "statutory_year"
)

// PeriodKinds lists every kind, civil ones first, short before long.
func PeriodKinds() []PeriodKind {
	return []PeriodKind{Day, Week, Month, Quarter, Half, Year, StatutoryMonth, StatutoryQuarter, StatutoryHalf, StatutoryYear}
}

// Periods are named by a year from FirstYear to LastYear; outside there is none. The
// bounds fit ClickHouse's Date32 (1900-01-01 to 2299-12-31), save the first statutory
// periods of 1900, which nobody reports.
const (
	FirstYear = 1900
	LastYear  = 2199
)

// Statutory months run from lastStatutoryDay+1 of the month before to lastStatutoryDay.
const lastStatutoryDay = 14

// months is how many months a period of the kind is long; 0 for days, weeks and no kind.
func (k PeriodKind) months() int {
	switch k {
	case Month, StatutoryMonth:
		return 1
	case Quarter, StatutoryQuarter:
		return 3
	case Half, StatutoryHalf:
		return 6
	case Year, StatutoryYear:
		return 12
	default:
		return 0
	}
}

// Statutory tells whether periods of the kind run from the 15th to the 14th.
func (k PeriodKind) Statutory() bool {
	switch k {
	case StatutoryMonth, StatutoryQuarter, StatutoryHalf, StatutoryYear:
		return true
	default:
		return false
	}
}

// Valid tells whether k is one of the kinds above.
func (k PeriodKind) Valid() bool { return k == Day || k == Week || k.months() > 0 }

// Tiles tells whether every period of kind whole is a run of whole periods of kind k,
// so that flows reported by k add up to whole. Civil and statutory kinds never tile each
// other, and weeks nothing but themselves: a civil month of statutory figures, or of weeks,
// could only be guessed.
func (k PeriodKind) Tiles(whole PeriodKind) bool {
	if !k.Valid() || !whole.Valid() {
		return false
	}
	if k == Day || k == whole {
		return true
	}
	return k != Week && whole != Week && k.Statutory() == whole.Statutory() && whole != Day && k.months() <= whole.months()
}

// Period is an interval of civil days of one kind. The zero value is no period.
type Period struct {
	Kind       PeriodKind
	Start, End civil.Date // both inclusive
}

// IsZero tells whether p is no period.
func (p Period) IsZero() bool { return p.Kind == "" }

// PeriodOf gives the period of a kind that holds the date; the zero Period when the
// kind or date is unknown or the period's year lies outside FirstYear..LastYear.
func PeriodOf(kind PeriodKind, date civil.Date) Period {
	if !date.IsValid() || !kind.Valid() {
		return Period{}
	}
	switch kind {
	case Day:
		return dayPeriod(date)
	case Week:
		return weekPeriod(date)
	}
	index := monthIndex(date.Year, date.Month)
	if kind.Statutory() && date.Day > lastStatutoryDay {
		index++
	}
	return periodAt(kind, index/kind.months())
}

// Next gives the period that starts the day after p ends, zero after the last one.
func (p Period) Next() Period { return p.neighbour(p.End, 1) }

// Prev gives the period that ends the day before p starts, zero before the first one.
func (p Period) Prev() Period { return p.neighbour(p.Start, -1) }

// Contains tells whether the date lies in p.
func (p Period) Contains(date civil.Date) bool {
	return !p.IsZero() && !date.Before(p.Start) && !date.After(p.End)
}

// Days is the length of p.
func (p Period) Days() int {
	if p.IsZero() {
		return 0
	}
	return p.End.DaysSince(p.Start) + 1
}

// TilesInto tells whether p is one of the periods that whole is a run of.
func (p Period) TilesInto(whole Period) bool {
	return p.Kind.Tiles(whole.Kind) && !p.Start.Before(whole.Start) && !p.End.After(whole.End)
}

// PeriodsBetween gives every period of the kind that has a day in from..to (both
// inclusive), ascending: the first and the last may reach beyond.
func PeriodsBetween(kind PeriodKind, from, to civil.Date) []Period {
	if first := (civil.Date{Year: FirstYear, Month: time.January, Day: 1}); from.Before(first) {
		from = first
	}
	var periods []Period
	for p := PeriodOf(kind, from); !p.IsZero() && !p.Start.After(to); p = p.Next() {
		periods = append(periods, p)
	}
	return periods
}

func (p Period) neighbour(edge civil.Date, step int) Period {
	if p.IsZero() {
		return Period{}
	}
	return PeriodOf(p.Kind, edge.AddDays(step))
}

func dayPeriod(date civil.Date) Period {
	if date.Year < FirstYear || date.Year > LastYear {
		return Period{}
	}
	return Period{Kind: Day, Start: date, End: date}
}

// weekPeriod gives the week that holds a date, zero when it is named by a year outside
// FirstYear..LastYear.
func weekPeriod(date civil.Date) Period {
	monday := date.AddDays(-(int(date.In(time.UTC).Weekday()) + 6) % 7)
	p := Period{Kind: Week, Start: monday, End: monday.AddDays(6)}
	if year, _ := p.label(); year < FirstYear || year > LastYear {
		return Period{}
	}
	return p
}

// periodAt gives the n-th period of a kind of one or more months, counted from year 0.
func periodAt(kind PeriodKind, n int) Period {
	first := n * kind.months()
	if year := first / 12; year < FirstYear || year > LastYear {
		return Period{}
	}
	start, end := firstOfMonth(first), firstOfMonth(first+kind.months()).AddDays(-1)
	if kind.Statutory() {
		start = firstOfMonth(first - 1).AddDays(lastStatutoryDay)
		end = firstOfMonth(first + kind.months() - 1).AddDays(lastStatutoryDay - 1)
	}
	return Period{Kind: kind, Start: start, End: end}
}

// Twin gives the period of the other calendar with the same name, the statutory October of October; zero for days and
// weeks, which both have in common.
func (p Period) Twin() Period {
	twins := map[PeriodKind]PeriodKind{Month: StatutoryMonth, Quarter: StatutoryQuarter, Half: StatutoryHalf, Year: StatutoryYear}
	for civil, statutory := range twins {
		switch p.Kind {
		case civil:
			return periodAt(statutory, p.index())
		case statutory:
			return periodAt(civil, p.index())
		}
	}
	return Period{}
}

// index is the inverse of periodAt. A statutory period is named by its last month.
func (p Period) index() int {
	return monthIndex(p.End.Year, p.End.Month) / p.Kind.months()
}

func monthIndex(year int, month time.Month) int { return year*12 + int(month) - 1 }

func firstOfMonth(index int) civil.Date {
	return civil.Date{Year: index / 12, Month: time.Month(index%12 + 1), Day: 1}
}

// String gives the id of p as ParsePeriod reads it, "" for no period.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	switch p.Kind {
	case Day:
		return p.Start.String()
	case Week:
		year, week := p.label()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
	prefix := ""
	if p.Kind.Statutory() {
		prefix = "s"
	}
	year, within := p.label()
	switch p.Kind.months() {
	case 1:
		return fmt.Sprintf("%s%04d-%02d", prefix, year, within)
	case 3:
		return fmt.Sprintf("%s%04d-Q%d", prefix, year, within)
	case 6:
		return fmt.Sprintf("%s%04d-H%d", prefix, year, within)
	default:
		return fmt.Sprintf("%s%04d", prefix, year)
	}
}

// label gives the year that names p and its number within that year, from 1.
func (p Period) label() (year, within int) {
	switch p.Kind {
	case Day:
		return p.Start.Year, p.Start.In(time.UTC).YearDay()
	case Week:
		return p.Start.In(time.UTC).ISOWeek()
	}
	perYear := 12 / p.Kind.months()
	return p.index() / perYear, p.index()%perYear + 1
}

// YearBefore gives the same day of the year before; of 29 February that is the 28th.
func YearBefore(date civil.Date) civil.Date {
	before := civil.Date{Year: date.Year - 1, Month: date.Month, Day: date.Day}
	if !before.IsValid() {
		before.Day--
	}
	return before
}
