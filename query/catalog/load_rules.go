package catalog

import (
	"errors"
	"io/fs"
	"slices"
)

const rulesFile = "rules.yaml"

type rulesYAML struct {
	Closings    []located[closingYAML] `yaml:"closings,optional"`
	Ranges      []located[rangeYAML]   `yaml:"ranges,optional"`
	Jumps       []located[jumpYAML]    `yaml:"jumps,optional"`
	Parts       []located[partYAML]    `yaml:"parts,optional"`
	OtherAgency located[string]        `yaml:"other_agency,optional"`
}

type closingYAML struct {
	Measures  []located[string] `yaml:"measures,optional"`
	DueDays   int               `yaml:"due_days"`
	CloseDays int               `yaml:"close_days,optional"`
	Working   int               `yaml:"close_working_days,optional"`
	Reason    *Text             `yaml:"reason,optional"`
}

type rangeYAML struct {
	Measure  located[string] `yaml:"measure"`
	Min      *int64          `yaml:"min,optional"`
	Max      *int64          `yaml:"max,optional"`
	Severity located[string] `yaml:"severity"`
	Reason   *Text           `yaml:"reason,optional"`
}

type jumpYAML struct {
	Measure  located[string] `yaml:"measure"`
	Up       *float64        `yaml:"up_percent,optional"`
	Down     *float64        `yaml:"down_percent,optional"`
	Least    int64           `yaml:"least,optional"`
	LookBack int             `yaml:"look_back_days"`
	Severity located[string] `yaml:"severity"`
	Reason   *Text           `yaml:"reason,optional"`
}

type partYAML struct {
	Part     located[string] `yaml:"part"`
	Whole    located[string] `yaml:"whole"`
	Severity located[string] `yaml:"severity"`
	Reason   *Text           `yaml:"reason,optional"`
}

// loadRules reads rules.yaml, which may be missing, and derives the parts that indicators state.
func (l *loader) loadRules() {
	if _, err := fs.Stat(l.fsys, rulesFile); !errors.Is(err, fs.ErrNotExist) {
		var raw rulesYAML
		if l.decode(rulesFile, &raw) {
			l.takeClosings(raw.Closings)
			l.takeRanges(raw.Ranges)
			l.takeJumps(raw.Jumps)
			l.takeParts(raw.Parts)
			if raw.OtherAgency.Value != "" {
				l.cat.Rules.OtherAgency = l.severity(raw.OtherAgency)
			}
		}
	}
	l.deriveParts()
}

func (l *loader) severity(s located[string]) Severity {
	return oneOf(l, s, SeverityWarning, SeverityError)
}

// stated is a text that may be missing.
func stated(t *Text) Text {
	if t == nil {
		return Text{}
	}
	return *t
}

func (l *loader) takeClosings(raw []located[closingYAML]) {
	named := map[string]bool{}
	for _, r := range raw {
		const longest = 250 // working days: a year
		c := Closing{
			Measures: l.referAll(l.measures, r.Value.Measures), DueDays: r.Value.DueDays, CloseDays: r.Value.CloseDays,
			CloseWorkingDays: r.Value.Working, Reason: stated(r.Value.Reason),
		}
		if c.DueDays < 0 || c.CloseDays < 0 || c.CloseWorkingDays < 0 || c.CloseWorkingDays > longest {
			l.report(r.At, "due_days, close_days and close_working_days are 0 or more; close_working_days is at most 250")
		}
		keys := c.Measures
		if len(keys) == 0 {
			keys = []string{""}
		}
		for _, id := range keys {
			if named[id] {
				l.report(r.At, "two rules close the same periods")
			}
			named[id] = true
		}
		l.cat.Rules.Closings = append(l.cat.Rules.Closings, c)
	}
}

func (l *loader) takeRanges(raw []located[rangeYAML]) {
	for _, r := range raw {
		v := r.Value
		if v.Min == nil && v.Max == nil || v.Min != nil && v.Max != nil && *v.Min > *v.Max {
			l.report(r.At, "a range wants min, max or both, min not above max")
		}
		l.cat.Rules.Ranges = append(l.cat.Rules.Ranges, Range{l.refer(l.measures, v.Measure), v.Min, v.Max, l.severity(v.Severity), stated(v.Reason)})
	}
}

func (l *loader) takeJumps(raw []located[jumpYAML]) {
	for _, r := range raw {
		v := r.Value
		if v.Up == nil && v.Down == nil || v.Up != nil && *v.Up < 0 || v.Down != nil && (*v.Down < 0 || *v.Down > 100) || v.Least < 0 {
			l.report(r.At, "a jump wants up_percent (0 or more), down_percent (0 to 100) or both; least is 0 or more")
		}
		if v.LookBack < 1 || v.LookBack > 1000 {
			l.report(r.At, "look_back_days is 1 to 1000")
		}
		l.cat.Rules.Jumps = append(l.cat.Rules.Jumps, Jump{
			Measure: l.refer(l.measures, v.Measure), Up: v.Up, Down: v.Down, Least: v.Least, LookBack: v.LookBack, Severity: l.severity(v.Severity),
			Reason: stated(v.Reason),
		})
	}
}

func (l *loader) takeParts(raw []located[partYAML]) {
	for _, r := range raw {
		p := PartRule{l.refer(l.measures, r.Value.Part), l.refer(l.measures, r.Value.Whole), l.severity(r.Value.Severity), stated(r.Value.Reason)}
		part, ok1 := l.cat.Measure(p.Part)
		whole, ok2 := l.cat.Measure(p.Whole)
		if ok1 && ok2 && (p.Part == p.Whole || !sameCells(part, whole)) {
			l.failf(r.At, "%s and %s cannot be compared cell by cell: two measures of the same level, dimensions, dataset and kind of period are accepted", p.Part, p.Whole)
		}
		l.cat.Rules.Parts = append(l.cat.Rules.Parts, p)
	}
}

// sameCells tells whether every cell of a has one of b beside it.
func sameCells(a, b Measure) bool {
	return a.Level == b.Level && a.Dataset == b.Dataset && a.PeriodKind == b.PeriodKind && (a.TimeRule == Flow) == (b.TimeRule == Flow) &&
		slices.Equal(a.Dimensions, b.Dimensions)
}

// deriveParts adds a warning for every ratio that states to be a part of a whole and compares two measures as they are.
func (l *loader) deriveParts() {
	for _, i := range l.cat.Indicators {
		f := i.Formula
		if !f.PartOfWhole || len(f.Numerator) != 1 || len(f.Denominator) != 1 || len(f.Numerator[0].Where)+len(f.Denominator[0].Where) > 0 {
			continue
		}
		p := PartRule{f.Numerator[0].Measure, f.Denominator[0].Measure, SeverityWarning, Text{}}
		part, ok1 := l.cat.Measure(p.Part)
		whole, ok2 := l.cat.Measure(p.Whole)
		stated := slices.ContainsFunc(l.cat.Rules.Parts, func(o PartRule) bool { return o.Part == p.Part && o.Whole == p.Whole })
		if ok1 && ok2 && !stated && sameCells(part, whole) {
			l.cat.Rules.Parts = append(l.cat.Rules.Parts, p)
		}
	}
}
