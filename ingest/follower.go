package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/golang-sql/civil"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// follower hears of batches and passes them on, each once, in order.
type follower struct {
	service *Service
	journal *journal
	at      uint64 // sequence among batches of the last one heard of
}

// follow begins behind the batch applied last; the function it gives ends it.
func (s *Service) follow(ctx context.Context, j *journal) (stop func(), err error) {
	f := &follower{service: s, journal: j}
	err = persevere(ctx, s.deps.Log, "NATS does not tell what was applied, trying on", func(ctx context.Context) error {
		last, at, err := j.lastApplied(ctx)
		if err == nil {
			s.version.set(last.Upto)
			f.at = at
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	following, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.run(following)
	}()
	return func() { cancel(); <-done }, nil
}

// run follows until ctx ends. Whatever goes wrong, it begins again behind what it has heard.
func (f *follower) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := f.read(ctx); ctx.Err() == nil {
			f.service.deps.Log.Debug("following again", "error", err)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// read follows by one consumer until it fails.
func (f *follower) read(ctx context.Context) error {
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	consumer, err := f.journal.follow(ctx, f.journal.batches, f.at)
	if err != nil {
		return err
	}
	for {
		batch, err := consumer.Fetch(fetchMessages, jetstream.FetchMaxWait(2*time.Second))
		if err != nil {
			return err
		}
		if err := f.hearAll(ctx, batch); err != nil {
			return err
		}
	}
}

// hearAll hears what a request brings.
func (f *follower) hearAll(ctx context.Context, batch jetstream.MessageBatch) error {
	for {
		select {
		case m, open := <-batch.Messages():
			if !open {
				if err := batch.Error(); !errors.Is(err, nats.ErrTimeout) {
					return err
				}
				return nil
			}
			if err := f.hear(ctx, m); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// catchUp looks at the latest batch: a consumer that was lost tells of nothing, and neither does a stream that was made anew.
func (f *follower) catchUp(ctx context.Context) error {
	last, at, err := f.journal.lastApplied(ctx)
	if err != nil {
		return err
	}
	if at < f.at {
		f.service.deps.Log.Warn("the journal's stream of applied batches was made anew", "was", f.at, "is", at)
		f.at = at
		return f.pass(ctx, last)
	}
	return nil
}

func (f *follower) hear(ctx context.Context, m jetstream.Msg) error {
	meta, err := m.Metadata()
	if err != nil {
		return err
	}
	if meta.Sequence.Stream <= f.at {
		return nil
	}
	var a appliedBatch
	if err := json.Unmarshal(m.Data(), &a); err != nil {
		return fmt.Errorf("ingest: applied batch %d: %w", meta.Sequence.Stream, err)
	}
	if err := f.pass(ctx, a); err != nil {
		return err
	}
	f.at = meta.Sequence.Stream
	return nil
}

// pass tells of a batch; what was missed before it is asked of the warehouse.
func (f *follower) pass(ctx context.Context, a appliedBatch) error {
	before := f.service.Applied()
	if a.Upto <= before {
		return nil
	}
	c := a.change()
	if a.Before > before {
		missed, err := f.service.changed(ctx, before, a.Upto)
		if err != nil {
			return err
		}
		c = missed
	}
	f.service.announce(c, nil)
	return nil
}

// changed asks the warehouse what a range of data versions touched: behind the first, up to the last.
func (s *Service) changed(ctx context.Context, after, upto uint64) (Change, error) {
	c := Change{DataVersion: upto}
	var from, to time.Time
	var figures, submissions, tasks uint64
	err := s.deps.Warehouse.QueryRow(ctx, statement("changed"), clickhouse.Named("after", after), clickhouse.Named("upto", upto)).
		Scan(&figures, &c.Measures, &c.Units, &from, &to, &tasks, &submissions)
	if err != nil {
		return c, fmt.Errorf("ingest: what changed: %w", err)
	}
	if figures > 0 {
		c.From, c.To = civil.DateOf(from.UTC()), civil.DateOf(to.UTC())
	}
	c.Tasks, c.Submissions = tasks > 0, submissions > 0
	return c, nil
}
