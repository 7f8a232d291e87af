package catalog

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// Effect says what a change of the catalogue means for figures, from harmless to not.
type Effect string

// Wording changes what is read, Judgement which status, rank or rate something has, Values
// the numbers themselves, of past periods too. Breaking changes leave stored figures that
// the new catalogue cannot read as they were meant: a running server refuses them.
const (
	Wording   Effect = "wording"
	Judgement Effect = "judgement"
	Values    Effect = "values"
	Breaking  Effect = "breaking"
)

var effectOrder = []Effect{Wording, Judgement, Values, Breaking}

// Change is a definition that is not the same in two catalogues.
type Change struct {
	Kind   string        `json:"kind"` // of definition
	ID     string        `json:"id"`
	What   string        `json:"what"` // added, removed, changed
	Effect Effect        `json:"effect"`
	Means  string        `json:"means"` // for figures, a sentence
	Fields []FieldChange `json:"fields,omitempty"`
}

// FieldChange is one field that says something else; nil is nothing.
type FieldChange struct {
	Path   string `json:"path"` // "targets", "name.vi"
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// Diff lists what changed from one catalogue to another, in the order of Definitions;
// what was removed stands where it was.
func Diff(before, after *Catalog) []Change {
	was, is := before.Definitions(), after.Definitions()
	here := map[[2]string]Definition{}
	for _, d := range is {
		here[[2]string{d.Kind, d.ID}] = d
	}
	var changes []Change
	had := map[[2]string]bool{}
	for _, d := range was {
		key := [2]string{d.Kind, d.ID}
		had[key] = true
		now, there := here[key]
		if !there {
			changes = append(changes, meant(Change{Kind: d.Kind, ID: d.ID, What: "removed"}))
			continue
		}
		if fields := compare("", d.Fields, now.Fields); len(fields) > 0 {
			changes = append(changes, meant(Change{Kind: d.Kind, ID: d.ID, What: "changed", Fields: fields}))
		}
	}
	for _, d := range is {
		if !had[[2]string{d.Kind, d.ID}] {
			changes = append(changes, meant(Change{Kind: d.Kind, ID: d.ID, What: "added"}))
		}
	}
	kinds := DefinitionKinds()
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind))
	})
	return changes
}

// Worst gives the gravest effect of changes, "" of none.
func Worst(changes []Change) Effect {
	worst := -1
	for _, c := range changes {
		worst = max(worst, slices.Index(effectOrder, c.Effect))
	}
	if worst < 0 {
		return ""
	}
	return effectOrder[worst]
}

// compare lists the fields that differ. Lists of the same things in the same order are
// compared thing by thing, others as a whole.
func compare(path string, before, after Fields) []FieldChange {
	var changes []FieldChange
	for _, name := range names(before, after) {
		was, is := before.get(name), after.get(name)
		inner, both := was.(Fields)
		other, alsoFields := is.(Fields)
		switch {
		case reflect.DeepEqual(was, is):
		case both && alsoFields:
			changes = append(changes, compare(path+name+".", inner, other)...)
		case sameThings(was, is):
			for i, thing := range was.([]any) {
				id, _ := thing.(Fields).id()
				changes = append(changes, compare(path+name+"["+id+"].", thing.(Fields), is.([]any)[i].(Fields))...)
			}
		default:
			changes = append(changes, FieldChange{path + name, was, is})
		}
	}
	return changes
}

// sameThings tells whether two lists are of the same ids in the same order.
func sameThings(before, after any) bool {
	was, _ := before.([]any)
	is, _ := after.([]any)
	if len(was) == 0 || len(was) != len(is) {
		return false
	}
	for i := range was {
		one, named := idOf(was[i])
		other, _ := idOf(is[i])
		if !named || one != other {
			return false
		}
	}
	return true
}

func idOf(thing any) (string, bool) {
	fields, _ := thing.(Fields)
	return fields.id()
}

// id is what a thing in a list is called.
func (f Fields) id() (string, bool) {
	id, ok := f.get("id").(string)
	return id, ok
}

// names gives the names of both, the first one's order first.
func names(before, after Fields) []string {
	var all []string
	for _, f := range slices.Concat(before, after) {
		if !slices.Contains(all, f.Name) {
			all = append(all, f.Name)
		}
	}
	return all
}

func (f Fields) get(name string) any {
	for _, field := range f {
		if field.Name == name {
			return field.Value
		}
	}
	return nil
}

// meant adds what a change means: the gravest of its fields decides.
func meant(c Change) Change {
	if c.What != "changed" {
		c.Effect, c.Means = effectOfWhole(c.Kind, c.What)
		return c
	}
	gravest := -1
	for _, f := range c.Fields {
		rule := ruleFor(c.Kind, f.Path)
		if rank := slices.Index(effectOrder, rule.effect); rank > gravest {
			gravest, c.Effect, c.Means = rank, rule.effect, rule.means
		}
	}
	return c
}

// fieldRule says what a changed field means, by kind and the beginning of its path.
type fieldRule struct {
	kind, path string
	effect     Effect
	means      string
}

