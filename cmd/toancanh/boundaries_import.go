package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
)

type boundariesImportCommand struct {
	warehouseFlags
	boundaryFlags
	Catalog string   `help:"Directory of a catalogue; without it the built-in one. A set of its id must have its units." placeholder:"DIR"`
	DryRun  bool     `help:"Check everything and store nothing."`
	Paths   []string `arg:"" name:"file" type:"existingpath" help:"Files of boundaries, or directories with a file for each level: GeoJSON, newline-delimited GeoJSON or TopoJSON, also packed with gzip."`
}

// Run reads, checks, reports, and stores the set when nothing forbids it.
func (c *boundariesImportCommand) Run(ctx context.Context, log *slog.Logger) error {
	cat, err := catalogFlags{Catalog: c.Catalog}.loadCatalog()
	if err != nil {
		return err
	}
	m, err := c.read(ctx, cat, c.Paths)
	if err != nil {
		return err
	}
	if !m.Info.InForceFrom.IsValid() {
		return fmt.Errorf("say from which day the units of %s exist with --in-force-from, or name a set of the catalogue with --set", m.Info.ID)
	}
	report := newImportReport(m)
	err = refusal(m)
	if known, ok := cat.BoundarySet(m.Info.ID); ok && err == nil {
		if unfit := fits(known, m.Units); unfit != nil {
			err = fmt.Errorf("the files do not fit the catalogue's set %s; choose another --set, or mend them:\n%w", m.Info.ID, unfit)
		}
	}
	if err == nil && !c.DryRun {
		err = c.store(ctx, m, &report, log)
	}
	return errors.Join(report.print(os.Stdout, c.JSON), err)
}

// refusal says that findings forbid an import.
func refusal(m *geo.Import) error {
	if n := m.Findings.Count(geo.SeverityError); n > 0 {
		return fmt.Errorf("errors forbid the import (%d); nothing was stored", n)
	}
	return nil
}

// store draws the set once, to be sure that a server can, and puts it into the warehouse.
func (c *boundariesImportCommand) store(ctx context.Context, m *geo.Import, report *importReport, log *slog.Logger) (err error) {
	set, err := m.Set()
	if err != nil {
		return err
	}
	store, closing, err := openStore(ctx, c.warehouseFlags, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	_, report.Changed, err = store.Put(ctx, m)
	report.Content, report.Stored = set.Content(), err == nil
	return err
}

// openStore opens the boundary sets of the warehouse; the function closes what it opened.
func openStore(ctx context.Context, f warehouseFlags, log *slog.Logger) (*atlas.Store, func() error, error) {
	dsn, host, err := startWarehouse(ctx, f, log)
	if errors.Is(err, engine.ErrInUse) {
		err = fmt.Errorf("%w: a server works on it. Stop it for the while; or run the engine apart with `toancanh engine` and give its address to both with --clickhouse", err)
	}
	if err != nil {
		return nil, nil, err
	}
	conn, err := warehouse.Open(ctx, dsn, log)
	if err != nil {
		return nil, nil, errors.Join(err, host.Close())
	}
	return atlas.NewStore(conn, time.Now), func() error { return errors.Join(conn.Close(), host.Close()) }, nil
}
