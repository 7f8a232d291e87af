package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// writer brings the journal into the warehouse: one reader, in the order of the journal, whole messages in
// batches of one known-at month. It acknowledges a message when its rows can be queried and may forget it then. A
// warehouse that does not answer is asked for ever; only stopping ends that. (A worker lets others try after a while.)
type writer struct {
	cfg      Config
	db       driver.Conn
	log      *slog.Logger
	metrics  *metrics
	journal  *journal
	feed     *feed
	done     func(context.Context, *batch) error // a batch is in the warehouse: tells the journal and the world
	recover  uint64                              // messages up to here may be in the warehouse already: an earlier run did not say
	fence    *fence                              // of a worker: whether it is still the writer; nil where nobody else could be
	patience time.Duration                       // of a worker: how long it tries before another one may; 0: for ever
	allowed  allowances                          // longer than Config.InsertTimeout where that was not enough

	held      *taken // read and not part of a batch yet
	texts     interner
	ends      ends
	newest    *newest
	remembers func(*figure) bool // which lines newest has; nil where another process takes in
	assembly  assembly
	ahead     *insertion // of the table behind the one that is being written, nil without one
	untrimmed int64      // bytes applied and still in the journal
	flushed   time.Time
}

// outcome is the end of a submission.
type outcome struct {
	submission string
	dataset    string
	unchanged  int
}

var errSequence = errors.New("ingest: the warehouse is ahead of the journal: this journal is older than the warehouse's data; " +
	"restore the journal that belongs to it, or start with an empty journal directory")

// errAway ends the term of a worker that does not reach the warehouse: perhaps another one does.
var errAway = errors.New("ingest: the warehouse does not take the figures")

func newWriter(s *Service, j *journal, applied, last uint64) *writer {
	w := &writer{
		cfg: s.cfg, db: s.deps.Warehouse, log: s.deps.Log, metrics: s.metrics, journal: j,
		feed: newFeed(j, s.aside, applied, s.deps.Log, s.tellAside), recover: last,
		texts: interner{}, ends: ends{}, assembly: newAssembly(), allowed: s.allowed,
	}
	w.newest, w.remembers = s.newest, s.comparesNewest
	w.done = func(ctx context.Context, b *batch) error {
		w.acknowledge(ctx, b)
		step("acknowledged, not announced")
		s.announce(b.change(), b.outcomes)
		return nil
	}
	return w
}

// run works until ctx ends. Any error it gives needs an operator.
func (w *writer) run(ctx context.Context) error {
	if err := w.checkSequence(ctx); err != nil {
		return ignoreStop(ctx, err)
	}
	for {
		b, err := w.collect(ctx)
		if err != nil {
			return ignoreStop(ctx, err)
		}
		step("collected")
		if err := w.apply(ctx, b); err != nil {
			return ignoreStop(ctx, err)
		}
	}
}

