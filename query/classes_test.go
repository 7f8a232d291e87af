package query

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestClassOf(t *testing.T) {
	breaks := []float64{10, 20}
	for value, want := range map[float64]int{-1: 0, 9.99: 0, 10: 1, 15: 1, 20: 2, 1e9: 2} {
		if got := classOf(breaks, value); got != want {
			t.Errorf("%v is in class %d, want %d", value, got, want)
		}
	}
}

// The example of R's quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1)).
func TestQuantile(t *testing.T) {
	for share, want := range map[float64]float64{0: 1, 0.25: 1.75, 0.5: 3, 0.9: 6.8, 1: 8} {
		if got := quantile([]float64{1, 2, 4, 8}, share); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %v is %v, want %v", share, got, want)
		}
	}
	if got := quantile([]float64{7}, 0.3); got != 7 {
		t.Errorf("of one value it is %v", got)
	}
}

func TestBreaks(t *testing.T) {
	cases := []struct {
		name   string
		breaks []float64
		want   []float64
	}{
		{"quantiles", quantileBreaks([]float64{1, 2, 3, 4, 5}, 4), []float64{2, 3, 4}},
		{"equal steps", equalBreaks([]float64{3, 50, 97}, 5), []float64{20, 40, 60, 80}},
		{"equal steps of a small range", equalBreaks([]float64{0.12, 0.34}, 4), []float64{0.2, 0.3}},
		{"equal steps below zero", equalBreaks([]float64{-7, 4}, 3), []float64{-5, 0}},
		{"equal steps of one value", equalBreaks([]float64{3, 3}, 5), nil},
		{"three heaps", ckmeansBreaks([]float64{1, 1, 2, 10, 11, 50}, 3), []float64{6, 30.5}},
		{"more classes than values", ckmeansBreaks([]float64{1, 1, 3}, 5), []float64{2}},
		{"one value", ckmeansBreaks([]float64{4, 4}, 3), nil},
		{"rounded, what parts nothing left out", readable([]float64{1.04, 1.06, 1.14, 7.7, 9.96}, []float64{1, 9.9}, 1), []float64{1.1, 7.7}},
	}
	for _, c := range cases {
		if len(c.breaks) != len(c.want) || slices.ContainsFunc(c.want, func(w float64) bool {
			return !slices.ContainsFunc(c.breaks, func(b float64) bool { return math.Abs(b-w) < 1e-9 })
		}) {
			t.Errorf("%s: %v, want %v", c.name, c.breaks, c.want)
		}
	}
}

// The dynamic programme finds no worse classes than trying all.
func TestCkmeansIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-100, 100), 1, 12).Draw(t, "values")
		for i := range values {
			values[i] = math.Round(values[i]) // equal ones are common
		}
		slices.Sort(values)
		classes := rapid.IntRange(2, 5).Draw(t, "classes")
		breaks := ckmeansBreaks(values, classes)
		if want := min(classes, distinct(values)) - 1; len(breaks) != want {
			t.Fatalf("%d breaks, want %d", len(breaks), want)
		}
		groups := make([][]float64, len(breaks)+1)
		for _, v := range values {
			c := classOf(breaks, v)
			groups[c] = append(groups[c], v)
		}
		got := 0.0
		for _, g := range groups {
			if len(g) == 0 {
				t.Fatalf("an empty class of %v at %v", values, breaks)
			}
			got += spreadOf(g)
		}
		if best := bestSpread(values, len(groups)); got > best+1e-6 {
			t.Fatalf("%v at %v spread by %v, possible %v", values, breaks, got, best)
		}
	})
}

// bestSpread tries every way to cut values into classes.
func bestSpread(values []float64, classes int) float64 {
	if classes == 1 {
		return spreadOf(values)
	}
	best := math.Inf(1)
	for cut := 1; cut < len(values); cut++ {
		best = min(best, spreadOf(values[:cut])+bestSpread(values[cut:], classes-1))
	}
	return best
}

func spreadOf(values []float64) (sum float64) {
	mean := 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return sum
}

// A pool of two years of a province of 10,000 communes is classed in a moment.
func BenchmarkCkmeans(b *testing.B) {
	values := make([]float64, 240_000)
	for i := range values {
		values[i] = 100 * math.Pow(math.Sin(float64(i)), 2)
	}
	slices.Sort(values)
	for b.Loop() {
		ckmeansBreaks(values, 7)
	}
}
