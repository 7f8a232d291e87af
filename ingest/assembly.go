package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// openTime is how long the writer waits for the next part of a submission, by the journal's clock. Who journals one gives up
// sooner (journalTime), so that nothing acknowledged is given up here.
const openTime = 5 * time.Minute

// assembly puts submissions together: all of one is written with its last part, in one block of the table, so that no answer ever
// rests on half of it. The parts that wait are in the journal still: the reading begins before them after a stop.
type assembly struct {
	open map[string]*opened // by submission
}

// opened is a submission whose last part has not come.
type opened struct {
	parts []*readPart
	last  time.Time // by the journal's clock, when its latest part came
}

// submitted is a whole submission, at the place in the journal of its last part.
type submitted struct {
	parts   []*readPart
	seq     uint64
	knownAt time.Time
}

func newAssembly() assembly { return assembly{map[string]*opened{}} }

// assemble takes the batch's messages in and lists the submissions that became whole by them. It tells the batch how far the
// journal may forget.
func (w *writer) assemble(ctx context.Context, b *batch) error {
	b.safe = -1
	for i := range b.messages {
		m := &b.messages[i]
		w.giveUp(m.at)
		var torn []*part
		for j := range m.parts {
			whole, missing := w.assembly.take(&m.parts[j], m.at)
			switch {
			case missing:
				for _, p := range whole {
					torn = append(torn, p.part())
				}
			case whole != nil:
				b.submitted = append(b.submitted, submitted{whole, m.seq, m.knownAt})
			}
		}
		if len(torn) > 0 {
			if err := w.setTornAside(ctx, m, torn); err != nil {
				return err
			}
		}
		if len(w.assembly.open) == 0 {
			b.safe = i
		}
	}
	return nil
}

// take keeps a part, or gives all parts of its submission when it is the last; missing tells that there should be more of them.
func (a assembly) take(p *readPart, at time.Time) (whole []*readPart, missing bool) {
	before := a.open[p.submission]
	switch {
	case p.flags&abandonedPart != 0:
		delete(a.open, p.submission)
		return nil, false
	case p.end != nil:
		delete(a.open, p.submission)
		if before != nil {
			whole = before.parts
		}
		whole = append(whole, p)
		return whole, p.end.parts > 0 && len(whole) != p.end.parts
	case before == nil:
		before = &opened{}
		a.open[p.submission] = before
	}
	before.parts, before.last = append(before.parts, p), at
	return nil, false
}

// giveUp forgets submissions whose sender or server went away while they were journalled: nobody was told that they are kept.
func (w *writer) giveUp(now time.Time) {
	for id, o := range w.assembly.open {
		if now.Sub(o.last) > openTime {
			w.log.Warn("submission has no end and was given up; it was never acknowledged", "submission", id, "parts", len(o.parts))
			delete(w.assembly.open, id)
		}
	}
}

// setTornAside keeps what came of submissions of which a part is missing: it was in a message that was set aside.
func (w *writer) setTornAside(ctx context.Context, m *message, torn []*part) error {
	content := encodeMessage(m.knownAt, torn)
	return w.feed.setAside(ctx, Aside{
		Sequence: m.seq, Received: m.at, SetAside: time.Now().UTC(), Bytes: len(content), Version: messageVersion,
		Reason: fmt.Sprintf("submission %s is not whole: another part of it was set aside; retry that first", torn[0].submission),
	}, content)
}

// handled is a message's handle with the reading it belongs to: a reading that began again does not know those of the one before.
type handled struct {
	jetstream.Msg
	reading int
}