func ignoreStop(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// checkSequence refuses a journal that would give out sequences the warehouse has rows of: their
// revisions would be taken for old ones, and lost.
func (w *writer) checkSequence(ctx context.Context) error {
	return w.insist(ctx, "sequence", func(ctx context.Context) error {
		seq, _, err := warehouseEnd(ctx, w.db)
		if err == nil && seq > w.recover {
			return permanent{fmt.Errorf("%w (warehouse %d, journal %d)", errSequence, seq, w.recover)}
		}
		return err
	})
}

// apply writes a batch, acknowledges it and announces it, in this order.
func (w *writer) apply(ctx context.Context, b *batch) error {
	start := time.Now()
	if err := w.assemble(ctx, b); err != nil {
		return err
	}
	if err := w.sift(ctx, b); err != nil {
		return err
	}
	step("sifted")
	if err := w.write(ctx, b); err != nil {
		return err
	}
	step("written, not acknowledged")
	w.metrics.applied(b.rows, time.Since(start))
	if err := w.done(ctx, b); err != nil {
		return err
	}
	step("announced")
	if len(b.submitted) > 0 { // else nothing was inserted: the parts wait for those behind them
		w.flushed = time.Now()
	}
	return w.trim(ctx, b)
}

// write brings what is news into its tables. The figures are remembered while the record, the last, is on its way: they are in by then.
func (w *writer) write(ctx context.Context, b *batch) error {
	defer w.giveUpAhead()
	tables := b.tables()
	var remembering sync.WaitGroup
	defer remembering.Wait()
	for i, t := range tables {
		var next table
		if i+1 < len(tables) {
			next = tables[i+1]
		}
		if t == table(&b.submissions) {
			remembering.Go(func() { w.remember(b) })
		}
		if err := w.persist(ctx, t, next, b.first() <= w.recover); err != nil {
			return err
		}
	}
	return nil
}

// acknowledge tells the journal up to where it need not tell again. When this fails the messages come again after a restart and are
// found to be present.
func (w *writer) acknowledge(ctx context.Context, b *batch) {
	if b.safe < 0 {
		return
	}
	w.feed.safe = b.messages[b.safe].seq
	if handle := b.handles[b.safe]; handle.reading == w.feed.reading {
		if err := handle.DoubleAck(ctx); err != nil && ctx.Err() == nil {
			w.log.Warn("journal not acknowledged", "sequence", w.feed.safe, "error", err)
		}
	}
}

// trim gives the journal's space back, some megabytes at a time because it rewrites a file.
func (w *writer) trim(ctx context.Context, b *batch) error {
	w.untrimmed += b.bytes
	if w.untrimmed < min(16<<20, w.cfg.JournalBytes/8) {
		return nil
	}
	if err := w.journal.trim(ctx, w.feed.safe); err != nil {
		w.log.Warn("journal not trimmed", "error", err)
		return nil
	}
	w.untrimmed = 0
	return nil
}

// insist is how what the warehouse has to do is tried: a first failure is only counted, since a pooled connection may have been closed
// meanwhile, and the next try has another. A worker gives up after its patience, so that another one may try.
func (w *writer) insist(ctx context.Context, step string, try func(context.Context) error) error {
	s := stubborn{
		log: w.log, text: "warehouse does not take the figures, trying on; the journal keeps them", about: []any{"step", step},
		unsaid: 1, longest: 2 * time.Second, patience: func() time.Duration { return w.allowed.to(step, w.cfg.InsertTimeout) },
	}
	s.failed = func(f failure) error {
		if w.patience > 0 && f.since > w.patience && !errors.Is(f.err, errBefore) {
			return fmt.Errorf("%w: %s: %w", errAway, step, f.err)
		}
		w.metrics.retries.WithLabelValues(step, f.kind()).Inc()
		if f.slow {
			w.allowed.stretch(step)
			w.freshen(ctx)
		}
		return nil
	}
	return s.try(ctx, func(ctx context.Context) error {
		began := time.Now()
		err := try(ctx)
		if err == nil && time.Since(began) < w.cfg.InsertTimeout/2 {
			delete(w.allowed, step)
		}
		return err
	})
}

// allowances stretch the time a step may take at the warehouse: one that is slow, but works, would otherwise be broken off and begun
// again for ever. By step, how often it was cut off in a row.
type allowances map[string]int

func (a allowances) to(step string, usual time.Duration) time.Duration {
	return usual << a[step]
}

// stretch doubles the time, up to eight times the usual.
func (a allowances) stretch(step string) {
	const most = 3
	if a != nil {
		a[step] = min(a[step]+1, most)
	}
}

// freshen closes connections that fell silent: a line may swallow what is sent, and each of them would cost a whole try.
func (w *writer) freshen(ctx context.Context) {
	const longest = 5 * time.Second
	for range w.db.Stats().Idle {
		_, _ = bounded(ctx, min(longest, w.cfg.InsertTimeout), w.db.Ping) // the pool closes what does not answer
	}
}

// announce tells the world about an applied batch: first the one who drops caches, then those who wait.
func (s *Service) announce(c Change, ended []outcome) {
	if s.deps.OnApplied != nil {
		s.deps.OnApplied(c)
	}
	s.version.set(c.DataVersion)
	for _, o := range ended {
		s.metrics.unchanged(o.dataset, o.unchanged)
		s.outcomes.tell(o.submission, o.unchanged)
	}
}
