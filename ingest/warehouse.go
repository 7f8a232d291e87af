package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// warehouseEnd gives the highest sequence the warehouse has rows of, and the newest known-at.
func warehouseEnd(ctx context.Context, db driver.Conn) (seq uint64, known time.Time, err error) {
	if err := db.QueryRow(ctx, statement("warehouse_end")).Scan(&seq, &known); err != nil {
		return 0, time.Time{}, fmt.Errorf("warehouse's sequence: %w", err)
	}
	return seq, known, nil
}

// warehouseEnd insists: without the answer a new journal cannot begin.
func (s *Service) warehouseEnd(ctx context.Context) (seq uint64, known time.Time, err error) {
	w := &writer{cfg: s.cfg, db: s.deps.Warehouse, log: s.deps.Log, metrics: s.metrics, allowed: s.allowed}
	err = w.insist(ctx, "sequence", func(ctx context.Context) (err error) {
		seq, known, err = warehouseEnd(ctx, s.deps.Warehouse)
		return err
	})
	return seq, known, err
}

// recordedUnchanged gives the unchanged rows of a submission that was applied earlier, 0 when that cannot be told.
func (s *Service) recordedUnchanged(ctx context.Context, r Receipt) int {
	var n uint32
	err := s.deps.Warehouse.QueryRow(ctx, statement("recorded_unchanged"),
		clickhouse.Named("submission", r.Submission), clickhouse.Named("seq", r.DataVersion)).Scan(&n)
	if err != nil {
		s.deps.Log.Warn("unchanged rows not known", "submission", r.Submission, "error", err)
	}
	return int(n)
}
