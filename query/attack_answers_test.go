package query

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"pgregory.net/rapid"

	"github.com/toancanh/toancanh/query/catalog"
)

func (c *crowd) attackValues(id string) {
	for _, month := range []string{lastMonth, thisMonth} {
		answer, err := c.h.Values(c.h.t.Context(), ValuesQuestion{Asked{Indicator: id, Period: parsePeriod(month)}, Scope{Units: everyUnit}})
		c.must(err)
		a := c.attacker()
		for _, row := range answer.Data {
			c.learn(a, id, month, row.Unit, row.Figure)
		}
		c.secretsOf(a, "values", id, month, everyUnit...)
	}
}

// A profile has all indicators of a unit in one answer.
func (c *crowd) attackProfile(string) {
	answer, err := c.h.Profile(c.h.t.Context(), ProfileQuestion{Unit: c.unit, Period: parsePeriod(thisMonth)})
	c.must(err)
	a := c.attacker()
	for _, row := range answer.Data {
		if _, counted := countedKinds[row.Indicator]; counted {
			c.learn(a, row.Indicator, thisMonth, row.Unit, row.Figure)
		}
	}
	for id := range countedKinds {
		c.secretsOf(a, "profile", id, thisMonth, c.unit)
	}
}

// A ranking shows how values changed: the values before follow, and that of a commune which
// said nothing since is the same.
func (c *crowd) attackRanking(id string) {
	answer, err := c.h.Ranking(c.h.t.Context(), RankingQuestion{Asked{Indicator: id, Period: parsePeriod(thisMonth)}, Scope{Units: everyUnit}})
	c.must(err)
	a := c.attacker()
	counts := len(countedKinds[id].denominator) == 0
	for _, row := range answer.Data {
		c.learn(a, id, thisMonth, row.Unit, row.Figure)
		if row.Value == nil && (row.Rank != nil || row.Movement != nil || row.Change != nil) {
			c.r.Fatalf("a hidden value is ranked: %+v", row)
		}
		before, now := c.sum(lastMonth, row.Unit, countedKinds[id].numerator), c.sum(thisMonth, row.Unit, countedKinds[id].numerator)
		if row.Change != nil && counts {
			a.learn(c.r, "change of "+id+" in "+row.Unit, now.plus(before, -1), *row.Change)
		}
		if row.LastObservation != nil && row.LastObservation.Before(civilDate(thisMonth+"-01")) && row.Unit[0] == 'C' {
			a.learn(c.r, "what "+row.Unit+" said before", now.plus(before, -1), 0)
		}
	}
	c.secretsOf(a, "ranking", id, thisMonth, everyUnit...)
	c.secretsOf(a, "ranking", id, lastMonth, everyUnit...)
}

func (c *crowd) attackComparison(id string) {
	unit := c.unit
	answer, err := c.h.Comparison(c.h.t.Context(), ComparisonQuestion{Asked{Indicator: id, Period: parsePeriod(thisMonth)}, unit})
	c.must(err)
	a := c.attacker()
	c.learn(a, id, thisMonth, unit, answer.Data.Figure)
	for _, row := range answer.Data.Against {
		if row.Period == lastMonth || row.Period == thisMonth {
			c.learn(a, id, row.Period, row.Unit, row.Figure)
		}
		if (answer.Data.Value == nil || row.Value == nil) && (row.Difference != nil || row.Relative != nil) {
			c.r.Fatalf("a hidden value is compared: %+v", row)
		}
	}
	if s := answer.Data.Similar; s != nil {
		a.learn(c.r, "population of "+unit, c.some(thisMonth, unit, everybodyOf), float64(s.Population))
		for _, row := range s.Rows {
			c.learn(a, id, thisMonth, row.Unit, row.Figure)
			a.learn(c.r, "population of "+row.Unit, c.some(thisMonth, row.Unit, everybodyOf), float64(row.Population))
		}
	}
	c.secretsOf(a, "comparison", id, thisMonth, everyUnit...)
	c.secretsOf(a, "comparison", id, lastMonth, everyUnit...)
}

