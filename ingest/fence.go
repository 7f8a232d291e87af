package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// fence keeps workers that are not the writer any more from writing, however late they wake up. Each term of a writer has an
// epoch in the warehouse. An insert is begun, and only then is it asked whether the epoch is still the newest, and only then are the rows sent
// (writer.insert). A new writer first raises the epoch and then waits until no insert of another one is listed by the server. So an insert
// of an older term either was begun before the epoch was raised, and is waited for, or it finds out that it is too late. This holds
// for one ClickHouse server: others would list inserts of their own.
type fence struct {
	db     driver.Conn
	holder string // of this term alone
	host   string
	epoch  uint64
}

// writerQuery begins the ids of inserts of workers; the holder follows.
const writerQuery = "toancanh-writer-"

// receiveTimeout in seconds is how long the server waits for the rows of an insert that was begun, and longer for many: they are gathered
// meanwhile, or those of the table before are on their way (insertion). A worker that was stopped in between holds its successor up for
// that long, twice at most.
const receiveTimeout = 10

// errFenced ends a term: a later one has begun.
var errFenced = permanent{fmt.Errorf("%w: its epoch is newer", errOvertaken)}

// errBefore says that an insert of an earlier term is still at work.
var errBefore = errors.New("an insert of the writer before is still running")

// raise takes the next epoch.
func (f *fence) raise(ctx context.Context) error {
	if err := f.db.QueryRow(ctx, statement("epoch")).Scan(&f.epoch); err != nil {
		return fmt.Errorf("epoch: %w", err)
	}
	f.epoch++
	err := f.db.Exec(ctx, statement("raise_epoch"),
		clickhouse.Named("epoch", f.epoch), clickhouse.Named("holder", f.holder), clickhouse.Named("host", f.host))
	if err != nil {
		return fmt.Errorf("epoch: %w", err)
	}
	return nil
}

// alone fails while inserts of others are at work.
func (f *fence) alone(ctx context.Context) error {
	var running uint64
	err := f.db.QueryRow(ctx, statement("running_writers"),
		clickhouse.Named("all", writerQuery), clickhouse.Named("own", writerQuery+f.holder)).Scan(&running)
	if err != nil {
		return fmt.Errorf("look for running inserts: %w", err)
	}
	if running > 0 {
		return errBefore
	}
	return nil
}

// hold fails when a later term has begun.
func (f *fence) hold(ctx context.Context) error {
	var others uint64
	err := f.db.QueryRow(ctx, statement("later_epochs"), clickhouse.Named("epoch", f.epoch), clickhouse.Named("holder", f.holder)).Scan(&others)
	if err != nil {
		return fmt.Errorf("epoch: %w", err)
	}
	if others > 0 {
		return errFenced
	}
	return nil
}

// WrittenByWorkers tells whether workers write the warehouse: then it must have no journal beside the shared one.
func WrittenByWorkers(ctx context.Context, db driver.Conn) (yes bool, err error) {
	if err := db.QueryRow(ctx, statement("written_by_workers")).Scan(&yes); err != nil {
		return false, fmt.Errorf("ingest: who writes: %w", err)
	}
	return yes, nil
}

// LeaveWorkers ends that: a journal of the embedded kind may write from now on. Workers that still run come back and take it up again.
func LeaveWorkers(ctx context.Context, db driver.Conn) error { return (&fence{db: db}).raise(ctx) }
