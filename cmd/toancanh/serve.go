package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/frontend"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi"
	"github.com/toancanh/toancanh/query/httpapi/callers"
	"github.com/toancanh/toancanh/query/httpapi/publications"
)

// serverFlags are those of every command that listens.
type serverFlags struct {
	warehouseFlags
	catalogFlags
	Listen string `default:"127.0.0.1:8080" help:"Address to listen on; loopback only until an access token was made." placeholder:"HOST:PORT"`

	PublicHost    []string      `help:"Name the server is reached by from other machines; may be given several times." placeholder:"NAME"`
	VerifyEvery   time.Duration `default:"6h" help:"How often answers are held against the rows they are made of; 0: never." placeholder:"DURATION"`
	MetricsSeries int           `default:"20000" help:"Most series /metrics may show; beyond it the lowest level is shown in short, and what is still too much is refused." placeholder:"N"`
	JournalLimit  int64         `default:"2048" help:"MiB that the journal may hold; what is more is refused with 503 until ClickHouse has caught up." placeholder:"MIB"`
	alone         bool          // for one command only
	journal       ingest.Outside
	leave         bool
	TLSCert       string `name:"tls-cert" help:"File of the TLS certificate with its chain; read again when it changes." type:"path" placeholder:"FILE"`
	TLSKey        string `name:"tls-key" help:"File of the certificate's key." type:"path" placeholder:"FILE"`
}

// whoAsks gives the callers a server recognises. One that a command opens for itself alone knows none: who can open the
// data directory needs no token.
func (f serverFlags) whoAsks(known *callers.Registry) *callers.Registry {
	if f.alone {
		return nil
	}
	return known
}

type serveCommand struct {
	serverFlags
	natsFlags
	LeaveNATS bool     `name:"leave-nats" help:"Keep the journal in the data directory again, after workers have written all that was in NATS."`
	Drop      []string `help:"Folder to take files from, with the id of the token whose files they are where tokens are in use; may be given several times (ingest/README.md)." placeholder:"[ID=]DIR" sep:"none"`
}

// Run serves real figures under the real clock until interrupted.
func (c *serveCommand) Run(ctx context.Context, log *slog.Logger) (err error) {
	folders, err := parseDrops(c.Drop)
	if err != nil {
		return err
	}
	cat, set, err := c.load(time.Now())
	if err != nil {
		return err
	}
	c.journal, c.leave = c.outside(), c.LeaveNATS
	s, err := openServer(ctx, c.serverFlags, cat.WithoutDemonstration(), set, time.Now, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.rooms.Close()) }()
	if err := s.rooms.refuse(ctx, demonstrationFigures); err != nil {
		return err
	}
	for _, f := range folders {
		if err := f.check(s.rooms.callers); err != nil {
			return err
		}
	}
	if err := s.rooms.startServing(ctx); err != nil {
		return err
	}
	reload := s.reloader(c.catalogFlags, (*catalog.Catalog).WithoutDemonstration, time.Now, log)
	return s.run(ctx, func(ctx context.Context, address string) error {
		fmt.Printf("Toàn Cảnh: %s://%s\n", c.scheme(), address)
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return reload.run(ctx) })
		group.Go(func() error { s.rooms.warm(ctx); return nil })
		group.Go(func() error {
			return verifyNowAndThen(ctx, c.VerifyEvery, s.rooms.query.Current, log.With("room", "verify"))
		})
		for _, f := range folders {
			group.Go(func() error { return f.watch(ctx, s.rooms, log) })
		}
		return group.Wait()
	})
}

// neverUsed tells that no token can have been made: there is no warehouse yet.
func (f serverFlags) neverUsed() bool {
	if f.Clickhouse != "" {
		return false
	}
	_, err := os.Stat(filepath.Join(f.Data, "engine"))
	return errors.Is(err, fs.ErrNotExist)
}

func (f serverFlags) scheme() string {
	if f.TLSCert != "" {
		return "https"
	}
	return "http"
}

// figures are kinds of figures that must not meet: invented ones would be shown without their
// label, real ones under it and dated by another clock.
type figures struct {
	demonstration bool
	refusal       string
}

var (
	realFigures          = figures{false, "this warehouse holds real figures: a demonstration needs a --data or --clickhouse of its own"}
	demonstrationFigures = figures{true, "this warehouse holds demonstration figures: use `toancanh demo`, or another --data or --clickhouse"}
)

