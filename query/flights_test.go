package query

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"
)

// A question that nobody waits for any more ends in ClickHouse too, and only then.
func TestCancellationReachesTheWarehouse(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	under := &flights{log: slog.New(slog.DiscardHandler)}
	mark := fmt.Sprintf("toancanh_%d", time.Now().UnixNano())
	begun := make(chan struct{}, 1)
	ended := make(chan error, 1)
	read := func(ctx context.Context) (int, error) {
		begun <- struct{}{}
		var n uint64
		err := h.conn.QueryRow(ctx, "SELECT count() /* "+mark+" */ FROM system.numbers WHERE NOT ignore(sipHash128(number))").Scan(&n) // without end
		ended <- err
		return int(n), err
	}
	first, leaveFirst := context.WithCancel(t.Context())
	second, leaveSecond := context.WithCancel(t.Context())
	var askers sync.WaitGroup
	ask := func(ctx context.Context) {
		askers.Go(func() {
			if _, err := shared(ctx, under, mark, read); !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v, want canceled", err)
			}
		})
	}
	ask(first)
	<-begun
	h.awaitRunning(mark, 1)
	ask(second)
	await(t, func() bool { return under.askersOf(mark) == 2 })
	leaveFirst()
	await(t, func() bool { return under.askersOf(mark) == 1 })
	select {
	case err := <-ended:
		t.Fatalf("the read ended with %v while somebody waits", err)
	default:
	}
	leaveSecond()
	if err := <-ended; err == nil {
		t.Error("the read went on to its end")
	}
	askers.Wait()
	h.awaitRunning(mark, 0)
}

func (u *flights) askersOf(name string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if f, ok := u.aloft[name]; ok {
		return f.askers
	}
	return 0
}

// awaitRunning waits until so many statements with a mark run in the warehouse.
func (h *house) awaitRunning(mark string, want uint64) {
	h.t.Helper()
	await(h.t, func() bool {
		var running uint64
		row := h.conn.QueryRow(h.t.Context(), "SELECT count() FROM system.processes WHERE position(query, ?) > 0 AND position(query, 'system.processes') = 0", mark)
		if err := row.Scan(&running); err != nil {
			h.t.Fatal(err)
		}
		return running == want
	})
}

// await looks until something is so.
func await(t testing.TB, so func() bool) {
	t.Helper()
	for begun := time.Now(); !so(); {
		if time.Since(begun) > 20*time.Second {
			t.Fatal("waited in vain")
		}
	}
}
