package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/toancanh/toancanh/query/alerts"
)

// rulesCommand writes the Prometheus rules of a catalogue.
type rulesCommand struct {
	Catalog string `help:"Directory of a catalogue; without it the built-in one of Vĩnh Phúc." placeholder:"DIR"`
	Out     string `help:"Directory to write the rule files to; without it they are printed." placeholder:"DIR" type:"path"`
	Page    string `default:"http://127.0.0.1:8080" help:"Address of the page that alerts lead to." placeholder:"URL"`
	Runbook string `default:"RUNBOOK.md" help:"Address of deploy/prometheus/RUNBOOK.md, where alerts lead to." placeholder:"URL"`
}

// Run renders the rules; a catalogue with findings is refused.
func (c *rulesCommand) Run(out io.Writer) error {
	cat, err := catalogFlags{Catalog: c.Catalog}.loadCatalog()
	if err != nil {
		return err
	}
	files, err := alerts.Render(cat, alerts.Config{Page: c.Page, Runbook: c.Runbook})
	if err != nil {
		return err
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if c.Out == "" {
			fmt.Fprintf(out, "# ---- %s\n%s", name, files[name])
			continue
		}
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return err
		}
		path := filepath.Join(c.Out, name)
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, path)
	}
	return nil
}
