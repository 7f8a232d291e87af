package geo

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Compose joins crosswalks that follow each other, A to B and B to C, into one from A to
// C. Weights multiply along each way and add up over the ways, exactly: a unit that was
// split and came together again went as a whole. The basis of a link is the least sure one
// on its ways.
func Compose(first *Crosswalk, rest ...*Crosswalk) (*Crosswalk, error) {
	joined := first
	for _, next := range rest {
		if joined.to != next.from {
			return nil, fmt.Errorf("crosswalks do not follow each other: one leads to %s, the next starts from %s", joined.to, next.from)
		}
		joined = joined.then(next)
	}
	return joined, nil
}

func (x *Crosswalk) then(next *Crosswalk) *Crosswalk {
	joined := &Crosswalk{from: x.from, to: next.to, links: map[string][]Link{}, sources: map[string][]Link{}, news: next.news}
	for _, links := range x.links {
		ways := map[string]Link{}
		for _, l := range links {
			for _, way := range l.followed(next) {
				ways[way.New] = way.beside(ways[way.New])
			}
		}
		for _, l := range ways {
			joined.add(l)
		}
	}
	joined.sort()
	return joined
}

// followed gives the ways of a link through the next crosswalk. What left the root stays out.
func (l Link) followed(next *Crosswalk) []Link {
	if l.New == Outside {
		return []Link{l}
	}
	var ways []Link
	for _, n := range next.links[l.New] {
		ways = append(ways, Link{
			Old: l.Old, New: n.New, Weight: new(big.Rat).Mul(l.Weight, n.Weight),
			Basis: lessSure(l.Basis, n.Basis), Source: joinSources(l.Source, n.Source),
		})
	}
	return ways
}

// beside adds another way to the same new unit; the zero link is no way.
func (l Link) beside(other Link) Link {
	if other.Weight == nil {
		return l
	}
	l.Weight = new(big.Rat).Add(l.Weight, other.Weight)
	l.Basis = lessSure(l.Basis, other.Basis)
	l.Source = joinSources(other.Source, l.Source)
	return l
}

func lessSure(a, b Basis) Basis { return bases[max(slices.Index(bases, a), slices.Index(bases, b))] }

// joinSources names each source once, in the order of time.
func joinSources(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	names := strings.Split(a, "; ")
	for name := range strings.SplitSeq(b, "; ") {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "; ")
}
