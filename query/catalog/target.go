package catalog

import "github.com/golang-sql/civil"

// TargetAt gives what the target path of an indicator asks for on a day, in the
// indicator's unit. A linear path moves evenly from one dated target to the next, its
// first one being where it starts; a stepped path holds each target from its day on.
// Both hold the last target for good. Before the first there is none.
func TargetAt(ind Indicator, date civil.Date) (float64, bool) {
	i := targetsReached(ind.Targets, date)
	if i == 0 {
		return 0, false
	}
	from := ind.Targets[i-1]
	if ind.Path != Linear || i == len(ind.Targets) {
		return from.Value, true
	}
	to := ind.Targets[i]
	share := float64(date.DaysSince(from.Date)) / float64(to.Date.DaysSince(from.Date))
	return from.Value + share*(to.Value-from.Value), true
}

// GoalAt gives the dated target the path leads to on a day: the first that is not yet
// past, or the last. The start of a linear path is no goal.
func GoalAt(ind Indicator, date civil.Date) (Target, bool) {
	goals := ind.Targets
	if ind.Path == Linear && len(goals) > 1 {
		goals = goals[1:]
	}
	if len(goals) == 0 {
		return Target{}, false
	}
	for _, t := range goals {
		if !t.Date.Before(date) {
			return t, true
		}
	}
	return goals[len(goals)-1], true
}

// targetsReached counts the targets dated on the day or before.
func targetsReached(targets []Target, date civil.Date) int {
	n := 0
	for n < len(targets) && !targets[n].Date.After(date) {
		n++
	}
	return n
}
