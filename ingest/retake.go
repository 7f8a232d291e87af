package ingest

import (
	"context"
	"errors"
	"time"
)

// lookAside is how often the service looks for messages that are to be tried again.
const lookAside = 2 * time.Second

// setAside keeps an unreadable message and tells about it. It tries until the message is on the disk: going on without
// it would lose it, and ending would stop the journal behind it.
func (f *feed) setAside(ctx context.Context, a Aside, content []byte) error {
	for {
		err := f.aside.keep(a, content)
		if err == nil {
			f.log.Error("journal message cannot be read and was set aside; see toancanh aside list", "sequence", a.Sequence, "bytes", a.Bytes, "reason", a.Reason)
			f.onAside(a)
			return nil
		}
		f.log.Error("unreadable journal message cannot be set aside, trying on", "sequence", a.Sequence, "error", err)
		select {
		case <-time.After(lookAside):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// retakeAside takes what operators want to have tried again, until ctx ends.
func (s *Service) retakeAside(ctx context.Context, c *committer) {
	for {
		list, err := s.aside.List()
		if err != nil {
			s.deps.Log.Warn("messages set aside cannot be listed", "error", err)
		}
		for _, a := range list {
			if !a.Wanted {
				continue
			}
			release, ok := s.aside.claim(a.Sequence)
			if !ok {
				continue
			}
			if err := s.retake(ctx, c, a); err != nil && ctx.Err() == nil {
				s.deps.Log.Warn("message set aside not taken", "sequence", a.Sequence, "error", err)
			}
			release()
		}
		select {
		case <-time.After(lookAside):
		case <-ctx.Done():
			return
		}
	}
}

// retake sends what a message holds through the journal once more, if it can be read by now. Its figures become known
// now and are the newest: what was told since about the same cells gives way to them. A crash between the journal and the
// removal makes them come twice, which changes nothing unless something was told in between.
func (s *Service) retake(ctx context.Context, c *committer, a Aside) error {
	content, err := s.aside.read(a.Sequence)
	if err != nil {
		return err
	}
	m, err := decodeMessage(a.Sequence, content)
	if err != nil {
		return errors.Join(err, s.aside.failed(a, err, s.deps.Now()))
	}
	for i := range m.parts {
		done, err := c.send(ctx, m.parts[i].part())
		if err != nil {
			return err
		}
		select {
		case result := <-done:
			if result.err != nil {
				return result.err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.deps.Log.Info("message set aside was taken", "sequence", a.Sequence, "rows", m.rows)
	return s.aside.Drop(a.Sequence)
}

// part makes a part to be written of one that was read.
func (r *readPart) part() *part {
	kind := figureRows
	if len(r.progress) > 0 {
		kind = progressRows
	}
	p := newPart(kind, r.submission)
	p.flags, p.end = r.flags, r.end
	for i := range r.figures {
		p.addFigure(&r.figures[i])
	}
	for i := range r.progress {
		p.addProgress(&r.progress[i])
	}
	return p
}
