package query

import (
	"math/big"
	"slices"
)

// fill lets what units told of a stock before a reform stand for the units they became, as
// long as these have told nothing complete themselves and all of those before have.
func (e *evaluated) fill(term int) {
	slice := e.plan.terms[term].slice
	if e.plan.terms[term].flow() {
		return
	}
	c := e.columns[term][0]
	c.filled = map[int]fill{}
	var all combos
	for _, wanted := range slice.wanted {
		all |= wanted
	}
	for layer := range e.terrain.layers {
		for number, pieces := range e.terrain.fills[layer] {
			unit := e.terrain.first[layer] + number
			if c.told[unit]&all == all || !e.allTold(c, layer-1, pieces, all) {
				continue
			}
			c.told[unit] = all
			for group := range slice.wanted {
				e.fillLeaf(c, group, unit, layer-1, pieces)
			}
		}
	}
	e.columns[term][0] = c
}

func (e *evaluated) allTold(c column, layer int, pieces []piece, all combos) bool {
	return !slices.ContainsFunc(pieces, func(p piece) bool { return c.told[e.terrain.first[layer]+p.number]&all != all })
}

func (e *evaluated) fillLeaf(c column, group, unit, layer int, pieces []piece) {
	exact, estimated, into := new(big.Rat), new(big.Rat), leaf{}
	var from []int
	for _, p := range pieces {
		number := e.terrain.first[layer] + p.number
		l, before := c.at(group, number), c.fillAt(group, number)
		part := new(big.Rat).SetInt64(l.sum)
		if before.rest != nil {
			part.Add(part, before.rest)
		}
		came := new(big.Rat)
		if before.estimated != nil {
			came.Set(before.estimated)
		}
		if p.weight != nil {
			part.Mul(part, p.weight)
			came.Set(part)
		}
		exact.Add(exact, part)
		estimated.Add(estimated, came)
		into.join(l)
		from = append(from, number)
	}
	into.sum = floorOf(exact)
	f := fill{from: from}
	if rest := exact.Sub(exact, new(big.Rat).SetInt64(into.sum)); rest.Sign() != 0 {
		f.rest = rest
	}
	if estimated.Sign() != 0 {
		f.estimated = estimated
	}
	c.leaves[group*e.units+unit] = into
	c.filled[group*e.units+unit] = f
}

func floorOf(r *big.Rat) int64 { return new(big.Int).Div(r.Num(), r.Denom()).Int64() }

func (c column) fillAt(group, unit int) fill { return c.filled[group*len(c.told)+unit] }

// fills tells whether anything was carried from layer to layer.
func (e *evaluated) fills() bool { return e.only == several }
