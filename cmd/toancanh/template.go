package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/ingest/template"
	"github.com/toancanh/toancanh/query/catalog"
)

type templateCommand struct {
	catalogFlags
	Dataset string `default:"observations" enum:"observations,population,task-progress" help:"What the workbook is to hold."`
	Agency  string `help:"Only what this agency reports; without it, everything." placeholder:"ID"`
	Unit    string `help:"This unit, or those below it; without it, the whole territory." placeholder:"CODE"`
	Period  string `help:"Day or period reported about (2022-11-20, s2022-11); without it, today." placeholder:"PERIOD"`
	Out     string `required:"" help:"File to write, - for standard output." placeholder:"FILE"`
}

// Run writes a workbook to report in, made from the catalogue.
func (c *templateCommand) Run() (err error) {
	cat, err := c.loadCatalog()
	if err != nil {
		return err
	}
	period := catalog.PeriodOf(catalog.Day, civil.DateOf(time.Now().In(cat.Location)))
	if c.Period != "" {
		if period, err = catalog.ParsePeriod(c.Period); err != nil {
			return err
		}
	}
	out, err := create(c.Out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	err = template.Write(out, template.Order{Catalogue: cat, Dataset: c.Dataset, Agency: c.Agency, Unit: c.Unit, Period: period})
	if err != nil {
		return err
	}
	if c.Out != "-" {
		fmt.Println(c.Out)
	}
	return nil
}

func create(file string) (io.WriteCloser, error) {
	if file == "-" {
		return struct {
			io.Writer
			io.Closer
		}{os.Stdout, io.NopCloser(nil)}, nil
	}
	return os.Create(file)
}
