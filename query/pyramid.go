package query

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// The dimensions and members a population measure has by convention; single years of age
// are its integer dimension.
const (
	populationDataset  = "population"
	sexDimension       = "sex"
	residenceDimension = "residence"
	male, female       = "male", "female"
	bandYears          = 5
	adultAge           = 14 // identity cards and e-identification are for people of 14 and over
)

var sexes = [...]string{male, female}

// pyramid counts people by part, sex and residence in one pass. Parts are the five-year
// bands, the one around adultAge split in two, so that the total from that age on is exact;
// the broad age groups begin with a band.
type pyramid struct {
	plan      *plan
	age       string // id of the dimension of single years
	parts     []ages
	residence []string
}

// ages are from..to; the last ones are open when the dimension says so.
type ages struct {
	from, to int
	open     bool
}

func (s *Service) pyramid() (*pyramid, error) {
	c := s.deps.Catalog
	i := slices.IndexFunc(c.Measures, func(m catalog.Measure) bool { return m.Dataset == populationDataset })
	if i < 0 {
		return nil, notFound("no_population", "", "Danh mục không có số liệu dân số", "the catalogue has no population")
	}
	m := c.Measures[i]
	p := &pyramid{}
	for _, id := range m.Dimensions {
		dim, _ := c.Dimension(id)
		switch {
		case dim.Integer:
			p.age, p.parts = id, partsOf(dim)
		case id == residenceDimension:
			p.residence = memberIDs(dim)
		}
	}
	if len(p.parts) == 0 || len(p.residence) == 0 || !slices.Contains(m.Dimensions, sexDimension) {
		return nil, notFound("no_pyramid", "", "Số liệu dân số không có đủ tuổi, giới tính, cư trú", "the population is not given by age, sex and residence")
	}
	whole, err := sliceOf(c, catalog.Term{Measure: m.ID})
	if err != nil {
		return nil, err
	}
	bars := whole.regroup(c, "pyramid", len(p.parts)*len(sexes)*len(p.residence), p.group)
	p.plan = &plan{level: m.Level, terms: []term{{slice: bars}}}
	return p, nil
}

func partsOf(dim catalog.Dimension) []ages {
	var parts []ages
	for _, m := range dim.Members {
		age, err := strconv.Atoi(m.ID)
		if err != nil {
			continue
		}
		if len(parts) == 0 || age%bandYears == 0 || age == adultAge {
			parts = append(parts, ages{from: age})
		}
		parts[len(parts)-1].to = age
	}
	if len(parts) > 0 {
		parts[len(parts)-1].open = dim.OpenEnd
	}
	return parts
}

// group gives the group of a row by its dims.
func (p *pyramid) group(dims map[string]string) (int, bool) {
	age, err := strconv.Atoi(dims[p.age])
	sex, living := slices.Index(sexes[:], dims[sexDimension]), slices.Index(p.residence, dims[residenceDimension])
	part := slices.IndexFunc(p.parts, func(a ages) bool { return age >= a.from && age <= a.to })
	return p.number(part, sex, living), err == nil && part >= 0 && sex >= 0 && living >= 0
}

func (p *pyramid) number(part, sex, living int) int {
	return (part*len(sexes)+sex)*len(p.residence) + living
}

// heads are the people of a unit, added up from the groups.
type heads struct {
	total, adult int64
	under, just  int64 // in the band that adultAge lies in: younger, and of that age
	sex          []int64
	living       []int64
	bands        []ages
	bars         [len(sexes)][]int64 // of each sex, band after band
	broad        catalog.AgeGroups
	tally        tally
}

// everybody counts people of all residences.
const everybody = -1

// concept gives the number of a residence asked for, everybody without one.
func (p *pyramid) concept(residence string) (int, error) {
	if residence == "" {
		return everybody, nil
	}
	if i := slices.Index(p.residence, residence); i >= 0 {
		return i, nil
	}
	return 0, invalid("unknown_residence", "residence", "Không có hình thức cư trú này", "there is no such kind of residence").withHint(list(p.residence))
}

// count adds up the people of one concept of residence; living is of everybody.
func (p *pyramid) count(e *evaluated, pieces []piece, concept int) heads {
	h := heads{sex: make([]int64, len(sexes)), living: make([]int64, len(p.residence))}
	said := slices.DeleteFunc(slices.Clone(pieces), func(p piece) bool { return !e.all(p.number) })
	cells := e.people(said, len(p.parts)*len(sexes)*len(p.residence), &h.tally)
	for part, span := range p.parts {
		if part == 0 || span.from != adultAge {
			h.bands = append(h.bands, span)
			for sex := range sexes {
				h.bars[sex] = append(h.bars[sex], 0)
			}
		}
		h.bands[len(h.bands)-1].to, h.bands[len(h.bands)-1].open = span.to, span.open
		for sex := range sexes {
			for living := range p.residence {
				n := cells[p.number(part, sex, living)]
				h.living[living] += n
				if concept == everybody || concept == living {
					h.add(span, sex, n)
				}
			}
		}
	}
	h.tally.reported, h.tally.expected = len(said), len(pieces)
	return h
}

