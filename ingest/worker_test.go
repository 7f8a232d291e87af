package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// workerAt is a worker at work.
type workerAt struct {
	*Worker
	registry *prometheus.Registry
	ended    chan error
	stop     func()
}

// work starts a worker beside the service.
func (r *room) work(t *testing.T) *workerAt {
	t.Helper()
	cfg, deps := r.cfg, r.deps
	cfg.Dir = t.TempDir()
	registry := prometheus.NewRegistry()
	deps.Registerer, deps.Catalog, deps.OnApplied = registry, nil, nil
	w, err := NewWorker(cfg, deps)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	at := &workerAt{Worker: w, registry: registry, ended: make(chan error, 1)}
	go func() { at.ended <- w.Run(ctx) }()
	at.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-at.ended; err != nil {
			t.Errorf("worker ended: %v", err)
		}
	})
	t.Cleanup(at.stop)
	return at
}

func (w *workerAt) writing() bool { return testutil.ToFloat64(w.metrics.writing) == 1 }

// until waits for a condition.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !condition() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// A worker writes what a service of another process took in; the service hears of it with all that changed.
func TestWorkerWritesWhatAServiceTookIn(t *testing.T) {
	var heard []Change
	var mu sync.Mutex
	r := startNATS(t).shared(t, func(_ *Config, d *Deps) {
		d.OnApplied = func(c Change) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, c)
		}
	})
	stored, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(activated)})
	if err != nil || stored.Queryable || stored.DataVersion != 1 {
		t.Fatalf("%+v %v", stored, err)
	}
	w := r.work(t)
	if again := r.send(t, Observations, activated, accounts("08710", "2022-06-15", "male", 5)); again.Accepted != 2 || again.Unchanged != 1 || again.DataVersion != 2 {
		t.Errorf("%+v", again)
	}
	r.send(t, TaskProgress, begun)
	if n := r.count(t, "SELECT count() FROM observations"); n != 2 {
		t.Errorf("%d rows", n)
	}
	mu.Lock()
	defer mu.Unlock()
	last := heard[len(heard)-1]
	if last.DataVersion != 3 || !last.Tasks || !last.Submissions || len(last.Measures) > 0 || r.Applied() != 3 {
		t.Errorf("heard %+v", heard)
	}
	units := map[string]bool{}
	for _, c := range heard {
		for _, code := range c.Units {
			units[code] = true
		}
	}
	if fmt.Sprint(heard[0].Measures) != "[vneid_activated]" || heard[0].From.String() != "2022-06-15" || !units["08707"] || !units["08710"] {
		t.Errorf("heard %+v", heard)
	}
	if !w.writing() || testutil.ToFloat64(w.metrics.epoch) != 1 {
		t.Error("the worker does not say that it writes")
	}
	if n := r.count(t, "SELECT count() FROM observations WHERE abs(dateDiff('second', known_at, now())) > 600"); n != 0 {
		t.Errorf("%d rows are not labelled by the journal's clock", n) // the service's own is of 2022
	}
}

// Of several workers one writes. When it goes another one takes its place and goes on where it was, whatever it left half done.
func TestWorkersTakeEachOthersPlace(t *testing.T) {
	r := startNATS(t).shared(t)
	book := &ledger{cells: map[string][]int64{}}
	workers := []*workerAt{r.work(t), r.work(t), r.work(t)}
	for round := range 3 {
		r.revise(t, book, 0, round*10, 10)
		r.send(t, Observations, accounts("08713", "2022-06-01", "male", round))
		book.acknowledged("08713 2022-06-01", int64(round))
		var writing []int
		for i, w := range workers {
			if w.writing() {
				writing = append(writing, i)
			}
		}
		if len(writing) != 1 {
			t.Fatalf("workers %v write", writing)
		}
		workers[writing[0]].stop()
		workers[writing[0]] = r.work(t)
	}
	r.send(t, Observations, accounts("08713", "2022-06-01", "male", 7))
	book.acknowledged("08713 2022-06-01", 7)
	book.agrees(t, r)
	if n := r.count(t, "SELECT max(epoch) FROM writers"); n != 4 {
		t.Errorf("epoch %d", n)
	}
}

