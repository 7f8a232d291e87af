package geo

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a name to the form in which names are compared: lower case, no
// diacritics, đ as d, single spaces. Tone marks go with the other marks, so "Hoà"
// and "Hòa" are the same.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == 'đ' || r == 'Đ':
			r = 'd'
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// foldedName holds what Find compares, made once.
type foldedName struct {
	code, name, full string
	words            []string
	kind             string // "thi tran"
	letters          []rune // of the name, without spaces and other signs
}

func foldNames(units []Unit) []foldedName {
	names := make([]foldedName, len(units))
	for i, u := range units {
		full := Fold(u.FullName)
		if full == "" {
			full = Fold(u.Type + " " + u.Name)
		}
		names[i] = foldedName{
			code: strings.ToLower(u.Code), name: Fold(u.Name), full: full, words: strings.FieldsFunc(full, notWord),
			kind: Fold(u.Type), letters: letters(Fold(u.Name)),
		}
	}
	return names
}

// letters leaves out spaces, hyphens and apostrophes: people type them or do not.
func letters(folded string) []rune {
	return []rune(strings.Join(strings.FieldsFunc(folded, notWord), ""))
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// Find returns at most limit units for what a person types: a code, or a name with
// or without diacritics, tone marks in either place, and words like "xã" or "huyện", also
// shortened ("TX.", "P."). The best come first: exact names, then beginnings, then all
// words begun; upper levels before lower ones and the shorter name before the longer.
//
// Only when nothing is called that, near misses are taken: the right name with the word for
// another kind of unit, then names and beginnings of names with a letter or two mistyped.
func (s *Set) Find(query string, limit int) []Unit {
	q := readQuery(query)
	if len(q.words) == 0 || limit <= 0 {
		return nil
	}
	hits := s.hits(q.grade)
	if len(hits) == 0 {
		hits = s.hits(q.miss)
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(a.grade, b.grade),
			cmp.Compare(s.tree.ranks[a.unit], s.tree.ranks[b.unit]),
			cmp.Compare(len(s.names[a.unit].name), len(s.names[b.unit].name)),
			cmp.Compare(s.names[a.unit].name, s.names[b.unit].name),
		)
	})
	units := make([]Unit, 0, min(limit, len(hits)))
	for _, h := range hits[:min(limit, len(hits))] {
		units = append(units, s.tree.units[h.unit])
	}
	return units
}

// hit is a unit that answers a query, the better the lower its grade.
type hit struct{ unit, grade int }

func (s *Set) hits(grade func(foldedName) int) []hit {
	var hits []hit
	for i := range s.names {
		if g := grade(s.names[i]); g > 0 {
			hits = append(hits, hit{i, g})
		}
	}
	return hits
}

// grade says how well a name answers a query: 1 is best, 0 is not at all.
func (n foldedName) grade(query string, words []string) int {
	switch {
	case query == n.code || query == n.name || query == n.full:
		return 1
	case strings.HasPrefix(n.name, query):
		return 2
	case strings.HasPrefix(n.full, query):
		return 3
	case n.hasWords(words):
		return 4
	case len(query) > 1 && strings.HasPrefix(n.code, query):
		return 5
	}
	return 0
}

// hasWords tells whether each word begins some word of the full name.
func (n foldedName) hasWords(words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(n.words, func(own string) bool { return strings.HasPrefix(own, w) }) {
			return false
		}
	}
	return true
}
