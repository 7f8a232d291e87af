package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// pipeline is what exists while Run works.
type pipeline struct {
	journal   *journal
	committer *committer
	closing   context.Context // ends when submissions under way have to give up
}

// Run opens the journal and writes what it holds to the warehouse until ctx ends. It
// returns when submissions under way have ended and the journal is drained, or after Config.DrainTimeout. With an
// outside journal it takes in and follows what workers write.
func (s *Service) Run(ctx context.Context) error {
	if s.cfg.Outside.used() {
		return s.runOutside(ctx)
	}
	if err := s.waitForRoom(ctx); err != nil {
		return err
	}
	j, err := openJournal(s.cfg, s.deps.Log)
	if err != nil {
		return err
	}
	defer j.close()
	last, err := s.prepare(ctx, j)
	if err != nil {
		return err
	}
	applied, newest, err := j.applied(ctx)
	if err != nil {
		return err
	}
	s.version.set(applied)
	w := newWriter(s, j, applied, newest)
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWorking()
	written := make(chan error, 1)
	go func() { written <- w.run(working) }()
	stopAccepting := s.accept(j, last, true)
	select {
	case err = <-written:
		stopAccepting()
		return fmt.Errorf("ingest: writer: %w", err)
	case <-ctx.Done():
	}
	stopAccepting()
	s.drain(working, j)
	stopWorking()
	return <-written
}

// runOutside takes in for workers.
func (s *Service) runOutside(ctx context.Context) error {
	s.blocked.Store(journalAway(errors.New("ingest: NATS has not been reached yet")))
	j, err := reachJournal(ctx, s.cfg.Outside, s.deps.Log)
	if err != nil {
		return err
	}
	defer j.close()
	if err := s.openShared(ctx, j); err != nil {
		return err
	}
	stopFollowing, err := s.follow(ctx, j)
	if err != nil {
		return err
	}
	defer stopFollowing()
	stopAccepting := s.accept(j, time.Time{}, false)
	<-ctx.Done()
	stopAccepting()
	return nil
}

// prepare opens the streams and gives the newest known-at. A new stream goes on where the warehouse's sequence ends, so it
// needs the warehouse once; one that holds messages does not, and accepts while the warehouse is away.
func (s *Service) prepare(ctx context.Context, j *journal) (last time.Time, err error) {
	if err := j.openKeys(ctx); err != nil {
		return last, err
	}
	found, err := j.openRows(ctx)
	if err != nil {
		return last, err
	}
	if !found {
		seq, last, err := s.warehouseEnd(ctx)
		if err != nil {
			return last, err
		}
		return last, j.createRows(ctx, seq+1, s.cfg.JournalBytes)
	}
	if err := j.resize(ctx, s.cfg.JournalBytes); err != nil {
		return last, err
	}
	return j.lastKnownAt(ctx)
}

// accept opens the way in; the function it gives closes it and returns when all submissions have ended. Who writes takes what
// was set aside, too.
func (s *Service) accept(j *journal, last time.Time, writes bool) (stop func()) {
	closing, giveUp := context.WithCancel(context.Background())
	committing, stopCommitting := context.WithCancel(context.Background())
	c := newCommitter(j, s.deps.Now, last)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(committing)
	}()
	retaking := make(chan struct{})
	go func() {
		defer close(retaking)
		if writes {
			s.retakeAside(closing, c)
		}
	}()
	s.blocked.Store(nil)
	s.pipe.Store(&pipeline{journal: j, committer: c, closing: closing})
	close(s.ready)
	return func() {
		s.pipe.Store(nil)
		s.letEnd(giveUp)
		<-retaking
		stopCommitting()
		<-done
	}
}

// letEnd waits until no submission is under way. After DrainTimeout those that are have to give up; one that
// hangs in reading its body is left behind a moment later, and will find nothing to send to.
func (s *Service) letEnd(giveUp func()) {
	defer giveUp()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.entering.Lock()
		defer s.entering.Unlock()
	}()
	for _, patience := range []time.Duration{s.cfg.DrainTimeout, time.Second} {
		select {
		case <-ended:
			return
		case <-time.After(patience):
			giveUp()
		}
	}
}

// drain waits until the warehouse has what the journal holds, for DrainTimeout.
func (s *Service) drain(ctx context.Context, j *journal) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.DrainTimeout)
	defer cancel()
	last, _, err := j.state(ctx)
	if err == nil {
		err = s.WaitApplied(ctx, last)
	}
	if err != nil {
		s.deps.Log.Info("stopped before the warehouse had everything; the journal keeps it", "applied", s.Applied(), "journal", last)
	}
}
