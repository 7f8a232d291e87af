package catalog

import (
	"slices"
	"strconv"
	"strings"
)

const (
	dimensionsFile = "dimensions.yaml"
	measuresFile   = "measures.yaml"
)

type dimensionsYAML struct {
	Dimensions []dimensionYAML `yaml:"dimensions"`
}

type dimensionYAML struct {
	ID       located[string]       `yaml:"id"`
	Name     Text                  `yaml:"name"`
	Members  []memberYAML          `yaml:"members,optional"`
	Integers *located[integerYAML] `yaml:"integers,optional"`
}

type memberYAML struct {
	ID   located[string] `yaml:"id"`
	Name Text            `yaml:"name"`
}

// integerYAML makes the whole numbers From..To the members; %d in a name stands for the number.
type integerYAML struct {
	From    int  `yaml:"from"`
	To      int  `yaml:"to"`
	Name    Text `yaml:"name"`              // of a member, %d standing for the number
	OpenEnd Text `yaml:"open_end,optional"` // of the last one when it means "and over"
}

func (l *loader) loadDimensions() {
	var raw dimensionsYAML
	ok := l.decode(dimensionsFile, &raw)
	l.dimensions = newIDSet("dimension", ok)
	for _, r := range raw.Dimensions {
		l.define(&l.dimensions, r.ID, snakeCase)
		d := Dimension{ID: r.ID.Value, Name: r.Name}
		switch {
		case (r.Integers == nil) == (len(r.Members) == 0):
			l.failf(r.ID.At, "dimension %s wants either members or integers", r.ID.Value)
		case r.Integers == nil:
			d.Members = l.listMembers(r)
		default:
			l.countMembers(&d, *r.Integers)
		}
		l.cat.Dimensions = append(l.cat.Dimensions, d)
	}
}

func (l *loader) listMembers(r dimensionYAML) []Member {
	ids := newIDSet("member", true)
	members := make([]Member, 0, len(r.Members))
	for _, m := range r.Members {
		l.define(&ids, m.ID, snakeCase)
		members = append(members, Member{m.ID.Value, m.Name})
	}
	return members
}

func (l *loader) countMembers(d *Dimension, raw located[integerYAML]) {
	r := raw.Value
	if r.From < 0 || r.To < r.From || r.To-r.From > 1000 {
		l.report(raw.At, "integers run from 0 or more, upwards, over a thousand at most")
		return
	}
	d.Integer, d.OpenEnd = true, r.OpenEnd.Vi != ""
	for n := r.From; n <= r.To; n++ {
		name := r.Name
		if n == r.To && d.OpenEnd {
			name = r.OpenEnd
		}
		d.Members = append(d.Members, Member{strconv.Itoa(n), numbered(name, n)})
	}
}

func numbered(name Text, n int) Text {
	digits := strconv.Itoa(n)
	return Text{Vi: strings.ReplaceAll(name.Vi, "%d", digits), En: strings.ReplaceAll(name.En, "%d", digits)}
}

type measuresYAML struct {
	Measures []measureYAML `yaml:"measures"`
}

type measureYAML struct {
	ID           located[string]         `yaml:"id"`
	Name         Text                    `yaml:"name"`
	Description  Text                    `yaml:"description,optional"`
	UnitName     Text                    `yaml:"unit_name"`
	TimeRule     located[string]         `yaml:"time_rule"`
	Dimensions   []located[string]       `yaml:"dimensions,optional"`
	Level        located[string]         `yaml:"level"`
	ReportedBy   located[string]         `yaml:"reported_by"`
	CarryForward located[int]            `yaml:"carry_forward_days,optional"`
	Agency       located[string]         `yaml:"agency"`
	Dataset      located[string]         `yaml:"dataset"`
	Sensitive    *located[sensitiveYAML] `yaml:"sensitive,optional"`
	Expected     []located[string]       `yaml:"expected_types,optional"`
	Max          located[int64]          `yaml:"max,optional"`
	LegalSource  Text                    `yaml:"legal_source,optional"`
}

type sensitiveYAML struct {
	Below      located[string]   `yaml:"below"`
	Dimensions []located[string] `yaml:"dimensions"`
}

func (l *loader) loadMeasures() {
	parts, whole := decodeParts[measuresYAML](l, measuresFile)
	l.measures = newIDSet("measure", whole)
	var raw []measureYAML
	for _, part := range parts {
		raw = append(raw, part.Measures...)
	}
	for _, r := range raw {
		before := len(l.findings)
		l.define(&l.measures, r.ID, snakeCase)
		m := Measure{
			ID:           r.ID.Value,
			Name:         r.Name,
			Description:  r.Description,
			UnitName:     r.UnitName,
			TimeRule:     oneOf(l, r.TimeRule, Flow, Stock, Cumulative),
			Dimensions:   l.referAll(l.dimensions, r.Dimensions),
			Level:        l.refer(l.levels, r.Level),
			PeriodKind:   oneOf(l, r.ReportedBy, PeriodKinds()...),
			CarryForward: r.CarryForward.Value,
			Agency:       l.refer(l.agencies, r.Agency),
			Dataset:      oneOf(l, r.Dataset, "observations", "population"),
			Max:          r.Max.Value,
			LegalSource:  r.LegalSource,
		}
		slices.Sort(m.Dimensions)
		l.checkTimeRule(r, m)
		if r.Max.Value < 0 || r.CarryForward.Value < 0 {
			l.failf(r.ID.At, "measure %s: max and carry_forward_days are 0 or more", r.ID.Value)
		}
		l.takeSensitive(r, &m)
		l.takeExpected(r, &m)
		l.sound[m.ID] = len(l.findings) == before
		l.cat.Measures = append(l.cat.Measures, m)
	}
}

// takeExpected reads the types of units that report; each must be one of the level.
func (l *loader) takeExpected(r measureYAML, m *Measure) {
	types := newIDSet("type of unit of level "+m.Level, l.levels.known)
	for _, set := range l.cat.BoundarySets {
		for _, u := range set.Units {
			if u.Level == m.Level {
				types.at[u.Type] = r.Level.At
			}
		}
	}
	if len(types.at) > 0 {
		m.ExpectedTypes = l.referAll(types, r.Expected)
	}
}

func (l *loader) checkTimeRule(r measureYAML, m Measure) {
	if m.TimeRule == Flow && m.CarryForward > 0 {
		l.report(r.CarryForward.At, "a flow belongs to its period and is never carried forward")
	}
	if (m.TimeRule == Stock || m.TimeRule == Cumulative) && m.PeriodKind.months() > 0 {
		l.failf(r.ReportedBy.At, "a %s holds on a day: it is reported by day", m.TimeRule)
	}
}

func (l *loader) takeSensitive(r measureYAML, m *Measure) {
	if r.Sensitive == nil {
		return
	}
	m.SensitiveBelow = l.refer(l.levels, r.Sensitive.Value.Below)
	m.SensitiveDims = l.referAll(l.dimensions, r.Sensitive.Value.Dimensions)
	for i, d := range m.SensitiveDims {
		if !slices.Contains(m.Dimensions, d) {
			l.failf(r.Sensitive.Value.Dimensions[i].At, "measure %s has no dimension %s", m.ID, d)
		}
	}
}
