package query

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/toancanh/toancanh/query/catalog"
)

func TestHiddenCells(t *testing.T) {
	d := &disclosure{threshold: 5}
	for name, c := range map[string]struct {
		cells []int64
		want  []bool
	}{
		"nothing small":            {[]int64{5, 60, 0}, []bool{false, false, false}},
		"zero is shown":            {[]int64{0, 0, 9}, []bool{false, false, false}},
		"one small takes a cover":  {[]int64{3, 60, 8, 0}, []bool{true, false, true, false}},
		"two small can be enough":  {[]int64{4, 4, 60}, []bool{true, true, false}},
		"two ones are told by two": {[]int64{1, 1, 60, 7}, []bool{true, true, false, true}},
		"nothing left to cover":    {[]int64{3, 0, 0}, []bool{true, false, false}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := d.hiddenCells(c.cells); !slices.Equal(got, c.want) {
				t.Errorf("hidden of %v is %v, want %v", c.cells, got, c.want)
			}
		})
	}
}

// An attacker who knows the total, the shown cells, and that hidden cells are at least one
// must find every hidden cell able to be at or above the threshold, when the total is.
func TestHiddenCellsCannotBeTold(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := &disclosure{threshold: rapid.Int64Range(2, 8).Draw(r, "threshold")}
		cells := rapid.SliceOfN(rapid.Int64Range(0, 12), 1, 10).Draw(r, "cells")
		hidden := d.hiddenCells(cells)
		var left, count, total int64
		for i, cell := range cells {
			total += cell
			if d.small(cell) && !hidden[i] {
				r.Fatalf("%d of %v is shown", cell, cells)
			}
			if hidden[i] {
				left, count = left+cell, count+1
			}
		}
		if count == 1 && left < total || count > 0 && left < total && left-(count-1) < d.threshold {
			r.Fatalf("%v with %v hidden gives %d in %d cells away", cells, hidden, left, count)
		}
	})
}

func TestSmallUnitsAreHiddenWithACover(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{"age=30;residence=permanent;sex=male": 3})...)
	h.load(people(2, "C12", map[string]int64{"age=30;residence=permanent;sex=male": 40})...)
	h.load(people(3, "C21", map[string]int64{"age=30;residence=permanent;sex=male": 60})...)
	s := &script{house: h, file: "inline"}
	for ask, want := range map[string][]string{
		"values of=people_total": {
			"C11 - -/- 1/1 no_data suppressed", "C12 - -/- 1/1 no_data suppressed",
			"C21 60 60/- 1/1 no_target", "C22 - -/- 0/1 no_data"},
		"values of=people_total level=district": {"D1 43 43/- 2/2 no_target", "D2 60 60/- 1/2 no_target partial"},
		"ranking of=people_total": {
			"C21 1/1 was - moved - change -", "C11 -/1 was - moved - change -",
			"C12 -/1 was - moved - change -", "C22 -/1 was - moved - change -"},
		"series of=adult_share unit=C11":            {"2022-06 - -/- 1/1 no_data suppressed"},
		"breakdown of=people_total by=age unit=C11": {"error refused disclosure by: từ cấp huyện trở lên"},
	} {
		if got := s.run1(ask); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", ask, got, want)
		}
	}
}

// Of a share of people the rest is a count of people too.
func TestSmallComplementsAreHidden(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{"age=13;residence=permanent;sex=male": 2, "age=30;residence=permanent;sex=male": 300})...)
	h.load(people(2, "C12", map[string]int64{"age=13;residence=permanent;sex=male": 20, "age=30;residence=permanent;sex=male": 200})...)
	h.load(people(3, "C21", map[string]int64{"age=13;residence=permanent;sex=male": 50, "age=30;residence=permanent;sex=male": 200})...)
	s := &script{house: h, file: "inline"}
	want := []string{"C11 - -/- 1/1 no_data suppressed", "C12 - -/- 1/1 no_data suppressed", "C21 80 200/250 1/1 no_target", "C22 - -/- 0/1 no_data"}
	if got := s.run1("values of=adult_share"); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// What one count of people leaves of another is a count too, and an index or a difference
