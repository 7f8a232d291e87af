package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
)

// persist writes the rows of a table so that each is there once. The outcome of a failed insert is unknown: before it is tried
// again the rows that made it are found by their position, after the failed insert has stopped running. No
// deduplication token is used (ENGINE.md, hazard 1). After an unclean stop the look comes before the first insert. The insert of the next
// table, nil behind the last, is begun while the rows of this one are on their way, and its rows are sent when this one has them.
func (w *writer) persist(ctx context.Context, t, next table, doubtful bool) error {
	missing := make([]int, t.len())
	for i := range missing {
		missing[i] = i
	}
	var query string // the insert whose outcome is unknown
	return w.insist(ctx, "insert "+t.name(), func(ctx context.Context) (err error) {
		if doubtful {
			if missing, err = w.missing(ctx, t, query); err != nil {
				return err
			}
		}
		if len(missing) == 0 {
			return nil
		}
		into := w.takeAhead(t)
		if into == nil {
			into = w.begin(ctx, t.name(), w.queryID(), len(missing))
		}
		defer into.end()
		doubtful, query = true, into.query
		step("before the insert of " + t.name())
		if err = w.insert(ctx, t, missing, into, next); err != nil {
			w.giveUpAhead()
			return err
		}
		step("inserted " + t.name())
		return nil
	})
}

// missing gives the rows of t that the table lacks, once the given insert is over.
func (w *writer) missing(ctx context.Context, t table, query string) ([]int, error) {
	if query != "" {
		if err := w.over(ctx, query); err != nil {
			return nil, err
		}
	}
	present, err := w.present(ctx, t)
	if err != nil {
		return nil, err
	}
	var list []int
	for i := range t.len() {
		if !present[t.at(i)] {
			list = append(list, i)
		}
	}
	return list, nil
}

// errRunning says that an insert that was cut off is still at work.
var errRunning = errors.New("the insert before is still running")

// over fails while the insert is still at work: what it brings may yet appear. An insert is known to
// the server from before its first row on, so one that is not listed has ended or never began.
func (w *writer) over(ctx context.Context, query string) error {
	var running uint64
	if err := w.db.QueryRow(ctx, statement("running"), clickhouse.Named("id", query)).Scan(&running); err != nil {
		return fmt.Errorf("look for a running insert: %w", err)
	}
	if running > 0 {
		return errRunning
	}
	return nil
}

// present finds the rows of t's messages in the table.
func (w *writer) present(ctx context.Context, t table) (map[position]bool, error) {
	rows, err := w.db.Query(ctx, statement("present_"+t.name()),
		clickhouse.Named("first", t.at(0).seq), clickhouse.Named("last", t.at(t.len()-1).seq))
	if err != nil {
		return nil, fmt.Errorf("look for present rows: %w", err)
	}
	defer rows.Close()
	found := map[position]bool{}
	for rows.Next() {
		var p position
		if err := rows.Scan(&p.seq, &p.row); err != nil {
			return nil, fmt.Errorf("look for present rows: %w", err)
		}
		found[p] = true
	}
	return found, rows.Err()
}

// queryID names an insert.
func (w *writer) queryID() string {
	if w.fence == nil {
		return uuid.NewString()
	}
	return writerQuery + w.fence.holder + "-" + uuid.NewString()
}

// insertContext names the insert. With a patience, in seconds, the server gives it up when its rows do not come.
func insertContext(ctx context.Context, query string, patience int) context.Context {
	options := []clickhouse.QueryOption{clickhouse.WithQueryID(query)}
	if patience > 0 {
		options = append(options, clickhouse.WithSettings(clickhouse.Settings{"receive_timeout": patience}))
	}
	return clickhouse.Context(ctx, options...)
}

// gatheredRows are handed to the client library together, while those behind them are gathered.
const gatheredRows = 5_000

// gather gives the listed rows by column, some at a time.
func gather(ctx context.Context, t table, list []int) <-chan *columns {
	gathered := make(chan *columns)
	go func() {
		defer close(gathered)
		for some := range slices.Chunk(list, gatheredRows) {
			c := &columns{rows: len(some)}
			for _, i := range some {
				c.n = 0
				t.put(c, i)
			}
			select {
			case gathered <- c:
			case <-ctx.Done():
				return
			}
		}
	}()
	return gathered
}

// insert writes the listed rows as one block. A worker asks whether it is still the writer when the insert has begun and before a
// row of it is sent (fence.go).
func (w *writer) insert(ctx context.Context, t table, list []int, into *insertion, next table) error {
	defer context.AfterFunc(ctx, into.cancel)()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	gathered := gather(ctx, t, list)
	insert, err := into.open(ctx)
	if err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	for c := range gathered {
		if err := c.fill(insert); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	if err := ctx.Err(); err != nil { // not all was gathered
		return fmt.Errorf("insert: %w", err)
	}
	step("insert begun")
	if w.fence != nil {
		if err := w.fence.hold(ctx); err != nil {
			return err
		}
		step("insert allowed")
	}
	w.beginAhead(ctx, next)
	if err := insert.Send(); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}
