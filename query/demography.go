package query

import (
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// DependencyRow is the dependency ratio with the people it is made of: Total = 100 * (0-14
// and 65 and over) / 15-64. See catalog.AgeGroups for the source of the limits.
type DependencyRow struct {
	Total  float64           `json:"total"`
	Young  float64           `json:"young"`
	Old    float64           `json:"old"`
	Groups catalog.AgeGroups `json:"groups"`
}

// GrowthRow is the yearly rate at which the registered population grew since a year
// before, over the units that reported on both days.
type GrowthRow struct {
	From     civil.Date `json:"from"`
	Percent  *float64   `json:"percent_per_year"`
	Before   *int64     `json:"before"`
	After    *int64     `json:"after"`
	Coverage Coverage   `json:"coverage"`
}

// ReferenceRow is the population by the catalogue's censuses, beside that of the register.
type ReferenceRow struct {
	Persons int            `json:"persons"`
	Basis   string         `json:"basis"`
	Counts  []HeadcountRow `json:"counts"` // what it was worked out from, by day
	Flags   []catalog.Flag `json:"flags"`  // estimated when it was not counted on the day
	Date    civil.Date     `json:"date"`
}

// HeadcountRow is one count.
type HeadcountRow struct {
	Date    civil.Date `json:"date"`
	Persons int        `json:"persons"`
	Basis   string     `json:"basis"`
}

// settle works out what follows from the numbers that are shown.
func (p *Population) settle() {
	if p.Total != nil {
		if density, ok := catalog.Density(*p.Total, p.AreaKm2); ok {
			p.Density = &density
		}
	}
	men, women := p.BySex[male], p.BySex[female]
	if men != nil && women != nil {
		if ratio, ok := catalog.SexRatio(*men, *women); ok {
			p.SexRatio = &ratio
		}
	}
}

// areaOf is the land of the people counted: the unit's own when all below it have
// reported, else that of those who have.
func (s *Service) areaOf(unit UnitRef, e *evaluated, pieces []piece) float64 {
	area, all := 0.0, true
	for _, p := range pieces {
		if !e.all(p.number) {
			all = false
			continue
		}
		_, of := e.unit(p.number)
		share := 1.0
		if p.weight != nil {
			share, _ = p.weight.Float64()
		}
		area += of.AreaKm2 * share
	}
	if own, ok := s.layout.set.Unit(unit.Unit); ok && all && len(pieces) > 0 {
		return own.AreaKm2
	}
	return area
}

// growth compares two days over the units that reported on both. Nil when nobody has, when
// the same figures are carried forward to both days, and when a reform lies between them in
// which units of the one day and of the other were told.
func (p *pyramid) growth(before, after *evaluated, unit string, d *disclosure, concept int) *GrowthRow {
	if before.only != after.only || before.only == several {
		return nil
	}
	pieces := after.pieces(unit)
	var both []piece
	for _, p := range pieces {
		if before.all(p.number) && after.all(p.number) {
			both = append(both, p)
		}
	}
	was, is := p.count(before, both, concept), p.count(after, both, concept)
	if was.tally.reported == 0 || was.tally.newest >= is.tally.newest {
		return nil
	}
	row := &GrowthRow{From: before.period.Start, Coverage: coverage(len(both), len(pieces))}
	rest := p.count(after, pieces, concept).total - is.total // told by the total of all who reported
	hidden := p.shown(before, both, d, concept, was, p.hiddenTotals(before, d)[unit]).total ||
		p.shown(after, both, d, concept, is, p.hiddenTotals(after, d)[unit]).total
	if d.small(rest) || hidden {
		return row
	}
	row.Before, row.After = &was.total, &is.total
	if percent, ok := catalog.AnnualGrowth(was.total, is.total, before.period.Start, after.period.Start); ok {
		row.Percent = &percent
	}
	return row
}

// reference gives the population of a unit by the counts the catalogue knows; nil where
// they tell nothing about the day.
func (s *Service) reference(unit string, date civil.Date) *ReferenceRow {
	set, ok := s.deps.Catalog.BoundarySet(s.layout.set.Info().ID)
	if !ok {
		return nil
	}
	fact, _ := set.Unit(unit)
	counts := fact.Headcounts()
	found, ok := catalog.ReferencePopulation(counts, date)
	if !ok {
		return nil
	}
	row := &ReferenceRow{Persons: found.Persons, Basis: string(found.Basis), Date: date, Flags: []catalog.Flag{}}
	for _, c := range counts {
		row.Counts = append(row.Counts, HeadcountRow{c.Date, c.Persons, string(c.Basis)})
	}
	if found.Basis.Estimated() {
		row.Flags = append(row.Flags, catalog.Estimated)
	}
	return row
}
