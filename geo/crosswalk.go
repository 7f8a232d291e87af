package geo

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// Basis says what the weights of a crosswalk are shares of.
type Basis string

// A legal basis is the text of a reform: this unit became that one. Population and area
// share a unit out by where its people or its ground went.
const (
	Legal      Basis = "legal"
	Population Basis = "population"
	Area       Basis = "area"
)

// bases are all of them, the surest first.
var bases = []Basis{Legal, Population, Area}

// Outside stands in the place of a new unit for ground that left the root of the new
// set: a former unit partly in another province.
const Outside = ""

// Link says which share of an old unit went to a new one.
type Link struct {
	Old, New string   // codes of units of the lowest levels; New may be Outside
	Weight   *big.Rat // above 0 and at most 1; the weights of an old unit add up to 1
	Basis    Basis
	Source   string // the resolution or the file it is from, for display
}

// Whole tells whether the old unit went as a whole: then nothing is estimated about it.
func (l Link) Whole() bool { return l.Weight.Cmp(one) == 0 }

var one = big.NewRat(1, 1)

// Crosswalk says what became of the lowest units of one boundary set in another. It never
// changes after it was made and is safe for concurrent use; numbers in what it hands out
// must not be changed.
type Crosswalk struct {
	from, to string            // ids of the sets
	links    map[string][]Link // by old unit, by new code, Outside first
	sources  map[string][]Link // by new unit, by old code
	news     []string          // all lowest units of the new set
}

// NewCrosswalk checks links: each unit of the lowest level of from must be in them, with
// weights that add up to exactly 1, and go to units of the lowest level of to or Outside.
// The error names every link that is wrong and what would be accepted.
func NewCrosswalk(from, to *Set, links []Link) (*Crosswalk, error) {
	x, faults := newCrosswalk(from, to, links)
	if len(faults) == 0 {
		return x, nil
	}
	errs := make([]error, len(faults))
	for i, f := range faults {
		errs[i] = errors.New(f.message)
	}
	return nil, fmt.Errorf("crosswalk from %s to %s: %w", from.info.ID, to.info.ID, errors.Join(errs...))
}

// linkFault is something wrong with a link.
type linkFault struct {
	link    int    // its index, -1 when one is missing
	field   string // "old", "new", "weight" or "basis"
	message string
}

func newCrosswalk(from, to *Set, links []Link) (*Crosswalk, []linkFault) {
	c := linkCheck{from: from, to: to, sums: map[string]*big.Rat{}, first: map[string]int{}, seen: map[[2]string]bool{}, faulty: map[string]bool{}}
	for i, l := range links {
		c.check(i, l)
	}
	c.checkSums()
	if len(c.faults) > 0 {
		return nil, c.faults
	}
	x := &Crosswalk{from: from.info.ID, to: to.info.ID, links: map[string][]Link{}, sources: map[string][]Link{}, news: to.leafCodes()}
	for _, l := range links {
		x.add(l)
	}
	x.sort()
	return x, nil
}

func (x *Crosswalk) add(l Link) {
	x.links[l.Old] = append(x.links[l.Old], l)
	if l.New != Outside {
		x.sources[l.New] = append(x.sources[l.New], l)
	}
}

func (x *Crosswalk) sort() {
	for _, links := range x.links {
		slices.SortFunc(links, func(a, b Link) int { return cmp.Compare(a.New, b.New) })
	}
	for _, links := range x.sources {
		slices.SortFunc(links, func(a, b Link) int { return cmp.Compare(a.Old, b.Old) })
	}
}

// linkCheck goes through links one by one.
type linkCheck struct {
	from, to *Set
	sums     map[string]*big.Rat // of the weights of each old unit
	first    map[string]int      // link that names it first
	seen     map[[2]string]bool
	faulty   map[string]bool // old units that a link at fault is of
	faults   []linkFault
}

func (c *linkCheck) failf(link int, old, field, format string, args ...any) {
	c.faulty[old] = true
	c.faults = append(c.faults, linkFault{link, field, fmt.Sprintf(format, args...)})
}

