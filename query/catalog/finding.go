package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Finding is one thing wrong in a catalogue, at the place where it is to be mended.
type Finding struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1; 0 when the file as a whole is meant
	Column  int    `json:"column"` // from 1, in characters; 0 when the line as a whole is meant
	Message string `json:"message"`
}

// String gives file:line:column: message, the form editors jump to.
func (f Finding) String() string {
	switch {
	case f.Line == 0:
		return fmt.Sprintf("%s: %s", f.File, f.Message)
	case f.Column == 0:
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
	default:
		return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
	}
}

// Findings is the error of Load: everything wrong at once, by file and line.
type Findings []Finding

// Error gives one finding a line.
func (f Findings) Error() string {
	lines := make([]string, len(f))
	for i, finding := range f {
		lines[i] = finding.String()
	}
	return strings.Join(lines, "\n")
}

func (f Findings) sort() {
	slices.SortStableFunc(f, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// position is a place in a file of the catalogue.
type position struct {
	file         string
	line, column int
}

// located is a decoded value that remembers where it stood, for checks that come later.
type located[T any] struct {
	Value T
	At    position
}
