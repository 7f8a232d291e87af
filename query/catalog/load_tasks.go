package catalog

import (
	"slices"
	"strings"
	"unicode"

	"github.com/golang-sql/civil"
)

const (
	tasksFile  = "tasks.yaml"
	scenesFile = "scenes.yaml"
)

// tasksYAML is a part of the plan. The day it binds on is that of the first part unless it says another.
type tasksYAML struct {
	BoundOn    *located[civil.Date] `yaml:"bound_on,optional"`
	Reporting  *reportingYAML       `yaml:"reporting,optional"`
	Groups     []groupYAML          `yaml:"groups,optional"`
	Conditions []conditionYAML      `yaml:"conditions,optional"`
	Tasks      []taskYAML           `yaml:"tasks,optional"`
}

type taskYAML struct {
	Ref          located[string]   `yaml:"ref"`
	Title        Text              `yaml:"title"`
	Group        located[string]   `yaml:"group"`
	Lead         []located[string] `yaml:"lead"`
	EachLeads    bool              `yaml:"each_leads,optional"`
	Coordinating []located[string] `yaml:"coordinating,optional"`
	Deadline     deadlineYAML      `yaml:"deadline"`
	Bound        []located[string] `yaml:"bound"`
	Indicators   []located[string] `yaml:"indicators,optional"`
	NoIndicator  *located[Text]    `yaml:"no_indicator,optional"`
}

func (l *loader) loadTasks() {
	parts, whole := decodeParts[tasksYAML](l, tasksFile)
	l.tasks = newIDSet("task", whole)
	l.conditions = newIDSet("condition", whole)
	groups := newIDSet("task group", whole)
	for _, part := range parts {
		l.loadConditions(part.Conditions)
		l.takeReporting(part.Reporting)
		l.cat.TaskGroups = append(l.cat.TaskGroups, l.takeGroups(&groups, part.Groups, isReference)...)
	}
	var set BoundarySet
	dated := false
	for _, part := range parts {
		if part.BoundOn != nil {
			set, dated = l.boundSet(*part.BoundOn), true
		} else if !dated && len(part.Tasks) > 0 {
			l.report(part.Tasks[0].Ref.At, "tasks want a bound_on: the day on which those bound are counted")
		}
		for _, r := range part.Tasks {
			l.cat.TaskGroups = l.group(groups, l.cat.TaskGroups, r.Group)
			l.cat.Tasks = append(l.cat.Tasks, l.task(r, set))
		}
	}
	inGroupOrder(l.cat.Tasks, l.cat.TaskGroups, func(t Task) string { return t.Group })
}

// boundSet gives the boundary set whose units a part of the plan binds.
func (l *loader) boundSet(on located[civil.Date]) BoundarySet {
	set, inForce := l.cat.BoundarySetAt(on.Value)
	if !inForce && l.levels.known {
		l.failf(on.At, "no boundary set is in force on this day")
	}
	return set
}

func (l *loader) task(r taskYAML, set BoundarySet) Task {
	l.define(&l.tasks, r.Ref, isReference)
	if !strings.HasPrefix(r.Ref.Value, r.Group.Value+".") && r.Ref.Value != r.Group.Value {
		l.failf(r.Group.At, "task %s is not in group %s", r.Ref.Value, r.Group.Value)
	}
	if len(r.Lead) == 0 {
		l.failf(r.Ref.At, "task %s wants a lead agency: somebody must accept what is done", r.Ref.Value)
	}
	assignees := l.assignees(r, set)
	var none Text
	if r.NoIndicator != nil {
		if none = r.NoIndicator.Value; len(r.Indicators) > 0 {
			l.failf(r.NoIndicator.At, "task %s has indicators and says why it has none", r.Ref.Value)
		}
	}
	return Task{
		Ref:          r.Ref.Value,
		Title:        r.Title,
		Group:        r.Group.Value,
		Lead:         l.referAll(l.agencies, r.Lead),
		EachLeads:    r.EachLeads,
		Coordinating: l.referAll(l.agencies, r.Coordinating),
		Deadline:     l.deadline(r, set, assignees),
		Assignees:    assignees,
		Boundaries:   set.Info.ID,
		Indicators:   l.referAll(l.indicators, r.Indicators),
		NoIndicator:  none,
	}
}

// isReference tells whether s can point into a plan: parts joined by dots, as in B.III.2.7.
func isReference(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
		if part == "" || strings.ContainsFunc(part, odd) {
			return false
		}
	}
	return true
}

