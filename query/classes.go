package query

import (
	"math"
	"slices"
)

// ClassMethod says how the classes of a distribution are found.
type ClassMethod string

// Ways to class values. Legend takes the catalogue's breaks. Quantile puts as many values
// into each class. Equal makes classes of equal width: bins of ten points for percentages,
// round steps for anything else. Ckmeans makes the classes whose values lie closest to
// their means. Manual takes the breaks of the question.
const (
	ClassLegend   ClassMethod = "legend"
	ClassQuantile ClassMethod = "quantile"
	ClassEqual    ClassMethod = "equal"
	ClassCkmeans  ClassMethod = "ckmeans"
	ClassManual   ClassMethod = "manual"
)

// ClassMethods lists them in the order of a menu.
func ClassMethods() []ClassMethod {
	return []ClassMethod{ClassLegend, ClassQuantile, ClassEqual, ClassCkmeans, ClassManual}
}

// quantile is the value below which a share of ascending values lies, interpolated
// linearly between them (definition 7 of Hyndman and Fan, Sample Quantiles in Statistical
// Packages, 1996). There must be a value.
func quantile(sorted []float64, share float64) float64 {
	place := share * float64(len(sorted)-1)
	below := int(place)
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[below] + (place-float64(below))*(sorted[below+1]-sorted[below])
}

// quantileBreaks cuts ascending values into classes of as many values each.
func quantileBreaks(sorted []float64, classes int) []float64 {
	breaks := make([]float64, 0, classes-1)
	for i := 1; i < classes; i++ {
		breaks = append(breaks, quantile(sorted, float64(i)/float64(classes)))
	}
	return breaks
}

// decileBreaks are the inner bounds of bins of ten points from 0 to 100.
func decileBreaks() []float64 { return []float64{10, 20, 30, 40, 50, 60, 70, 80, 90} }

// equalBreaks cuts the range of ascending values into about as many classes as asked, at
// multiples of 1, 2 or 5 times a power of ten.
func equalBreaks(sorted []float64, classes int) []float64 {
	low, high := sorted[0], sorted[len(sorted)-1]
	if high <= low {
		return nil
	}
	step := roundStep((high - low) / float64(classes))
	var breaks []float64
	for n := math.Floor(low/step) + 1; n*step < high; n++ {
		breaks = append(breaks, n*step)
	}
	return breaks
}

// roundStep is the smallest of 1, 2, 5 times a power of ten that is not below width.
func roundStep(width float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(width)))
	for _, digit := range []float64{1, 2, 5} {
		if digit*power >= width*(1-1e-12) {
			return digit * power
		}
	}
	return 10 * power
}

// ckmeansBreaks cuts ascending values where the sum of squared distances to the classes'
// means is least: optimal k-means in one dimension (Wang and Song, Ckmeans.1d.dp, The R
// Journal 3/2, 2011). A break lies half way between the values it parts.
func ckmeansBreaks(sorted []float64, classes int) []float64 {
	classes = min(classes, distinct(sorted))
	if classes < 2 {
		return nil
	}
	k := newClustering(sorted)
	for range classes - 1 {
		k.grow()
	}
	breaks := make([]float64, classes-1)
	end := len(sorted)
	for i := classes - 2; i >= 0; i-- {
		end = k.starts[i][end-1]
		breaks[i] = sorted[end-1] + (sorted[end]-sorted[end-1])/2
	}
	return breaks
}

func distinct(sorted []float64) int {
	return len(slices.Compact(slices.Clone(sorted)))
}

// clustering is the table of the dynamic programme. costs[i] is the least cost of the
// first i+1 values in as many clusters as were grown; starts[c][i] is where the last of
// c+2 clusters over them begins.
type clustering struct {
	sums, squares []float64 // of the first n values, shifted to their middle so that squares stay exact
	costs         []float64
	starts        [][]int
}

func newClustering(sorted []float64) *clustering {
	n := len(sorted)
	k := &clustering{sums: make([]float64, n+1), squares: make([]float64, n+1), costs: make([]float64, n)}
	middle := sorted[n/2]
	for i, v := range sorted {
		v -= middle
		k.sums[i+1], k.squares[i+1] = k.sums[i]+v, k.squares[i]+v*v
	}
	for i := range n {
		k.costs[i] = k.spread(0, i)
	}
	return k
}

// spread is the sum of squared distances of values from..to to their mean.
func (k *clustering) spread(from, to int) float64 {
	sum := k.sums[to+1] - k.sums[from]
	return max(0, k.squares[to+1]-k.squares[from]-sum*sum/float64(to-from+1))
}

// grow adds a cluster. Where the last cluster begins never moves back as values are added,
// so halving the range finds all beginnings in n log n steps.
func (k *clustering) grow() {
	n, clusters := len(k.costs), len(k.starts)+2
	costs, starts := slices.Repeat([]float64{math.Inf(1)}, n), make([]int, n)
	var fill func(low, high, first, last int)
	fill = func(low, high, first, last int) {
		if low > high {
			return
		}
		middle := (low + high) / 2
		for start := max(first, clusters-1); start <= min(last, middle); start++ {
			if cost := k.costs[start-1] + k.spread(start, middle); cost < costs[middle] {
				costs[middle], starts[middle] = cost, start
			}
		}
		fill(low, middle-1, first, starts[middle])
		fill(middle+1, high, starts[middle], last)
	}
	fill(clusters-1, n-1, clusters-1, n-1)
	k.costs, k.starts = costs, append(k.starts, starts)
}

// readable rounds breaks to the decimals that values are shown with, so that the legend,
// the map and the counts all say the same, and drops those that then part nothing.
func readable(breaks, sorted []float64, decimals int) []float64 {
	power := math.Pow(10, float64(decimals))
	rounded := make([]float64, 0, len(breaks))
	for _, b := range breaks {
		b = math.Round(b*power) / power
		if b > sorted[0] && b <= sorted[len(sorted)-1] && (len(rounded) == 0 || b > rounded[len(rounded)-1]) {
			rounded = append(rounded, b)
		}
	}
	return rounded
}

// classOf is the number of the class a value belongs to; one equal to a break belongs to
// the class above it.
func classOf(breaks []float64, value float64) int {
	at, found := slices.BinarySearch(breaks, value)
	if found {
		at++
	}
	return at
}
