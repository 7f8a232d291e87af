package query

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// Every question, on the set after the reform and on the one before it.
func TestQuestionsAcrossAReform(t *testing.T) {
	h := newReformedHouse(t, reformLinks, func(c *catalog.Catalog) {
		for i := range c.Tasks {
			c.Tasks[i].Boundaries = before
		}
	})
	s := &script{house: h, file: "inline"}
	s.run1("tell residents 2022-03-10 C11=>100 C12=>200 C21=>300 C22=>50")
	s.run1("tell cards 2022-03-15 C11/sex=male=>40 C11/sex=female=>20 C12/sex=male=>80 C12/sex=female=>40 C21/sex=male=>90 C21/sex=female=>0 C22/sex=male=>25 C22/sex=female=>0")
	s.run1("report B.I.1 unit:C11 2022-03-20 accepted")
	s.run1("report B.I.1 unit:C12 2022-03-20 accepted")
	s.run1("report B.II.1 unit:D1 2022-03-20 accepted")
	for _, c := range []struct {
		ask  string
		want []string
	}{
		// before the reform: 60 + 120/4 of 100 + 200/4, and no target for units that were not there
		{"values of=card_rate period=2022-03", []string{
			"C12 40 180/450 2/2 no_target estimated", "C21 50 20/40 1/1 no_target estimated", "N1 60 90/150 2/2 no_target estimated"}},
		// quarters that meet again are whole; what left the province is in no number of it
		{"values of=card_rate period=2022-03 units=P", []string{"P 45.3125 290/640 4/4 no_target estimated"}},
		{"values of=card_rate period=2022-03 on=tiny-2021 units=P,D1,C11", []string{
			"P 45.38461538461539 295/650 4/4 on_track", "D1 60 180/300 2/2 on_track", "C11 60 60/100 1/1 on_track"}},
		{"series of=card_rate unit=N1 kind=quarter", []string{"2022-Q1 60 90/150 2/2 no_target estimated", "2022-Q2 - -/- 0/1 no_data"}},
		{"series of=card_rate unit=C12 on=tiny-2021 kind=month", []string{"2022-03 60 120/200 1/1 on_track"}},
		{"ranking of=card_rate period=2022-03", []string{
			"N1 1/3 was - moved - change -", "C21 2/3 was - moved - change -", "C12 3/3 was - moved - change -"}},
		{"breakdown of=cards_total period=2022-03 unit=N1 by=sex", []string{"male 60 60/- 2/2 no_target estimated", "female 30 30/- 2/2 no_target estimated"}},
		{"distribution of=card_rate period=2022-03 method=manual breaks=45", []string{
			"manual [45] [1 2] of 3 without map[] spread 40 45 50 55 60 pool … 0"}},
		{"values of=card_rate period=2022-06 on=tiny-2021", []string{"error refused boundaries_ended boundaries: boundaries=tiny-2022"}},
		{"values of=card_rate on=tiny-1900", []string{"error not_found unknown_boundaries boundaries: tiny-2021, tiny-2022"}},
		// C11's task counts in N1; C12 was shared out, so that its task counts where all of it is
		{"completion units=P,N1,C12,C21 date=2022-04-30", []string{
			"P 42.857142857142854 3/7 on time 40 2/5", "N1 100 1/1 on time 100 1/1", "C12 0 0/1 on time 0 0/1", "C21 - 0/0 on time - 0/0"}},
		{"completion units=D1,C12 on=tiny-2021 date=2022-04-01", []string{"D1 100 3/3 on time 100 2/2", "C12 100 1/1 on time 100 1/1"}},
	} {
		if got := s.run1(c.ask); !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.ask, got, c.want)
		}
	}
}

