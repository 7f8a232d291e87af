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

	"github.com/nats-io/nats.go/jetstream"

	"github.com/toancanh/toancanh/query/catalog"
)

// A sender that did not hear the answer sends again under the same Idempotency-Key and gets the same receipt. The
// receipts are kept beside the journal for keysAge, the oldest dropped first when there are too many. Losing one is harmless: the
// submission is taken once more and changes nothing.

// maxKey is the longest key in bytes.
const maxKey = 255

// remembered is a receipt under its key, or of an outside journal that there will be one.
type remembered struct {
	Checksum string
	Receipt  Receipt
	Holder   string `json:",omitempty"` // of the claim of a server that is receiving it (claim.go); there is no receipt yet
}

// keyed is what is known of a submission's key while it is received; the zero value is that of one without.
type keyed struct {
	key   string
	claim *claim // of an outside journal
}

// sure fails where another server may have taken the submission meanwhile.
func (k keyed) sure(ctx context.Context) error {
	if k.claim == nil {
		return nil
	}
	return k.claim.sure(ctx)
}

// remember keeps the receipt.
func (k keyed) remember(ctx context.Context, j *journal, r remembered) error {
	switch {
	case k.claim != nil:
		return k.claim.settle(ctx, r)
	case k.key != "":
		return j.remember(ctx, k.key, r)
	}
	return nil
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

// recall gives what stands under the key, and the message that says so; nil when nothing is known.
func (j *journal) recall(ctx context.Context, key string) (*remembered, *jetstream.RawStreamMsg, error) {
	m, err := j.keys.GetLastMsgForSubject(ctx, j.keysSubject+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("ingest: idempotency keys: %w", err)
	}
	r := &remembered{}
	if err := json.Unmarshal(m.Data, r); err != nil {
		return nil, nil, fmt.Errorf("ingest: idempotency keys: %w", err)
	}
	return r, m, nil
}

// remember keeps a receipt in the embedded journal.
func (j *journal) remember(ctx context.Context, key string, r remembered) error {
	b, err := json.Marshal(r)
	if err == nil {
		_, err = j.js.Publish(ctx, j.keysSubject+key, b)
	}
	if err != nil {
		return fmt.Errorf("ingest: idempotency keys: %w", err)
	}
	return nil
}

// receiveOnce gives the earlier receipt where the key is known.
func (s *Service) receiveOnce(ctx context.Context, p *pipeline, in Intake) (Receipt, <-chan int, error) {
	key := hashedKey(in)
	release, ok := s.claims.take(key)
	if !ok {
		return Receipt{}, nil, inProgress(nil)
	}
	defer release()
	if p.journal.outside() {
		return s.receiveClaimed(ctx, p, in, key)
	}
	before, _, err := p.journal.recall(ctx, key)
	if err != nil {
		return Receipt{}, nil, unavailable(err)
	}
	if before != nil {
		return s.replay(in, before)
	}
	return s.receive(ctx, p, in, keyed{key: key})
}

// receiveClaimed is the same where other servers may be receiving under the key.
func (s *Service) receiveClaimed(ctx context.Context, p *pipeline, in Intake, key string) (Receipt, <-chan int, error) {
	c, before, err := p.journal.claimKey(ctx, key)
	switch {
	case err != nil:
		return Receipt{}, nil, journalAway(err)
	case before != nil:
		return s.replay(in, before)
	case c == nil:
		return Receipt{}, nil, inProgress(nil)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.keep(ctx, cancel)
	r, outcome, err := s.receive(ctx, p, in, keyed{key, c})
	if err != nil {
		c.giveUp(ctx)
	}
	if errors.Is(err, errClaimLost) || err != nil && errors.Is(context.Cause(ctx), errClaimLost) {
		err = inProgress(err)
	}
	return r, outcome, err
}

// replay reads the body for its checksum alone and gives the earlier receipt when it is the same content.
func (s *Service) replay(in Intake, before *remembered) (Receipt, <-chan int, error) {
	body := newMeter(in.Body, s.cfg.MaxBody)
	if _, err := io.Copy(io.Discard, body); err != nil {
		return Receipt{}, nil, cutOff(err, 0)
	}
	if body.checksum() != before.Checksum {
		return Receipt{}, nil, &Error{Kind: Conflict, Text: catalog.Text{
			Vi: "Khóa Idempotency-Key này đã dùng cho nội dung khác; nội dung mới cần khóa mới.",
			En: "This Idempotency-Key was used for other content; new content needs a new key.",
		}}
	}
	r := before.Receipt
	r.Replayed = true
	return r, nil, nil
}