// shows nothing of a part that is hidden, nor where its figures come from.
func TestSmallPartsHideWhatIsMadeOfThem(t *testing.T) {
	c := tinyCatalog()
	kinds := []catalog.PeriodKind{catalog.Month}
	c.Indicators = append(c.Indicators,
		catalog.Indicator{ID: "minors", PeriodKinds: kinds, Formula: formula("sum(people) - sum(people{age >= 14})")},
		catalog.Indicator{ID: "mixed", PeriodKinds: kinds, Formula: formula("index(1 * adult_share, 1 * people_total from 0 to 1000)")},
		catalog.Indicator{ID: "apart", PeriodKinds: kinds, Formula: formula("people_total - minors")})
	h := newHouse(t, c)
	h.load(people(1, "C11", map[string]int64{"age=13;residence=permanent;sex=male": 2, "age=30;residence=permanent;sex=male": 300})...)
	h.load(people(2, "C12", map[string]int64{"age=13;residence=permanent;sex=male": 20, "age=30;residence=permanent;sex=male": 200})...)
	h.load(people(3, "C21", map[string]int64{"age=13;residence=permanent;sex=male": 50, "age=30;residence=permanent;sex=male": 200})...)
	s := &script{house: h, file: "inline"}
	hidden := []string{"C11 - -/- 1/1 no_data suppressed", "C12 - -/- 1/1 no_data suppressed"}
	both := []string{"C11 - -/- 2/2 no_data suppressed", "C12 - -/- 2/2 no_data suppressed"}
	for ask, want := range map[string][]string{
		"values of=minors units=C11,C12":     hidden,
		"values of=minors units=C21,D1":      {"C21 50 50/- 1/1 no_target", "D1 22 22/- 2/2 no_target"},
		"values of=mixed units=C11,C12":      both,
		"values of=mixed units=C21":          {"C21 52.5 -/- 2/2 no_target"},
		"values of=apart units=C11,C12":      both,
		"breakdown of=mixed by=sex unit=C11": {"male - -/- 2/2 no_data suppressed", "female - -/- 2/2 not_applicable"},
	} {
		if got := s.run1(ask); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", ask, got, want)
		}
	}
	answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "mixed"}, Unit: "C11"})
	if err != nil || len(answer.Data.Inputs) != 0 || answer.Data.Formula.Parts[0].Value != nil || answer.Data.Formula.Parts[0].Numerator != nil {
		t.Errorf("provenance of a hidden index is %+v, %v", answer.Data, err)
	}
}

// A breakdown of a district by single years hides the small years and a cover.
func TestBreakdownHidesSmallParts(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{
		"age=3;residence=permanent;sex=male": 2, "age=4;residence=permanent;sex=male": 30,
		"age=5;residence=permanent;sex=female": 9, "age=6;residence=permanent;sex=female": 0,
	})...)
	answer, err := h.Breakdown(t.Context(), BreakdownQuestion{Asked: Asked{Indicator: "people_total"}, Unit: "D1", By: "age"})
	if err != nil {
		t.Fatal(err)
	}
	for age, want := range map[int]string{3: "-", 4: "30", 5: "-", 6: "0", 7: "0"} {
		if got := number(answer.Data[age].Figure.Value); got != want || answer.Data[age].Member != strconv.Itoa(age) {
			t.Errorf("age %d is %s, want %s", age, got, want)
		}
	}
}

func TestPopulationPyramid(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{
		"age=3;residence=permanent;sex=male": 20, "age=13;residence=permanent;sex=male": 10, "age=14;residence=temporary;sex=male": 7,
		"age=97;residence=permanent;sex=male": 6, "age=100;residence=permanent;sex=male": 2, "age=14;residence=permanent;sex=female": 50,
	})...)
	answer, err := h.Population(t.Context(), PopulationQuestion{Unit: "C11"})
	if err != nil {
		t.Fatal(err)
	}
	p := answer.Data
	if *p.Total != 95 || *p.Aged14AndOver != 65 || *p.BySex["male"] != 45 || *p.BySex["female"] != 50 || *p.Residence["temporary"] != 7 {
		t.Errorf("totals are %d, adults %d", *p.Total, *p.Aged14AndOver)
	}
	if len(p.Bands) != 21 || p.Bands[2].From != 10 || *p.Bands[2].To != 14 || p.Bands[20].From != 100 || p.Bands[20].To != nil {
		t.Fatalf("bands are %+v", p.Bands)
	}
	// the two of 100 and over are covered by the smallest band of adult men
	if p.Bands[20].Male != nil || p.Bands[19].Male != nil || *p.Bands[2].Male != 17 || *p.Bands[0].Male != 20 || *p.Bands[2].Female != 50 || *p.Bands[20].Female != 0 {
		t.Errorf("bands are %+v", p.Bands)
	}
	if !p.Bands[20].Suppressed || !p.Bands[19].Suppressed || p.Bands[2].Suppressed || p.Bands[0].Suppressed || !slices.Contains(p.Flags, catalog.Suppressed) {
		t.Errorf("suppression is not marked: %+v", p)
	}
	if p.Coverage.Reported != 1 || p.Coverage.Expected != 1 || *p.LastObservation != civilDate("2022-06-01") {
		t.Errorf("coverage is %+v, last observation %v", p.Coverage, p.LastObservation)
	}
	whole, err := h.Population(t.Context(), PopulationQuestion{})
	if err != nil || whole.Data.Unit != "P" || *whole.Data.Total != 95 || !slices.Contains(whole.Data.Flags, catalog.Partial) {
		t.Errorf("population of the province is %+v, %v", whole.Data, err)
	}
}

