package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// catalogFlags say which programme is shown on which map.
type catalogFlags struct {
	Catalog    string `help:"Directory of a catalogue; without it the built-in one of Vĩnh Phúc." placeholder:"DIR"`
	Boundaries string `help:"Directory of real boundaries (communes.geojson and the levels above); without it the map is schematic." placeholder:"DIR"`
}

// load reads the catalogue and draws the boundary set in force now.
func (f catalogFlags) load(now time.Time) (*catalog.Catalog, *geo.Set, error) {
	cat, err := f.loadCatalog()
	if err != nil {
		return nil, nil, err
	}
	set, err := f.loadSet(cat, now)
	return cat, set, err
}

func (f catalogFlags) loadCatalog() (*catalog.Catalog, error) {
	if f.Catalog != "" {
		return catalog.Load(os.DirFS(f.Catalog))
	}
	return catalog.Load(catalogs.VinhPhuc())
}

// rooms are the parts of a running program that figures pass through. They are opened
// bottom up and closed top down, so that nobody loses what they stand on.
type rooms struct {
	catalog  *catalog.Catalog
	set      *geo.Set
	registry *prometheus.Registry
	engine   *embedded
	conn     driver.Conn
	ingest   *ingest.Service
	query    *query.Service // the first one; Current is in use
	atlas    *atlas.Atlas
	now      func() time.Time
	log      *slog.Logger
	callers  *callers.Registry
	keeping  *keeping
	options  roomOptions

	stopIngest context.CancelFunc
	drained    chan error
}

// roomOptions is what differs between serving, the demonstration and sending files.
type roomOptions struct {
	warehouse warehouseFlags
	journal   ingest.Outside // where it is kept, unless in the data directory
	limit     int64          // bytes it may hold
	leave     bool           // it was in NATS and is in the data directory from now on
	now       func() time.Time
	changed   func(ingest.Change) // told after the caches were; may be nil
	series    query.SeriesLimit   // of metrics
}

// openRooms starts the warehouse and prepares the questions and the pipeline; start sets them going.
func openRooms(ctx context.Context, cat *catalog.Catalog, set *geo.Set, o roomOptions, log *slog.Logger) (_ *rooms, err error) {
	r := &rooms{catalog: cat, set: set, registry: prometheus.NewRegistry(), now: o.now, log: log, options: o}
	r.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.keeping = newKeeping(r.registry)
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	dsn, host, err := startWarehouse(ctx, o.warehouse, log)
	if err != nil {
		return nil, err
	}
	r.engine = host
	if host != nil {
		r.registry.MustRegister(engine.NewCollector(host.engine))
	}
	if r.conn, err = warehouse.Open(ctx, dsn, log); err != nil {
		return r, err
	}
	r.callers = callers.NewRegistry(callers.NewStore(r.conn, time.Now), cat, time.Now, log.With("room", "callers"))
	if err = r.callers.Load(ctx); err != nil {
		return r, err
	}
	if r.query, err = query.New(query.Deps{
		Warehouse: r.conn, Catalog: cat, Set: set, Now: o.now,
		Log: log.With("room", "query"), Registerer: r.registry, Series: o.series,
	}); err != nil {
		return r, err
	}
	if r.ingest, err = r.newIngest(o, log); err != nil {
		return r, err
	}
	r.atlas, err = newAtlas(cat, set, r.conn, log)
	return r, err
}

// newAtlas lists all boundary sets: the one in use, the catalogue's others as schematic
// maps, and those stored in the warehouse.
func newAtlas(cat *catalog.Catalog, inUse *geo.Set, conn driver.Conn, log *slog.Logger) (*atlas.Atlas, error) {
	own := []*geo.Set{inUse}
	for _, b := range cat.BoundarySets {
		if b.Info.ID == inUse.Info().ID {
			continue
		}
		set, err := schematicSet(b)
		if err != nil {
			return nil, err
		}
		own = append(own, set)
	}
	return atlas.New(atlas.DefaultConfig(), atlas.NewStore(conn, time.Now), own, log.With("room", "atlas"))
}

func (r *rooms) newIngest(o roomOptions, log *slog.Logger) (*ingest.Service, error) {
	cfg := ingest.DefaultConfig()
	cfg.Dir, cfg.Outside, cfg.JournalBytes = journalDir(o.warehouse.Data), o.journal, o.limit
	return ingest.New(cfg, ingest.Deps{
		Catalog: r.catalog, Warehouse: r.conn, Now: o.now,
		Log: log.With("room", "ingest"), Registerer: r.registry,
		OnAside: func(a ingest.Aside) { recordAside(r.conn, r.log, a) },
		OnApplied: func(c ingest.Change) {
			r.query.Applied(c.DataVersion, c.Measures, c.Tasks)
			if o.changed != nil {
				o.changed(c)
			}
		},
	})
}

