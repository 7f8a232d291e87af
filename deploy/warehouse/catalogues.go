package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Catalogue is an accepted version of a catalogue, as it is kept.
type Catalogue struct {
	ID, Version   string
	Since         time.Time // programme time of its acceptance
	Archive       []byte    // its files, a zip
	Demonstration bool
}

// KeepCatalogue remembers an accepted catalogue and tells whether it was news: the version
// accepted last is not written again. It is durable when this returns. Since never lies
// before that of the version before, whatever a clock says, so that the newest is the last.
func KeepCatalogue(ctx context.Context, conn driver.Conn, c Catalogue) (kept bool, err error) {
	var version string
	var since time.Time
	rows, err := conn.Query(ctx, "SELECT version, since FROM catalogues ORDER BY since DESC, version LIMIT 1")
	if err != nil {
		return false, fmt.Errorf("look for the catalogue accepted last: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&version, &since); err != nil {
			return false, fmt.Errorf("look for the catalogue accepted last: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return false, fmt.Errorf("look for the catalogue accepted last: %w", err)
	}
	if version == c.Version {
		return false, nil
	}
	if !c.Since.After(since) {
		c.Since = since.Add(time.Millisecond)
	}
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO catalogues (since, version, id, archive, demonstration)")
	if err != nil {
		return false, fmt.Errorf("keep catalogue %s: %w", c.Version, err)
	}
	defer batch.Close()
	if err := batch.Append(c.Since.UTC(), c.Version, c.ID, string(c.Archive), c.Demonstration); err != nil {
		return false, fmt.Errorf("keep catalogue %s: %w", c.Version, err)
	}
	if err := batch.Send(); err != nil {
		return false, fmt.Errorf("keep catalogue %s: %w", c.Version, err)
	}
	return true, nil
}
