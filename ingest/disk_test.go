package ingest

import (
	"errors"
	"path/filepath"
	"testing"
)

// A sender is told to wait before the journal's disk is full, not after.
func TestRoomOnTheJournalsDisk(t *testing.T) {
	j := &journal{dir: t.TempDir()}
	if err := j.room(1); err != nil {
		t.Skipf("the disk of temporary files is full: %v", err)
	}
	err := j.room(1 << 60)
	if !errors.Is(err, errDiskFull) || !isFull(err) {
		t.Errorf("an exbibyte: %v", err)
	}
	j.dir = filepath.Join(j.dir, "missing")
	if err := j.room(1); err == nil || isFull(err) {
		t.Errorf("a disk that cannot be looked at: %v", err)
	}
}