// refuse fails when the warehouse holds figures of the kind.
func (r *rooms) refuse(ctx context.Context, f figures) error {
	var n uint64
	err := r.conn.QueryRow(ctx, "SELECT count() FROM submissions WHERE demonstration = {demonstration:Bool}",
		clickhouse.Named("demonstration", f.demonstration)).Scan(&n)
	if err != nil {
		return fmt.Errorf("look for figures that must not be here: %w", err)
	}
	if n > 0 {
		return errors.New(f.refusal)
	}
	return nil
}

// server is the HTTP server above its rooms.
type server struct {
	rooms *rooms
	http  *httpapi.Server
}

// reloader brings changes of the catalogue's files into the server, once it runs.
func (s *server) reloader(flags catalogFlags, adapt func(*catalog.Catalog) *catalog.Catalog, now func() time.Time, log *slog.Logger) *reloader {
	return &reloader{
		server: s, flags: flags, adapt: adapt, now: now, log: log.With("room", "catalog"),
		reloadMetrics: newReloadMetrics(s.rooms.registry, s.rooms.catalog), stamp: stampOf(flags.Catalog),
	}
}

// drawnBeforehand is the deepest zoom whose tiles are drawn before anybody asks: a map is
// rarely looked at closer, and closer tiles are quickly drawn.
const drawnBeforehand = 12

// drawTiles makes the tiles while others are already served, so that nobody waits for the
// first look at a large map.
func (s *server) drawTiles(ctx context.Context) error {
	err := s.rooms.set.DrawTiles(ctx, geo.MinZoom, drawnBeforehand)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// run serves until ctx ends, and calls listening with the address once there is one. The
// server stops when that fails or the pipeline ends.
func (s *server) run(ctx context.Context, listening func(ctx context.Context, address string) error) error {
	return s.rooms.alongside(ctx, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return s.http.Run(ctx) })
		group.Go(func() error { return s.drawTiles(ctx) })
		group.Go(func() error { s.rooms.atlas.Run(ctx); return nil })
		group.Go(func() error { return s.rooms.callers.Run(ctx) })
		group.Go(func() error {
			address, err := s.http.Addr(ctx)
			if err != nil {
				return err
			}
			return listening(ctx, address)
		})
		return group.Wait()
	})
}

// vacant fails when the address cannot be listened on, most often because it is taken. It may
// be taken later all the same; then Run says so.
func vacant(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w; choose another with --listen (make: LISTEN=host:port)", err)
	}
	return l.Close()
}

// openServer prepares the rooms and the server above them; nothing listens before its Run.
func openServer(ctx context.Context, f serverFlags, cat *catalog.Catalog, set *geo.Set, now func() time.Time, log *slog.Logger) (*server, error) {
	cfg := httpapi.DefaultConfig()
	cfg.Listen, cfg.PublicHosts, cfg.TLSCert, cfg.TLSKey = f.Listen, f.PublicHost, f.TLSCert, f.TLSKey
	err := cfg.Validate()
	if err == nil && f.neverUsed() {
		err = cfg.NeedsToken()
	}
	if err == nil { // before the engine is started, and perhaps a history loaded, for nothing
		err = vacant(f.Listen)
	}
	if err != nil {
		return nil, err
	}
	s := &server{}
	s.rooms, err = openRooms(ctx, cat, set, roomOptions{
		warehouse: f.warehouseFlags, journal: f.journal, limit: f.JournalLimit << 20, leave: f.leave, now: now, series: query.SeriesLimit(f.MetricsSeries),
		changed: func(c ingest.Change) { s.http.Changed(c) },
	}, log)
	if err != nil {
		return nil, err
	}
	s.http, err = httpapi.New(cfg, httpapi.Deps{
		Catalog: cat, Set: set, Atlas: s.rooms.atlas, Query: s.rooms.query, Ingest: s.rooms.ingest,
		Callers: f.whoAsks(s.rooms.callers),
		Audit:   callers.NewAudit(s.rooms.conn, time.Now), Publications: publications.NewStore(s.rooms.conn),
		Gatherer: s.rooms.registry, Registerer: s.rooms.registry,
		Frontend: frontend.FS(), Now: now, Log: log.With("room", "httpapi"), Ready: s.rooms.check,
	})
	if err != nil {
		return nil, errors.Join(err, s.rooms.Close())
	}
	return s, nil
}