// A series, an outlook and a history show one unit, what is hidden in it in none of them.
func (c *crowd) attackSeries(id string) {
	unit := c.unit
	answer, err := c.h.Series(c.h.t.Context(), SeriesQuestion{Indicator: id, Unit: unit})
	c.must(err)
	a := c.attacker()
	values := 0
	for _, row := range answer.Data {
		c.learn(a, id, row.Period, unit, row.Figure)
		if row.Value != nil {
			values++
		}
		asked := Asked{Indicator: id, Period: parsePeriod(row.Period)}
		history, err := c.h.History(c.h.t.Context(), HistoryQuestion{Asked: asked, Unit: unit})
		c.must(err)
		if hidden := slices.Contains(row.Flags, catalog.Suppressed); hidden && len(history.Data) > 0 {
			c.r.Fatalf("%s in %s is hidden and has the history %+v", id, unit, history.Data)
		}
		for _, was := range history.Data {
			if was.KnownAt.Before(local(row.Period+"-01 00:00").AddDate(0, 1, 0)) {
				continue // as of an instant before all that counts now was known
			}
			c.learn(a, id, row.Period, unit, was.Figure)
		}
	}
	for _, month := range []string{lastMonth, thisMonth} {
		c.secretsOf(a, "series with histories", id, month, everyUnit...)
	}
	outlook, err := c.h.Outlook(c.h.t.Context(), OutlookQuestion{Indicator: id, Unit: unit})
	c.must(err)
	if values == 0 && (outlook.Data.Value != nil || outlook.Data.RecentPace != nil || len(outlook.Data.Projection) > 0) {
		c.r.Fatalf("%s in %s is hidden in all periods and looks ahead: %+v", id, unit, outlook.Data)
	}
}

// A distribution is of the values that are shown, and of no others.
func (c *crowd) attackDistribution(id string) {
	asked, scope := Asked{Indicator: id, Period: parsePeriod(thisMonth)}, Scope{Units: everyUnit}
	answer, err := c.h.Distribution(c.h.t.Context(), DistributionQuestion{Asked: asked, Scope: scope, Method: ClassQuantile})
	c.must(err)
	values, err := c.h.Values(c.h.t.Context(), ValuesQuestion{asked, scope})
	c.must(err)
	var shown []float64
	hidden := 0
	for _, row := range values.Data {
		if row.Value != nil {
			shown = append(shown, *row.Value)
		}
		if slices.Contains(row.Flags, catalog.Suppressed) {
			hidden++
		}
	}
	slices.Sort(shown)
	d, placed := answer.Data, 0
	for _, class := range d.Classes {
		placed += class.Count
	}
	if placed != len(shown) || d.Without[string(catalog.Suppressed)] != hidden {
		c.r.Fatalf("%d values in classes and %v outside; %d are shown and %d hidden", placed, d.Without, len(shown), hidden)
	}
	if len(shown) > 0 && (*d.Min != shown[0] || *d.Max != shown[len(shown)-1]) || len(shown) == 0 && (d.Min != nil || d.Max != nil || d.Median != nil) {
		c.r.Fatalf("spread %v to %v of the values %v", number(d.Min), number(d.Max), shown)
	}
}

func (c *crowd) attackProvenance(id string) {
	unit := c.unit
	answer, err := c.h.Provenance(c.h.t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: id, Period: parsePeriod(thisMonth)}, Unit: unit})
	c.must(err)
	a := c.attacker()
	c.learn(a, id, thisMonth, unit, answer.Data.Figure)
	if slices.Contains(answer.Data.Flags, catalog.Suppressed) && len(answer.Data.Inputs) > 0 {
		c.r.Fatalf("%s in %s is hidden and has inputs %+v", id, unit, answer.Data.Inputs)
	}
	for _, input := range answer.Data.Inputs {
		if !input.Protected || input.Dims != "" || slices.ContainsFunc(input.Revisions, func(r Revision) bool { return r.Value != nil }) {
			c.r.Fatalf("an input of %s tells parts or revisions: %+v", id, input)
		}
		if input.Value != nil {
			a.learn(c.r, "input of "+id+" in "+input.Unit, c.inputOf(id, input), float64(*input.Value))
		}
	}
	c.secretsOf(a, "provenance of "+unit, id, thisMonth, everyUnit...)
}

