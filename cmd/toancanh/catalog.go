package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/toancanh/toancanh/query/catalog"
)

type catalogCommand struct {
	Check  catalogCheckCommand  `cmd:"" help:"Check a catalogue and print every finding."`
	Show   catalogShowCommand   `cmd:"" help:"Show what a catalogue defines."`
	Diff   catalogDiffCommand   `cmd:"" help:"Show what changed between two catalogues and what it means for figures: 0 nothing, 1 something, 2 one cannot be read."`
	Schema catalogSchemaCommand `cmd:"" help:"Write the JSON Schemas of a catalogue's files, for editors."`
	Readme catalogReadmeCommand `cmd:"" help:"Print a description of a catalogue as Markdown."`
}

type catalogCheckCommand struct {
	Dir  string `arg:"" type:"existingdir" help:"Directory of the catalogue."`
	JSON bool   `name:"json" help:"Print the findings as JSON."`
}

var errFindings = errors.New("the catalogue has findings")

// Run prints what the catalogue holds, or fails with all that is wrong in it.
func (c *catalogCheckCommand) Run(out io.Writer) error {
	cat, err := catalog.Load(os.DirFS(c.Dir))
	var findings catalog.Findings
	if c.JSON && (err == nil || errors.As(err, &findings)) {
		if findings == nil {
			findings = catalog.Findings{}
		}
		if e := printJSON(out, findings); e != nil || err == nil {
			return e
		}
		return exit{1, errFindings}
	}
	if err != nil {
		return err
	}
	units := 0
	for _, b := range cat.BoundarySets {
		units += len(b.Units)
	}
	_, err = fmt.Fprintf(out, "%s: %d boundary sets with %d units, %d measures, %d indicators, %d agencies, %d tasks; version %s\n",
		cat.ID, len(cat.BoundarySets), units, len(cat.Measures), len(cat.Indicators), len(cat.Agencies), len(cat.Tasks), cat.Version)
	return err
}

type catalogDiffCommand struct {
	Old  string `arg:"" type:"existingdir" help:"Directory of the catalogue before."`
	New  string `arg:"" type:"existingdir" help:"Directory of the catalogue after."`
	JSON bool   `name:"json" help:"Print the changes as JSON."`
}

var errDiffer = errors.New("the catalogues differ")

// Run prints every change with its effect.
func (c *catalogDiffCommand) Run(out io.Writer) error {
	before, err := catalog.Load(os.DirFS(c.Old))
	if err != nil {
		return exit{2, fmt.Errorf("%s:\n%w", c.Old, err)}
	}
	after, err := catalog.Load(os.DirFS(c.New))
	if err != nil {
		return exit{2, fmt.Errorf("%s:\n%w", c.New, err)}
	}
	changes := catalog.Diff(before, after)
	if c.JSON {
		if changes == nil {
			changes = []catalog.Change{}
		}
		err = printJSON(out, changes)
	} else {
		err = printChanges(out, changes)
	}
	if err == nil && len(changes) > 0 {
		err = exit{1, errDiffer}
	}
	return err
}

func printChanges(out io.Writer, changes []catalog.Change) error {
	mark := map[string]string{"added": "+", "removed": "-", "changed": "~"}
	for _, c := range changes {
		if _, err := fmt.Fprintf(out, "%s %s %s: %s (%s)\n", mark[c.What], c.Kind, c.ID, c.Means, c.Effect); err != nil {
			return err
		}
		for _, f := range c.Fields {
			if _, err := fmt.Fprintf(out, "    %s: %s > %s\n", f.Path, compact(f.Before), compact(f.After)); err != nil {
				return err
			}
		}
	}
	return nil
}

// compact writes a value on one line, cut where it is long.
func compact(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	if value == nil {
		return "nothing"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	const most = 200
	if letters := []rune(string(text)); len(letters) > most {
		return string(letters[:most]) + " …"
	}
	return string(text)
}

type catalogSchemaCommand struct {
	Dir string `arg:"" type:"existingdir" help:"Directory to write them to."`
}

// Run writes one schema for each file of a catalogue.
func (c *catalogSchemaCommand) Run(out io.Writer) error {
	schemas, err := catalog.Schemas()
	if err != nil {
		return err
	}
	for name, text := range schemas {
		if err := os.WriteFile(filepath.Join(c.Dir, name), text, 0o644); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%d schemas; a file takes one with a first line like\n# yaml-language-server: $schema=%s\n",
		len(schemas), filepath.Join(c.Dir, "measures.schema.json"))
	return err
}

func printJSON(out io.Writer, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", text)
	return err
}
