package catalog

import (
	"math"

	"github.com/golang-sql/civil"
)

// Status of an indicator in a unit on a day.
type Status string

// Statuses of indicators (DESIGN.md, "Status").
const (
	Achieved      Status = "achieved"       // the dated target the path leads to is met already
	OnTrack       Status = "on_track"       // at or beyond the path
	AtRisk        Status = "at_risk"        // short of the path, within the tolerance
	Behind        Status = "behind"         // short of it by more
	NotYetDue     Status = "not_yet_due"    // before the first target
	NoTarget      Status = "no_target"      // neutral, or no targets given
	NoData        Status = "no_data"        // no unit reported
	NotApplicable Status = "not_applicable" // nothing to compute it from: the denominator is zero
)

// Flag stands beside a status and says how far to trust the value.
type Flag string

// Flags of values.
const (
	Estimated      Flag = "estimated"
	Partial        Flag = "partial"
	Stale          Flag = "stale"
	CarriedForward Flag = "carried_forward"
	Suppressed     Flag = "suppressed"
	Corrected      Flag = "corrected"   // a running total fell since the period before: what was said then is taken back
	Implausible    Flag = "implausible" // somewhere a part exceeds its whole; see Formula.PartOfWhole
)

// equalWithin keeps a value that meets its target from missing it by binary rounding.
const equalWithin = 1e-9

// StatusOf judges a value, in the indicator's unit, against the target path on a day. It
// compares what was computed, not what is displayed: 79.96 has not reached 80, though
// one decimal shows it so. NotApplicable is the caller's to say, who knows the denominator.
func (c *Catalog) StatusOf(ind Indicator, value float64, has bool, date civil.Date) Status {
	if !has || math.IsNaN(value) {
		return NoData
	}
	if ind.Direction == Neutral || len(ind.Targets) == 0 {
		return NoTarget
	}
	path, due := TargetAt(ind, date)
	if !due {
		return NotYetDue
	}
	goal, _ := GoalAt(ind, date)
	switch {
	case ind.Meets(value, goal.Value):
		return Achieved
	case ind.Meets(value, path):
		return OnTrack
	case ind.shortfall(value, path) <= c.toleranceOf(ind, path)+equalWithin:
		return AtRisk
	default:
		return Behind
	}
}

// Meets tells whether a value has reached a target, whichever way is good.
func (i Indicator) Meets(value, target float64) bool {
	return i.shortfall(value, target) <= equalWithin
}

// shortfall is by how much a value misses a target; negative when it is beyond.
func (i Indicator) shortfall(value, target float64) float64 {
	if i.Direction == LowerIsBetter {
		return value - target
	}
	return target - value
}

// toleranceOf is how far short of the path is still only at risk, in the indicator's unit.
func (c *Catalog) toleranceOf(ind Indicator, path float64) float64 {
	switch {
	case ind.Tolerance > 0:
		return ind.Tolerance
	case ind.Percentage():
		return c.Tolerance.Points
	default:
		return c.Tolerance.Share * math.Abs(path)
	}
}

// Percentage tells whether values are per cent or points between 0 and 100, so that
// differences are points.
func (i Indicator) Percentage() bool {
	return !i.Formula.Counts() && i.Formula.Scale == 100
}
