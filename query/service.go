// Package query answers questions about the figures in the warehouse: values, series,
// ranking, breakdown, population, tasks, submissions and provenance, each as of any
// instant, under disclosure control. It only reads.
//
// A question about an indicator is answered in two stages. The warehouse resolves
// revisions and sums each term of the formula in the units it is collected in (columns);
// Go rolls these up over the hierarchy (boards), numerators and denominators over the
// same figures. Columns are remembered, so most questions touch the warehouse not at all.
package query

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
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
	Registerer prometheus.Registerer // nil: no metrics
	CacheBytes uint64                // of figures kept in memory; 0: 128 MiB
	Series     SeriesLimit           // of metrics; 0: DefaultSeries

	// FollowWarehouse is for a process that does not ingest: who waits for a data version
	// makes it look what others have written.
	FollowWarehouse bool
}

// Service answers questions with one catalogue; With makes one for the next. It is safe for
// concurrent use.
type Service struct {
	deps        Deps
	layout      *layout
	plans       map[string]*plan
	versions    *versions
	warehouse   *warehouse
	leaves      *leaves
	assignments *assignments
	disclosure  *disclosure
	history     *history
	past        *past
	ground      *ground
	elsewhere   *elsewhere
	verified    *verified
}

// New checks that the catalogue's indicators can be answered on the set; it does not
// touch the warehouse.
func New(deps Deps) (*Service, error) {
	s := &Service{
		deps: deps, versions: newVersions(), verified: newVerified(),
		history: &history{}, past: &past{services: map[string]*Service{}},
	}
	s.history.current.Store(s)
	var err error
	if s.plans, err = newPlans(deps.Catalog); err != nil {
		return nil, err
	}
	if err = s.stand(deps.Set); err != nil {
		return nil, err
	}
	if s.warehouse, err = newWarehouse(deps.Warehouse, deps.Log); err != nil {
		return nil, err
	}
	if s.leaves, err = newLeaves(s.warehouse, deps.CacheBytes); err != nil {
		return nil, err
	}
	if s.assignments, err = newAssignments(s, nil); err != nil {
		return nil, err
	}
	if deps.Registerer == nil {
		return s, nil
	}
	if _, err := s.planSeries(deps.Series); err != nil {
		return nil, err
	}
	for _, c := range []prometheus.Collector{newCollector(s, deps.Series), s.warehouse.seconds, s.leaves.asked, s.verified.mismatches, s.verified.compared, s.verified.at} {
		if err := deps.Registerer.Register(c); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return s, nil
}

func (s *Service) plan(indicator string) (*plan, error) {
	p, ok := s.plans[indicator]
	if !ok {
		return nil, notFound("unknown_indicator", "indicator", "Không có chỉ tiêu này", "there is no such indicator").withHint("/api/v1/catalog").
			orNear(indicator, slices.Sorted(maps.Keys(s.plans)))
	}
	return p, nil
}
