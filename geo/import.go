package geo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// Source is a file of an import.
type Source struct {
	Name  string // for findings, without its directory
	Level string // of its features, where they do not say themselves; "" to go by the name
	Open  func() (io.ReadCloser, error)
}

// ImportOptions say how files are to be read. Only Info.ID has to be set.
type ImportOptions struct {
	Info      SetInfo // levels and root may be empty: they are taken from the files
	Mapping   Mapping
	Where     map[string]string // properties a feature must have to be read at all
	RootName  string            // of a root that is made above several units without a parent
	RootLevel string            // and its level
	Limits    Limits            // those not set are the default ones
	Tolerance Tolerance
	Repair    bool
	Snap      float64        // metres within which a repair moves corners together
	Progress  func(Progress) // may be nil
}

// DefaultTolerance is a tenth of a square kilometre each.
func DefaultTolerance() Tolerance { return Tolerance{GapKm2: 0.1, OverlapKm2: 0.1} }

// DefaultSnap is how far a repair moves corners, in metres.
const DefaultSnap = 1.0

// Import is what was read, and all there is to know about it. It may be used when Err is nil.
type Import struct {
	Info     SetInfo
	Units    []Unit
	Shapes   map[string]orb.MultiPolygon // of the units that contain no others
	Findings Findings
	Vertices int // of all shapes
}

// Err is nil, or all findings when one of them forbids the import.
func (m *Import) Err() error {
	if m.Findings.Count(SeverityError) > 0 {
		return m.Findings
	}
	return nil
}

// Set makes the boundary set.
func (m *Import) Set() (*Set, error) {
	if err := m.Err(); err != nil {
		return nil, err
	}
	return NewSet(m.Info, m.Units, m.Shapes)
}

// Content is that of the set, without drawing it.
func (m *Import) Content() (string, error) {
	tree, err := newHierarchy(m.Info, m.Units)
	if err != nil {
		return "", fmt.Errorf("boundary set %q: %w", m.Info.ID, err)
	}
	var leaves []orb.MultiPolygon
	if len(m.Shapes) > 0 {
		if leaves, err = leafShapes(tree, m.Shapes); err != nil {
			return "", fmt.Errorf("boundary set %q: %w", m.Info.ID, err)
		}
	}
	return contentHash(m.Info, tree.units, leaves), nil
}

// Bounds is the rectangle around all shapes, degrees.
func (m *Import) Bounds() orb.Bound {
	bound := emptyBound
	for _, shape := range m.Shapes {
		bound = bound.Union(shape.Bound())
	}
	return bound
}

// LevelCount is how many units a level has.
type LevelCount struct {
	Level string `json:"level"`
	Units int    `json:"units"`
}

// Counts gives the number of units of each level, the highest first.
func (m *Import) Counts() []LevelCount {
	counts := make([]LevelCount, len(m.Info.Levels))
	for i, level := range m.Info.Levels {
		counts[i].Level = level.ID
		for _, u := range m.Units {
			if u.Level == level.ID {
				counts[i].Units++
			}
		}
	}
	return counts
}

// ReadImport reads and checks the files of one boundary set. What is wrong with them is
// in the findings; an error means that a file could not be opened, or that ctx ended.
func ReadImport(ctx context.Context, sources []Source, o ImportOptions) (*Import, error) {
	m := &importer{
		o: o, props: o.Mapping.properties(), seen: map[string]int{}, spent: &spending{}, shapes: map[string]orb.MultiPolygon{},
	}
	m.o.Limits = o.Limits.or(DefaultLimits())
	m.book = newLedger(m.o.Limits.Findings)
	for _, source := range sources {
		if err := m.read(ctx, source); err != nil {
			return nil, err
		}
	}
	if len(m.units) == 0 && !m.book.failed() {
		m.book.add(Finding{Severity: SeverityError, Kind: KindEmpty, Message: "the files have no units" + m.filtered()})
	}
	tree := m.plant()
	if tree != nil {
		m.check(tree)
	}
	out := &Import{Info: m.o.Info, Units: m.units, Shapes: map[string]orb.MultiPolygon{}, Findings: m.book.close()}
	if tree == nil {
		return out, nil
	}
	out.Units = tree.units
	for i, u := range tree.units {
		if len(tree.children[i]) == 0 && m.shapes[u.Code] != nil {
			out.Shapes[u.Code] = m.shapes[u.Code]
			out.Vertices += pointCount(m.shapes[u.Code])
		}
	}
	return out, nil
}

// importer is an import under way.
type importer struct {
	o       ImportOptions
	book    *ledger
	props   properties
	spent   *spending
	units   []Unit
	origins []origin
	seen    map[string]int // unit of each code
	shapes  map[string]orb.MultiPolygon
	passed  int // features that --where has passed over
}

// origin is where a unit stands in the files.
type origin struct {
	file    string
	feature int
}

func (m *importer) filtered() string {
	if m.passed == 0 {
		return ""
	}
	return fmt.Sprintf(": none of %d has the properties asked for", m.passed)
}

