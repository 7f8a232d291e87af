package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/ingest"
)

type workerCommand struct {
	warehouseFlags
	natsFlags
	Listen string        `default:"127.0.0.1:8091" help:"Address of /metrics, /healthz and /readyz, which show no figures; empty: none." placeholder:"HOST:PORT"`
	Lease  time.Duration `default:"10s" help:"How long a worker that is not heard of keeps the writer's place." placeholder:"DURATION"`
}

// Run stands by and writes until interrupted. It needs a warehouse that has its schema: an outside one, or that of a server that runs on
// the data directory.
func (c *workerCommand) Run(ctx context.Context, log *slog.Logger) (err error) {
	if c.NATS == "" {
		return errors.New("a worker needs --nats: without it the server writes by itself")
	}
	conn, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	cfg := ingest.DefaultConfig()
	cfg.Dir, cfg.Outside, cfg.Lease = journalDir(c.Data), c.outside(), c.Lease
	worker, err := ingest.NewWorker(cfg, ingest.Deps{
		Warehouse: conn, Now: time.Now, Log: log.With("room", "ingest"), Registerer: registry,
		OnAside: func(a ingest.Aside) { recordAside(conn, log, a) },
	})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return worker.Run(ctx) })
	group.Go(func() error { return c.serve(ctx, worker, conn, registry) })
	return group.Wait()
}

// open connects to the warehouse. A worker starts no engine: it would hold the data directory that belongs to a server.
func (c *workerCommand) open(ctx context.Context, log *slog.Logger) (driver.Conn, error) {
	dsn := c.Clickhouse
	if dsn == "" {
		running, ok, err := engine.Running(filepath.Join(c.Data, "engine"))
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("no server runs on %s: name the warehouse with --clickhouse, or the data directory of a server on this machine with --data", c.Data)
		}
		dsn = running
	}
	if options, err := clickhouse.ParseDSN(dsn); err == nil && len(options.Addr) > 1 {
		return nil, errors.New("a worker needs the address of one ClickHouse server: what keeps two workers apart are the inserts that this server lists")
	}
	return warehouse.Open(ctx, dsn, log)
}

// serve shows how the worker is until ctx ends.
func (c *workerCommand) serve(ctx context.Context, worker *ingest.Worker, conn driver.Conn, registry *prometheus.Registry) error {
	if c.Listen == "" {
		return nil
	}
	if err := vacant(c.Listen); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: workerHandler(worker, conn, registry), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() }) // who asks at that moment asks again
	defer stop()
	if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// workerHandler answers for a worker: alive, ready when it writes or stands by and the warehouse answers.
func workerHandler(worker *ingest.Worker, conn driver.Conn, registry *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-worker.Ready():
		default:
			http.Error(w, "the journal is not open", http.StatusServiceUnavailable)
			return
		}
		if err := conn.Ping(r.Context()); err != nil {
			http.Error(w, "the warehouse does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	return mux
}
