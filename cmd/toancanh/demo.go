package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/ingest/demo"
	"github.com/toancanh/toancanh/query/catalog"
)

type demoCommand struct {
	serverFlags
}

// Run fills the warehouse with demonstration figures through the door that real ones take,
// then serves them and streams new ones until interrupted.
func (c *demoCommand) Run(ctx context.Context, log *slog.Logger) (err error) {
	began := time.Now()
	cat, err := c.loadCatalog()
	if err != nil {
		return err
	}
	dir := filepath.Join(c.Data, "demo")
	clock, err := demo.OpenClock(dir, cat, time.Now, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clock.Close()) }()
	set, err := c.loadSet(cat, later(clock.Now(), cat.Demonstration.Now))
	if err != nil {
		return err
	}
	s, err := openServer(ctx, c.serverFlags, cat, set, clock.Now, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.rooms.Close()) }()
	if err := s.rooms.refuse(ctx, realFigures); err != nil {
		return err
	}
	if err := s.rooms.start(ctx); err != nil {
		return err
	}
	cfg := demo.DefaultConfig()
	cfg.Dir = dir
	source, err := demo.New(cfg, cat, clock, s.rooms.ingest, log.With("room", "demo"))
	if err != nil {
		return err
	}
	loading := func(ctx context.Context) error { return source.Load(ctx, printProgress()) }
	if err := s.rooms.alongside(ctx, loading); err != nil {
		return err
	}
	reload := s.reloader(c.catalogFlags, demonstrationOnly, clock.Now, log)
	return s.run(ctx, func(ctx context.Context, address string) error {
		fmt.Printf("\nToàn Cảnh: %s://%s  (demonstration figures; ready after %.1f s; Ctrl-C stops)\n\n", c.scheme(), address, time.Since(began).Seconds())
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return source.Live(ctx) })
		group.Go(func() error { return reload.run(ctx) })
		group.Go(func() error { s.rooms.warm(ctx); return nil })
		group.Go(func() error {
			return verifyNowAndThen(ctx, c.VerifyEvery, s.rooms.query.Current, log.With("room", "verify"))
		})
		return group.Wait()
	})
}

// demonstrationOnly leaves a catalogue as it is: one that is no demonstration any more is
// refused as a breaking change. The figures that are made up go on by the model they began with.
func demonstrationOnly(c *catalog.Catalog) *catalog.Catalog { return c }

// later is the day the demonstration is looked at from: while the history is still to be
// loaded, its clock stands years before.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// printProgress gives a function that tells now and then how far the history has come.
func printProgress() func(demo.Progress) {
	var last time.Time
	return func(p demo.Progress) {
		if p.Days == p.Total || time.Since(last) > time.Second {
			last = time.Now()
			fmt.Printf("demonstration figures: %s, %d of %d days, %d rows\n", p.Day, p.Days, p.Total, p.Rows)
		}
	}
}
