package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// ledger is what the senders of a test know: the revisions of each cell that were acknowledged, in order.
type ledger struct {
	mu    sync.Mutex
	cells map[string][]int64
}

func (l *ledger) acknowledged(cell string, value int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if list := l.cells[cell]; len(list) == 0 || list[len(list)-1] != value {
		l.cells[cell] = append(list, value)
	}
}

// agrees compares the ledger with the warehouse, revision by revision.
func (l *ledger) agrees(t *testing.T, r *room) {
	t.Helper()
	rows, err := r.db.Query(t.Context(), `SELECT concat(unit, ' ', toString(period_end)) AS cell, groupArray(value)
		FROM (SELECT unit, period_end, value FROM observations ORDER BY stream_seq, row_no) GROUP BY cell`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var cell string
		var values []int64
		if err := rows.Scan(&cell, &values); err != nil {
			t.Fatal(err)
		}
		found++
		if fmt.Sprint(values) != fmt.Sprint(l.cells[cell]) {
			t.Errorf("%s has revisions %v, acknowledged were %v", cell, values, l.cells[cell])
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if found != len(l.cells) {
		t.Errorf("%d cells in the warehouse, %d acknowledged", found, len(l.cells))
	}
}

// awake gives the room a connection that works again after the engine was killed.
func (r *room) awake(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	err := (&writer{cfg: r.cfg, log: slog.New(slog.DiscardHandler), metrics: r.metrics}).insist(ctx, "test", r.db.Ping)
	if err != nil {
		t.Fatal(err)
	}
}

// Senders write revisions of their own cells while the engine is killed again and again, each time some
// batches later, and the service is stopped without draining and started again in between: nothing
// acknowledged is missing, nothing is there twice.
func TestNothingIsLostOrDoubled(t *testing.T) {
	kills, senders, between := 9, 4, 25
	if testing.Short() {
		kills = 3
	}
	r := start(t, func(c *Config, d *Deps) {
		c.DrainTimeout, c.FlushInterval, c.BatchRows = time.Nanosecond, time.Millisecond, 40
	})
	book, retries := &ledger{cells: map[string][]int64{}}, 0.0
	for kill := range kills {
		r.awake(t)
		base := r.Applied()
		var all sync.WaitGroup
		for s := range senders {
			all.Go(func() { r.revise(t, book, s, kill*between, between) })
		}
		if err := r.WaitApplied(t.Context(), base+uint64(kill%5)); err != nil {
			t.Fatal(err)
		}
		warehousetest.Kill(t)
		all.Wait()
		if kill%3 == 2 {
			retries += r.retries()
			r.stop(t)
			r.run(t)
		}
	}
	r.waitAll(t)
	r.awake(t)
	book.agrees(t, r)
	n := r.count(t, "SELECT count() FROM submissions")
	if want := uint64(kills * senders * between); n != want {
		t.Errorf("%d submissions recorded, %d acknowledged", n, want)
	}
	if n := r.count(t, "SELECT count() FROM (SELECT submission FROM submissions GROUP BY submission HAVING count() > 1)"); n != 0 {
		t.Errorf("%d submissions recorded twice", n)
	}
	t.Logf("%d kills, %d submissions, version %d, %v steps tried again", kills, n, r.Applied(), retries)
}

// retries counts what was tried again since the last start.
func (r *room) retries() (n float64) {
	for _, step := range []string{"look up", "insert observations", "insert submissions", "insert rejections"} {
		for _, reason := range []string{unanswered, tooSlow, refusedIt} {
			n += testutil.ToFloat64(r.metrics.retries.WithLabelValues(step, reason))
		}
	}
	return n
}

// revise sends some submissions of ten rows each; values repeat so that there are unchanged ones, and return.
func (r *room) revise(t *testing.T, book *ledger, sender, from, n int) {
	unit := []string{"08707", "08710", "08713"}[sender%3]
	for i := from; i < from+n; i++ {
		var lines []string
		values := map[string]int64{}
		for c := range 10 {
			day := date("2021-01-01").AddDays(sender*100 + c).String()
			value := (i / 2 * (c + 1)) % 3
			lines = append(lines, accounts(unit, day, "male", value))
			values[unit+" "+day] = int64(value)
		}
		receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(strings.Join(lines, "\n"))})
		if err != nil || receipt.Rejected > 0 {
			t.Errorf("%+v %v", receipt, err)
			return
		}
		for cell, value := range values {
			book.acknowledged(cell, value)
		}
	}
}

