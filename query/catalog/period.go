package catalog

import "github.com/golang-sql/civil"

// PeriodKind is a kind of calendar or statutory period.
type PeriodKind string

// Statutory periods (Decree 09/2019/NĐ-CP art. 12): the month is the 15th of the
// month before to the 14th; quarter, half and year are shifted alike.
const (
	Day              PeriodKind = "day"
	Month            PeriodKind = "month"
	Quarter          PeriodKind = "quarter"
	Half             PeriodKind = "half"
	Year             PeriodKind = "year"
	StatutoryMonth   PeriodKind = "statutory_month"
	StatutoryQuarter PeriodKind = "statutory_quarter"
	StatutoryHalf    PeriodKind = "statutory_half"
	StatutoryYear    PeriodKind = "statutory_year"
)

// Period is an interval of civil days of one kind. The zero value is no period.
type Period struct {
	Kind       PeriodKind
	Start, End civil.Date // both inclusive
}
