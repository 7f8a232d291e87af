package query

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// linear is a sum of unknown counts, each so many times.
type linear map[string]float64

func (l linear) plus(other linear, times float64) linear {
	sum := linear{}
	for atom, n := range l {
		sum[atom] += n
	}
	for atom, n := range other {
		sum[atom] += times * n
	}
	return sum
}

// attacker reads one answer and works out what follows from it, knowing that no count is
// below zero: linear programming over everything that is shown. truth is for the test: what
// an answer shows is held against it, so that the attack never goes astray.
type attacker struct {
	truth map[string]float64
	told  []equation
}

type equation struct {
	of  linear
	sum float64
}

// learn takes a number that is shown.
func (a *attacker) learn(r interface {
	Fatalf(string, ...any)
	Logf(string, ...any)
}, what string, of linear, sum float64) {
	if want := a.value(of); math.Abs(want-sum) > 1e-6 {
		r.Fatalf("%s is %v, and the rows give %v", what, sum, want)
	}
	r.Logf("%s is %v", what, sum)
	a.told = append(a.told, equation{of, sum})
}

func (a *attacker) value(of linear) float64 {
	sum := 0.0
	for atom, n := range of {
		sum += n * a.truth[atom]
	}
	return sum
}

// most is the greatest number a sum can be as far as the attacker knows.
func (a *attacker) most(of linear) float64 {
	known := map[string]float64{}
	open := a.settle(known)
	most, left := 0.0, linear{}
	for atom, n := range of {
		if value, ok := known[atom]; ok {
			most += n * value
		} else if n != 0 {
			left[atom] = n
		}
	}
	return most + maximum(left, open)
}

// settle finds the counts that are known for certain in simple ways, and what is left of
// the equations.
func (a *attacker) settle(known map[string]float64) []equation {
	open := slices.Clone(a.told)
	for {
		before := len(known)
		open = slices.DeleteFunc(slices.Clone(open), func(e equation) bool { return len(e.of) == 0 })
		for i, e := range open {
			left := equation{linear{}, e.sum}
			for atom, n := range e.of {
				if value, ok := known[atom]; ok {
					left.sum -= n * value
				} else if n != 0 {
					left.of[atom] = n
				}
			}
			open[i] = left
			ascending := true
			for _, n := range left.of {
				ascending = ascending && n > 0
			}
			for atom, n := range left.of {
				if ascending && math.Abs(left.sum) < 1e-9 {
					known[atom] = 0
				} else if len(left.of) == 1 {
					known[atom] = left.sum / n
				}
			}
		}
		if len(known) == before {
			return open
		}
	}
}

// maximum is the greatest value of a sum under equations over numbers that are not below
// zero, by the simplex method with Bland's rule; +Inf where there is none.
func maximum(of linear, equations []equation) float64 {
	places := map[string]int{}
	for _, e := range equations {
		for atom := range e.of {
			if _, ok := places[atom]; !ok {
				places[atom] = len(places)
			}
		}
	}
	for atom, n := range of {
		if _, ok := places[atom]; !ok && n > 0 {
			return math.Inf(1)
		}
	}
	n, m := len(places), len(equations)
	table := make([][]float64, m) // real columns, artificial ones, right side
	basis := make([]int, m)
	for i, e := range equations {
		table[i] = make([]float64, n+m+1)
		sign := 1.0
		if e.sum < 0 {
			sign = -1
		}
		for atom, k := range e.of {
			table[i][places[atom]] = sign * k
		}
		table[i][n+i], table[i][n+m], basis[i] = 1, sign*e.sum, n+i
	}
	s := &simplex{table, basis}
	artificial := make([]float64, n+m)
	for i := n; i < n+m; i++ {
		artificial[i] = -1
	}
	s.climb(artificial, n+m)
	s.dropArtificial(n)
	wanted := make([]float64, n+m)
	for atom, k := range of {
		if i, ok := places[atom]; ok {
			wanted[i] = k
		}
	}
	return s.climb(wanted, n)
}

type simplex struct {
	table [][]float64
	basis []int
}

const tiny = 1e-7

