package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
	"github.com/toancanh/toancanh/query/catalog"
)

type boundariesListCommand struct {
	warehouseFlags
	Catalog string `help:"Directory of a catalogue; without it the built-in one." placeholder:"DIR"`
	JSON    bool   `name:"json" help:"Print JSON instead of a table."`
}

// listedSet is a line of the list.
type listedSet struct {
	Set         string           `json:"set"`
	Name        string           `json:"name,omitempty"`
	InForceFrom string           `json:"in_force_from"`
	InForceTo   string           `json:"in_force_to,omitempty"` // empty while in force
	Root        string           `json:"root"`
	PartOf      string           `json:"part_of,omitempty"`
	Levels      []geo.LevelCount `json:"levels"`
	Stored      bool             `json:"stored"`
	Version     string           `json:"version,omitempty"` // of a stored one
	Source      string           `json:"source,omitempty"`
	Licence     string           `json:"licence,omitempty"`
}

// Run prints a line for each boundary set.
func (c *boundariesListCommand) Run(ctx context.Context, log *slog.Logger) error {
	cat, err := catalogFlags{Catalog: c.Catalog}.loadCatalog()
	if err != nil {
		return err
	}
	sheets, err := c.stored(ctx, log)
	if err != nil {
		return err
	}
	list := []listedSet{}
	for _, b := range cat.BoundarySets {
		list = append(list, catalogueLine(b))
	}
	for _, s := range sheets {
		list = append(list, storedLine(s))
	}
	slices.SortStableFunc(list, func(a, b listedSet) int { return strings.Compare(a.InForceFrom, b.InForceFrom) })
	if c.JSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	}
	return printSets(os.Stdout, list)
}

// stored lists the sets of the warehouse; a data directory that was never used has none,
// and is not made by looking.
func (c *boundariesListCommand) stored(ctx context.Context, log *slog.Logger) (_ []atlas.Sheet, err error) {
	if _, missing := os.Stat(filepath.Join(c.Data, "engine")); c.Clickhouse == "" && errors.Is(missing, os.ErrNotExist) {
		return nil, nil
	}
	store, closing, err := openStore(ctx, c.warehouseFlags, log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closing()) }()
	return store.List(ctx)
}

func catalogueLine(b catalog.BoundarySet) listedSet {
	line := lineOf(b.Info)
	line.Name = b.Name.Vi
	for _, level := range b.Info.Levels {
		n := 0
		for _, u := range b.Units {
			if u.Level == level.ID {
				n++
			}
		}
		line.Levels = append(line.Levels, geo.LevelCount{Level: level.ID, Units: n})
	}
	return line
}

func storedLine(s atlas.Sheet) listedSet {
	line := lineOf(s.Info)
	line.Stored, line.Version, line.Levels = true, s.Version, s.Levels
	return line
}

func lineOf(info geo.SetInfo) listedSet {
	line := listedSet{
		Set: info.ID, Name: info.Name, InForceFrom: info.InForceFrom.String(), Root: info.Root, PartOf: info.PartOf.Code,
		Source: info.Source, Licence: info.Licence,
	}
	if info.InForceTo.IsValid() {
		line.InForceTo = info.InForceTo.String()
	}
	return line
}

func printSets(w io.Writer, list []listedSet) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SET\tIN FORCE\tROOT\tUNITS\tFROM\tVERSION")
	for _, s := range list {
		until, from, root := s.InForceTo, "catalogue", s.Root
		if until == "" {
			until = "still"
		}
		if s.Stored {
			from = "import"
		}
		if s.PartOf != "" {
			root += " in " + s.PartOf
		}
		var units []string
		for _, level := range s.Levels {
			units = append(units, fmt.Sprintf("%d %s", level.Units, level.Level))
		}
		fmt.Fprintf(table, "%s\t%s to %s\t%s\t%s\t%s\t%s\n", s.Set, s.InForceFrom, until, root, strings.Join(units, ", "), from, s.Version)
	}
	return table.Flush()
}
