package query

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A straight line goes on, and has never missed.
func TestForecastOfALine(t *testing.T) {
	var series []float64
	for i := range 18 {
		series = append(series, 10+2*float64(i))
	}
	f := project(series, 4, 0, 100)
	if len(f.steps) != 4 || f.attempts != 11 || f.judged != 6 || f.hits != 6 {
		t.Fatalf("%+v", f)
	}
	for i, s := range f.steps {
		if want := 44 + 2*float64(i+1); s.value != want || s.low != want || s.high != want || s.meanError != 0 {
			t.Errorf("step %d: %+v, want %v", i+1, s, want)
		}
	}
}

// Worked by hand: steps of 1 for six periods, then 3, 1, 1, 1, 1. One period ahead the rule
// says 7 8.33 … and misses by 2, 1/3, 1/3, 1/3, 1/3; the 0.8 of six is the fifth smallest, 2.
func TestForecastBandByHand(t *testing.T) {
	series := []float64{0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13}
	f := project(series, 3, 0, 100)
	if len(f.steps) != 1 {
		t.Fatalf("two periods ahead there are only 4 attempts: %+v", f.steps)
	}
	s := f.steps[0]
	if math.Abs(s.value-(13+8.0/6)) > 1e-9 || math.Abs(s.high-s.value-2) > 1e-9 || math.Abs(s.value-s.low-2) > 1e-9 {
		t.Errorf("%+v", s)
	}
	if want := (2 + 4.0/3) / 5; math.Abs(s.meanError-want) > 1e-9 || s.attempts != 5 || f.judged != 0 {
		t.Errorf("%+v, mean error want %v", f, want)
	}
}

func TestForecastIsSilentAndBounded(t *testing.T) {
	gap := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, math.NaN(), 14, 15}
	cases := []struct {
		name   string
		series []float64
		steps  int
	}{
		{"nothing", nil, 0},
		{"eleven periods are too few", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0},
		{"twelve are enough for one", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1},
		{"a gap among the last six", gap, 0},
	}
	for _, c := range cases {
		if f := project(c.series, 5, 0, 100); len(f.steps) != c.steps {
			t.Errorf("%s: %d steps", c.name, len(f.steps))
		}
	}
	rising := []float64{50, 54, 58, 62, 66, 70, 74, 78, 82, 86, 90, 94, 98}
	for _, s := range project(rising, 2, 0, 100).steps {
		if s.value > 100 || s.high > 100 {
			t.Errorf("beyond all: %+v", s)
		}
	}
}

// On any series the bands hold what they promise of the attempts they were made from, and a
// longer past changes nothing of what the rule says now.
func TestForecastBandHoldsItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series := rapid.SliceOfN(rapid.Float64Range(0, 100), 13, 40).Draw(t, "series")
		errors := attempts(series, 1, 0, 100)
		reach := halfWidth(errors)
		within := 0
		for _, e := range errors {
			if e <= reach {
				within++
			}
		}
		if float64(within) < bandShare*float64(len(errors)) {
			t.Fatalf("the band holds %d of %d", within, len(errors))
		}
		longer := slices.Concat(rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 9).Draw(t, "before"), series)
		if a, b := project(series, 1, 0, 100).steps[0].value, project(longer, 1, 0, 100).steps[0].value; a != b {
			t.Fatalf("%v and %v", a, b)
		}
	})
}
