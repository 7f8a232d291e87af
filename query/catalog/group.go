package catalog

import "slices"

// Group is a heading over indicators or over tasks, in the order menus and lists follow.
type Group struct {
	ID   string
	Name Text
}

type groupYAML struct {
	ID   located[string] `yaml:"id"`
	Name Text            `yaml:"name"`
}

// takeGroups reads the headings of a list.
func (l *loader) takeGroups(set *idSet, raw []groupYAML, valid func(string) bool) []Group {
	groups := make([]Group, 0, len(raw))
	for _, r := range raw {
		if l.define(set, r.ID, valid) {
			groups = append(groups, Group{r.ID.Value, r.Name})
		}
	}
	return groups
}

// group checks the heading of a member of the list. A catalogue that lists no headings has
// the ones its members name, called by their ids.
func (l *loader) group(set idSet, groups []Group, id located[string]) []Group {
	if len(set.at) > 0 {
		l.refer(set, id)
		return groups
	}
	if !hasGroup(groups, id.Value) {
		groups = append(groups, Group{id.Value, Text{Vi: id.Value, En: id.Value}})
	}
	return groups
}

func hasGroup(groups []Group, id string) bool {
	return slices.ContainsFunc(groups, func(g Group) bool { return g.ID == id })
}

// inGroupOrder sorts a list by its headings and keeps the order within each.
func inGroupOrder[T any](list []T, groups []Group, of func(T) string) {
	place := map[string]int{}
	for i, g := range groups {
		place[g.ID] = i
	}
	slices.SortStableFunc(list, func(a, b T) int { return place[of(a)] - place[of(b)] })
}
