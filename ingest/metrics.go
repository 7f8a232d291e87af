package ingest

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of the pipeline. Every label value comes from a closed list.
type metrics struct {
	rows    *prometheus.CounterVec // dataset, result, reason
	retries *prometheus.CounterVec // step, reason
	aside   prometheus.Counter
	batches prometheus.Histogram
	seconds prometheus.Histogram
}

func newMetrics(r prometheus.Registerer, s *Service) *metrics {
	m := &metrics{
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "toancanh_ingest_rows_total",
			Help: "Rows received: accepted (durable), rejected (reason tells why), unchanged (of the accepted: nothing new).",
		}, []string{"dataset", "result", "reason"}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "toancanh_ingest_warehouse_retries_total",
			Help: "Attempts at the warehouse that are made again: unanswered (the connection failed), slow (no answer in time), refused (it answered with an error).",
		}, []string{"step", "reason"}),
		aside: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "toancanh_ingest_messages_set_aside_total", Help: "Messages of the journal that could not be read and were set aside.",
		}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "toancanh_ingest_batch_rows", Help: "Rows taken from the journal at a time.",
			Buckets: prometheus.ExponentialBuckets(1, 10, 7),
		}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "toancanh_ingest_batch_seconds", Help: "Time to bring a batch into the warehouse.",
			Buckets: prometheus.ExponentialBuckets(0.002, 2, 14),
		}),
	}
	if r == nil {
		return m
	}
	r.MustRegister(m.rows, m.retries, m.aside, m.batches, m.seconds,
		gauge("toancanh_ingest_messages_aside", "Messages that were set aside and wait for an operator.", func() float64 { return float64(s.waitingAside()) }),
		gauge("toancanh_ingest_journal_open", "1 when the journal takes figures: it is open and answers, and its disk has room; 0 while senders are told to come again.", s.openness),
		gauge("toancanh_ingest_journal_bytes", "Bytes held by the journal.", func() float64 { return float64(s.held().bytes) }),
		gauge("toancanh_ingest_journal_messages", "Messages durable and not yet in the warehouse.", func() float64 { return float64(s.held().behind) }),
		gauge("toancanh_ingest_journal_oldest_age_seconds", "Age of the oldest message that is durable and not yet in the warehouse, 0 without one.", func() float64 { return s.held().oldest.Seconds() }),
		gauge("toancanh_ingest_journal_limit_bytes", "Bytes the journal may hold.", func() float64 { return float64(s.limit.Load()) }),
		gauge("toancanh_ingest_data_version", "Highest journal sequence whose rows can be queried.", func() float64 { return float64(s.Applied()) }))
	return m
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
}

// received counts the rows of a submission that is kept.
func (m *metrics) received(d Dataset, accepted int, rejected map[Code]int) {
	m.rows.WithLabelValues(string(d), "accepted", "").Add(float64(accepted))
	for code, n := range rejected {
		m.rows.WithLabelValues(string(d), "rejected", string(code)).Add(float64(n))
	}
}

func (m *metrics) unchanged(dataset string, n int) {
	if n > 0 {
		m.rows.WithLabelValues(dataset, "unchanged", "").Add(float64(n))
	}
}

func (m *metrics) applied(rows int, took time.Duration) {
	m.batches.Observe(float64(rows))
	m.seconds.Observe(took.Seconds())
}

// tellAside counts a message that was set aside.
func (s *Service) tellAside(a Aside) {
	s.metrics.aside.Inc()
	if s.deps.OnAside != nil {
		s.deps.OnAside(a)
	}
}

// waitingAside counts the messages set aside; -1 when they cannot be listed.
func (s *Service) waitingAside() int {
	list, err := s.aside.List()
	if err != nil {
		return -1
	}
	return len(list)
}

// openness is 1 when a sender who came now would find a journal that takes figures.
func (s *Service) openness() float64 {
	p := s.pipe.Load()
	if p == nil || p.journal.room(0) != nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, _, err := p.journal.state(ctx); err != nil {
		return 0
	}
	return 1
}

// holding is how much the journal holds, how many messages the warehouse is behind, and since when.
type holding struct {
	bytes, behind uint64
	oldest        time.Duration // how long the first of these has waited
}

// held asks the journal; zero while there is none.
func (s *Service) held() holding {
	p := s.pipe.Load()
	if p == nil {
		return holding{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	last, bytes, err := p.journal.state(ctx)
	if err != nil {
		return holding{}
	}
	applied := s.Applied()
	h := holding{bytes: bytes, behind: max(last, applied) - applied}
	if h.behind > 0 {
		h.oldest = p.journal.waiting(ctx, applied+1)
	}
	return h
}