// After the reform a unit that has reported counts by itself, with the residents that
// those before it told; one that has not is still made of them.
func TestReportersBeforeAndAfterAReform(t *testing.T) {
	h := newReformedHouse(t, reformLinks, func(*catalog.Catalog) {})
	s := &script{house: h, file: "inline"}
	s.run1("tell residents 2022-04-10 C11=>100 C12=>200 C21=>300 C22=>50")
	s.run1("tell cards 2022-04-15 C12/sex=male=>80 C12/sex=female=>40 C21/sex=male=>90 C21/sex=female=>0")
	s.run1("tell cards 2022-05-15 N1/sex=male=>60 N1/sex=female=>15")
	got := s.run1("values of=card_rate period=2022-05 units=N1,C12,C21,P")
	want := []string{
		"N1 50 75/150 1/1 on_track estimated carried_forward", // the target is of N1 itself
		"C12 40 180/450 2/2 no_target estimated carried_forward",
		"C21 - -/- 0/1 no_data",
		"P 42.5 255/600 3/4 no_target estimated partial carried_forward",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	answer, err := h.Values(t.Context(), ValuesQuestion{Asked{Indicator: "card_rate", Period: parsePeriod("2022-05")}, Scope{Units: []string{"N1"}}})
	if share := answer.Data[0].EstimatedShare; err != nil || share != 50./150 {
		t.Errorf("estimated share of N1 is %v, %v: a third of its residents came by weight", share, err)
	}
	origin, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "card_rate", Period: parsePeriod("2022-05")}, Unit: "N1"})
	if err != nil {
		t.Fatal(err)
	}
	var inputs []string
	for _, in := range origin.Data.Inputs {
		inputs = append(inputs, in.Measure+" "+in.Unit)
	}
	if want := []string{"cards N1", "cards N1", "residents C11", "residents C12"}; !slices.Equal(inputs, want) {
		t.Errorf("inputs of N1 are %q, want %q", inputs, want)
	}
}

// Meta says where figures come from and what is in none of them.
func TestMetaTellsOfCarriedFigures(t *testing.T) {
	h := newReformedHouse(t, reformLinks, func(*catalog.Catalog) {})
	ask := func(on, period string) Meta {
		a, err := h.Values(t.Context(), ValuesQuestion{Asked: Asked{Indicator: "card_rate", Boundaries: on, Period: parsePeriod(period)}})
		if err != nil {
			t.Fatal(err)
		}
		return a.Meta
	}
	m := ask("", "2022-03")
	if m.Boundaries != after || m.Carried == nil || !slices.Equal(m.Carried.From, []string{before}) ||
		!slices.Equal(m.Carried.Outside, []Outside{{before, "C22", "Đơn vị C22", 0.2}}) {
		t.Errorf("meta is %+v, carried %+v", m, m.Carried)
	}
	if m := ask(before, "2022-03"); m.Boundaries != before || m.Carried != nil {
		t.Errorf("meta of the old set is %+v", m)
	}
	if m := ask("", "2022-05"); m.Carried != nil {
		t.Errorf("figures of May are carried: %+v", m.Carried)
	}
}

// A measure collected at districts is known of whole districts only: of the province, that
// holds all of them, and of no commune.
func TestLargerUnitsAreCarriedWhole(t *testing.T) {
	whole := map[string]map[string]*big.Rat{
		"C11": {"N1": big.NewRat(1, 1)}, "C12": {"N1": big.NewRat(1, 4), "C12": big.NewRat(3, 4)},
		"C21": {"C12": big.NewRat(1, 1)}, "C22": {"C21": big.NewRat(1, 1)},
	}
	h := newReformedHouse(t, whole, func(c *catalog.Catalog) {
		for i := range c.Measures {
			if c.Measures[i].ID == "records" || c.Measures[i].ID == "cleaned" {
				c.Measures[i].Level = "district"
			}
		}
	})
	s := &script{house: h, file: "inline"}
	s.run1("tell records 2022-03-10 D1=>100 D2=>300")
	s.run1("tell cleaned 2022-03-10 D1=>50 D2=>90")
	for ask, want := range map[string][]string{
		"values of=clean_rate period=2022-03 units=P,N1":              {"P 35 140/400 2/2 no_target", "N1 - -/- 0/0 not_applicable"},
		"values of=clean_rate period=2022-03 units=P,D2 on=tiny-2021": {"P 35 140/400 2/2 no_target", "D2 30 90/300 1/1 no_target"},
	} {
		if got := s.run1(ask); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", ask, got, want)
		}
	}
}

// Sums over the common territory are the same on both sets, exactly: what is told of the
// communes is in the units they became, but for what left the province.
func TestTotalsAreKeptAcrossAReform(t *testing.T) {
	h := newReformedHouse(t, reformLinks, func(*catalog.Catalog) {})
	p, _, at, err := h.ask(Asked{Indicator: "clean_rate"})
	if err != nil {
		t.Fatal(err)
	}
	known := []known{{days: []day{dayOf(civilDate("2022-03-10"))}}, {}}
	rapid.Check(t, func(r *rapid.T) {
		found := h.lay(p, []catalog.Period{parsePeriod("2022-03")}, known, at)
		var inside, parts big.Rat
		told := newColumn(1, 4)
		for i, code := range []string{"C11", "C12", "C21", "C22"} {
			n := rapid.Int64Range(0, 1<<50).Draw(r, code)
			told.leaves[i], told.told[i] = leaf{sum: n, rows: 1}, 1
			share := big.NewRat(1, 1)
			if out := reformLinks[code][geo.Outside]; out != nil {
				share.Sub(share, out)
			}
			inside.Add(&inside, share.Mul(share, new(big.Rat).SetInt64(n)))
		}
		found[0].columns = [][]column{make([]column, 1), make([]column, 1)}
		found[0].put(0, 0, 0, told)
		found[0].put(1, 0, 0, told)
		found[0].choose()
		for _, unit := range []string{"N1", "C12", "C21"} {
			parts.Add(&parts, found[0].sum(0, found[0].pieces(unit)).exact(true))
		}
		root := found[0].sum(0, found[0].pieces("P")).exact(true)
		if root.Cmp(&inside) != 0 || parts.Cmp(&inside) != 0 {
			r.Fatalf("root has %s, its units %s, want %s", root, &parts, &inside)
		}
	})
}

