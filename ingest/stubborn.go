package ingest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// stubborn tries a piece of work until it works. Only the end of the context, a permanent error and its own failed end that.
type stubborn struct {
	log      *slog.Logger
	text     string                      // what is logged of a failure, once a minute and when another kind of it comes
	about    []any                       // and goes with it
	unsaid   int                         // first failures that are not worth a word
	longest  time.Duration               // the pause between two tries grows up to it
	patience func() time.Duration        // how long one try may take
	failed   func(failure) (gives error) // told of each failure that is not the end; what it gives is; may be nil
}

// failure of one try.
type failure struct {
	err   error
	slow  bool          // it took as long as it might
	since time.Duration // the first try began
}

// Kinds of failures, as metrics show them.
const (
	unanswered = "unanswered" // the connection failed
	tooSlow    = "slow"       // no answer in the time there was
	refusedIt  = "refused"    // ClickHouse answered with an error: it may only be read, its disk is full, …
)

// codeTimeout is how a server ends what took as long as it might.
const codeTimeout = 159

func (f failure) kind() string {
	var exception *clickhouse.Exception
	answered := errors.As(f.err, &exception)
	switch {
	case f.slow, errors.Is(f.err, errBefore), errors.Is(f.err, errRunning), answered && exception.Code == codeTimeout:
		return tooSlow
	case answered:
		return refusedIt
	}
	return unanswered
}

// permanent marks an error that trying again cannot cure.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// try does the work.
func (s stubborn) try(ctx context.Context, work func(context.Context) error) error {
	const first, loud = 50 * time.Millisecond, time.Minute
	pause, said, began := first, time.Time{}, time.Now()
	var of string // what was said last is about
	for tries := 1; ; tries++ {
		err, slow := bounded(ctx, s.patience(), work)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(permanent)):
			return err
		}
		f := failure{err, slow, time.Since(began)}
		if s.failed != nil {
			if end := s.failed(f); end != nil {
				return end
			}
		}
		if tries > s.unsaid && (time.Since(said) > loud || f.kind() != of) {
			s.log.Warn(s.text, append(s.about, "error", err)...)
			said, of = time.Now(), f.kind()
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, s.longest)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// bounded works for so long at most; slow tells that it was cut off.
func bounded(ctx context.Context, most time.Duration, work func(context.Context) error) (err error, slow bool) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err = work(ctx)
	return err, err != nil && (errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded))
}

// persevere is how what lies in NATS is tried.
func persevere(ctx context.Context, log *slog.Logger, text string, try func(context.Context) error) error {
	s := stubborn{log: log, text: text, longest: time.Second, patience: func() time.Duration { return 10 * time.Second }}
	return s.try(ctx, try)
}
