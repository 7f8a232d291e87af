package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// What makes a journal shared: streams that any process may be the first to make and none may make anew, and readers that keep
// nothing on the server.

// openShared opens the streams of an outside journal, and makes those that are missing. A new stream of rows goes on where the
// warehouse's sequence ends, or an embedded journal's that was used before.
func (s *Service) openShared(ctx context.Context, j *journal) error {
	end, _, err := s.warehouseEnd(ctx)
	if err != nil {
		return err
	}
	used, err := s.embeddedEnd(ctx)
	if err != nil {
		return err
	}
	return persevere(ctx, s.deps.Log, "NATS does not open the journal, trying on", func(ctx context.Context) (err error) {
		if j.rows, err = j.ensure(ctx, j.rowsConfig(max(end, used)+1, s.cfg.JournalBytes)); err != nil {
			return err
		}
		if j.keys, err = j.ensure(ctx, j.keysConfig()); err != nil {
			return err
		}
		if j.batches, err = j.ensure(ctx, j.batchesConfig()); err != nil {
			return err
		}
		if last := j.rows.CachedInfo().State.LastSeq; last < end {
			return permanent{fmt.Errorf("%w (warehouse %d, journal %d)", errSequence, end, last)}
		}
		s.limit.Store(j.rows.CachedInfo().Config.MaxBytes)
		return nil
	})
}

// embeddedEnd gives the last sequence of an embedded journal that this directory was used for before. One that the warehouse
// does not have all of is refused: what it holds was acknowledged, and nobody would ever write it.
func (s *Service) embeddedEnd(ctx context.Context) (uint64, error) {
	if _, err := os.Stat(filepath.Join(s.cfg.Dir, "jetstream")); s.cfg.Dir == "" || errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	j, err := openJournal(s.cfg, s.deps.Log)
	if err != nil {
		return 0, err
	}
	defer j.close()
	if found, err := j.openRows(ctx); err != nil || !found {
		return 0, err
	}
	applied, last, err := j.applied(ctx)
	if err == nil && applied < last {
		err = fmt.Errorf("ingest: the embedded journal in %s holds %d messages that the warehouse may not have: start the server once without NATS, stop it, and start it with NATS again",
			s.cfg.Dir, last-applied)
	}
	return last, err
}

// ensure opens a stream, or makes it. One that is there keeps the limits an operator gave it, but it must be kept as the journal needs it.
func (j *journal) ensure(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := j.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		want.Replicas = max(want.Replicas, 1)
		if stream, err = j.js.CreateStream(ctx, want); errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			stream, err = j.js.Stream(ctx, want.Name) // another process was quicker
		}
	}
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", want.Name, err)
	}
	have := stream.CachedInfo().Config
	switch {
	case have.Storage != want.Storage, have.Retention != want.Retention, have.Discard != want.Discard, have.MaxAge != want.MaxAge,
		max(have.MaxMsgsPerSubject, 0) != want.MaxMsgsPerSubject, // none is -1 there
		len(have.Subjects) != 1 || have.Subjects[0] != want.Subjects[0]:
		return nil, permanent{fmt.Errorf("stream %s is not kept as the journal needs it: %s on files, discard %s, max age %s, subject %s",
			want.Name, want.Retention, want.Discard, want.MaxAge, want.Subjects[0])}
	case j.replicas > 0 && have.Replicas != j.replicas:
		have.Replicas = j.replicas
		if stream, err = j.js.UpdateStream(ctx, have); err != nil {
			return nil, fmt.Errorf("stream %s: %w", want.Name, err)
		}
	}
	return stream, nil
}

// follow reads a stream behind a sequence by a consumer that the server forgets when nobody asks it any more.
func (j *journal) follow(ctx context.Context, stream jetstream.Stream, after uint64) (jetstream.Consumer, error) {
	consumer, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckNonePolicy, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1,
		InactiveThreshold: time.Minute, MemoryStorage: true, Replicas: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("ingest: journal: %w", err)
	}
	return consumer, nil
}
