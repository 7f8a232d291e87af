package query

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/golang-sql/civil"
	"github.com/prometheus/client_golang/prometheus"
)

// Collector gives every indicator's latest values, the state of the plan, the reporting
// round and the quality of reports as metrics, from the same boards as every answer, so that
// a gauge never differs from the page. Suppressed values are left out, and what ends is gone
// with the next scrape. New registers it.
type Collector struct {
	history  *history
	log      *slog.Logger
	series   SeriesLimit
	reported memo[roundKey, roundQuality]
	sent     memo[sentKey, []SenderRow]

	gauges
	failures *prometheus.CounterVec
	complete prometheus.Gauge
}

// gauges describes what is collected.
type gauges struct {
	value, numerator, denominator, target, observed, coverage *prometheus.Desc // of indicators in units
	goal, goalDate, due, period                               *prometheus.Desc // of indicators
	assignments, taskDue, taskOpen                            *prometheus.Desc // of the plan
	reportDue, expected, received, quality                    *prometheus.Desc // of the reporting round
	submissions                                               *prometheus.Desc
	unit, indicator, agency, task, step                       *prometheus.Desc // what things are called
	clock                                                     *prometheus.Desc
}

const (
	// collectTimeout is shorter than a scrape's usual ten seconds.
	collectTimeout = 8 * time.Second
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

// Where figures come from.
const fromMemory, fromWarehouse = "memory", "warehouse"

// newColumnsAsked counts how often figures were at hand and how often they had to be read.
func newColumnsAsked() *prometheus.CounterVec {
	asked := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "toancanh_query_columns_total", Help: "Columns of figures that questions needed, by where they came from: memory or warehouse.",
	}, []string{"from"})
	for _, from := range []string{fromMemory, fromWarehouse} { // a share needs both from the start
		asked.WithLabelValues(from)
	}
	return asked
}

func newGauges() gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("toancanh_"+name, help, labels, nil)
	}
	figure := func(name, help string) *prometheus.Desc {
		return desc("indicator_"+name, help, "indicator", "unit", "level")
	}
	return gauges{
		value:       figure("value", "Value of an indicator in its default period, in its own unit."),
		numerator:   figure("numerator", "Numerator of an indicator, summed over the reported figures."),
		denominator: figure("denominator", "Denominator of an indicator, summed over the same figures."),
		target:      figure("target", "What the target path asks for, in the indicator's unit."),
		observed:    figure("last_observation_timestamp_seconds", "Start of the day of the latest figure."),
		coverage:    figure("coverage_ratio", "Share of the units expected to report that have reported, 0 to 1."),
		goal:        desc("indicator_goal", "The dated target ahead, in the indicator's unit.", "indicator"),
		goalDate:    desc("indicator_goal_timestamp_seconds", "End of the day of the target ahead.", "indicator"),
		due:         desc("indicator_due_timestamp_seconds", "End of the day by which the figures of the period shown are to be reported.", "indicator"),

		period: desc("indicator_period_info", "The period an indicator is shown for.", "indicator", "period"),

		assignments: desc("assignments", "Assignments of agencies by status today; units together have agency \"\".", "status", "agency"),
		taskDue:     desc("task_next_due_timestamp_seconds", "End of the next due day of a task on which assignments nobody reported done fall due.", "task"),
		taskOpen:    desc("task_open_assignments", "Assignments that fall due on the next due day of a task and that nobody reported done.", "task"),

		reportDue:   desc("report_due_timestamp_seconds", "End of the last day for a step of the reporting chain in the round under way.", "step"),
		expected:    desc("reports_expected", "Figures an agency owes for the period of the round: one for each measure and unit.", "agency"),
		received:    desc("reports_received", "Of the figures an agency owes for the period of the round, those that have come whole.", "agency"),
		quality:     desc("quality_ratio", "Quality of an agency's reports on the last period that was due, 0 to 1: completeness (come), timeliness (of these in time), validity (rows accepted since it began).", "agency", "aspect"),
		submissions: desc("submissions", "Submissions read to their end, by what became of their rows.", "state", "agency"),

		unit:      desc("unit_info", "An administrative unit; area is the unit of the first level below the root that it lies in.", "unit", "level", "area", "unit_name"),
		indicator: desc("indicator_info", "An indicator with who leads it.", "indicator", "indicator_name", "indicator_name_en", "lead_agency", "unit_of_measurement"),
		agency:    desc("agency_info", "An agency.", "agency", "agency_name"),
		task:      desc("task_info", "A task of the plan.", "task", "task_title", "task_title_en", "lead_agency"),
		step:      desc("report_step_info", "A step of the reporting chain.", "step", "step_name"),
		clock:     desc("clock_timestamp_seconds", "Now, by the clock that dates figures and deadlines: the programme's in a demonstration."),
	}
}

func newCollector(s *Service, limit SeriesLimit) *Collector {
	return &Collector{
		history: s.history,
		log:     s.deps.Log,
		series:  limit,
		gauges:  newGauges(),
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
	g := c.gauges
	for _, d := range []*prometheus.Desc{
		g.value, g.numerator, g.denominator, g.target, g.observed, g.coverage, g.goal, g.goalDate, g.due, g.period,
		g.assignments, g.taskDue, g.taskOpen, g.reportDue, g.expected, g.received, g.quality, g.submissions,
		g.unit, g.indicator, g.agency, g.task, g.step, g.clock,
	} {
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
	s, shown := c.service(), exposition{out}
	c.try("names", func() error { return c.names(s, shown) })
	for _, ind := range s.deps.Catalog.Indicators {
		c.try("indicators", func() error { return c.figures(ctx, s, ind, shown) })
	}
	c.try("plan", func() error { return c.plan(ctx, s, shown) })
	c.try("reports", func() error { return c.reports(ctx, s, shown) })
	c.try("submissions", func() error { return c.submitted(ctx, s, shown) })
	c.failures.Collect(out)
	c.complete.Collect(out)
}

// exposition is where metrics go.
type exposition struct{ out chan<- prometheus.Metric }

func (e exposition) gauge(d *prometheus.Desc, n float64, labels ...string) {
	e.out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n, labels...)
}

// maybe gives a number that may not be there.
func (e exposition) maybe(d *prometheus.Desc, n *float64, labels ...string) {
	if n != nil {
		e.gauge(d, *n, labels...)
	}
}

// endOf is the instant a civil day ends, in seconds: until then what is due on it is in time.
func (s *Service) endOf(date civil.Date) float64 {
	return float64(date.AddDays(1).In(s.deps.Catalog.Location).Unix())
}

func (c *Collector) try(of string, collect func() error) {
	if err := contain(c.log, "collecting "+of, collect); err != nil {
		c.complete.Set(0)
		c.failures.WithLabelValues(of).Inc()
		c.log.Error("metrics are incomplete", "of", of, "error", err)
	}
}

// memo remembers the last answer for a key.
type memo[K comparable, V any] struct {
	mu    sync.Mutex
	known bool
	key   K
	value V
}

func (m *memo[K, V]) get(key K, ask func() (V, error)) (V, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known && m.key == key {
		return m.value, nil
	}
	value, err := ask()
	if err == nil {
		m.known, m.key, m.value = true, key, value
	}
	return value, err
}
