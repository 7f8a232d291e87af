package catalog

import (
	"math"

	"github.com/golang-sql/civil"
)

// DemoModel says how demonstration figures are made: a stated model with a seed, so that
// anyone can tell where a figure comes from. The source of ingest/demo runs it.
type DemoModel struct {
	Population DemoPopulation
	Measures   []DemoMeasure // a measure comes after those it is a share of
	Tasks      DemoTasks
}

// DemoPopulation is the model of the reference population: totals of the units whose
// census is published grow at the constant yearly rate between their two censuses, and on
// beyond; units below share their total as they did in 2009; every unit has the age
// structure given here.
type DemoPopulation struct {
	Measure    string               // the measure it fills; dims sex, age, residence
	Anchor     string               // level whose published totals are kept exactly
	CensusFrom civil.Date           // day of Population2009Published
	CensusTo   civil.Date           // day of Population2019
	Ages       map[string][]float64 // sex > share of each age 0, 1, 2, … in the whole population; all shares add up to 1
	Temporary  map[string]float64   // unit type > share of temporary residents
	DayOfMonth int                  // day of the monthly snapshot
}

// DemoMeasure makes a measure as a share of its base: value = base * share at the day *
// weights of its members, a whole number. The base is the reference population under a
// filter, another measure of the same or no dimensions, or the same Amount for every unit.
type DemoMeasure struct {
	Measure string
	Base    Term                          // no measure when Amount is given
	Amount  float64                       // 0 when Base is given
	Weights map[string]map[string]float64 // dimension > member > weight; a dimension without weights is not split
	Share   Growth
	From    civil.Date    // first day with figures; of a flow the period that holds it
	Report  DemoReporting // how its figures come in
}

// Growth is a logistic curve from Floor to a ceiling, half way at Midpoint, with its
// steepest rise over about four times Days. With Floor = ceiling it is constant.
type Growth struct {
	Floor          float64
	Ceiling        map[string]float64 // by unit type
	Midpoint       civil.Date
	Days           float64
	MidpointSpread float64 // days by which a unit's midpoint differs, standard deviation
	CeilingSpread  float64 // relative, standard deviation
	Noise          float64 // relative, standard deviation per figure of a flow
	MemberSpread   float64 // by which the share differs between members, the same in all units, relative, standard deviation
}

// DemoReporting says how often figures come, and what goes wrong with them.
type DemoReporting struct {
	EveryDays  int     // stocks and cumulative: days between figures; 0 for flows, which come once a period
	Gap        float64 // chance that a figure never comes
	Late       float64 // chance that it comes late …
	LateDays   int     // … by up to so many days
	Correction float64 // chance that it is corrected later
}

// DemoTasks gives the shares of assignments by how they end; the rest is not started.
type DemoTasks struct {
	OnTime     float64 // accepted by the due date
	Late       float64 // accepted after it
	Reported   float64 // reported done, not yet accepted
	InProgress float64
	Obstacle   float64 // chance that one in progress names an obstacle
	AcceptDays int     // most days from report to acceptance
}

// At gives the share on a day for a unit of a type. The unit's two deviations are standard
// normal draws, the same for all days: early is how much sooner than others it moves,
// strong how much further it gets. Shares stay within 0 and the largest ceiling or 1.
func (g Growth) At(date civil.Date, unitType string, early, strong float64) float64 {
	top := g.Top()
	ceiling := min(max(g.Ceiling[unitType]*(1+g.CeilingSpread*strong), 0), top)
	days := float64(date.DaysSince(g.Midpoint)) + early*g.MidpointSpread
	return g.Floor + (ceiling-g.Floor)/(1+math.Exp(-days/g.Days))
}

// Top is what a share never exceeds: the largest ceiling, or 1.
func (g Growth) Top() float64 {
	top := max(1, g.Floor)
	for _, c := range g.Ceiling {
		top = max(top, c)
	}
	return top
}

// Weight is what a combination of members gets of a measure.
func (d DemoMeasure) Weight(members map[string]string) float64 {
	weight := 1.0
	for dim, weights := range d.Weights {
		weight *= weights[members[dim]]
	}
	return weight
}
