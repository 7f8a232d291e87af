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

// LastCatalogue gives the catalogue accepted last, false when there was none.
func LastCatalogue(ctx context.Context, conn driver.Conn) (last Catalogue, ok bool, err error) {
	rows, err := conn.Query(ctx, "SELECT id, version, since, archive, demonstration FROM catalogues ORDER BY since DESC, version LIMIT 1")
	if err != nil {
		return last, false, fmt.Errorf("look for the catalogue accepted last: %w", err)
	}
	defer rows.Close()
	var archive string
	for rows.Next() {
		if err := rows.Scan(&last.ID, &last.Version, &last.Since, &archive, &last.Demonstration); err != nil {
			return last, false, fmt.Errorf("look for the catalogue accepted last: %w", err)
		}
		last.Archive, ok = []byte(archive), true
	}
	if err := rows.Err(); err != nil {
		return last, false, fmt.Errorf("look for the catalogue accepted last: %w", err)
	}
	return last, ok, nil
}

// KeepCatalogue remembers an accepted catalogue and gives since when it is in force: the
// version accepted last is not written again. It is durable when this returns. The instant
// never lies before that of the version before, whatever a clock says, so that the newest
// is the last.
func KeepCatalogue(ctx context.Context, conn driver.Conn, c Catalogue) (since time.Time, err error) {
	last, ok, err := LastCatalogue(ctx, conn)
	if err != nil {
		return since, err
	}
	if ok && last.Version == c.Version {
		return last.Since, nil
	}
	if ok && !c.Since.After(last.Since) {
		c.Since = last.Since.Add(time.Millisecond)
	}
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO catalogues (since, version, id, archive, demonstration)")
	if err != nil {
		return since, fmt.Errorf("keep catalogue %s: %w", c.Version, err)
	}
	defer batch.Close()
	if err := batch.Append(c.Since.UTC(), c.Version, c.ID, string(c.Archive), c.Demonstration); err != nil {
		return since, fmt.Errorf("keep catalogue %s: %w", c.Version, err)
	}
	if err := batch.Send(); err != nil {
		return since, fmt.Errorf("keep catalogue %s: %w", c.Version, err)
	}
	return c.Since, nil
}