// The number of adults divides the band of 10 to 14: it is hidden where that, or what is
// left of the bands, would tell few people.
func TestAdultsDoNotTellWhoIsFourteen(t *testing.T) {
	for name, c := range map[string]struct {
		children, just, men, old int64
		seen                     bool
	}{
		"many on all sides":                   {20, 30, 40, 0, true},
		"few of 14":                           {20, 3, 40, 0, false},
		"few of 10 to 13":                     {2, 30, 40, 0, false},
		"nobody of 14":                        {20, 0, 40, 0, true},
		"few old, covered by grown-up men":    {20, 30, 40, 2, true},
		"few old, and no others to be hidden": {20, 30, 0, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, tinyCatalog())
			for seq, unit := range []string{"C11", "C12"} { // equals: nothing is small because of the unit beside
				h.load(people(uint64(seq+1), unit, map[string]int64{
					"age=12;residence=permanent;sex=male": c.children, "age=14;residence=permanent;sex=male": c.just,
					"age=40;residence=permanent;sex=male": c.men, "age=97;residence=permanent;sex=male": c.old,
					"age=8;residence=permanent;sex=male": 50, "age=40;residence=permanent;sex=female": 70,
				})...)
			}
			answer, err := h.Population(t.Context(), PopulationQuestion{Unit: "C11"})
			if err != nil {
				t.Fatal(err)
			}
			if got := answer.Data.Aged14AndOver; (got != nil) != c.seen || c.seen && *got != 70+c.just+c.men+c.old {
				t.Errorf("adults are %s", persons(got))
			}
		})
	}
}

// In the province the oldest men are hidden, with those of 95 to 99 as their cover. A
// district of which no man is 100 shows its own of 95 to 99: what is hidden of the province
// does not follow, for the others hide theirs.
func TestACoverOfTheProvinceMayBeSeenInADistrict(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{"age=97;residence=permanent;sex=male": 9, "age=50;residence=permanent;sex=male": 70})...)
	h.load(people(2, "C12", map[string]int64{"age=50;residence=permanent;sex=male": 70})...)
	h.load(people(3, "C21", map[string]int64{"age=97;residence=permanent;sex=male": 7, "age=100;residence=permanent;sex=male": 2, "age=50;residence=permanent;sex=male": 60})...)
	h.load(people(4, "C22", map[string]int64{"age=50;residence=permanent;sex=male": 60})...)
	a := &attacker{truth: map[string]float64{"D1 95": 9, "D2 95": 7, "D1 100": 0, "D2 100": 2}}
	for unit, want := range map[string][]string{"P": {"-", "-"}, "D1": {"9", "0"}, "D2": {"-", "-"}} {
		answer, err := h.Population(t.Context(), PopulationQuestion{Unit: unit})
		if err != nil {
			t.Fatal(err)
		}
		old, oldest := answer.Data.Bands[19].Male, answer.Data.Bands[20].Male
		if got := []string{persons(old), persons(oldest)}; !slices.Equal(got, want) {
			t.Errorf("men of 95 to 99 and of 100 and over in %s are %v, want %v", unit, got, want)
		}
		both := linear{"D1 95": 1, "D1 100": 1, "D2 95": 1, "D2 100": 1} // follows from the total and the bands that are seen
		switch unit {
		case "D1":
			a.learn(t, "old of D1", linear{"D1 95": 1}, float64(*old))
			a.learn(t, "oldest of D1", linear{"D1 100": 1}, float64(*oldest))
		case "D2":
			a.learn(t, "old and oldest of D2", linear{"D2 95": 1, "D2 100": 1}, 9)
		default:
			a.learn(t, "old and oldest of P", both, 18)
		}
	}
	for _, secret := range []linear{{"D2 100": 1}, {"D1 100": 1, "D2 100": 1}} {
		if most := a.most(secret); most < 5 {
			t.Errorf("%v is at most %v", secret, most)
		}
	}
}

// Hiding the total of a sex needs one of its bands hidden too, or they would add up to it.
func TestHiddenTotalIsNotTheSumOfItsBands(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{
		"age=3;residence=permanent;sex=male": 20, "age=40;residence=permanent;sex=male": 30, "age=40;residence=permanent;sex=female": 3,
	})...)
	answer, err := h.Population(t.Context(), PopulationQuestion{Unit: "C11"})
	if err != nil {
		t.Fatal(err)
	}
	p := answer.Data
	if p.BySex["female"] != nil || p.BySex["male"] != nil || p.Bands[8].Female != nil {
		t.Errorf("women are told: %+v", p)
	}
	if p.Bands[0].Male != nil {
		t.Errorf("men are told by their bands: %+v", p.Bands)
	}
}

