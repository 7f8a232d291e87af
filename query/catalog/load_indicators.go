package catalog

import (
	"slices"

	"github.com/golang-sql/civil"
)

const indicatorsFile = "indicators.yaml"

type indicatorsYAML struct {
	Groups     []groupYAML     `yaml:"groups,optional"`
	Indicators []indicatorYAML `yaml:"indicators,optional"`
}

type indicatorYAML struct {
	ID          located[string]    `yaml:"id"`
	Name        Text               `yaml:"name"`
	ShortName   Text               `yaml:"short_name"`
	Description Text               `yaml:"description"`
	Group       located[string]    `yaml:"group"`
	Formula     formulaYAML        `yaml:"formula"`
	UnitName    Text               `yaml:"unit_name"`
	Direction   located[string]    `yaml:"direction"`
	Decimals    located[int]       `yaml:"decimals"`
	Breaks      []located[float64] `yaml:"legend_breaks"`
	Targets     []targetYAML       `yaml:"targets,optional"`
	Path        located[string]    `yaml:"path,optional"`
	Tolerance   located[float64]   `yaml:"tolerance,optional"`
	PeriodKinds []located[string]  `yaml:"period_kinds"`
	LeadAgency  located[string]    `yaml:"lead_agency"`
	LegalSource Text               `yaml:"legal_source"`
}

type formulaYAML struct {
	Kind        located[string]  `yaml:"kind"`
	Numerator   []termYAML       `yaml:"numerator,optional"`
	Denominator []termYAML       `yaml:"denominator,optional"`
	Scale       located[float64] `yaml:"scale"`
	PartOfWhole located[bool]    `yaml:"part_of_whole,optional"`
}

type termYAML struct {
	Measure located[string]                `yaml:"measure"`
	Where   map[string]located[filterYAML] `yaml:"where,optional"`
}

type filterYAML struct {
	Members []located[string] `yaml:"members,optional"`
	From    *located[int]     `yaml:"from,optional"`
	To      *located[int]     `yaml:"to,optional"`
}

type targetYAML struct {
	Date  located[civil.Date] `yaml:"date"`
	Value float64             `yaml:"value"`
}

func (l *loader) loadIndicators() {
	parts, whole := decodeParts[indicatorsYAML](l, indicatorsFile)
	l.indicators = newIDSet("indicator", whole)
	groups := newIDSet("indicator group", whole)
	var raw []indicatorYAML
	for _, part := range parts {
		l.cat.IndicatorGroups = append(l.cat.IndicatorGroups, l.takeGroups(&groups, part.Groups, snakeCase)...)
		raw = append(raw, part.Indicators...)
	}
	for _, r := range raw {
		l.define(&l.indicators, r.ID, snakeCase)
		l.cat.IndicatorGroups = l.group(groups, l.cat.IndicatorGroups, r.Group)
		ind := Indicator{
			ID:          r.ID.Value,
			Name:        r.Name,
			ShortName:   r.ShortName,
			Description: r.Description,
			Group:       r.Group.Value,
			Formula:     l.formula(r),
			UnitName:    r.UnitName,
			Direction:   oneOf(l, r.Direction, HigherIsBetter, LowerIsBetter, Neutral),
			Decimals:    r.Decimals.Value,
			Legend:      l.legend(r.Breaks),
			Tolerance:   r.Tolerance.Value,
			LeadAgency:  l.refer(l.agencies, r.LeadAgency),
			LegalSource: r.LegalSource,
		}
		l.takeTargets(r, &ind)
		l.takePeriodKinds(r, &ind)
		if r.Decimals.Value < 0 || r.Decimals.Value > 6 {
			l.report(r.Decimals.At, "decimals run from 0 to 6")
		}
		l.cat.Indicators = append(l.cat.Indicators, ind)
	}
	inGroupOrder(l.cat.Indicators, l.cat.IndicatorGroups, func(i Indicator) string { return i.Group })
}

func (l *loader) legend(breaks []located[float64]) Legend {
	var legend Legend
	for i, b := range breaks {
		if i > 0 && b.Value <= breaks[i-1].Value {
			l.report(b.At, "legend breaks must ascend")
		}
		legend.Breaks = append(legend.Breaks, b.Value)
	}
	return legend
}

