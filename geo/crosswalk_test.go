package geo

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hamlets is a set without shapes: a root and units directly below it.
func hamlets(t testing.TB, id string, codes ...string) *Set {
	t.Helper()
	units := []Unit{{Code: "root", Name: "Gốc", Level: "area"}}
	for _, code := range codes {
		units = append(units, Unit{Code: code, Name: "Làng " + code, Level: "hamlet", Parent: "root"})
	}
	s, err := NewSet(SetInfo{ID: id, Root: "root", Levels: []Level{{"area", 0}, {"hamlet", 1}}}, units, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func link(old, new string, a, b int64) Link {
	return Link{Old: old, New: new, Weight: big.NewRat(a, b), Basis: Legal}
}

// reform is a merger (a and b become m), a split (c to x and y) and a unit that partly
// leaves (d to y and outside).
func reform(t testing.TB) *Crosswalk {
	t.Helper()
	x, err := NewCrosswalk(hamlets(t, "before", "a", "b", "c", "d"), hamlets(t, "after", "m", "x", "y", "z"), []Link{
		link("a", "m", 1, 1), link("b", "m", 1, 1), link("c", "x", 1, 3), link("c", "y", 2, 3), link("d", "y", 3, 4), link("d", Outside, 1, 4),
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestCarry(t *testing.T) {
	x := reform(t)
	c, err := x.CarryCounts(map[string]int64{"a": 10, "b": 5, "c": 100, "d": 8})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		unit, value, from string
		estimated         float64
	}{
		{"m", "15", "a b", 0},
		{"x", "100/3", "c", 1},
		{"y", "218/3", "c d", 1},
	} {
		got := c.Units[want.unit]
		if got.Value.RatString() != want.value || strings.Join(got.From, " ") != want.from || got.EstimatedShare() != want.estimated || got.Exact() != (want.estimated == 0) {
			t.Errorf("%s: %s of %v, estimated %v", want.unit, got.Value.RatString(), got.From, got.EstimatedShare())
		}
	}
	if _, got := c.Units["z"]; got || c.Outside.Value.RatString() != "2" || !slices.Equal(c.Outside.From, []string{"d"}) {
		t.Errorf("fresh unit: %v; outside: %+v", got, c.Outside)
	}
	if !slices.Equal(x.Fresh(), []string{"z"}) || x.Exact() || len(x.Leakage()) != 1 {
		t.Errorf("fresh %v, exact %v, leakage %v", x.Fresh(), x.Exact(), x.Leakage())
	}
}

// Half of y's amount came with a whole unit: only the other half is estimated.
func TestEstimatedShareIsOfTheAmount(t *testing.T) {
	x, err := NewCrosswalk(hamlets(t, "before", "a", "b"), hamlets(t, "after", "x", "y"), []Link{
		link("a", "y", 1, 1), link("b", "x", 1, 2), link("b", "y", 1, 2),
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := x.CarryCounts(map[string]int64{"a": 50, "b": -100})
	if err != nil {
		t.Fatal(err)
	}
	if y := c.Units["y"]; y.Value.Sign() != 0 || y.EstimatedShare() != 0.5 {
		t.Errorf("%v, estimated %v", y.Value, y.EstimatedShare())
	}
}

func TestCarryKeepsApartWhatIsMissing(t *testing.T) {
	c, err := reform(t).CarryCounts(map[string]int64{"a": 10})
	if err != nil {
		t.Fatal(err)
	}
	if m := c.Units["m"]; m.Value.RatString() != "10" || !slices.Equal(m.Missing, []string{"b"}) {
		t.Errorf("%+v", m)
	}
	if len(c.Units) != 1 {
		t.Errorf("units without any value: %v", c.Units)
	}
	if _, err := reform(t).CarryCounts(map[string]int64{"q": 1}); err == nil || !strings.Contains(err.Error(), `"q"`) {
		t.Errorf("an unknown unit: %v", err)
	}
}

func TestNewCrosswalkNamesWhatIsWrong(t *testing.T) {
	whole := func() []Link { return []Link{link("a", "x", 1, 1), link("b", "y", 1, 1)} }
	for name, tt := range map[string]struct {
		change func([]Link) []Link
		want   string
	}{
		"unknown old unit":  {func(l []Link) []Link { l[0].Old = "q"; return l }, `unit "q" is not in boundary set before`},
		"unknown new unit":  {func(l []Link) []Link { l[0].New = "q"; return l }, `unit "q" is not in boundary set after`},
		"an upper unit":     {func(l []Link) []Link { l[0].Old = "root"; return l }, "contains other units"},
		"a missing unit":    {func(l []Link) []Link { return l[:1] }, "hamlet b Làng b of before is missing"},
		"too little":        {func(l []Link) []Link { l[0].Weight = big.NewRat(9, 10); return l }, "add up to 0.9: 1 is accepted"},
		"too much":          {func(l []Link) []Link { return append(l, link("a", "y", 1, 10)) }, "add up to 1.1"},
		"nothing":           {func(l []Link) []Link { l[0].Weight = new(big.Rat); return l }, "above 0 and at most 1"},
		"no weight":         {func(l []Link) []Link { l[0].Weight = nil; return l }, "above 0 and at most 1"},
		"a pair twice":      {func(l []Link) []Link { l[0].Weight = big.NewRat(1, 2); return append(l, l[0]) }, "a to x is there twice"},
		"an unknown basis":  {func(l []Link) []Link { l[0].Basis = "guess"; return l }, `basis "guess" is unknown`},
		"outside only once": {func(l []Link) []Link { l[0].New = Outside; l[0].Weight = big.NewRat(1, 2); return append(l, l[0]) }, "a to outside is there twice"},
	} {
		_, err := NewCrosswalk(hamlets(t, "before", "a", "b"), hamlets(t, "after", "x", "y"), tt.change(whole()))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: one mistake makes several findings: %v", name, err)
		}
	}
}

func TestComposeRefusesWhatDoesNotFollow(t *testing.T) {
	if _, err := Compose(reform(t), reform(t)); err == nil || !strings.Contains(err.Error(), "one leads to after, the next starts from before") {
		t.Errorf("got %v", err)
	}
}

// A unit that was split and came together again went as a whole, by law as far as the
// least sure step is.
func TestSplitAndMergedIsWhole(t *testing.T) {
	first, err := NewCrosswalk(hamlets(t, "1", "a"), hamlets(t, "2", "p", "q"), []Link{link("a", "p", 1, 3), {Old: "a", New: "q", Weight: big.NewRat(2, 3), Basis: Area, Source: "overlay"}})
	if err != nil {
		t.Fatal(err)
	}
	second, err := NewCrosswalk(hamlets(t, "2", "p", "q"), hamlets(t, "3", "z"), []Link{link("p", "z", 1, 1), {Old: "q", New: "z", Weight: one, Basis: Legal, Source: "law"}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := Compose(first, second)
	if err != nil {
		t.Fatal(err)
	}
	if l := x.Became("a"); len(l) != 1 || !l[0].Whole() || l[0].Basis != Area || l[0].Source != "overlay; law" || !x.Exact() {
		t.Errorf("%+v", l)
	}
}

// randomReform draws what becomes of units: mergers, splits, transfers, losses.
func randomReform(t *rapid.T, tb testing.TB, from *Set, step int) (*Crosswalk, *Set) {
	var codes []string
	for i := range rapid.IntRange(1, 5).Draw(t, "new units") {
		codes = append(codes, fmt.Sprintf("%c%d", 'a'+step, i))
	}
	to := hamlets(tb, fmt.Sprintf("set-%d", step), codes...)
	var links []Link
	for _, old := range from.leafCodes() {
		weights := rapid.MapOfN(rapid.SampledFrom(append(codes, Outside)), rapid.Int64Range(1, 9), 1, len(codes)+1).Draw(t, "weights of "+old)
		total := int64(0)
		for _, w := range weights {
			total += w
		}
		for new, w := range weights {
			links = append(links, Link{Old: old, New: new, Weight: big.NewRat(w, total), Basis: rapid.SampledFrom(bases).Draw(t, "basis")})
		}
	}
	x, err := NewCrosswalk(from, to, links)
	if err != nil {
		t.Fatal(err)
	}
	return x, to
}

func sum(amounts map[string]Amount, more ...Amount) *big.Rat {
	total := new(big.Rat)
	for _, a := range append(slices.Collect(maps.Values(amounts)), more...) {
		total.Add(total, a.Value)
	}
	return total
}

func valuesOf(c Carried) map[string]*big.Rat {
	out := map[string]*big.Rat{}
	for code, a := range c.Units {
		out[code] = a.Value
	}
	return out
}

// Over any chain of reforms: weights add up to 1, totals are kept to the last digit, and
// carrying over the composed crosswalk is carrying step by step, whichever way it is
// composed. Rounded for display, the total is still the total.
func TestChainsOfReforms(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		set := hamlets(t, "set-0", "a0", "a1", "a2", "a3")
		values := map[string]*big.Rat{}
		for _, code := range set.leafCodes() {
			values[code] = big.NewRat(rapid.Int64Range(-1000, 1000).Draw(rt, "value"), 1)
		}
		total := new(big.Rat)
		for _, v := range values {
			total.Add(total, v)
		}
		chain := make([]*Crosswalk, rapid.IntRange(1, 4).Draw(rt, "reforms"))
		stepwise, outside := values, new(big.Rat)
		for i := range chain {
			chain[i], set = randomReform(rt, t, set, i+1)
			c, err := chain[i].Carry(stepwise)
			if err != nil {
				rt.Fatal(err)
			}
			outside.Add(outside, c.Outside.Value)
			stepwise = valuesOf(c)
		}
		joined, err := Compose(chain[0], chain[1:]...)
		if err != nil {
			rt.Fatal(err)
		}
		carried, err := joined.Carry(values)
		if err != nil {
			rt.Fatal(err)
		}
		if got := sum(carried.Units, carried.Outside); got.Cmp(total) != 0 {
			rt.Errorf("a total of %s became %s", total, got)
		}
		if carried.Outside.Value.Cmp(outside) != 0 {
			rt.Errorf("%s left at once, %s step by step", carried.Outside.Value, outside)
		}
		if once := valuesOf(carried); !maps.EqualFunc(once, stepwise, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 }) {
			rt.Errorf("at once %v, step by step %v", once, stepwise)
		}
		checkWeights(rt, joined)
		if len(chain) == 3 {
			tail, _ := Compose(chain[1], chain[2])
			other, _ := Compose(chain[0], tail)
			if !sameLinks(joined, other) {
				rt.Error("it matters in which order crosswalks are composed")
			}
		}
		checkRounding(rt, carried)
	})
}

func checkWeights(t *rapid.T, x *Crosswalk) {
	sums := map[string]*big.Rat{}
	for _, l := range x.Links() {
		if sums[l.Old] == nil {
			sums[l.Old] = new(big.Rat)
		}
		sums[l.Old].Add(sums[l.Old], l.Weight)
	}
	for old, sum := range sums {
		if sum.Cmp(one) != 0 {
			t.Errorf("weights of %s add up to %s", old, sum)
		}
	}
}

func sameLinks(a, b *Crosswalk) bool {
	return slices.EqualFunc(a.Links(), b.Links(), func(x, y Link) bool {
		return x.Old == y.Old && x.New == y.New && x.Basis == y.Basis && x.Weight.Cmp(y.Weight) == 0
	})
}

func checkRounding(t *rapid.T, c Carried) {
	values := valuesOf(c)
	total, rounded := new(big.Rat), new(big.Int)
	for _, v := range values {
		total.Add(total, v)
	}
	for code, n := range Apportion(values) {
		rounded.Add(rounded, n)
		if off := new(big.Rat).Sub(values[code], new(big.Rat).SetInt(n)); off.Abs(off).Cmp(one) >= 0 {
			t.Errorf("%s was rounded to %s", values[code], n)
		}
	}
	off := new(big.Rat).Sub(total, new(big.Rat).SetInt(rounded))
	if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
		t.Errorf("the sum of %s was rounded to %s", total, rounded)
	}
}

func TestFromSuccessions(t *testing.T) {
	before, after := hamlets(t, "before", "a", "b", "c"), hamlets(t, "after", "m", "n")
	lists := []Succession{{New: "m", Old: []string{"a", "b"}, Source: "law"}, {New: "n", Old: []string{"b", "c"}, Source: "law"}}
	if _, err := FromSuccessions(before, after, lists, nil); err == nil || !strings.Contains(err.Error(), "hamlet b Làng b: it was split among 2 units") {
		t.Errorf("a split that nothing weighs: %v", err)
	}
	// The overlay sees noise in a third place, which the law does not know of.
	after3 := hamlets(t, "after", "m", "n", "o")
	estimate, err := NewCrosswalk(before, after3, []Link{
		link("a", "m", 1, 1), link("c", "n", 1, 1),
		{Old: "b", New: "m", Weight: big.NewRat(6, 10), Basis: Area}, {Old: "b", New: "n", Weight: big.NewRat(3, 10), Basis: Area}, {Old: "b", New: "o", Weight: big.NewRat(1, 10), Basis: Area},
	})
	if err != nil {
		t.Fatal(err)
	}
	x, err := FromSuccessions(before, after3, lists, estimate)
	if err != nil {
		t.Fatal(err)
	}
	got := x.Became("b")
	if len(got) != 2 || got[0].Weight.RatString() != "2/3" || got[1].Weight.RatString() != "1/3" || got[0].Basis != Area {
		t.Errorf("%+v", got)
	}
	if a := x.Became("a"); len(a) != 1 || !a[0].Whole() || a[0].Basis != Legal || a[0].Source != "law" {
		t.Errorf("%+v", a)
	}
}
