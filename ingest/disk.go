package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// diskReserve is what the journal leaves free on its disk, in bytes. The server below it takes itself out of service when a write
// finds no room, and would have to be started again; refusing senders in time costs nobody anything. It has room for what
// is on its way, for receipts, and for the files that are rewritten when the journal shrinks.
const diskReserve = 32 << 20

// startRoom is the least the server below is started with: on less it may fail to write what it keeps about its streams.
const startRoom = diskReserve / 4

// roomAgain is how often a start that waits for room looks for it.
const roomAgain = 500 * time.Millisecond

var errDiskFull = errors.New("ingest: the journal's disk is full")

// room fails when there is too little space for n bytes more.
func (j *journal) room(n int) error {
	if j.dir == "" { // it is elsewhere
		return nil
	}
	free, err := freeBytes(j.dir)
	if err != nil {
		return fmt.Errorf("ingest: journal's disk: %w", err)
	}
	if free < diskReserve+int64(n) {
		return fmt.Errorf("%w: %d MiB are left, %d are kept free", errDiskFull, free>>20, diskReserve>>20)
	}
	return nil
}

// freeBytes is what is left on the disk of a directory.
func freeBytes(dir string) (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * disk.Bsize, nil
}

// waitForRoom holds a start on a disk that somebody else has filled until there is room to start. Senders are told meanwhile.
func (s *Service) waitForRoom(ctx context.Context) error {
	defer s.blocked.Store(nil)
	for {
		free, err := freeBytes(s.cfg.Dir)
		if errors.Is(err, fs.ErrNotExist) { // the first start makes it
			return nil
		}
		if err != nil {
			return fmt.Errorf("ingest: journal's disk: %w", err)
		}
		if free >= startRoom {
			return nil
		}
		if s.blocked.Load() == nil {
			s.deps.Log.Error("the journal's disk is full: waiting for room to start", "dir", s.cfg.Dir, "free_bytes", free, "needed_bytes", startRoom)
			s.blocked.Store(noRoom(fmt.Errorf("%w: %d MiB are left, a start needs %d", errDiskFull, free>>20, startRoom>>20)))
		}
		select {
		case <-time.After(roomAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
