package query

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/toancanh/toancanh/query/catalog"
)

// slice is what is read of one measure in one pass: the rows whose dims are among
// keys, each summed into its group. Most slices have one group; a breakdown has one
// for every member, a pyramid one for every bar.
type slice struct {
	id      string // the same for equal slices, part of cache keys
	measure catalog.Measure
	every   bool     // all rows of the measure, keys and groups are empty
	keys    []string // canonical dims
	groups  []uint16 // of each key
	count   int      // number of groups
}

// sliceOf gives the slice of a formula's term.
func sliceOf(c *catalog.Catalog, term catalog.Term) (*slice, error) {
	m, ok := c.Measure(term.Measure)
	if !ok {
		return nil, fmt.Errorf("measure %q is not in the catalogue", term.Measure)
	}
	keys, every := c.DimsMatching(m, term.Where)
	s := &slice{id: term.Measure + "|" + describeWhere(term.Where), measure: m, every: every, count: 1}
	if !every {
		s.keys, s.groups = keys, make([]uint16, len(keys))
	}
	return s, nil
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
	keys := s.keys
	if s.every {
		keys = everyKey(c, s.measure)
	}
	grouped := &slice{id: s.id + "|" + name, measure: s.measure, count: count}
	for _, key := range keys {
		if g, ok := group(catalog.ParseDims(key)); ok {
			grouped.keys = append(grouped.keys, key)
			grouped.groups = append(grouped.groups, uint16(g))
		}
	}
	return grouped
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

// empty tells whether no row can pass.
func (s *slice) empty() bool { return !s.every && len(s.keys) == 0 }

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
