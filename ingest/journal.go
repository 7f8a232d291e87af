package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	writerName   = "writer" // durable consumer of the embedded journal
	keysBytes    = 64 << 20
	keysAge      = 30 * 24 * time.Hour
	maxPayload   = 8 << 20
	journalStart = 30 * time.Second
)

// names of streams and subjects. Changing one would strand what is journalled under it.
type names struct {
	rowsStream, rowsSubject       string
	keysStream, keysSubject       string // the subject ends with a dot; a hash follows
	appliedStream, appliedSubject string // of an outside journal only, as the bucket
	bucket                        string
}

// embeddedNames are those within the embedded server.
var embeddedNames = names{rowsStream: "ROWS", rowsSubject: "rows", keysStream: "KEYS", keysSubject: "keys."}

// journal is a NATS JetStream: an embedded one without any listener (embedded.go), or one of an outside server
// (outside.go). A published message is on disk when its acknowledgement comes, fsync and all. Messages stay until the warehouse
// has them; the newest always stays, because it tells how far the clock and the sequence had come.
type journal struct {
	names
	server *server.Server // nil: an outside one
	conn   *nats.Conn
	js     jetstream.JetStream
	rows   jetstream.Stream
	keys   jetstream.Stream
	log    *slog.Logger
	dir    string // "" for an outside one
	// Of an outside one.
	replicas int
	batches  jetstream.Stream // what was applied (applied.go)
}

// outside tells whether other processes share the journal.
func (j *journal) outside() bool { return j != nil && j.server == nil }

// openRows opens the stream of rows as an earlier run left it; found is false when there is none, or
// one that never held a message.
func (j *journal) openRows(ctx context.Context) (found bool, err error) {
	j.rows, err = j.js.Stream(ctx, j.rowsStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ingest: journal: %w", err)
	}
	return j.rows.CachedInfo().State.Msgs > 0, nil
}

// createRows makes the stream of rows, its first message to have the sequence first.
func (j *journal) createRows(ctx context.Context, first uint64, maxBytes int64) (err error) {
	if j.rows != nil {
		if err := j.js.DeleteStream(ctx, j.rowsStream); err != nil {
			return fmt.Errorf("ingest: journal: %w", err)
		}
	}
	j.rows, err = j.js.CreateStream(ctx, j.rowsConfig(first, maxBytes))
	if err != nil {
		return fmt.Errorf("ingest: journal: %w", err)
	}
	return nil
}

func (j *journal) rowsConfig(first uint64, maxBytes int64) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: j.rowsStream, Subjects: []string{j.rowsSubject}, Storage: jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, MaxBytes: maxBytes, FirstSeq: first,
		Replicas: j.replicas,
	}
}

// resize applies a changed byte limit to a stream that is there already.
func (j *journal) resize(ctx context.Context, maxBytes int64) (err error) {
	cfg := j.rows.CachedInfo().Config
	if cfg.MaxBytes == maxBytes {
		return nil
	}
	cfg.MaxBytes = maxBytes
	if j.rows, err = j.js.UpdateStream(ctx, cfg); err != nil {
		return fmt.Errorf("ingest: journal: %w", err)
	}
	return nil
}

// openKeys opens the bounded store of idempotency keys; the oldest are forgotten first.
func (j *journal) openKeys(ctx context.Context) (err error) {
	if j.keys, err = j.js.CreateOrUpdateStream(ctx, j.keysConfig()); err != nil {
		return fmt.Errorf("ingest: journal: %w", err)
	}
	return nil
}

func (j *journal) keysConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: j.keysStream, Subjects: []string{j.keysSubject + "*"}, Storage: jetstream.FileStorage,
		Discard: jetstream.DiscardOld, MaxBytes: keysBytes, MaxAge: keysAge, MaxMsgsPerSubject: 1,
		Replicas: j.replicas,
	}
}

// lastKnownAt gives the instant of the newest message that can be read, zero when there is none.
func (j *journal) lastKnownAt(ctx context.Context) (time.Time, error) {
	info, err := j.rows.Info(ctx)
	if err != nil || info.State.Msgs == 0 {
		return time.Time{}, err
	}
	for seq := info.State.LastSeq; seq >= info.State.FirstSeq; seq-- { // one that cannot be read tells nothing
		m, err := j.rows.GetMsg(ctx, seq)
		if err != nil {
			return time.Time{}, fmt.Errorf("ingest: journal: %w", err)
		}
		if last, err := decodeMessage(m.Sequence, m.Data); err == nil {
			return last.knownAt, nil
		}
	}
	return time.Time{}, nil
}

