package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/golang-sql/civil"
	"github.com/paulmach/orb"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// loadSet draws the boundary set in force on the clock's day: schematic from its unit facts,
// or with the real boundaries of a directory. Those must be the catalogue's units.
func (f catalogFlags) loadSet(cat *catalog.Catalog, now time.Time) (*geo.Set, error) {
	day := civil.DateOf(now.In(cat.Location))
	b, ok := cat.BoundarySetAt(day)
	if !ok {
		return nil, fmt.Errorf("the catalogue has no boundary set in force on %s", day)
	}
	if f.Boundaries != "" {
		return realSet(b, f.Boundaries)
	}
	return schematicSet(b)
}

// schematicSet draws a boundary set of the catalogue from its unit facts.
func schematicSet(b catalog.BoundarySet) (*geo.Set, error) {
	units := make([]geo.Unit, len(b.Units))
	for i, u := range b.Units {
		units[i] = u.Unit
	}
	ring := make(orb.Ring, len(b.Outline))
	for i, p := range b.Outline {
		ring[i] = orb.Point(p)
	}
	info := b.Info
	info.Schematic = true
	return geo.Schematic(info, units, ring)
}

// realSet reads the boundaries of a directory and holds them against the catalogue: figures
// are checked by its units, so a map of others would show some of them nowhere.
func realSet(b catalog.BoundarySet, dir string) (*geo.Set, error) {
	info := b.Info
	info.Schematic, info.Licence = false, ""
	info.Source = filepath.Base(filepath.Clean(dir)) // what the files are is the operator's to know; never a path of the machine
	sources, err := geo.DirSources(dir)
	if err != nil {
		return nil, err
	}
	m, err := geo.ReadImport(context.Background(), sources, geo.ImportOptions{Info: info, Tolerance: geo.DefaultTolerance()})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(fits(b, m.Units), m.Err()); err != nil {
		return nil, fmt.Errorf("boundaries in %s do not fit the catalogue, or are not sound:\n%w", dir, err)
	}
	return m.Set()
}

// fits says which units of a boundary set of the catalogue are not among some others, and
// the other way round.
func fits(b catalog.BoundarySet, units []geo.Unit) error {
	var errs []error
	known, drawn := map[string]bool{}, map[string]bool{}
	for _, u := range units {
		drawn[u.Code] = true
	}
	for _, u := range b.Units {
		known[u.Code] = true
		if !drawn[u.Code] {
			errs = append(errs, fmt.Errorf("unit %s (%s) of the catalogue is not in the files", u.Code, u.Name))
		}
	}
	for _, u := range units {
		if !known[u.Code] {
			errs = append(errs, fmt.Errorf("unit %s (%s) of the files is not in the catalogue's set %s", u.Code, u.Name, b.Info.ID))
		}
	}
	return errors.Join(errs...)
}

type boundariesCommand struct {
	Import    boundariesImportCommand    `cmd:"" help:"Check files of boundaries and store them as a set."`
	List      boundariesListCommand      `cmd:"" help:"List the boundary sets of the catalogue and those stored."`
	Check     boundariesCheckCommand     `cmd:"" help:"Check files of boundaries, or the map of a catalogue, and store nothing."`
	Remove    boundariesRemoveCommand    `cmd:"" help:"Remove a stored boundary set."`
	Schematic boundariesSchematicCommand `cmd:"" help:"Draw a schematic map from the unit facts of a catalogue."`
	Crosswalk boundariesCrosswalkCommand `cmd:"" help:"Make or check a crosswalk between two boundary sets."`
}
