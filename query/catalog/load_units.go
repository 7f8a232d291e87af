package catalog

import (
	"slices"

	"github.com/paulmach/orb"

	"github.com/toancanh/toancanh/geo"
)

var unitColumns = []string{"code", "name", "full_name", "type", "name_en", "level", "parent", "lon", "lat",
	"area_km2", "population_2009", "population_2009_published", "population_2019", "population_2025?"}

// loadUnits reads the units of a boundary set and checks that they make one tree whose
// leaves all lie on the lowest level.
func (l *loader) loadUnits(set boundarySetYAML, info geo.SetInfo) []UnitFact {
	t, ok := l.readTable(set.Units, unitColumns...)
	if !ok {
		return nil
	}
	tree := &unitTree{loader: l, info: info, table: t, codes: newIDSet("unit", true), levelOf: map[string]string{}}
	units := make([]UnitFact, 0, len(t.rows))
	for _, r := range t.rows {
		l.define(&tree.codes, r.text("code"), isCode)
		tree.levelOf[r.text("code").Value] = r.text("level").Value
		units = append(units, unitFact(r))
	}
	tree.check(set.Root, units)
	return units
}

func isCode(s string) bool {
	_, ok := digits(s)
	return ok && s != ""
}

func unitFact(r row) UnitFact {
	fact := UnitFact{
		Unit: geo.Unit{
			Code:     r.must("code"),
			Name:     r.must("name"),
			FullName: r.must("full_name"),
			NameEn:   r.must("name_en"),
			Type:     r.must("type"),
			Level:    r.must("level"),
			Parent:   r.text("parent").Value,
			Centre:   orb.Point{r.number("lon"), r.number("lat")},
			AreaKm2:  r.number("area_km2"),
		},
		Population2009:          r.count("population_2009"),
		Population2009Published: r.count("population_2009_published"),
		Population2019:          r.count("population_2019"),
		Population2025:          r.count("population_2025"),
	}
	if fact.AreaKm2 <= 0 {
		r.table.report(r.locate("area_km2"), "an area is more than 0 square kilometres")
	}
	return fact
}

// unitTree checks the hierarchy of one boundary set, row by row.
type unitTree struct {
	*loader
	info    geo.SetInfo
	table   *table
	codes   idSet
	levelOf map[string]string // by code
}

func (t *unitTree) check(root located[string], units []UnitFact) {
	t.refer(t.codes, root)
	parents := map[string]bool{}
	centres := map[orb.Point]string{}
	for i, r := range t.table.rows {
		t.checkParent(r)
		parents[r.text("parent").Value] = true
		t.checkCentre(r, units[i].Centre, centres)
	}
	lowest := t.info.Levels[len(t.info.Levels)-1].ID
	for _, r := range t.table.rows {
		code, level := r.text("code"), r.text("level")
		if level.Value != lowest && t.rank(level.Value) >= 0 && !parents[code.Value] {
			t.failf(code.At, "unit %s has no unit of the next level in it", code.Value)
		}
	}
}

func (t *unitTree) rank(level string) int {
	return slices.IndexFunc(t.info.Levels, func(v geo.Level) bool { return v.ID == level })
}

func (t *unitTree) checkParent(r row) {
	level, parent := r.text("level"), r.text("parent")
	rank := t.rank(level.Value)
	switch {
	case rank < 0:
		t.failf(level.At, "boundary set %s has no level %q%s", t.info.ID, level.Value, didYouMean(level.Value, t.levels.ids()))
	case parent.Value == "" && rank > 0:
		t.failf(parent.At, "only the root has no parent")
	case parent.Value == "" && r.text("code").Value != t.info.Root && t.info.Root != "":
		t.failf(r.text("code").At, "the root is %s, this is another", t.info.Root)
	case parent.Value == "":
		return
	case t.codes.at[parent.Value] == position{}:
		t.refer(t.codes, parent)
	case t.rank(t.levelOf[parent.Value]) != rank-1:
		t.failf(parent.At, "parent %s is not of the level above %s", parent.Value, level.Value)
	}
}

// checkCentre keeps centres apart, or the schematic map could not tell two units from each other.
func (t *unitTree) checkCentre(r row, centre orb.Point, centres map[orb.Point]string) {
	if centre.Lon() < -180 || centre.Lon() > 180 || centre.Lat() < -90 || centre.Lat() > 90 {
		t.failf(r.locate("lon"), "the centre lies nowhere on earth")
	}
	if t.rank(r.text("level").Value) < len(t.info.Levels)-1 {
		return
	}
	if other, taken := centres[centre]; taken {
		t.failf(r.locate("lon"), "the centre is that of unit %s too", other)
	}
	centres[centre] = r.text("code").Value
}
