package geo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Severity says what a finding means for an import.
type Severity string

// The severities: an error forbids the import, a warning does not; a mend is what
// --repair has changed.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityMended  Severity = "mended"
)

// Kind is the stable code of a kind of finding.
type Kind string

// The kinds of findings.
const (
	KindUnreadable    Kind = "unreadable"       // not JSON, cut off, or not text in UTF-8
	KindFormat        Kind = "format"           // JSON, but neither GeoJSON nor TopoJSON
	KindEmpty         Kind = "empty"            // no features
	KindTooLarge      Kind = "too_large"        // beyond a limit
	KindCRS           Kind = "reference_system" // not WGS 84
	KindNotANumber    Kind = "not_a_number"     // NaN, infinite or missing coordinate
	KindOutOfRange    Kind = "out_of_range"     // no place on earth
	KindProjected     Kind = "projected"        // metres, not degrees
	KindSwapped       Kind = "swapped_axes"     // latitude before longitude
	KindGeometry      Kind = "geometry"         // not a polygon, or not a sound one
	KindNoGeometry    Kind = "no_geometry"      // a unit of the lowest level without a shape
	KindOpenRing      Kind = "open_ring"        // last point is not the first
	KindFlatRing      Kind = "flat_ring"        // encloses nothing
	KindWinding       Kind = "winding"          // against RFC 7946
	KindSelfCrossing  Kind = "self_crossing"    // a ring crosses itself
	KindCode          Kind = "code"             // missing, or not text
	KindName          Kind = "name"             // missing
	KindLevel         Kind = "level"            // unknown
	KindSetLevel      Kind = "set_level"        // not one of the set's
	KindFacts         Kind = "facts"            // an impossible area or population
	KindDuplicateCode Kind = "duplicate_code"   //
	KindHomonym       Kind = "homonym"          // two of one name in one parent
	KindCycle         Kind = "parent_cycle"     // a unit lies in itself
	KindParentLevel   Kind = "parent_level"     // a parent is not above
	KindOutsideParent Kind = "parent_outside"   // a parent is not in the files
	KindMadeRoot      Kind = "made_root"        // several units had no parent
	KindHierarchy     Kind = "hierarchy"        // the units make no tree
	KindGap           Kind = "gap"              // ground of nobody between neighbours
	KindOverlap       Kind = "overlap"          // ground of two
	KindNotTiled      Kind = "not_tiled"        // children leave a part of their parent, or its outside, wrongly
	KindTangled       Kind = "tangled"          // too many crossings to be told apart
	KindSnapped       Kind = "snapped"          // a border moved onto its neighbour's
	KindSliver        Kind = "sliver"           // a small gap or overlap given to a neighbour
)

// Finding is one thing to know about an import, at the place where it is to be mended.
type Finding struct {
	Severity Severity
	Kind     Kind
	File     string     // base name, "" when no single file is meant
	Feature  int        // from 1 within the file, 0 when none is meant
	Code     string     // of the unit
	Name     string     // of the unit
	Others   []string   // codes of other units concerned
	At       *orb.Point // lon, lat in degrees
	Km2      float64    // size of a region, square kilometres
	Metres   float64    // length
	Message  string
}

// MarshalJSON leaves out what does not apply.
func (f Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Severity Severity   `json:"severity"`
		Kind     Kind       `json:"kind"`
		File     string     `json:"file,omitempty"`
		Feature  int        `json:"feature,omitempty"`
		Code     string     `json:"code,omitempty"`
		Name     string     `json:"name,omitempty"`
		Others   []string   `json:"others,omitempty"`
		At       *orb.Point `json:"at,omitempty"`
		Km2      float64    `json:"km2,omitempty"`
		Metres   float64    `json:"metres,omitempty"`
		Message  string     `json:"message"`
	}(f))
}

// Place names where a finding is: file, feature, unit.
func (f Finding) Place() string {
	var parts []string
	if f.File != "" {
		parts = append(parts, f.File)
	}
	if f.Feature > 0 {
		parts = append(parts, fmt.Sprintf("feature %d", f.Feature))
	}
	if unit := strings.TrimSpace(f.Code + " " + f.Name); unit != "" {
		parts = append(parts, "("+unit+")")
	}
	return strings.Join(parts, " ")
}

// String gives a finding as one line.
func (f Finding) String() string {
	place := f.Place()
	if place != "" {
		place += ": "
	}
	return fmt.Sprintf("%s %s: %s%s", f.Severity, f.Kind, place, f.Message)
}

// Findings are all there is to know about an import. As an error they say what
// forbids it.
type Findings []Finding

// Error gives one line for each error.
func (f Findings) Error() string {
	var lines []string
	for _, finding := range f {
		if finding.Severity == SeverityError {
			lines = append(lines, finding.String())
		}
	}
	return strings.Join(lines, "\n")
}

// Count tells how many findings of a severity there are.
func (f Findings) Count(severity Severity) int {
	n := 0
	for _, finding := range f {
		if finding.Severity == severity {
			n++
		}
	}
	return n
}

// ledger collects findings, at most so many of a kind.
type ledger struct {
	findings Findings
	limit    int
	counts   map[Severity]map[Kind]int
}

func newLedger(limit int) *ledger {
	return &ledger{limit: limit, counts: map[Severity]map[Kind]int{}}
}

func (l *ledger) add(f Finding) {
	if l.counts[f.Severity] == nil {
		l.counts[f.Severity] = map[Kind]int{}
	}
	l.counts[f.Severity][f.Kind]++
	if l.counts[f.Severity][f.Kind] <= l.limit {
		l.findings = append(l.findings, f)
	}
}

func (l *ledger) failed() bool { return len(l.counts[SeverityError]) > 0 }

// forget drops all findings of some kinds, before what they were about is looked at again.
func (l *ledger) forget(kinds ...Kind) {
	l.findings = slices.DeleteFunc(l.findings, func(f Finding) bool {
		return f.Severity != SeverityMended && slices.Contains(kinds, f.Kind)
	})
	for severity, counts := range l.counts {
		for _, kind := range kinds {
			if severity != SeverityMended {
				delete(counts, kind)
			}
		}
	}
}

// close gives the findings, the gravest first, and says where some were only counted.
func (l *ledger) close() Findings {
	for severity, counts := range l.counts {
		for kind, n := range counts {
			if n > l.limit {
				l.findings = append(l.findings, Finding{Severity: severity, Kind: kind, Message: fmt.Sprintf("and %d more", n-l.limit)})
			}
		}
	}
	grave := map[Severity]int{SeverityError: 0, SeverityWarning: 1, SeverityMended: 2}
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(grave[a.Severity], grave[b.Severity]), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Feature, b.Feature), cmp.Compare(b.Km2, a.Km2))
	})
	return l.findings
}
