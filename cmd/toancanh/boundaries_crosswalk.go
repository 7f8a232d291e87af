package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

type boundariesCrosswalkCommand struct {
	Catalog string `help:"Directory of a catalogue; without it the built-in one of Vĩnh Phúc." placeholder:"DIR"`

	From string `required:"" help:"The older set: its id in the catalogue, or a directory of boundaries." placeholder:"SET"`
	To   string `required:"" help:"The younger set, likewise." placeholder:"SET"`
	File string `arg:"" optional:"" help:"CSV with a row for each old unit and the new one it went to; - for standard input. Without it the polygons are laid over each other." placeholder:"FILE"`

	OldColumn    string `help:"Column with the old code; without it old_code, old or from." placeholder:"COLUMN"`
	NewColumn    string `help:"Column with the new code; without it new_code, new or to." placeholder:"COLUMN"`
	WeightColumn string `help:"Column with the share of the old unit; without it weight, share or area_share, or whole units." placeholder:"COLUMN"`
	AmountColumn string `help:"Column with the people or the ground of each part, to make shares of." placeholder:"COLUMN"`
	BasisColumn  string `help:"Column with legal, population or area; without it basis." placeholder:"COLUMN"`
	SourceColumn string `help:"Column that says where a row is from; without it source." placeholder:"COLUMN"`

	Basis     string  `enum:"legal,population,area" default:"legal" help:"Basis of rows that name none: legal, population or area."`
	Rest      bool    `help:"Take what is missing to 1 to lie outside the younger set."`
	Strangers bool    `help:"Take new units that are not in the younger set to lie outside it."`
	Least     float64 `default:"0.0005" help:"Share of an old unit below which a piece of an overlay is noise."`
	Source    string  `help:"Where an overlay is from, for its rows."`
}

// Run prints a crosswalk as a catalogue has it, and on standard error how exact it is and
// what left the root.
func (c *boundariesCrosswalkCommand) Run(ctx context.Context) error {
	cat, err := catalogFlags{Catalog: c.Catalog}.loadCatalog()
	if err != nil {
		return err
	}
	from, err := c.set(cat, c.From)
	if err != nil {
		return err
	}
	to, err := c.set(cat, c.To)
	if err != nil {
		return err
	}
	walk, err := c.walk(ctx, from, to)
	if err != nil {
		return err
	}
	if err := walk.WriteCSV(os.Stdout); err != nil {
		return err
	}
	c.tell(walk)
	return nil
}

// set finds a set of the catalogue by its id, without shapes, or reads a directory.
func (c *boundariesCrosswalkCommand) set(cat *catalog.Catalog, name string) (*geo.Set, error) {
	timeline, err := cat.Timeline()
	if err != nil {
		return nil, err
	}
	if set, known := timeline.Set(name); known {
		return set, nil
	}
	if stat, err := os.Stat(name); err != nil || !stat.IsDir() {
		return nil, fmt.Errorf("%s is neither a boundary set of the catalogue nor a directory of boundaries", name)
	}
	return geo.ReadGeoJSONDir(name, geo.SetInfo{ID: filepath.Base(filepath.Clean(name))})
}

func (c *boundariesCrosswalkCommand) walk(ctx context.Context, from, to *geo.Set) (*geo.Crosswalk, error) {
	if c.File == "" {
		return geo.FromOverlay(ctx, from, to, geo.Overlay{Least: c.Least, Source: c.Source})
	}
	file := os.Stdin
	if c.File != "-" {
		var err error
		if file, err = os.Open(c.File); err != nil {
			return nil, fmt.Errorf("crosswalk: %w", err)
		}
		defer file.Close()
	}
	walk, err := geo.ReadCrosswalk(file, from, to, geo.CrosswalkCSV{
		Old: c.OldColumn, New: c.NewColumn, Weight: c.WeightColumn, Amount: c.AmountColumn, Basis: c.BasisColumn, Source: c.SourceColumn,
		DefaultBasis: geo.Basis(c.Basis), Rest: c.Rest, Strangers: c.Strangers,
	})
	var findings geo.RowFindings
	if errors.As(err, &findings) {
		return nil, fmt.Errorf("%s does not fit %s and %s, line:column:\n%w", filepath.Base(c.File), c.From, c.To, err)
	}
	return walk, err
}

// tell sums a crosswalk up.
func (c *boundariesCrosswalkCommand) tell(walk *geo.Crosswalk) {
	olds, whole := map[string]bool{}, 0
	for _, l := range walk.Links() {
		olds[l.Old] = true
		if l.Whole() {
			whole++
		}
	}
	fmt.Fprintf(os.Stderr, "%s to %s: %d units, of which %d went as a whole; %d units of the younger set took in nothing\n",
		walk.From(), walk.To(), len(olds), whole, len(walk.Fresh()))
	for _, l := range walk.Leakage() {
		share, _ := l.Weight.Float64()
		fmt.Fprintf(os.Stderr, "  %s: %.2f per cent of it lies outside %s\n", l.Old, 100*share, walk.To())
	}
}
