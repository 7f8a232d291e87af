package query

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// known is what there is of a term before it is read: the days with figures, and the
// change they were looked up after.
type known struct {
	days    []day
	touched touch
}

// lay says which layers have figures for each period, before any is read: of stocks those
// with days that count, of flows those of the reporting periods.
func (s *Service) lay(p *plan, periods []catalog.Period, found []known, at instant) []*evaluated {
	t := s.ground.terrain(p.level)
	result := make([]*evaluated, len(periods))
	for i, period := range periods {
		e := &evaluated{plan: p, period: period, terrain: t, columns: make([][]column, len(p.terms))}
		e.inForce = s.ground.at(dayOf(at.last(period)))
		used := map[int]bool{e.inForce: true} // who is expected to report counts there
		for _, slot := range p.slots(period, at) {
			e.layers = append(e.layers, s.ground.at(dayOf(slot.End)))
			if p.hasFlows() {
				used[e.layers[e.slots]] = true
			}
			e.slots++
		}
		for k, term := range p.terms {
			for layer := range t.layers {
				if !term.flow() && s.window(layer, term.slice, found[k].days, dayOf(at.last(period))) != nothing {
					used[layer] = true
				}
			}
		}
		e.settle(used)
		result[i] = e
	}
	return result
}

func (t term) flow() bool { return t.slice.measure.TimeRule == catalog.Flow }

func (p *plan) hasFlows() bool { return slices.ContainsFunc(p.terms, term.flow) }

// settle decides how units are numbered.
func (e *evaluated) settle(used map[int]bool) {
	e.only = e.inForce
	for i := range used {
		e.only = i
	}
	if len(used) > 1 {
		e.only = several
	}
	e.units = e.terrain.total
	if e.only != several {
		e.units = len(e.terrain.layers[e.only].layout.units[e.terrain.level])
	}
	e.silent = e.unasked()
}

// knownOf looks up the days with figures of each term; of flows none.
func (s *Service) knownOf(ctx context.Context, p *plan) ([]known, error) {
	found := make([]known, len(p.terms))
	for i, t := range p.terms {
		found[i].touched = s.versions.ofMeasure(t.slice.measure.ID)
		if t.flow() {
			continue
		}
		days, err := s.leaves.datesOf(ctx, t.slice.measure.ID, found[i].touched)
		if err != nil {
			return nil, err
		}
		found[i].days = days.days
	}
	return found, nil
}

// window is the days a stock is read at in the units of a layer.
func (s *Service) window(layer int, slice *slice, days []day, last day) window {
	l := s.ground.layers[layer]
	from := l.from
	if carry := slice.measure.CarryForward; carry > 0 {
		from = max(from, last-day(carry))
	}
	return snap(days, from, min(last, l.to))
}

// unasked tells for each unit whether it is not expected to report one of the measures;
// nil when all are expected to report all.
func (e *evaluated) unasked() []bool {
	if !slices.ContainsFunc(e.plan.terms, func(t term) bool { return len(t.slice.measure.ExpectedTypes) > 0 }) {
		return nil
	}
	silent := make([]bool, e.units)
	for number := range silent {
		_, unit := e.unit(number)
		for _, t := range e.plan.terms {
			silent[number] = silent[number] || !t.slice.measure.Expects(unit.Type)
		}
	}
	return silent
}

// put stores the column of a term read in the units of a layer.
func (e *evaluated) put(term, slot, layer int, c column) {
	if e.only != several {
		if layer == e.only {
			e.columns[term][slot] = c
		}
		return
	}
	into := &e.columns[term][slot]
	groups := len(e.plan.terms[term].slice.wanted)
	if into.told == nil {
		*into = newColumn(groups, e.units)
	}
	first, units := e.terrain.first[layer], len(c.told)
	copy(into.told[first:], c.told)
	for group := range groups {
		copy(into.leaves[group*e.units+first:], c.leaves[group*units:(group+1)*units])
	}
}

// choose decides, where several layers have figures, which pieces each place is made up
// of. For stocks it is the newest layer in which one of its units has told all terms, at
// least one of them in that layer itself: what is missing there was filled in from the
// layer before. Flows are of the layer of their reporting period.
func (e *evaluated) choose() {
	if e.only != several {
		return
	}
	for term := range e.plan.terms {
		e.fill(term)
	}
	e.chosen = make([][]piece, len(e.terrain.spots))
	for i, spot := range e.terrain.spots {
		e.chosen[i] = e.newest(spot.pieces)
	}
}

// newest chooses among the pieces of each layer. Flows count in the layers of their
// reporting periods; a stock beside them only in the newest.
func (e *evaluated) newest(pieces [][]piece) []piece {
	layer := len(pieces) - 1
	for layer >= 0 && !slices.ContainsFunc(pieces[layer], func(p piece) bool { return e.speaksItself(p.number) }) {
		layer--
	}
	if layer < 0 {
		layer = e.inForce
	}
	if !e.plan.hasFlows() {
		return pieces[layer]
	}
	var all []piece
	for i := range pieces {
		for _, p := range pieces[i] {
			p.flowsOnly = i != layer
			all = append(all, p)
		}
	}
	return all
}

