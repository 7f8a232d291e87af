package ingest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/query/catalog"
)

// What people write into cells, brought to the form of the contract. What cannot be understood without guessing is passed
// on as it is, for the checks to refuse with their own words: 1,234 is a thousand to some and one and a bit to others.

var (
	thousandsPattern = regexp.MustCompile(`^\d{1,3}(\.\d{3})+(,0+)?$`) // 1.234 and 1.234,0, as Vietnamese is written
	wholePattern     = regexp.MustCompile(`^\d+,0+$`)                  // 1234,0
	fractionPattern  = regexp.MustCompile(`^(\d{1,3}(\.\d{3})+|\d+),\d+$`)
	dayPattern       = regexp.MustCompile(`^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$`)
	monthPattern     = regexp.MustCompile(`^(?:thang )?(\d{1,2})\s*(?:[/.\-]|nam)\s*(\d{4})$`)
	quarterPattern   = regexp.MustCompile(`^(?:quy|q)\s*(\d|i{1,3}|iv)\s*(?:[/.\-]|nam)\s*(\d{4})$`)
)

// plainText gives the text of a cell without what nobody sees: spaces around it, compatibility forms, and the fraction that a number has
// in the file though none is shown.
func plainText(c *sheet.Cell) string {
	if c.Kind == sheet.Number || c.Kind == sheet.Date {
		if n, ok := wholeNumber(c.Text); ok {
			return strconv.FormatInt(n, 10)
		}
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKC.String(c.Text)))
}

// wholeNumber reads a number of the file, which may be written as 1.234E3, when it is whole.
func wholeNumber(s string) (int64, bool) {
	const exact = 1 << 53
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// numberText understands a cell as a number; interpreted tells that somebody else could have read it otherwise.
func numberText(c *sheet.Cell) (text string, interpreted bool, why *fault) {
	switch {
	case c.Kind == sheet.Failure:
		return "", false, cellError()
	case strings.TrimSpace(c.Text) == "":
		return "", false, formulaWithoutValue()
	case c.Kind == sheet.Truth:
		return "", false, wrongType("một số", "a number")
	case c.Kind == sheet.Date:
		return "", false, dateForNumber()
	}
	text = plainText(c)
	if c.Kind == sheet.Number {
		return text, false, nil
	}
	text = strings.ReplaceAll(strings.TrimPrefix(text, "'"), " ", "")
	whole, _, _ := strings.Cut(text, ",")
	switch {
	case thousandsPattern.MatchString(text):
		return strings.ReplaceAll(whole, ".", ""), true, nil
	case wholePattern.MatchString(text):
		return whole, true, nil
	case fractionPattern.MatchString(text):
		return "", false, fraction()
	}
	return text, false, nil
}

// dateText gives a day as the contract writes it: of a serial number, of 15/6/2022, or of what is a day already.
func dateText(c *sheet.Cell, from1904 bool) string {
	if c.Kind == sheet.Date || c.Kind == sheet.Number {
		if d, ok := serialDay(c.Text, from1904); ok {
			return d.String()
		}
	}
	text := plainText(c)
	m := dayPattern.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	return m[3] + "-" + twoDigits(m[2]) + "-" + twoDigits(m[1])
}

// serialDay counts from 1 January 1900, a year that Excel takes for a leap year, or from 1904. Times of day are cut off. Years
// that could stand in the same cell are no serial numbers.
func serialDay(text string, from1904 bool) (civil.Date, bool) {
	const first, last = 10_000, 80_000 // 1927 to 2119
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < first || f > last {
		return civil.Date{}, false
	}
	zero := civil.Date{Year: 1899, Month: 12, Day: 30}
	if from1904 {
		zero = civil.Date{Year: 1904, Month: 1, Day: 1}
	}
	return zero.AddDays(int(f)), true
}

func twoDigits(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// periodText gives a period as the contract writes it. A day stands for the period of the kind that its month or year names:
// spreadsheets make the first of a month of 11/2022.
func periodText(text string, kind catalog.PeriodKind) string {
	folded := geo.Fold(text)
	if m := monthPattern.FindStringSubmatch(folded); m != nil {
		text = m[2] + "-" + twoDigits(m[1]) + "-01"
	} else if m := quarterPattern.FindStringSubmatch(folded); m != nil {
		n := map[string]string{"i": "1", "ii": "2", "iii": "3", "iv": "4"}[m[1]]
		if n == "" {
			n = m[1]
		}
		text = m[2] + "-Q" + n
	}
	d, err := civil.ParseDate(text)
	if err != nil || !d.IsValid() || d.Day != 1 || kind == catalog.Day {
		return text
	}
	return catalog.PeriodOf(kind, d).String()
}
