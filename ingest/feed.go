package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// feed hands the writer the journal's messages in order, each once. The journal numbers them without holes, so one that
// got lost between server and client (a slow consumer loses messages, and acknowledging the next
// would forget them) shows as a gap. What the journal still holds of a gap is read again, as often as it takes, passing over
// what was handed over already; only what the journal itself lacks is passed over. The reading begins where the writer
// said last: an acknowledgement may be behind what was handed over, and must not run ahead of the writer by a new reading.
type feed struct {
	journal  *journal
	aside    *AsideStore
	onAside  func(Aside)
	log      *slog.Logger
	consumer jetstream.Consumer
	fetched  jetstream.MessageBatch // what the last request brings, nil before the first
	brought  bool                   // it has brought something
	after    uint64                 // sequence handed over last
	safe     uint64                 // the reading begins behind it, also when it begins again
	reading  int                    // how often it has begun
	known    time.Time              // known-at of the last message that could be read
	labels   bool                   // the journal's clock labels, not that of whoever took in: there may be several of them
	patience time.Duration          // how long a request waits; then comes the look for a lost last message
}

// taken is a message with the handle that acknowledges it.
type taken struct {
	message
	handle handled
	bytes  int64
	more   bool // others are right behind it
}

// What one request to the journal may bring; it bounds the memory of the reading.
const (
	fetchMessages = 128
	fetchBytes    = 16 << 20
)

func newFeed(j *journal, aside *AsideStore, applied uint64, log *slog.Logger, onAside func(Aside)) *feed {
	return &feed{journal: j, aside: aside, onAside: onAside, log: log, after: applied, safe: applied, patience: 5 * time.Second}
}

// next waits for the next message.
func (f *feed) next(ctx context.Context) (*taken, error) {
	for {
		handle, err := f.receive(ctx)
		if err != nil {
			return nil, err
		}
		meta, err := handle.Metadata()
		if err != nil {
			return nil, fmt.Errorf("ingest: journal: %w", err)
		}
		seq := meta.Sequence.Stream
		switch {
		case seq <= f.after:
			continue
		case seq > f.after+1:
			held, err := f.journal.firstFrom(ctx, f.after+1)
			if err != nil {
				return nil, err
			}
			if held < seq {
				f.log.Warn("journal messages lost on the way, reading again", "after", f.after, "got", seq)
				f.consumer, f.fetched = nil, nil
				continue
			}
			f.log.Error("journal lacks messages", "after", f.after, "next", seq)
		}
		f.after = seq
		m, err := f.read(ctx, meta, handle.Data())
		if err != nil {
			return nil, err
		}
		// What the server saw behind the message when it sent it, or what has arrived since.
		more := meta.NumPending > 0 || len(f.fetched.Messages()) > 0
		return &taken{message: m, handle: handled{handle, f.reading}, bytes: int64(len(handle.Data())), more: more}, nil
	}
}

// read gives what a message holds. One that cannot be read is set aside and reads as an empty one, which goes the way of
// all: what is behind it keeps its place.
func (f *feed) read(ctx context.Context, meta *jetstream.MsgMetadata, content []byte) (message, error) {
	seq := meta.Sequence.Stream
	m, err := decodeMessage(seq, content)
	m.at = meta.Timestamp.UTC()
	if err == nil {
		if f.labels {
			m.knownAt = m.at.Truncate(time.Millisecond)
		}
		if m.knownAt.Before(f.known) { // a clock went back; the order is the journal's
			m.knownAt = f.known
		}
		f.known = m.knownAt
		return m, nil
	}
	a := Aside{Sequence: seq, Received: meta.Timestamp.UTC(), SetAside: time.Now().UTC(), Bytes: len(content), Reason: err.Error()}
	if len(content) > 0 {
		a.Version = int(content[0])
	}
	if f.known.IsZero() {
		f.known = a.Received
	}
	return message{seq: seq, knownAt: f.known, at: a.Received}, f.setAside(ctx, a, content)
}

// receive gives what the server delivers next, asking again when a request has run out.
func (f *feed) receive(ctx context.Context) (jetstream.Msg, error) {
	for {
		if f.fetched == nil {
			if err := f.fetch(ctx); err != nil {
				return nil, err
			}
		}
		select {
		case handle, open := <-f.fetched.Messages():
			if open {
				f.brought = true
				return handle, nil
			}
			if err := f.ended(ctx); err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (f *feed) fetch(ctx context.Context) (err error) {
	if f.consumer == nil {
		if f.consumer, err = f.journal.readAfter(ctx, f.safe); err != nil {
			return err
		}
		f.reading++
	}
	f.brought = false
	if f.fetched, err = f.consumer.Fetch(fetchMessages, jetstream.FetchMaxBytes(fetchBytes), jetstream.FetchMaxWait(f.patience)); err != nil {
		return fmt.Errorf("ingest: journal: %w", err)
	}
	return nil
}

// ended looks how a request ran out. After anything but a lack of messages the reading begins again, in a moment.
func (f *feed) ended(ctx context.Context) error {
	err := f.fetched.Error()
	f.fetched = nil
	if err == nil || errors.Is(err, nats.ErrTimeout) {
		return f.lookBehind(ctx)
	}
	f.log.Warn("journal not read, reading again", "after", f.after, "error", err)
	f.consumer = nil
	select {
	case <-time.After(100 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lookBehind begins again when a request brought nothing though there is something: the last message got lost. One
// that has come in this moment makes it begin again too, which does no harm.
func (f *feed) lookBehind(ctx context.Context) error {
	if f.brought {
		return nil
	}
	last, _, err := f.journal.state(ctx)
	switch {
	case err != nil:
		return err
	case last > f.after:
		f.consumer = nil
	case last < f.after: // it was put back to what it had been: new messages would get the numbers of old ones
		return fmt.Errorf("%w (read up to %d, journal %d)", errSequence, f.after, last)
	}
	return nil
}
