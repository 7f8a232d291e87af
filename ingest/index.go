package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/toancanh/toancanh/ingest/template"
	"github.com/toancanh/toancanh/query/catalog"
)

// index is the catalogue arranged for checking rows: every name a row may hold is found without
// an allocation, and every cell has a short exact key.
type index struct {
	catalogue  *catalog.Catalog
	measures   map[string]*measureIndex
	population *measureIndex // the measure of the dataset "population", nil without one
	units      map[string]*unitIndex
	agencies   map[string]string // id > the same id, so that rows share one text
	tasks      map[string]*taskIndex
	references map[string]string // "unit:246", "agency:stttt" > the same
	dimensions map[string]bool
	earliest   day    // first day any boundary set is in force
	setNames   string // for messages
	version    string // of the catalogue

	words map[Dataset]*template.Words // of workbooks

	measureIDs, unitCodes, taskRefs, dimensionIDs []string // for suggestions
}

type measureIndex struct {
	*catalog.Measure
	number     uint64
	dimensions []dimensionIndex // sorted by id
	names      string           // of the dimensions, for messages
	canonical  []string         // by the members' ranks, the last dimension varying fastest
	example    string           // a period as it is reported
	rules      ruleIndex
}

type dimensionIndex struct {
	id      string
	members map[string]int
	listed  string // for messages: "male, female" or "0 … 100"
}

type unitIndex struct {
	code   string
	number uint64
	spans  []span // ascending
}

// span is a time a unit is in force, at a level.
type span struct {
	from, to day // inclusive
	level    string
}

type taskIndex struct {
	ref       string
	number    uint64
	lead      []string // agencies
	assignees map[string]uint64
}

// The parts of a cell's key: 64 bits hold any cell exactly.
const (
	measureBits, unitBits, dimsBits, dayBits = 10, 18, 20, 16
	firstKeyDay                              = day(-25567) // 1 January 1900; 65,536 days reach 2079
)

func newIndex(c *catalog.Catalog) (*index, error) {
	x := &index{
		catalogue: c,
		measures:  map[string]*measureIndex{}, units: map[string]*unitIndex{}, agencies: map[string]string{},
		tasks: map[string]*taskIndex{}, references: map[string]string{}, dimensions: map[string]bool{},
		words: map[Dataset]*template.Words{}, version: c.Version,
	}
	for _, d := range c.Dimensions {
		x.dimensions[d.ID] = true
		x.dimensionIDs = append(x.dimensionIDs, d.ID)
	}
	x.addUnits(c.BoundarySets)
	for _, a := range c.Agencies {
		x.agencies[a.ID] = a.ID
		x.references["agency:"+a.ID] = "agency:" + a.ID
	}
	for i := range c.Measures {
		if err := x.addMeasure(c, &c.Measures[i]); err != nil {
			return nil, err
		}
	}
	x.addTasks(c.Tasks)
	x.addRules(&c.Rules)
	for _, d := range []Dataset{Observations, Population, TaskProgress} {
		x.words[d] = template.NewWords(c, string(d))
	}
	if len(x.measures) >= 1<<measureBits || len(x.units) >= 1<<unitBits || len(x.tasks) >= 1<<measureBits {
		return nil, fmt.Errorf("ingest: catalogue %s has more measures, units or tasks than a cell key holds", c.ID)
	}
	return x, nil
}

func (x *index) addUnits(sets []catalog.BoundarySet) {
	x.earliest = math.MaxInt32
	var names []string
	for _, set := range sets {
		s := span{from: dayOf(set.Info.InForceFrom), to: math.MaxInt32}
		if set.Info.InForceTo.IsValid() {
			s.to = dayOf(set.Info.InForceTo)
		}
		x.earliest = min(x.earliest, s.from)
		names = append(names, set.Info.ID)
		for _, u := range set.Units {
			s.level = u.Level
			x.addUnit(u.Code, s)
		}
	}
	x.setNames = strings.Join(names, ", ")
	slices.Sort(x.unitCodes)
}

func (x *index) addUnit(code string, s span) {
	u := x.units[code]
	if u == nil {
		u = &unitIndex{code: code, number: uint64(len(x.units))}
		x.units[code] = u
		x.unitCodes = append(x.unitCodes, code)
		x.references["unit:"+code] = "unit:" + code
	}
	if last := len(u.spans) - 1; last >= 0 && u.spans[last].to+1 == s.from && u.spans[last].level == s.level {
		u.spans[last].to = s.to // it lives on in the next set
		return
	}
	u.spans = append(u.spans, s)
}

