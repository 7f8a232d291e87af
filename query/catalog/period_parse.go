package catalog

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-sql/civil"
)

// ErrPeriod is the kind of every error of ParsePeriod.
var ErrPeriod = errors.New("not a period")

// ParsePeriod reads a period id: 2022-06-15, 2022-W24, 2022-06, 2022-Q2, 2022-H1, 2022, and the
// statutory ones with prefix s, s2022-06 being 15 May to 14 June 2022. Nothing else is
// taken: no spaces, no lower-case q, no missing zeros, years 1900 to 2199. The error does
// not repeat the text, which may be anything a sender put there.
func ParsePeriod(s string) (Period, error) {
	body, statutory := strings.CutPrefix(s, "s")
	if len(body) == len("2022-06-15") && !statutory {
		return parseDay(body)
	}
	kind, year, within, ok := parseLabel(body)
	if !ok {
		return Period{}, fmt.Errorf("%w: want 2022-06-15, 2022-W24, 2022-06, 2022-Q2, 2022-H1, 2022 or s2022-06 and the like", ErrPeriod)
	}
	if kind == Week {
		return parseWeek(year, within, statutory)
	}
	if statutory {
		kind = "statutory_" + kind
	}
	perYear := 12 / kind.months()
	if within < 1 || within > perYear {
		return Period{}, fmt.Errorf("%w: a year has no such %s", ErrPeriod, kind)
	}
	p := periodAt(kind, year*perYear+within-1)
	if p.IsZero() {
		return Period{}, fmt.Errorf("%w: years run from %d to %d", ErrPeriod, FirstYear, LastYear)
	}
	return p, nil
}

func parseDay(s string) (Period, error) {
	date, err := civil.ParseDate(s)
	if err != nil || !date.IsValid() {
		return Period{}, fmt.Errorf("%w: no such day", ErrPeriod)
	}
	p := dayPeriod(date)
	if p.IsZero() {
		return Period{}, fmt.Errorf("%w: years run from %d to %d", ErrPeriod, FirstYear, LastYear)
	}
	return p, nil
}

// parseWeek gives a week by the year and number that name it; there are no statutory weeks.
func parseWeek(year, week int, statutory bool) (Period, error) {
	if statutory || week < 1 {
		return Period{}, fmt.Errorf("%w: a year has no such week", ErrPeriod)
	}
	// 4 January always lies in week 1 (ISO 8601).
	p := weekPeriod(civil.Date{Year: year, Month: time.January, Day: 4}.AddDays(7 * (week - 1)))
	if p.IsZero() {
		return Period{}, fmt.Errorf("%w: years run from %d to %d", ErrPeriod, FirstYear, LastYear)
	}
	if of, _ := p.label(); of != year {
		return Period{}, fmt.Errorf("%w: a year has no such week", ErrPeriod)
	}
	return p, nil
}

// parseLabel takes a label without its prefix apart: "2022-Q3" is (Quarter, 2022, 3).
func parseLabel(s string) (kind PeriodKind, year, within int, ok bool) {
	if len(s) < 4 {
		return "", 0, 0, false
	}
	year, ok = digits(s[:4])
	if !ok {
		return "", 0, 0, false
	}
	rest := s[4:]
	switch {
	case rest == "":
		return Year, year, 1, true
	case len(rest) == 3 && rest[0] == '-' && rest[1] == 'Q':
		kind, rest = Quarter, rest[2:]
	case len(rest) == 3 && rest[0] == '-' && rest[1] == 'H':
		kind, rest = Half, rest[2:]
	case len(rest) == 4 && rest[0] == '-' && rest[1] == 'W':
		kind, rest = Week, rest[2:]
	case len(rest) == 3 && rest[0] == '-':
		kind, rest = Month, rest[1:]
	default:
		return "", 0, 0, false
	}
	within, ok = digits(rest)
	return kind, year, within, ok
}

// digits reads a number written in ASCII digits alone; strconv would take a sign.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// MarshalText writes the id of p.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads an id as ParsePeriod does; nothing is no period.
func (p *Period) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Period{}
		return nil
	}
	parsed, err := ParsePeriod(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
