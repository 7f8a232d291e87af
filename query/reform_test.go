package query

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"
	"pgregory.net/rapid"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// The tiny province was reformed on 21 April 2022: no districts any more; C11 and a
// quarter of C12 became N1, the rest of C12 and C21 became C12, and four fifths of C22 are
// called C21 now, a code that was another commune's. The last fifth left the province.
var reformDay = civilDate("2022-04-21")

const before, after = "tiny-2021", "tiny-2022"

var reformLinks = map[string]map[string]*big.Rat{
	"C11": {"N1": big.NewRat(1, 1)},
	"C12": {"N1": big.NewRat(1, 4), "C12": big.NewRat(3, 4)},
	"C21": {"C12": big.NewRat(1, 1)},
	"C22": {"C21": big.NewRat(4, 5), geo.Outside: big.NewRat(1, 5)},
}

// reformed adds the reform to a catalogue, and gives the sets before and after.
func reformed(t testing.TB, c *catalog.Catalog, links map[string]map[string]*big.Rat) (old, new *geo.Set) {
	t.Helper()
	oldUnits := tinySet(t).Units("")
	old = addSet(t, c, geo.SetInfo{ID: before, Root: "P", InForceTo: reformDay.AddDays(-1), Levels: tinySet(t).Info().Levels}, oldUnits)
	newUnits := []geo.Unit{{Code: "P", Name: "P", Level: "province"}}
	for _, code := range []string{"C12", "C21", "N1"} {
		newUnits = append(newUnits, geo.Unit{Code: code, Name: code, Level: "commune", Parent: "P", AreaKm2: 1})
	}
	new = addSet(t, c, geo.SetInfo{ID: after, Root: "P", InForceFrom: reformDay, Levels: []geo.Level{{ID: "province"}, {ID: "commune", Rank: 1}}}, newUnits)
	var all []geo.Link
	for from, to := range links {
		for code, share := range to {
			all = append(all, geo.Link{Old: from, New: code, Weight: share, Basis: geo.Population})
		}
	}
	walk, err := geo.NewCrosswalk(old, new, all)
	if err != nil {
		t.Fatal(err)
	}
	c.Crosswalks = []*geo.Crosswalk{walk}
	return old, new
}

func addSet(t testing.TB, c *catalog.Catalog, info geo.SetInfo, units []geo.Unit) *geo.Set {
	t.Helper()
	set, err := geo.NewSet(info, units, nil)
	if err != nil {
		t.Fatal(err)
	}
	facts := make([]catalog.UnitFact, len(units))
	for i, u := range units {
		facts[i].Unit = u
	}
	c.BoundarySets = append(c.BoundarySets, catalog.BoundarySet{Info: info, Units: facts})
	return set
}

// newReformedHouse answers on the set after the reform.
func newReformedHouse(t testing.TB, links map[string]map[string]*big.Rat, change func(*catalog.Catalog)) *house {
	t.Helper()
	c := tinyCatalog()
	change(c)
	_, set := reformed(t, c, links)
	return newHouseOn(t, c, set)
}

// reformOracle answers questions on the set after the reform, from the raw rows and the
// table of what became of what. It shares nothing with the package but the way the oracle
// reads rows of one commune.
type reformOracle struct{ oracle }

// share is what is counted of one commune, before or after the reform.
type oracleShare struct {
	commune string
	of      *big.Rat
	stocks  bool
	again   bool // it is counted with its stocks already
}

type reformFigure struct {
	num, den, estimated *big.Rat
	counted, expected   int
}

// figure adds a formula up over the communes of a place after the reform.
func (o reformOracle) figure(indicator, unit string, p catalog.Period, asOf time.Time, today civil.Date) reformFigure {
	f := oracleFormulas[indicator]
	q := reformQuestion{o: o, f: f, end: earlier(p.End, today), months: []civil.Date{{}}}
	if f.num.flow {
		q.months = statutoryEnds(p, today)
	}
	for _, r := range o.current(asOf) {
		if r.end.Before(reformDay) {
			q.old = append(q.old, r)
		} else {
			q.new = append(q.new, r)
		}
	}
	places := []string{unit}
	if unit == "P" {
		places = []string{"N1", "C12", "C21"}
	}
	out := reformFigure{num: new(big.Rat), den: new(big.Rat), estimated: new(big.Rat)}
	for _, s := range q.parts(places) {
		q.count(&out, s)
	}
	return out
}

func earlier(a, b civil.Date) civil.Date {
	if b.Before(a) {
		return b
	}
	return a
}

