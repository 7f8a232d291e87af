package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
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
	err = c.refusal(cat, m)
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

// refusal says that findings forbid an import, and that files which are not those of a set of the catalogue may be another one.
func (f *boundaryFlags) refusal(cat *catalog.Catalog, m *geo.Import) error {
	n := m.Findings.Count(geo.SeverityError)
	if n == 0 {
		return nil
	}
	err := fmt.Errorf("errors forbid the import (%d); nothing was stored", n)
	known, ok := cat.BoundarySet(f.Set)
	strange := func(f geo.Finding) bool { return f.Kind == geo.KindSetLevel }
	if !ok || len(f.Levels) > 0 || !slices.ContainsFunc(m.Findings, strange) {
		return err
	}
	levels := make([]string, len(known.Info.Levels))
	for i, level := range known.Info.Levels {
		levels[i] = level.ID
	}
	return fmt.Errorf("%w. The catalogue has a set %s already, with the levels %s; choose another --set to keep the files beside it, or mend them",
		err, f.Set, strings.Join(levels, ", "))
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
	if err != nil || !report.Changed {
		return err
	}
	return store.record(ctx, callers.BoundariesImported, m.Info.ID, map[string]string{"content": report.Content})
}

// boundaryStore is the boundary sets of the warehouse with the record of changes.
type boundaryStore struct {
	*atlas.Store
	audit *callers.Audit
}

// record writes a change down. It is done already: a record that cannot be written is told, and does not undo it.
func (s boundaryStore) record(ctx context.Context, action callers.Action, set string, details map[string]string) error {
	who := console()
	for name, text := range who.Details {
		details[name] = text
	}
	return s.audit.Record(ctx, callers.Entry{Action: action, Caller: who.Caller, Subject: set, Details: details})
}

// openStore opens the boundary sets of the warehouse, that of a running server too; the function closes what it opened.
func openStore(ctx context.Context, f warehouseFlags, log *slog.Logger) (boundaryStore, func() error, error) {
	conn, closing, err := reach(ctx, f, log)
	if err != nil {
		return boundaryStore{}, nil, err
	}
	return boundaryStore{atlas.NewStore(conn, time.Now), callers.NewAudit(conn, time.Now)}, closing, nil
}
