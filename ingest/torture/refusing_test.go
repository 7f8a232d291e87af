package torture

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// behindMemory is the most a program holds in MB while ClickHouse does not keep up: one message of the journal for each of its readers
// and writers, one request to it (16 MiB), a batch of 100,000 rows, and what the page's questions keep; a backlog is on the disk.
const behindMemory = 400

// backlog in MiB is what the journal may hold here, so that it is full soon.
const backlog = 2

// besieged is a program with a ClickHouse of its own and senders that do not wait for it.
type besieged struct {
	*program
	*world
	house *house
	stop  func()
}

func besiege(t *testing.T, h *house, dsn string) *besieged {
	t.Helper()
	number := seed(t)
	address := freeAddress(t)
	b := &besieged{house: h, world: newWorld(t, address)}
	b.waits = []string{"stored"}
	b.program = newProgram(t, address, "serve", "--listen", address, "--data", t.TempDir(), "--clickhouse", dsn, "--journal-limit", fmt.Sprint(backlog))
	b.start()
	b.ready()
	b.stop = b.send(t, number)
	b.acknowledged(b.world, 10)
	return b
}

// stalled waits until the metrics and the log say that ClickHouse does not take the figures, and why.
func (b *besieged) stalled(reason, says string) {
	b.t.Helper()
	before := b.metric("toancanh_ingest_warehouse_retries_total", `reason="`+reason+`"`)
	b.until("the metrics tell that inserts are tried again", func() bool {
		return b.metric("toancanh_ingest_warehouse_retries_total", `reason="`+reason+`"`) > max(before, 0)
	})
	b.until("the log tells why: "+says, func() bool { return strings.Contains(b.output.String(), says) })
}

// fill sends until the backlog is at its bound and senders are told to wait. What it takes back was never said, so that nothing comes of it.
func (b *besieged) fill() {
	b.t.Helper()
	s := newSender(b.world, 1, 0)
	rows := s.large()
	for i := range rows {
		rows[i] = row{cell: strings.Replace(rows[i].cell, " 2023-", " 2024-", 1), revision: revision{retracted: true}}
	}
	full := write("observations", rows)
	b.until("the backlog is at its bound", func() bool {
		a, err := s.send("observations", "", "stored", full)
		if err == nil && a.status == http.StatusServiceUnavailable && a.Code == "journal_full" {
			if a.retryAfter == "" || !strings.HasPrefix(a.contentType, "application/problem+json") {
				b.t.Errorf("refused with Retry-After %q, %s", a.retryAfter, a.contentType)
			}
			return true
		}
		return false
	})
	if held, most := b.metric("toancanh_ingest_journal_bytes"), b.metric("toancanh_ingest_journal_limit_bytes"); held > most || held < most/4 {
		b.t.Errorf("the journal holds %v of %v bytes", held, most)
	}
	if behind, age := b.metric("toancanh_ingest_journal_messages"), b.metric("toancanh_ingest_journal_oldest_age_seconds"); behind < 1 || age <= 0 {
		b.t.Errorf("%v messages wait, the oldest for %v s", behind, age)
	}
}

// wait has more senders wait for ClickHouse than may be read at the same time. Nobody is refused for their sake, and all of them hear that
// their figures are stored.
func (b *besieged) wait() {
	b.t.Helper()
	const waves, each = 4, 25
	s := newSender(b.world, 2, 1)
	body := row{cell: flow("dossiers_received", s.units[0], "s2021-12"), revision: revision{retracted: true}}.write("observations")
	var group errgroup.Group
	for wave := range waves {
		taken := b.metric("toancanh_ingest_rows_total", `result="accepted"`)
		for range each {
			group.Go(func() error {
				a, err := s.send("observations", "", "queryable", body)
				if err == nil && (a.status != http.StatusAccepted || a.Queryable) {
					err = fmt.Errorf("who waits is told %d %s, queryable %t", a.status, a.Code, a.Queryable)
				}
				return err
			})
		}
		b.until(fmt.Sprintf("wave %d is stored", wave), func() bool {
			return b.metric("toancanh_ingest_rows_total", `result="accepted"`) >= taken+each
		})
	}
	if a, err := s.send("observations", "", "stored", body); err != nil || a.status != http.StatusAccepted {
		b.t.Errorf("beside those who wait: %d %s %v", a.status, a.Code, err)
	}
	if err := group.Wait(); err != nil {
		b.t.Error(err)
	}
}

