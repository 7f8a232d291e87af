package ingest

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// insertion is an insert that was begun: the server plans it and waits for its rows. One that is given up ends without rows, and
// leaves nothing behind.
type insertion struct {
	table  string
	query  string
	at     time.Time
	cancel func() // ends it, also while its rows are on their way
	ready  chan struct{}
	batch  driver.Batch // when ready, unless there is an error
	err    error
}

// begin begins an insert of so many rows. It returns at once: the server plans while something else is done.
func (w *writer) begin(ctx context.Context, table, query string, rows int) *insertion {
	patience := 0
	if w.fence != nil {
		patience = receiveTimeout + rows/gatheredRows
	}
	in := &insertion{table: table, query: query, at: time.Now(), ready: make(chan struct{})}
	ctx, in.cancel = context.WithCancel(ctx)
	go func() {
		defer close(in.ready)
		in.batch, in.err = w.db.PrepareBatch(insertContext(ctx, query, patience), statement("insert_"+table))
	}()
	return in
}

// open waits until the server takes rows.
func (in *insertion) open(ctx context.Context) (driver.Batch, error) {
	select {
	case <-in.ready:
		return in.batch, in.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// end gives back what the insert holds. Without its rows having been sent it is given up, and its connection with it: nobody waits
// for a server that may have fallen silent.
func (in *insertion) end() {
	in.cancel()
	go func() {
		<-in.ready
		if in.err == nil {
			_ = in.batch.Close() // all is sent, or nothing is to be
		}
	}()
}

// aheadTime is how long an insert that was begun ahead may wait for its turn: less than a server waits for the rows of a worker.
const aheadTime = receiveTimeout * time.Second / 4

// spareConnections are left to others by an insert that is begun ahead: it must not have what the one before it needs to be tried again.
const spareConnections = 2

// beginAhead begins the insert of the next table, if there is one, while rows of the table before it are on their way.
func (w *writer) beginAhead(ctx context.Context, next table) {
	if pool := w.db.Stats(); next == nil || pool.MaxOpenConns-pool.Open <= spareConnections {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.cfg.InsertTimeout)
	w.ahead = w.begin(ctx, next.name(), w.queryID(), next.len())
	stop := w.ahead.cancel
	w.ahead.cancel = func() {
		stop()
		cancel()
	}
}

// takeAhead gives the insert that was begun ahead for a table; nil when there is none, or when it is of no use any more.
func (w *writer) takeAhead(t table) *insertion {
	in := w.ahead
	if in == nil || in.table != t.name() || time.Since(in.at) > aheadTime {
		w.giveUpAhead()
		return nil
	}
	w.ahead = nil
	return in
}

func (w *writer) giveUpAhead() {
	if w.ahead != nil {
		w.ahead.end()
		w.ahead = nil
	}
}
