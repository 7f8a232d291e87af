package catalog

import (
	"math"
	"testing"
	"time"

	"github.com/golang-sql/civil"
	"pgregory.net/rapid"
)

func TestExpectedPopulationMeetsTheCensuses(t *testing.T) {
	c := vinhphuc(t)
	m := c.Demo.Population
	set, _ := c.BoundarySet("vinhphuc-2022")
	for _, u := range set.Units {
		if u.Level != "district" {
			continue
		}
		first, _ := m.Expected(u, m.CensusFrom)
		last, _ := m.Expected(u, m.CensusTo)
		if math.Abs(first-float64(u.Population2009Published)) > 1e-6 || math.Abs(last-float64(u.Population2019)) > 1e-6 {
			t.Errorf("%s: %v and %v", u.FullName, first, last)
		}
	}
	commune, _ := set.Unit("08707")
	if _, ok := m.Expected(commune, m.CensusTo); ok {
		t.Error("a commune without a published census has an expected total")
	}
}

// At all times communes add up to their district, districts to the province, and each
// district to what is stated, to the person.
func TestPopulationAddsUp(t *testing.T) {
	c := vinhphuc(t)
	m := c.Demo.Population
	set, _ := c.BoundarySet("vinhphuc-2022")
	rapid.Check(t, func(t *rapid.T) {
		day := civil.Date{Year: 2009, Month: time.April, Day: 1}.AddDays(rapid.IntRange(0, 6000).Draw(t, "day"))
		p := m.At(set, day)
		below := map[string]int{}
		for _, u := range set.Units {
			below[u.Parent] += p.Totals[u.Code]
			if p.Totals[u.Code] <= 0 {
				t.Fatalf("%s has %d people", u.FullName, p.Totals[u.Code])
			}
		}
		for _, u := range set.Units {
			if u.Level != "commune" && below[u.Code] != p.Totals[u.Code] {
				t.Fatalf("%s has %d people, its parts %d", u.FullName, p.Totals[u.Code], below[u.Code])
			}
			if expected, ok := m.Expected(u, day); u.Level == "district" && (!ok || p.Totals[u.Code] != int(math.Round(expected))) {
				t.Fatalf("%s has %d people, expected %v", u.FullName, p.Totals[u.Code], expected)
			}
		}
	})
}

func TestPopulationOfTheProvince(t *testing.T) {
	c := vinhphuc(t)
	set, _ := c.BoundarySet("vinhphuc-2022")
	if at2019 := c.Demo.Population.At(set, date(t, "2019-04-01")); at2019.Totals["26"] != 1151154 {
		t.Errorf("on census day: %d", at2019.Totals["26"])
	}
	if at2022 := c.Demo.Population.At(set, date(t, "2022-11-20")); at2022.Totals["26"] < 1180000 || at2022.Totals["26"] > 1230000 {
		t.Errorf("in November 2022: %d", at2022.Totals["26"])
	}
}

func TestCellsAddUp(t *testing.T) {
	c := vinhphuc(t)
	m := c.Demo.Population
	rapid.Check(t, func(t *rapid.T) {
		unitType := rapid.SampledFrom([]string{"xã", "phường", "thị trấn"}).Draw(t, "type")
		total := rapid.IntRange(0, 30000).Draw(t, "total")
		sum, adults := 0, 0
		for _, cell := range m.Cells(unitType, total) {
			sum += cell.Count
			if cell.Count < 0 {
				t.Fatalf("%+v", cell)
			}
			if cell.Age >= 14 {
				adults += cell.Count
			}
		}
		if sum != total {
			t.Fatalf("%d cells' people, %d in all", sum, total)
		}
		from := 14
		expected := float64(total) * m.Fraction(unitType, map[string]Filter{"age": {From: &from}})
		if math.Abs(float64(adults)-expected) > 202 { // each of the 2 * 2 * 101 cells is off by less than one, and half of that on average
			t.Fatalf("%d adults of %d, expected %.0f", adults, total, expected)
		}
	})
}

func TestCellsFitTheirMeasure(t *testing.T) {
	c := vinhphuc(t)
	m, _ := c.Measure(c.Demo.Population.Measure)
	cells := c.Demo.Population.Cells("xã", 8000)
	if len(cells) != 2*2*101 {
		t.Errorf("%d cells", len(cells))
	}
	for _, cell := range cells {
		dims := map[string]string{"sex": cell.Sex, "age": cell.AgeMember(), "residence": cell.Residence}
		if _, err := c.CanonicalDims(m, dims); err != nil {
			t.Fatalf("%+v: %v", cell, err)
		}
	}
}

func TestFraction(t *testing.T) {
	m := vinhphuc(t).Demo.Population
	male := map[string]Filter{"sex": {Members: []string{"male"}}}
	temporary := map[string]Filter{"residence": {Members: []string{"temporary"}}}
	from := 14
	adults := map[string]Filter{"age": {From: &from}}
	for _, c := range []struct {
		name      string
		where     map[string]Filter
		low, high float64
	}{
		{"everybody", nil, 1 - 1e-12, 1 + 1e-12},
		{"men", male, 0.49, 0.50},
		{"temporary residents", temporary, 0.08 - 1e-12, 0.08 + 1e-12},
		{"14 and over", adults, 0.75, 0.79},
	} {
		if got := m.Fraction("phường", c.where); got < c.low || got > c.high {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestGrowth(t *testing.T) {
	g := Growth{Floor: 0.1, Ceiling: map[string]float64{"xã": 0.7}, Midpoint: date(t, "2022-08-01"), Days: 30, MidpointSpread: 20, CeilingSpread: 0.1}
	if half := g.At(g.Midpoint, "xã", 0, 0); math.Abs(half-0.4) > 1e-12 {
		t.Errorf("half way: %v", half)
	}
	if early := g.At(g.Midpoint.AddDays(-20), "xã", 1, 0); math.Abs(early-0.4) > 1e-12 {
		t.Errorf("a unit that is early is half way 20 days before: %v", early)
	}
	rapid.Check(t, func(t *rapid.T) {
		day := g.Midpoint.AddDays(rapid.IntRange(-900, 900).Draw(t, "day"))
		early, strong := rapid.Float64Range(-4, 4).Draw(t, "early"), rapid.Float64Range(-4, 4).Draw(t, "strong")
		today, tomorrow := g.At(day, "xã", early, strong), g.At(day.AddDays(1), "xã", early, strong)
		if today < 0 || tomorrow > 1 || tomorrow < today {
			t.Fatalf("%v then %v", today, tomorrow)
		}
	})
}

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		total   int
		weights []float64
		want    []int
	}{
		{10, []float64{1, 1, 1}, []int{4, 3, 3}},
		{0, []float64{1, 2}, []int{0, 0}},
		{7, []float64{0, 1}, []int{0, 7}},
		{5, []float64{0, 0}, []int{0, 0}},
		{100, []float64{0.5, 0.25, 0.25}, []int{50, 25, 25}},
	} {
		got := apportion(c.total, c.weights)
		for i := range c.want {
			if got[i] != c.want[i] {
				t.Errorf("%d by %v: %v, want %v", c.total, c.weights, got, c.want)
				break
			}
		}
	}
}
