package catalog

import (
	"errors"
	"io/fs"
	"maps"
	"math"
	"slices"

	"github.com/golang-sql/civil"
)

// demoYAML is the model, or a further file of it with measures alone (see parts).
type demoYAML struct {
	Population *located[demoPopulationYAML] `yaml:"population,optional"`
	Measures   []demoMeasureYAML            `yaml:"measures,optional"`
	Tasks      *located[demoTasksYAML]      `yaml:"tasks,optional"`
}

type demoPopulationYAML struct {
	Measure    located[string]               `yaml:"measure"`
	Anchor     located[string]               `yaml:"anchor_level"`
	CensusFrom civil.Date                    `yaml:"census_from"`
	CensusTo   located[civil.Date]           `yaml:"census_to"`
	DayOfMonth located[int]                  `yaml:"day_of_month"`
	Ages       map[string]located[[]float64] `yaml:"five_year_ages"`
	Temporary  map[string]located[float64]   `yaml:"temporary_share"`
}

type demoMeasureYAML struct {
	Measure located[string]                        `yaml:"measure"`
	Base    expression                             `yaml:"base,optional"`
	Amount  located[float64]                       `yaml:"amount,optional"`
	From    civil.Date                             `yaml:"from"`
	Weights located[map[string]map[string]float64] `yaml:"weights,optional"`
	Share   located[growthYAML]                    `yaml:"share"`
	Report  located[reportYAML]                    `yaml:"report"`
}

type growthYAML struct {
	Floor          float64            `yaml:"floor,optional"`
	Ceiling        map[string]float64 `yaml:"ceiling"`
	Midpoint       civil.Date         `yaml:"midpoint"`
	Days           float64            `yaml:"days"`
	MidpointSpread float64            `yaml:"midpoint_spread_days,optional"`
	CeilingSpread  float64            `yaml:"ceiling_spread,optional"`
	Noise          float64            `yaml:"noise,optional"`
	MemberSpread   float64            `yaml:"member_spread,optional"`
}

type reportYAML struct {
	EveryDays  int     `yaml:"every_days,optional"`
	Gap        float64 `yaml:"gap,optional"`
	Late       float64 `yaml:"late,optional"`
	LateDays   int     `yaml:"late_days,optional"`
	Correction float64 `yaml:"correction,optional"`
}

type demoTasksYAML struct {
	OnTime     float64 `yaml:"on_time"`
	Late       float64 `yaml:"late"`
	Reported   float64 `yaml:"reported"`
	InProgress float64 `yaml:"in_progress"`
	Obstacle   float64 `yaml:"obstacle"`
	AcceptDays int     `yaml:"accept_days"`
}

// loadDemo reads the model of demonstration figures. Only a catalogue that says it is a
// demonstration may have one, so that invented figures never stand beside real ones.
func (l *loader) loadDemo() {
	if _, err := fs.Stat(l.fsys, demoFile); errors.Is(err, fs.ErrNotExist) && l.cat.Demonstration == nil {
		return
	}
	var raw demoYAML
	if !l.decode(demoFile, &raw) {
		return
	}
	if l.cat.Demonstration == nil && l.levels.known {
		l.report(position{file: demoFile}, "only a catalogue with a demonstration block in "+rootFile+" may make figures up")
		return
	}
	if raw.Population == nil || raw.Tasks == nil {
		l.report(position{file: demoFile}, "the model wants a population and tasks")
		return
	}
	model := &DemoModel{Population: l.demoPopulation(raw.Population.Value), Tasks: DemoTasks(raw.Tasks.Value)}
	for _, r := range append(raw.Measures, l.demoParts()...) {
		model.Measures = append(model.Measures, l.demoMeasure(r, model))
	}
	t := model.Tasks
	if t.OnTime+t.Late+t.Reported+t.InProgress > 1 || !allShares(t.OnTime, t.Late, t.Reported, t.InProgress, t.Obstacle) || t.AcceptDays < 0 {
		l.report(raw.Tasks.At, "shares lie within 0 and 1, those of how assignments end add up to 1 at most, and days are 0 or more")
	}
	l.cat.Demo = model
}

