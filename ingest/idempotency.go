package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/toancanh/toancanh/query/catalog"
)

// A sender that did not hear the answer sends again under the same Idempotency-Key and gets the same receipt. The
// receipts are kept beside the journal for keysAge, the oldest dropped first when there are too many. Losing one is harmless: the
// submission is taken once more and changes nothing.

// maxKey is the longest key in bytes.
const maxKey = 255

// remembered is a receipt under its key.
type remembered struct {
	Checksum string
	Receipt  Receipt
}

// claims are the keys being received right now.
type claims struct {
	mu   sync.Mutex
	held map[string]bool
}

func newClaims() *claims { return &claims{held: map[string]bool{}} }

// take holds a key until release is called; ok is false when it is held already.
func (c *claims) take(key string) (release func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held[key] {
		return nil, false
	}
	c.held[key] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.held, key)
	}, true
}

// hashedKey is how a key is kept: senders put into it what they like, identity numbers too. "" without a key. The same bytes
// mean something else from another caller or agency, in another dataset or format; their keys never meet.
func hashedKey(in Intake) string {
	if in.IdempotencyKey == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", in.Caller, in.Dataset, in.Agency, in.Format, in.IdempotencyKey))
	return hex.EncodeToString(sum[:])
}

// recall gives what was received under the key, nil when nothing is known.
func (j *journal) recall(ctx context.Context, key string) (*remembered, error) {
	m, err := j.keys.GetLastMsgForSubject(ctx, j.keysSubject+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ingest: idempotency keys: %w", err)
	}
	r := &remembered{}
	if err := json.Unmarshal(m.Data, r); err != nil {
		return nil, fmt.Errorf("ingest: idempotency keys: %w", err)
	}
	return r, nil
}

// remember keeps a receipt. An outside journal may be away for a moment: it is given a few seconds.
func (j *journal) remember(ctx context.Context, key string, r remembered) error {
	const patience, pause = 5 * time.Second, 100 * time.Millisecond
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("ingest: idempotency keys: %w", err)
	}
	for began := time.Now(); ; {
		if _, err = j.js.Publish(ctx, j.keysSubject+key, b); err == nil {
			return nil
		}
		if !j.outside() || ctx.Err() != nil || time.Since(began) > patience {
			return fmt.Errorf("ingest: idempotency keys: %w", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// replay reads the body for its checksum alone and gives the earlier receipt when it is the same content.
func (s *Service) replay(ctx context.Context, in Intake, before *remembered) (Receipt, error) {
	body := newMeter(in.Body, s.cfg.MaxBody)
	if _, err := io.Copy(io.Discard, body); err != nil {
		return Receipt{}, cutOff(err, 0)
	}
	if body.checksum() != before.Checksum {
		return Receipt{}, &Error{Kind: Conflict, Text: catalog.Text{
			Vi: "Khóa Idempotency-Key này đã dùng cho nội dung khác; nội dung mới cần khóa mới.",
			En: "This Idempotency-Key was used for other content; new content needs a new key.",
		}}
	}
	r := before.Receipt
	r.Replayed = true
	if in.Wait && s.WaitApplied(ctx, r.DataVersion) == nil {
		r.Unchanged, r.Queryable = s.recordedUnchanged(ctx, r), true
	}
	return r, nil
}
