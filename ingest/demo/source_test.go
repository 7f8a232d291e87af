package demo

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

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

func TestWholeHistory(t *testing.T) {
	c := vinhPhuc(t)
	s := play(t, c, t.TempDir(), warehousetest.New(t))
	defer s.close()
	begin := time.Now()
	var last Progress
	if err := s.Load(t.Context(), func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %s, %+v, clock %s", last.Rows, time.Since(begin), last, s.clock.Now())
}
