// Package atlas keeps boundary sets in the warehouse, so that every server process sees
// the same ones, and gives them drawn: those of the catalogue at once, stored ones when
// they are first asked for.
package atlas

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/toancanh/toancanh/geo"
)

// Config says how often the warehouse is looked at and how much is kept in memory.
type Config struct {
	Every time.Duration // between two looks for sets that other processes stored
	Units uint64        // of drawn sets that are kept, beside those of the catalogue
}

// DefaultConfig keeps three sets the size of the country.
func DefaultConfig() Config { return Config{Every: 5 * time.Second, Units: 12_000} }

// Atlas lists the boundary sets there are and gives them drawn. It is safe for
// concurrent use, and what it hands out never changes.
type Atlas struct {
	cfg   Config
	store *Store // nil without a warehouse
	own   []*geo.Set
	log   *slog.Logger
	drawn *otter.Cache[string, *geo.Set] // stored ones, by content
	now   atomic.Pointer[edition]
	seen  [2]uint64 // revision the edition is of; only Refresh uses it
}

// edition is the list at one moment. Sets of the catalogue are drawn in it.
type edition struct {
	sheets []Sheet
	sets   map[string]*geo.Set // by id: those of the catalogue, or what has taken their place
	tag    string
}

// New makes an atlas of the catalogue's sets and of those in a store, which may be nil.
// Stored sets are listed after the first Refresh.
func New(cfg Config, store *Store, own []*geo.Set, log *slog.Logger) (*Atlas, error) {
	drawn, err := otter.New(&otter.Options[string, *geo.Set]{
		MaximumWeight: cfg.Units,
		Weigher: func(_ string, s *geo.Set) uint32 {
			return uint32(min(uint64(len(s.Units(""))), cfg.Units/2)) // the largest one is kept too
		},
	})
	if err != nil {
		return nil, fmt.Errorf("atlas: %w", err)
	}
	a := &Atlas{cfg: cfg, store: store, own: own, log: log, drawn: drawn}
	a.now.Store(a.catalogueOnly())
	return a, nil
}

func (a *Atlas) catalogueOnly() *edition {
	e := &edition{sets: map[string]*geo.Set{}}
	for _, set := range a.own {
		sheet := sheetOf(set)
		e.sheets = append(e.sheets, sheet)
		e.sets[sheet.Info.ID] = set
	}
	e.mark()
	return e
}

// mark puts the list in order and gives it its tag.
func (e *edition) mark() {
	slices.SortStableFunc(e.sheets, func(x, y Sheet) int {
		return x.Info.InForceFrom.In(time.UTC).Compare(y.Info.InForceFrom.In(time.UTC))
	})
	var tag []byte
	for _, s := range e.sheets {
		tag = fmt.Appendf(tag, "%s %s ", s.Info.ID, s.Version)
	}
	e.tag = string(tag)
}