// After an unclean stop the journal hands out again what is in the warehouse already, wholly or in part.
func TestRowsThatAreThereAlready(t *testing.T) {
	for _, c := range []struct {
		name string
		lose []string // what the warehouse had not yet taken
	}{
		{"everything is there", nil},
		{"the records are missing", []string{"TRUNCATE TABLE submissions", "TRUNCATE TABLE rejections"}},
		{"all is missing", []string{"TRUNCATE TABLE observations", "TRUNCATE TABLE task_progress", "TRUNCATE TABLE submissions", "TRUNCATE TABLE rejections"}},
		{"some messages are missing", []string{"ALTER TABLE observations DELETE WHERE stream_seq % 2 = 0 SETTINGS mutations_sync = 1"}},
		{"parts of messages are missing", []string{"ALTER TABLE observations DELETE WHERE row_no = 1 SETTINGS mutations_sync = 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, func(c *Config, _ *Deps) { c.FlushInterval = 0 })
			for i := range 6 {
				r.send(t, Observations, accounts("08707", "2022-06-15", "male", i%2), accounts("08710", "2022-06-15", "male", i/3), accounts("08713", "2022-06-15", "male", i), "{}")
				r.send(t, TaskProgress, strings.Replace(begun, "60", fmt.Sprint(i/2), 1))
			}
			dump := func() string {
				return fmt.Sprint(
					r.row(t, "SELECT toString(groupArray((unit, stream_seq, row_no, value))) FROM (SELECT * FROM observations ORDER BY stream_seq, row_no)"),
					r.row(t, "SELECT toString(groupArray((task, stream_seq, row_no, percent))) FROM (SELECT * FROM task_progress ORDER BY stream_seq, row_no)"),
					r.row(t, "SELECT toString(groupArray((submission, stream_seq, accepted, unchanged, rejected))) FROM (SELECT * FROM submissions ORDER BY stream_seq)"),
					r.row(t, "SELECT toString(groupArray((submission, stream_seq, row_no, line, code))) FROM (SELECT * FROM rejections ORDER BY stream_seq)"))
			}
			before, version := dump(), r.Applied()
			r.stop(t)
			forgetApplied(t, r.cfg)
			for _, statement := range c.lose {
				if err := r.db.Exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			r.run(t)
			r.waitAll(t)
			if after := dump(); after != before {
				t.Errorf("before %s\nafter  %s", before, after)
			}
			if r.Applied() != version {
				t.Errorf("version %d, was %d", r.Applied(), version)
			}
		})
	}
}

// forgetApplied makes the journal hand out everything it holds again.
func forgetApplied(t *testing.T, cfg Config) {
	t.Helper()
	j, err := openJournal(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	if _, err := j.openRows(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := j.rows.DeleteConsumer(t.Context(), writerName); err != nil {
		t.Fatal(err)
	}
}

// Every message is taken although most are lost between server and client.
func TestMessagesLostOnTheWay(t *testing.T) {
	j, err := openJournal(smallConfig(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	if err := j.createRows(t.Context(), 5, 1<<20); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		future, err := j.publish(encodeMessage(now, []*part{newPart(figureRows, "s")}))
		if err != nil {
			t.Fatal(err)
		}
		if result := await(future); result.err != nil {
			t.Fatal(result.err)
		}
	}
	f := newFeed(j, NewAsideStore(t.TempDir()), 4, slog.New(slog.DiscardHandler), func(Aside) {})
	f.patience = 50 * time.Millisecond
	for want := uint64(5); want <= 10; want++ {
		if want == 5 || want%2 == 0 { // what the server sends next gets lost, the first of a new reading too
			if _, err := f.receive(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := f.next(t.Context()); err != nil || got.seq != want {
			t.Fatalf("got %v %v, want %d", got, err, want)
		}
	}
}

// enqueue submits without waiting for the warehouse.
func (r *room) enqueue(t testing.TB, lines ...string) Receipt {
	t.Helper()
	receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(strings.Join(lines, "\n"))})
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// A journal that was lost or set back must not give out sequences the warehouse has rows of.
func TestJournalOfTheWarehouse(t *testing.T) {
	r := start(t)
	receipt := r.send(t, Observations, activated)
	r.stop(t)
	r.cfg.Dir = t.TempDir()
	r.run(t)
	if got := r.Applied(); got != receipt.DataVersion {
		t.Errorf("a new journal begins at %d, the warehouse is at %d", got, receipt.DataVersion)
	}
	next := r.send(t, Observations, strings.Replace(activated, "1234", "1235", 1))
	if next.DataVersion != receipt.DataVersion+1 || next.Unchanged != 0 {
		t.Errorf("%+v", next)
	}
	if got := r.revisions(t, "08707"); fmt.Sprint(got) != "[1234 1235]" {
		t.Errorf("revisions %v", got)
	}
	r.stop(t)
	if err := r.db.Exec(t.Context(), "INSERT INTO submissions (submission, stream_seq, known_at) VALUES ('later', 100, now64(3))"); err != nil {
		t.Fatal(err)
	}
	s, err := New(r.cfg, r.deps)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); !errors.Is(err, errSequence) {
		t.Errorf("an old journal: %v", err)
	}
}

// While the warehouse is away the journal takes figures up to its limit; then senders are told to
// wait; when it is back everything arrives.
func TestWarehouseAway(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.JournalBytes = 1 << 20 })
	r.send(t, Observations, activated)
	rename := func(from, to string) {
		t.Helper()
		if err := r.db.Exec(t.Context(), "RENAME TABLE "+from+" TO "+to); err != nil {
			t.Fatal(err)
		}
	}
	rename("observations", "observations_away")
	var sent int
	var full *Error
	for i := 0; full == nil; i++ {
		var lines []string
		for day := range 300 {
			lines = append(lines, strings.Replace(accounts("08710", date("2021-01-01").AddDays(day).String(), "male", i), "{", `{"note":"`+strings.Repeat("ghi chú ", 20)+fmt.Sprint(day)+`",`, 1))
		}
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(strings.Join(lines, "\n"))})
		if err == nil {
			sent++
		} else if !errors.As(err, &full) {
			t.Fatal(err)
		}
	}
	if full.Kind != JournalFull || full.RetryAfter <= 0 || sent < 3 {
		t.Errorf("after %d: %+v", sent, full)
	}
	rename("observations_away", "observations")
	r.waitAll(t)
	if n := r.count(t, "SELECT count() FROM observations WHERE unit = '08710'"); n != uint64(sent*300) {
		t.Errorf("%d rows of %d submissions", n, sent)
	}
	r.send(t, Observations, accounts("08713", "2022-06-15", "male", 1))
}

