package geo

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// Carried is what an additive measure comes to on the units of another boundary set.
// What is inside and outside adds up to exactly what was carried.
type Carried struct {
	Units   map[string]Amount // by new unit; those that got nothing are not here
	Outside Amount            // what left the root
}

// Amount is a carried value as an exact fraction. Round only for display (Apportion).
type Amount struct {
	Value   *big.Rat
	From    []string // old units that gave something, by code
	Missing []string // old units that gave nothing as they have no value: not reported is not zero

	estimated, moved *big.Rat // sums of magnitudes: of what came by weight, and of all
}

// Exact tells whether only whole units came together.
func (a Amount) Exact() bool { return a.estimated == nil || a.estimated.Sign() == 0 }

// EstimatedShare is how much of an amount came by weight and not with a whole unit, from
// 0 to 1, by magnitude: parts of either sign do not hide each other.
func (a Amount) EstimatedShare() float64 {
	if a.Exact() {
		return 0
	}
	share, _ := new(big.Rat).Quo(a.estimated, a.moved).Float64()
	return share
}

// Carry shares the values of old units out to the new ones. A measure must be additive:
// numerators and denominators are carried separately and divided afterwards, and targets
// are not carried at all. A unit without a value is Missing in the amounts it would have
// been a part of. The error names a unit that is not of the lowest level of the old set.
func (x *Crosswalk) Carry(values map[string]*big.Rat) (Carried, error) {
	for _, code := range slices.Sorted(maps.Keys(values)) {
		if _, ok := x.links[code]; !ok {
			return Carried{}, fmt.Errorf("unit %q has a value to carry and is not of the lowest level of boundary set %s", code, x.from)
		}
	}
	c := Carried{Units: map[string]Amount{}}
	for new, links := range x.sources {
		if a := collect(links, values); len(a.From) > 0 {
			c.Units[new] = a
		}
	}
	c.Outside = collect(x.Leakage(), values)
	return c, nil
}

// CarryCounts is Carry for whole numbers.
func (x *Crosswalk) CarryCounts(values map[string]int64) (Carried, error) {
	fractions := make(map[string]*big.Rat, len(values))
	for code, n := range values {
		fractions[code] = new(big.Rat).SetInt64(n)
	}
	return x.Carry(fractions)
}

// collect adds up what links bring of their old units' values.
func collect(links []Link, values map[string]*big.Rat) Amount {
	a := Amount{Value: new(big.Rat), estimated: new(big.Rat), moved: new(big.Rat)}
	for _, l := range links {
		value, ok := values[l.Old]
		if !ok {
			a.Missing = append(a.Missing, l.Old)
			continue
		}
		part := value
		if !l.Whole() {
			part = new(big.Rat).Mul(value, l.Weight)
		}
		size := new(big.Rat).Abs(part)
		a.Value.Add(a.Value, part)
		a.moved.Add(a.moved, size)
		if !l.Whole() {
			a.estimated.Add(a.estimated, size)
		}
		a.From = append(a.From, l.Old)
	}
	return a
}

// Apportion rounds fractions to whole numbers for display so that they still add up to
// their rounded sum: each is rounded down, and those with the largest remainders get one
// more (Hamilton's method), the lower code of equals.
func Apportion(values map[string]*big.Rat) map[string]*big.Int {
	whole := make(map[string]*big.Int, len(values))
	rest := make(map[string]*big.Rat, len(values))
	total, given := new(big.Rat), new(big.Int)
	for code, v := range values {
		whole[code] = floor(v)
		rest[code] = new(big.Rat).Sub(v, new(big.Rat).SetInt(whole[code]))
		total.Add(total, v)
		given.Add(given, whole[code])
	}
	order := slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Or(rest[b].Cmp(rest[a]), cmp.Compare(a, b))
	})
	missing := new(big.Int).Sub(floor(total.Add(total, big.NewRat(1, 2))), given)
	for _, code := range order[:missing.Int64()] { // as many as remainders of under 1 add up to: at most all
		whole[code].Add(whole[code], big.NewInt(1))
	}
	return whole
}

// floor is the largest whole number that is not above r.
func floor(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) } // Div rounds down, as denominators are positive
