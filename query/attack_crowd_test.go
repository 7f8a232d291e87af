package query

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/toancanh/toancanh/query/catalog"
)

// person is a kind of people that is counted in a commune, on the first day of a month.
type person struct {
	month, unit, sex, residence string
	age                         int
}

func (p person) atom() string {
	return fmt.Sprint(p.month, "/", p.unit, "/", p.age, "/", p.sex, "/", p.residence)
}

func (p person) dims() string {
	return fmt.Sprintf("age=%d;residence=%s;sex=%s", p.age, p.residence, p.sex)
}

// crowd is a small population and the questions that are asked about it.
type crowd struct {
	h      *house
	r      *rapid.T
	people map[person]int64
	unit   string // that answers about one are asked of
}

// Ages in the bands that matter: children, the band that the age of 14 lies in, the old.
var crowdAges = []int{3, 8, 12, 14, 17, 40, 66, 97, 100}

const lastMonth, thisMonth = "2022-05", "2022-06"

// drawCrowd draws a few people, most of them in cells that are small, of two months: a
// commune that says nothing in the second is carried forward.
func drawCrowd(h *house, r *rapid.T) *crowd {
	c := &crowd{h: h, r: r, people: map[person]int64{}}
	h.empty(h.deps.Catalog)
	ages := rapid.SliceOfNDistinct(rapid.SampledFrom(crowdAges), 1, 5, rapid.ID).Draw(r, "ages")
	size := rapid.SampledFrom([]int64{1, 3, 6, 12, 40})
	var rows []row
	seq := uint64(0)
	for _, unit := range communesOf["P"] {
		for _, month := range []string{lastMonth, thisMonth} {
			seq++
			if month == thisMonth && rapid.IntRange(0, 3).Draw(r, "silent "+unit) == 0 {
				for p, n := range c.people {
					if p.unit == unit {
						p.month = thisMonth
						c.people[p] = n
					}
				}
				continue
			}
			most := size.Draw(r, "size of "+unit)
			told := map[string]int64{}
			for _, age := range ages {
				for _, sex := range sexes {
					for _, residence := range []string{"permanent", "temporary"} {
						p := person{month, unit, sex, residence, age}
						n := max(0, rapid.Int64Range(-most/2, most).Draw(r, p.atom()))
						c.people[p], told[p.dims()] = n, n
					}
				}
			}
			on := civilDate(month + "-01")
			for _, row := range people(seq, unit, told) {
				row.start, row.end, row.known = on, on, local(month+"-02 08:00")
				rows = append(rows, row)
			}
		}
	}
	h.load(rows...)
	return c
}

// some are people of a kind, in a unit and month.
func (c *crowd) some(month, unit string, kind func(person) bool) linear {
	l := linear{}
	for p := range c.people {
		if p.month == month && slices.Contains(communesOf[unit], p.unit) && kind(p) {
			l[p.atom()]++
		}
	}
	return l
}

func (c *crowd) attacker() *attacker {
	a := &attacker{truth: map[string]float64{}}
	for p, n := range c.people {
		a.truth[p.atom()] = float64(n)
	}
	return a
}

// safe fails when a count of people that is small can be told to be.
func (c *crowd) safe(a *attacker, answer, what string, of linear) {
	n := a.value(of)
	if n <= 0 || n >= 5 {
		return
	}
	if most := a.most(of); most < 5-1e-6 {
		c.r.Fatalf("%s gives away that %s are at most %v; they are %v", answer, what, most, n)
	}
}

type kind func(person) bool

func everybodyOf(person) bool { return true }
func adults(p person) bool    { return p.age >= 14 }
func minors(p person) bool    { return p.age < 14 }

// counted is what an indicator counts, and what of it would be a disclosure.
type counted struct {
	formula                string
	numerator, denominator []kind // added up
	secrets                map[string]kind
}

