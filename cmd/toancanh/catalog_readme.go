package main

import (
	"os"

	"github.com/toancanh/toancanh/query/catalog"
)

type catalogReadmeCommand struct {
	Dir string `arg:"" type:"existingdir" help:"Directory of the catalogue."`
}

// Run prints a description of the catalogue for people: tasks, indicators, measures, agencies.
func (c *catalogReadmeCommand) Run() error {
	cat, err := catalog.Load(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(cat.Readme())
	return err
}
