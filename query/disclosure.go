package query

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/toancanh/toancanh/query/catalog"
)

// disclosure decides what of a sensitive measure (people in small cells) may be seen. It
// is the one place for values, breakdowns, pyramids, provenance and metrics. Numbered
// releases, protected together, will take its place; until then a single answer does not
// give a small cell away, neither directly nor as a difference within the answer.
type disclosure struct {
	threshold int64
	rank      map[string]int
	root      string
	children  map[string][]string
}

func newDisclosure(c *catalog.Catalog, l *layout) *disclosure {
	d := &disclosure{threshold: int64(c.Disclosure.Threshold), rank: l.rank, root: l.set.Root().Code, children: map[string][]string{}}
	for code := range l.names {
		for _, child := range l.set.Children(code) {
			d.children[code] = append(d.children[code], child.Code)
		}
	}
	return d
}

func sensitive(m catalog.Measure) bool { return m.SensitiveBelow != "" }

// refuses tells whether parts of a measure along a dimension are kept from a level. A
// level the set does not know is taken for the root's, so that only the root is shown.
func (d *disclosure) refuses(m catalog.Measure, dim, level string) bool {
	return sensitive(m) && slices.Contains(m.SensitiveDims, dim) && d.rank[level] > d.rank[m.SensitiveBelow]
}

// small tells whether a count of people must not be seen. Zero may.
func (d *disclosure) small(count int64) bool { return count > 0 && count < d.threshold }

// hiddenCells decides which parts of a known total are hidden: the small ones, and so
// many others, the least first, that the hidden ones cannot be told from what is left of
// the total. Known to be at least 1 each, they are safe when the rest could make any of
// them reach the threshold.
func (d *disclosure) hiddenCells(cells []int64) []bool {
	hidden := make([]bool, len(cells))
	var count, sum int64
	hide := func(i int) { hidden[i], count, sum = true, count+1, sum+cells[i] }
	for i, cell := range cells {
		if d.small(cell) {
			hide(i)
		}
	}
	for _, i := range leastFirst(cells) {
		if count == 0 || count > 1 && sum-(count-1) >= d.threshold {
			break
		}
		if !hidden[i] && cells[i] > 0 {
			hide(i)
		}
	}
	return hidden
}

// covered tells whether hidden parts of a known total cannot be told from what is left.
func (d *disclosure) covered(cells []int64, hidden []bool) bool {
	var count, sum int64
	for i, is := range hidden {
		if is {
			count, sum = count+1, sum+cells[i]
		}
	}
	return count == 0 || count > 1 && sum-(count-1) >= d.threshold
}

// coverTotal keeps a hidden total from being the sum of parts that are all seen.
func coverTotal(cells []int64, hidden []bool) {
	if slices.Contains(hidden, true) {
		return
	}
	for _, i := range leastFirst(cells) {
		if cells[i] > 0 {
			hidden[i] = true
			return
		}
	}
}

func leastFirst(cells []int64) []int {
	order := make([]int, len(cells))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cells[a], cells[b]) })
	return order
}

// hiddenUnits decides in which units an indicator over people is hidden: where one of
// its counts is small, and where one could be told from the units around it. It is nil,
// as nearly always, when no count is small.
func (d *disclosure) hiddenUnits(e *evaluated) map[string]bool {
	var hidden map[string]bool
	for _, e := range e.withBeside() {
		hidden = d.hiddenBy(hidden, e, e.peopleCounts())
	}
	return hidden
}

// hiddenBy adds the units in which one of some counts is hidden.
func (d *disclosure) hiddenBy(hidden map[string]bool, e *evaluated, counts []peopleCount) map[string]bool {
	for _, count := range counts {
		if e.shares() || d.anySmall(e, count) {
			hidden = d.hiddenOn(hidden, e.terrain.last().codes(), count, e.pieces)
		}
	}
	return d.hiddenBefore(e, counts, hidden)
}

// withBeside are the figures of an indicator and those that follow beside them.
func (e *evaluated) withBeside() []*evaluated { return append([]*evaluated{e}, e.beside...) }

// hiddenOn adds the units of a tree in which a count is hidden.
func (d *disclosure) hiddenOn(hidden map[string]bool, codes []string, count peopleCount, pieces func(code string) []piece) map[string]bool {
	if hidden == nil {
		hidden = map[string]bool{}
	}
	sums := map[string]int64{}
	for _, code := range codes {
		sums[code] = addUp(count, 0, pieces(code))
	}
	if d.small(sums[d.root]) {
		hidden[d.root] = true
	}
	d.hideBelow(d.root, sums, hidden)
	return hidden
}

// hiddenBefore adds the units from which, beside an answer on an earlier boundary set, a
// number hidden there could be told. What is shown is made up of units that are shown
// there: a unit with a hidden one in it is hidden, unless it is the same ground as a unit
// that is shown.
func (d *disclosure) hiddenBefore(e *evaluated, counts []peopleCount, hidden map[string]bool) map[string]bool {
	for i, earlier := range e.terrain.layers[:len(e.terrain.layers)-1] {
		if e.only != several && e.only != i {
			continue
		}
		var then map[string]bool
		for _, count := range counts {
			if d.anySmall(e, count) {
				then = earlier.disclosure.hiddenOn(then, earlier.codes(), count, e.piecesOf(i))
			}
		}
		if then == nil {
			continue
		}
		if hidden == nil {
			hidden = map[string]bool{}
		}
		for _, code := range e.terrain.last().codes() {
			pieces := e.pieces(code)
			same, isSame := e.sameGround(pieces, i)
			hidden[code] = hidden[code] || !(isSame && !then[same]) && slices.ContainsFunc(pieces, func(p piece) bool {
				l, unit := e.unit(p.number)
				return l == earlier && then[unit.Code]
			})
		}
	}
	return hidden
}

