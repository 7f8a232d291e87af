package query

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// SeriesLimit bounds how many series a scrape may have; zero is DefaultSeries.
type SeriesLimit int

// DefaultSeries is what a Prometheus of a province takes without a thought.
const DefaultSeries SeriesLimit = 20_000

func (l SeriesLimit) orDefault() SeriesLimit {
	if l == 0 {
		return DefaultSeries
	}
	return l
}

// What is exported of an indicator in a unit: all of it, or of the lowest level only what alerts
// need (value, target, coverage), and that only where there is a target.
const (
	wholeFigure = 6
	leanFigure  = 3
)

// seriesPlan is decided before anything is exported, from the catalogue and the units alone.
type seriesPlan struct {
	lean   bool // the lowest level shows what alerts need, and no more
	series int  // at most
}

// planSeries chooses what is exported so that it fits the limit whatever is reported: everything, or the lowest level in
// short. Where even that is too much the error says how much it would be.
func (s *Service) planSeries(limit SeriesLimit) (seriesPlan, error) {
	limit = limit.orDefault()
	whole, lean := s.countSeries(false), s.countSeries(true)
	switch {
	case whole <= int(limit):
		return seriesPlan{series: whole}, nil
	case lean <= int(limit):
		return seriesPlan{lean: true, series: lean}, nil
	}
	return seriesPlan{}, fmt.Errorf("metrics: %d series, and %d with the lowest level in short, are more than the %d allowed: raise --metrics-series", whole, lean, limit)
}

func (s *Service) countSeries(lean bool) int {
	c := s.deps.Catalog
	const perIndicator, perTask, perAgency, perStep = 5, 3, 6, 2
	n := len(s.layout.all) + perIndicator*len(c.Indicators) + perTask*len(c.Tasks) + perStep*len(c.Calendar.Chain.Steps) +
		(len(c.Agencies)+1)*(perAgency+len(catalog.AssignmentStates())+3)
	for _, ind := range c.Indicators {
		for _, level := range s.exported(ind, lean) {
			per := wholeFigure
			if lean && level == s.layout.lowest() {
				per = leanFigure
			}
			n += per * len(s.layout.units[level])
		}
	}
	return n
}

// exported lists the levels an indicator is exported at: those its figures reach.
func (s *Service) exported(ind catalog.Indicator, lean bool) []string {
	collected, known := s.layout.rank[s.plans[ind.ID].level]
	var levels []string
	for _, level := range s.layout.set.Info().Levels {
		tooLow := known && level.Rank > collected
		if !tooLow && !(lean && level.ID == s.layout.lowest() && len(ind.Targets) == 0) {
			levels = append(levels, level.ID)
		}
	}
	return levels
}

// figures shows an indicator in all units.
func (c *Collector) figures(ctx context.Context, s *Service, ind catalog.Indicator, shown exposition) error {
	p, period, at, err := s.ask(Asked{Indicator: ind.ID})
	if err != nil {
		return err
	}
	b, err := s.board(ctx, p, period, at)
	if err != nil {
		return err
	}
	shown.gauge(c.period, 1, ind.ID, period.String())
	if goal, ok := catalog.GoalAt(ind, at.today); ok {
		shown.gauge(c.goal, goal.Value, ind.ID)
		shown.gauge(c.goalDate, s.endOf(goal.Date), ind.ID)
	}
	if due, ok := s.figuresDue(ind, period); ok {
		shown.gauge(c.due, s.endOf(due), ind.ID)
	}
	lean := c.chosen(s).lean
	for _, level := range s.exported(ind, lean) {
		for _, unit := range s.layout.units[level] {
			c.figure(s, b.of(unit.Code), lean && level == s.layout.lowest(), []string{ind.ID, unit.Code, level}, shown)
		}
	}
	return nil
}

// chosen is what was decided for the service in use; one that came with a reloaded catalogue and does not fit is shown in
// short as far as it goes, since a running server is not stopped for it.
func (c *Collector) chosen(s *Service) seriesPlan {
	plan, err := s.planSeries(c.series)
	if err != nil {
		return seriesPlan{lean: true}
	}
	return plan
}

// figure gives the numbers of a figure that has them; a suppressed one has none.
func (c *Collector) figure(s *Service, f Figure, lean bool, labels []string, shown exposition) {
	shown.maybe(c.value, f.Value, labels...)
	shown.maybe(c.target, f.Target, labels...)
	if f.Coverage.Expected > 0 && !f.hidden() {
		shown.gauge(c.coverage, f.Coverage.Share, labels...)
	}
	if lean {
		return
	}
	shown.maybe(c.numerator, f.Numerator, labels...)
	shown.maybe(c.denominator, f.Denominator, labels...)
	if f.LastObservation != nil {
		shown.gauge(c.observed, float64(f.LastObservation.In(s.deps.Catalog.Location).Unix()), labels...)
	}
}

// figuresDue is the day by which all figures of an indicator for a period are to be reported: of flows in the reporting
// chain its first step, of what holds on a day the period's own first day, since an earlier figure would do as long as it may
// be carried. ok is false where nothing says when.
func (s *Service) figuresDue(ind catalog.Indicator, period catalog.Period) (due civil.Date, ok bool) {
	c := s.deps.Catalog
	for _, id := range c.MeasureUse(ind) {
		m, known := c.Measure(id)
		if !known {
			continue
		}
		day := period.Start
		if m.TimeRule == catalog.Flow {
			if day, ok = c.Calendar.FirstStepDue(catalog.PeriodOf(m.PeriodKind, period.End)); !ok {
				return civil.Date{}, false
			}
		}
		if due.IsZero() || day.After(due) {
			due = day
		}
	}
	return due, !due.IsZero()
}

// names says what units, indicators, agencies, tasks and steps are called, so that an alert can.
func (c *Collector) names(s *Service, shown exposition) error {
	cat := s.deps.Catalog
	at, err := s.at(time.Time{})
	if err != nil {
		return err
	}
	shown.gauge(c.clock, float64(at.now.UnixMilli())/1000)
	for _, level := range s.layout.set.Info().Levels {
		for _, unit := range s.layout.units[level.ID] {
			shown.gauge(c.unit, 1, unit.Code, level.ID, s.areaCode(unit), cmp.Or(unit.FullName, unit.Name))
		}
	}
	for _, i := range cat.Indicators {
		shown.gauge(c.indicator, 1, i.ID, i.Name.Vi, i.Name.In("en"), i.LeadAgency, i.UnitName.Vi)
	}
	for _, a := range cat.Agencies {
		shown.gauge(c.agency, 1, a.ID, a.Name.Vi)
	}
	for _, t := range cat.Tasks {
		lead := ""
		if len(t.Lead) > 0 {
			lead = t.Lead[0]
		}
		shown.gauge(c.task, 1, t.Ref, t.Title.Vi, t.Title.In("en"), lead)
	}
	for _, step := range cat.Calendar.Chain.Steps {
		shown.gauge(c.step, 1, step.ID, step.Name.Vi)
	}
	return nil
}

// areaCode is the unit right below the root that a unit lies in or is; empty for the root.
func (s *Service) areaCode(unit geo.Unit) string {
	path := append([]geo.Unit{unit}, s.layout.set.Ancestors(unit.Code)...)
	if len(path) < 2 {
		return ""
	}
	return path[len(path)-2].Code
}
