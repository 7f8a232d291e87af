package query

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// plain is the floor: as many constant metrics with the labels of figures, and nothing behind them.
type plain struct{ series int }

var plainDesc = prometheus.NewDesc("plain_value", "A number.", []string{"indicator", "unit", "level"}, nil)

func (p plain) Describe(out chan<- *prometheus.Desc) { out <- plainDesc }

func (p plain) Collect(out chan<- prometheus.Metric) {
	for i := range p.series {
		out <- prometheus.MustNewConstMetric(plainDesc, prometheus.GaugeValue, float64(i), "indicator_"+strconv.Itoa(i%50), strconv.Itoa(i/50), "commune")
	}
}

// scrape asks for all of a registry as Prometheus does, and gives the time it took.
func scrape(registry *prometheus.Registry) time.Duration {
	start := time.Now()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{DisableCompression: true}).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/metrics", nil))
	return time.Since(start)
}

// seriesOf counts what a scrape shows.
func seriesOf(b *testing.B, registry *prometheus.Registry) (series int) {
	b.Helper()
	families, err := registry.Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, family := range families {
		series += len(family.Metric)
	}
	return series
}

// BenchmarkScrape reads about DefaultSeries metrics, of 29 indicators in 145 units. The floor is a registry
// of as many constant metrics, scraped in turn with ours in the same run; "fresh" has a new data version before each scrape.
func BenchmarkScrape(b *testing.B) {
	big := newBigHouse(b)
	c := *big.deps.Catalog
	c.Indicators = slices.Clone(c.Indicators)
	card := c.Indicators[0]
	for i := range 16 {
		copied := card
		copied.ID = fmt.Sprintf("card_rate_%d", i)
		c.Indicators = append(c.Indicators, copied)
	}
	registry, floor := prometheus.NewRegistry(), prometheus.NewRegistry()
	s, err := New(Deps{Warehouse: big.conn, Catalog: &c, Set: big.deps.Set, Now: big.deps.Now, Log: slog.New(slog.DiscardHandler), Registerer: registry, Series: 2 * DefaultSeries})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	series := seriesOf(b, registry)
	floor.MustRegister(plain{series})
	for _, state := range []string{"settled", "fresh"} {
		b.Run(state, func(b *testing.B) {
			var ratios, times []float64
			for b.Loop() {
				if state == "fresh" {
					s.Applied(s.Version()+1, []string{"cards"}, false)
				}
				least, took := scrape(floor), scrape(registry)
				ratios, times = append(ratios, took.Seconds()/least.Seconds()), append(times, took.Seconds()*1000)
			}
			slices.Sort(ratios)
			slices.Sort(times)
			b.ReportMetric(float64(series), "series")
			b.ReportMetric(times[len(times)/2], "ms/scrape")
			b.ReportMetric(ratios[len(ratios)/2], "floor-ratio")
		})
	}
}
