package catalog

import (
	"math"
	"testing"

	"github.com/golang-sql/civil"
	"pgregory.net/rapid"
)

// The country in the census of 2019, in shares of 1000 people.
func TestDependencyOfTheCensus(t *testing.T) {
	d, ok := AgeGroups{Children: 243, Working: 680, Old: 77}.Dependency()
	if !ok || math.Round(10*d.Total) != 471 || math.Round(10*d.Young) != 357 || math.Round(10*d.Old) != 113 {
		t.Errorf("%+v", d)
	}
	if _, ok := (AgeGroups{Children: 3, Old: 4}).Dependency(); ok {
		t.Error("a ratio to nobody")
	}
}

// People of every age belong to one group, and the limits to the group above.
func TestAgeGroups(t *testing.T) {
	var g AgeGroups
	for age := range 101 {
		g.Add(age, 1)
	}
	if g != (AgeGroups{Children: 15, Working: 50, Old: 36}) {
		t.Errorf("%+v", g)
	}
}

func TestAnnualGrowth(t *testing.T) {
	start := date(t, "2021-11-01")
	for _, c := range []struct {
		from, to int64
		end      string
		want     float64
	}{
		{1000, 1010, "2022-11-01", 1.0007}, // 365 days are a little less than a year
		{1000, 1000, "2022-11-01", 0},
		{1000, 500, "2023-11-01", -29.299},
		{1000, 0, "2022-11-01", -100},
	} {
		got, ok := AnnualGrowth(c.from, c.to, start, date(t, c.end))
		if !ok || math.Abs(got-c.want) > 0.01 {
			t.Errorf("from %d to %d until %s: %v", c.from, c.to, c.end, got)
		}
	}
	if _, ok := AnnualGrowth(0, 5, start, date(t, "2022-11-01")); ok {
		t.Error("growth from nobody")
	}
	if _, ok := AnnualGrowth(5, 5, start, start); ok {
		t.Error("growth in no time")
	}
}

// Growing evenly for two years is growing for one and then for another.
func TestReferencePopulationGrowsEvenly(t *testing.T) {
	unit, ok := vinhphuc(t).BoundarySets[0].Unit("243")
	if !ok {
		t.Fatal("no Vĩnh Yên")
	}
	counts := unit.Headcounts()
	rapid.Check(t, func(t *rapid.T) {
		day := census2009.AddDays(rapid.IntRange(1, 3651).Draw(t, "day"))
		got, ok := ReferencePopulation(counts, day)
		if !ok || got.Persons < 94294 || got.Persons > 119128 {
			t.Fatalf("%s: %+v", day, got)
		}
		// the same by compounding a daily rate, day after day
		daily := math.Exp(math.Log(119128.0/94294.0) / float64(census2019.DaysSince(census2009)))
		people := 94294.0
		for range day.DaysSince(census2009) {
			people *= daily
		}
		if math.Abs(people-float64(got.Persons)) > 0.51 {
			t.Fatalf("%s: %d, want %v", day, got.Persons, people)
		}
	})
	for day, want := range map[string]PopulationBasis{
		"2009-04-01": FromCensus, "2019-04-01": FromCensus, "2014-01-01": FromInterpolated, "2022-11-20": FromExtrapolated, "2005-01-01": FromExtrapolated,
	} {
		got, ok := ReferencePopulation(counts, date(t, day))
		if !ok || got.Basis != want || got.Basis.Estimated() != (want != FromCensus) {
			t.Errorf("%s: %+v, want %s", day, got, want)
		}
	}
}

func TestReferencePopulationKnowsItsLimits(t *testing.T) {
	two := []Headcount{{census2009, 100, FromCensus}, {census2019, 110, FromCensus}}
	for _, c := range []struct {
		counts []Headcount
		day    string
		ok     bool
	}{
		{nil, "2019-04-01", false}, {two[1:], "2019-04-01", true}, {two[1:], "2019-04-02", false},
		{two, "2029-03-01", true}, {two, "2029-05-01", false}, {two, "1999-05-01", true}, {two, "1999-03-01", false},
	} {
		if _, ok := ReferencePopulation(c.counts, date(t, c.day)); ok != c.ok {
			t.Errorf("%d counts on %s: %v", len(c.counts), c.day, ok)
		}
	}
	three := append(two, Headcount{civil.Date{Year: 2025, Month: 7, Day: 1}, 99, FromStatement})
	if got, _ := ReferencePopulation(three, date(t, "2022-05-16")); got.Persons >= 110 || got.Persons <= 99 {
		t.Errorf("between the last two counts: %+v", got)
	}
}

func TestDensityAndSexRatio(t *testing.T) {
	if d, ok := Density(1151154, 1235.976); !ok || math.Abs(d-931.37) > 0.01 {
		t.Errorf("density %v", d)
	}
	if _, ok := Density(5, 0); ok {
		t.Error("people on no land")
	}
	if r, ok := SexRatio(994, 1000); !ok || math.Abs(r-99.4) > 1e-9 {
		t.Errorf("sex ratio %v", r)
	}
	if _, ok := SexRatio(3, 0); ok {
		t.Error("men for no women")
	}
}
