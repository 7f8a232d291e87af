package ingest

import (
	"context"
	"sync"
)

// version is the data version, and those who wait for it.
type version struct {
	mu    sync.Mutex
	value uint64
	moved chan struct{} // closed and replaced at every move
}

func newVersion() *version { return &version{moved: make(chan struct{})} }

func (v *version) get() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.value
}

// set moves the version on; it never goes back.
func (v *version) set(to uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if to <= v.value {
		return
	}
	v.value = to
	close(v.moved)
	v.moved = make(chan struct{})
}

func (v *version) wait(ctx context.Context, reached uint64) error {
	for {
		v.mu.Lock()
		value, moved := v.value, v.moved
		v.mu.Unlock()
		if value >= reached {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// outcomes brings the count of unchanged rows from the writer to the sender that waits for it.
type outcomes struct {
	mu      sync.Mutex
	waiting map[string]chan int
}

func newOutcomes() *outcomes { return &outcomes{waiting: map[string]chan int{}} }

// expect registers before the end of the submission is sent.
func (o *outcomes) expect(submission string) <-chan int {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := make(chan int, 1)
	o.waiting[submission] = c
	return c
}

func (o *outcomes) forget(submission string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.waiting, submission)
}

func (o *outcomes) tell(submission string, unchanged int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c, ok := o.waiting[submission]; ok {
		c <- unchanged
		delete(o.waiting, submission)
	}
}
