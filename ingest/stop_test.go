package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestNotRunning(t *testing.T) {
	registry := prometheus.NewRegistry()
	r := start(t, func(_ *Config, d *Deps) { d.Registerer = registry })
	open := func(want float64) {
		t.Helper()
		const text = "# HELP toancanh_ingest_journal_open 1 when the journal takes figures: it is open and answers, and its disk has room; 0 while senders are told to come again.\n" +
			"# TYPE toancanh_ingest_journal_open gauge\ntoancanh_ingest_journal_open %v\n"
		if err := testutil.GatherAndCompare(registry, strings.NewReader(fmt.Sprintf(text, want)), "toancanh_ingest_journal_open"); err != nil {
			t.Error(err)
		}
	}
	open(1)
	r.stop(t)
	open(0)
	_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(activated)})
	if KindOf(err) != Unavailable {
		t.Errorf("got %v", err)
	}
}

// A submission under way when the service stops is finished, not cut off.
func TestStopLetsSubmissionsEnd(t *testing.T) {
	r := start(t)
	body, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: body})
		done <- err
	}()
	if _, err := io.WriteString(write, activated+"\n"); err != nil {
		t.Fatal(err)
	}
	r.cancel()
	if _, err := io.WriteString(write, accounts("08710", "2022-06-15", "male", 1)+"\n"); err != nil {
		t.Fatal(err)
	}
	write.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	r.stop(t)
	if n := r.count(t, "SELECT count() FROM observations"); n != 2 {
		t.Errorf("%d rows after draining", n)
	}
}

// While submissions under way are let end, new ones are turned away at once, not when the slowest has ended.
func TestStopTurnsNewSendersAway(t *testing.T) {
	r := start(t)
	body, write := io.Pipe()
	slow := make(chan error, 1)
	go func() {
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: body})
		slow <- err
	}()
	if _, err := io.WriteString(write, activated+"\n"); err != nil {
		t.Fatal(err)
	}
	r.cancel()
	for r.entering.TryRLock() { // until the service waits for the slow one
		r.entering.RUnlock()
		time.Sleep(time.Millisecond)
	}
	turned := make(chan error, 1)
	go func() {
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(activated)})
		turned <- err
	}()
	select {
	case err := <-turned:
		if KindOf(err) != Unavailable {
			t.Errorf("got %v", err)
		}
	case <-time.After(2 * time.Second):
		t.Error("a new sender hangs")
	}
	write.Close()
	if err := <-slow; err != nil {
		t.Error(err)
	}
	r.stop(t)
}

// A failure is logged by who handles it. Submit hands it on, with what its log needs.
func TestSubmitDoesNotLogWhatItReturns(t *testing.T) {
	var log bytes.Buffer
	r := start(t, func(_ *Config, d *Deps) { d.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	log.Reset()
	_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: iotest.ErrReader(errors.New("gone"))})
	if KindOf(err) != Interrupted {
		t.Errorf("got %v", err)
	}
	ses := &session{id: "01ABC"}
	e := failed(errors.New("disk"), ses)
	if e.Kind != Unavailable || !strings.Contains(e.Error(), "01ABC") || !strings.Contains(e.Error(), "disk") {
		t.Errorf("got %v", e)
	}
	r.stop(t)
	if strings.Contains(log.String(), "not taken") || strings.Contains(log.String(), "gone") {
		t.Error(log.String())
	}
}
