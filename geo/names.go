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
}

func foldNames(units []Unit) []foldedName {
	names := make([]foldedName, len(units))
	for i, u := range units {
		full := Fold(u.FullName)
		if full == "" {
			full = Fold(u.Type + " " + u.Name)
		}
		names[i] = foldedName{code: strings.ToLower(u.Code), name: Fold(u.Name), full: full, words: strings.FieldsFunc(full, notWord)}
	}
	return names
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// Find returns at most limit units for what a person types: a code, or a name with
// or without diacritics, tone marks in either place, and words like "xã" or "huyện".
// The best come first: exact names, then beginnings, then all words begun; upper
// levels before lower ones and the shorter name before the longer.
func (s *Set) Find(query string, limit int) []Unit {
	type hit struct{ unit, grade int }
	folded := Fold(query)
	words := strings.FieldsFunc(folded, notWord)
	if len(words) == 0 || limit <= 0 {
		return nil
	}
	var hits []hit
	for i := range s.names {
		if grade := s.names[i].grade(folded, words); grade > 0 {
			hits = append(hits, hit{i, grade})
		}
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