func (x *index) addTasks(tasks []catalog.Task) {
	for _, t := range tasks {
		ti := &taskIndex{ref: t.Ref, number: uint64(len(x.tasks)), lead: t.Lead, assignees: map[string]uint64{}}
		for i, a := range t.Assignees {
			ti.assignees[a] = uint64(i)
			x.references[a] = a
		}
		x.tasks[t.Ref] = ti
		x.taskRefs = append(x.taskRefs, t.Ref)
	}
}

func (x *index) addMeasure(c *catalog.Catalog, m *catalog.Measure) error {
	mi := &measureIndex{Measure: m, number: uint64(len(x.measures)), names: strings.Join(m.Dimensions, ", "), canonical: []string{""}}
	mi.example = examplePeriod(m)
	for _, id := range m.Dimensions {
		d, err := dimensionOf(c, id)
		if err != nil {
			return fmt.Errorf("ingest: measure %s: %w", m.ID, err)
		}
		mi.extend(d)
		if len(mi.dimensions) == 0 || len(mi.canonical) >= 1<<dimsBits {
			return fmt.Errorf("ingest: measure %s has %d cells a unit and day; a cell key holds %d", m.ID, len(mi.canonical), 1<<dimsBits)
		}
	}
	x.measures[m.ID] = mi
	x.measureIDs = append(x.measureIDs, m.ID)
	if m.Dataset == string(Population) {
		if x.population != nil {
			return fmt.Errorf("ingest: measures %s and %s both claim the dataset population", x.population.ID, m.ID)
		}
		x.population = mi
	}
	return nil
}

func dimensionOf(c *catalog.Catalog, id string) (catalog.Dimension, error) {
	for _, d := range c.Dimensions {
		if d.ID == id {
			return d, nil
		}
	}
	return catalog.Dimension{}, fmt.Errorf("no dimension %q", id)
}

// extend adds a dimension and multiplies the canonical texts by its members. Dimensions come sorted by id,
// as catalog.CanonicalDims writes them.
func (m *measureIndex) extend(d catalog.Dimension) {
	di := dimensionIndex{id: d.ID, members: make(map[string]int, len(d.Members))}
	var ids []string
	longer := make([]string, 0, len(m.canonical)*len(d.Members))
	for i, member := range d.Members {
		di.members[member.ID] = i
		ids = append(ids, member.ID)
	}
	for _, prefix := range m.canonical {
		if prefix != "" {
			prefix += ";"
		}
		for _, id := range ids {
			longer = append(longer, prefix+d.ID+"="+id)
		}
	}
	di.listed = strings.Join(ids, ", ")
	if d.Integer && len(ids) > 0 {
		di.listed = ids[0] + " … " + ids[len(ids)-1]
	}
	m.dimensions = append(m.dimensions, di)
	m.canonical = longer
}

// examplePeriod shows how the measure's periods are written.
func examplePeriod(m *catalog.Measure) string {
	const id = "2022-06"
	example, _ := catalog.ParsePeriod(id)
	return catalog.PeriodOf(m.PeriodKind, example.Start).String()
}

// at gives the level of the unit on a day.
func (u *unitIndex) at(d day) (level string, ok bool) {
	for _, s := range u.spans {
		if d >= s.from && d <= s.to {
			return s.level, true
		}
	}
	return "", false
}

// inForce says when the unit exists, for messages.
func (u *unitIndex) inForce() (vi, en string) {
	var partsVi, partsEn []string
	for _, s := range u.spans {
		if s.to == math.MaxInt32 {
			partsVi, partsEn = append(partsVi, "từ "+s.from.String()), append(partsEn, "in force from "+s.from.String())
			continue
		}
		partsVi = append(partsVi, "từ "+s.from.String()+" đến "+s.to.String())
		partsEn = append(partsEn, "in force from "+s.from.String()+" to "+s.to.String())
	}
	return strings.Join(partsVi, "; "), strings.Join(partsEn, "; ")
}

// ended gives the last day of a unit that no longer exists on a day.
func (u *unitIndex) ended(on day) (day, bool) {
	last := u.spans[len(u.spans)-1].to
	return last, last < on
}

// cellKey is the natural key of a figure within a catalogue, exactly.
func cellKey(measure, unit uint64, dims int, end day) uint64 {
	return measure<<(unitBits+dimsBits+dayBits) | unit<<(dimsBits+dayBits) | uint64(dims)<<dayBits | uint64(uint16(end-firstKeyDay))
}