// Run looks for changes of the store until ctx ends. While the warehouse does not answer,
// the list stays as it was.
func (a *Atlas) Run(ctx context.Context) {
	if a.store == nil {
		return
	}
	ticker := time.NewTicker(a.cfg.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := a.Refresh(ctx); err != nil && ctx.Err() == nil {
				a.log.Warn("boundary sets were not looked up; those known go on being served", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// Refresh looks at the store once. What is served goes on being served until its
// successor is drawn; a set that cannot be read is left out and said so in the log.
func (a *Atlas) Refresh(ctx context.Context) error {
	if a.store == nil {
		return nil
	}
	last, rows, err := a.store.Revision(ctx)
	if err != nil {
		return err
	}
	if seen := [2]uint64{last, rows}; seen == a.seen {
		return nil
	} else if err := a.renew(ctx); err != nil {
		return err
	} else {
		a.seen = seen
	}
	return nil
}

func (a *Atlas) renew(ctx context.Context) error {
	stored, err := a.store.List(ctx)
	if err != nil {
		return err
	}
	before, e := a.now.Load(), a.catalogueOnly()
	for _, sheet := range stored {
		place := slices.IndexFunc(e.sheets, func(s Sheet) bool { return s.Info.ID == sheet.Info.ID })
		if place < 0 {
			a.prepare(ctx, before, sheet)
			e.sheets = append(e.sheets, sheet)
			continue
		}
		set, err := a.successor(ctx, e.sets[sheet.Info.ID], sheet)
		if err != nil {
			a.log.Warn("a stored boundary set cannot take the place of the one in use", "set", sheet.Info.ID, "error", err)
			continue
		}
		e.sheets[place], e.sets[sheet.Info.ID] = sheet, set
	}
	e.mark()
	a.now.Store(e)
	a.log.Info("boundary sets", "listed", len(e.sheets), "stored", len(stored))
	return nil
}

// successor draws a stored set that is to take the place of a schematic one.
func (a *Atlas) successor(ctx context.Context, own *geo.Set, sheet Sheet) (*geo.Set, error) {
	if !own.Info().Schematic {
		return nil, errors.New("the server was started with real boundaries of its own")
	}
	set, err := a.load(ctx, sheet)
	if err != nil {
		return nil, err
	}
	return set, sameUnits(own, set)
}

// prepare draws the successor of a set that is in memory, so that nobody waits for it.
func (a *Atlas) prepare(ctx context.Context, before *edition, sheet Sheet) {
	for _, old := range before.sheets {
		if _, drawn := a.drawn.GetIfPresent(old.content); old.Info.ID == sheet.Info.ID && old.content != sheet.content && drawn {
			if _, err := a.load(ctx, sheet); err != nil {
				a.log.Warn("a boundary set cannot be drawn", "set", sheet.Info.ID, "error", err)
			}
		}
	}
}

// sameUnits says whether two sets have the same units in the same places of the tree:
// figures of one can then be shown on the other.
func sameUnits(own, other *geo.Set) error {
	for _, u := range own.Units("") {
		o, ok := other.Unit(u.Code)
		if !ok {
			return fmt.Errorf("it has no unit %s (%s)", u.Code, u.Name)
		}
		if o.Level != u.Level || o.Parent != u.Parent {
			return fmt.Errorf("unit %s (%s) is of level %s in %q, in the catalogue of level %s in %q", u.Code, u.Name, o.Level, o.Parent, u.Level, u.Parent)
		}
	}
	if n, want := len(other.Units("")), len(own.Units("")); n != want {
		return fmt.Errorf("it has %d units, the catalogue's set %d", n, want)
	}
	return nil
}

// List gives the sets there are, in the order they came into force.
func (a *Atlas) List() []Sheet { return slices.Clone(a.now.Load().sheets) }

// Tag changes when anything in the list does.
func (a *Atlas) Tag() string { return a.now.Load().tag }

// Own gives a set of the catalogue as it is drawn now, from real boundaries when they
// have been stored under its id; nil for any other id.
func (a *Atlas) Own(id string) *geo.Set { return a.now.Load().sets[id] }

// Set gives a listed set, drawn; the first to ask for a stored one waits for that.
// Unknown ids fail with ErrUnknown.
func (a *Atlas) Set(ctx context.Context, id string) (*geo.Set, error) {
	e := a.now.Load()
	if set, ok := e.sets[id]; ok {
		return set, nil
	}
	for _, sheet := range e.sheets {
		if sheet.Info.ID == id {
			return a.load(ctx, sheet)
		}
	}
	return nil, ErrUnknown
}

// load draws a stored set once for all who ask at the same time. Who leaves does not end
// it for the others.
func (a *Atlas) load(ctx context.Context, sheet Sheet) (*geo.Set, error) {
	return a.drawn.Get(context.WithoutCancel(ctx), sheet.content, otter.LoaderFunc[string, *geo.Set](
		func(ctx context.Context, _ string) (*geo.Set, error) { return a.store.Load(ctx, sheet) }))
}
