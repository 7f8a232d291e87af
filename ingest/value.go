package ingest

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Longest texts, in characters.
const (
	maxNote     = 500
	maxObstacle = 100
)

// code takes a field that must be a text naming something: the caller looks it up and never keeps the bytes.
func (f *field) code() ([]byte, *fault) {
	if f.kind != textValue && f.kind != cellValue {
		return nil, f.wrong(wrongType("một chuỗi", "a text"))
	}
	return f.text, nil
}

// member takes a member of a dimension: a text, or a number for single years of age.
func (f *field) member() ([]byte, *fault) {
	if f.kind == numberValue {
		return f.text, nil
	}
	return f.code()
}

// integer takes a whole number from 0 on. 1234.0 is taken as 1234, because that is how data frames
// write a whole number; 1.000 is refused, because half of its writers mean a thousand.
func (f *field) integer() (int64, *fault) {
	if f.kind != numberValue && f.kind != cellValue {
		return 0, f.wrong(wrongType("một số, không đặt trong ngoặc kép", "a number without quotes"))
	}
	text := bytes.TrimSuffix(f.text, []byte(".0"))
	digits, minus := bytes.CutPrefix(text, []byte{'-'})
	if _, whole := decimal(digits); !whole || len(digits) == 0 {
		return 0, f.wrong(notInteger())
	}
	if len(digits) < 18 {
		n, _ := decimal(digits)
		if minus && n > 0 {
			return 0, f.wrong(negative())
		}
		return int64(n), nil
	}
	if minus {
		return 0, f.wrong(negative())
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0, f.wrong(tooLargeValue(1<<63 - 1))
	}
	return n, nil
}

// truth takes true or false; cells may say 1 or 0 too.
func (f *field) truth() (bool, *fault) {
	switch {
	case f.kind == trueValue:
		return true, nil
	case f.kind == falseValue:
		return false, nil
	case f.kind == cellValue:
		switch string(bytes.ToLower(f.text)) {
		case "true", "1":
			return true, nil
		case "false", "0":
			return false, nil
		}
	}
	return false, f.wrong(wrongType("true hoặc false", "true or false"))
}

// prose takes free text: short, on one line, and with nothing a person could be known by.
func (f *field) prose(limit int) (string, *fault) {
	b, why := f.code()
	if why != nil {
		return "", why
	}
	if utf8.RuneCount(b) > limit {
		return "", f.wrong(textTooLong(limit))
	}
	s := string(b)
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return "", f.wrong(controlCharacter())
		}
	}
	if what, position, found := findPersonal(s); found {
		return "", f.wrong(personalData(what, position))
	}
	return s, nil
}
