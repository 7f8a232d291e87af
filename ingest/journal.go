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

// Names within the embedded server. Changing one would strand what is journalled under it.
const (
	rowsStream   = "ROWS"
	rowsSubject  = "rows"
	writerName   = "writer"
	keysStream   = "KEYS"
	keysSubject  = "keys."
	keysBytes    = 64 << 20
	keysAge      = 30 * 24 * time.Hour
	maxPayload   = 8 << 20
	journalStart = 30 * time.Second
)

// journal is an embedded NATS JetStream without any listener. A published message is
// on disk, fsync and all, when its acknowledgement comes. Messages stay until the warehouse has them;
// the newest always stays, because it tells how far the clock and the sequence had come.
type journal struct {
	server *server.Server
	conn   *nats.Conn
	js     jetstream.JetStream
	rows   jetstream.Stream
	keys   jetstream.Stream
	log    *slog.Logger
	dir    string
}

// openJournal starts the server on its directory. The rows' stream is opened apart: a new one has to know first where
// the warehouse's sequence ends.
func openJournal(cfg Config, log *slog.Logger) (*journal, error) {
	ns, err := server.NewServer(&server.Options{
		ServerName: "toancanh-journal", DontListen: true, NoSigs: true, MaxPayload: maxPayload,
		JetStream: true, StoreDir: cfg.Dir, SyncAlways: true, JetStreamMaxStore: cfg.JournalBytes + 4*keysBytes,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, fmt.Errorf("ingest: journal in %s: %w", cfg.Dir, err)
	}
	ns.SetLoggerV2(serverLog{log}, false, false, false)
	j := &journal{server: ns, log: log, dir: cfg.Dir}
	ns.Start()
	if !ns.ReadyForConnections(journalStart) {
		j.close()
		return nil, fmt.Errorf("ingest: journal in %s did not start within %s", cfg.Dir, journalStart)
	}
	if err := j.connect(); err != nil {
		j.close()
		return nil, fmt.Errorf("ingest: journal in %s: %w", cfg.Dir, err)
	}
	return j, nil
}

func (j *journal) connect() (err error) {
	if j.conn, err = nats.Connect("", nats.InProcessServer(j.server), nats.MaxReconnects(-1)); err != nil {
		return err
	}
	j.js, err = jetstream.New(j.conn, jetstream.WithPublishAsyncTimeout(journalStart))
	return err
}

// openRows opens the stream of rows as an earlier run left it; found is false when there is none, or
// one that never held a message.
func (j *journal) openRows(ctx context.Context) (found bool, err error) {
	j.rows, err = j.js.Stream(ctx, rowsStream)
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
		if err := j.js.DeleteStream(ctx, rowsStream); err != nil {
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
		Name: rowsStream, Subjects: []string{rowsSubject}, Storage: jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, MaxBytes: maxBytes, FirstSeq: first,
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
	j.keys, err = j.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: keysStream, Subjects: []string{keysSubject + "*"}, Storage: jetstream.FileStorage,
		Discard: jetstream.DiscardOld, MaxBytes: keysBytes, MaxAge: keysAge, MaxMsgsPerSubject: 1,
	})
	if err != nil {
		return fmt.Errorf("ingest: journal: %w", err)
	}
	return nil
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

// publish sends a message; the future tells when it is durable.
func (j *journal) publish(b []byte) (jetstream.PubAckFuture, error) {
	if err := j.room(len(b)); err != nil {
		return nil, err
	}
	return j.js.PublishAsync(rowsSubject, b)
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
// must come again now, not when the old consumer gives it up.
func (j *journal) readAfter(ctx context.Context, applied uint64) (jetstream.Consumer, error) {
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
	m, err := j.rows.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(rowsSubject))
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
	j.server.Shutdown()
	j.server.WaitForShutdown()
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

// serverLog passes the embedded server's log on; its routine notices are for debugging.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(format string, v ...any) {
	l.log.Debug("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Warnf(format string, v ...any) {
	l.log.Warn("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Errorf(format string, v ...any) {
	l.log.Error("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Fatalf(format string, v ...any) {
	l.log.Error("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Debugf(format string, v ...any) {}
func (l serverLog) Tracef(format string, v ...any) {}