// assignees expands who is bound: agency:ID, agencies:KIND, unit:CODE, or level:LEVEL for
// all units of a level of the boundary set.
func (l *loader) assignees(r taskYAML, set BoundarySet) []string {
	var out []string
	for _, raw := range r.Bound {
		kind, name, _ := strings.Cut(raw.Value, ":")
		expanded := l.expand(located[string]{name, raw.At}, kind, set)
		for _, a := range expanded {
			if slices.Contains(out, a) {
				l.failf(raw.At, "%s is bound twice", a)
			}
		}
		out = append(out, expanded...)
	}
	if len(r.Bound) == 0 {
		l.failf(r.Ref.At, "task %s binds nobody", r.Ref.Value)
	}
	slices.Sort(out)
	return out
}

func (l *loader) expand(name located[string], kind string, set BoundarySet) []string {
	var out []string
	switch kind {
	case "agency":
		return []string{"agency:" + l.refer(l.agencies, name)}
	case "agencies":
		for _, a := range l.cat.Agencies {
			if a.Kind == name.Value {
				out = append(out, "agency:"+a.ID)
			}
		}
		if len(out) == 0 && l.agencies.known {
			l.failf(name.At, "no agency is of kind %q%s", name.Value, didYouMean(name.Value, l.agencyKinds()))
		}
	case "unit":
		if _, ok := set.Unit(name.Value); !ok && len(set.Units) > 0 {
			l.failf(name.At, "there is no unit %q in %s", name.Value, set.Info.ID)
		}
		return []string{"unit:" + name.Value}
	case "level":
		l.refer(l.levels, name)
		for _, u := range set.Units {
			if u.Level == name.Value {
				out = append(out, "unit:"+u.Code)
			}
		}
	default:
		l.failf(name.At, "want agency:ID, agencies:KIND, unit:CODE or level:LEVEL")
	}
	return out
}

func (l *loader) agencyKinds() []string {
	var kinds []string
	for _, a := range l.cat.Agencies {
		kinds = append(kinds, a.Kind)
	}
	return kinds
}

type scenesYAML struct {
	Sets []sceneSetYAML `yaml:"scene_sets"`
}

type sceneSetYAML struct {
	ID     located[string] `yaml:"id"`
	Name   Text            `yaml:"name"`
	Scenes []sceneYAML     `yaml:"scenes"`
}

type sceneYAML struct {
	Kind      located[string]  `yaml:"kind"`
	Indicator *located[string] `yaml:"indicator,optional"`
	Level     *located[string] `yaml:"level,optional"`
	Seconds   located[int]     `yaml:"seconds"`
}

// DefaultScenes is the scene set that always exists.
const DefaultScenes = "default"

func (l *loader) loadScenes() {
	var raw scenesYAML
	ok := l.decode(scenesFile, &raw)
	ids := newIDSet("scene set", ok)
	for _, r := range raw.Sets {
		l.define(&ids, r.ID, kebabCase)
		set := SceneSet{ID: r.ID.Value, Name: r.Name}
		for _, s := range r.Scenes {
			set.Scenes = append(set.Scenes, l.scene(s))
		}
		if len(set.Scenes) == 0 {
			l.failf(r.ID.At, "scene set %s shows nothing", r.ID.Value)
		}
		l.cat.Scenes = append(l.cat.Scenes, set)
	}
	if _, there := ids.at[DefaultScenes]; ok && !there {
		l.failf(position{file: scenesFile}, "a scene set %q must exist", DefaultScenes)
	}
}

// sceneNeeds says for every kind of scene what it is about: an indicator, units of a level.
var sceneNeeds = map[string]struct{ indicator, level bool }{
	"map": {true, true}, "ranking": {true, true}, "tasks": {false, true}, "reports": {false, true}, "pyramid": {}, "clock": {},
}

func (l *loader) scene(r sceneYAML) Scene {
	s := Scene{Kind: oneOf(l, r.Kind, "map", "ranking", "tasks", "reports", "pyramid", "clock"), Seconds: r.Seconds.Value}
	needs := sceneNeeds[s.Kind]
	if r.Indicator != nil {
		s.Indicator = l.refer(l.indicators, *r.Indicator)
	} else if needs.indicator {
		l.failf(r.Kind.At, "a %s scene wants an indicator", s.Kind)
	}
	if r.Level != nil {
		s.Level = l.refer(l.levels, *r.Level)
	} else if needs.level {
		l.failf(r.Kind.At, "a %s scene wants a level", s.Kind)
	}
	if s.Seconds < 5 || s.Seconds > 3600 {
		l.report(r.Seconds.At, "a scene stays for 5 to 3600 seconds")
	}
	return s
}
