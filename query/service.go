// Package query answers questions about the figures in the warehouse: values, series,
// ranking, breakdown, population, tasks, submissions and provenance, each as of any
// instant, under disclosure control. It only reads.
package query

import (
	"context"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// Deps are what a Service works with. Set is the boundary set in use; Now is the
// programme clock.
type Deps struct {
	Warehouse  driver.Conn
	Catalog    *catalog.Catalog
	Set        *geo.Set
	Now        func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// Service answers questions. It is safe for concurrent use.
type Service struct {
	deps Deps
}

// New checks that the catalogue's indicators can be answered on the set; it does not
// touch the warehouse.
func New(deps Deps) (*Service, error) {
	return &Service{deps: deps}, nil
}

// Start learns the data version from the warehouse.
func (s *Service) Start(ctx context.Context) error { return nil }

// Applied tells that everything up to a data version is in the warehouse, and which
// measures and whether task reports came with it. Answers about other measures stay cached.
func (s *Service) Applied(version uint64, measures []string, tasks bool) {}

// Version is the highest data version answers rest on.
func (s *Service) Version() uint64 { return 0 }

// WaitVersion waits until answers rest on at least a data version.
func (s *Service) WaitVersion(ctx context.Context, version uint64) error { return nil }

// IndicatorVersion is the highest data version that touched an indicator: its answers
// cannot differ between two equal ones on the same day.
func (s *Service) IndicatorVersion(indicator string) uint64 { return 0 }

// DefaultPeriod is the period an indicator is asked by when a question names none: the
// current one for figures that hold on a day, the last complete one for flows, whose
// figures come only after the cut-off.
func (s *Service) DefaultPeriod(indicator string) (catalog.Period, error) {
	panic("not built yet")
}

// Periods lists the periods of the default kind an indicator can be asked for, from
// the first one with figures to the default one.
func (s *Service) Periods(ctx context.Context, indicator string) ([]catalog.Period, error) {
	panic("not built yet")
}

// Collector gives the current values as Prometheus metrics.
type Collector struct{ service *Service }

// NewCollector makes a collector; the caller registers it.
func NewCollector(s *Service) *Collector { return &Collector{service: s} }

// Describe implements prometheus.Collector.
func (c *Collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(chan<- prometheus.Metric) {}