// demoParts reads the measures of the files beside the main one.
func (l *loader) demoParts() []demoMeasureYAML {
	var measures []demoMeasureYAML
	for _, file := range l.parts(demoFile) {
		var part demoYAML
		if file != demoFile && l.decode(file, &part) {
			measures = append(measures, part.Measures...)
		}
	}
	return measures
}

func allShares(values ...float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return v < 0 || v > 1 })
}

func (l *loader) demoPopulation(r demoPopulationYAML) DemoPopulation {
	m := DemoPopulation{
		Measure:    l.refer(l.measures, r.Measure),
		Anchor:     l.refer(l.levels, r.Anchor),
		CensusFrom: r.CensusFrom,
		CensusTo:   r.CensusTo.Value,
		DayOfMonth: r.DayOfMonth.Value,
		Ages:       l.singleYears(r),
		Temporary:  map[string]float64{},
	}
	def, known := l.cat.Measure(m.Measure)
	known = known && !slices.ContainsFunc(def.Dimensions, func(id string) bool { return l.dimensions.at[id] == position{} })
	if known && !slices.Equal(def.Dimensions, []string{"age", "residence", "sex"}) {
		l.failf(r.Measure.At, "the population model wants a measure by age, residence and sex; %s is by %v", def.ID, def.Dimensions)
	}
	if !m.CensusTo.After(m.CensusFrom) {
		l.report(r.CensusTo.At, "the second census comes after the first")
	}
	if m.DayOfMonth < 1 || m.DayOfMonth > 28 {
		l.report(r.DayOfMonth.At, "every month has the days 1 to 28")
	}
	for unitType, share := range r.Temporary {
		m.Temporary[unitType] = share.Value
		if !allShares(share.Value) {
			l.report(share.At, "a share lies within 0 and 1")
		}
	}
	l.checkAnchors(r, m)
	return m
}

func (l *loader) checkAnchors(r demoPopulationYAML, m DemoPopulation) {
	for _, set := range l.cat.BoundarySets {
		for _, u := range set.Units {
			if _, ok := m.Expected(u, m.CensusTo); u.Level == m.Anchor && !ok {
				l.failf(r.Anchor.At, "unit %s has no published census of 2009 and 2019 to start from", u.Code)
			}
		}
	}
}

// singleYears turns five-year shares per sex into shares of single years of age.
func (l *loader) singleYears(r demoPopulationYAML) map[string][]float64 {
	ages, sum := map[string][]float64{}, 0.0
	for _, sex := range sortedKeys(r.Ages) { // a sum in floating point depends on its order
		groups := r.Ages[sex]
		single, ok := splitGroups(groups.Value)
		if !ok {
			l.report(groups.At, "shares are 0 or more, and neighbours differ less than twice")
		}
		if d, known := l.cat.Dimension("sex"); known && !d.has(sex) {
			l.failf(groups.At, "there is no sex %q%s", sex, didYouMean(sex, d.memberIDs()))
		}
		if d, known := l.cat.Dimension("age"); known && len(single) != len(d.Members) {
			l.failf(groups.At, "these groups reach age %d, the dimension age has %d members", len(single)-1, len(d.Members))
		}
		ages[sex] = single
		for _, share := range single {
			sum += share
		}
	}
	for _, single := range ages {
		for i := range single {
			single[i] /= sum
		}
	}
	for _, sex := range sortedKeys(r.Ages) {
		if math.Abs(sum-100) > 0.05 {
			l.failf(r.Ages[sex].At, "the shares of both sexes add up to %.2f, not to 100 per cent", sum)
			break
		}
	}
	return ages
}

// splitGroups spreads each five-year share over its years along a straight line with the
// slope between its neighbours, which keeps the share; the last group is one open-ended age.
func splitGroups(groups []float64) ([]float64, bool) {
	var single []float64
	ok := true
	for i, share := range groups {
		if i == len(groups)-1 {
			return append(single, share), ok && share >= 0
		}
		before, after := groups[max(i-1, 0)], groups[i+1]
		slope := (after - before) / 50
		for year := -2.0; year <= 2; year++ {
			one := share/5 + year*slope
			ok = ok && one >= 0
			single = append(single, one)
		}
	}
	return single, false
}

