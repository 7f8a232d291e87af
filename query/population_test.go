package query

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// census makes rows of every sex, age and residence in some communes on a day.
func census(random *rand.Rand, seq uint64, day string, units ...string) []row {
	var rows []row
	for _, unit := range units {
		for age := range 101 {
			for _, residence := range []string{"permanent", "temporary"} {
				for _, sex := range []string{"male", "female"} {
					dims := fmt.Sprintf("age=%d;residence=%s;sex=%s", age, residence, sex)
					rows = append(rows, row{
						measure: "people", period: day, start: civilDate(day), end: civilDate(day), unit: unit, dims: dims,
						seq: seq, no: uint32(len(rows)), value: int64(random.IntN(300)), known: local(day + " 12:00"),
					})
				}
			}
		}
	}
	return rows
}

// headsOf walks the rows of a unit on a day: an oracle that knows no band, plan or SQL.
func headsOf(rows []row, unit, day, residence string, keep func(age int, sex string) bool) (n int64) {
	for _, r := range rows {
		var age int
		var living, sex string
		if _, err := fmt.Sscanf(r.dims, "age=%d;", &age); err != nil {
			panic(err)
		}
		for _, name := range []string{"permanent", "temporary"} {
			for _, gender := range []string{"male", "female"} {
				if r.dims == fmt.Sprintf("age=%d;residence=%s;sex=%s", age, name, gender) {
					living, sex = name, gender
				}
			}
		}
		inUnit := false
		for _, commune := range communesOf[unit] {
			inUnit = inUnit || commune == r.unit
		}
		if inUnit && r.end == civilDate(day) && (residence == "" || living == residence) && keep(age, sex) {
			n += r.value
		}
	}
	return n
}

func TestPopulationAgreesWithTheRows(t *testing.T) {
	c := tinyCatalog()
	c.Disclosure.Threshold = 0
	h := newHouse(t, c)
	random := rand.New(rand.NewPCG(6, 2022))
	rows := append(census(random, 1, "2021-06-01", "C11", "C12", "C21"), census(random, 2, "2022-06-01", "C11", "C12", "C21", "C22")...)
	h.load(rows...)
	between := func(from, to int) func(int, string) bool {
		return func(age int, _ string) bool { return age >= from && age <= to }
	}
	of := func(want string) func(int, string) bool { return func(_ int, sex string) bool { return sex == want } }
	for _, unit := range []string{"C11", "D1", "D2", "P"} {
		for _, residence := range []string{"", "permanent", "temporary"} {
			answer, err := h.Population(t.Context(), PopulationQuestion{Unit: unit, Residence: residence, Date: civilDate("2022-06-01")})
			if err != nil {
				t.Fatal(err)
			}
			p := answer.Data
			count := func(keep func(int, string) bool) int64 { return headsOf(rows, unit, "2022-06-01", residence, keep) }
			for name, pair := range map[string][2]int64{
				"total": {*p.Total, count(between(0, 100))}, "14 and over": {*p.Aged14AndOver, count(between(14, 100))},
				"men": {*p.BySex["male"], count(of("male"))}, "children": {p.Dependency.Groups.Children, count(between(0, 14))},
				"working": {p.Dependency.Groups.Working, count(between(15, 64))}, "old": {p.Dependency.Groups.Old, count(between(65, 100))},
				"boys of 10 to 14": {*p.Bands[2].Male, count(func(age int, sex string) bool { return sex == "male" && age >= 10 && age <= 14 })},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s %q: %s is %d, the rows say %d", unit, residence, name, pair[0], pair[1])
				}
			}
			working := float64(count(between(15, 64)))
			ratio := 100 * (float64(count(between(0, 100))) - working) / working
			if math.Abs(p.Dependency.Total-ratio) > 1e-9 || math.Abs(*p.Density-float64(*p.Total)) > 1e-9 {
				t.Errorf("%s %q: dependency %v, want %v; density %v", unit, residence, p.Dependency.Total, ratio, *p.Density)
			}
		}
	}
}

