package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/query/catalog"
)

// keeping remembers catalogues in the warehouse, for questions as of a time when they were in use. One that a program starts with may
// have to wait for a warehouse that takes nothing, and must not be kept any more once another one is.
type keeping struct {
	kept prometheus.Gauge

	mu      sync.Mutex
	waiting *catalog.Catalog // in use and not kept yet, nil without one
	done    chan struct{}    // closed when nobody tries any more; nil when all went well at once
}

func newKeeping(r prometheus.Registerer) *keeping {
	k := &keeping{kept: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "toancanh_catalog_kept", Help: "1 when the warehouse has the catalogue in use, for questions as of a time; 0 while it does not take it.",
	})}
	r.MustRegister(k.kept)
	return k
}

// keepAgain is how long apart the tries are.
const keepAgain = 2 * time.Second

// keep remembers a catalogue; those that waited are not kept any more.
func (r *rooms) keep(ctx context.Context, c *catalog.Catalog, now time.Time) (since time.Time, err error) {
	r.keeping.mu.Lock()
	defer r.keeping.mu.Unlock()
	if since, err = r.put(ctx, c, now); err == nil {
		r.keeping.waiting = nil
	}
	return since, err
}

func (r *rooms) put(ctx context.Context, c *catalog.Catalog, now time.Time) (since time.Time, err error) {
	archive, err := c.Archive()
	if err != nil {
		return since, err
	}
	since, err = warehouse.KeepCatalogue(ctx, r.conn, warehouse.Catalogue{
		ID: c.ID, Version: c.Version, Since: now, Archive: archive, Demonstration: c.Demonstration != nil,
	})
	if err == nil {
		r.keeping.kept.Set(1)
	}
	return since, err
}

// begin keeps the catalogue a program starts with. What stored figures do not fit is said,
// not refused: whoever starts a program with other definitions means it. A warehouse that does not take it is no reason not to answer.
func (r *rooms) begin(ctx context.Context, now time.Time, log *slog.Logger) error {
	last, ok, err := warehouse.LastCatalogue(ctx, r.conn)
	if err != nil {
		return err
	}
	if ok && last.Version != r.catalog.Version {
		before, err := catalog.LoadArchive(last.Archive)
		if err == nil {
			if !last.Demonstration {
				before = before.WithoutDemonstration()
			}
			err = breaking(before, r.catalog)
		}
		if err != nil {
			log.Warn("the catalogue does not fit what was sent under the one before", "version", r.catalog.Version, "before", last.Version, "error", err)
		}
	}
	if _, err = r.keep(ctx, r.catalog, now); err != nil && ctx.Err() == nil {
		log.Warn("the warehouse does not take the catalogue, trying on; questions are answered with it", "version", r.catalog.Version, "error", err)
		r.keeping.waiting = r.catalog
		return nil
	}
	return err
}

// keepWaiting tries on with the catalogue that waits, if one does, until ctx ends. It counts from the instant it was meant for.
func (r *rooms) keepWaiting(ctx context.Context, since time.Time, log *slog.Logger) {
	if r.keeping.waiting == nil {
		return
	}
	r.query.Accept(since)
	r.keeping.done = make(chan struct{})
	go func() {
		defer close(r.keeping.done)
		for !r.keepNow(ctx, since, log) {
			select {
			case <-time.After(keepAgain):
			case <-ctx.Done():
				return
			}
		}
	}()
}

// keepNow tries once, and tells whether nothing waits any more.
func (r *rooms) keepNow(ctx context.Context, since time.Time, log *slog.Logger) bool {
	k := r.keeping
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.waiting == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := r.put(ctx, k.waiting, since); err != nil {
		return false
	}
	log.Info("the warehouse has the catalogue now", "version", k.waiting.Version)
	k.waiting = nil
	return true
}
