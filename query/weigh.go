package query

import (
	"math/big"

	"github.com/toancanh/toancanh/query/catalog"
)

// weighed is what weights add to the whole numbers of a tally, exactly.
type weighed struct{ numerator, denominator side }

// side is one side of the fraction bar. Magnitudes are summed so that parts of either
// sign do not hide each other.
type side struct {
	rest      big.Rat // beside the whole number
	estimated big.Rat // magnitude of what came by weight
	moved     big.Rat // magnitude of all
}

func (t *tally) weighing() *weighed {
	if t.weighed == nil {
		t.weighed = &weighed{}
	}
	return t.weighed
}

// join adds the tally of one unit, or of its share.
func (t *tally) join(one tally, share *big.Rat) {
	numerator, denominator := one.exact(false), one.exact(true)
	w := t.weighing()
	if share == nil {
		t.numerator, t.denominator = t.numerator+one.numerator, t.denominator+one.denominator
		w.numerator.join(one.of(false), numerator)
		w.denominator.join(one.of(true), denominator)
	} else {
		w.numerator.share(numerator, share)
		w.denominator.share(denominator, share)
	}
	t.reported, t.expected = t.reported+one.reported, t.expected+one.expected
	t.implausible, t.carried = t.implausible || one.implausible, t.carried || one.carried
	t.see(one)
}

// of is a side of a tally, zero without any weights. It is not to be changed.
func (t tally) of(denominator bool) *side {
	switch {
	case t.weighed == nil:
		return &side{}
	case denominator:
		return &t.weighed.denominator
	default:
		return &t.weighed.numerator
	}
}

func (s *side) join(one *side, exact *big.Rat) {
	s.rest.Add(&s.rest, &one.rest)
	s.estimated.Add(&s.estimated, &one.estimated)
	s.moved.Add(&s.moved, new(big.Rat).Abs(exact))
}

func (s *side) share(exact, share *big.Rat) {
	part := new(big.Rat).Mul(exact, share)
	s.rest.Add(&s.rest, part)
	part = new(big.Rat).Abs(part)
	s.estimated.Add(&s.estimated, part)
	s.moved.Add(&s.moved, part)
}

// see widens the days of a tally by those of another.
func (t *tally) see(one tally) {
	switch {
	case !one.dated:
	case !t.dated:
		t.dated, t.oldest, t.newest, t.newestNumerator = true, one.oldest, one.newest, one.newestNumerator
	default:
		t.oldest, t.newest = min(t.oldest, one.oldest), max(t.newest, one.newest)
		t.newestNumerator = max(t.newestNumerator, one.newestNumerator)
	}
}

// addFill adds what a carried leaf holds beside its whole number.
func (t *tally) addFill(term term, f fill) {
	if f.rest == nil && f.estimated == nil {
		return
	}
	s := &t.weighing().numerator
	if term.denominator {
		s = &t.weighing().denominator
	}
	if f.rest != nil {
		if term.minus {
			s.rest.Sub(&s.rest, f.rest)
		} else {
			s.rest.Add(&s.rest, f.rest)
		}
	}
	if f.estimated != nil {
		s.estimated.Add(&s.estimated, f.estimated)
	}
}

// exact gives the numerator or the denominator.
func (t tally) exact(denominator bool) *big.Rat {
	number := t.numerator
	if denominator {
		number = t.denominator
	}
	sum := new(big.Rat).SetInt64(number)
	return sum.Add(sum, &t.of(denominator).rest)
}

// float is the nearest number to divide or show.
func (t tally) float(denominator bool) float64 {
	if t.weighed == nil && denominator {
		return float64(t.denominator)
	}
	if t.weighed == nil {
		return float64(t.numerator)
	}
	f, _ := t.exact(denominator).Float64()
	return f
}

// estimatedShare is how much of a value came by weight and not with whole units, from 0
// to 1: the larger of the shares of its numerator and its denominator.
func (t tally) estimatedShare() float64 {
	if t.weighed == nil {
		return 0
	}
	return max(t.weighed.numerator.estimatedShare(), t.weighed.denominator.estimatedShare())
}

func (s *side) estimatedShare() float64 {
	if s.estimated.Sign() == 0 || s.moved.Sign() == 0 {
		return 0
	}
	share, _ := new(big.Rat).Quo(&s.estimated, &s.moved).Float64()
	return min(share, 1)
}

// estimate marks a figure that weights went into.
func (f *Figure) estimate(share float64) {
	if share == 0 {
		return
	}
	f.EstimatedShare = share
	f.Flags = append([]catalog.Flag{catalog.Estimated}, f.Flags...)
}

// headcountOf is a number of persons made of shares, for the rules of disclosure: rounded
// down, but somebody is never nobody.
func headcountOf(exact *big.Rat) int64 {
	if exact.Sign() > 0 && exact.Cmp(wholeUnit) < 0 {
		return 1
	}
	return new(big.Int).Div(exact.Num(), exact.Denom()).Int64()
}