// hiddenParts decides which groups of a breakdown of one unit are hidden: a part is
// hidden as a whole when one of its counts is, and when it is in one of the units of an
// earlier boundary set that together are no unit shown there.
func (d *disclosure) hiddenParts(e *evaluated, unit string, parts int) []bool {
	hidden := make([]bool, parts)
	for _, e := range e.withBeside() {
		pieces := e.pieces(unit)
		d.hidePartsOf(hidden, e, pieces)
		if !e.mixed(pieces) {
			continue
		}
		for _, p := range pieces {
			d.hidePartsOf(hidden, e, []piece{{number: p.number}})
		}
	}
	return hidden
}

func (d *disclosure) hidePartsOf(hidden []bool, e *evaluated, pieces []piece) {
	parts := len(hidden)
	for _, count := range e.peopleCounts() {
		cells := make([]int64, parts)
		for group := range cells {
			cells[group] = addUp(count, group, pieces)
		}
		for group, cover := range d.hiddenCells(cells) {
			hidden[group] = hidden[group] || cover
		}
	}
}

func (d *disclosure) anySmall(e *evaluated, count peopleCount) bool {
	for unit := range e.units {
		if d.small(count(0, unit)) {
			return true
		}
	}
	return false
}

// peopleCount is a number of people a value tells about a leaf unit.
type peopleCount func(group, unit int) int64

func addUp(count peopleCount, group int, pieces []piece) int64 {
	var sum int64
	var shares *big.Rat
	for _, p := range pieces {
		n := count(group, p.number)
		if p.weight == nil {
			sum += n
			continue
		}
		if shares == nil {
			shares = new(big.Rat)
		}
		part := new(big.Rat).SetInt64(n)
		shares.Add(shares, part.Mul(part, p.weight))
	}
	if shares != nil {
		sum = headcountOf(shares.Add(shares, new(big.Rat).SetInt64(sum)))
	}
	return sum
}

// peopleCounts are the numbers of people a value tells about: the sums of sensitive
// measures in it, what one of them leaves of another that holds the same people, and what
// several of them add up to.
func (e *evaluated) peopleCounts() []peopleCount {
	if e.plan.follow != nil {
		return e.plan.follow.peopleCounts(e)
	}
	var counts []peopleCount
	for i, t := range e.plan.terms {
		if !sensitive(t.slice.measure) {
			continue
		}
		whole := func(group, unit int) int64 { return e.counted(i, group, unit) }
		counts = append(counts, whole)
		for k, other := range e.plan.terms {
			if k != i && t.slice.holds(other.slice) {
				counts = append(counts, func(group, unit int) int64 { return whole(group, unit) - e.counted(k, group, unit) })
			}
		}
	}
	for _, denominator := range []bool{false, true} {
		if several := e.plan.sensitiveTerms(denominator); len(several) > 1 {
			counts = append(counts, func(group, unit int) int64 { return e.addedUp(several, group, unit) })
		}
	}
	return counts
}

// sensitiveTerms gives the places of the terms on one side of the fraction bar that are
// sensitive.
func (p *plan) sensitiveTerms(denominator bool) []int {
	var places []int
	for i, t := range p.terms {
		if t.denominator == denominator && sensitive(t.slice.measure) {
			places = append(places, i)
		}
	}
	return places
}

func (e *evaluated) addedUp(terms []int, group, unit int) int64 {
	var sum int64
	for _, i := range terms {
		if e.plan.terms[i].minus {
			sum -= e.counted(i, group, unit)
		} else {
			sum += e.counted(i, group, unit)
		}
	}
	return sum
}

// hideBelow goes down the tree. Under a unit that is seen the hidden children must not be
// the only difference; under one that is hidden at least one child must be hidden too.
func (d *disclosure) hideBelow(unit string, sums map[string]int64, hidden map[string]bool) {
	children := d.children[unit]
	cells := make([]int64, len(children))
	for i, child := range children {
		cells[i] = sums[child]
	}
	cover := d.hiddenCells(cells)
	if hidden[unit] {
		coverTotal(cells, cover)
	}
	for i, child := range children {
		hidden[child] = hidden[child] || cover[i]
		d.hideBelow(child, sums, hidden)
	}
}

// counted is what a term adds for one leaf unit.
func (e *evaluated) counted(term, group, unit int) int64 {
	var sum int64
	for slot := range e.slots {
		if !e.complete(group, unit, slot) {
			continue
		}
		l := e.leaf(term, group, unit, slot)
		if e.plan.terms[term].slice.measure.TimeRule != catalog.Flow {
			return l.sum
		}
		sum += l.sum
	}
	return sum
}
