package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/paulmach/orb/geojson"

	"github.com/toancanh/toancanh/geo"
)

type boundariesSchematicCommand struct {
	Catalog string `help:"Directory of a catalogue with unit facts and an outline; without it the built-in one." placeholder:"DIR"`
	Set     string `arg:"" help:"Id of the boundary set in the catalogue."`
	Out     string `help:"File to write, newline-delimited GeoJSON that import reads; without it standard output." type:"path" placeholder:"FILE"`
}

// Run draws the set and writes a feature a line, upper levels first.
func (c *boundariesSchematicCommand) Run() (err error) {
	cat, err := catalogFlags{Catalog: c.Catalog}.loadCatalog()
	if err != nil {
		return err
	}
	b, ok := cat.BoundarySet(c.Set)
	if !ok {
		return fmt.Errorf("the catalogue has no boundary set %q; `toancanh boundaries list` shows which there are", c.Set)
	}
	set, err := schematicSet(b)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return writeLines(os.Stdout, set)
	}
	file, err := os.Create(c.Out)
	if err != nil {
		return fmt.Errorf("boundaries: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return writeLines(file, set)
}

// writeLines writes all units with their shapes.
func writeLines(w io.Writer, set *geo.Set) error {
	buffered := bufio.NewWriter(w)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	for _, u := range set.Units("") {
		shape, _ := set.Shape(u.Code)
		f := geojson.NewFeature(shape)
		f.ID = u.Code
		f.Properties = geojson.Properties{
			"code": u.Code, "name": u.Name, "full_name": u.FullName, "type": u.Type, "name_en": u.NameEn,
			"level": u.Level, "parent_code": u.Parent, "area_km2": u.AreaKm2,
		}
		if err := encoder.Encode(f); err != nil {
			return fmt.Errorf("write boundaries: %w", err)
		}
	}
	return buffered.Flush()
}
