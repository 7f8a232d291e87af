package ingest

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/query/catalog"
)

// Deps is what the pipeline stands on.
type Deps struct {
	Catalog    *catalog.Catalog
	Warehouse  driver.Conn // closed by the caller, after Run has returned
	Now        func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer
	OnApplied  func(Change) // called in order, after the rows can be queried and before Applied says so; may be nil
}

// Service is the pipeline. New is inert; Run works.
type Service struct {
	cfg   Config
	deps  Deps
	ready chan struct{}
}

// New checks the configuration; nothing is opened before Run.
func New(cfg Config, d Deps) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Service{cfg: cfg, deps: d, ready: make(chan struct{})}, nil
}

// Run opens the journal and writes what it holds to the warehouse until ctx ends. It
// returns when submissions under way have ended and the journal is drained, or after Config.DrainTimeout.
func (s *Service) Run(ctx context.Context) error {
	return errors.New("ingest: not built yet")
}

// Ready is closed when the journal accepts.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// Submit reads a submission to its end and returns when its figures are durable, or with
// Intake.Wait when they can be queried. It fails with an *Error only.
func (s *Service) Submit(ctx context.Context, in Intake) (Receipt, error) {
	return Receipt{}, &Error{Kind: Unavailable}
}

// Applied is the data version: the highest journal sequence whose rows can be queried.
func (s *Service) Applied() uint64 { return 0 }

// WaitApplied returns when the data version has reached v, or with the error of ctx.
func (s *Service) WaitApplied(ctx context.Context, v uint64) error { return ctx.Err() }
