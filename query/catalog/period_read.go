package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// spoken are the names of periods as Format writes them, without the days of statutory
// periods and weeks, which follow from the name.
var spoken = []struct {
	kind    PeriodKind
	pattern *regexp.Regexp
}{
	{Month, regexp.MustCompile(`^tháng (?P<n>\d{1,2})/(?P<year>\d{4})$`)},
	{Month, regexp.MustCompile(`^(?P<name>[a-z]+) (?P<year>\d{4})$`)},
	{Quarter, regexp.MustCompile(`^quý (?P<roman>i|ii|iii|iv)/(?P<year>\d{4})$`)},
	{Quarter, regexp.MustCompile(`^q(?P<n>\d) (?P<year>\d{4})$`)},
	{Half, regexp.MustCompile(`^6 tháng (?P<half>đầu|cuối) năm (?P<year>\d{4})$`)},
	{Half, regexp.MustCompile(`^(?P<half>first|second) half of (?P<year>\d{4})$`)},
	{Week, regexp.MustCompile(`^(?:tuần|week) (?P<n>\d{1,2}) (?:năm|of) (?P<year>\d{4})$`)},
	{Year, regexp.MustCompile(`^(?:năm )?(?P<year>\d{4})$`)},
	{Day, regexp.MustCompile(`^(?P<day>\d{1,2})/(?P<n>\d{1,2})/(?P<year>\d{4})$`)},
	{Day, regexp.MustCompile(`^(?P<day>\d{1,2}) (?P<name>[a-z]+) (?P<year>\d{4})$`)},
}

// ReadPeriod reads a period as people write it in either language and as Format does:
// "Tháng 11/2022", "Quý II/2022", "Kỳ báo cáo tháng 6/2022", "November 2022", "15/06/2022".
// Case and what follows in brackets do not matter. Ids of ParsePeriod are not taken.
func ReadPeriod(text string) (Period, error) {
	name, _, _ := strings.Cut(strings.ToLower(text), "(")
	name = strings.TrimSpace(name)
	statutory := false
	for _, prefix := range []string{"kỳ báo cáo ", "reporting period "} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name, statutory = rest, true
		}
	}
	for _, s := range spoken {
		if match := s.pattern.FindStringSubmatch(name); match != nil {
			id := periodID(s.kind, s.pattern, match)
			if statutory {
				id = "s" + id
			}
			return ParsePeriod(id)
		}
	}
	return Period{}, fmt.Errorf("%w: want something like Tháng 6/2022, Quý II/2022, June 2022 or 15/06/2022", ErrPeriod)
}

// periodID writes the parts of a name as an id.
func periodID(kind PeriodKind, pattern *regexp.Regexp, match []string) string {
	part := func(name string) string {
		if i := pattern.SubexpIndex(name); i >= 0 {
			return match[i]
		}
		return ""
	}
	n, _ := strconv.Atoi(part("n"))
	switch {
	case part("name") != "":
		n = monthNamed(part("name"))
	case part("roman") != "":
		n = slices.Index(roman[:], strings.ToUpper(part("roman")))
	case part("half") == "đầu" || part("half") == "first":
		n = 1
	case part("half") != "":
		n = 2
	}
	day, _ := strconv.Atoi(part("day"))
	year := part("year")
	switch kind {
	case Day:
		return fmt.Sprintf("%s-%02d-%02d", year, n, day)
	case Week:
		return fmt.Sprintf("%s-W%02d", year, n)
	case Month:
		return fmt.Sprintf("%s-%02d", year, n)
	case Quarter:
		return fmt.Sprintf("%s-Q%d", year, n)
	case Half:
		return fmt.Sprintf("%s-H%d", year, n)
	default:
		return year
	}
}

// monthNamed gives the number of an English month, 0 for any other word.
func monthNamed(name string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(m.String(), name) {
			return int(m)
		}
	}
	return 0
}