// A new service takes figures while an old journal's warehouse is away.
func TestStartsWithoutTheWarehouse(t *testing.T) {
	r := start(t, func(c *Config, _ *Deps) { c.DrainTimeout = time.Nanosecond })
	r.send(t, Observations, activated)
	r.stop(t)
	warehousetest.Kill(t)
	r.run(t)
	r.enqueue(t, accounts("08710", "2022-06-15", "male", 1))
	r.waitAll(t)
	r.awake(t)
	if n := r.count(t, "SELECT count() FROM observations"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

// shaky is the real warehouse behind a line that breaks: every other insert fails, some before it was sent, some after it was
// carried out, so that nothing can be told from the failure.
type shaky struct {
	driver.Conn
	inserts atomic.Int64
}

func (s *shaky) PrepareBatch(ctx context.Context, query string, options ...driver.PrepareBatchOption) (driver.Batch, error) {
	b, err := s.Conn.PrepareBatch(ctx, query, options...)
	return &shakyBatch{b, s.inserts.Add(1)}, err
}

type shakyBatch struct {
	driver.Batch
	n int64
}

var errLine = errors.New("the line broke")

func (b *shakyBatch) Send() error {
	switch b.n % 4 {
	case 0:
		return errors.Join(errLine, b.Abort())
	case 2:
		return errors.Join(errLine, b.Batch.Send())
	}
	return b.Batch.Send()
}

func TestInsertsOfUnknownOutcome(t *testing.T) {
	r := start(t, func(c *Config, d *Deps) {
		c.FlushInterval, c.BatchRows = 0, 10
		d.Warehouse = &shaky{Conn: d.Warehouse}
	})
	book := &ledger{cells: map[string][]int64{}}
	r.revise(t, book, 0, 0, 30)
	r.waitAll(t)
	book.agrees(t, r)
	if n, once := r.count(t, "SELECT count() FROM submissions"), r.count(t, "SELECT uniqExact(submission) FROM submissions"); n != 30 || once != 30 {
		t.Errorf("%d records of %d submissions", n, once)
	}
	if r.retries() < 5 {
		t.Errorf("only %v inserts were tried again", r.retries())
	}
}