func (c *linkCheck) check(i int, l Link) {
	if fault := c.from.leafFault(l.Old); fault != "" {
		c.failf(i, l.Old, "old", "%s", fault)
		return
	}
	if _, again := c.first[l.Old]; !again {
		c.first[l.Old], c.sums[l.Old] = i, new(big.Rat)
	}
	if fault := c.to.leafFault(l.New); fault != "" && l.New != Outside {
		c.failf(i, l.Old, "new", "%s", fault)
	}
	if c.seen[[2]string{l.Old, l.New}] {
		c.failf(i, l.Old, "new", "%s to %s is there twice: once is accepted", l.Old, place(l.New))
	}
	c.seen[[2]string{l.Old, l.New}] = true
	if l.Weight == nil || l.Weight.Sign() <= 0 || l.Weight.Cmp(one) > 0 {
		c.failf(i, l.Old, "weight", "a share above 0 and at most 1 is accepted")
	} else {
		c.sums[l.Old].Add(c.sums[l.Old], l.Weight)
	}
	if !slices.Contains(bases, l.Basis) {
		c.failf(i, l.Old, "basis", "basis %q is unknown: legal, population or area is accepted", l.Basis)
	}
}

// checkSums judges units that no link at fault is of: one mistake makes one finding. While
// a link names no old unit there is, any that is missing may be the one it means.
func (c *linkCheck) checkSums() {
	misnamed := slices.ContainsFunc(c.faults, func(f linkFault) bool { return f.field == "old" })
	for _, code := range c.from.leafCodes() {
		sum, named := c.sums[code]
		switch {
		case !named && !misnamed:
			c.failf(-1, code, "old", "%s of %s is missing: a link for every unit of the lowest level is accepted", c.from.name(code), c.from.info.ID)
		case named && !c.faulty[code] && sum.Cmp(one) != 0:
			c.failf(c.first[code], code, "weight", "the weights of %s add up to %s: 1 is accepted", c.from.name(code), decimal(sum))
		}
	}
}

func place(code string) string {
	if code == Outside {
		return outsideWord
	}
	return code
}

func decimal(r *big.Rat) string {
	f, _ := r.Float64()
	return fmt.Sprintf("%.6g", f)
}

// leafFault says why a code is no unit of the lowest level, "" when it is one.
func (s *Set) leafFault(code string) string {
	i, ok := s.tree.index[code]
	switch {
	case !ok:
		return fmt.Sprintf("unit %q is not in boundary set %s: a code of its lowest level is accepted", code, s.info.ID)
	case len(s.tree.children[i]) > 0:
		return fmt.Sprintf("%s contains other units of %s: a code of its lowest level is accepted", s.tree.units[i].label(), s.info.ID)
	}
	return ""
}

// leafCodes lists the units that contain no others, in the order of the set.
func (s *Set) leafCodes() []string {
	var codes []string
	for i, u := range s.tree.units {
		if len(s.tree.children[i]) == 0 {
			codes = append(codes, u.Code)
		}
	}
	return codes
}

func (s *Set) name(code string) string {
	if i, ok := s.tree.index[code]; ok {
		return s.tree.units[i].label()
	}
	return code
}

// From and To are the ids of the two boundary sets.
func (x *Crosswalk) From() string { return x.from }

// To is the id of the set that figures are carried to.
func (x *Crosswalk) To() string { return x.to }

// Became lists where an old unit went, by new code; what left the root comes first.
func (x *Crosswalk) Became(old string) []Link { return slices.Clone(x.links[old]) }

// CameFrom lists the old units a new one took in or took from, by code.
func (x *Crosswalk) CameFrom(new string) []Link { return slices.Clone(x.sources[new]) }

// Links lists everything by old and new code.
func (x *Crosswalk) Links() []Link {
	var all []Link
	for _, old := range slices.Sorted(maps.Keys(x.links)) {
		all = append(all, x.links[old]...)
	}
	return all
}

// Exact tells whether every old unit went as a whole.
func (x *Crosswalk) Exact() bool {
	for _, links := range x.links {
		if len(links) > 1 {
			return false
		}
	}
	return true
}

// Leakage lists the old units of which something left the root, with how much.
func (x *Crosswalk) Leakage() []Link {
	return slices.DeleteFunc(x.Links(), func(l Link) bool { return l.New != Outside })
}

// Fresh lists new units that took in nothing: they lie where the old set has no unit.
func (x *Crosswalk) Fresh() []string {
	return slices.DeleteFunc(slices.Clone(x.news), func(code string) bool { return len(x.sources[code]) > 0 })
}
