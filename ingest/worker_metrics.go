package ingest

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// workerMetrics tell who writes, and how often that changes. The lag is among the metrics of the journal.
type workerMetrics struct {
	writing   prometheus.Gauge
	epoch     prometheus.Gauge
	takeovers prometheus.Counter
	ends      *prometheus.CounterVec // reason
}

// Why a term ended.
const (
	endedStopped   = "stopped"   // the worker was told to
	endedOvertaken = "overtaken" // another one has the place
	endedWarehouse = "warehouse" // it did not answer for awayTime
	endedJournal   = "journal"   // NATS did not answer
)

func newWorkerMetrics(r prometheus.Registerer) *workerMetrics {
	m := &workerMetrics{
		writing: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "toancanh_ingest_writer", Help: "1 in the worker that writes, 0 in one that stands by.",
		}),
		epoch: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "toancanh_ingest_writer_epoch", Help: "Number of this worker's latest term as the writer, over all workers; 0 before the first.",
		}),
		takeovers: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "toancanh_ingest_writer_takeovers_total", Help: "Times this worker took the place of a writer that was not heard of any more.",
		}),
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "toancanh_ingest_writer_terms_ended_total", Help: "Terms of this worker as the writer, by why they ended.",
		}, []string{"reason"}),
	}
	for _, reason := range []string{endedStopped, endedOvertaken, endedWarehouse, endedJournal} {
		m.ends.WithLabelValues(reason)
	}
	if r != nil {
		r.MustRegister(m.writing, m.epoch, m.takeovers, m.ends)
	}
	return m
}

func (m *workerMetrics) began(epoch uint64, taken bool) {
	m.writing.Set(1)
	m.epoch.Set(float64(epoch))
	if taken {
		m.takeovers.Inc()
	}
}

func (m *workerMetrics) ended(ctx context.Context, err error) {
	m.writing.Set(0)
	reason := endedJournal
	switch {
	case ctx.Err() != nil:
		reason = endedStopped
	case errors.Is(err, errOvertaken):
		reason = endedOvertaken
	case errors.Is(err, errAway):
		reason = endedWarehouse
	}
	m.ends.WithLabelValues(reason).Inc()
}
