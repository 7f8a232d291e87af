package catalog

import (
	"slices"

	"github.com/golang-sql/civil"
)

// Rules are what figures are judged by beyond their form (rules.yaml). All of them may be absent: then a period never closes
// and any believable number is taken.
type Rules struct {
	Closings    []Closing
	Ranges      []Range
	Jumps       []Jump
	Parts       []PartRule
	OtherAgency Severity // of a figure that another agency sends than the measure's; "" says nothing
}

// Severity is what a broken rule does to a row: a warning is kept beside the row that was taken, an error refuses it.
type Severity string

// The severities of a rule.
const (
	SeverityWarning Severity = "warning"
	SeverityError   Severity = "error"
)

// Explained is the severity for a row that gives its reason in a note: it gets off more lightly.
func (s Severity) Explained() Severity {
	if s == SeverityError {
		return SeverityWarning
	}
	return ""
}

// Closing says when periods close: figures are due DueDays after the last day, and CloseDays and CloseWorkingDays after that a
// period takes only corrections with a reason, where there are tokens from an approver.
type Closing struct {
	Measures         []string // ids; none means all that no other closing names
	DueDays          int
	CloseDays        int
	CloseWorkingDays int  // counted behind the CloseDays
	Reason           Text // why, or the source of the rule
}

// Due is the last day on which a figure of a period that ends on end is on time.
func (c Closing) Due(end civil.Date) civil.Date { return end.AddDays(c.DueDays) }

// LastOpen is the last day on which such a period takes figures without a reason.
func (c Closing) LastOpen(end civil.Date, h Holidays) civil.Date {
	day := end.AddDays(c.DueDays + c.CloseDays)
	for range c.CloseWorkingDays {
		day = h.NextWorkingDay(day.AddDays(1))
	}
	return day
}

// Closing gives the rule that closes the periods of a measure; without one they stay open.
func (r *Rules) Closing(measure string) (Closing, bool) {
	named := slices.IndexFunc(r.Closings, func(c Closing) bool { return slices.Contains(c.Measures, measure) })
	if named < 0 {
		named = slices.IndexFunc(r.Closings, func(c Closing) bool { return len(c.Measures) == 0 })
	}
	if named < 0 {
		return Closing{}, false
	}
	return r.Closings[named], true
}

// Range is where a single value of a measure is to be expected, both ends inclusive.
type Range struct {
	Measure  string
	Min, Max *int64 // one of them may be nil
	Severity Severity
	Reason   Text // why, or the source of the rule
}

// Holds tells whether a value lies within the range.
func (r Range) Holds(value int64) bool {
	return (r.Min == nil || value >= *r.Min) && (r.Max == nil || value <= *r.Max)
}

// Jump is how far a value may move from the one before it in the same unit and dimensions.
type Jump struct {
	Measure  string
	Up, Down *float64 // per cent of the value before; nil = as far as it likes
	Least    int64    // a smaller move is never a jump: 3 after 1 is no news
	LookBack int      // days; what is older is not compared with
	Severity Severity
	Reason   Text // why, or the source of the rule
}

// Jumped tells whether a value moved too far from the one before.
func (j Jump) Jumped(before, value int64) bool {
	limit, move := j.Up, value-before
	if move < 0 {
		limit, move = j.Down, -move
	}
	return limit != nil && move > 0 && move >= j.Least && float64(move) > *limit/100*float64(before)
}

// PartRule says that a measure counts some of what another counts: in the same unit, dimensions and period it is never the larger.
type PartRule struct {
	Part, Whole string // ids of measures of the same level, dimensions and kind of period
	Severity    Severity
	Reason      Text // why, or the source of the rule; none where an indicator says so
}
