package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Sizes of what travels together.
const (
	partRows     = 2000
	partBytes    = 256 << 10
	messageBytes = 1 << 20
	keptBytes    = 4 << 20 // rejections of a submission: its last part has them all, and has to fit maxPayload
	inFlight     = 2       // messages being made durable at the same time: one at the disk, one behind it
)

// committed says where a part is kept.
type committed struct {
	seq uint64
	err error
}

// commit is a part waiting to be made durable.
type commit struct {
	part *part
	done chan committed // capacity 1: the committer never waits for the sender
}

// committer writes parts to the journal in the order they come. While a message is on its way to the disk,
// the parts that arrive gather for the next one, so that one fsync serves many small
// submissions. It alone stamps known-at, which therefore never goes back.
type committer struct {
	journal *journal
	now     func() time.Time
	last    time.Time // known-at of the newest message
	in      chan commit
	held    *commit // taken from in, but there was no room for it in the message before
	slots   chan struct{}
	stopped chan struct{}
}

var errStopping = errors.New("ingest: stopping")

func newCommitter(j *journal, now func() time.Time, last time.Time) *committer {
	return &committer{
		journal: j, now: now, last: last, in: make(chan commit, 64),
		slots: make(chan struct{}, inFlight), stopped: make(chan struct{}),
	}
}

// send hands a part over; the channel tells when it is durable.
func (c *committer) send(ctx context.Context, p *part) (<-chan committed, error) {
	done := make(chan committed, 1)
	select {
	case c.in <- commit{p, done}:
		return done, nil
	case <-c.stopped:
		return nil, errStopping
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// run works until ctx ends; parts that are in by then are still made durable.
func (c *committer) run(ctx context.Context) {
	defer c.finish()
	for {
		first, ok := c.next(ctx)
		if !ok {
			return
		}
		c.slots <- struct{}{}
		c.write(c.gather(first))
	}
}

// next gives the part held back, or waits for one; ok is false when ctx has ended.
func (c *committer) next(ctx context.Context) (first commit, ok bool) {
	if c.held != nil {
		first, c.held = *c.held, nil
		return first, true
	}
	select {
	case first = <-c.in:
		return first, true
	case <-ctx.Done():
		return first, false
	}
}

// finish waits for what is under way and turns away what came too late.
func (c *committer) finish() {
	close(c.stopped)
	for range inFlight {
		c.slots <- struct{}{}
	}
	for {
		select {
		case late := <-c.in:
			late.done <- committed{err: errStopping}
		default:
			return
		}
	}
}

// gather takes what else is waiting, up to one message. A part that does not fit any more is held for the next one: the
// journal refuses a message over maxPayload, and with it the parts of senders who have nothing to do with each other.
func (c *committer) gather(first commit) []commit {
	group, size := []commit{first}, first.part.size()
	for size < messageBytes {
		select {
		case next := <-c.in:
			if size += next.part.size(); size > messageBytes {
				c.held = &next
				return group
			}
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// write publishes a group as one message and answers when it is durable.
func (c *committer) write(group []commit) {
	parts := make([]*part, len(group))
	for i, g := range group {
		parts[i] = g.part
	}
	b := encodeMessage(c.stamp(), parts)
	step("before the journal")
	future, err := c.journal.publish(b)
	if err != nil {
		c.answer(group, committed{err: err})
		return
	}
	step("given to the journal")
	go func() {
		result := await(future)
		step("durable, nobody told")
		c.answer(group, result)
	}()
}

func await(future jetstream.PubAckFuture) committed {
	select {
	case ack := <-future.Ok():
		return committed{seq: ack.Sequence}
	case err := <-future.Err():
		return committed{err: err}
	}
}

func (c *committer) answer(group []commit, result committed) {
	<-c.slots
	for _, g := range group {
		g.done <- result
	}
}

// stamp gives the present instant in milliseconds, or the last one given when the clock went back.
func (c *committer) stamp() time.Time {
	if now := c.now().Truncate(time.Millisecond); now.After(c.last) {
		c.last = now
	}
	return c.last
}
