package geo

import (
	"cmp"
	"slices"
)

// border is a line between junctions of its own level: arcs that separate units of a
// level and of none above it, joined where the line simply goes on, so that dashes run
// through.
type border struct {
	level int // index in the set's levels
	arcs  []arcRef
}

// borders sorts each arc under the highest level it separates; the outer border
// belongs to the root's. Each is drawn once. The lowest level comes first, to be
// painted over by those above.
func (c *coverage) borders(tree *hierarchy, levels []Level) []border {
	byLevel := map[string][]arcRef{}
	for n, a := range c.arcs {
		level := tree.separates(a.left, a.right)
		byLevel[level] = append(byLevel[level], arcRef{arc: int32(n)})
	}
	var all []border
	for rank, level := range slices.Backward(levels) {
		for _, line := range c.joinLines(byLevel[level.ID]) {
			all = append(all, border{rank, line})
		}
	}
	return all
}

// separates gives the level of the highest different ancestors of two leaves.
func (h *hierarchy) separates(left, right int32) string {
	if left == outside || right == outside {
		return h.units[h.root].Level
	}
	a, b := int(left), int(right)
	for h.parents[a] != h.parents[b] {
		up := cmp.Compare(h.ranks[h.parents[a]], h.ranks[h.parents[b]])
		if up >= 0 {
			a = h.parents[a]
		}
		if up <= 0 {
			b = h.parents[b]
		}
	}
	if h.ranks[a] < h.ranks[b] {
		return h.units[a].Level
	}
	return h.units[b].Level
}

// joinLines puts arcs together that meet at a junction where no third one of theirs is.
func (c *coverage) joinLines(arcs []arcRef) [][]arcRef {
	leaving := map[int32][]arcRef{}
	for _, r := range arcs {
		back := arcRef{r.arc, !r.backward}
		leaving[c.start(r)] = append(leaving[c.start(r)], r)
		leaving[c.start(back)] = append(leaving[c.start(back)], back)
	}
	used := map[int32]bool{}
	extend := func(line []arcRef) []arcRef {
		for {
			used[line[len(line)-1].arc] = true
			at := leaving[c.end(line[len(line)-1])]
			next := slices.IndexFunc(at, func(r arcRef) bool { return !used[r.arc] })
			if len(at) != 2 || next < 0 {
				return line
			}
			line = append(line, at[next])
		}
	}
	var lines [][]arcRef
	for _, r := range arcs {
		if used[r.arc] {
			continue
		}
		back := extend([]arcRef{{r.arc, !r.backward}})
		slices.Reverse(back)
		for i := range back {
			back[i].backward = !back[i].backward
		}
		lines = append(lines, extend(back))
	}
	return lines
}
