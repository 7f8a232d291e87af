package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/oklog/ulid/v2"
)

// How long a key is claimed when its holder is not heard of any more, and how often one tells that it is still receiving. Both
// are by the clock of NATS.
const (
	claimTime  = 8 * time.Second
	claimRenew = 2 * time.Second
)

var errClaimLost = errors.New("another server took the idempotency key over")

// claim keeps other servers from receiving what one is receiving under a key: an entry in the place of the receipt, which
// replaces it at the end. NATS takes an entry only if its key still stands as the writer saw it, so that of two servers one has it. The
// claim of a server that died is taken over after claimTime.
type claim struct {
	journal  *journal
	key      string
	holder   string // of this submission alone
	stop     context.CancelFunc
	renewing sync.WaitGroup

	mu       sync.Mutex
	revision uint64 // sequence of the entry as it was written last, 0 before the first time
	renewed  time.Time
}

// claimKey claims a key. Instead of a claim it gives what was received under the key, or neither where another server is receiving it.
func (j *journal) claimKey(ctx context.Context, key string) (*claim, *remembered, error) {
	c := &claim{journal: j, key: key, holder: ulid.Make().String(), stop: func() {}}
	for {
		err := c.write(ctx, remembered{Holder: c.holder})
		if err == nil {
			return c, nil, nil
		}
		if !errors.Is(err, errClaimLost) {
			return nil, nil, err
		}
		before, m, err := j.recall(ctx, key)
		switch {
		case err != nil:
			return nil, nil, err
		case before == nil: // given up meanwhile
			c.revision = 0
		case before.Holder == "":
			return nil, before, nil
		default:
			info, err := j.keys.Info(ctx)
			if err != nil {
				return nil, nil, fmt.Errorf("ingest: idempotency keys: %w", err)
			}
			if info.TimeStamp.Sub(m.Time) < claimTime {
				return nil, nil, nil
			}
			c.revision = m.Sequence
		}
	}
}

// write replaces the entry if it is still the one this claim knows, and errClaimLost if it is not.
func (c *claim) write(ctx context.Context, r remembered) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("ingest: idempotency keys: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for range 2 {
		began := time.Now()
		ack, err := c.journal.js.Publish(ctx, c.journal.keysSubject+c.key, b, jetstream.WithExpectLastSequencePerSubject(c.revision))
		if err == nil {
			c.revision, c.renewed = ack.Sequence, began
			return nil
		}
		if !overtaken(err) {
			return fmt.Errorf("ingest: idempotency keys: %w", err)
		}
		now, m, err := c.journal.recall(ctx, c.key)
		if err != nil {
			return err
		}
		if now == nil || now.Holder != c.holder {
			return errClaimLost
		}
		c.revision = m.Sequence // an answer got lost
	}
	return errClaimLost
}

// overtaken tells whether an entry was refused because its key does not stand as it was expected to.
func overtaken(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// keep renews the claim until settle or giveUp, and ends work when it is lost.
func (c *claim) keep(ctx context.Context, lost context.CancelCauseFunc) {
	ctx, c.stop = context.WithCancel(ctx)
	c.renewing.Go(func() {
		for {
			select {
			case <-time.After(claimRenew):
			case <-ctx.Done():
				return
			}
			if err := c.renew(ctx); errors.Is(err, errClaimLost) {
				lost(err)
				return
			}
		}
	})
}

// renew tells that the submission is still being received. It is not broken off: nobody would know what became of the entry.
func (c *claim) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimRenew)
	defer cancel()
	return c.write(ctx, remembered{Holder: c.holder})
}

// sure makes sure that the claim is this server's still, which may have slept since it renewed it.
func (c *claim) sure(ctx context.Context) error {
	c.mu.Lock()
	young := time.Since(c.renewed) < claimTime/2
	c.mu.Unlock()
	if young {
		return nil
	}
	return c.renew(ctx)
}

// settle puts the receipt in the claim's place. NATS may be away for a moment: it is given a few seconds.
func (c *claim) settle(ctx context.Context, r remembered) error {
	const patience, pause = 5 * time.Second, 100 * time.Millisecond
	c.stop()
	c.renewing.Wait()
	for began := time.Now(); ; {
		err := c.write(ctx, r)
		if err == nil || errors.Is(err, errClaimLost) || ctx.Err() != nil || time.Since(began) > patience {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// giveUp frees the key of a submission that failed, so that the sender need not wait. If it cannot, the claim dies by itself.
func (c *claim) giveUp(ctx context.Context) {
	c.stop()
	c.renewing.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimRenew)
	defer cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.journal.keys.DeleteMsg(ctx, c.revision); err != nil {
		c.journal.log.Debug("a claimed idempotency key was not freed; it is free in a moment", "error", err)
	}
}
