package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/toancanh/toancanh/geo"
)

// importReport is what an import or a check prints.
type importReport struct {
	Set      string           `json:"set"`
	Content  string           `json:"content,omitempty"` // hash, when there is one
	Stored   bool             `json:"stored"`            // the set is in the warehouse
	Changed  bool             `json:"changed"`           // it was not before
	Levels   []geo.LevelCount `json:"levels"`
	Vertices int              `json:"vertices"`
	Errors   int              `json:"errors"`
	Warnings int              `json:"warnings"`
	Mended   int              `json:"mended"`
	Findings geo.Findings     `json:"findings"`
}

func newImportReport(m *geo.Import) importReport {
	r := importReport{
		Set: m.Info.ID, Levels: m.Counts(), Vertices: m.Vertices, Findings: m.Findings,
		Errors: m.Findings.Count(geo.SeverityError), Warnings: m.Findings.Count(geo.SeverityWarning), Mended: m.Findings.Count(geo.SeverityMended),
	}
	if r.Findings == nil {
		r.Findings = geo.Findings{}
	}
	return r
}

// rowsOfAKind are shown in a table; JSON has all that were kept.
const rowsOfAKind = 20

// print writes the report as a table, or as JSON.
func (r importReport) print(w io.Writer, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(r.Findings) > 0 {
		fmt.Fprintln(table, "SEVERITY\tKIND\tFEATURE\tUNIT\tFINDING")
	}
	shown := map[string]int{}
	for _, f := range r.Findings {
		key := string(f.Severity) + string(f.Kind)
		if shown[key]++; shown[key] > rowsOfAKind {
			continue
		}
		place := f.File
		if f.Feature > 0 {
			place = fmt.Sprintf("%s:%d", f.File, f.Feature)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", f.Severity, f.Kind, place, f.Code+" "+f.Name, f.Message)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, f := range r.Findings {
		key := string(f.Severity) + string(f.Kind)
		if shown[key] > rowsOfAKind {
			fmt.Fprintf(w, "… and %d more %s %s; --json lists them\n", shown[key]-rowsOfAKind, f.Severity, f.Kind)
			delete(shown, key)
		}
	}
	fmt.Fprintf(w, "%s: ", r.Set)
	for i, level := range r.Levels {
		if i > 0 {
			fmt.Fprint(w, ", ")
		}
		fmt.Fprintf(w, "%d of level %s", level.Units, level.Level)
	}
	_, err := fmt.Fprintf(w, "; %d vertices; %d errors, %d warnings, %d mended\n", r.Vertices, r.Errors, r.Warnings, r.Mended)
	return err
}
