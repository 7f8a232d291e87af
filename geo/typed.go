package geo

import (
	"slices"
	"strings"
)

// unitKinds are the words for kinds of units, folded.
var unitKinds = []string{"tinh", "thanh pho", "quan", "huyen", "thi xa", "thi tran", "phuong", "xa", "dac khu"}

// shortKinds are what they are shortened to.
var shortKinds = map[string]string{
	"t": "tinh", "tp": "thanh pho", "q": "quan", "h": "huyen", "tx": "thi xa", "tt": "thi tran", "p": "phuong", "x": "xa", "dk": "dac khu",
}

// maxTyped is how much of a query is looked at, in letters: names are far shorter.
const maxTyped = 100

// typedName is a query taken apart.
type typedName struct {
	folded  string   // as typed
	words   []string // as typed
	whole   string   // with a shortened kind written out
	kind    string   // "phuong", "" when none was typed
	letters []rune   // of the rest
	all     []rune   // of everything: "Phương Khoan" is a name and no ward
}

func readQuery(text string) typedName {
	if r := []rune(text); len(r) > maxTyped {
		text = string(r[:maxTyped])
	}
	q := typedName{folded: Fold(text)}
	q.words = strings.FieldsFunc(q.folded, notWord)
	q.whole = q.folded
	rest := q.words
	if kind, n := leadingKind(q.words); n > 0 {
		q.kind, rest = kind, q.words[n:]
		q.whole = kind + " " + strings.Join(rest, " ")
	}
	q.letters, q.all = []rune(strings.Join(rest, "")), []rune(strings.Join(q.words, ""))
	return q
}

// leadingKind finds the kind of unit that words begin with and how many of them it takes.
// There must be a name behind it: "Xã" alone may be the beginning of one.
func leadingKind(words []string) (kind string, n int) {
	for _, kind := range unitKinds {
		parts := strings.Fields(kind)
		if len(words) > len(parts) && slices.Equal(words[:len(parts)], parts) {
			return kind, len(parts)
		}
	}
	if len(words) > 1 && shortKinds[words[0]] != "" {
		return shortKinds[words[0]], 1
	}
	return "", 0
}

// grade says how well a name is what was typed: 1 is best, 0 is not at all.
func (q typedName) grade(n foldedName) int {
	grade := n.grade(q.folded, q.words)
	if q.whole == q.folded {
		return grade
	}
	if written := n.grade(q.whole, strings.FieldsFunc(q.whole, notWord)); grade == 0 || written > 0 && written < grade {
		return written
	}
	return grade
}

// Grades of near misses. Of two the one of the kind that was typed comes first.
const (
	otherKind   = 2  // the name itself
	otherBegun  = 4  // its beginning
	mistyped    = 6  // and 2 for each letter that is wrong
	misbegun    = 12 // the same of its beginning
	wrongLetter = 2
)

// miss says how nearly a name was typed, 0 is not at all.
func (q typedName) miss(n foldedName) int {
	grade := missed(q.letters, n.letters)
	if grade > 0 && q.kind != "" && q.kind != n.kind {
		grade++
	}
	if q.kind == "" {
		return grade
	}
	if all := missed(q.all, n.letters); grade == 0 || all > 0 && all < grade {
		return all
	}
	return grade
}

func missed(typed, name []rune) int {
	if slices.Equal(typed, name) {
		return otherKind
	}
	if len(typed) > 1 && len(name) > len(typed) && slices.Equal(typed, name[:len(typed)]) {
		return otherBegun
	}
	allowed := allowedTypos(len(typed))
	whole, begun := typos(typed, name, allowed)
	switch {
	case whole <= allowed:
		return mistyped + wrongLetter*whole
	case begun <= allowed && len(typed) > 0:
		return misbegun + wrongLetter*begun
	}
	return 0
}

// allowedTypos grows with the length of what was typed: in a short name one wrong letter
// makes another name.
func allowedTypos(length int) int {
	switch {
	case length < 4:
		return 0
	case length < 8:
		return 1
	}
	return 2
}

// typos counts the letters to insert, delete, replace or swap with the next one to make
// what was typed a name, or the nearest beginning of one. It stops counting above the bound.
func typos(typed, name []rune, bound int) (whole, begun int) {
	before, row, next := []int(nil), make([]int, len(name)+1), make([]int, len(name)+1)
	for j := range row {
		row[j] = j
	}
	for i := range typed {
		next[0] = i + 1
		least := next[0]
		for j := range name {
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+differ(typed[i], name[j]))
			if i > 0 && j > 0 && typed[i] == name[j-1] && typed[i-1] == name[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
			least = min(least, next[j+1])
		}
		if least > bound {
			return bound + 1, bound + 1
		}
		before, row, next = row, next, make([]int, len(name)+1)
	}
	return row[len(name)], slices.Min(row)
}

func differ(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