type reformQuestion struct {
	o        reformOracle
	f        oracleFormula
	old, new []row
	months   []civil.Date
	end      civil.Date
}

// parts are the communes that places are counted by, each once: "new N1" or "old C12".
func (q reformQuestion) parts(places []string) []oracleShare {
	found := map[string]map[bool]*big.Rat{}
	add := func(commune string, share *big.Rat, stocks bool) {
		if found[commune] == nil {
			found[commune] = map[bool]*big.Rat{}
		}
		if had := found[commune][stocks]; had != nil {
			share = new(big.Rat).Add(share, had)
		}
		found[commune][stocks] = share
	}
	for _, place := range places {
		sources := sourcesOf(place)
		anyOld := slices.ContainsFunc(slices.Collect(keys(sources)), func(c string) bool { return q.spoke("old "+c, true) })
		useNew := q.spoke("new "+place, true) || !anyOld && !q.end.Before(reformDay)
		if q.f.num.flow {
			add("new "+place, big.NewRat(1, 1), useNew)
			for c, share := range sources {
				add("old "+c, share, !useNew)
			}
			continue
		}
		if useNew {
			add("new "+place, big.NewRat(1, 1), true)
			continue
		}
		for c, share := range sources {
			add("old "+c, share, true)
		}
	}
	var parts []oracleShare
	for commune, of := range found {
		for stocks, share := range of {
			parts = append(parts, oracleShare{commune, share, stocks, !stocks && of[true] != nil})
		}
	}
	return parts
}

func keys(m map[string]*big.Rat) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func sourcesOf(place string) map[string]*big.Rat {
	sources := map[string]*big.Rat{}
	for c, to := range reformLinks {
		if share := to[place]; share != nil {
			sources[c] = share
		}
	}
	return sources
}

// spoke tells whether a commune told everything in some month, of itself at least one term.
func (q reformQuestion) spoke(commune string, itself bool) bool {
	return slices.ContainsFunc(q.months, func(month civil.Date) bool {
		told := false
		for _, t := range q.terms() {
			exact, own := q.total(commune, t, month)
			if exact == nil {
				return false
			}
			told = told || own
		}
		return told || !itself
	})
}

func (q reformQuestion) terms() []*oracleTerm {
	terms := []*oracleTerm{q.f.num}
	for _, t := range []*oracleTerm{q.f.den, q.f.less} {
		if t != nil {
			terms = append(terms, t)
		}
	}
	return terms
}

// total is what a commune told of a term, nil when it did not tell all; own is false when
// it is what others told before the reform.
func (q reformQuestion) total(commune string, t *oracleTerm, month civil.Date) (exact *big.Rat, own bool) {
	when, code, _ := strings.Cut(commune, " ")
	rows := q.old
	if when == "new" {
		rows = q.new
	}
	if taken := take(rows, *t, code, month, q.end); spoken(*t, taken) {
		return new(big.Rat).SetInt64(total(taken)), true
	}
	if when == "old" || t.flow {
		return nil, false
	}
	exact = new(big.Rat)
	for c, share := range sourcesOf(code) {
		part, _ := q.total("old "+c, t, month)
		if part == nil {
			return nil, false
		}
		exact.Add(exact, new(big.Rat).Mul(part, share))
	}
	return exact, false
}

// count adds one commune: in each month of its time in which it told everything.
func (q reformQuestion) count(out *reformFigure, s oracleShare) {
	counted := 0
	add := func(into *big.Rat, t *oracleTerm, month civil.Date, sign int64) {
		if t == nil {
			return
		}
		exact, own := q.total(s.commune, t, month)
		exact = new(big.Rat).Mul(exact, s.of)
		into.Add(into, new(big.Rat).Mul(exact, big.NewRat(sign, 1)))
		if s.of.Cmp(big.NewRat(1, 1)) != 0 || !own && slices.Contains([]string{"new N1", "new C12", "new C21"}, s.commune) {
			out.estimated.Add(out.estimated, exact)
		}
	}
	for _, month := range q.months {
		if q.f.num.flow && month.Before(reformDay) != strings.HasPrefix(s.commune, "old") {
			continue
		}
		if !s.again {
			out.expected++
		}
		if !q.spokeIn(s.commune, month) {
			continue
		}
		if !s.again {
			out.counted++
		}
		counted++
		add(out.num, q.f.num, month, 1)
		if q.f.den != nil && q.f.den.flow == q.f.num.flow {
			add(out.den, q.f.den, month, 1)
		}
		add(out.num, q.f.less, month, -1)
	}
	if counted > 0 && s.stocks && q.f.den != nil && q.f.num.flow && !q.f.den.flow {
		add(out.den, q.f.den, civil.Date{}, 1)
	}
}