// inputOf is what an input counts: the first term of a formula that lists it.
func (c *crowd) inputOf(id string, input Input) linear {
	month := input.Date.String()[:7]
	for _, term := range formula(countedKinds[id].formula).Numerator {
		return c.some(month, input.Unit, func(p person) bool { return matches(term, p) })
	}
	panic(id)
}

func matches(t catalog.Term, p person) bool {
	for dim, f := range t.Where {
		switch dim {
		case "age":
			if f.From != nil && p.age < *f.From || f.To != nil && p.age > *f.To {
				return false
			}
		case "sex":
			if !slices.Contains(f.Members, p.sex) {
				return false
			}
		case "residence":
			if !slices.Contains(f.Members, p.residence) {
				return false
			}
		}
	}
	return true
}

// A breakdown is attacked beside the whole, which is another answer but on the same page.
func (c *crowd) attackBreakdown(id string) {
	by := rapid.SampledFrom([]string{"sex", "residence", "age"}).Draw(c.r, "by")
	unit := c.unit
	asked := Asked{Indicator: id, Period: parsePeriod(thisMonth)}
	answer, err := c.h.Breakdown(c.h.t.Context(), BreakdownQuestion{Asked: asked, Unit: unit, By: by})
	if by == "age" && unit[0] == 'C' {
		if KindOf(err) != Refused {
			c.r.Fatalf("single years of %s: %v", unit, err)
		}
		return
	}
	c.must(err)
	whole, err := c.h.Values(c.h.t.Context(), ValuesQuestion{asked, Scope{Units: []string{unit}}})
	c.must(err)
	a := c.attacker()
	c.learn(a, id, thisMonth, unit, whole.Data[0].Figure)
	of := func(member string) kind {
		return func(p person) bool {
			return map[string]string{"age": strconv.Itoa(p.age), "sex": p.sex, "residence": p.residence}[by] == member
		}
	}
	for _, row := range answer.Data {
		c.learn(a, id, thisMonth, unit, row.Figure, of(row.Member))
	}
	for what, k := range countedKinds[id].secrets {
		for _, row := range answer.Data {
			c.safe(a, "breakdown of "+id+" by "+by+" in "+unit, what+" of "+row.Member,
				c.some(thisMonth, unit, func(p person) bool { return k(p) && of(row.Member)(p) }))
		}
	}
}

func (c *crowd) attackPyramid(string) {
	residence := rapid.SampledFrom([]string{"", "permanent", "temporary"}).Draw(c.r, "residence")
	concept := func(p person) bool { return residence == "" || p.residence == residence }
	unit := c.unit
	answer, err := c.h.Population(c.h.t.Context(), PopulationQuestion{Unit: unit, Residence: residence, Period: parsePeriod(thisMonth)})
	c.must(err)
	a, d := c.attacker(), answer.Data
	of := func(k kind) linear {
		return c.some(thisMonth, unit, func(p person) bool { return concept(p) && k(p) })
	}
	secrets := map[string]linear{
		"people": of(everybodyOf), "adults": of(adults), "minors": of(minors),
		"those of 14":       of(func(p person) bool { return p.age == 14 }),
		"those of 10 to 13": of(func(p person) bool { return p.age >= 10 && p.age < 14 }),
	}
	learn := func(what string, n *int64, l linear) {
		if n != nil {
			a.learn(c.r, what+" of "+unit, l, float64(*n))
		}
	}
	learn("people", d.Total, of(everybodyOf))
	learn("adults", d.Aged14AndOver, of(adults))
	for _, sex := range sexes {
		k := func(p person) bool { return p.sex == sex }
		learn(sex, d.BySex[sex], of(k))
		secrets[sex] = of(k)
	}
	for living, n := range d.Residence {
		l := c.some(thisMonth, unit, func(p person) bool { return p.residence == living })
		learn(living, n, l)
		secrets[living] = l
	}
	for _, b := range d.Bands {
		for sex, n := range map[string]*int64{male: b.Male, female: b.Female} {
			l := of(func(p person) bool { return p.sex == sex && p.age >= b.From && (b.To == nil || p.age <= *b.To) })
			what := fmt.Sprint(sex, " from ", b.From)
			learn(what, n, l)
			secrets[what] = l
		}
	}
	if (d.BySex[male] == nil || d.BySex[female] == nil) && d.SexRatio != nil || d.Total == nil && d.Density != nil {
		c.r.Fatalf("a ratio of hidden counts of %s: %+v", unit, d)
	}
	if d.Dependency != nil {
		g := d.Dependency.Groups
		learn("children", &g.Children, of(func(p person) bool { return p.age < 15 }))
		learn("workers", &g.Working, of(func(p person) bool { return p.age >= 15 && p.age < 65 }))
		learn("the old", &g.Old, of(func(p person) bool { return p.age >= 65 }))
	}
	for what, l := range secrets {
		c.safe(a, "population "+residence+" of "+unit, what, l)
	}
	c.consistentTotals(d, unit, residence)
}

