package query

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// OutlookQuestion asks whether a unit (the root when empty) will reach the target of an
// indicator in time.
type OutlookQuestion struct {
	Indicator  string
	Unit       string
	Kind       catalog.PeriodKind // of the steps; the indicator's default when empty
	AsOf       time.Time
	Boundaries string
}

// OutlookAnswer is an outlook.
type OutlookAnswer struct {
	Data Outlook `json:"data"`
	Meta Meta    `json:"meta"`
}

// Outlook sets the way to the target beside the way things go. Everything is in the
// indicator's unit, a pace in that unit per period. It rests on periods that have ended.
type Outlook struct {
	UnitRef
	Period       string         `json:"period,omitempty"` // the last one that has ended with a value
	Value        *float64       `json:"value"`
	Path         *float64       `json:"path"`          // what the target path asks for at the end of that period
	Goal         *OutlookGoal   `json:"goal"`          // nil: no target is ahead
	PeriodsLeft  *int           `json:"periods_left"`  // until the period that holds the goal's day, itself included
	RequiredPace *float64       `json:"required_pace"` // mean change per period that still reaches the goal; nil once it is reached
	RecentPace   *float64       `json:"recent_pace"`   // mean change over the last six periods
	Projection   []OutlookPoint `json:"projection"`    // empty when silent
	Silent       SilentReason   `json:"silent,omitempty"`
	AtGoal       *OutlookPoint  `json:"at_goal"`              // the projection in the goal's period, nil where it does not reach so far
	ReachedIn    string         `json:"reached_in,omitempty"` // first period whose projection meets the goal
	BackTest     *BackTest      `json:"back_test"`            // nil when silent
}

// OutlookGoal is the dated target the path leads to.
type OutlookGoal struct {
	Date  civil.Date `json:"date"`
	Value float64    `json:"value"`
}

// OutlookPoint is the projection for a period with the band that four in five outcomes
// should lie in. MeanError is the mean absolute error of earlier attempts at this distance,
// Attempts their number.
type OutlookPoint struct {
	Period    string     `json:"period"`
	End       civil.Date `json:"end"`
	Value     float64    `json:"value"`
	Low       float64    `json:"low"`
	High      float64    `json:"high"`
	MeanError float64    `json:"mean_error"`
	Attempts  int        `json:"attempts"`
}

// BackTest tells how the rule would have done: attempts one period ahead, and in how many
// of those that could be judged the outcome lay in the band made only of what came before.
type BackTest struct {
	Attempts int `json:"attempts"`
	Judged   int `json:"judged"`
	Within   int `json:"within"`
}

// SilentReason says why there is no projection.
type SilentReason string

// Reasons. NoValues: nothing has been reported. Thin: too few periods, or gaps among the
// last ones.
const (
	SilentNoValues SilentReason = "no_values"
	SilentThin     SilentReason = "thin"
)

const (
	outlookHistory = 36 // periods looked back on
	outlookAhead   = 24 // periods projected at most
)

// Outlook answers whether a target will be reached.
func (s *Service) Outlook(ctx context.Context, q OutlookQuestion) (OutlookAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return OutlookAnswer{}, err
	}
	p, _, at, err := s.ask(Asked{Indicator: q.Indicator, AsOf: q.AsOf, Boundaries: q.Boundaries})
	if err != nil {
		return OutlookAnswer{}, err
	}
	unit, err := s.layout.unit(q.Unit)
	if err != nil {
		return OutlookAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at), epoch)
	meta.Indicator = q.Indicator
	periods, err := s.ended(ctx, p, q.Kind, at)
	if err != nil {
		return OutlookAnswer{}, err
	}
	boards, err := s.boards(ctx, p, periods, at)
	if err != nil {
		return OutlookAnswer{}, err
	}
	return OutlookAnswer{Data: outlook(p.indicator, unit, boards), Meta: meta}, nil
}

// ended lists the last periods of a kind that have ended.
func (s *Service) ended(ctx context.Context, p *plan, kind catalog.PeriodKind, at instant) ([]catalog.Period, error) {
	periods, err := s.span(ctx, p, SeriesQuestion{Kind: kind}, at)
	if err != nil {
		return nil, err
	}
	periods = slices.DeleteFunc(periods, func(period catalog.Period) bool { return !at.complete(period) })
	return periods[max(0, len(periods)-outlookHistory):], nil
}

