package catalog

import (
	"bytes"
	"errors"
	"slices"

	"github.com/toancanh/toancanh/geo"
)

// maxCrosswalks bounds how many are between the sets of a catalogue.
const maxCrosswalks = 100

type crosswalkYAML struct {
	From located[string] `yaml:"from"`
	To   located[string] `yaml:"to"`
	Rows located[string] `yaml:"rows"`
}

// takeCrosswalks reads what became of the units from one boundary set to a later one: CSV
// with the columns old, new, weight, basis and source, of which the last three may be left
// out. Sets with mistakes of their own are not judged by it.
func (l *loader) takeCrosswalks(raw []crosswalkYAML) {
	if len(raw) > maxCrosswalks {
		l.failf(raw[maxCrosswalks].From.At, "there are %d crosswalks; at most %d are accepted", len(raw), maxCrosswalks)
		return
	}
	sets := newIDSet("boundary set", len(l.cat.BoundarySets) > 0)
	for _, set := range l.cat.BoundarySets {
		sets.at[set.Info.ID] = position{file: rootFile}
	}
	pairs := map[[2]string]bool{}
	for _, r := range raw {
		from, to := l.refer(sets, r.From), l.refer(sets, r.To)
		switch pair := [2]string{from, to}; {
		case pairs[pair]:
			l.failf(r.To.At, "a crosswalk from %s to %s is there already", from, to)
		case l.setNumber(from) >= 0 && l.setNumber(to) >= 0 && l.setNumber(from) >= l.setNumber(to):
			l.failf(r.To.At, "%s is not in force after %s: a crosswalk leads to a later set", to, from)
		default:
			pairs[pair] = true
			l.takeCrosswalk(from, to, r.Rows)
		}
	}
}

func (l *loader) setNumber(id string) int {
	return slices.IndexFunc(l.cat.BoundarySets, func(s BoundarySet) bool { return s.Info.ID == id })
}

func (l *loader) takeCrosswalk(from, to string, rows located[string]) {
	text, ok := l.read(rows.Value, rows.At)
	if !ok {
		return
	}
	old, fine := l.facts(from)
	new, fine2 := l.facts(to)
	if !fine || !fine2 {
		return
	}
	walk, err := geo.ReadCrosswalk(bytes.NewReader(text), old, new, geo.CrosswalkCSV{})
	var findings geo.RowFindings
	switch {
	case errors.As(err, &findings):
		for _, f := range findings {
			l.report(position{rows.Value, f.Line, f.Column}, f.Message)
		}
	case err != nil:
		l.report(position{file: rows.Value}, err.Error())
	default:
		l.cat.Crosswalks = append(l.cat.Crosswalks, walk)
	}
}

// facts gives a boundary set as geo knows it, without shapes. ok is false where the set is
// unknown or its units are no sound tree, which has been reported.
func (l *loader) facts(id string) (set *geo.Set, ok bool) {
	i := l.setNumber(id)
	if i < 0 {
		return nil, false
	}
	set, err := l.cat.BoundarySets[i].facts()
	return set, err == nil
}

// facts gives a boundary set as geo knows it, without shapes.
func (s *BoundarySet) facts() (*geo.Set, error) {
	units := make([]geo.Unit, len(s.Units))
	for i, u := range s.Units {
		units[i] = u.Unit
	}
	return geo.NewSet(s.Info, units, nil)
}

// Timeline puts the boundary sets and crosswalks of the catalogue together. Sets that are
// drawn are given; the others are known by their facts alone.
func (c *Catalog) Timeline(drawn ...*geo.Set) (*geo.Timeline, error) {
	sets := make([]*geo.Set, len(c.BoundarySets))
	for i := range c.BoundarySets {
		id := c.BoundarySets[i].Info.ID
		if k := slices.IndexFunc(drawn, func(s *geo.Set) bool { return s.Info().ID == id }); k >= 0 {
			sets[i] = drawn[k]
			continue
		}
		var err error
		if sets[i], err = c.BoundarySets[i].facts(); err != nil {
			return nil, err
		}
	}
	return geo.NewTimeline(sets, c.Crosswalks)
}
