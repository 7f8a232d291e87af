package catalog

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/golang-sql/civil"
)

// Population is the modelled reference population on one day.
type Population struct {
	Date   civil.Date
	Totals map[string]int // unit code > persons, of every unit from the root to the lowest level; parts add up
}

// PopulationCell is the number of persons of one sex, single year of age and residence.
type PopulationCell struct {
	Sex       string // "male", "female"
	Age       int    // the last one is open-ended
	Residence string // "permanent", "temporary"
	Count     int
}

// AgeMember gives the age as a member of the dimension.
func (c PopulationCell) AgeMember() string { return strconv.Itoa(c.Age) }

// Expected is the total of an anchor unit on a day, before it is rounded to persons:
// constant yearly growth through its two published censuses. ok is false without them.
func (m DemoPopulation) Expected(u UnitFact, date civil.Date) (persons float64, ok bool) {
	first, last := float64(u.Population2009Published), float64(u.Population2019)
	if first <= 0 || last <= 0 {
		return 0, false
	}
	passed := float64(date.DaysSince(m.CensusFrom)) / float64(m.CensusTo.DaysSince(m.CensusFrom))
	return first * math.Pow(last/first, passed), true
}

// At gives the population of every unit of a boundary set on a day. Anchor units get
// their expected total rounded to persons; the lowest level shares it out by the
// populations of 2009, to whole persons that add up; levels above add up what is below.
func (m DemoPopulation) At(set BoundarySet, date civil.Date) Population {
	p := Population{Date: date, Totals: map[string]int{}}
	t := newTree(set)
	for _, anchor := range set.Units {
		if anchor.Level != m.Anchor {
			continue
		}
		expected, _ := m.Expected(anchor, date)
		leaves, weights := t.leavesUnder(anchor.Code)
		for i, n := range apportion(int(math.Round(expected)), weights) {
			for code := leaves[i]; code != ""; code = t.parent[code] {
				p.Totals[code] += n
			}
		}
	}
	return p
}

// tree is the hierarchy of a boundary set, for walks from the leaves up.
type tree struct {
	leaves []UnitFact
	parent map[string]string
}

func newTree(set BoundarySet) tree {
	t := tree{parent: map[string]string{}}
	lowest := set.Info.Levels[len(set.Info.Levels)-1].ID
	for _, u := range set.Units {
		t.parent[u.Code] = u.Parent
		if u.Level == lowest {
			t.leaves = append(t.leaves, u)
		}
	}
	return t
}

// leavesUnder gives the units of the lowest level in a unit, with their weights.
func (t tree) leavesUnder(ancestor string) (codes []string, weights []float64) {
	for _, u := range t.leaves {
		code := u.Code
		for code != "" && code != ancestor {
			code = t.parent[code]
		}
		if code == ancestor {
			codes = append(codes, u.Code)
			weights = append(weights, float64(u.Population2009))
		}
	}
	return codes, weights
}

// Fraction gives the expected share of a unit's population that passes filters on sex,
// age and residence, before any rounding to persons.
func (m DemoPopulation) Fraction(unitType string, where map[string]Filter) float64 {
	passes := func(dimension, member string, integer bool) bool {
		return Dimension{ID: dimension, Integer: integer}.passes(member, where[dimension])
	}
	residents := 0.0
	if passes("residence", "permanent", false) {
		residents += 1 - m.Temporary[unitType]
	}
	if passes("residence", "temporary", false) {
		residents += m.Temporary[unitType]
	}
	people := 0.0
	for _, sex := range sortedKeys(m.Ages) {
		for age, share := range m.Ages[sex] {
			if passes("sex", sex, false) && passes("age", strconv.Itoa(age), true) {
				people += share
			}
		}
	}
	return people * residents
}

// Cells splits the total of a unit by residence, sex and single year of age, in whole
// persons that add up to it: cells ordered by sex, age, residence.
func (m DemoPopulation) Cells(unitType string, total int) []PopulationCell {
	var cells []PopulationCell
	var weights []float64
	temporary := m.Temporary[unitType]
	for _, sex := range sortedKeys(m.Ages) {
		for age, share := range m.Ages[sex] {
			cells = append(cells,
				PopulationCell{Sex: sex, Age: age, Residence: "permanent"},
				PopulationCell{Sex: sex, Age: age, Residence: "temporary"})
			weights = append(weights, share*(1-temporary), share*temporary)
		}
	}
	for i, n := range apportion(total, weights) {
		cells[i].Count = n
	}
	return cells
}

// apportion splits a total into whole parts by weight, so that they add up: largest
// remainders first (Hamilton's method), the earlier of equals.
func apportion(total int, weights []float64) []int {
	parts := make([]int, len(weights))
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	if sum <= 0 {
		return parts
	}
	rest := total
	remainders := make([]float64, len(weights))
	order := make([]int, len(weights))
	for i, w := range weights {
		exact := float64(total) * w / sum
		parts[i] = int(exact)
		rest -= parts[i]
		remainders[i] = exact - float64(parts[i])
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, i := range order[:rest] {
		parts[i]++
	}
	return parts
}
