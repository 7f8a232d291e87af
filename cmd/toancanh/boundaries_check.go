package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

type boundariesCheckCommand struct {
	catalogFlags
	boundaryFlags
	On    string   `help:"Day whose boundary set is meant when no files are given; without it the day a demonstration starts, or today." placeholder:"YYYY-MM-DD"`
	Paths []string `arg:"" optional:"" name:"file" type:"existingpath" help:"Files of boundaries or directories; without them the map of the catalogue is checked."`
}

// Run checks files as an import does; without files it draws the set of --boundaries, or
// the schematic one, and says what it has.
func (c *boundariesCheckCommand) Run(ctx context.Context) error {
	if len(c.Paths) == 0 {
		return c.checkMap()
	}
	cat, err := c.loadCatalog()
	if err != nil {
		return err
	}
	m, err := c.read(ctx, cat, c.Paths)
	if err != nil {
		return err
	}
	err = c.refusal(cat, m)
	if err == nil {
		_, err = m.Set() // whether it can be drawn
	}
	return errors.Join(newImportReport(m).print(os.Stdout, c.JSON), err)
}

func (c *boundariesCheckCommand) checkMap() error {
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
