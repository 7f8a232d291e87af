package query

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// slice is what is read of one measure in one pass: the rows whose dims are among
// keys, each summed into its group. Most slices have one group; a breakdown has one
// for every member, a pyramid one for every bar.
type slice struct {
	id      string // the same for equal slices, part of cache keys
	measure catalog.Measure
	keys    []string // canonical dims
	codes   []uint32 // of each key: its group and its combination
	wanted  []combos // of each group: what a unit has to say
}

// combos is a set of combinations of members that a unit reports a measure by: a unit that
// says only one sex has not reported a total, and one without any men says a zero. Single
// years of age and residences are no part of it, as nobody of 100 and over, and nobody of
// the temporary residents of a commune without any, is not reported as such: of each
// combination of the other dimensions there must be some figure.
type combos uint64

const (
	comboBits = 6 // of a code, the lower ones
	maxCombos = 1 << comboBits
)

// sliceOf gives the slice of a formula's term.
func sliceOf(c *catalog.Catalog, term catalog.Term) (*slice, error) {
	m, ok := c.Measure(term.Measure)
	if !ok {
		return nil, fmt.Errorf("measure %q is not in the catalogue", term.Measure)
	}
	keys, every := c.DimsMatching(m, term.Where)
	if every {
		keys = everyKey(c, m)
	}
	id := term.Measure + "|" + shapeOf(c, m) + "|" + describeWhere(term.Where)
	return newSlice(c, id, m, keys, 1, func(string) (int, bool) { return 0, true }), nil
}

// shapeOf tells measures of one id in two catalogues apart where their figures are read
// otherwise; texts, owners and the like do not count.
func shapeOf(c *catalog.Catalog, m catalog.Measure) string {
	h := fnv.New64a()
	fmt.Fprint(h, m.TimeRule, m.Level, m.PeriodKind, m.CarryForward)
	for _, id := range m.Dimensions {
		dim, _ := c.Dimension(id)
		fmt.Fprint(h, id, dim.Integer, memberIDs(dim))
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// newSlice puts keys into groups; those without one are left out.
func newSlice(c *catalog.Catalog, id string, m catalog.Measure, keys []string, count int, group func(key string) (int, bool)) *slice {
	s := &slice{id: id, measure: m, wanted: make([]combos, count)}
	numbers := map[string]uint32{}
	for _, key := range keys {
		g, ok := group(key)
		if !ok {
			continue
		}
		combo := comboOf(c, key)
		if _, seen := numbers[combo]; !seen {
			numbers[combo] = uint32(len(numbers)) % maxCombos // what is beyond shares a place
		}
		s.keys = append(s.keys, key)
		s.codes = append(s.codes, uint32(g)<<comboBits|numbers[combo])
		s.wanted[g] |= 1 << numbers[combo]
	}
	return s
}

// comboOf leaves out of dims what may be left unsaid.
func comboOf(c *catalog.Catalog, dims string) string {
	var combo []string
	for pair := range strings.SplitSeq(dims, ";") {
		id, _, _ := strings.Cut(pair, "=")
		if dim, _ := c.Dimension(id); !dim.Integer && id != residenceDimension {
			combo = append(combo, pair)
		}
	}
	return strings.Join(combo, ";")
}

// by splits a slice of one group into one group for every listed member of a dimension;
// rows of other members are left out.
func (s *slice) by(c *catalog.Catalog, dim string, members []string) *slice {
	return s.regroup(c, "by="+dim, len(members), func(dims map[string]string) (int, bool) {
		i := slices.Index(members, dims[dim])
		return i, i >= 0
	})
}

// regroup assigns every key of s to a group of its own choice; name tells the
// assignment apart from others on the same keys.
func (s *slice) regroup(c *catalog.Catalog, name string, count int, group func(dims map[string]string) (int, bool)) *slice {
	return newSlice(c, s.id+"|"+name, s.measure, s.keys, count, func(key string) (int, bool) { return group(catalog.ParseDims(key)) })
}

// everyKey lists the dims of all rows a measure can have; a filter that filters nothing
// makes the catalogue write them out.
func everyKey(c *catalog.Catalog, m catalog.Measure) []string {
	if len(m.Dimensions) == 0 {
		return []string{""}
	}
	keys, _ := c.DimsMatching(m, map[string]catalog.Filter{m.Dimensions[0]: {}})
	return keys
}

// holds tells whether other reads some of the rows of s, and no others.
func (s *slice) holds(other *slice) bool {
	if s.measure.ID != other.measure.ID || len(other.keys) >= len(s.keys) {
		return false
	}
	mine := make(map[string]bool, len(s.keys))
	for _, key := range s.keys {
		mine[key] = true
	}
	return !slices.ContainsFunc(other.keys, func(key string) bool { return !mine[key] })
}

// flow tells whether figures belong to reporting periods instead of days.
func (s *slice) flow() bool { return s.measure.TimeRule == catalog.Flow }

// empty tells whether no row can pass.
func (s *slice) empty() bool { return len(s.keys) == 0 }

// describeWhere writes filters so that equal ones read the same: "age=14..;sex=male".
func describeWhere(where map[string]catalog.Filter) string {
	var parts []string
	for _, dim := range slices.Sorted(maps.Keys(where)) {
		parts = append(parts, dim+"="+describeFilter(where[dim]))
	}
	return strings.Join(parts, ";")
}

func describeFilter(f catalog.Filter) string {
	if f.From == nil && f.To == nil {
		return strings.Join(f.Members, ",")
	}
	var from, to string
	if f.From != nil {
		from = fmt.Sprint(*f.From)
	}
	if f.To != nil {
		to = fmt.Sprint(*f.To)
	}
	return strings.TrimPrefix(strings.Join(f.Members, ",")+","+from+".."+to, ",")
}
