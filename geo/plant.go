package geo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// plant makes the tree of the units, or says why they make none.
func (m *importer) plant() *hierarchy {
	if len(m.units) == 0 {
		return nil
	}
	m.adopt()
	if !m.rank() || !m.acyclic() {
		return nil
	}
	tree, err := newHierarchy(m.o.Info, m.units)
	if err != nil {
		m.book.add(Finding{Severity: SeverityError, Kind: KindHierarchy, Message: err.Error()})
		return nil
	}
	return tree
}

// adopt sees to it that all units hang together: those whose parent is not in the files
// stand at the top, and several at the top get a root above them.
func (m *importer) adopt() {
	outside := map[string][]int{}
	var tops []int
	for i, u := range m.units {
		if _, known := m.seen[u.Parent]; u.Parent != "" && known {
			continue
		}
		tops = append(tops, i)
		if u.Parent != "" {
			outside[u.Parent] = append(outside[u.Parent], i)
		}
	}
	info := &m.o.Info
	for _, code := range slices.Sorted(maps.Keys(outside)) {
		if code == info.Root {
			continue // it is made below
		}
		f := m.finding(m.units[outside[code][0]])
		f.Severity, f.Kind = SeverityWarning, KindOutsideParent
		f.Message = fmt.Sprintf("its parent %s is not in the files; %d units lie in it", code, len(outside[code]))
		m.book.add(f)
	}
	switch {
	case len(tops) == 1 && (info.Root == "" || info.Root == m.units[tops[0]].Code):
		top := &m.units[tops[0]]
		info.Root = top.Code
		info.PartOf.Code = cmp.Or(info.PartOf.Code, top.Parent)
		top.Parent = ""
		return
	case len(tops) == 0:
		return // a cycle
	}
	m.makeRoot(tops, slices.Collect(maps.Keys(outside)))
}

// makeRoot puts a unit above those without a parent.
func (m *importer) makeRoot(tops []int, outside []string) {
	info := &m.o.Info
	if _, taken := m.seen[info.Root]; taken && info.Root != "" {
		return // the root is one of the units, and the others beside it are an error of the hierarchy
	}
	code := cmp.Or(info.Root, info.ID)
	orphans := slices.ContainsFunc(tops, func(i int) bool { return m.units[i].Parent == "" })
	if info.Root == "" && len(outside) == 1 && !orphans {
		code = outside[0]
	}
	root := Unit{Code: code, Name: cmp.Or(m.o.RootName, info.Name, code), Level: m.rootLevel(tops)}
	for _, i := range tops {
		m.units[i].Parent = code
	}
	info.Root = code
	m.seen[code] = len(m.units)
	m.units, m.origins = append(m.units, root), append(m.origins, origin{})
	m.book.add(Finding{Severity: SeverityWarning, Kind: KindMadeRoot, Code: code, Name: root.Name,
		Message: fmt.Sprintf("a root of level %s was made above the %d units without a parent in the files; --root, --root-name and --root-level name it", root.Level, len(tops))})
}

func (m *importer) rootLevel(tops []int) string {
	if m.o.RootLevel != "" {
		return m.o.RootLevel
	}
	used := map[string]bool{}
	for _, u := range m.units {
		used[u.Level] = true
	}
	if levels := m.o.Info.Levels; len(levels) > 0 && !used[levels[0].ID] {
		return levels[0].ID
	}
	for _, id := range []string{"province", "country"} {
		if !slices.ContainsFunc(tops, func(i int) bool { rank, ok := usualRanks[m.units[i].Level]; return ok && rank <= usualRanks[id] }) && !used[id] {
			return id
		}
	}
	return "root"
}

// rank gives the levels that are in use their order.
func (m *importer) rank() bool {
	used := map[string]Unit{}
	for _, u := range m.units {
		if _, known := used[u.Level]; !known {
			used[u.Level] = u
		}
	}
	info := &m.o.Info
	if len(info.Levels) == 0 {
		ids := slices.Collect(maps.Keys(used))
		ranks := maps.Clone(usualRanks)
		ranks["root"] = -1
		for id, u := range used {
			if _, usual := ranks[id]; !usual && len(used) > 1 {
				m.fail(u, KindLevel, "level %q has no usual place among the others; give the order with --levels, the highest first", id)
				return false
			}
		}
		slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(ranks[a], ranks[b]) })
		for i, id := range ids {
			info.Levels = append(info.Levels, Level{ID: id, Rank: i})
		}
		return true
	}
	for id, u := range used {
		if !slices.ContainsFunc(info.Levels, func(l Level) bool { return l.ID == id }) {
			m.fail(u, KindSetLevel, "level %q is not among the levels of the set", id)
			return false
		}
	}
	info.Levels = slices.DeleteFunc(slices.Clone(info.Levels), func(l Level) bool { _, is := used[l.ID]; return !is })
	return true
}

// acyclic looks for units that lie in themselves, and for parents that are not above.
func (m *importer) acyclic() bool {
	ranks := map[string]int{}
	for _, level := range m.o.Info.Levels {
		ranks[level.ID] = level.Rank
	}
	sound := true
	for i, u := range m.units {
		parent, ok := m.seen[u.Parent]
		switch {
		case !ok:
		case m.liesInItself(i):
			m.fail(u, KindCycle, "it lies in itself by way of its parent %s", u.Parent)
			sound = false
		case ranks[m.units[parent].Level] >= ranks[u.Level]:
			m.fail(u, KindParentLevel, "it is of level %s and cannot lie in %s, of level %s", u.Level, u.Parent, m.units[parent].Level)
			sound = false
		}
	}
	return sound
}

// maxAncestors is more than any set has levels: a longer cycle has a parent that is not above,
// and is found as that.
const maxAncestors = 64

// liesInItself follows the parents of a unit.
func (m *importer) liesInItself(i int) bool {
	p := i
	for range maxAncestors {
		next, ok := m.seen[m.units[p].Parent]
		if !ok || m.units[p].Parent == "" {
			return false
		}
		if next == i {
			return true
		}
		p = next
	}
	return false
}
