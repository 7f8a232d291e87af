package catalog

import (
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
	Formula     expression         `yaml:"formula"`
	PartOfWhole located[bool]      `yaml:"part_of_whole,optional"`
	UnitName    Text               `yaml:"unit_name"`
	Direction   located[string]    `yaml:"direction"`
	Decimals    located[int]       `yaml:"decimals"`
	Breaks      []located[float64] `yaml:"legend_breaks"`
	Targets     []targetYAML       `yaml:"targets,optional"`
	Path        located[string]    `yaml:"path,optional"`
	Tolerance   located[float64]   `yaml:"tolerance,optional"`
	Coverage    located[float64]   `yaml:"least_coverage,optional"`
	PeriodKinds []located[string]  `yaml:"period_kinds"`
	LeadAgency  located[string]    `yaml:"lead_agency"`
	LegalSource Text               `yaml:"legal_source"`
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
	all := make([]written, len(raw))
	for i, r := range raw {
		w := &all[i]
		w.indicatorYAML = r
		l.define(&l.indicators, r.ID, snakeCase)
		l.cat.IndicatorGroups = l.group(groups, l.cat.IndicatorGroups, r.Group)
		ind := Indicator{
			ID:          r.ID.Value,
			Name:        r.Name,
			ShortName:   r.ShortName,
			Description: r.Description,
			Group:       r.Group.Value,
			Formula:     l.formula(w),
			UnitName:    r.UnitName,
			Direction:   oneOf(l, r.Direction, HigherIsBetter, LowerIsBetter, Neutral),
			Decimals:    r.Decimals.Value,
			Legend:      l.legend(r.Breaks),
			Tolerance:   r.Tolerance.Value,
			Coverage:    l.share(r.Coverage),
			LeadAgency:  l.refer(l.agencies, r.LeadAgency),
			LegalSource: r.LegalSource,
		}
		l.takeTargets(r, &ind)
		if r.Decimals.Value < 0 || r.Decimals.Value > 6 {
			l.report(r.Decimals.At, "decimals run from 0 to 6")
		}
		l.cat.Indicators = append(l.cat.Indicators, ind)
	}
	for i := range all { // what they are made of may stand further down
		l.checkParts(&all[i], &l.cat.Indicators[i])
	}
	for i := range all {
		l.takePeriodKinds(&all[i], &l.cat.Indicators[i])
		l.checkUnit(&all[i], l.cat.Indicators[i])
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
func (l *loader) takePeriodKinds(w *written, ind *Indicator) {
	r := w.indicatorYAML
	if len(r.PeriodKinds) == 0 {
		l.failf(r.ID.At, "indicator %s wants at least one period kind, the default first", ind.ID)
	}
	for _, raw := range r.PeriodKinds {
		kind := oneOf(l, raw, PeriodKinds()...)
		ind.PeriodKinds = append(ind.PeriodKinds, kind)
		if w.tree != nil {
			l.checkFlows(raw.At, *ind, kind)
		}
	}
}

func (l *loader) checkFlows(at position, ind Indicator, kind PeriodKind) {
	for _, id := range l.cat.MeasureUse(ind) {
		m, ok := l.cat.Measure(id)
		if ok && kind.Valid() && m.TimeRule == Flow && m.PeriodKind.Valid() && !m.PeriodKind.Tiles(kind) {
			l.failf(at, "%s figures of %s do not add up to a %s", m.PeriodKind, m.ID, kind)
			return
		}
	}
}