// C22 reported in the second year alone: growth is over the other communes.
func TestGrowthIsOverTheSameUnits(t *testing.T) {
	c := tinyCatalog()
	c.Disclosure.Threshold = 0
	h := newHouse(t, c)
	random := rand.New(rand.NewPCG(7, 2022))
	rows := append(census(random, 1, "2021-06-01", "C11", "C12", "C21"), census(random, 2, "2022-06-01", "C11", "C12", "C21", "C22")...)
	h.load(rows...)
	anybody := func(int, string) bool { return true }
	answer, err := h.Population(t.Context(), PopulationQuestion{Unit: "D2", Date: civilDate("2022-06-01")})
	if err != nil {
		t.Fatal(err)
	}
	before, after := headsOf(rows, "C21", "2021-06-01", "", anybody), headsOf(rows, "C21", "2022-06-01", "", anybody)
	g := answer.Data.Growth
	if g == nil || *g.Before != before || *g.After != after || g.Coverage.Reported != 1 || g.Coverage.Expected != 2 {
		t.Fatalf("growth is %+v, of C21 %d to %d", g, before, after)
	}
	if percent := 100 * (math.Exp(math.Log(float64(after)/float64(before))*365.2425/365) - 1); math.Abs(*g.Percent-percent) > 1e-9 {
		t.Errorf("it grows by %v, want %v", *g.Percent, percent)
	}
	// a year later both days are served by one register: that is no growth of zero
	h.now = local("2023-06-20 09:00")
	if answer, err = h.Population(t.Context(), PopulationQuestion{Unit: "D2", Date: civilDate("2023-06-10")}); err != nil || answer.Data.Growth != nil {
		t.Errorf("growth is %+v, %v", answer.Data.Growth, err)
	}
}

// Three temporary men cannot be told from everybody less the permanent ones.
func TestResidencesCoverEachOther(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{
		"age=3;residence=permanent;sex=male": 20, "age=40;residence=permanent;sex=male": 30, "age=40;residence=temporary;sex=male": 3,
		"age=8;residence=temporary;sex=male": 40, "age=40;residence=permanent;sex=female": 50,
	})...)
	for _, residence := range []string{"permanent", "temporary"} {
		answer, err := h.Population(t.Context(), PopulationQuestion{Unit: "C11", Residence: residence})
		if err != nil {
			t.Fatal(err)
		}
		if p := answer.Data; p.Bands[8].Male != nil || p.Concept != residence || p.Dependency != nil {
			t.Errorf("%s men of 40 to 44: %v, dependency %v", residence, p.Bands[8].Male, p.Dependency)
		}
	}
	_, err := h.Population(t.Context(), PopulationQuestion{Unit: "C11", Residence: "visiting"})
	var known *Error
	if !errors.As(err, &known) || known.Code != "unknown_residence" {
		t.Errorf("error is %v", err)
	}
}

func TestReferencePopulation(t *testing.T) {
	c := tinyCatalog()
	info := tinySet(t).Info()
	d1, _ := tinySet(t).Unit("D1")
	c.BoundarySets = []catalog.BoundarySet{{Info: info, Units: []catalog.UnitFact{{Unit: d1, Population2009Published: 1000, Population2019: 1100}}}}
	h := newHouse(t, c)
	h.now = local("2022-12-10 09:00")
	for day, want := range map[string]string{
		"2019-04-01": "1100 census []", "2014-04-01": "1049 interpolated [estimated]", "2022-04-01": "1132 extrapolated [estimated]",
	} {
		answer, err := h.Population(t.Context(), PopulationQuestion{Unit: "D1", Date: civilDate(day)})
		if err != nil {
			t.Fatal(err)
		}
		r := answer.Data.Reference
		if r == nil || fmt.Sprint(r.Persons, " ", r.Basis, " ", r.Flags) != want || len(r.Counts) != 2 || r.Counts[0].Date != (civil.Date{Year: 2009, Month: 4, Day: 1}) {
			t.Errorf("on %s: %+v, want %s", day, r, want)
		}
	}
	if answer, err := h.Population(t.Context(), PopulationQuestion{Unit: "C11"}); err != nil || answer.Data.Reference != nil {
		t.Errorf("a commune without counts: %+v, %v", answer.Data.Reference, err)
	}
}
