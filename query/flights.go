package query

import (
	"context"
	"log/slog"
	"sync"
)

// flights are the reads under way. A read is done once for all who ask for it at the same
// time; it is not tied to the first asker, as others may be waiting, and is given up when
// the last of them has left: the warehouse works for nobody who is gone.
type flights struct {
	log   *slog.Logger
	mu    sync.Mutex
	aloft map[string]*flight
}

// flight is one read.
type flight struct {
	landed chan struct{} // closed when found and err are set
	giveUp context.CancelFunc
	askers int
	found  any
	err    error
}

// shared runs a read once for all who ask for it by the same name at the same time.
func shared[T any](ctx context.Context, under *flights, name string, read func(context.Context) (T, error)) (T, error) {
	f := under.board(ctx, name, func(ctx context.Context) (any, error) { return read(ctx) })
	var none T
	select {
	case <-ctx.Done():
		under.leave(name, f)
		return none, ctx.Err()
	case <-f.landed:
		if f.err != nil {
			return none, f.err
		}
		return f.found.(T), nil
	}
}

// board joins a read under way or begins it.
func (u *flights) board(ctx context.Context, name string, read func(context.Context) (any, error)) *flight {
	u.mu.Lock()
	defer u.mu.Unlock()
	if f, ok := u.aloft[name]; ok {
		f.askers++
		return f
	}
	ctx, giveUp := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
	f := &flight{landed: make(chan struct{}), giveUp: giveUp, askers: 1}
	if u.aloft == nil {
		u.aloft = map[string]*flight{}
	}
	u.aloft[name] = f
	go func() {
		defer giveUp()
		f.err = contain(u.log, "reading "+name, func() (err error) {
			f.found, err = read(ctx)
			return err
		})
		u.forget(name, f)
		close(f.landed)
	}()
	return f
}

// leave gives a read up when nobody waits for it any more. Who asks from now on begins it
// anew.
func (u *flights) leave(name string, f *flight) {
	u.mu.Lock()
	f.askers--
	last := f.askers == 0
	if last && u.aloft[name] == f {
		delete(u.aloft, name)
	}
	u.mu.Unlock()
	if last {
		f.giveUp()
	}
}

func (u *flights) forget(name string, f *flight) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.aloft[name] == f {
		delete(u.aloft, name)
	}
}
