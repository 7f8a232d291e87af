package demo

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// model computes the figures as they truly are; how they are reported is another matter (report.go).
type model struct {
	catalogue *catalog.Catalog
	demo      *catalog.DemoModel
	draw      chance
	measures  []measure
	byID      map[string]int
	snapshots map[civil.Date]*snapshot
	levels    map[levelOf][]catalog.UnitFact
	spared    map[string]bool // units that are not reported about, by code
}

// levelOf is a level of a boundary set.
type levelOf struct{ set, level string }

// measure is a measure of the model with what does not change from figure to figure.
type measure struct {
	catalog.DemoMeasure
	def    catalog.Measure
	combos []combo // of members of its dimensions, one row each
	isBase bool    // other measures are shares of it
	draw   chance
	// sending is the chance of how its figures come in. A share has that of what it is a share of: the whole and
	// its parts are counted at one desk and come in one report.
	sending chance

	people  *people   // whom it is a share of
	weights []float64 // of each combo
	tilts   []float64 // of each combo: what its share is multiplied by
}

// combo is one member of each dimension, "" of dims where there is none.
type combo struct {
	dims    string // as a row writes it: "sex":"female"
	members map[string]string
}

// snapshot is the population on the day of a monthly report.
type snapshot struct {
	cells map[string][]catalog.PopulationCell // by unit
	base  map[int]map[string][]int64          // measure > unit > persons its share is of, by combo
}

func newModel(c *catalog.Catalog) (*model, error) {
	if c.Demonstration == nil || c.Demo == nil {
		return nil, fmt.Errorf("demo: catalogue %s is no demonstration", c.ID)
	}
	m := &model{
		catalogue: c, demo: c.Demo, draw: chance(c.Demonstration.Seed),
		byID: map[string]int{}, snapshots: map[civil.Date]*snapshot{}, levels: map[levelOf][]catalog.UnitFact{},
	}
	for i, d := range c.Demo.Measures {
		def, ok := c.Measure(d.Measure)
		if !ok {
			return nil, fmt.Errorf("demo: no measure %q", d.Measure)
		}
		combos, err := combosOf(c, def)
		if err != nil {
			return nil, err
		}
		m.byID[d.Measure] = i
		one := newMeasure(d, def, combos, m.draw.of(d.Measure))
		if base, ok := m.byID[d.Base.Measure]; ok {
			m.measures[base].isBase = true
			one.sending = m.measures[base].sending
		}
		m.measures = append(m.measures, one)
	}
	return m, nil
}

func newMeasure(d catalog.DemoMeasure, def catalog.Measure, combos []combo, draw chance) measure {
	m := measure{DemoMeasure: d, def: def, combos: combos, draw: draw, sending: draw, people: newPeople(d, combos)}
	for _, c := range combos {
		m.weights = append(m.weights, d.Weight(c.members))
		m.tilts = append(m.tilts, 1+d.Share.MemberSpread*draw.of("member", c.dims).normal())
	}
	return m
}

// combosOf multiplies out the dimensions of a measure.
func combosOf(c *catalog.Catalog, def catalog.Measure) ([]combo, error) {
	list := []combo{{members: map[string]string{}}}
	for _, id := range def.Dimensions {
		d, ok := c.Dimension(id)
		if !ok {
			return nil, fmt.Errorf("demo: measure %s: no dimension %q", def.ID, id)
		}
		var longer []combo
		for _, before := range list {
			for _, member := range d.Members {
				next := combo{members: map[string]string{id: member.ID}}
				for k, v := range before.members {
					next.members[k] = v
				}
				next.dims = before.dims
				if next.dims != "" {
					next.dims += ","
				}
				next.dims += strconv.Quote(id) + ":" + strconv.Quote(member.ID)
				longer = append(longer, next)
			}
		}
		list = longer
	}
	return list, nil
}

// units gives the units of a level on a day, for reading only.
func (m *model) units(level string, on civil.Date) []catalog.UnitFact {
	set, ok := m.catalogue.BoundarySetAt(on)
	if !ok {
		return nil
	}
	key := levelOf{set.Info.ID, level}
	list, known := m.levels[key]
	if !known {
		list = slices.DeleteFunc(slices.Clone(set.Units), func(u catalog.UnitFact) bool { return u.Level != level })
		m.levels[key] = list
	}
	return list
}

// snapshotDay is the last day on or before the given one that the population was reported for. Days before the
// first report see the first.
func (m *model) snapshotDay(on civil.Date) civil.Date {
	day := civil.Date{Year: on.Year, Month: on.Month, Day: m.demo.Population.DayOfMonth}
	if day.After(on) {
		day = monthsOn(day, -1)
	}
	if first := m.firstSnapshot(); day.Before(first) {
		return first
	}
	return day
}

// monthsOn moves by months; the day is one that every month has.
func monthsOn(d civil.Date, months int) civil.Date {
	return civil.DateOf(time.Date(d.Year, d.Month+time.Month(months), d.Day, 0, 0, 0, 0, time.UTC))
}

