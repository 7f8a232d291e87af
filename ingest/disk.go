package ingest

import (
	"errors"
	"fmt"
	"syscall"
)

// diskReserve is what the journal leaves free on its disk, in bytes. The server below it takes itself out of service when a write
// finds no room, and would have to be started again; refusing senders in time costs nobody anything. It has room for what
// is on its way, for receipts, and for the files that are rewritten when the journal shrinks.
const diskReserve = 32 << 20

var errDiskFull = errors.New("ingest: the journal's disk is full")

// room fails when there is too little space for n bytes more.
func (j *journal) room(n int) error {
	if j.dir == "" { // it is elsewhere
		return nil
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(j.dir, &disk); err != nil {
		return fmt.Errorf("ingest: journal's disk: %w", err)
	}
	if free := int64(disk.Bavail) * disk.Bsize; free < diskReserve+int64(n) {
		return fmt.Errorf("%w: %d MiB are left, %d are kept free", errDiskFull, free>>20, diskReserve>>20)
	}
	return nil
}