// launch sets the rooms going. The pipeline runs until Close, not until ctx ends, so that what is under way on an interrupt is
// still taken in.
func (r *rooms) launch(ctx context.Context) error {
	if err := r.oneJournal(ctx); err != nil {
		return err
	}
	now := r.now()
	if err := r.begin(ctx, now, r.log); err != nil {
		return err
	}
	if err := errors.Join(r.query.Start(ctx), r.atlas.Refresh(ctx)); err != nil {
		return err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.stopIngest, r.drained = cancel, make(chan error, 1)
	go func() { r.drained <- r.ingest.Run(running) }()
	r.keepWaiting(running, now, r.log)
	return nil
}

// start sets the rooms going and waits until the pipeline accepts.
func (r *rooms) start(ctx context.Context) error {
	if err := r.launch(ctx); err != nil {
		return err
	}
	return r.accepting(ctx)
}

// accepting waits until the pipeline accepts.
func (r *rooms) accepting(ctx context.Context) error {
	return r.alongside(ctx, func(ctx context.Context) error {
		select {
		case <-r.ingest.Ready():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// questionsFirst is how long a server that starts waits for the pipeline. Then it answers questions while its journal is not open,
// because the disk is full or NATS is away; senders are told to come again.
const questionsFirst = 5 * time.Second

// startServing sets the rooms going and waits until the pipeline accepts, or has let others wait for long enough.
func (r *rooms) startServing(ctx context.Context) error {
	if err := r.launch(ctx); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeoutCause(ctx, questionsFirst, errNotAccepting)
	defer cancel()
	err := r.accepting(bounded)
	if err != nil && errors.Is(context.Cause(bounded), errNotAccepting) && errors.Is(err, context.DeadlineExceeded) {
		r.log.Warn("questions are answered; figures are taken once the journal is open")
		return nil
	}
	return err
}

var errNotAccepting = errors.New("the journal is not open yet")

// warm asks what every page asks first, so that the figures are in memory when somebody comes: after a start the whole of it
// is read from the warehouse once. Who comes earlier waits for the same reading.
func (r *rooms) warm(ctx context.Context) {
	if _, err := r.query.Current().Profile(ctx, query.ProfileQuestion{}); err != nil && ctx.Err() == nil {
		r.log.Warn("figures are not in memory yet: the first who asks will wait", "err", err)
	}
}

// oneJournal refuses a journal in the data directory while workers write what is in another one: both would number from where
// the warehouse ends, and figures would get lost.
func (r *rooms) oneJournal(ctx context.Context) error {
	if r.options.journal.URL != "" {
		return nil
	}
	workers, err := ingest.WrittenByWorkers(ctx, r.conn)
	switch {
	case err != nil || !workers:
		return err
	case r.options.leave:
		return ingest.LeaveWorkers(ctx, r.conn)
	}
	return errors.New("workers write this warehouse: name the NATS they share with --nats, or go back to a journal of your own with --leave-nats (ingest/README.md)")
}

// alongside runs work until it returns or the pipeline ends before it. A pipeline ends by
// itself only for what an operator has to mend; a server that went on without it would
// look well and refuse every figure.
func (r *rooms) alongside(ctx context.Context, work func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	finished := make(chan struct{})
	group.Go(func() error {
		defer close(finished)
		return work(ctx)
	})
	group.Go(func() error {
		select {
		case err := <-r.drained:
			r.drained <- err // Close waits for it too
			return fmt.Errorf("the pipeline ended: %w", err)
		case <-finished:
			return nil
		}
	})
	return group.Wait()
}

// check says whether the rooms can serve: the warehouse answers.
func (r *rooms) check(ctx context.Context) error { return r.conn.Ping(ctx) }

// Close drains the pipeline, then closes what it stood on.
func (r *rooms) Close() error {
	var errs []error
	if r.stopIngest != nil {
		r.stopIngest()
		errs = append(errs, <-r.drained)
		if r.keeping.done != nil {
			<-r.keeping.done
		}
	}
	if r.conn != nil {
		errs = append(errs, r.conn.Close())
	}
	return errors.Join(append(errs, r.engine.Close())...)
}