func (m *model) firstSnapshot() civil.Date {
	from := m.catalogue.Demonstration.DataFrom
	day := civil.Date{Year: from.Year, Month: from.Month, Day: m.demo.Population.DayOfMonth}
	if day.Before(from) {
		day = monthsOn(day, 1)
	}
	return day
}

// population gives the snapshot of a day that snapshotDay gave. Denominators are what was reported, so that no
// numerator made from them is larger.
func (m *model) population(day civil.Date) *snapshot {
	if s := m.snapshots[day]; s != nil {
		return s
	}
	s := &snapshot{cells: map[string][]catalog.PopulationCell{}, base: map[int]map[string][]int64{}}
	if set, ok := m.catalogue.BoundarySetAt(day); ok {
		totals := m.demo.Population.At(set, day).Totals
		level := m.level(m.demo.Population.Measure)
		for _, u := range set.Units {
			if u.Level == level {
				s.cells[u.Code] = m.demo.Population.Cells(u.Type, totals[u.Code])
			}
		}
	}
	m.snapshots[day] = s
	return s
}

func (m *model) level(id string) string {
	def, _ := m.catalogue.Measure(id)
	return def.Level
}

// persons gives the people that the share of measure i is of, by combo.
func (m *model) persons(i int, unit string, day civil.Date) []int64 {
	s := m.population(day)
	if s.base[i] == nil {
		s.base[i] = map[string][]int64{}
	}
	if sums, ok := s.base[i][unit]; ok {
		return sums
	}
	var cells []catalog.PopulationCell
	for _, part := range m.peopled(unit, day) {
		cells = append(cells, s.cells[part]...)
	}
	sums := m.measures[i].people.sums(cells)
	s.base[i][unit] = sums
	return sums
}

// peopled gives the units whose people are counted in a unit: itself, or those below it
// that the population is reported by.
func (m *model) peopled(unit string, day civil.Date) []string {
	level := m.level(m.demo.Population.Measure)
	set, _ := m.catalogue.BoundarySetAt(day)
	if u, ok := set.Unit(unit); ok && u.Level == level {
		return []string{unit}
	}
	above := map[string]string{}
	for _, u := range set.Units {
		above[u.Code] = u.Parent
	}
	var below []string
	for _, u := range set.Units {
		for code := u.Code; code != "" && u.Level == level; code = above[code] {
			if code == unit {
				below = append(below, u.Code)
				break
			}
		}
	}
	return below
}

// values gives what measure i truly is in a unit on a day, by combo.
func (m *model) values(i int, u catalog.UnitFact, on civil.Date) []int64 {
	d := &m.measures[i]
	base := m.base(i, u, on)
	share, top := m.share(d, u, on), d.Share.Top()
	luck := d.draw.of(u.Code).at(4)
	if d.def.TimeRule == catalog.Flow {
		luck = luck.at(dayNumber(on))
	}
	list := make([]int64, len(d.combos))
	sum := 0.0
	for c := range list {
		exact := float64(base[min(c, len(base)-1)]) * min(share*d.tilts[c], top) * d.weights[c]
		if d.def.TimeRule == catalog.Flow {
			list[c] = rounded(sum+exact, luck) - rounded(sum, luck)
		} else {
			list[c] = rounded(exact, luck.at(c))
		}
		sum += exact
	}
	return list
}

// rounded makes a whole number by chance, so that many small figures add up to what they
// are on the whole. The parts of a flow are rounded as they add up: their sum is the whole
// number that the whole would be. The chance of a stock is the same on every day, for each
// part by itself: it must not jump about.
func rounded(exact float64, luck chance) int64 { return int64(exact + luck.share() + roundingError) }

// roundingError is what sums of shares lack for being written in binary.
const roundingError = 1e-9

// base gives what measure i is a share of, by combo or one for all of them.
func (m *model) base(i int, u catalog.UnitFact, on civil.Date) []int64 {
	d := &m.measures[i]
	if d.Amount > 0 {
		return []int64{int64(d.Amount)}
	}
	if of, ok := m.byID[d.Base.Measure]; ok {
		return m.values(of, u, on)
	}
	return m.persons(i, u.Code, m.snapshotDay(on))
}

// share is the unit's own curve, with its noise for that figure.
func (m *model) share(d *measure, u catalog.UnitFact, on civil.Date) float64 {
	own := d.draw.of(u.Code)
	share := d.Share.At(on, u.Type, own.at(1).normal(), own.at(2).normal())
	if d.Share.Noise == 0 {
		return share
	}
	noise := own.at(3).at(dayNumber(on)).normal()
	return min(share*(1+d.Share.Noise*noise), d.Share.Top())
}

var epoch = civil.Date{Year: 1970, Month: 1, Day: 1}

func dayNumber(d civil.Date) int { return d.DaysSince(epoch) }
