package geo

import (
	"encoding/csv"
	"fmt"
	"io"
)

// WriteCSV writes a crosswalk as ReadCrosswalk reads it, with weights as exact fractions:
// the columns old, new, weight, basis and source, by old and new code.
func (x *Crosswalk) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"old", "new", "weight", "basis", "source"}}
	for _, l := range x.Links() {
		rows = append(rows, []string{l.Old, place(l.New), l.Weight.RatString(), string(l.Basis), l.Source})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("crosswalk from %s to %s: %w", x.from, x.to, err)
	}
	return nil
}
