package query

import (
	"errors"
	"fmt"

	"github.com/toancanh/toancanh/query/catalog"
)

// Kind is the closed list of ways a question can fail.
type Kind string

// NotFound: the thing asked about does not exist. Invalid: the question contradicts
// itself or the catalogue. Refused: the answer exists but is not given, by the rules
// of disclosure or because it would only be an approximation. Unavailable: the
// warehouse cannot answer now, ask again. Internal: a defect of ours.
const (
	NotFound    Kind = "not_found"
	Invalid     Kind = "invalid"
	Refused     Kind = "refused"
	Unavailable Kind = "unavailable"
	Internal    Kind = "internal"
)

// Error is what a user is told. Code is stable and meant for programs, Field names
// the parameter at fault, Hint says what would be accepted.
type Error struct {
	Kind  Kind
	Code  string
	Field string
	Text  catalog.Text
	Hint  catalog.Text
	cause error
}

// Error gives the English text, for logs.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %v", e.Text.In("en"), e.cause)
	}
	return e.Text.In("en")
}

// Unwrap gives what lies behind, for logs only.
func (e *Error) Unwrap() error { return e.cause }

// KindOf tells the kind of an error of this package, "" for any other.
func KindOf(err error) Kind {
	var known *Error
	if errors.As(err, &known) {
		return known.Kind
	}
	return ""
}

func notFound(code, field, vi, en string) *Error {
	return &Error{Kind: NotFound, Code: code, Field: field, Text: catalog.Text{Vi: vi, En: en}}
}

func invalid(code, field, vi, en string) *Error {
	return &Error{Kind: Invalid, Code: code, Field: field, Text: catalog.Text{Vi: vi, En: en}}
}

func refused(code, field, vi, en string) *Error {
	return &Error{Kind: Refused, Code: code, Field: field, Text: catalog.Text{Vi: vi, En: en}}
}

// withHint hints at something that reads the same in every language: ids, days, numbers.
func (e *Error) withHint(hint string) *Error { return e.withHints(hint, hint) }

// orNear asks whether something known was meant, where a word is much like it.
func (e *Error) orNear(word string, known []string) *Error {
	if near := catalog.Nearest(word, known); near != "" {
		return e.withHints("Có phải bạn muốn dùng “"+near+"”?", "Did you mean “"+near+"”?")
	}
	return e
}

func (e *Error) withHints(vi, en string) *Error {
	e.Hint = catalog.Text{Vi: vi, En: en}
	return e
}
