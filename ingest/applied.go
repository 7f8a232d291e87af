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

// appliedBatch is what is said of a batch that is in the warehouse. The latest one is where a worker goes on; all processes that
// answer follow them, so that their caches, streams of events and waiting senders hear of what another process wrote.
type appliedBatch struct {
	Epoch  uint64    `json:"epoch"`          // of the worker that wrote it
	Before uint64    `json:"before"`         // data version before it
	Upto   uint64    `json:"upto"`           // data version by it
	Safe   uint64    `json:"safe"`           // sequence behind which no submission is open: the reading goes on behind it
	Known  time.Time `json:"known,omitzero"` // known-at of the message Safe

	Measures    []string   `json:"measures,omitempty"`
	Units       []string   `json:"units,omitempty"`
	From        civil.Date `json:"from,omitzero"`
	To          civil.Date `json:"to,omitzero"`
	Tasks       bool       `json:"tasks,omitempty"`
	Submissions bool       `json:"submissions,omitempty"`
}

func (a *appliedBatch) tell(c Change) {
	a.Upto, a.Measures, a.Units, a.From, a.To, a.Tasks, a.Submissions = c.DataVersion, c.Measures, c.Units, c.From, c.To, c.Tasks, c.Submissions
}

func (a *appliedBatch) change() Change {
	return Change{DataVersion: a.Upto, Measures: a.Measures, Units: a.Units, From: a.From, To: a.To, Tasks: a.Tasks, Submissions: a.Submissions}
}

// batchesConfig: of what was applied the oldest is forgotten first, never the latest. Who was away for longer asks the warehouse.
func (j *journal) batchesConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: j.appliedStream, Subjects: []string{j.appliedSubject}, Storage: jetstream.FileStorage,
		Discard: jetstream.DiscardOld, MaxBytes: 64 << 20, MaxMsgs: 10_000, Replicas: j.replicas,
	}
}

// lastApplied gives the latest batch and its sequence among batches. Before the first, it is what lies before the journal's first message.
func (j *journal) lastApplied(ctx context.Context) (a appliedBatch, at uint64, err error) {
	m, err := j.batches.GetLastMsgForSubject(ctx, j.appliedSubject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return j.beforeFirst(ctx)
	}
	if err == nil {
		err = json.Unmarshal(m.Data, &a)
	}
	if err != nil {
		return a, 0, fmt.Errorf("ingest: journal: batch applied last: %w", err)
	}
	return a, m.Sequence, nil
}

func (j *journal) beforeFirst(ctx context.Context) (a appliedBatch, at uint64, err error) {
	rows, err := j.rows.Info(ctx)
	if err != nil {
		return a, 0, fmt.Errorf("ingest: journal: %w", err)
	}
	batches, err := j.batches.Info(ctx)
	if err != nil {
		return a, 0, fmt.Errorf("ingest: journal: %w", err)
	}
	a.Upto = max(rows.State.FirstSeq, 1) - 1
	a.Safe = a.Upto
	return a, batches.State.LastSeq, nil
}

// errOvertaken ends the term of a worker behind whose back another one wrote.
var errOvertaken = errors.New("ingest: another worker writes")

// sayApplied tells of a batch, if nobody has told of another one since the sequence after.
func (j *journal) sayApplied(ctx context.Context, a appliedBatch, after uint64) (at uint64, err error) {
	content, err := json.Marshal(a)
	if err != nil {
		return 0, fmt.Errorf("ingest: journal: %w", err)
	}
	ack, err := j.js.PublishMsg(ctx, &nats.Msg{Subject: j.appliedSubject, Data: content},
		jetstream.WithExpectStream(j.appliedStream), jetstream.WithExpectLastSequence(after))
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
		return 0, errOvertaken
	}
	if err != nil {
		return 0, fmt.Errorf("ingest: journal: batch not told of: %w", err)
	}
	return ack.Sequence, nil
}

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
