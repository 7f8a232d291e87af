package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/toancanh/toancanh/query/catalog"
)

type catalogShowCommand struct {
	What []string `arg:"" optional:"" help:"[DIR] [KIND [ID]]: a directory, or without it the built-in catalogue; a kind (catalogue, boundaries, unit, dimension, measure, indicator, agency, task, scenes); one of them."`
	Lang string   `default:"vi" enum:"vi,en" help:"Language of names."`
	JSON bool     `name:"json" help:"Print JSON."`
}

// Run prints how many of each kind there are, all of a kind, or one with all it says.
func (c *catalogShowCommand) Run(out io.Writer) error {
	flags, what := catalogFlags{}, c.What
	if len(what) > 0 && !slices.Contains(catalog.DefinitionKinds(), what[0]) {
		info, err := os.Stat(what[0])
		if err != nil || !info.IsDir() {
			return fmt.Errorf("%s is neither a directory nor one of %s", what[0], strings.Join(catalog.DefinitionKinds(), ", "))
		}
		flags.Catalog, what = what[0], what[1:]
	}
	if len(what) > 2 {
		return errors.New("say at most a kind and an id")
	}
	cat, err := flags.loadCatalog()
	if err != nil {
		return err
	}
	chosen := choose(cat.Definitions(), what)
	if len(chosen) == 0 {
		return missing(cat.Definitions(), what)
	}
	switch {
	case c.JSON && len(what) == 2:
		return printJSON(out, chosen[0].Fields)
	case c.JSON:
		return printJSON(out, asJSON(chosen))
	case len(what) == 2:
		return printFields(out, "", chosen[0].Fields)
	case len(what) == 1:
		return printList(out, chosen, c.Lang)
	default:
		return printCounts(out, cat, chosen, c.Lang)
	}
}

// choose keeps the definitions of a kind, or the one with the id; a unit may be named by
// its code alone, and is the one in force last then.
func choose(all []catalog.Definition, what []string) []catalog.Definition {
	chosen := slices.DeleteFunc(slices.Clone(all), func(d catalog.Definition) bool { return len(what) > 0 && d.Kind != what[0] })
	if len(what) < 2 {
		return chosen
	}
	chosen = slices.DeleteFunc(chosen, func(d catalog.Definition) bool {
		return d.ID != what[1] && !strings.HasSuffix(d.ID, "/"+what[1])
	})
	return chosen[max(0, len(chosen)-1):]
}

func missing(all []catalog.Definition, what []string) error {
	if len(what) < 2 {
		return fmt.Errorf("the catalogue has no %s", what[0])
	}
	var ids []string
	for _, d := range choose(all, what[:1]) {
		ids = append(ids, d.ID)
	}
	if near := catalog.Nearest(what[1], ids); near != "" {
		return fmt.Errorf("there is no %s %s; did you mean %s?", what[0], what[1], near)
	}
	return fmt.Errorf("there is no %s %s", what[0], what[1])
}

// asJSON groups fields by kind.
func asJSON(list []catalog.Definition) map[string][]catalog.Fields {
	byKind := map[string][]catalog.Fields{}
	for _, d := range list {
		byKind[d.Kind] = append(byKind[d.Kind], d.Fields)
	}
	return byKind
}

func printCounts(out io.Writer, cat *catalog.Catalog, all []catalog.Definition, lang string) error {
	if _, err := fmt.Fprintf(out, "%s: %s, version %s\n", cat.ID, cat.Name.In(lang), cat.Version); err != nil {
		return err
	}
	counts := map[string]int{}
	for _, d := range all {
		counts[d.Kind]++
	}
	for _, kind := range catalog.DefinitionKinds()[1:] {
		if _, err := fmt.Fprintf(out, "%6d %s\n", counts[kind], kind); err != nil {
			return err
		}
	}
	return nil
}

func printList(out io.Writer, list []catalog.Definition, lang string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, d := range list {
		fmt.Fprintf(w, "%s\t%s\n", d.ID, d.Name.In(lang))
	}
	return w.Flush()
}

// printFields writes fields as the files have them: one a line, what is inside further in.
func printFields(out io.Writer, indent string, fields catalog.Fields) error {
	for _, f := range fields {
		if err := printField(out, indent+f.Name+":", indent, f.Value); err != nil {
			return err
		}
	}
	return nil
}

func printField(out io.Writer, begin, indent string, value any) error {
	switch v := value.(type) {
	case catalog.Fields:
		if _, err := fmt.Fprintln(out, begin); err != nil {
			return err
		}
		return printFields(out, indent+"  ", v)
	case []any:
		if _, err := fmt.Fprintln(out, begin); err != nil {
			return err
		}
		for _, item := range v {
			if err := printField(out, indent+"  -", indent+"  ", item); err != nil {
				return err
			}
		}
		return nil
	default:
		_, err := fmt.Fprintln(out, begin, v)
		return err
	}
}
