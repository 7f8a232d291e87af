package ingest

import (
	"context"
	"errors"
	"time"
)

// journalTime is how long the parts of one submission may take into the journal, all together. The writer gives up a
// submission whose next part does not come for openTime, which is longer.
const journalTime = 2 * time.Minute

// finish journals all parts, the last one with the record of the submission, and waits until they are durable.
func (s *session) finish(ctx context.Context) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, journalTime)
	defer cancel()
	last := s.open(kindOf(s.in.Dataset))
	last.flags |= lastPart
	last.end = &end{record: s.record(), parts: s.spool.len() + 1, rejections: s.rejections}
	for i := range s.spool.len() {
		p, err := s.spool.part(i)
		if err != nil {
			return unavailable(err)
		}
		if err := s.send(ctx, p); err != nil {
			return err
		}
	}
	if err := s.send(ctx, last); err != nil {
		return err
	}
	for len(s.sent) > 0 {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	if time.Since(began) > journalTime { // the process slept: the writer may have given the submission up
		return s.unavailable(context.DeadlineExceeded)
	}
	return nil
}

// send hands a part to the journal and waits while too many are under way.
func (s *session) send(ctx context.Context, p *part) error {
	done, err := s.committer.send(ctx, p)
	if err != nil {
		return s.unavailable(err)
	}
	s.sent = append(s.sent, done)
	for len(s.sent) > partsUnderWay {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// partsUnderWay of one submission: enough to fill a message or two, so that they share an fsync.
const partsUnderWay = 2 * messageBytes / partBytes

// settle waits until the oldest part under way is durable.
func (s *session) settle(ctx context.Context) error {
	select {
	case result := <-s.sent[0]:
		s.sent = s.sent[1:]
		if result.err != nil {
			return s.unavailable(result.err)
		}
		if len(s.sent) > 0 {
			step("part of a submission durable")
		}
		s.seq = max(s.seq, result.seq)
		return nil
	case <-ctx.Done():
		return s.unavailable(context.Cause(ctx))
	}
}

// abandon tells the writer not to wait for the rest of a submission of which some parts may be in the journal. The sender may
// be gone by then, so its context does not count; if it fails the writer finds out by itself.
func (s *session) abandon(ctx context.Context) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	p := newPart(kindOf(s.in.Dataset), s.id)
	p.flags |= abandonedPart
	if s.send(ctx, p) != nil {
		return
	}
	for len(s.sent) > 0 && s.settle(ctx) == nil {
	}
}

// unavailable explains why a part did not become durable.
func (s *session) unavailable(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return cutOff(err, s.line())
	case isFull(err):
		return journalFull(err)
	case s.committer.journal.outside() && !errors.Is(err, errStopping):
		return journalAway(err)
	default:
		return unavailable(err)
	}
}

func kindOf(d Dataset) partKind {
	if d == TaskProgress {
		return progressRows
	}
	return figureRows
}

func (s *session) record() submissionRecord {
	return submissionRecord{
		dataset: string(s.in.Dataset), format: string(s.in.Format), caller: s.in.Caller, agency: s.in.Agency,
		checksum: s.body.checksum(), idempotencyKey: hashedKey(s.in),
		accepted: s.accepted, rejected: s.rejectedRows(), warned: s.warned, bytes: s.body.read,
	}
}

// receipt of a submission whose end is durable.
func (s *session) receipt() Receipt {
	r := Receipt{
		Submission: s.id, Accepted: s.accepted, Rejected: s.rejectedRows(), Warned: s.warned, DataVersion: s.seq, DryRun: s.in.DryRun,
	}
	r.Rejections, r.Warnings = s.shown(false), s.shown(true)
	return r
}

// shown gives the first rejections or warnings: a hundred, or all that are kept for a sender who marks its workbook with them.
func (s *session) shown(warnings bool) []Rejection {
	most := 100
	if s.in.Everything {
		most = len(s.rejections)
	}
	var list []Rejection
	for i := range s.rejections {
		if j := &s.rejections[i]; j.Warning == warnings && len(list) < most {
			list = append(list, *j)
		}
	}
	return list
}