func (l *loader) demoMeasure(r demoMeasureYAML, model *DemoModel) DemoMeasure {
	rep := r.Report.Value
	m := DemoMeasure{
		Measure: l.refer(l.measures, r.Measure),
		Amount:  r.Amount.Value,
		Weights: r.Weights.Value,
		From:    r.From,
		Share:   Growth(r.Share.Value),
		Report:  DemoReporting(rep),
	}
	switch {
	case (r.Base.text == "") == (r.Amount.At == position{}):
		l.failf(r.Measure.At, "%s wants either a base or an amount", m.Measure)
	case r.Base.text != "":
		m.Base = l.term(r.Base)
		l.checkBase(r, m, model)
	case m.Amount <= 0:
		l.report(r.Amount.At, "an amount is more than 0")
	}
	l.checkWeights(r)
	l.checkGrowth(r)
	def, _ := l.cat.Measure(m.Measure)
	wrongDays := def.TimeRule != "" && (def.TimeRule == Flow) != (rep.EveryDays == 0)
	if wrongDays || rep.EveryDays < 0 || rep.LateDays < 0 || !allShares(rep.Gap, rep.Late, rep.Correction) {
		l.report(r.Report.At, "every_days is given for figures that hold on a day and only for them; chances lie within 0 and 1")
	}
	return m
}

// checkBase wants a base that is made before, and whose rows are those of the measure, or
// one for all of them.
func (l *loader) checkBase(r demoMeasureYAML, m DemoMeasure, model *DemoModel) {
	if m.Base.Measure == model.Population.Measure {
		return
	}
	if !slices.ContainsFunc(model.Measures, func(d DemoMeasure) bool { return d.Measure == m.Base.Measure }) {
		l.failf(r.Base.at, "measure %s is not made before %s", m.Base.Measure, m.Measure)
		return
	}
	def, _ := l.cat.Measure(m.Measure)
	base, _ := l.cat.Measure(m.Base.Measure)
	if l.sound[def.ID] && l.sound[base.ID] && len(base.Dimensions) > 0 && !slices.Equal(base.Dimensions, def.Dimensions) {
		l.failf(r.Base.at, "%s is by %v and its base %s by %v", m.Measure, def.Dimensions, m.Base.Measure, base.Dimensions)
	}
}

// checkWeights wants a weight for every member of a dimension that is split.
func (l *loader) checkWeights(r demoMeasureYAML) {
	def, known := l.cat.Measure(r.Measure.Value)
	if !known || !l.sound[def.ID] || !l.dimensions.known {
		return
	}
	for _, dim := range sortedKeys(r.Weights.Value) {
		weights := r.Weights.Value[dim]
		d, known := l.cat.Dimension(dim)
		if !known || !slices.Contains(def.Dimensions, dim) {
			l.failf(r.Weights.At, "measure %s has no dimension %q%s", def.ID, dim, didYouMean(dim, def.Dimensions))
			continue
		}
		for _, member := range d.memberIDs() {
			if _, ok := weights[member]; !ok {
				l.failf(r.Weights.At, "%s %q has no weight", dim, member)
			}
		}
		for _, member := range sortedKeys(weights) {
			if !d.has(member) || weights[member] < 0 {
				l.failf(r.Weights.At, "%q is no member of %s, or its weight is below 0%s", member, dim, didYouMean(member, d.memberIDs()))
			}
		}
	}
}

// checkGrowth wants a ceiling for every type of unit that reports.
func (l *loader) checkGrowth(r demoMeasureYAML) {
	g := r.Share.Value
	if g.Days <= 0 || g.Floor < 0 || g.MidpointSpread < 0 || g.CeilingSpread < 0 || g.Noise < 0 || g.MemberSpread < 0 {
		l.report(r.Share.At, "days are more than 0, everything else 0 or more")
	}
	def, _ := l.cat.Measure(r.Measure.Value)
	missing := map[string]bool{}
	for _, set := range l.cat.BoundarySets {
		for _, u := range set.Units {
			if _, ok := g.Ceiling[u.Type]; u.Level == def.Level && !ok {
				missing[u.Type] = true
			}
		}
	}
	for _, unitType := range sortedKeys(missing) {
		l.failf(r.Share.At, "a unit of type %q has no ceiling", unitType)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
