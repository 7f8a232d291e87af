package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// lease is the writer's place among workers, an entry of a bucket that its holder writes anew again and again. Who stands by takes
// it when it has not changed for the lease's length by its own clock, so that clocks need not agree. Two that hold it by accident do no harm
// (fence.go); it only keeps them from disturbing each other.
type lease struct {
	bucket   jetstream.KeyValue
	length   time.Duration
	host     string
	log      *slog.Logger
	holder   string // of the present term, or the last one
	revision uint64 // the entry as this process wrote it last
	renewed  time.Time
}

// leaseKey is the entry's name.
const leaseKey = "writer"

// seat is who holds the lease.
type seat struct {
	Holder string    `json:"holder"` // "" when it was given back
	Host   string    `json:"host"`
	Since  time.Time `json:"since"` // for people
}

var errLeaseLost = fmt.Errorf("%w: it took the place over", errOvertaken)

// openLease opens the bucket, or makes it.
func openLease(ctx context.Context, j *journal, length time.Duration, host string) (*lease, error) {
	bucket, err := j.js.KeyValue(ctx, j.bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		bucket, err = j.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: j.bucket, Description: "who writes figures to the warehouse", History: 1,
			Storage: jetstream.FileStorage, Replicas: max(j.replicas, 1),
		})
		if errors.Is(err, jetstream.ErrBucketExists) {
			bucket, err = j.js.KeyValue(ctx, j.bucket)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", j.bucket, err)
	}
	return &lease{bucket: bucket, length: length, host: host, log: j.log}, nil
}

// acquire waits until the place is free and takes it for a term. taken is false when it was free or given back.
func (l *lease) acquire(ctx context.Context, holder string) (taken bool, err error) {
	var seen uint64 // revision of the entry, and since when it has stood so
	var since time.Time
	for {
		at, revision, err := l.look(ctx)
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case err != nil: // it tells nothing of the holder, who cannot renew either
			l.log.Debug("who writes is not known", "error", err)
			seen = 0
		case revision != seen || seen == 0 && since.IsZero():
			seen, since = revision, time.Now()
		}
		if err == nil {
			silent := at.Holder != "" && at.Holder != l.holder
			if (!silent || time.Since(since) > l.length) && l.write(ctx, seat{holder, l.host, time.Now().UTC()}, revision) == nil {
				l.holder = holder
				return silent, nil
			}
		}
		step("standing by")
		select {
		case <-time.After(l.length / 5):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// look gives who holds the place and the entry's revision, 0 when there is none.
func (l *lease) look(ctx context.Context) (at seat, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.length/2)
	defer cancel()
	entry, err := l.bucket.Get(ctx, leaseKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return at, 0, nil
	}
	if err != nil {
		return at, 0, err
	}
	return at, entry.Revision(), json.Unmarshal(entry.Value(), &at)
}

// write replaces the entry if it still has the revision, and counts the lease from before it was asked for.
func (l *lease) write(ctx context.Context, p seat, revision uint64) (err error) {
	ctx, cancel := context.WithTimeout(ctx, l.length/2)
	defer cancel()
	began := time.Now()
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if revision == 0 {
		revision, err = l.bucket.Create(ctx, leaseKey, content)
	} else {
		revision, err = l.bucket.Update(ctx, leaseKey, content, revision)
	}
	if err == nil {
		l.revision, l.renewed = revision, began
	}
	return err
}

// keep renews the lease until ctx ends, or gives an error when it is lost or cannot be renewed in time.
func (l *lease) keep(ctx context.Context, since time.Time) error {
	for {
		select {
		case <-time.After(l.length / 4):
		case <-ctx.Done():
			return nil
		}
		err := l.write(ctx, seat{l.holder, l.host, since}, l.revision)
		if err == nil {
			continue
		}
		if at, revision, err := l.look(ctx); err == nil {
			if at.Holder != l.holder {
				return errLeaseLost
			}
			l.revision = revision // its answer got lost
		}
		if time.Since(l.renewed) > l.length {
			return fmt.Errorf("ingest: the writer's place cannot be kept: %w", err)
		}
	}
}

// release gives the place back, so that another one need not wait.
func (l *lease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := l.write(ctx, seat{Host: l.host, Since: time.Now().UTC()}, l.revision); err != nil {
		l.log.Debug("the writer's place was not given back; it is free when the lease has ended", "error", err)
	}
}
