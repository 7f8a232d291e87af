package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// UnitsOfOthers gives the codes of units that any caller but the named one has sent figures
// about since an instant. What is journalled but cannot be queried yet is not seen.
func (s *Service) UnitsOfOthers(ctx context.Context, caller string, since time.Time) (map[string]bool, error) {
	rows, err := s.deps.Warehouse.Query(ctx, statement("units_of_others"),
		clickhouse.Named("caller", caller), clickhouse.Named("since", since.UTC().Format("2006-01-02 15:04:05.000")))
	if err != nil {
		return nil, fmt.Errorf("ingest: units of others: %w", err)
	}
	defer rows.Close()
	units := map[string]bool{}
	for rows.Next() {
		var unit string
		if err := rows.Scan(&unit); err != nil {
			return nil, fmt.Errorf("ingest: units of others: %w", err)
		}
		units[unit] = true
	}
	return units, rows.Err()
}