// fieldRules are looked through in order; what none names is wording.
var fieldRules = []fieldRule{
	{KindCatalogue, "id", Breaking, "it is another catalogue: figures of one programme never stand under another"},
	{KindCatalogue, "timezone", Breaking, "days begin at another time: figures sent so far belong to other days"},
	{KindCatalogue, "demonstration.label", Wording, "only texts change"},
	{KindCatalogue, "demonstration.", Judgement, "it holds for a demonstration that is filled anew"},
	{KindCatalogue, "demonstration", Breaking, "invented and real figures never meet: restart with the other command"},
	{KindCatalogue, "disclosure", Values, "other cells are hidden, of past periods too"},
	{KindCatalogue, "tolerance", Judgement, "statuses change, values do not"},
	{KindCatalogue, "coverage", Judgement, "values have a status or not by another share of what was reported"},
	{KindCatalogue, "calendar", Judgement, "due dates and lateness change, values do not"},
	{KindCatalogue, "conditions", Judgement, "deadlines that wait for it change"},
	{KindBoundaries, "name", Wording, "only texts change"},
	{KindBoundaries, "", Breaking, "the map and the units figures are collected in change: restart with the new boundaries"},
	{KindUnit, "name", Wording, "only texts change"},
	{KindUnit, "full_name", Wording, "only texts change"},
	{KindUnit, "population", Wording, "only facts shown beside figures change"},
	{KindUnit, "", Breaking, "the map and the units figures are collected in change: restart with the new boundaries"},
	{KindDimension, "name", Wording, "only texts change"},
	{KindDimension, "members[", Wording, "only texts change"},
	{KindDimension, "members", Breaking, "units that reported before lack the new members, or reported ones that are gone: give the dimension a new id"},
	{KindDimension, "", Breaking, "figures sent so far do not fit the dimension any more"},
	{KindMeasure, "name", Wording, "only texts change"},
	{KindMeasure, "unit_name", Wording, "only texts change; a measure that counts something else wants a new id"},
	{KindMeasure, "time_rule", Breaking, "figures sent so far were meant otherwise: give the measure a new id"},
	{KindMeasure, "dimensions", Breaking, "figures sent so far lack the new dimensions and would no longer be summed: give the measure a new id"},
	{KindMeasure, "level", Breaking, "figures sent so far are of units of another level: give the measure a new id"},
	{KindMeasure, "period_kind", Breaking, "figures sent so far belong to other periods: give the measure a new id"},
	{KindMeasure, "dataset", Breaking, "figures would be sent to another place: give the measure a new id"},
	{KindMeasure, "carry_forward", Values, "figures stand for later days for another time, of past periods too"},
	{KindMeasure, "sensitive", Values, "other breakdowns and cells are hidden, of past periods too"},
	{KindMeasure, "expected_types", Judgement, "other units are expected to report, and coverage changes"},
	{KindMeasure, "max", Judgement, "other rows are refused from now on; figures in the warehouse stay"},
	{KindMeasure, "agency", Judgement, "another agency reports it from now on"},
	{KindIndicator, "formula", Values, "values of all periods are computed anew; an as-of before keeps the old ones"},
	{KindIndicator, "targets", Judgement, "statuses change, of past periods too; values do not"},
	{KindIndicator, "path", Judgement, "statuses change, of past periods too; values do not"},
	{KindIndicator, "tolerance", Judgement, "statuses change, of past periods too; values do not"},
	{KindIndicator, "coverage", Judgement, "values have a status or not by another share of what was reported"},
	{KindIndicator, "direction", Judgement, "statuses and ranks turn round; values do not change"},
	{KindIndicator, "period_kinds", Judgement, "it is asked by other periods"},
	{KindIndicator, "lead_agency", Judgement, "another agency answers for it"},
	{KindAgency, "kind", Judgement, "tasks that bind agencies by kind may bind others"},
	{KindTask, "deadline", Judgement, "assignments are late or not by another day, and the on-time rate changes"},
	{KindTask, "assignees", Judgement, "others are bound, and completion rates change"},
	{KindTask, "lead", Judgement, "another agency accepts what is done"},
	{KindTask, "weights", Judgement, "completion rates change"},
}

func ruleFor(kind, path string) fieldRule {
	for _, rule := range fieldRules {
		if rule.kind == kind && strings.HasPrefix(path, rule.path) {
			return rule
		}
	}
	return fieldRule{effect: Wording, means: "only what is read changes"}
}

// effectOfWhole is for what was added or removed.
func effectOfWhole(kind, what string) (Effect, string) {
	if what == "added" {
		switch kind {
		case KindBoundaries, KindUnit:
			return Breaking, "the map and the units figures are collected in change: restart with the new boundaries"
		case KindMeasure:
			return Wording, "it can be reported from now on"
		case KindIndicator:
			return Wording, "it can be asked, of past periods too as far as its measures were reported"
		case KindTask:
			return Judgement, "its assignments count from now on, and completion rates change"
		default:
			return Wording, "it can be used from now on"
		}
	}
	switch kind {
	case KindBoundaries, KindUnit:
		return Breaking, "the map and the units figures are collected in change: restart with the new boundaries"
	case KindMeasure, KindDimension:
		return Breaking, "its figures would stay in the warehouse unread, and whoever reports it would be refused: keep it until nobody does"
	case KindIndicator:
		return Values, "nobody can ask it any more; an as-of before still gives it"
	case KindTask:
		return Judgement, "its assignments no longer count, and completion rates change"
	case KindAgency:
		return Judgement, "what it reports is refused from now on"
	default:
		return Wording, "it can no longer be used"
	}
}
