package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrInUse is returned when another engine works in the same directory.
var ErrInUse = errors.New("the engine directory is in use by another process")

// Two locks guard a directory. The supervisor holds owner.lock, so that a second
// one is refused at once. The child inherits child.lock from its supervisor and
// holds it to its very end: when a supervisor was killed, the next one sees
// that the orphan is still shutting down and waits for it.
const (
	ownerLock = "owner.lock"
	childLock = "child.lock"
)

// orphanPatience is how long a child may take to notice that its supervisor is gone.
const orphanPatience = 15 * time.Second

// lockOwner claims the directory; closing the file gives it back.
func lockOwner(dir string) (*os.File, error) {
	file, err := tryLock(filepath.Join(dir, ownerLock))
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	}
	return file, err
}

// lockChild waits until no child holds the directory any more. The file is to
// be handed to the next child.
func lockChild(ctx context.Context, dir string) (*os.File, error) {
	patience := time.NewTimer(orphanPatience)
	defer patience.Stop()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		file, err := tryLock(filepath.Join(dir, childLock))
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return file, err
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-patience.C:
			return nil, fmt.Errorf("%w: an engine left behind by an earlier run is still working in %s", ErrInUse, dir)
		}
	}
}

func tryLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", filepath.Base(path), err), file.Close())
	}
	return file, nil
}
