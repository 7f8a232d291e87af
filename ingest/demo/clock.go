package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// Clock is the programme clock: what "now" is for a demonstration. While the history loads it is set to the day
// each report became known; then it starts where the catalogue says and runs at the real rate. It
// never goes back, not over restarts either, and time during which the program is stopped does not pass.
type Clock struct {
	file  string
	start time.Time
	real  func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	at      time.Time // programme time at the real instant since
	since   time.Time
	running bool
	limit   time.Time // no instant beyond it has been promised to the file
}

// clockState is what the file keeps. At is a bound: no instant after it was ever given out.
type clockState struct {
	At      time.Time
	Running bool
}

// reserve is how far ahead instants are promised to the file, so that reading the clock
// hardly ever writes; after a crash the clock goes on by as much too late.
const reserve = 30 * time.Second

// OpenClock opens the clock kept in dir, or begins at the first day of the catalogue's data. Only a catalogue marked as a
// demonstration has one. real is time.Now outside tests.
func OpenClock(dir string, c *catalog.Catalog, real func() time.Time, log *slog.Logger) (*Clock, error) {
	if c.Demonstration == nil {
		return nil, fmt.Errorf("demo: catalogue %s is no demonstration: its clock is the real one", c.ID)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("demo: clock: %w", err)
	}
	k := &Clock{file: filepath.Join(dir, "clock.json"), start: c.Demonstration.Now, real: real, log: log}
	state := clockState{At: reportTime(c.Demonstration.DataFrom, c.Location)}
	if err := readState(k.file, &state); err != nil {
		return nil, fmt.Errorf("demo: clock: %w", err)
	}
	k.at, k.since, k.running, k.limit = state.At, real(), state.Running, state.At
	return k, nil
}

// Now gives the programme time.
func (k *Clock) Now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now()
}

func (k *Clock) now() time.Time {
	if !k.running {
		return k.at
	}
	now := k.at.Add(max(k.real().Sub(k.since), 0))
	if !now.After(k.limit) {
		return now
	}
	if err := k.save(now.Add(reserve)); err != nil {
		k.log.Error("programme clock stands still: it cannot be kept", "error", err)
		return k.limit
	}
	return now
}

// Running tells whether the history has been loaded and time passes by itself.
func (k *Clock) Running() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.running
}

// Close keeps the instant, for the next run to go on from.
func (k *Clock) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at, k.since = k.now(), k.real()
	return k.save(k.at)
}

// set moves the standing clock on, or leaves it where it is when it is further already.
func (k *Clock) set(to time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.running || to.Before(k.at) {
		return nil
	}
	k.at = to
	return k.save(to)
}

// run lets time pass, from the catalogue's start on.
func (k *Clock) run() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.running {
		return nil
	}
	if k.at.Before(k.start) {
		k.at = k.start
	}
	k.running, k.since = true, k.real()
	return k.save(k.at.Add(reserve))
}

// save promises the file that no instant after limit has been given out.
func (k *Clock) save(limit time.Time) error {
	if err := writeState(k.file, clockState{At: limit, Running: k.running}); err != nil {
		return err
	}
	k.limit = limit
	return nil
}

// readState leaves v as it is when there is no file yet.
func readState(file string, v any) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// writeState replaces the file so that a crash leaves the old one or the new one.
func writeState(file string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there any more once it was renamed
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
