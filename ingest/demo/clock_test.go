package demo

import (
	"log/slog"
	"testing"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// realTime is a real clock that tests move.
type realTime struct{ t time.Time }

func (r *realTime) now() time.Time { return r.t }

func openClock(t *testing.T, dir string, c *catalog.Catalog, real *realTime) *Clock {
	t.Helper()
	k, err := OpenClock(dir, c, real.now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestClock(t *testing.T) {
	c, dir := vinhPhuc(t), t.TempDir()
	real := &realTime{time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	k := openClock(t, dir, c, real)
	want := func(when string, at time.Time) {
		t.Helper()
		if got := k.Now(); !got.Equal(at) {
			t.Errorf("%s: %s, want %s", when, got, at)
		}
	}
	first := time.Date(2021, 1, 1, 17, 0, 0, 0, c.Location)
	want("at first", first)
	real.t = real.t.Add(time.Hour)
	want("it stands while history loads", first)
	second := first.AddDate(0, 0, 1)
	for _, to := range []time.Time{second, first} {
		if err := k.set(to); err != nil {
			t.Fatal(err)
		}
		want("set on, never back", second)
	}
	k = openClock(t, dir, c, real) // without closing: a crash
	want("after a crash in history", second)
	if err := k.run(); err != nil {
		t.Fatal(err)
	}
	want("it starts where the catalogue says", c.Demonstration.Now)
	real.t = real.t.Add(90 * time.Minute)
	running := c.Demonstration.Now.Add(90 * time.Minute)
	want("it runs at the real rate", running)
	real.t = real.t.Add(-time.Hour)
	if k.Now().After(running) {
		t.Error("the real clock went back and ours went on")
	}
	real.t = real.t.Add(time.Hour)
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	real.t = real.t.AddDate(0, 1, 0)
	k = openClock(t, dir, c, real)
	want("time does not pass while stopped", running)
	if !k.Running() {
		t.Error("it stands after a restart")
	}
}

// Whenever it crashes, a clock never shows an earlier instant than before.
func TestClockNeverGoesBack(t *testing.T) {
	c, dir := vinhPhuc(t), t.TempDir()
	real := &realTime{time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	k := openClock(t, dir, c, real)
	if err := k.run(); err != nil {
		t.Fatal(err)
	}
	last := k.Now()
	for i := range 200 {
		real.t = real.t.Add(time.Duration(i*i) * 10 * time.Millisecond)
		if now := k.Now(); now.Before(last) {
			t.Fatalf("step %d: %s after %s", i, now, last)
		} else {
			last = now
		}
		if i%7 == 0 {
			k = openClock(t, dir, c, real)
		}
	}
	if ahead := last.Sub(c.Demonstration.Now); ahead > 200*200*200*10*time.Millisecond {
		t.Errorf("it ran away by %s", ahead)
	}
}

func TestClockIsForDemonstrationsOnly(t *testing.T) {
	c := vinhPhuc(t)
	c.Demonstration = nil
	if _, err := OpenClock(t.TempDir(), c, time.Now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a catalogue of real figures got a programme clock")
	}
	if _, err := newModel(c); err == nil {
		t.Error("a catalogue of real figures got made-up ones")
	}
}
