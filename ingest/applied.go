package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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

// lastApplied gives the latest batch and its sequence among batches, 0 when there is none. What lies before the journal's first message
// has been applied in any case: a journal that was made anew goes on behind the warehouse.
func (j *journal) lastApplied(ctx context.Context) (a appliedBatch, at uint64, err error) {
	m, err := j.batches.GetLastMsgForSubject(ctx, j.appliedSubject)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		at, err = j.lastBatch(ctx)
	case err == nil:
		at, err = m.Sequence, json.Unmarshal(m.Data, &a)
	}
	if err != nil {
		return a, 0, fmt.Errorf("ingest: journal: batch applied last: %w", err)
	}
	rows, err := j.rows.Info(ctx)
	if err != nil {
		return a, 0, fmt.Errorf("ingest: journal: %w", err)
	}
	before := max(rows.State.FirstSeq, 1) - 1
	a.Upto, a.Safe = max(a.Upto, before), max(a.Safe, before)
	return a, at, nil
}

// lastBatch gives the last sequence of a stream of batches that holds none.
func (j *journal) lastBatch(ctx context.Context) (uint64, error) {
	info, err := j.batches.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
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