func TestErrorsAreKinds(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	_, err := h.Values(t.Context(), ValuesQuestion{Asked: Asked{Indicator: "card_rate", Boundaries: "other"}})
	var known *Error
	if !errors.As(err, &known) || known.Kind != NotFound || known.Text.Vi == "" || known.Hint.En != "tiny-2022" {
		t.Errorf("error is %+v", err)
	}
	if err := h.conn.Exec(t.Context(), "DROP TABLE observations"); err != nil {
		t.Fatal(err)
	}
	if _, err = h.Values(t.Context(), ValuesQuestion{Asked: Asked{Indicator: "card_rate"}}); KindOf(err) != Unavailable {
		t.Errorf("error is %v, want unavailable", err)
	}
}

// What a commune said once is carried forward: a change of the district would tell what its
// neighbour said before.
func TestChangesDoNotTellWhatWasHiddenBefore(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	of := func(unit string, seq uint64, date string, n int64) {
		rows := people(seq, unit, map[string]int64{"age=30;residence=permanent;sex=male": n})
		for i := range rows {
			rows[i].start, rows[i].end = civilDate(date), civilDate(date)
		}
		h.load(rows...)
	}
	of("C11", 1, "2022-05-01", 3)
	of("C12", 2, "2022-05-01", 40)
	of("C21", 3, "2022-05-01", 60)
	of("C11", 4, "2022-06-01", 10)
	h.now = local("2022-06-20 10:00")
	answer, err := h.Ranking(t.Context(), RankingQuestion{Asked{Indicator: "people_total"}, Scope{Units: []string{"D1", "C11", "C12"}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range answer.Data {
		got = append(got, row.Unit+" "+number(row.Value)+" change "+number(row.Change))
	}
	if want := []string{"D1 50 change -", "C12 40 change -", "C11 10 change -"}; !slices.Equal(got, want) {
		t.Errorf("ranking is %q, want %q: 43 then, of which 40 were of C12, leave 3", got, want)
	}
	if answer, err = h.Ranking(t.Context(), RankingQuestion{Asked{Indicator: "people_total"}, Scope{Units: []string{"P", "D1", "D2"}}}); err != nil || number(answer.Data[2].Change) != "7" {
		t.Errorf("districts are %+v, %v", answer.Data, err)
	}
}

// Two levels of a running total of people show who came between them.
func TestFewNewPeopleOfARunningTotalAreHidden(t *testing.T) {
	c := tinyCatalog()
	for i := range c.Measures {
		if c.Measures[i].ID == "cleaned" {
			c.Measures[i].SensitiveBelow = "district"
		}
	}
	c.Indicators = append(c.Indicators, catalog.Indicator{ID: "cleaned_total", PeriodKinds: []catalog.PeriodKind{catalog.Month}, Formula: formula("sum(cleaned)")})
	h := newHouse(t, c)
	s := &script{house: h, file: "inline"}
	s.run1("tell cleaned 2022-02-10 C11=>100 C12=>200 C21=>50 C22=>70")
	s.run1("tell cleaned 2022-03-10 C11=>102 C12=>220 C21=>60 C22=>90")
	s.run1("tell cleaned 2022-04-10 C11=>104 C12=>240 C21=>70 C22=>98")
	s.run1("tell cleaned 2022-05-10 C11=>112 C12=>240 C21=>75 C22=>98")
	for ask, want := range map[string][]string{
		// 104 to 112 are 8 people and 102 to 104 are 2: March is hidden, and February, which is 4 before April
		"series of=cleaned_total unit=C11 to=2022-05-31": {
			"2022-02 - -/- 1/1 no_data suppressed", "2022-03 - -/- 1/1 no_data suppressed", "2022-04 104 104/- 1/1 no_target", "2022-05 112 112/- 1/1 no_target"},
		// C12 covers it in March and February, or the district would tell
		"series of=cleaned_total unit=C12 to=2022-05-31": {
			"2022-02 - -/- 1/1 no_data suppressed", "2022-03 - -/- 1/1 no_data suppressed", "2022-04 240 240/- 1/1 no_target", "2022-05 240 240/- 1/1 no_target"},
		"series of=cleaned_total unit=D2 from=2022-04-01 to=2022-05-31": {"2022-04 168 168/- 2/2 no_target", "2022-05 173 173/- 2/2 no_target"},
		"values of=cleaned_total period=2022-03 units=C11":              {"C11 102 102/- 1/1 no_target"},
	} {
		if got := s.run1(ask); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", ask, got, want)
		}
	}
}