func outlook(ind catalog.Indicator, unit UnitRef, boards []board) Outlook {
	o := Outlook{UnitRef: unit, Projection: []OutlookPoint{}}
	series, last := valuesOf(ind, unit.Unit, boards)
	if last < 0 {
		o.Silent = SilentNoValues
		return o
	}
	period := boards[last].period
	series = series[:last+1]
	o.Period, o.Value = period.String(), &series[last]
	if path, ok := catalog.TargetAt(ind, period.End); ok {
		o.Path = &path
	}
	if step, ok := drift(series, last, 1, math.Inf(-1), math.Inf(1)); ok {
		pace := step - series[last]
		o.RecentPace = &pace
	}
	o.aim(ind, period)
	if last < len(boards)-1 { // the newest periods are missing: the rule would look at old ones
		o.Silent = SilentThin
		return o
	}
	o.lookAhead(ind, period, series)
	return o
}

// valuesOf gives a unit's values by period, NaN where there is none, and the place of the
// last one. A total with units missing is no value: it would pass for a fall.
func valuesOf(ind catalog.Indicator, unit string, boards []board) (series []float64, last int) {
	last = -1
	for i, b := range boards {
		f := b.of(unit)
		if f.Value == nil || slices.Contains(f.Flags, catalog.Implausible) ||
			ind.Formula.Counts() && slices.Contains(f.Flags, catalog.Partial) {
			series = append(series, math.NaN())
			continue
		}
		series, last = append(series, *f.Value), i
	}
	return series, last
}

// aim sets the goal that is ahead of a period, and the pace it takes.
func (o *Outlook) aim(ind catalog.Indicator, period catalog.Period) {
	goal, ok := catalog.GoalAt(ind, period.End.AddDays(1))
	if !ok || ind.Direction == catalog.Neutral || !goal.Date.After(period.End) {
		return
	}
	o.Goal = &OutlookGoal{Date: goal.Date, Value: goal.Value}
	left := len(catalog.PeriodsBetween(period.Kind, period.Next().Start, goal.Date))
	o.PeriodsLeft = &left
	if !ind.Meets(*o.Value, goal.Value) {
		pace := (goal.Value - *o.Value) / float64(left)
		o.RequiredPace = &pace
	}
}

// lookAhead projects up to the goal, and a year of months where none is ahead.
func (o *Outlook) lookAhead(ind catalog.Indicator, period catalog.Period, series []float64) {
	horizon := outlookAhead / 2
	if o.PeriodsLeft != nil {
		horizon = min(*o.PeriodsLeft, outlookAhead)
	}
	low, high := bounds(ind)
	f := project(series, horizon, low, high)
	if len(f.steps) == 0 {
		o.Silent = SilentThin
		return
	}
	o.BackTest = &BackTest{Attempts: f.attempts, Judged: f.judged, Within: f.hits}
	for i, step := range f.steps {
		period = period.Next()
		point := OutlookPoint{
			Period: period.String(), End: period.End, Value: step.value, Low: step.low, High: step.high,
			MeanError: step.meanError, Attempts: step.attempts,
		}
		o.Projection = append(o.Projection, point)
		if o.Goal == nil {
			continue
		}
		if o.ReachedIn == "" && ind.Meets(step.value, o.Goal.Value) {
			o.ReachedIn = point.Period
		}
		if i+1 == *o.PeriodsLeft {
			o.AtGoal = &point
		}
	}
}

// bounds are what no value can lie beyond: a part of a whole, counts of people.
func bounds(ind catalog.Indicator) (low, high float64) {
	switch {
	case ind.Formula.PartOfWhole || ind.Formula.Kind == catalog.Completion || ind.Formula.Kind == catalog.OnTime:
		return 0, ind.Formula.Scale
	case ind.Formula.Kind == catalog.Index:
		return 0, 100
	case ind.Formula.Kind == catalog.Difference:
		return math.Inf(-1), math.Inf(1)
	default:
		return 0, math.Inf(1)
	}
}
