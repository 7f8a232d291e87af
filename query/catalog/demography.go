package catalog

import (
	"math"

	"github.com/golang-sql/civil"
)

// Limits of the broad age groups. Children are 0 to 14, the old 65 and over, as in the
// census of 2019 (General Statistics Office: 24.3, 68.0 and 7.7 per cent of the country, a
// dependency ratio of 47) and in the tables of the United Nations. Viet Nam's law on the
// elderly begins at 60; a ratio by it would need another name.
const (
	WorkingFrom = 15
	OldFrom     = 65
)

// AgeGroups are people by broad age.
type AgeGroups struct {
	Children int64 `json:"children"`
	Working  int64 `json:"working"`
	Old      int64 `json:"old"`
}

// Add counts people of an age.
func (g *AgeGroups) Add(age int, people int64) {
	switch {
	case age < WorkingFrom:
		g.Children += people
	case age < OldFrom:
		g.Working += people
	default:
		g.Old += people
	}
}

// Dependency is how many people of the other ages there are for 100 of working age.
type Dependency struct {
	Total float64 // 100 * (0-14 and 65+) / 15-64
	Young float64 // 100 * 0-14 / 15-64
	Old   float64 // 100 * 65+ / 15-64
}

// Dependency gives the dependency ratios; ok is false where nobody is of working age.
func (g AgeGroups) Dependency() (d Dependency, ok bool) {
	if g.Working <= 0 {
		return Dependency{}, false
	}
	d.Young = 100 * float64(g.Children) / float64(g.Working)
	d.Old = 100 * float64(g.Old) / float64(g.Working)
	d.Total = 100 * float64(g.Children+g.Old) / float64(g.Working)
	return d, true
}

// SexRatio is the number of men for 100 women; ok is false without women.
func SexRatio(male, female int64) (ratio float64, ok bool) {
	if female <= 0 {
		return 0, false
	}
	return 100 * float64(male) / float64(female), true
}

// Density is people per square kilometre; ok is false without an area.
func Density(people int64, km2 float64) (density float64, ok bool) {
	if km2 <= 0 {
		return 0, false
	}
	return float64(people) / km2, true
}

// daysPerYear is the mean length of a year of the Gregorian calendar.
const daysPerYear = 365.2425

// AnnualGrowth is the yearly rate, in per cent, at which a population would have grown
// evenly from one day to a later one: 100 * ((to/from)^(1/years) - 1). ok is false where
// there was nobody before, or the days do not follow each other.
func AnnualGrowth(from, to int64, start, end civil.Date) (percent float64, ok bool) {
	years := float64(end.DaysSince(start)) / daysPerYear
	if from <= 0 || to < 0 || years <= 0 {
		return 0, false
	}
	return 100 * (math.Pow(float64(to)/float64(from), 1/years) - 1), true
}

// Days of the population and housing censuses of Viet Nam, and the day of the reform for
// which populations were stated.
var (
	census2009 = civil.Date{Year: 2009, Month: 4, Day: 1}
	census2019 = civil.Date{Year: 2019, Month: 4, Day: 1}
	stated2025 = civil.Date{Year: 2025, Month: 7, Day: 1}
)

// PopulationBasis says where a population comes from.
type PopulationBasis string

// Bases of populations. The register is what agencies report day by day; the others are
// facts of the catalogue, and what is worked out from them is marked as estimated.
const (
	FromCensus       PopulationBasis = "census"
	FromRegister     PopulationBasis = "register"
	FromStatement    PopulationBasis = "stated"       // given for a reform of units
	FromInterpolated PopulationBasis = "interpolated" // between two counts, at the rate that leads from one to the other
	FromExtrapolated PopulationBasis = "extrapolated" // beyond them, at the rate between the nearest two
)

// Estimated tells whether the population was worked out and not counted.
func (b PopulationBasis) Estimated() bool { return b == FromInterpolated || b == FromExtrapolated }

// Headcount is the population of a unit on a day as somebody counted it.
type Headcount struct {
	Date    civil.Date
	Persons int
	Basis   PopulationBasis
}

// Headcounts lists what the catalogue knows of a unit's population, by day. Of the census
// of 2009 the published number is taken, or where there is none the sum of the parts.
func (u UnitFact) Headcounts() []Headcount {
	first := u.Population2009Published
	if first == 0 {
		first = u.Population2009
	}
	var counts []Headcount
	for _, c := range []Headcount{
		{census2009, first, FromCensus}, {census2019, u.Population2019, FromCensus}, {stated2025, u.Population2025, FromStatement},
	} {
		if c.Persons > 0 {
			counts = append(counts, c)
		}
	}
	return counts
}

// maxExtrapolation is how far from the nearest count a reference population is still
// worked out: as long as from one census to the next.
const maxExtrapolation = 10

// ReferencePopulation gives the population of a unit on a day from counts by day: as
// counted on the day, and otherwise at an even yearly rate. ok is false with a single
// count of another day, and more than ten years from the nearest.
func ReferencePopulation(counts []Headcount, date civil.Date) (reference Headcount, ok bool) {
	for _, c := range counts {
		if c.Date == date {
			return c, true
		}
	}
	if len(counts) < 2 {
		return Headcount{}, false
	}
	next := 1
	for next < len(counts)-1 && counts[next].Date.Before(date) {
		next++
	}
	from, to := counts[next-1], counts[next]
	basis := FromInterpolated
	switch {
	case date.After(to.Date):
		basis = FromExtrapolated
		ok = float64(date.DaysSince(to.Date)) <= maxExtrapolation*daysPerYear
	case date.Before(from.Date):
		basis = FromExtrapolated
		ok = float64(from.Date.DaysSince(date)) <= maxExtrapolation*daysPerYear
	default:
		ok = true
	}
	share := float64(date.DaysSince(from.Date)) / float64(to.Date.DaysSince(from.Date))
	persons := float64(from.Persons) * math.Pow(float64(to.Persons)/float64(from.Persons), share)
	return Headcount{date, int(math.Round(persons)), basis}, ok
}