// read reads one file. What is wrong in it is written down.
func (m *importer) read(ctx context.Context, source Source) error {
	file, err := source.Open()
	if err != nil {
		return fmt.Errorf("boundaries: %w", err)
	}
	defer file.Close()
	name := filepath.Base(source.Name)
	var last time.Time
	tell := func(n int64) {
		if m.o.Progress != nil && time.Since(last) > progressPause {
			last = time.Now()
			m.o.Progress(Progress{name, n, m.spent.features, m.spent.points})
		}
	}
	level := source.Level
	if level == "" {
		level = levelOfFile(name)
	}
	err = readDocument(name, file, m.o.Limits, m.spent, m.props.wanted(m.o.Where), tell, func(f *record) error {
		m.take(f, level)
		return ctx.Err()
	})
	var x *fault
	if errors.As(err, &x) {
		m.book.add(Finding{Severity: SeverityError, Kind: x.kind, File: name, At: (*orb.Point)(x.at), Message: x.message})
		return nil
	}
	if err != nil {
		return fmt.Errorf("boundaries in %s: %w", name, err)
	}
	return nil
}

// take turns a feature into a unit with a shape, or says why it cannot.
func (m *importer) take(f *record, level string) {
	for name, want := range m.o.Where {
		if f.props[strings.ToLower(name)].text != want {
			m.passed++
			return
		}
	}
	if named := levelOfFile(f.object); named != "" {
		level = named
	}
	u, x := m.props.unit(f, level)
	tell := func(severity Severity, x *fault) {
		m.book.add(Finding{Severity: severity, Kind: x.kind, File: f.file, Feature: f.number, Code: u.Code, Name: u.Name, At: (*orb.Point)(x.at), Message: x.message})
	}
	if x != nil {
		tell(SeverityError, x)
		return
	}
	if first, twice := m.seen[u.Code]; twice {
		at := m.origins[first]
		tell(SeverityError, faultf(KindDuplicateCode, "code %s was used by feature %d of %s, %s", u.Code, at.feature, at.file, m.units[first].Name))
		return
	}
	m.seen[u.Code] = len(m.units)
	m.units, m.origins = append(m.units, u), append(m.origins, origin{f.file, f.number})
	if f.fault != nil {
		tell(SeverityError, f.fault)
		return
	}
	if f.drawn {
		m.draw(f, u.Code, tell)
	}
}

func (m *importer) draw(f *record, code string, tell func(Severity, *fault)) {
	o := outline{repair: m.o.Repair, tell: tell}
	shape, ok := o.clean(f.shape)
	if !ok {
		if len(f.shape) == 0 {
			tell(SeverityError, faultf(KindGeometry, "its geometry is empty"))
		}
		return
	}
	for _, polygon := range shape {
		for _, ring := range polygon {
			if at, crossing := selfCrossing(ring); crossing {
				tell(SeverityError, crossingAt(at))
				return
			}
		}
	}
	m.shapes[code] = shape
}

// finding begins a finding about a unit.
func (m *importer) finding(u Unit) Finding {
	f := Finding{Code: u.Code, Name: u.Name}
	if i, ok := m.seen[u.Code]; ok {
		f.File, f.Feature = m.origins[i].file, m.origins[i].feature
	}
	return f
}

func (m *importer) fail(u Unit, kind Kind, format string, args ...any) {
	f := m.finding(u)
	f.Severity, f.Kind, f.Message = SeverityError, kind, fmt.Sprintf(format, args...)
	m.book.add(f)
}

// check compares the shapes, mends them if that was asked for, and adds areas.
func (m *importer) check(tree *hierarchy) {
	for i, u := range tree.units {
		if len(tree.children[i]) == 0 && m.shapes[u.Code] == nil && !m.book.failed() {
			m.fail(u, KindNoGeometry, "it contains no other units and has no shape")
		}
	}
	m.homonyms(tree)
	if m.book.failed() {
		return // whatever is missing would be found again as a gap
	}
	t := &tiling{
		tree: tree, shapes: make([]orb.MultiPolygon, len(tree.units)), tolerance: m.o.Tolerance, book: m.book,
		finding: func(i int) Finding { return m.finding(tree.units[i]) },
	}
	for i, u := range tree.units {
		t.shapes[i] = m.shapes[u.Code]
	}
	t.check()
	if m.o.Repair {
		t.mend(m.o.Snap)
	}
	for i, u := range tree.units {
		m.shapes[u.Code] = t.shapes[i]
	}
	for i := len(tree.units) - 1; i >= 0; i-- {
		if u := &tree.units[i]; u.AreaKm2 == 0 {
			if len(tree.children[i]) == 0 {
				u.AreaKm2 = shapeKm2(t.shapes[i])
			}
			for _, child := range tree.children[i] {
				u.AreaKm2 += tree.units[child].AreaKm2
			}
		}
	}
}

// homonyms warns of units of one name in the same parent: people will mistake them.
func (m *importer) homonyms(tree *hierarchy) {
	for i := range tree.units {
		names := map[string]Unit{}
		for _, child := range tree.children[i] {
			u := tree.units[child]
			key := u.Level + " " + Fold(cmp.Or(u.FullName, u.Type+" "+u.Name))
			if first, twice := names[key]; twice {
				f := m.finding(u)
				f.Severity, f.Kind, f.Others = SeverityWarning, KindHomonym, []string{first.Code}
				f.Message = fmt.Sprintf("%s %s in %s has the same name but for diacritics", first.Code, first.Name, tree.units[i].Code)
				m.book.add(f)
				continue
			}
			names[key] = u
		}
	}
}