// publish sends a message; the future tells when it is durable. It is never sent again by itself: the message behind it may have
// arrived meanwhile, and the parts of a submission have an order.
func (j *journal) publish(b []byte) (jetstream.PubAckFuture, error) {
	if err := j.room(len(b)); err != nil {
		return nil, err
	}
	return j.js.PublishAsync(j.rowsSubject, b, jetstream.WithExpectStream(j.rowsStream), jetstream.WithRetryAttempts(0))
}

// applied gives how far an earlier run came, and the highest sequence there is.
func (j *journal) applied(ctx context.Context) (applied, last uint64, err error) {
	info, err := j.rows.Info(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("ingest: journal: %w", err)
	}
	applied = max(info.State.FirstSeq, 1) - 1 // what lies before the first message has been applied and dropped
	consumer, err := j.rows.Consumer(ctx, writerName)
	switch {
	case errors.Is(err, jetstream.ErrConsumerNotFound):
		return applied, info.State.LastSeq, nil
	case err != nil:
		return 0, 0, fmt.Errorf("ingest: journal: %w", err)
	}
	return max(applied, consumer.CachedInfo().AckFloor.Stream), info.State.LastSeq, nil
}

// readAfter makes the writer's durable consumer anew behind a message: what was taken and not acknowledged
// must come again now, not when the old consumer gives it up. Of an outside journal nothing is kept by the consumer, which is the
// reader's own and goes with it: how far the writer came is said with the batches (applied.go).
func (j *journal) readAfter(ctx context.Context, applied uint64) (jetstream.Consumer, error) {
	if j.outside() {
		return j.follow(ctx, j.rows, applied)
	}
	if err := j.rows.DeleteConsumer(ctx, writerName); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, fmt.Errorf("ingest: journal: %w", err)
	}
	consumer, err := j.rows.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: writerName, AckPolicy: jetstream.AckAllPolicy,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: applied + 1,
		AckWait: 24 * time.Hour, MaxAckPending: -1,
	})
	if err != nil {
		return nil, fmt.Errorf("ingest: journal: %w", err)
	}
	return consumer, nil
}

// trim drops what the warehouse has, but the newest of it.
func (j *journal) trim(ctx context.Context, applied uint64) error {
	if applied == 0 { // to the server this means everything there is
		return nil
	}
	if err := j.rows.Purge(ctx, jetstream.WithPurgeSequence(applied)); err != nil {
		return fmt.Errorf("ingest: journal: %w", err)
	}
	return nil
}

// state gives the highest sequence and the bytes held.
func (j *journal) state(ctx context.Context) (last, bytes uint64, err error) {
	info, err := j.rows.Info(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("ingest: journal: %w", err)
	}
	return info.State.LastSeq, info.State.Bytes, nil
}

// firstFrom gives the sequence of the first message there is at or behind one.
func (j *journal) firstFrom(ctx context.Context, seq uint64) (uint64, error) {
	m, err := j.rows.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(j.rowsSubject))
	if err != nil {
		return 0, fmt.Errorf("ingest: journal: %w", err)
	}
	return m.Sequence, nil
}

// waiting is how long ago a message was journalled; 0 when it has been forgotten meanwhile.
func (j *journal) waiting(ctx context.Context, seq uint64) time.Duration {
	m, err := j.rows.GetMsg(ctx, seq)
	if err != nil {
		return 0
	}
	return max(time.Since(m.Time), 0)
}

func (j *journal) close() {
	if j.conn != nil {
		j.conn.Close()
	}
	if j.server != nil {
		j.server.Shutdown()
		j.server.WaitForShutdown()
	}
}

// isFull tells whether a message was refused because the journal is at its limit.
func isFull(err error) bool {
	const maximumBytes, maximumMessages, noResources, noStorage = 10077, 10054, 10023, 10047
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return errors.Is(err, errDiskFull)
	}
	switch api.ErrorCode {
	case maximumBytes, maximumMessages, noResources, noStorage:
		return true
	}
	return false
}
