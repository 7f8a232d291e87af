package catalog

import (
	"fmt"
	"strings"
	"unicode"
)

// word is a token of a formula's text.
type word struct {
	text string
	at   int // offset in characters
}

// tokens cuts a text into words, numbers and signs; the last one is empty and stands at the end.
func tokens(text string) []word {
	var out []word
	letters := []rune(text)
	for i := 0; i < len(letters); {
		start := i
		switch r := letters[i]; {
		case unicode.IsSpace(r):
			i++
			continue
		case isWordLetter(r):
			for i < len(letters) && (isWordLetter(letters[i]) || letters[i] == '.') {
				i++
			}
		case (r == '>' || r == '<') && i+1 < len(letters) && letters[i+1] == '=':
			i += 2
		case strings.ContainsRune("*/+-(){},=|", r):
			i++
		default:
			panic(&FormulaError{start, fmt.Sprintf("%q has no meaning in a formula", string(r))})
		}
		out = append(out, word{string(letters[start:i]), start})
	}
	return append(out, word{"", len(letters)})
}

func isWordLetter(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
