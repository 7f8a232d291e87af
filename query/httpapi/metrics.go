package httpapi

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// metrics of the server itself. Routes are templates; anything that is no route
// counts as "unknown", so that no request makes a new label value.
type metrics struct {
	duration  *prometheus.HistogramVec
	size      *prometheus.HistogramVec
	listeners prometheus.Gauge
	problems  *prometheus.CounterVec // by code
	scenes    *prometheus.CounterVec // by set, kind and reason, all of closed lists
	known     sync.Map               // observers by series
}

func newMetrics(r prometheus.Registerer) *metrics {
	labels := []string{"route", "method", "status"}
	m := &metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "toancanh_http_request_duration_seconds", Help: "Time to answer a request, event streams aside.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, labels),
		size: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "toancanh_http_response_size_bytes", Help: "Size of an answer's body before compression.",
			Buckets: prometheus.ExponentialBuckets(256, 4, 9),
		}, labels),
		listeners: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "toancanh_event_listeners", Help: "Open event streams.",
		}),
	}
	m.problems = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "toancanh_http_problems_total", Help: "Requests that failed, by the code of their problem.",
	}, []string{"code"})
	m.scenes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "toancanh_wall_scene_failures_total", Help: "Scenes that a wall had to leave out, as it told: by set of scenes, kind of scene and reason.",
	}, []string{"scenes", "kind", "reason"})
	r.MustRegister(m.duration, m.size, m.listeners, m.problems, m.scenes)
	return m
}

// measure observes every request but event streams, which last as long as their reader stays.
func (s *Server) measure(c *gin.Context) {
	start := time.Now()
	c.Next()
	route := routeOf(c)
	if route == eventsPath {
		return
	}
	o := s.metrics.observers(series{route, knownMethod(c.Request.Method), c.Writer.Status()})
	o.duration.Observe(time.Since(start).Seconds())
	o.size.Observe(float64(max(c.Writer.Size(), 0)))
}

// series are the labels of a request, observers what is observed of it.
type (
	series struct {
		route, method string
		status        int
	}
	observers struct{ duration, size prometheus.Observer }
)

// observers remembers what it has found for some labels: looking them up by their texts
// takes as long as serving a tile from memory.
func (m *metrics) observers(of series) observers {
	if known, ok := m.known.Load(of); ok {
		return known.(observers)
	}
	labels := []string{of.route, of.method, strconv.Itoa(of.status)}
	found := observers{m.duration.WithLabelValues(labels...), m.size.WithLabelValues(labels...)}
	m.known.Store(of, found)
	return found
}

// knownMethod keeps invented methods out of the labels.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	}
	return "other"
}

// exposition is the page Prometheus reads.
func (s *Server) exposition(c *gin.Context, _ *request) error {
	promhttp.HandlerFor(s.deps.Gatherer, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(c.Writer, c.Request)
	return nil
}

// expiries tells when tokens end, so that an operator is warned before a wall goes dark. Tokens that were taken back, and
// those that never end, are left out.
type expiries struct{ known *callers.Registry }

var expiry = prometheus.NewDesc("toancanh_token_expires_timestamp_seconds", "When an access token ends.", []string{"caller", "role"}, nil)

// Describe implements prometheus.Collector.
func (e expiries) Describe(out chan<- *prometheus.Desc) { out <- expiry }

// Collect implements prometheus.Collector.
func (e expiries) Collect(out chan<- prometheus.Metric) {
	for _, c := range e.known.Callers() {
		if c.Revoked.IsZero() && !c.Expires.IsZero() {
			out <- prometheus.MustNewConstMetric(expiry, prometheus.GaugeValue, float64(c.Expires.Unix()), c.ID, string(c.Role))
		}
	}
}