// consistentTotals finds totals that are hidden as values and told by the pyramid.
func (c *crowd) consistentTotals(d Population, unit, residence string) {
	if residence != "" {
		return
	}
	value := func(id string) Figure {
		answer, err := c.h.Values(c.h.t.Context(), ValuesQuestion{Asked{Indicator: id, Period: parsePeriod(thisMonth)}, Scope{Units: []string{unit}}})
		c.must(err)
		return answer.Data[0].Figure
	}
	for id, told := range map[string]*int64{"people_total": d.Total, "temporary": d.Residence["temporary"]} {
		if told != nil && *told != 0 && slices.Contains(value(id).Flags, catalog.Suppressed) {
			c.r.Fatalf("%s is hidden in %s, and the pyramid says %d", id, unit, *told)
		}
	}
}

// All indicators of one scrape are attacked together.
func (c *crowd) attackMetrics(string) {
	collector := newCollector(c.h.Service, 0)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	families, err := registry.Gather()
	c.must(err)
	a := c.attacker()
	for _, family := range families {
		of, ok := map[string]func(counted) []kind{
			"toancanh_indicator_numerator":   func(i counted) []kind { return i.numerator },
			"toancanh_indicator_denominator": func(i counted) []kind { return i.denominator },
		}[family.GetName()]
		if !ok {
			continue
		}
		for _, m := range family.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			kinds := of(countedKinds[labels["indicator"]])
			a.learn(c.r, family.GetName()+" "+labels["indicator"]+" "+labels["unit"], c.sum(thisMonth, labels["unit"], kinds), m.GetGauge().GetValue())
		}
	}
	for id := range countedKinds {
		c.secretsOf(a, "metrics", id, thisMonth, everyUnit...)
	}
	for _, unit := range everyUnit {
		c.safe(a, "metrics", "minors of "+unit, c.some(thisMonth, unit, minors))
		c.safe(a, "metrics", "those of 14 in "+unit, c.some(thisMonth, unit, func(p person) bool { return p.age == 14 }))
	}
}

// The attacks: no single answer about a small population gives a small count away, whatever
// is worked out of it.
func TestNoAnswerGivesASmallCountAway(t *testing.T) {
	h := newHouse(t, crowdCatalog())
	ids := slices.Sorted(maps.Keys(countedKinds))
	attacks := []func(c *crowd, id string){
		(*crowd).attackValues, (*crowd).attackRanking, (*crowd).attackComparison, (*crowd).attackSeries,
		(*crowd).attackDistribution, (*crowd).attackProvenance, (*crowd).attackBreakdown, (*crowd).attackPyramid, (*crowd).attackMetrics, (*crowd).attackProfile,
	}
	rapid.Check(t, func(r *rapid.T) {
		c := drawCrowd(h, r)
		c.unit = rapid.SampledFrom(everyUnit).Draw(r, "unit")
		id := rapid.SampledFrom(ids).Draw(r, "indicator")
		for _, attack := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(attacks)-1), 2, 2, rapid.ID).Draw(r, "attacks") {
			attacks[attack](c, id)
		}
	})
}
