package query

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"sync"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// ground is the boundary sets that figures may have been told in, up to the one they are
// asked on. A figure is of the units that were in force on its day, and is carried over to
// the set of the question by geo's crosswalks: numerators and denominators apart, divided
// afterwards.
type ground struct {
	layers   []*layer // by time; the last is the set of the question
	mu       sync.Mutex
	terrains map[string]*terrain          // by level of collection
	homes    map[string]map[string]string // by id of an earlier set: of its units the smallest unit that holds all of each
}

// layer is one boundary set and the days whose figures are told in its units.
type layer struct {
	layout     *layout
	disclosure *disclosure
	from, to   day
	walk       *geo.Crosswalk // to the set of the question; nil in that set itself
	next       *geo.Crosswalk // to the layer after it
}

// newGround has the layers from which a crosswalk leads to the set; the first is without
// beginning and the last, when it is in force still, without end.
func newGround(c *catalog.Catalog, t *geo.Timeline, set *geo.Set) *ground {
	g := &ground{terrains: map[string]*terrain{}}
	for _, earlier := range t.Sets() {
		id := earlier.Info().ID
		walk, err := t.Crosswalk(id, set.Info().ID)
		if id != set.Info().ID && err != nil { // later, or known apart
			continue
		}
		l := newLayout(earlier)
		if k := len(g.layers); k > 0 {
			g.layers[k-1].to = dayOf(earlier.Info().InForceFrom) - 1
			g.layers[k-1].next, _ = t.Crosswalk(g.layers[k-1].layout.set.Info().ID, id) // without one nothing is filled in
		}
		g.layers = append(g.layers, &layer{
			layout: l, disclosure: newDisclosure(c, l), walk: walk,
			from: dayOf(earlier.Info().InForceFrom), to: never,
		})
	}
	if g.layers[0].layout.set == t.Sets()[0] {
		g.layers[0].from = math.MinInt32
	}
	if end := set.Info().InForceTo; end.IsValid() && len(t.Sets()) > 1 {
		g.last().to = dayOf(end)
	}
	g.homes = map[string]map[string]string{}
	for _, l := range g.layers[:len(g.layers)-1] {
		g.homes[l.layout.set.Info().ID] = homes(l.layout, g.last().layout, l.walk)
	}
	return g
}

// home gives the unit of the question in which a unit of a set lies as a whole. Without a
// set a code is taken for one of the question's own.
func (g *ground) home(set, code string) (string, bool) {
	own := g.last().layout
	if set != "" && set != own.set.Info().ID {
		home, ok := g.homes[set][code]
		return home, ok
	}
	_, ok := own.names[code]
	return code, ok
}

// layoutOf gives the layout of a set, the question's own for one it does not know.
func (g *ground) layoutOf(set string) *layout {
	for _, l := range g.layers {
		if l.layout.set.Info().ID == set {
			return l.layout
		}
	}
	return g.last().layout
}

func (g *ground) last() *layer { return g.layers[len(g.layers)-1] }

// at is the layer whose units figures of a day are told in.
func (g *ground) at(d day) int {
	for i, l := range g.layers {
		if d <= l.to {
			return i
		}
	}
	return len(g.layers) - 1
}

// piece is a unit of a layer, or the share of it that lies in a unit of the question.
type piece struct {
	number int      // of the unit among those of its level, layer after layer where several are read
	weight *big.Rat // nil: the whole unit

	flowsOnly bool // a stock is taken where newer figures of the place are
	twin      bool // the unit is there once more, with its stocks, and counted there
}

// terrain says of which units of each layer those of the question are made up, for
// measures collected at one level. It never changes after it was made.
type terrain struct {
	level  string
	layers []*layer
	first  []int                // of each layer, what its numbers are moved by where several are read
	total  int                  // units of all layers
	under  []map[string][]piece // of each layer, by unit of the question; missing where they do not make it up exactly
	spots  []spot               // where a layer can be chosen for each place by itself; of the lowest level only
	within map[string][]int     // spots of every unit of the question
	same   []map[string]string  // of each layer: which of its units has exactly these numbers
	fills  []map[int][]piece    // of each layer, by number: of what units of the layer before a unit is made up
}

// spot is a lowest unit of the question with its pieces in each layer.
type spot struct{ pieces [][]piece }

func (g *ground) terrain(level string) *terrain {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, ok := g.terrains[level]
	if !ok {
		t = newTerrain(level, g.layers)
		g.terrains[level] = t
	}
	return t
}

func newTerrain(level string, layers []*layer) *terrain {
	t := &terrain{level: level, layers: layers}
	to := layers[len(layers)-1].layout
	for i, l := range layers {
		t.first = append(t.first, t.total)
		t.total += len(l.layout.units[level])
		t.same = append(t.same, l.layout.grounds(level))
		if l.walk == nil {
			t.under = append(t.under, l.layout.whole(level))
		} else {
			t.under = append(t.under, newLanding(l.layout, to, l.walk, level).under())
		}
		t.fills = append(t.fills, t.fill(i))
	}
	if level == to.lowest() {
		t.placeSpots(to)
	}
	return t
}

// fill says how figures of the layer before stand for units of a layer that have told
// nothing of a measure themselves.
func (t *terrain) fill(i int) map[int][]piece {
	if i == 0 || t.layers[i-1].next == nil {
		return nil
	}
	from, to := t.layers[i-1], t.layers[i].layout
	under := newLanding(from.layout, to, from.next, t.level).under()
	fills := map[int][]piece{}
	for number, u := range to.units[t.level] {
		if pieces := under[u.Code]; len(pieces) > 0 {
			fills[number] = pieces
		}
	}
	return fills
}

func (t *terrain) placeSpots(to *layout) {
	t.within = to.under[t.level]
	for _, u := range to.units[t.level] {
		s := spot{pieces: make([][]piece, len(t.layers))}
		for i := range t.layers {
			for _, p := range t.under[i][u.Code] {
				s.pieces[i] = append(s.pieces[i], piece{number: p.number + t.first[i], weight: p.weight})
			}
		}
		t.spots = append(t.spots, s)
	}
}

// layerOf tells to which layer a number belongs where several are read.
func (t *terrain) layerOf(number int) int {
	i := len(t.first) - 1
	for t.first[i] > number || len(t.layers[i].layout.units[t.level]) == 0 {
		i--
	}
	return i
}

// whole gives the units of a level under each unit, as pieces.
func (l *layout) whole(level string) map[string][]piece {
	under := map[string][]piece{}
	for code, numbers := range l.under[level] {
		for _, n := range numbers {
			under[code] = append(under[code], piece{number: n})
		}
	}
	return under
}

// grounds names the units of a layout by the units of a level they are made up of.
func (l *layout) grounds(level string) map[string]string {
	named := map[string]string{}
	for code, numbers := range l.under[level] {
		named[fmt.Sprint(slices.Sorted(slices.Values(numbers)))] = code
	}
	return named
}

func (t *terrain) last() *layer { return t.layers[len(t.layers)-1] }

// codes lists all units of a layer.
func (l *layer) codes() []string { return l.layout.all }
