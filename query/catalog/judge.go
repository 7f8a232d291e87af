package catalog

import "github.com/golang-sql/civil"

// Evidence is what a value of an indicator in a unit rests on: its sums, who reported
// them and how old they are.
type Evidence struct {
	Period    Period
	Last      civil.Date // day the value holds on: the end of the period, today in one that still runs
	Collected bool       // the measures are collected in the unit or below it at all

	Reported, Expected     int // units that reported, of those that should; of flows, units times reporting periods
	Numerator, Denominator float64

	// The days of the oldest and the newest figure of all, and of the newest of the
	// numerator; zero where figures have no days of their own.
	Oldest, Newest, NewestNumerator civil.Date

	Implausible bool // in some unit a part exceeds its whole
}

// Verdict is a value with its status and flags.
type Verdict struct {
	Value  *float64 // nil without figures, and of a ratio over nothing
	Status Status
	Flags  []Flag // in the order of the constants; never nil
}

// Judge computes a value of a ratio or a sum and says where it stands and how far to
// trust it. Figures that were reported but give no value have a denominator of zero: there
// is nobody the indicator could apply to. An implausible value stands nowhere, for a wrong
// figure must not make anybody's target achieved, and neither does one of which too little
// was reported.
func (c *Catalog) Judge(ind Indicator, e Evidence) Verdict {
	j := Verdict{Flags: []Flag{}}
	if e.Reported > 0 {
		j.Value, j.Flags = ind.valueOf(e), e.Flags()
	}
	switch {
	case e.Reported > 0 && (e.Implausible || j.Value == nil), e.Reported == 0 && !e.Collected:
		j.Status = NotApplicable
	case j.Value == nil:
		j.Status = NoData
	case !c.Enough(ind, e.share()):
		j.Status = NotApplicable
	default:
		j.Status = c.StatusOf(ind, *j.Value, true, e.Last)
	}
	return j
}

// share is how much of what was expected was reported; of nothing all of it.
func (e Evidence) share() float64 {
	if e.Expected == 0 {
		return 1
	}
	return float64(e.Reported) / float64(e.Expected)
}

// valueOf gives the value in the indicator's unit, nil over nothing.
func (i Indicator) valueOf(e Evidence) *float64 {
	value := i.Formula.Scale * e.Numerator
	if i.Formula.Kind != Ratio {
		return &value
	}
	if e.Denominator == 0 {
		return nil
	}
	value /= e.Denominator
	return &value
}

// Flags says what to know before trusting the figures.
func (e Evidence) Flags() []Flag {
	flags := []Flag{}
	if e.Reported < e.Expected {
		flags = append(flags, Partial)
	}
	dated := !e.Newest.IsZero()
	if dated && e.Oldest.Before(e.Period.Start) {
		flags = append(flags, CarriedForward)
	}
	if before := e.Period.Prev(); dated && !before.IsZero() && e.NewestNumerator.Before(before.Start) {
		flags = append(flags, Stale)
	}
	if e.Implausible {
		flags = append(flags, Implausible)
	}
	return flags
}

// CarriedTo tells whether a figure of one day still holds on a later one: a stock or a
// running total for as many days as its measure allows, 0 for ever, and never a flow.
func (m Measure) CarriedTo(figure, date civil.Date) bool {
	age := date.DaysSince(figure)
	return m.TimeRule != Flow && age >= 0 && (m.CarryForward == 0 || age <= m.CarryForward)
}

// TakesBack tells whether a figure that follows another takes some of it back. A running
// total never falls by itself, so a lower one corrects what was said before and wants an
// explanation; a stock may fall, for people die and move.
func (r TimeRule) TakesBack(before, after float64) bool {
	return r == Cumulative && after < before
}
