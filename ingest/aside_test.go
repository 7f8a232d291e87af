package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// journal puts bytes into the journal as they are.
func (r *room) journal(t testing.TB, content []byte) uint64 {
	t.Helper()
	future, err := r.pipe.Load().journal.publish(content)
	if err != nil {
		t.Fatal(err)
	}
	result := await(future)
	if result.err != nil {
		t.Fatal(result.err)
	}
	return result.seq
}

// unreadable are messages that no program of this version can read.
func unreadableMessages() map[string][]byte {
	p := newPart(figureRows, "S")
	p.addFigure(&figure{measure: "vneid_activated", unit: "08707", dims: "sex=male", value: 5, line: 1, start: 19000, end: 19000})
	whole := encodeMessage(now, []*part{p})
	newer := bytes.Clone(whole)
	newer[0] = 9
	return map[string][]byte{"empty": {}, "of a newer version": newer, "cut": whole[:len(whole)-3], "not of ours": []byte("{}\n"), "zeros": make([]byte, 4096)}
}

// What cannot be read is set aside whole, and everything before and behind it is applied in its order.
func TestUnreadableMessagesAreSetAside(t *testing.T) {
	var mu sync.Mutex
	var told []Aside
	r := start(t, func(c *Config, d *Deps) {
		c.FlushInterval = 0
		d.OnAside = func(a Aside) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, a)
		}
	})
	want, wantRevisions := map[uint64][]byte{}, []int64{}
	value := 0
	for _, content := range unreadableMessages() {
		for range 2 {
			value++
			r.send(t, Observations, accounts("08707", "2022-06-15", "male", value))
			wantRevisions = append(wantRevisions, int64(value))
		}
		want[r.journal(t, content)] = content
	}
	r.waitAll(t)
	if got := r.revisions(t, "08707"); fmt.Sprint(got) != fmt.Sprint(wantRevisions) {
		t.Errorf("revisions %v, want %v", got, wantRevisions)
	}
	r.checkAside(t, want)
	if n := testutil.ToFloat64(r.metrics.aside); len(told) != len(want) || n != float64(len(want)) || r.waitingAside() != len(want) {
		t.Errorf("told of %d, counted %v, %d wait; want %d", len(told), n, r.waitingAside(), len(want))
	}
	r.stop(t) // the newest message is one of those: nothing depends on it
	r.run(t)
	r.send(t, Observations, accounts("08710", "2022-06-15", "male", 1))
	r.stop(t)
	forgetApplied(t, r.cfg) // after an unclean stop they come again
	r.run(t)
	r.waitAll(t)
	r.checkAside(t, want)
}

// checkAside compares what is set aside with what was put into the journal, byte by byte.
func (r *room) checkAside(t *testing.T, want map[uint64][]byte) {
	t.Helper()
	list, err := NewAsideStore(r.cfg.Dir).List()
	if err != nil || len(list) != len(want) {
		t.Fatalf("%d set aside, %v; want %d", len(list), err, len(want))
	}
	for i, a := range list {
		content, err := r.aside.read(a.Sequence)
		if err != nil || !bytes.Equal(content, want[a.Sequence]) || a.Bytes != len(content) || a.Reason == "" || a.Received.IsZero() {
			t.Errorf("%+v, %v", a, err)
		}
		if i > 0 && list[i-1].Sequence >= a.Sequence {
			t.Errorf("%d stands before %d", list[i-1].Sequence, a.Sequence)
		}
	}
}

// A message that can be read by now is taken, when an operator wants it: its figures are there once, and it is gone from the folder.
func TestMessageSetAsideIsTakenAfterAll(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.FlushInterval = 0 })
	p := newPart(figureRows, "01LATE")
	p.flags = firstPart | lastPart
	day := dayOf(date("2022-06-15"))
	p.addFigure(&figure{measure: "vneid_activated", unit: "08713", dims: "sex=male", value: 5, line: 1, start: day, end: day, period: "2022-06-15"})
	p.end = &end{record: submissionRecord{dataset: "observations", format: "ndjson", accepted: 1, rejected: 1}, rejections: []Rejection{{Line: 2, Code: UnknownUnit}}}
	if err := r.aside.keep(Aside{Sequence: 7, Reason: "of a newer version"}, encodeMessage(now, []*part{p})); err != nil {
		t.Fatal(err)
	}
	broken := Aside{Sequence: 8, Bytes: 2, Reason: "damaged"}
	if err := r.aside.keep(broken, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for _, seq := range []uint64{7, 8} {
		if err := r.aside.Retry(seq); err != nil {
			t.Fatal(err)
		}
	}
	for list, err := r.aside.List(); len(list) != 1 || list[0].Tried.IsZero(); list, err = r.aside.List() {
		if err != nil || t.Context().Err() != nil {
			t.Fatal(list, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.waitAll(t)
	if got := r.revisions(t, "08713"); fmt.Sprint(got) != "[5]" {
		t.Errorf("revisions %v", got)
	}
	if n := r.count(t, "SELECT count() FROM submissions WHERE submission = '01LATE' AND rejected = 1"); n != 1 {
		t.Errorf("%d records", n)
	}
	if list, _ := r.aside.List(); list[0].Sequence != 8 || list[0].Wanted || !strings.Contains(list[0].Reason, "cannot be read") {
		t.Errorf("what cannot be read stays: %+v", list)
	}
	if err := r.aside.Drop(8); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(r.aside.dir); err != nil || len(files) > 0 {
		t.Errorf("%v is left, %v", files, err)
	}
	for _, err := range []error{r.aside.Drop(8), r.aside.Retry(8)} {
		if !errors.Is(err, ErrNotAside) {
			t.Errorf("no such message: %v", err)
		}
	}
}

// While the folder takes nothing (disk full), the message is neither passed over nor given up.
func TestSetAsideWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		store := NewAsideStore(dir)
		if err := os.WriteFile(store.dir, nil, 0o600); err != nil { // a file where the folder belongs
			t.Fatal(err)
		}
		done := make(chan error, 1)
		f := newFeed(nil, store, 0, slog.New(slog.DiscardHandler), func(Aside) {})
		go func() { done <- f.setAside(t.Context(), Aside{Sequence: 3}, []byte("x")) }()
		time.Sleep(5 * lookAside)
		select {
		case err := <-done:
			t.Fatalf("it went on with %v", err)
		default:
		}
		if err := os.Remove(store.dir); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, err := store.Find(3); err != nil {
			t.Error(err)
		}
	})
}
