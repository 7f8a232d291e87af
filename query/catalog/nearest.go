package catalog

import (
	"slices"
	"strings"
)

// Nearest gives the candidate most like word, for a "did you mean": one of which at most
// a third of the letters differ, else one that begins with word; "" when there is none.
// Of equals the first wins.
func Nearest(word string, candidates []string) string {
	best, bestDistance := "", max(2, len([]rune(word))/3)+1
	for _, candidate := range candidates {
		if d := editDistance(word, candidate); d < bestDistance && d < len([]rune(candidate)) {
			best, bestDistance = candidate, d
		}
	}
	if i := slices.IndexFunc(candidates, func(c string) bool { return strings.HasPrefix(c, word) }); best == "" && i >= 0 && len(word) > 2 {
		return candidates[i]
	}
	return best
}

// didYouMean ends a message about an unknown word.
func didYouMean(word string, candidates []string) string {
	sorted := slices.Sorted(slices.Values(candidates))
	if near := Nearest(word, sorted); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// editDistance counts the letters to insert, delete or replace to turn a into b (Levenshtein).
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			cost := 1
			if x == y {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