func (q reformQuestion) spokeIn(commune string, month civil.Date) bool {
	q.months = []civil.Date{month}
	return q.spoke(commune, false)
}

// Random figures told before and after the reform, with corrections and gaps, must come out
// on the new set as the oracle has them: exactly, the parts of persons too.
func TestCarriedAnswersAgreeWithOracle(t *testing.T) {
	h := newReformedHouse(t, reformLinks, func(c *catalog.Catalog) {
		c.Disclosure.Threshold = 0
		for i := range c.Measures {
			c.Measures[i].SensitiveBelow = ""
		}
	})
	indicators := []string{"card_rate", "cards_total", "people_total", "adult_share", "online_rate", "visits_per_1000", "clean_rate", "without_card", "open_rate"}
	rapid.Check(t, func(r *rapid.T) {
		h.empty(h.Catalog())
		truth := reformOracle{}
		truth.rows = drawReform(r)
		h.load(truth.rows...)
		for range 2 {
			indicator := rapid.SampledFrom(indicators).Draw(r, "indicator")
			kinds := []catalog.PeriodKind{catalog.Month, catalog.Day, catalog.Year}
			if oracleFormulas[indicator].num.flow {
				kinds = []catalog.PeriodKind{catalog.StatutoryMonth, catalog.StatutoryQuarter, catalog.StatutoryYear}
			}
			today := civil.DateOf(h.now)
			p := catalog.PeriodOf(rapid.SampledFrom(kinds).Draw(r, "kind"), drawDate(r))
			answer, err := h.Values(t.Context(), ValuesQuestion{Asked{Indicator: indicator, Period: p}, Scope{Units: []string{"P", "N1", "C12", "C21"}}})
			if err != nil {
				r.Fatal(err)
			}
			for _, got := range answer.Data {
				what := fmt.Sprint(indicator, " of ", got.Unit, " in ", p)
				sameCarried(r, what, got.Figure, truth.figure(indicator, got.Unit, p, h.now, today), oracleFormulas[indicator])
			}
		}
	})
}

func sameCarried(r *rapid.T, what string, got Figure, want reformFigure, f oracleFormula) {
	near := func(n *float64, exact *big.Rat) bool {
		if n == nil {
			return want.counted == 0
		}
		f, _ := exact.Float64()
		return math.Abs(*n-f) <= 1e-9*math.Max(1, math.Abs(f))
	}
	switch {
	case got.Coverage.Reported != want.counted || got.Coverage.Expected != want.expected:
		r.Fatalf("%s: coverage is %+v, want %d of %d", what, got.Coverage, want.counted, want.expected)
	case !near(got.Numerator, want.num) || got.Denominator != nil && !near(got.Denominator, want.den):
		r.Fatalf("%s: it is %s/%s, want %s/%s", what, number(got.Numerator), number(got.Denominator), want.num.FloatString(6), want.den.FloatString(6))
	case want.counted > 0 && f.den != nil && want.den.Sign() != 0:
		if value := new(big.Rat).Quo(want.num, want.den); !near(got.Value, value.Mul(value, new(big.Rat).SetFloat64(f.scale))) {
			r.Fatalf("%s: value is %s, want %s", what, number(got.Value), value.FloatString(6))
		}
	}
	if estimated := slices.Contains(got.Flags, catalog.Estimated); !estimated && got.EstimatedShare != 0 || estimated != (got.EstimatedShare > 0) || got.EstimatedShare > 1 {
		r.Fatalf("%s: flags are %v with an estimated share of %v", what, got.Flags, got.EstimatedShare)
	} else if estimated && want.estimated.Sign() == 0 {
		r.Fatalf("%s: it is estimated, and nothing came by weight", what)
	}
}

// drawReform makes figures of the units there were on their day.
func drawReform(r *rapid.T) []row {
	rows := drawRows(r, 1)
	for i := range rows {
		units := []string{"C11", "C12", "C21", "C22"}
		if !rows[i].end.Before(reformDay) {
			units = []string{"N1", "C12", "C21"}
		}
		if k := slices.Index([]string{"C11", "C12", "C21", "C22"}, rows[i].unit); k >= 0 {
			rows[i].unit = units[k%len(units)]
		}
	}
	return rows
}
