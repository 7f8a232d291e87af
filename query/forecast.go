package query

import (
	"math"
	"slices"
)

// The projection of an indicator is deliberately simple, so that anyone can check it with
// a pocket calculator: from the last value it goes on by the mean step of the last six
// periods (a random walk with drift; Hyndman and Athanasopoulos, Forecasting, 3rd ed.,
// 5.2). How far to trust it is not assumed but measured: the same rule is applied to every
// earlier period of the series, and the band is as wide as four in five of those attempts
// missed by (split conformal prediction; Lei et al., JASA 113, 2018). Where there are too
// few attempts for that there is no projection.
const (
	driftPeriods = 6   // steps that the mean step is taken over
	bandShare    = 0.8 // of the attempts lie within the band
	fewAttempts  = 5   // a horizon with fewer attempts has no band
)

// forecast is what the rule says of periods 1, 2, … after the last value.
type forecast struct {
	steps    []forecastStep
	attempts int // of the next period, on earlier periods
	hits     int // of attempts judged with a band made only of what was known before
	judged   int
}

type forecastStep struct {
	value, low, high float64
	meanError        float64 // mean absolute error of the attempts at this horizon
	attempts         int
}

// project applies the rule at the end of a series; missing values are NaN. It gives as many
// steps as it can back, at most horizon; none when the series is too short, or has gaps
// where the rule looks. Values stay within low and high.
func project(series []float64, horizon int, low, high float64) forecast {
	var f forecast
	last := len(series) - 1
	for h := 1; h <= horizon; h++ {
		value, ok := drift(series, last, h, low, high)
		errors := attempts(series, h, low, high)
		if !ok || len(errors) < fewAttempts {
			break
		}
		reach := halfWidth(errors)
		f.steps = append(f.steps, forecastStep{
			value: value, low: max(low, value-reach), high: min(high, value+reach),
			meanError: mean(errors), attempts: len(errors),
		})
	}
	if len(f.steps) > 0 {
		f.judge(attempts(series, 1, low, high))
	}
	return f
}

// drift is the value the rule says for h periods after the one at place at.
func drift(series []float64, at, h int, low, high float64) (float64, bool) {
	from := at - driftPeriods
	if from < 0 || slices.ContainsFunc(series[from:at+1], math.IsNaN) {
		return 0, false
	}
	step := (series[at] - series[from]) / driftPeriods
	return min(max(series[at]+float64(h)*step, low), high), true
}

// attempts gives the absolute errors of the rule at a horizon, from every earlier period
// whose outcome is known, the earliest first.
func attempts(series []float64, h int, low, high float64) []float64 {
	var errors []float64
	for at := driftPeriods; at+h < len(series); at++ {
		said, ok := drift(series, at, h, low, high)
		if came := series[at+h]; ok && !math.IsNaN(came) {
			errors = append(errors, math.Abs(came-said))
		}
	}
	return errors
}

// halfWidth is what a band reaches to either side to hold bandShare of the outcomes, if the
// errors to come are like those there were: the smallest error that at least bandShare of
// n+1 do not exceed.
func halfWidth(errors []float64) float64 {
	sorted := slices.Sorted(slices.Values(errors))
	place := int(math.Ceil(bandShare * float64(len(sorted)+1)))
	return sorted[min(place, len(sorted))-1]
}

// judge tells how often the band would have held, had it been made in its time.
func (f *forecast) judge(errors []float64) {
	f.attempts = len(errors)
	for i := fewAttempts; i < len(errors); i++ {
		f.judged++
		if errors[i] <= halfWidth(errors[:i]) {
			f.hits++
		}
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