// climb goes to the maximum over the first columns.
func (s *simplex) climb(wanted []float64, columns int) float64 {
	for {
		enter := -1
		for j := range columns {
			gain := wanted[j]
			for i, b := range s.basis {
				gain -= wanted[b] * s.table[i][j]
			}
			if gain > tiny {
				enter = j
				break
			}
		}
		right := len(wanted)
		if enter < 0 {
			sum := 0.0
			for i, b := range s.basis {
				sum += wanted[b] * s.table[i][right]
			}
			return sum
		}
		leave := -1
		for i := range s.table {
			if s.table[i][enter] <= tiny {
				continue
			}
			if leave < 0 {
				leave = i
				continue
			}
			ratio, least := s.table[i][right]/s.table[i][enter], s.table[leave][right]/s.table[leave][enter]
			if ratio < least-tiny || ratio < least+tiny && s.basis[i] < s.basis[leave] {
				leave = i
			}
		}
		if leave < 0 {
			return math.Inf(1)
		}
		s.pivot(leave, enter)
	}
}

func (s *simplex) pivot(row, column int) {
	by := s.table[row][column]
	for j := range s.table[row] {
		s.table[row][j] /= by
	}
	for i := range s.table {
		factor := s.table[i][column]
		if i == row || factor == 0 {
			continue
		}
		for j := range s.table[i] {
			s.table[i][j] -= factor * s.table[row][j]
		}
	}
	s.basis[row] = column
}

// dropArtificial takes the helping columns out of the basis; a row that has none but them
// follows from the others.
func (s *simplex) dropArtificial(real int) {
	for i := len(s.table) - 1; i >= 0; i-- {
		if s.basis[i] < real {
			continue
		}
		column := slices.IndexFunc(s.table[i][:real], func(k float64) bool { return math.Abs(k) > tiny })
		if column < 0 {
			s.table, s.basis = slices.Delete(s.table, i, i+1), slices.Delete(s.basis, i, i+1)
			continue
		}
		s.pivot(i, column)
	}
}

func TestAttackerFindsWhatFollows(t *testing.T) {
	one := func(atoms ...string) linear {
		l := linear{}
		for _, atom := range atoms {
			l[atom]++
		}
		return l
	}
	a := &attacker{truth: map[string]float64{"a": 3, "b": 40, "c": 0, "d": 9}}
	for _, sum := range []linear{one("a", "b"), one("b", "c"), one("c")} {
		a.learn(t, "a sum", sum, a.value(sum))
	}
	for of, want := range map[*linear]float64{{"a": 1}: 3, {"b": 1}: 40, {"d": 1}: math.Inf(1), {"a": 1, "d": -1}: 3} {
		if got := a.most(*of); got != want {
			t.Errorf("%v is at most %v, want %v", *of, got, want)
		}
	}
	a = &attacker{truth: a.truth}
	for _, sum := range []linear{one("a", "b", "c"), one("b", "d"), one("d", "c")} {
		a.learn(t, "a sum", sum, a.value(sum)) // 43, 49, 9
	}
	// d is at most 9, so b is at least 40 and a at most 3
	if got := a.most(one("a")); math.Abs(got-3) > tiny {
		t.Errorf("a is at most %v, want 3", got)
	}
}

// The greatest value is no less than any that is possible.
func TestAttackerNeverClaimsTooMuch(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		atoms := []string{"a", "b", "c", "d", "e"}
		draw := func(label string, least int) linear {
			l := linear{}
			for _, atom := range atoms {
				l[atom] = float64(rapid.IntRange(least, 1).Draw(r, label+atom))
			}
			return l
		}
		a := &attacker{truth: map[string]float64{}}
		for _, atom := range atoms {
			a.truth[atom] = float64(rapid.IntRange(0, 9).Draw(r, atom))
		}
		for range rapid.IntRange(0, 6).Draw(r, "sums") {
			sum := draw("sum", -1)
			a.learn(r, "a sum", sum, a.value(sum))
		}
		of := draw("of", 0)
		most := a.most(of)
		if most < a.value(of)-1e-6 {
			r.Fatalf("at most %v, and it is %v", most, a.value(of))
		}
	})
}
