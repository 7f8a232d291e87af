package ingest

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/oklog/ulid/v2"
)

// Worker writes an outside journal to the warehouse. Any number may run: one is the writer, the others stand by and one of them
// takes its place when it is gone. Figures supersede each other in the order of the journal, so there is one writer by design, not
// one for each part of the stream; what it does to figures does not depend on which worker does it, nor on how often the place changes.
type Worker struct {
	*Service // of its kind it takes nothing in
	host     string
	lease    *lease
	metrics  *workerMetrics
}

// awayTime is how long a writer that does not reach the warehouse keeps the others waiting.
const awayTime = 30 * time.Second

// NewWorker checks the configuration, which must name an outside journal; nothing is opened before Run. The catalogue is not needed.
func NewWorker(cfg Config, d Deps) (*Worker, error) {
	if !cfg.Outside.used() {
		return nil, errors.New("ingest: a worker shares a journal: it needs the address of NATS")
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	w := &Worker{Service: newService(cfg, d), host: host}
	w.metrics = newWorkerMetrics(d.Registerer)
	return w, nil
}

// Run stands by and writes until ctx ends. Only what an operator has to mend ends it before: a NATS that cannot keep the journal,
// or a journal that does not belong to the warehouse.
func (w *Worker) Run(ctx context.Context) error {
	j, err := reachJournal(ctx, w.cfg.Outside, w.deps.Log)
	if err != nil {
		return ignoreStop(ctx, err)
	}
	defer j.close()
	if err := w.openShared(ctx, j); err != nil {
		return ignoreStop(ctx, err)
	}
	err = persevere(ctx, w.deps.Log, "NATS does not tell who writes, trying on", func(ctx context.Context) (err error) {
		w.lease, err = openLease(ctx, j, w.cfg.Lease, w.host)
		return err
	})
	if err != nil {
		return ignoreStop(ctx, err)
	}
	stopFollowing, err := w.follow(ctx, j)
	if err != nil {
		return ignoreStop(ctx, err)
	}
	defer stopFollowing()
	defer w.accept(j, time.Time{}, true)() // of what was set aside alone
	return w.terms(ctx, j)
}

// terms holds the writer's place as often as it can be had. What goes wrong ends a term; the next one begins where the journal says.
func (w *Worker) terms(ctx context.Context, j *journal) error {
	for ctx.Err() == nil {
		holder := newHolder()
		taken, err := w.lease.acquire(ctx, holder)
		if err != nil {
			return ignoreStop(ctx, err)
		}
		err = w.term(ctx, j, holder, taken)
		pause := time.Second
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errSequence):
			return err
		case errors.Is(err, errAway):
			pause = w.cfg.Lease // others first
		}
		w.deps.Log.Warn("term as writer ended", "holder", holder, "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return nil
}

// term writes until the place is lost, something goes wrong or ctx ends.
func (w *Worker) term(ctx context.Context, j *journal, holder string, taken bool) error {
	term, end := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		if err := w.lease.keep(term, time.Now().UTC()); err != nil {
			end(err)
		}
	}()
	defer func() {
		end(nil)
		<-kept
		w.lease.release(ctx)
	}()
	err := w.write(term, j, holder, taken)
	if cause := context.Cause(term); cause != nil {
		err = cause
	}
	w.metrics.ended(ctx, err)
	return err
}

// write raises the fence and brings the journal into the warehouse from where the writer before had come.
func (w *Worker) write(ctx context.Context, j *journal, holder string, taken bool) error {
	f := &fence{db: w.deps.Warehouse, holder: holder, host: w.host}
	writer := newWriter(w.Service, j, 0, 0)
	writer.fence, writer.patience, writer.remembers = f, awayTime, nil
	if err := writer.insist(ctx, "epoch", f.raise); err != nil {
		return err
	}
	step("epoch raised")
	if err := writer.insist(ctx, "writer before", f.alone); err != nil {
		return err
	}
	last, at, err := j.lastApplied(ctx)
	if err != nil {
		return err
	}
	if writer.recover, _, err = j.state(ctx); err != nil {
		return err
	}
	writer.feed = newFeed(j, w.aside, last.Safe, w.deps.Log, w.tellAside)
	writer.feed.labels, writer.feed.known, writer.feed.patience = true, last.Known, 2*time.Second
	writer.done = w.sayDone(writer, f.epoch, last, at)
	w.metrics.began(f.epoch, taken)
	w.deps.Log.Info("writing", "epoch", f.epoch, "holder", holder, "behind", last.Safe, "journal", writer.recover)
	return writer.run(ctx)
}

// sayDone gives what a writer does with a batch that is in the warehouse: it tells everybody, and its successor, with the
// same message. Nobody else may have told of one meanwhile. The journal may forget what lies before Safe then, not sooner.
func (w *Worker) sayDone(writer *writer, epoch uint64, last appliedBatch, at uint64) func(context.Context, *batch) error {
	return func(ctx context.Context, b *batch) (err error) {
		next := appliedBatch{Epoch: epoch, Before: last.Upto, Safe: last.Safe, Known: last.Known}
		if b.safe >= 0 {
			next.Safe, next.Known = b.messages[b.safe].seq, b.messages[b.safe].knownAt
		}
		next.tell(b.change())
		if next.Upto < last.Upto { // read again after a stop: it was told before, with what came behind it
			next.Upto = last.Upto
		}
		if at, err = writer.journal.sayApplied(ctx, next, at); err != nil {
			return err
		}
		step("told of")
		last, writer.feed.safe = next, next.Safe
		for _, o := range b.outcomes {
			w.Service.metrics.unchanged(o.dataset, o.unchanged)
		}
		return nil
	}
}

// newHolder names a term.
func newHolder() string { return ulid.Make().String() }
