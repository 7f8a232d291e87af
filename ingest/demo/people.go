package demo

import (
	"slices"
	"strconv"

	"github.com/toancanh/toancanh/query/catalog"
)

// people are the cells of the population that a measure is a share of: those that pass the filters of its base, by
// combo. The cells of a province are looked at for each measure and month, so what belongs together is found once.
type people struct {
	where  []filter
	groups []group // the different parts of the population that combos are shares of
	of     []int   // by combo: its group
}

// group is a part of the population; an empty dimension is not looked at. Dimensions that people are not counted by
// are split by weights.
type group struct{ sex, residence, age string }

// filter is a condition on one dimension.
type filter struct {
	dimension string
	catalog.Filter
}

func newPeople(d catalog.DemoMeasure, combos []combo) *people {
	p := &people{of: make([]int, len(combos))}
	for id, f := range d.Base.Where {
		p.where = append(p.where, filter{id, f})
	}
	for c, combo := range combos {
		g := group{combo.members["sex"], combo.members["residence"], combo.members["age"]}
		if p.of[c] = slices.Index(p.groups, g); p.of[c] < 0 {
			p.of[c] = len(p.groups)
			p.groups = append(p.groups, g)
		}
	}
	return p
}

// sums adds up the persons of the cells, by combo.
func (p *people) sums(cells []catalog.PopulationCell) []int64 {
	totals := make([]int64, len(p.groups))
	for i := range cells {
		cell := &cells[i]
		if !p.counts(cell) {
			continue
		}
		for g := range p.groups {
			if p.groups[g].has(cell) {
				totals[g] += int64(cell.Count)
			}
		}
	}
	sums := make([]int64, len(p.of))
	for c, g := range p.of {
		sums[c] = totals[g]
	}
	return sums
}

// counts tells whether a cell passes the filters of the base.
func (p *people) counts(cell *catalog.PopulationCell) bool {
	for i := range p.where {
		if !p.where[i].passes(cell) {
			return false
		}
	}
	return true
}

// passes tells whether a cell meets the condition. A range is one of whole numbers, which of the dimensions of people
// only ages are.
func (f *filter) passes(cell *catalog.PopulationCell) bool {
	if f.dimension == "age" && len(f.Members) == 0 {
		return (f.From == nil || cell.Age >= *f.From) && (f.To == nil || cell.Age <= *f.To)
	}
	member := member(cell, f.dimension)
	if len(f.Members) > 0 && !slices.Contains(f.Members, member) {
		return false
	}
	n, err := strconv.Atoi(member)
	return (f.From == nil || err == nil && n >= *f.From) && (f.To == nil || err == nil && n <= *f.To)
}

// has tells whether a cell belongs to the group.
func (g *group) has(cell *catalog.PopulationCell) bool {
	return (g.sex == "" || cell.Sex == "" || g.sex == cell.Sex) &&
		(g.residence == "" || cell.Residence == "" || g.residence == cell.Residence) &&
		(g.age == "" || g.age == strconv.Itoa(cell.Age))
}

func member(cell *catalog.PopulationCell, dimension string) string {
	switch dimension {
	case "sex":
		return cell.Sex
	case "residence":
		return cell.Residence
	case "age":
		return strconv.Itoa(cell.Age)
	}
	return ""
}
