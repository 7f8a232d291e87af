package catalog

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"
	"pgregory.net/rapid"
)

func date(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct {
		id, start, end string
		kind           PeriodKind
	}{
		{"2022-06-15", "2022-06-15", "2022-06-15", Day},
		{"2022-W01", "2022-01-03", "2022-01-09", Week},
		{"2022-W24", "2022-06-13", "2022-06-19", Week},
		{"2020-W53", "2020-12-28", "2021-01-03", Week},
		{"2025-W01", "2024-12-30", "2025-01-05", Week},
		{"2022-06", "2022-06-01", "2022-06-30", Month},
		{"2024-02", "2024-02-01", "2024-02-29", Month},
		{"2022-Q2", "2022-04-01", "2022-06-30", Quarter},
		{"2022-H2", "2022-07-01", "2022-12-31", Half},
		{"2022", "2022-01-01", "2022-12-31", Year},
		{"s2022-06", "2022-05-15", "2022-06-14", StatutoryMonth},
		{"s2022-01", "2021-12-15", "2022-01-14", StatutoryMonth},
		{"s2024-03", "2024-02-15", "2024-03-14", StatutoryMonth},
		{"s2022-Q1", "2021-12-15", "2022-03-14", StatutoryQuarter},
		{"s2022-H1", "2021-12-15", "2022-06-14", StatutoryHalf},
		{"s2022", "2021-12-15", "2022-12-14", StatutoryYear},
		{"1900", "1900-01-01", "1900-12-31", Year},
		{"s1900", "1899-12-15", "1900-12-14", StatutoryYear},
		{"2199-12-31", "2199-12-31", "2199-12-31", Day},
	} {
		p, err := ParsePeriod(c.id)
		want := Period{c.kind, date(t, c.start), date(t, c.end)}
		if err != nil || p != want {
			t.Errorf("ParsePeriod(%s) = %+v, %v; want %+v", c.id, p, err, want)
		}
		if p.String() != c.id {
			t.Errorf("String of %s = %s", c.id, p)
		}
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	for _, id := range []string{
		"", "s", "22", "2022-", "2022-6", "2022-13", "2022-00", "2022-Q0", "2022-Q5", "2022-q1", "2022-H3", "2022-W00", "2022-W53", "2022-w01", "2022-W1", "s2022-W10",
		"2022-02-29", "s2022-06-15", "S2022-06", "ss2022", "1899", "2200", "2200-01-01", "+022", "2022-+1", " 2022", "2022 ",
		"2022-06-15T00:00", "２０２２", "2022-Q", "079123456789",
	} {
		p, err := ParsePeriod(id)
		if !errors.Is(err, ErrPeriod) || !p.IsZero() {
			t.Errorf("ParsePeriod(%q) = %v, %v", id, p, err)
		}
		if len(id) > 11 && err != nil && strings.Contains(err.Error(), id) {
			t.Errorf("the error repeats what was sent: %v", err)
		}
	}
}

func TestPeriodFormat(t *testing.T) {
	for _, c := range []struct{ id, vi, en string }{
		{"2022-06-05", "05/06/2022", "5 June 2022"},
		{"2022-W24", "Tuần 24 năm 2022 (13/06/2022–19/06/2022)", "Week 24 of 2022 (13 June 2022 to 19 June 2022)"},
		{"2022-11", "Tháng 11/2022", "November 2022"},
		{"2022-Q4", "Quý IV/2022", "Q4 2022"},
		{"2022-H1", "6 tháng đầu năm 2022", "First half of 2022"},
		{"2022", "Năm 2022", "2022"},
		{"s2022-06", "Kỳ báo cáo tháng 6/2022 (15/05/2022–14/06/2022)", "Reporting period June 2022 (15 May 2022 to 14 June 2022)"},
		{"s2022-Q1", "Kỳ báo cáo quý I/2022 (15/12/2021–14/03/2022)", "Reporting period Q1 2022 (15 December 2021 to 14 March 2022)"},
		{"s2022-H2", "Kỳ báo cáo 6 tháng cuối năm 2022 (15/06/2022–14/12/2022)", "Reporting period second half of 2022 (15 June 2022 to 14 December 2022)"},
		{"s2022", "Kỳ báo cáo năm 2022 (15/12/2021–14/12/2022)", "Reporting period 2022 (15 December 2021 to 14 December 2022)"},
	} {
		p, err := ParsePeriod(c.id)
		if err != nil {
			t.Fatal(err)
		}
		if vi := p.Format("vi"); vi != c.vi {
			t.Errorf("%s vi: %q, want %q", c.id, vi, c.vi)
		}
		if en := p.Format("en"); en != c.en {
			t.Errorf("%s en: %q, want %q", c.id, en, c.en)
		}
	}
}

func TestStatutoryMonthTurnsAtThe15th(t *testing.T) {
	for day, want := range map[string]string{
		"2022-06-14": "s2022-06", "2022-06-15": "s2022-07", "2022-12-14": "s2022-12", "2022-12-15": "s2023-01",
		"2024-02-29": "s2024-03", "2022-01-01": "s2022-01",
	} {
		if got := PeriodOf(StatutoryMonth, date(t, day)).String(); got != want {
			t.Errorf("%s lies in %s, want %s", day, got, want)
		}
	}
}

func TestPeriodsBetween(t *testing.T) {
	ids := func(kind PeriodKind, from, to string) string {
		var out []string
		for _, p := range PeriodsBetween(kind, date(t, from), date(t, to)) {
			out = append(out, p.String())
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		kind           PeriodKind
		from, to, want string
	}{
		{StatutoryMonth, "2022-06-14", "2022-06-15", "s2022-06 s2022-07"},
		{StatutoryMonth, "2021-12-15", "2022-03-14", "s2022-01 s2022-02 s2022-03"},
		{Quarter, "2022-03-31", "2022-04-01", "2022-Q1 2022-Q2"},
		{Day, "2024-02-28", "2024-03-01", "2024-02-28 2024-02-29 2024-03-01"},
		{Month, "2022-06-02", "2022-06-01", "2022-06"},
		{Month, "2022-07-01", "2022-06-01", ""},
		{Year, "1850-01-01", "1900-05-01", "1900"},
		{Year, "1850-01-01", "1860-01-01", ""},
		{Year, "2199-05-01", "2300-01-01", "2199"},
		{Year, "2250-05-01", "2300-01-01", ""},
		{"fortnight", "2022-01-01", "2022-02-01", ""},
	} {
		if got := ids(c.kind, c.from, c.to); got != c.want {
			t.Errorf("%s from %s to %s: %q, want %q", c.kind, c.from, c.to, got, c.want)
		}
	}
}

func TestTiles(t *testing.T) {
	for _, c := range []struct {
		part, whole PeriodKind
		want        bool
	}{
		{Day, StatutoryMonth, true}, {Day, Day, true}, {Month, Day, false}, {Month, Quarter, true}, {Quarter, Half, true},
		{Half, Quarter, false}, {StatutoryMonth, StatutoryYear, true}, {StatutoryMonth, Month, false},
		{Month, StatutoryYear, false},
		{Day, Week, true}, {Week, Week, true}, {Week, Month, false}, {Week, Year, false}, {Month, Week, false}, {Week, Day, false}, {StatutoryMonth, Year, false}, {StatutoryMonth, Day, false}, {"", "", false},
	} {
		if got := c.part.Tiles(c.whole); got != c.want {
			t.Errorf("%s tiles %s: %v", c.part, c.whole, got)
		}
	}
}

// drawPeriod draws a period with neighbours on both sides.
func drawPeriod(t *rapid.T) Period {
	kind := rapid.SampledFrom(PeriodKinds()).Draw(t, "kind")
	day := civil.Date{Year: 1902, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 365*295).Draw(t, "day"))
	p := PeriodOf(kind, day)
	if !p.Contains(day) {
		t.Fatalf("%s of %s does not contain it: %v", kind, day, p)
	}
	return p
}

func TestPeriodsTileTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPeriod(t)
		next, prev := p.Next(), p.Prev()
		if next.Start != p.End.AddDays(1) || prev.End != p.Start.AddDays(-1) {
			t.Fatalf("%v is not between %v and %v", p, prev, next)
		}
		if next.Prev() != p || prev.Next() != p {
			t.Fatalf("neighbours of %v do not lead back", p)
		}
		if read, err := ParsePeriod(p.String()); err != nil || read != p {
			t.Fatalf("%v reads back as %v, %v", p, read, err)
		}
		for _, lang := range []string{"vi", "en"} {
			if read, err := ReadPeriod(p.Format(lang)); err != nil || read != p {
				t.Fatalf("%q reads back as %v, %v; want %v", p.Format(lang), read, err, p)
			}
		}
	})
}

func TestLongPeriodsAreRunsOfShortOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := drawPeriod(t)
		part := rapid.SampledFrom(PeriodKinds()).Draw(t, "part")
		days := 0
		for _, p := range PeriodsBetween(part, whole.Start, whole.End) {
			if p.TilesInto(whole) != part.Tiles(whole.Kind) {
				t.Fatalf("%v in %v: %v", p, whole, p.TilesInto(whole))
			}
			days += p.Days()
		}
		if part.Tiles(whole.Kind) && days != whole.Days() {
			t.Fatalf("%s make %d days of %v", part, days, whole)
		}
	})
}

func TestEveryDayLiesInOneStatutoryMonth(t *testing.T) {
	day, last := date(t, "1999-12-15"), date(t, "2032-12-14")
	for p := PeriodOf(StatutoryMonth, day); !p.Start.After(last); p = p.Next() {
		for d := p.Start; !d.After(p.End); d = d.AddDays(1) {
			if d != day {
				t.Fatalf("%s is followed by %s", day.AddDays(-1), d)
			}
			day = day.AddDays(1)
		}
	}
}

func TestNothingBeyondTheYears(t *testing.T) {
	for _, id := range []string{"2199", "2199-12", "2199-12-31", "s2199", "s2199-12"} {
		p, err := ParsePeriod(id)
		if err != nil || !p.Next().IsZero() {
			t.Errorf("after %s comes %v (%v)", id, p.Next(), err)
		}
	}
	for _, id := range []string{"1900", "1900-01", "1900-01-01", "s1900", "s1900-Q1"} {
		p, err := ParsePeriod(id)
		if err != nil || !p.Prev().IsZero() {
			t.Errorf("before %s comes %v (%v)", id, p.Prev(), err)
		}
	}
	var none Period
	if !none.Next().IsZero() || none.String() != "" || none.Format("vi") != "" || none.Days() != 0 || none.Contains(date(t, "2022-01-01")) {
		t.Error("no period behaves like one")
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, seed := range []string{"2022", "s2022-06", "2022-Q1", "2022-06-15", "s", "2022-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ParsePeriod(s); err == nil && p.String() != s {
			t.Errorf("%q reads as %v", s, p)
		}
	})
}

func TestTwin(t *testing.T) {
	for id, want := range map[string]string{
		"2022-10": "s2022-10", "s2022-10": "2022-10", "2022-Q1": "s2022-Q1", "s2022-H2": "2022-H2", "2022": "s2022",
		"2022-10-14": "", "2022-W40": "", "": "",
	} {
		p, err := ParsePeriod(id)
		if err != nil && id != "" {
			t.Fatal(err)
		}
		if got := p.Twin().String(); got != want {
			t.Errorf("the twin of %q is %q, not %q", id, got, want)
		}
	}
}
