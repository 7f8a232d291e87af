package query

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

func TestMetricsAreTheAnswers(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-06-10")
	h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: 1, value: 40, known: h.now})...)
	h.load(row{measure: "residents", start: on, end: on, unit: "C11", seq: 2, value: 100, known: h.now})
	h.loadReports(report{task: "B.I.1", assignee: "agency:police", date: on, status: "accepted", seq: 3, known: h.now})
	err := testutil.CollectAndCompare(newCollector(h.Service, 0), strings.NewReader(`
# HELP toancanh_indicator_value Value of an indicator in its default period, in its own unit.
# TYPE toancanh_indicator_value gauge
toancanh_indicator_value{indicator="card_rate",level="commune",unit="C11"} 40
toancanh_indicator_value{indicator="card_rate",level="district",unit="D1"} 40
toancanh_indicator_value{indicator="card_rate",level="province",unit="P"} 40
toancanh_indicator_value{indicator="cards_total",level="commune",unit="C11"} 40
toancanh_indicator_value{indicator="cards_total",level="district",unit="D1"} 40
toancanh_indicator_value{indicator="cards_total",level="province",unit="P"} 40
toancanh_indicator_value{indicator="completion",level="commune",unit="C11"} 0
toancanh_indicator_value{indicator="completion",level="commune",unit="C12"} 0
toancanh_indicator_value{indicator="completion",level="commune",unit="C21"} 0
toancanh_indicator_value{indicator="completion",level="commune",unit="C22"} 0
toancanh_indicator_value{indicator="completion",level="district",unit="D1"} 0
toancanh_indicator_value{indicator="completion",level="district",unit="D2"} 0
toancanh_indicator_value{indicator="completion",level="province",unit="P"} 14.285714285714286
toancanh_indicator_value{indicator="on_time",level="commune",unit="C11"} 0
toancanh_indicator_value{indicator="on_time",level="commune",unit="C12"} 0
toancanh_indicator_value{indicator="on_time",level="commune",unit="C21"} 0
toancanh_indicator_value{indicator="on_time",level="commune",unit="C22"} 0
toancanh_indicator_value{indicator="on_time",level="district",unit="D1"} 0
toancanh_indicator_value{indicator="on_time",level="district",unit="D2"} 0
toancanh_indicator_value{indicator="on_time",level="province",unit="P"} 0
toancanh_indicator_value{indicator="without_card",level="commune",unit="C11"} 60
toancanh_indicator_value{indicator="without_card",level="district",unit="D1"} 60
toancanh_indicator_value{indicator="without_card",level="province",unit="P"} 60
# HELP toancanh_query_collect_complete 1 when the last collection of metrics left nothing out by failure.
# TYPE toancanh_query_collect_complete gauge
toancanh_query_collect_complete 1
`), "toancanh_indicator_value", "toancanh_query_collect_complete")
	if err != nil {
		t.Error(err)
	}
}

func TestMetricsNeverShowWhatIsSuppressed(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{"age=30;residence=permanent;sex=male": 3})...)
	h.load(people(2, "C12", map[string]int64{"age=30;residence=permanent;sex=male": 40})...)
	h.load(people(3, "C21", map[string]int64{"age=30;residence=permanent;sex=male": 60})...)
	err := testutil.CollectAndCompare(newCollector(h.Service, 0), strings.NewReader(`
# HELP toancanh_indicator_numerator Numerator of an indicator, summed over the reported figures.
# TYPE toancanh_indicator_numerator gauge
toancanh_indicator_numerator{indicator="adult_share",level="commune",unit="C21"} 60
toancanh_indicator_numerator{indicator="adult_share",level="district",unit="D1"} 43
toancanh_indicator_numerator{indicator="adult_share",level="district",unit="D2"} 60
toancanh_indicator_numerator{indicator="adult_share",level="province",unit="P"} 103
toancanh_indicator_numerator{indicator="completion",level="commune",unit="C11"} 0
toancanh_indicator_numerator{indicator="completion",level="commune",unit="C12"} 0
toancanh_indicator_numerator{indicator="completion",level="commune",unit="C21"} 0
toancanh_indicator_numerator{indicator="completion",level="commune",unit="C22"} 0
toancanh_indicator_numerator{indicator="completion",level="district",unit="D1"} 0
toancanh_indicator_numerator{indicator="completion",level="district",unit="D2"} 0
toancanh_indicator_numerator{indicator="completion",level="province",unit="P"} 0
toancanh_indicator_numerator{indicator="on_time",level="commune",unit="C11"} 0
toancanh_indicator_numerator{indicator="on_time",level="commune",unit="C12"} 0
toancanh_indicator_numerator{indicator="on_time",level="commune",unit="C21"} 0
toancanh_indicator_numerator{indicator="on_time",level="commune",unit="C22"} 0
toancanh_indicator_numerator{indicator="on_time",level="district",unit="D1"} 0
toancanh_indicator_numerator{indicator="on_time",level="district",unit="D2"} 0
toancanh_indicator_numerator{indicator="on_time",level="province",unit="P"} 0
toancanh_indicator_numerator{indicator="people_total",level="commune",unit="C21"} 60
toancanh_indicator_numerator{indicator="people_total",level="district",unit="D1"} 43
toancanh_indicator_numerator{indicator="people_total",level="district",unit="D2"} 60
toancanh_indicator_numerator{indicator="people_total",level="province",unit="P"} 103
`), "toancanh_indicator_numerator")
	if err != nil {
		t.Error(err)
	}
}

// A collection that fails must be seen as such, not as values that stopped moving.
func TestFailedCollectionShows(t *testing.T) {
	conn := warehousetest.New(t)
	if err := conn.Exec(t.Context(), "DROP TABLE submissions"); err != nil {
		t.Fatal(err)
	}
	now := local("2022-06-20 09:00")
	registry := prometheus.NewRegistry()
	if _, err := New(Deps{
		Warehouse: conn, Catalog: tinyCatalog(), Set: tinySet(t), Now: func() time.Time { return now },
		Log: slog.New(slog.DiscardHandler), Registerer: registry,
	}); err != nil {
		t.Fatal(err)
	}
	err := testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP toancanh_query_collect_complete 1 when the last collection of metrics left nothing out by failure.
# TYPE toancanh_query_collect_complete gauge
toancanh_query_collect_complete 0
# HELP toancanh_query_collect_failures_total Collections of metrics that failed, by what was collected.
# TYPE toancanh_query_collect_failures_total counter
toancanh_query_collect_failures_total{of="submissions"} 1
`), "toancanh_query_collect_complete", "toancanh_query_collect_failures_total")
	if err != nil {
		t.Error(err)
	}
}
