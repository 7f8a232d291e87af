package main

import (
	"fmt"
	"os"

	"github.com/toancanh/toancanh/query/catalog"
)

type catalogCommand struct {
	Check catalogCheckCommand `cmd:"" help:"Check a catalogue and print every finding."`
}

type catalogCheckCommand struct {
	Dir string `arg:"" type:"existingdir" help:"Directory of the catalogue."`
}

// Run prints what the catalogue holds, or fails with all that is wrong in it.
func (c *catalogCheckCommand) Run() error {
	cat, err := catalog.Load(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	units := 0
	for _, b := range cat.BoundarySets {
		units += len(b.Units)
	}
	fmt.Printf("%s: %d boundary sets with %d units, %d measures, %d indicators, %d agencies, %d tasks; version %s\n",
		cat.ID, len(cat.BoundarySets), units, len(cat.Measures), len(cat.Indicators), len(cat.Agencies), len(cat.Tasks), cat.Version)
	return nil
}
