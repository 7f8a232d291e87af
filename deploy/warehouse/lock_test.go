package warehouse_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// TestLockHasOneHolder: a second one waits until the first is done.
func TestLockHasOneHolder(t *testing.T) {
	dsn := warehousetest.DSN(t)
	waits := heard{make(chan string, 1)}
	second := make(chan error, 1)
	released := false
	err := warehouse.HoldLock(t.Context(), dsn, silent(), func(ctx context.Context) error {
		go func() {
			second <- warehouse.HoldLock(t.Context(), dsn, slog.New(waits), func(context.Context) error {
				if !released {
					t.Error("two have the lock")
				}
				return nil
			})
		}()
		select {
		case said := <-waits.messages:
			if !strings.Contains(said, "waiting") {
				t.Errorf("the second one said %q", said)
			}
		case err := <-second:
			t.Errorf("the second one did not wait, and ended with %v", err)
			second <- err
		}
		released = true
		return nil
	})
	if err = errors.Join(err, <-second); err != nil {
		t.Error(err)
	}
}

// TestLockOfADeadHolder: the lock ends with its connection, and who had it is told.
func TestLockOfADeadHolder(t *testing.T) {
	dsn := warehousetest.DSN(t)
	err := warehouse.HoldLock(t.Context(), dsn, silent(), func(ctx context.Context) error {
		warehousetest.Kill(t)
		<-ctx.Done()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "lock") {
		t.Errorf("who lost the lock got %v", err)
	}
	warehousetest.WaitUntil(t, "another one has the lock", func() bool {
		return warehouse.HoldLock(t.Context(), dsn, silent(), func(context.Context) error { return nil }) == nil
	})
}

// heard is a log whose messages can be read.
type heard struct{ messages chan string }

func (heard) Enabled(context.Context, slog.Level) bool { return true }

func (h heard) Handle(_ context.Context, record slog.Record) error {
	h.messages <- record.Message
	return nil
}

func (h heard) WithAttrs([]slog.Attr) slog.Handler { return h }

func (h heard) WithGroup(string) slog.Handler { return h }