// speaksItself tells whether a unit has told all terms in some group, one of them itself.
func (e *evaluated) speaksItself(unit int) bool {
	for group := range e.plan.terms[0].slice.wanted {
		for slot := range e.slots {
			if e.speaks(unit, slot) && e.complete(group, unit, slot) && !e.filledOnly(group, unit) {
				return true
			}
		}
	}
	return false
}

// filledOnly tells whether nothing in a unit was told by itself.
func (e *evaluated) filledOnly(group, unit int) bool {
	return !slices.ContainsFunc(e.columns, func(of []column) bool {
		_, filled := of[0].filled[group*e.units+unit]
		return !filled
	})
}

// speaks tells whether figures of a slot are told in the layer of a unit.
func (e *evaluated) speaks(unit, slot int) bool {
	return e.only != several || !e.plan.hasFlows() || e.layerOf(unit) == e.layers[slot]
}

// layerOf is the layer of a unit by its number.
func (e *evaluated) layerOf(unit int) int {
	if e.only != several {
		return e.only
	}
	return e.terrain.layerOf(unit)
}

// isCarried tells whether a unit is of an earlier set than the question's.
func (e *evaluated) isCarried(unit int) bool { return e.layerOf(unit) != len(e.terrain.layers)-1 }

// unit gives a unit by its number, with its layer.
func (e *evaluated) unit(number int) (*layer, geo.Unit) {
	i := e.layerOf(number)
	if e.only == several {
		number -= e.terrain.first[i]
	}
	l := e.terrain.layers[i]
	return l, l.layout.units[e.terrain.level][number]
}

// join adds the rows and days of another leaf.
func (l *leaf) join(other leaf) {
	switch {
	case other.rows == 0:
	case l.rows == 0:
		l.rows, l.oldest, l.newest = other.rows, other.oldest, other.newest
	default:
		l.rows += other.rows
		l.oldest, l.newest = min(l.oldest, other.oldest), max(l.newest, other.newest)
	}
}

// pieces are the units that a unit of the question is made up of. Pieces of one unit that
// meet again make up the whole unit.
func (e *evaluated) pieces(unit string) []piece {
	if e.only != several {
		return e.terrain.under[e.only][unit]
	}
	if e.terrain.spots == nil {
		return e.moved(unit)
	}
	type place struct {
		number    int
		flowsOnly bool
	}
	shares := map[place]*big.Rat{}
	var order []place
	for _, spot := range e.terrain.within[unit] {
		for _, p := range e.chosen[spot] {
			weight, at := cmp.Or(p.weight, wholeUnit), place{p.number, p.flowsOnly}
			if had := shares[at]; had != nil {
				weight = new(big.Rat).Add(had, weight)
			} else {
				order = append(order, at)
			}
			shares[at] = weight
		}
	}
	pieces := make([]piece, len(order))
	for i, at := range order {
		pieces[i] = piece{number: at.number, flowsOnly: at.flowsOnly}
		if share := shares[at]; share.Cmp(wholeUnit) != 0 {
			pieces[i].weight = share
		}
		pieces[i].twin = at.flowsOnly && shares[place{at.number, false}] != nil
	}
	return pieces
}

// moved chooses for a whole unit of the question, where its parts cannot be chosen for
// apart. It has no pieces unless each layer makes it up exactly.
func (e *evaluated) moved(unit string) []piece {
	pieces := make([][]piece, len(e.terrain.layers))
	for layer, under := range e.terrain.under {
		for _, p := range under[unit] {
			pieces[layer] = append(pieces[layer], piece{number: p.number + e.terrain.first[layer], weight: p.weight})
		}
		if len(pieces[layer]) == 0 && e.plan.hasFlows() && slices.Contains(e.layers, layer) {
			return nil
		}
	}
	return e.newest(pieces)
}

// piecesOf gives the units of one layer under a unit of that layer.
func (e *evaluated) piecesOf(layer int) func(code string) []piece {
	first := 0
	if e.only == several {
		first = e.terrain.first[layer]
	}
	return func(code string) []piece {
		numbers := e.terrain.layers[layer].layout.under[e.terrain.level][code]
		pieces := make([]piece, len(numbers))
		for i, n := range numbers {
			pieces[i].number = n + first
		}
		return pieces
	}
}

// sameGround gives the unit of a layer that pieces make up, if they make one up.
func (e *evaluated) sameGround(pieces []piece, layer int) (code string, ok bool) {
	numbers := make([]int, len(pieces))
	for i, p := range pieces {
		if p.weight != nil || e.layerOf(p.number) != layer {
			return "", false
		}
		numbers[i] = p.number
		if e.only == several {
			numbers[i] -= e.terrain.first[layer]
		}
	}
	slices.Sort(numbers)
	code, ok = e.terrain.same[layer][fmt.Sprint(numbers)]
	return code, ok
}

// mixed tells whether pieces are of an earlier boundary set and no unit of it together.
func (e *evaluated) mixed(pieces []piece) bool {
	if len(pieces) == 0 || !slices.ContainsFunc(pieces, func(p piece) bool { return e.isCarried(p.number) }) {
		return false
	}
	_, same := e.sameGround(pieces, e.layerOf(pieces[0].number))
	return !same
}

// shares tells whether units of the question hold only shares of others: a share may be
// small where no unit is.
func (e *evaluated) shares() bool {
	return slices.ContainsFunc(e.terrain.layers, func(l *layer) bool { return l.walk != nil && !l.walk.Exact() })
}