// recovered waits until the backlog has been written and senders are taken again.
func (b *besieged) recovered() {
	b.t.Helper()
	b.until("the backlog is written", func() bool {
		held := b.metric("toancanh_ingest_journal_bytes")
		return held >= 0 && held < backlog<<20/4
	})
	b.acknowledged(b.world, 5)
}

// judged ends the siege: everything has to be there, once, and the program held little.
func (b *besieged) judged() {
	t := b.t
	t.Helper()
	b.stop()
	b.settled(t, b.world)
	t.Log(newJudge(t, b.ledger, b.house.dsn, b.address).all(nil))
	b.verify("--clickhouse", b.house.dsn)
	peak := max(b.peak, b.memory()) / 1024
	t.Logf("at most %d MB of memory", peak)
	if n := b.unasked.get(); n > 0 || peak > behindMemory {
		t.Errorf("%d refusals without Retry-After; %d MB of memory, %d are the most", n, peak, behindMemory)
	}
	b.program.stop()
}

// TestWarehouseRefuses has ClickHouse refuse what is written while it answers questions: a user who may only read, one without the right to
// insert, a disk without room. Figures are stored until the backlog is at its bound; then senders are told to wait; the
// program may even start meanwhile. Once ClickHouse takes figures again all of them are written without a hand.
func TestWarehouseRefuses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	h := newHouse(t)
	b := besiege(t, h, h.dsn)
	for i, r := range refusals {
		r.begin(h)
		b.stalled("refused", r.says)
		newJudge(t, newLedger(), h.dsn, b.address).values(periods()[0], "") // fails where questions are not answered
		b.acknowledged(b.world, 5)
		switch i {
		case 0:
			b.wait()
		case 1:
			b.kill()
			b.start()
			b.ready()
			b.acknowledged(b.world, 5)
		}
		b.fill()
		r.over(h)
		b.recovered()
	}
	b.judged()
}

// TestStartWithAnotherCatalogue starts a program with a changed catalogue while ClickHouse may only be read. Questions are answered with it, the
// metrics say that it is not kept, and it is kept as soon as ClickHouse takes it.
func TestStartWithAnotherCatalogue(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	h := newHouse(t)
	begin := func(catalogue string) *program {
		address := freeAddress(t)
		p := newProgram(t, address, "serve", "--listen", address, "--data", t.TempDir(), "--clickhouse", h.dsn, "--catalog", catalogue)
		p.start()
		p.ready()
		return p
	}
	kept := func() (versions uint64) {
		db, err := warehouse.Open(t.Context(), h.dsn, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRow(t.Context(), "SELECT uniqExact(version) FROM catalogues").Scan(&versions); err != nil {
			t.Fatal(err)
		}
		return versions
	}
	begin(changedCatalogue(t, 0)).stop()
	for i, readonly := range []string{"2", "1"} { // with 1 no setting may be changed either
		t.Logf("readonly = %s", readonly)
		only := "<service><readonly>" + readonly + "</readonly></service>"
		h.users("<service></service>", only)
		p := begin(changedCatalogue(t, i+1))
		newJudge(t, newLedger(), h.dsn, p.address).values(periods()[0], "") // fails where questions are not answered
		if p.metric("toancanh_catalog_kept") != 0 || p.metric("toancanh_ingest_journal_open") != 1 || !strings.Contains(p.output.String(), "does not take the catalogue") {
			t.Error("nothing says that the catalogue is not kept")
		}
		h.users(only, "<service></service>")
		p.until("the catalogue is kept", func() bool { return p.metric("toancanh_catalog_kept") == 1 })
		if n := kept(); n != uint64(i)+2 {
			t.Errorf("%d catalogues are kept after %d changes", n, i+1)
		}
		p.stop()
	}
}

// changedCatalogue writes the catalogue that ships, changed in nothing but its version.
func changedCatalogue(t *testing.T, change int) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, catalogs.VinhPhuc()); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "catalog.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "\n# change %d\n", change); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestWarehouseSlow lays a line to ClickHouse that carries next to nothing: the backlog grows to its bound and is written once the line
// carries again. What is between slow and away: TestInsertSlowerThanItMayBe and TestConnectionsThatFellSilent of ingest.
func TestWarehouseSlow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	h := newHouse(t)
	line := warehousetest.NewLine(t, h.dsn)
	b := besiege(t, h, line.DSN)
	line.Slow(2000)
	b.fill()
	line.Fast()
	b.recovered()
	b.judged()
}