func (l *loader) formula(r indicatorYAML) Formula {
	raw := r.Formula
	f := Formula{Kind: oneOf(l, raw.Kind, Ratio, Sum, Completion, OnTime), Scale: raw.Scale.Value, PartOfWhole: raw.PartOfWhole.Value}
	if raw.Scale.Value <= 0 {
		l.report(raw.Scale.At, "scale is more than 0: 100 for per cent, 1 for plain")
	}
	if f.PartOfWhole && f.Kind != Ratio {
		l.report(raw.PartOfWhole.At, "only a ratio is part of a whole")
	}
	wantNumerator := f.Kind == Ratio || f.Kind == Sum
	if f.Kind == "" {
		return f
	}
	if (len(raw.Numerator) > 0) != wantNumerator || (len(raw.Denominator) > 0) != (f.Kind == Ratio) {
		l.report(raw.Kind.At, "a ratio wants numerator and denominator, a sum the numerator alone, rates over tasks neither")
	}
	for _, t := range raw.Numerator {
		f.Numerator = append(f.Numerator, l.term(t))
	}
	for _, t := range raw.Denominator {
		f.Denominator = append(f.Denominator, l.term(t))
	}
	return f
}

func (l *loader) term(r termYAML) Term {
	t := Term{Measure: l.refer(l.measures, r.Measure)}
	m, known := l.cat.Measure(t.Measure)
	for id, raw := range r.Where {
		if t.Where == nil {
			t.Where = map[string]Filter{}
		}
		t.Where[id] = l.filter(raw.Value)
		if !known {
			continue
		}
		if !slices.Contains(m.Dimensions, id) {
			l.failf(raw.At, "measure %s has no dimension %q%s", m.ID, id, didYouMean(id, m.Dimensions))
			continue
		}
		l.checkFilter(id, raw)
	}
	return t
}

func (l *loader) filter(r filterYAML) Filter {
	var f Filter
	for _, m := range r.Members {
		f.Members = append(f.Members, m.Value)
	}
	if r.From != nil {
		f.From = &r.From.Value
	}
	if r.To != nil {
		f.To = &r.To.Value
	}
	return f
}

func (l *loader) checkFilter(id string, raw located[filterYAML]) {
	d, known := l.cat.Dimension(id)
	if !known {
		return
	}
	ranged := raw.Value.From != nil || raw.Value.To != nil
	switch {
	case ranged && !d.Integer:
		l.failf(raw.At, "members of %s are not numbers, so it has no range", id)
	case ranged == (len(raw.Value.Members) > 0):
		l.report(raw.At, "a filter is either members or from and to")
	case ranged && len(d.matching(l.filter(raw.Value))) == 0:
		l.failf(raw.At, "no member of %s lies in this range", id)
	}
	members := newIDSet("member of "+id, true)
	for _, m := range d.Members {
		members.at[m.ID] = raw.At
	}
	l.referAll(members, raw.Value.Members)
}

func (l *loader) takeTargets(r indicatorYAML, ind *Indicator) {
	for i, t := range r.Targets {
		if i > 0 && !t.Date.Value.After(r.Targets[i-1].Date.Value) {
			l.report(t.Date.At, "targets must follow each other by date")
		}
		ind.Targets = append(ind.Targets, Target{t.Date.Value, t.Value})
	}
	switch {
	case len(r.Targets) == 0:
		return
	case ind.Direction == Neutral:
		l.failf(r.Direction.At, "a neutral indicator has no targets, %s has", ind.ID)
	case r.Path.Value == "":
		l.failf(r.Targets[0].Date.At, "targets want a path: linear or stepped")
	}
	ind.Path = oneOf(l, r.Path, Linear, Stepped)
}

// takePeriodKinds refuses periods that the flows of the formula do not add up to.
func (l *loader) takePeriodKinds(r indicatorYAML, ind *Indicator) {
	if len(r.PeriodKinds) == 0 {
		l.failf(r.ID.At, "indicator %s wants at least one period kind, the default first", ind.ID)
	}
	for _, raw := range r.PeriodKinds {
		kind := oneOf(l, raw, PeriodKinds()...)
		ind.PeriodKinds = append(ind.PeriodKinds, kind)
		l.checkFlows(raw.At, *ind, kind)
	}
}

func (l *loader) checkFlows(at position, ind Indicator, kind PeriodKind) {
	for _, id := range ind.MeasureUse() {
		m, ok := l.cat.Measure(id)
		if ok && kind.Valid() && m.TimeRule == Flow && m.PeriodKind.Valid() && !m.PeriodKind.Tiles(kind) {
			l.failf(at, "%s figures of %s do not add up to a %s", m.PeriodKind, m.ID, kind)
			return
		}
	}
}
