package query

import (
	"context"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/query/catalog"
)

// Collector gives every indicator's latest values, the state of assignments and the
// number of submissions as metrics, from the same boards as every answer, so that a
// gauge never differs from the page. Suppressed values are left out. New registers it.
type Collector struct {
	history *history
	log     *slog.Logger

	value, numerator, denominator, target, observed *prometheus.Desc
	assignments, submissions                        *prometheus.Desc
	failures                                        *prometheus.CounterVec
	complete                                        prometheus.Gauge
}

const (
	// collectTimeout is shorter than a scrape's usual ten seconds.
	collectTimeout = 8 * time.Second
	// maxMetricUnits bounds the series of one indicator: levels that would exceed it are left out.
	maxMetricUnits = 2000
	// otherAgency stands for every agency the catalogue does not know.
	otherAgency = "other"
)

// newStatementSeconds measures how long the warehouse takes, rows read included.
func newStatementSeconds() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "toancanh_query_statement_seconds", Help: "How long statements of the questions took in the warehouse.",
		Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 11),
	}, []string{"statement"})
}

func newCollector(s *Service) *Collector {
	indicator := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("toancanh_indicator_"+name, help, []string{"indicator", "unit", "level"}, nil)
	}
	return &Collector{
		history:     s.history,
		log:         s.deps.Log,
		value:       indicator("value", "Value of an indicator in its default period, in its own unit."),
		numerator:   indicator("numerator", "Numerator of an indicator, summed over the reported figures."),
		denominator: indicator("denominator", "Denominator of an indicator, summed over the same figures."),
		target:      indicator("target", "What the target path asks for, in the indicator's unit."),
		observed:    indicator("last_observation_timestamp_seconds", "Start of the day of the latest figure."),
		assignments: prometheus.NewDesc("toancanh_assignments", "Assignments of agencies by status today; units together have agency \"\".", []string{"status", "agency"}, nil),
		submissions: prometheus.NewDesc("toancanh_submissions", "Submissions read to their end, by what became of their rows.", []string{"state", "agency"}, nil),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "toancanh_query_collect_failures_total", Help: "Collections of metrics that failed, by what was collected.",
		}, []string{"of"}),
		complete: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "toancanh_query_collect_complete", Help: "1 when the last collection of metrics left nothing out by failure.",
		}),
	}
}

// service is the one in use.
func (c *Collector) service() *Service { return c.history.current.Load() }

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.value, c.numerator, c.denominator, c.target, c.observed, c.assignments, c.submissions} {
		out <- d
	}
	c.failures.Describe(out)
	c.complete.Describe(out)
}

// Collect implements prometheus.Collector. What cannot be collected is missing, counted
// and logged; the rest is given all the same.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectTimeout)
	defer cancel()
	c.complete.Set(1)
	for _, ind := range c.service().deps.Catalog.Indicators {
		c.try("indicators", func() error { return c.indicator(ctx, ind.ID, out) })
	}
	c.try("assignments", func() error { return c.assigned(ctx, out) })
	c.try("submissions", func() error { return c.submitted(ctx, out) })
	c.failures.Collect(out)
	c.complete.Collect(out)
}

func (c *Collector) try(of string, collect func() error) {
	if err := contain(c.log, "collecting "+of, collect); err != nil {
		c.complete.Set(0)
		c.failures.WithLabelValues(of).Inc()
		c.log.Error("metrics are incomplete", "of", of, "error", err)
	}
}

func (c *Collector) indicator(ctx context.Context, id string, out chan<- prometheus.Metric) error {
	s := c.service()
	p, period, at, err := s.ask(Asked{Indicator: id})
	if err != nil {
		return err
	}
	b, err := s.board(ctx, p, period, at)
	if err != nil {
		return err
	}
	units := 0
	for _, level := range s.layout.set.Info().Levels {
		if units += len(s.layout.units[level.ID]); units > maxMetricUnits {
			break
		}
		for _, unit := range s.layout.units[level.ID] {
			c.figure(b.of(unit.Code), []string{id, unit.Code, level.ID}, out)
		}
	}
	return nil
}

// figure gives the numbers of a figure that has them; a suppressed one has none.
func (c *Collector) figure(f Figure, labels []string, out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n *float64) {
		if n != nil {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, *n, labels...)
		}
	}
	gauge(c.value, f.Value)
	gauge(c.numerator, f.Numerator)
	gauge(c.denominator, f.Denominator)
	gauge(c.target, f.Target)
	if f.LastObservation != nil {
		seconds := float64(f.LastObservation.In(c.service().deps.Catalog.Location).Unix())
		gauge(c.observed, &seconds)
	}
}

// assigned counts the assignments of every agency, and those of all units together.
func (c *Collector) assigned(ctx context.Context, out chan<- prometheus.Metric) error {
	at, err := c.service().at(time.Time{})
	if err != nil {
		return err
	}
	stands, err := c.service().assignments.at(ctx, at, at.today)
	if err != nil {
		return err
	}
	ofUnits := map[catalog.AssignmentState]int{}
	for state, n := range stands.units[c.service().layout.set.Root().Code].byState {
		ofUnits[state] = n
	}
	for agency, count := range stands.agencies {
		for state, n := range count.byState {
			ofUnits[state] -= n
			out <- prometheus.MustNewConstMetric(c.assignments, prometheus.GaugeValue, float64(n), string(state), agency)
		}
	}
	for state, n := range ofUnits {
		out <- prometheus.MustNewConstMetric(c.assignments, prometheus.GaugeValue, float64(n), string(state), "")
	}
	return nil
}

// submitted counts submissions; agencies the catalogue does not know share one label.
func (c *Collector) submitted(ctx context.Context, out chan<- prometheus.Metric) error {
	type label struct{ state, agency string }
	counts := map[label]uint64{}
	err := c.service().warehouse.each(ctx, "submission_states", nil, func(rows driver.Rows) error {
		var l label
		var n uint64
		if err := rows.Scan(&l.agency, &l.state, &n); err != nil {
			return err
		}
		if _, known := c.service().deps.Catalog.Agency(l.agency); !known && l.agency != "" {
			l.agency = otherAgency
		}
		counts[l] += n
		return nil
	})
	if err != nil {
		return err
	}
	for l, n := range counts {
		out <- prometheus.MustNewConstMetric(c.submissions, prometheus.GaugeValue, float64(n), l.state, l.agency)
	}
	return nil
}
