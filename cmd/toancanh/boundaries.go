package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
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
	set, err := geo.ReadGeoJSONDir(dir, info)
	if err != nil {
		return nil, err
	}
	var errs []error
	known := map[string]bool{}
	for _, u := range b.Units {
		known[u.Code] = true
		if _, drawn := set.Unit(u.Code); !drawn {
			errs = append(errs, fmt.Errorf("unit %s (%s) of the catalogue is not in the files", u.Code, u.Name))
		}
	}
	for _, level := range info.Levels {
		for _, u := range set.Units(level.ID) {
			if !known[u.Code] {
				errs = append(errs, fmt.Errorf("unit %s (%s) of the files is not in the catalogue's set %s", u.Code, u.Name, info.ID))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("boundaries in %s do not fit the catalogue:\n%w", dir, err)
	}
	return set, nil
}

type boundariesCommand struct {
	List      boundariesListCommand      `cmd:"" help:"List the boundary sets of a catalogue."`
	Check     boundariesCheckCommand     `cmd:"" help:"Check a directory of boundaries against a catalogue."`
	Crosswalk boundariesCrosswalkCommand `cmd:"" help:"Make or check a crosswalk between two boundary sets."`
}

type boundariesListCommand struct {
	catalogFlags
}

// Run prints a line for each boundary set.
func (c *boundariesListCommand) Run() error {
	cat, err := c.loadCatalog()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SET\tIN FORCE\tROOT\tUNITS")
	for _, b := range cat.BoundarySets {
		until := "still"
		if b.Info.InForceTo.IsValid() {
			until = b.Info.InForceTo.String()
		}
		fmt.Fprintf(w, "%s\t%s to %s\t%s\t%d\n", b.Info.ID, b.Info.InForceFrom, until, b.Info.Root, len(b.Units))
	}
	return w.Flush()
}

type boundariesCheckCommand struct {
	catalogFlags
	On string `help:"Day whose boundary set is meant; without it the day a demonstration starts, or today." placeholder:"YYYY-MM-DD"`
}

// Run draws the set of --boundaries, or the schematic one, and says what it has.
func (c *boundariesCheckCommand) Run() error {
	cat, err := c.loadCatalog()
	if err != nil {
		return err
	}
	now := time.Now()
	switch {
	case c.On != "":
		if now, err = time.ParseInLocation(time.DateOnly, c.On, cat.Location); err != nil {
			return fmt.Errorf("--on: %w", err)
		}
	case cat.Demonstration != nil:
		now = cat.Demonstration.Now
	}
	set, err := c.loadSet(cat, now)
	if err != nil {
		return err
	}
	info := set.Info()
	fmt.Printf("%s of %s, version %s\n", info.ID, cat.ID, set.Version())
	for _, level := range info.Levels {
		fmt.Printf("  %d of level %s\n", len(set.Units(level.ID)), level.ID)
	}
	return nil
}