// A writer that slept through the end of its term between the beginning of an insert and its rows must not send them; nor may its
// successor begin before the server has given the insert up.
func TestALateWriterIsFencedOut(t *testing.T) {
	db := warehousetest.New(t)
	deps := Deps{Warehouse: db, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	cfg := smallConfig(t)
	writerOf := func(holder string) *writer {
		w := newWriter(newService(cfg, deps), &journal{}, 0, 0)
		w.fence = &fence{db: db, holder: holder, host: "test"}
		if err := w.fence.raise(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w
	}
	table := &rejectionTable{rows: []rejectionRow{{&Rejection{Line: 1, Code: UnknownUnit}, origin{submission: "s", knownAt: now}}}}
	early := writerOf("early")
	if err := early.persist(t.Context(), table, nil, false); err != nil {
		t.Fatal(err)
	}
	begun, err := db.PrepareBatch(insertContext(t.Context(), early.queryID(), receiveTimeout), statement("insert_rejections"))
	if err != nil {
		t.Fatal(err)
	}
	late := writerOf("late")
	if err := late.fence.alone(t.Context()); !errors.Is(err, errBefore) {
		t.Errorf("an insert of the writer before is not seen: %v", err)
	}
	if err := early.fence.hold(t.Context()); !errors.Is(err, errOvertaken) || !errors.As(err, new(permanent)) {
		t.Errorf("the writer before may go on: %v", err)
	}
	if err := begun.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := late.insist(t.Context(), "writer before", late.fence.alone); err != nil {
		t.Fatal(err)
	}
	if err := early.persist(t.Context(), table, nil, false); !errors.Is(err, errOvertaken) {
		t.Errorf("the writer before wrote again: %v", err)
	}
	if err := late.persist(t.Context(), table, nil, true); err != nil {
		t.Fatal(err)
	}
	var n uint64
	if err := db.QueryRow(t.Context(), "SELECT count() FROM rejections").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows %v", n, err)
	}
	same := &fence{db: db, holder: "twin", epoch: late.fence.epoch} // two that took the same epoch at the same instant
	if err := same.hold(t.Context()); !errors.Is(err, errOvertaken) {
		t.Errorf("two writers have one epoch: %v", err)
	}
}

// The journal forgets what is in the warehouse, and takes in more than it can hold at once.
func TestSharedJournalForgetsWhatWasWritten(t *testing.T) {
	r := startNATS(t).shared(t, func(c *Config, _ *Deps) { c.JournalBytes = 1 << 20 })
	workers := []*workerAt{r.work(t), r.work(t)}
	for i := range 9 {
		r.sendMany(t, i)
	}
	for _, w := range workers {
		if w.writing() { // its successor goes on with what is left
			w.stop()
			break
		}
	}
	for i := range 3 {
		r.sendMany(t, 9+i)
	}
	j := r.pipe.Load().journal
	rows, err := j.rows.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rows.State.Bytes > 1<<20 || rows.State.FirstSeq < 4 || rows.State.LastSeq != 12 {
		t.Errorf("%d bytes from %d to %d", rows.State.Bytes, rows.State.FirstSeq, rows.State.LastSeq)
	}
	if n := r.count(t, "SELECT count() FROM observations"); n != 12*manyRows {
		t.Errorf("%d rows", n)
	}
}

// sendMany sends about 250 kB; the submissions of a test differ in all rows.
func (r *room) sendMany(t *testing.T, number int) {
	t.Helper()
	var lines []string
	for i := range manyRows {
		day := date("2021-01-01").AddDays(i % 600).String()
		unit, sex := []string{"08707", "08710"}[i/600%2], []string{"male", "female"}[i/1200]
		note := strings.Repeat(string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676)}), 50)
		lines = append(lines, strings.Replace(accounts(unit, day, sex, number), "{", `{"note":"`+note+`",`, 1))
	}
	r.send(t, Observations, lines...)
}

const manyRows = 1500