func (h *heads) add(span ages, sex int, n int64) {
	h.total += n
	h.sex[sex] += n
	h.broad.Add(span.from, n)
	h.bars[sex][len(h.bands)-1] += n
	if span.from >= adultAge {
		h.adult += n
	}
	switch {
	case span.from == adultAge:
		h.just += n
	case span.to == adultAge-1:
		h.under += n
	}
}

// all tells whether a unit said everything the groups want together.
func (e *evaluated) all(unit int) bool {
	for group := range e.plan.terms[0].slice.wanted {
		if !e.complete(group, unit, 0) {
			return false
		}
	}
	return true
}

// people counts every group. Shares of units make parts of persons: those are rounded so
// that the groups still add up to their rounded sum.
func (e *evaluated) people(pieces []piece, groups int, t *tally) []int64 {
	cells := make([]int64, groups)
	exact := map[string]*big.Rat{}
	for group := range cells {
		one := e.sumOf(group, pieces)
		t.join(one, nil)
		cells[group] = one.numerator
		if one.weighed != nil {
			exact[fmt.Sprintf("%06d", group)] = one.exact(false)
		}
	}
	if len(exact) == 0 {
		return cells
	}
	for group := range cells {
		if key := fmt.Sprintf("%06d", group); exact[key] == nil {
			exact[key] = new(big.Rat).SetInt64(cells[group])
		}
	}
	for key, n := range geo.Apportion(exact) {
		group, _ := strconv.Atoi(key) // as written above
		cells[group] = n.Int64()
	}
	return cells
}

// sumOf adds one group up, of units that have said everything.
func (e *evaluated) sumOf(group int, pieces []piece) tally {
	var t tally
	for _, p := range pieces {
		var one tally
		one.add(e.plan.terms[0], e.leaf(0, group, p.number, 0))
		one.addFill(e.plan.terms[0], e.columns[0][0].fillAt(group, p.number))
		one.carried = e.isCarried(p.number)
		if p.weight == nil && one.weighed == nil && t.weighed == nil {
			t.numerator, t.carried = t.numerator+one.numerator, t.carried || one.carried
			t.see(one)
			continue
		}
		t.join(one, p.weight)
	}
	return t
}

// people writes the pyramid of units under disclosure control.
func (p *pyramid) people(e *evaluated, unit string, d *disclosure, concept int) Population {
	pieces := e.pieces(unit)
	h := p.count(e, pieces, concept)
	out := Population{
		Concept: "all", BySex: map[string]*int64{}, Residence: map[string]*int64{}, Bands: []Band{},
		Coverage: coverage(h.tally.reported, h.tally.expected), Flags: []catalog.Flag{},
	}
	if concept != everybody {
		out.Concept = p.residence[concept]
	}
	if h.tally.reported == 0 {
		return out
	}
	newest := h.tally.newest.date()
	out.LastObservation = &newest
	out.Flags = h.tally.evidence(catalog.PeriodOf(catalog.Month, e.period.End), e.period.End).Flags()
	if share := h.tally.estimatedShare(); share > 0 {
		out.EstimatedShare, out.Flags = share, append([]catalog.Flag{catalog.Estimated}, out.Flags...)
	}
	shown := p.shown(e, pieces, d, concept, h, p.hiddenTotals(e, d)[unit])
	out.Total, out.Aged14AndOver = shown.number(h.total, shown.total), shown.number(h.adult, shown.adult)
	for i, sex := range sexes {
		out.BySex[sex] = shown.number(h.sex[i], shown.sex[i])
	}
	for i, living := range p.residence {
		out.Residence[living] = shown.number(h.living[i], shown.living[i])
	}
	for i, span := range h.bands {
		out.Bands = append(out.Bands, band(span, h, shown, i))
	}
	if dependency, ok := h.broad.Dependency(); ok && !shown.hides() {
		out.Dependency = &DependencyRow{Total: dependency.Total, Young: dependency.Young, Old: dependency.Old, Groups: h.broad}
	}
	if shown.hides() {
		out.Flags = append(out.Flags, catalog.Suppressed)
	}
	return out
}

func band(span ages, h heads, shown mask, i int) Band {
	b := Band{
		From: span.from, Male: shown.number(h.bars[0][i], shown.bars[0][i]), Female: shown.number(h.bars[1][i], shown.bars[1][i]),
		Suppressed: shown.bars[0][i] || shown.bars[1][i],
	}
	if !span.open {
		b.To = &span.to
	}
	return b
}

func memberIDs(dim catalog.Dimension) []string {
	ids := make([]string, len(dim.Members))
	for i, m := range dim.Members {
		ids[i] = m.ID
	}
	return ids
}
