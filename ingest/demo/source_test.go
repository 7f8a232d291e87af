package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/catalog"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

func vinhPhuc(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// stage is a demonstration at work.
type stage struct {
	*Source
	clock *Clock
	db    driver.Conn
	close func()
}

func play(t testing.TB, c *catalog.Catalog, dir string, db driver.Conn) *stage {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	clock, err := OpenClock(dir+"/demo", c, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	cfg := ingest.DefaultConfig()
	cfg.Dir = dir + "/journal"
	service, err := ingest.New(cfg, ingest.Deps{Catalog: c, Warehouse: db, Now: clock.Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	<-service.Ready()
	s := &stage{clock: clock, db: db, close: func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := clock.Close(); err != nil {
			t.Error(err)
		}
	}}
	config := DefaultConfig()
	config.Dir = dir + "/demo"
	if s.Source, err = New(config, c, clock, service, log); err != nil {
		t.Fatal(err)
	}
	return s
}

// lastWeeks is the catalogue with a history of some weeks.
func lastWeeks(t testing.TB) *catalog.Catalog {
	c := vinhPhuc(t)
	c.Demonstration.DataFrom = civil.Date{Year: 2022, Month: 10, Day: 20}
	return c
}

// state sums up all that a demonstration left in the warehouse.
func (s *stage) state(t *testing.T) string {
	t.Helper()
	var rows, submissions, unchanged, rejected, digest, progress uint64
	err := s.db.QueryRow(t.Context(), `SELECT count(), groupBitXor(cityHash64(measure, period, unit, dims, value, note, agency, demonstration, known_at)),
		(SELECT count() FROM submissions), (SELECT toUInt64(sum(unchanged)) FROM submissions), (SELECT toUInt64(sum(rejected)) FROM submissions),
		(SELECT groupBitXor(cityHash64(task, assignee, date, status, percent, obstacle_kind, known_at)) FROM task_progress) FROM observations`).
		Scan(&rows, &digest, &submissions, &unchanged, &rejected, &progress)
	if err != nil {
		t.Fatal(err)
	}
	if unchanged != 0 || rejected != 0 {
		t.Errorf("%d rows unchanged, %d rejected", unchanged, rejected)
	}
	return fmt.Sprint(rows, digest, submissions, progress)
}

// A history that is interrupted and gone on with is the history that was not interrupted, known-at and all.
func TestInterruptedHistory(t *testing.T) {
	c := lastWeeks(t)
	whole := play(t, c, t.TempDir(), warehousetest.New(t))
	if err := whole.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := whole.state(t)
	whole.close()

	t.Run("interrupted", func(t *testing.T) {
		dir, db := t.TempDir(), warehousetest.New(t)
		for i, stop := range []int{0, 1, 9, 20, 99, 99} {
			s := play(t, c, dir, db)
			ctx, cancel := context.WithCancel(t.Context())
			days := 0
			err := s.Load(ctx, func(p Progress) {
				if days++; p.Days > stop {
					cancel()
				}
			})
			cancel()
			if (stop < 99) != errors.Is(err, context.Canceled) {
				t.Fatalf("run %d: %v", i, err)
			}
			if i == 5 && days > 0 {
				t.Errorf("%d days were loaded again", days)
			}
			if stop == 99 {
				if got := s.state(t); got != want {
					t.Errorf("run %d: got %s, want %s", i, got, want)
				}
			}
			s.close()
		}
	})
}

func TestLive(t *testing.T) {
	c := lastWeeks(t)
	dir, db := t.TempDir(), warehousetest.New(t)
	s := play(t, c, dir, db)
	if err := s.Live(t.Context()); err == nil {
		t.Error("live before the history")
	}
	if err := s.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	count := func(where string) (n uint64) {
		t.Helper()
		if err := s.service.WaitApplied(t.Context(), s.version); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow(t.Context(), "SELECT count() FROM observations WHERE "+where).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	now := c.Demonstration.Now
	theirs := `{"measure":"vneid_activated","unit":"08707","date":"2022-11-20","value":7,"dims":{"sex":"male"}}`
	if _, err := s.service.Submit(t.Context(), ingest.Intake{
		Dataset: ingest.Observations, Format: ingest.NDJSON, Body: strings.NewReader(theirs), Caller: "somebody", Wait: true,
	}); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if err := s.tick(t.Context(), now.Add(time.Duration(i)*4*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if n := count("period = '2022-11-20'"); n < 40 || n > 80 {
		t.Errorf("%d live rows", n)
	}
	if n := count("unit = '08707' AND period = '2022-11-20'"); n != 1 || !s.model.spared["08707"] || len(s.model.spared) != 1 {
		t.Errorf("%d rows about a unit that somebody else reports, spared %v", n, s.model.spared)
	}
	above := len(s.Source.state.Above)
	s.close()

	s = play(t, c, dir, db)
	defer s.close()
	if len(s.Source.state.Above) != above || above == 0 {
		t.Errorf("%d live cells after a restart, %d before", len(s.Source.state.Above), above)
	}
	if s.clock.Now().Before(now) {
		t.Error("the clock went back")
	}
	if falls := count(`(unit, dims, measure) IN (SELECT unit, dims, measure FROM observations WHERE period = '2022-11-20'
		GROUP BY unit, dims, measure HAVING argMax(value, (stream_seq, row_no)) < max(value))`); falls != 0 {
		t.Errorf("%d live stocks fell", falls)
	}
}

// The race detector makes this seven times as slow and sees the same paths in TestInterruptedHistory; `make test` runs
// it once more without.
func TestWholeHistory(t *testing.T) {
	if raced || testing.Short() {
		t.Skip("loads 1.9 million rows; run without the race detector")
	}
	c := vinhPhuc(t)
	s := play(t, c, t.TempDir(), warehousetest.New(t))
	defer s.close()
	begin := time.Now()
	var last Progress
	if err := s.Load(t.Context(), func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %s", last.Rows, time.Since(begin).Round(time.Millisecond))
	if last.Days != last.Total || last.Rows < 1_000_000 || !s.clock.Running() {
		t.Errorf("%+v", last)
	}
	s.state(t)
	var early uint64
	if err := s.db.QueryRow(t.Context(), "SELECT countIf(toDate(known_at, 'Asia/Ho_Chi_Minh') < toDate(period_end)) + countIf(NOT demonstration) FROM observations").Scan(&early); err != nil {
		t.Fatal(err)
	}
	if early != 0 {
		t.Errorf("%d rows known before their day, or not marked", early)
	}
}