// An attacker asks for everything on both sets and takes sums from each other. No commune
// that is hidden may follow from what is shown.
func TestReformsDoNotGiveHiddenUnitsAway(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	codes, found := []string{"C11", "C12", "C21", "C22"}, 0
	rapid.Check(t, func(r *rapid.T) {
		links := map[string]map[string]*big.Rat{}
		for _, code := range codes {
			links[code] = map[string]*big.Rat{rapid.SampledFrom([]string{"N1", "C12", "C21"}).Draw(r, "of "+code): big.NewRat(1, 1)}
		}
		h.deps.Catalog = tinyCatalog()
		_, h.deps.Set = reformed(t, h.deps.Catalog, links)
		h.empty(h.deps.Catalog)
		var rows []row
		for i, code := range codes {
			told := people(uint64(i+1), code, map[string]int64{"age=30;residence=permanent;sex=male": rapid.Int64Range(0, 12).Draw(r, code)})
			for k := range told {
				told[k].start, told[k].end = civilDate("2022-03-01"), civilDate("2022-03-01")
			}
			rows = append(rows, told...)
		}
		h.load(rows...)
		var shown [][]*big.Rat // each a sum over the communes
		var hidden []int
		for _, q := range []struct {
			on    string
			units []string
		}{{before, []string{"P", "D1", "D2", "C11", "C12", "C21", "C22"}}, {after, []string{"P", "N1", "C12", "C21"}}} {
			a, err := h.Values(t.Context(), ValuesQuestion{Asked{Indicator: "people_total", Period: parsePeriod("2022-03"), Boundaries: q.on}, Scope{Units: q.units}})
			if err != nil {
				r.Fatal(err)
			}
			for _, row := range a.Data {
				if row.Value != nil {
					shown = append(shown, sumOver(codes, q.on, row.Unit, links))
				}
				if i := slices.Index(codes, row.Unit); q.on == before && i >= 0 && row.Value == nil {
					hidden = append(hidden, i)
				}
			}
		}
		found += len(hidden)
		for _, i := range hidden {
			alone := make([]*big.Rat, len(codes))
			for k := range alone {
				alone[k] = new(big.Rat)
			}
			alone[i].SetInt64(1)
			if rankOf(shown, len(codes)) == rankOf(append(slices.Clone(shown), alone), len(codes)) {
				r.Fatalf("%s follows from what is shown", codes[i])
			}
		}
	})
	if found == 0 {
		t.Error("nothing was ever hidden")
	}
}

func sumOver(codes []string, on, unit string, links map[string]map[string]*big.Rat) []*big.Rat {
	sum := make([]*big.Rat, len(codes))
	for i, code := range codes {
		sum[i] = new(big.Rat)
		if on == before && slices.Contains(communesOf[unit], code) || on == after && (unit == "P" || links[code][unit] != nil) {
			sum[i].SetInt64(1)
		}
	}
	return sum
}

// rankOf is how many of the sums do not follow from each other.
func rankOf(rows [][]*big.Rat, width int) int {
	work := make([][]*big.Rat, len(rows))
	for i := range rows {
		for _, n := range rows[i] {
			work[i] = append(work[i], new(big.Rat).Set(n))
		}
	}
	found := 0
	for column := range width {
		pivot := slices.IndexFunc(work[found:], func(r []*big.Rat) bool { return r[column].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		work[found], work[found+pivot] = work[found+pivot], work[found]
		for i := found + 1; i < len(work); i++ {
			factor := new(big.Rat).Quo(work[i][column], work[found][column])
			for k := range width {
				work[i][k].Sub(work[i][k], new(big.Rat).Mul(factor, work[found][k]))
			}
		}
		found++
	}
	return found
}