var countedKinds = map[string]counted{
	"people_total":  {"sum(people)", []kind{everybodyOf}, nil, map[string]kind{"people": everybodyOf}},
	"adults":        {"sum(people{age >= 14})", []kind{adults}, nil, map[string]kind{"adults": adults}},
	"adult_share":   {"100 * sum(people{age >= 14}) / sum(people)", []kind{adults}, []kind{everybodyOf}, map[string]kind{"adults": adults, "minors": minors, "people": everybodyOf}},
	"minors":        {"sum(people) - sum(people{age >= 14})", []kind{minors}, nil, map[string]kind{"adults": adults, "minors": minors, "people": everybodyOf}},
	"schoolgirls":   {"sum(people{age <= 14, sex = female})", []kind{func(p person) bool { return p.age <= 14 && p.sex == female }}, nil, map[string]kind{"girls": func(p person) bool { return p.age <= 14 && p.sex == female }}},
	"temporary":     {"100 * sum(people{residence = temporary}) / sum(people)", []kind{func(p person) bool { return p.residence == "temporary" }}, []kind{everybodyOf}, map[string]kind{"temporary residents": func(p person) bool { return p.residence == "temporary" }, "permanent residents": func(p person) bool { return p.residence == "permanent" }}},
	"aged":          {"100 * sum(people{age >= 65}) / sum(people)", []kind{func(p person) bool { return p.age >= 65 }}, []kind{everybodyOf}, map[string]kind{"the old": func(p person) bool { return p.age >= 65 }, "all but the old": func(p person) bool { return p.age < 65 }}},
	"dependency":    {"100 * (sum(people{age <= 14}) + sum(people{age >= 65})) / sum(people{age >= 15, age <= 64})", []kind{func(p person) bool { return p.age <= 14 || p.age >= 65 }}, []kind{func(p person) bool { return p.age >= 15 && p.age <= 64 }}, map[string]kind{"dependants": func(p person) bool { return p.age <= 14 || p.age >= 65 }, "workers": func(p person) bool { return p.age >= 15 && p.age <= 64 }}},
	"workers_alone": {"sum(people{age >= 15, age <= 64})", []kind{func(p person) bool { return p.age >= 15 && p.age <= 64 }}, nil, map[string]kind{"workers": func(p person) bool { return p.age >= 15 && p.age <= 64 }}},
}

func crowdCatalog() *catalog.Catalog {
	c := tinyCatalog()
	kinds := []catalog.PeriodKind{catalog.Month}
	c.Indicators = nil
	for id, of := range countedKinds {
		c.Indicators = append(c.Indicators, catalog.Indicator{ID: id, PeriodKinds: kinds, Direction: catalog.Neutral, Formula: formula(of.formula)})
	}
	slices.SortFunc(c.Indicators, func(a, b catalog.Indicator) int { return strings.Compare(a.ID, b.ID) })
	return c
}

func (c *crowd) sum(month, unit string, kinds []kind) linear {
	l := linear{}
	for _, k := range kinds {
		l = l.plus(c.some(month, unit, k), 1)
	}
	return l
}

// learn takes what a figure shows.
func (c *crowd) learn(a *attacker, id, month, unit string, f Figure, of ...kind) {
	narrowed := func(kinds []kind) []kind {
		if len(of) == 0 {
			return kinds
		}
		out := make([]kind, len(kinds))
		for i, k := range kinds {
			out[i] = func(p person) bool { return k(p) && of[0](p) }
		}
		return out
	}
	if slices.Contains(f.Flags, catalog.Suppressed) {
		if f.Value != nil || f.Numerator != nil || f.Denominator != nil || f.LastObservation != nil || f.Status != catalog.NoData || f.EstimatedShare != 0 {
			c.r.Fatalf("hidden figure of %s in %s shows %+v", id, unit, f)
		}
		return
	}
	if f.Numerator != nil {
		a.learn(c.r, "numerator of "+id+" in "+unit, c.sum(month, unit, narrowed(countedKinds[id].numerator)), *f.Numerator)
	}
	if f.Denominator != nil {
		a.learn(c.r, "denominator of "+id+" in "+unit, c.sum(month, unit, narrowed(countedKinds[id].denominator)), *f.Denominator)
	}
	if f.Value != nil && f.Denominator == nil {
		a.learn(c.r, "value of "+id+" in "+unit, c.sum(month, unit, narrowed(countedKinds[id].numerator)), *f.Value)
	}
}

var everyUnit = []string{"P", "D1", "D2", "C11", "C12", "C21", "C22"}

func (c *crowd) secretsOf(a *attacker, answer, id, month string, units ...string) {
	for what, k := range countedKinds[id].secrets {
		for _, unit := range units {
			c.safe(a, answer+" of "+id, what+" of "+unit+" in "+month, c.some(month, unit, k))
		}
	}
}

func (c *crowd) must(err error) {
	if err != nil {
		c.r.Fatal(err)
	}
}
