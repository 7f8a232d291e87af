package query

import "slices"

// mask says which numbers of a pyramid are hidden.
type mask struct {
	total, adult bool
	sex, living  []bool
	bars         [len(sexes)][]bool
}

func (m mask) number(n int64, hidden bool) *int64 {
	if hidden {
		return nil
	}
	return &n
}

func (m mask) hides() bool {
	hides := m.total || m.adult || slices.Contains(m.sex, true) || slices.Contains(m.living, true)
	for _, bars := range m.bars {
		hides = hides || slices.Contains(bars, true)
	}
	return hides
}

// add hides what another mask hides.
func (m *mask) add(other mask) {
	m.total, m.adult = m.total || other.total, m.adult || other.adult
	cover := func(hidden, more []bool) {
		for i := range hidden {
			hidden[i] = hidden[i] || more[i]
		}
	}
	cover(m.sex, other.sex)
	cover(m.living, other.living)
	for i := range m.bars {
		cover(m.bars[i], other.bars[i])
	}
}

// totals of a unit that are hidden for the sake of the units around it.
type totals struct{ people, adult, living bool }

// hiddenTotals decides, for every unit, which totals of its pyramid are hidden because they,
// or those of a unit around it, are small: the same that are hidden as values of indicators.
func (p *pyramid) hiddenTotals(e *evaluated, d *disclosure) map[string]totals {
	found := map[string]totals{}
	if !sensitive(e.plan.terms[0].slice.measure) {
		return found
	}
	people := func(kind func(part ages, living int) bool) peopleCount {
		return func(_, unit int) int64 {
			var sum int64
			for part, span := range p.parts {
				for living := range p.residence {
					if !kind(span, living) {
						continue
					}
					for sex := range sexes {
						sum += e.counted(0, p.number(part, sex, living), unit)
					}
				}
			}
			return sum
		}
	}
	everybody := people(func(ages, int) bool { return true })
	adult := people(func(part ages, _ int) bool { return part.from >= adultAge })
	minor := people(func(part ages, _ int) bool { return part.from < adultAge })
	var residents []peopleCount
	for living := range p.residence {
		residents = append(residents, people(func(_ ages, other int) bool { return other == living }))
	}
	mark := func(counts []peopleCount, set func(t *totals)) {
		for code, hidden := range d.hiddenBy(nil, e, counts) {
			if hidden {
				t := found[code]
				set(&t)
				found[code] = t
			}
		}
	}
	mark([]peopleCount{everybody}, func(t *totals) { t.people = true })
	mark([]peopleCount{everybody, adult, minor}, func(t *totals) { t.adult = true })
	mark(append(residents, everybody), func(t *totals) { t.living = true })
	return found
}

// shown decides what of a pyramid may be seen. What is hidden of one residence is hidden
// of the others too, for everybody is their sum; and what is hidden in a unit of an earlier
// boundary set is hidden in one that it became a part of.
func (p *pyramid) shown(e *evaluated, pieces []piece, d *disclosure, concept int, h heads, around totals) mask {
	m := p.shownOf(e, pieces, d, concept, h, around)
	if !sensitive(e.plan.terms[0].slice.measure) || !e.mixed(pieces) {
		return m
	}
	for _, one := range pieces {
		alone := []piece{{number: one.number}}
		if e.all(one.number) {
			m.add(p.shownOf(e, alone, d, concept, p.count(e, alone, concept), around))
		}
	}
	return m
}

func (p *pyramid) shownOf(e *evaluated, pieces []piece, d *disclosure, concept int, h heads, around totals) mask {
	if !sensitive(e.plan.terms[0].slice.measure) {
		return h.open()
	}
	m := d.pyramid(h, concept, around)
	if concept == everybody {
		return m
	}
	for other := range p.residence {
		m.add(d.pyramid(p.count(e, pieces, other), other, around))
	}
	return m
}

// open is a mask that hides nothing.
func (h heads) open() mask {
	m := mask{sex: make([]bool, len(h.sex)), living: make([]bool, len(h.living))}
	for i := range h.bars {
		m.bars[i] = make([]bool, len(h.bars[i]))
	}
	return m
}

// pyramid decides what of a pyramid is hidden. The totals by sex are seen, so bars are
// covered within their sex. The number of adults divides a band: it is seen only where the
// people on both sides of it, and in that band, cannot be told by it.
func (d *disclosure) pyramid(h heads, concept int, around totals) mask {
	m := h.open()
	m.living = d.hiddenCells(h.living)
	for i := range m.living {
		m.living[i] = m.living[i] || around.living && h.living[i] > 0
	}
	m.total = d.small(h.total) || concept == everybody && around.people || concept != everybody && m.living[concept]
	if concept == everybody && m.total {
		coverTotal(h.living, m.living)
	}
	m.sex = d.hiddenCells(h.sex)
	if m.total {
		coverTotal(h.sex, m.sex)
	}
	m.adult = true
	if !m.total && !slices.Contains(m.sex, true) && !around.adult && d.adultsMayBeSeen(h) && d.coverSides(h, &m) {
		m.adult = false
		return m
	}
	for i := range h.bars {
		m.bars[i] = d.hiddenCells(h.bars[i])
		if m.sex[i] {
			coverTotal(h.bars[i], m.bars[i])
		}
	}
	return m
}

// adultsMayBeSeen tells whether the number of adults leaves no few people: under that age,
// from it on, and of the band that it lies in on either side.
func (d *disclosure) adultsMayBeSeen(h heads) bool {
	return !d.small(h.adult) && !d.small(h.total-h.adult) && !d.small(h.under) && !d.small(h.just)
}

// coverSides hides bars under and over adultAge apart, so that the number of adults tells
// nothing of those that are hidden. It fails where a side has too few people for that.
func (d *disclosure) coverSides(h heads, m *mask) bool {
	middle := slices.IndexFunc(h.bands, func(a ages) bool { return a.from < adultAge && a.to >= adultAge })
	for i, bars := range h.bars {
		if middle < 0 || d.small(bars[middle]) {
			return false
		}
		for _, side := range [][2]int{{0, middle}, {middle + 1, len(bars)}} {
			cells := bars[side[0]:side[1]]
			hidden := d.hiddenCells(cells)
			if !d.covered(cells, hidden) {
				return false
			}
			copy(m.bars[i][side[0]:side[1]], hidden)
		}
	}
	return true
}
