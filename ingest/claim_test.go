package ingest

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// pair is two servers that share a journal, and a worker.
func pair(t *testing.T) (first, second *room) {
	first = startNATS(t).shared(t)
	second = &room{db: first.db, cfg: first.cfg, deps: first.deps}
	second.cfg.Dir = t.TempDir()
	second.run(t)
	t.Cleanup(func() { second.stop(t) })
	first.work(t)
	return first, second
}

func underKey(key string, body io.Reader) Intake {
	return Intake{Dataset: Observations, Format: NDJSON, Caller: "a", IdempotencyKey: key, Wait: true, Body: body}
}

// While one server is receiving under a key the other one asks to come again, and then gives the same receipt.
func TestSameKeyAtTwoServers(t *testing.T) {
	first, second := pair(t)
	body, write := io.Pipe()
	type answer struct {
		receipt Receipt
		err     error
	}
	done := make(chan answer, 1)
	go func() {
		receipt, err := first.Submit(t.Context(), underKey("k", body))
		done <- answer{receipt, err}
	}()
	if _, err := io.WriteString(write, activated+"\n"); err != nil { // returns when the first submission is reading
		t.Fatal(err)
	}
	_, err := second.Submit(t.Context(), underKey("k", strings.NewReader(activated)))
	var refused *Error
	if !errors.As(err, &refused) || refused.Kind != InProgress || refused.RetryAfter <= 0 {
		t.Errorf("got %v", err)
	}
	write.Close()
	one := <-done
	if one.err != nil {
		t.Fatal(one.err)
	}
	again, err := second.Submit(t.Context(), underKey("k", strings.NewReader(activated+"\n")))
	if err != nil || !again.Replayed || again.Submission != one.receipt.Submission {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := second.Submit(t.Context(), underKey("k", strings.NewReader(begun))); KindOf(err) != Conflict {
		t.Errorf("other content: %v", err)
	}
}

// However close two servers come, one submission is recorded and all who are answered have its receipt.
func TestSameKeyInTheSameInstant(t *testing.T) {
	first, second := pair(t)
	const keys = 30
	for i := range keys {
		line := accounts("08707", "2022-06-15", "male", i)
		var mu sync.Mutex
		var all sync.WaitGroup
		known := map[string]int{}
		begin := make(chan struct{})
		for _, r := range []*room{first, second, first, second} {
			all.Go(func() {
				<-begin
				receipt, err := r.Submit(t.Context(), underKey(line, strings.NewReader(line)))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					known[receipt.Submission]++
				case KindOf(err) != InProgress:
					t.Error(err)
				}
			})
		}
		close(begin)
		all.Wait()
		if len(known) != 1 {
			t.Errorf("key %d: receipts of %d submissions: %v", i, len(known), known)
		}
	}
	if n := first.count(t, "SELECT count() FROM submissions"); n != keys {
		t.Errorf("%d submissions under %d keys", n, keys)
	}
}

// A submission that failed frees its key at once.
func TestFailedSubmissionFreesItsKey(t *testing.T) {
	first, second := pair(t)
	if _, err := first.Submit(t.Context(), underKey("k", strings.NewReader(""))); KindOf(err) != Unreadable {
		t.Fatal(err)
	}
	if receipt, err := second.Submit(t.Context(), underKey("k", strings.NewReader(activated))); err != nil || receipt.Replayed {
		t.Errorf("%+v %v", receipt, err)
	}
}

// The claim of a server that died is taken over; if it only slept, it finds that out before it journals anything.
func TestClaimOfAServerThatDied(t *testing.T) {
	first, second := pair(t)
	in := underKey("k", strings.NewReader(activated))
	dead, before, err := first.pipe.Load().journal.claimKey(t.Context(), hashedKey(in))
	if err != nil || before != nil || dead == nil {
		t.Fatal(dead, before, err)
	}
	if _, err := second.Submit(t.Context(), in); KindOf(err) != InProgress {
		t.Errorf("the claim is young: %v", err)
	}
	var receipt Receipt
	until(t, "the claim is taken over", func() bool {
		receipt, err = second.Submit(t.Context(), underKey("k", strings.NewReader(activated)))
		return KindOf(err) != InProgress
	})
	if err != nil || receipt.Replayed {
		t.Errorf("%+v %v", receipt, err)
	}
	if time.Since(dead.renewed) < claimTime {
		t.Error("the claim was taken over early")
	}
	if err := dead.sure(t.Context()); !errors.Is(err, errClaimLost) {
		t.Errorf("who slept went on: %v", err)
	}
	if err := dead.settle(t.Context(), remembered{Checksum: "another"}); !errors.Is(err, errClaimLost) {
		t.Errorf("who slept kept its receipt: %v", err)
	}
	again, err := first.Submit(t.Context(), underKey("k", strings.NewReader(activated)))
	if err != nil || !again.Replayed || again.Submission != receipt.Submission {
		t.Errorf("%+v %v", again, err)
	}
}

// A claim lasts as long as its submission, and ends it when it is lost all the same.
func TestClaimIsKept(t *testing.T) {
	first, second := pair(t)
	const key = "k"
	j := first.pipe.Load().journal
	held, _, err := j.claimKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	ctx, lost := context.WithCancelCause(t.Context())
	held.keep(ctx, lost)
	defer held.giveUp(ctx)
	written := held.revision
	until(t, "the claim is renewed", func() bool {
		_, m, err := j.recall(t.Context(), key)
		return err == nil && m != nil && m.Sequence > written
	})
	if other, before, err := second.pipe.Load().journal.claimKey(t.Context(), key); other != nil || before != nil || err != nil {
		t.Fatal(other, before, err)
	}
	if err := j.keys.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if other, _, err := second.pipe.Load().journal.claimKey(t.Context(), key); other == nil || err != nil {
		t.Fatal(other, err)
	}
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), errClaimLost) {
		t.Error(context.Cause(ctx))
	}
}
