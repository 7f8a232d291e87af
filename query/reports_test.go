package query

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// reporting is the tiny province with a chain, a rule for cards and two agencies that owe something.
func reporting() *catalog.Catalog {
	c := chained()
	c.Rules.Closings = []catalog.Closing{{Measures: []string{"cards"}, DueDays: 10}}
	c.Measures[2].Agency = "police" // cards
	return c
}

func describeCount(c ReportCount) string {
	last := "-"
	if c.LastReceived != nil {
		last = c.LastReceived.In(local("2022-01-01 00:00").Location()).Format("01-02 15:04")
	}
	return fmt.Sprintf("%d of %d, %d late, missing %d (%d incomplete, %d overdue), last %s", c.Received, c.Expected, c.Late, c.Missing, c.Incomplete, c.Overdue, last)
}

// askMay asks who reported for s2022-05.
func askMay(t *testing.T, h *house, q ReportsQuestion) Reports {
	t.Helper()
	q.Period = parsePeriod("s2022-05")
	a, err := h.Reports(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if a.Meta.Boundaries != "tiny-2022" || a.Meta.Period != "s2022-05" || !*a.Meta.PeriodComplete || a.Data.Due != civilDate("2022-05-16") {
		t.Errorf("due %v, meta %+v", a.Data.Due, a.Meta)
	}
	return a.Data
}

// Who reported for s2022-05, due on 16 May, counted by hand.
func TestReports(t *testing.T) {
	h := newHouse(t, reporting())
	s := &script{house: h, file: "inline"}
	for _, line := range []string{
		"now 2022-05-15 09:00", "tell visits s2022-05 C11=>10 C21=>5", "tell visits_online s2022-05 C11=>1 C12=>1 C21=>1 C22=>1",
		"tell cards 2022-05-10 C11/sex=male=>4 C11/sex=female=>6 C12/sex=male=>3",
		"now 2022-05-17 00:30", "tell visits s2022-05 C12=>8",
		"now 2022-05-20 09:00", "tell visits s2022-05 C11=>11", "retract visits s2022-05 C21",
		"now 2022-06-20 09:00",
	} {
		s.run1(line)
	}
	lines := func(r Reports) (lines []string) {
		for _, a := range r.Agencies {
			if a.Agency != "" {
				lines = append(lines, fmt.Sprintf("%s: %s, %d of %d units", a.Agency, describeCount(a.ReportCount), a.Complete, a.Units))
			}
		}
		return lines
	}
	want := []string{
		"police: 3 of 8, 1 late, missing 5 (1 incomplete, 5 overdue), last 05-20 09:00, 1 of 4 units",
		"office: 4 of 4, 0 late, missing 0 (0 incomplete, 0 overdue), last 05-15 09:00, 4 of 4 units",
	}
	if got := lines(askMay(t, h, ReportsQuestion{})); !slices.Equal(got, want) {
		t.Errorf("by agency:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	units := func(q ReportsQuestion) (list []string) {
		for _, u := range askMay(t, h, q).Units {
			list = append(list, u.Unit+" "+describeCount(u.ReportCount))
		}
		return list
	}
	for name, tt := range map[string]struct {
		q    ReportsQuestion
		want []string
	}{
		"districts": {ReportsQuestion{Agency: "police", Level: "district"}, []string{
			"D1 3 of 4, 1 late, missing 1 (1 incomplete, 1 overdue), last 05-20 09:00", "D2 0 of 4, 0 late, missing 4 (0 incomplete, 4 overdue), last -"}},
		"communes of a district": {ReportsQuestion{Agency: "police", Unit: "D1"}, []string{
			"C11 2 of 2, 0 late, missing 0 (0 incomplete, 0 overdue), last 05-20 09:00", "C12 1 of 2, 1 late, missing 1 (1 incomplete, 1 overdue), last 05-17 00:30"}},
		"one commune": {ReportsQuestion{Agency: "office", Unit: "C22"}, []string{"C22 1 of 1, 0 late, missing 0 (0 incomplete, 0 overdue), last 05-15 09:00"}},
		"on the due day nothing is overdue": {ReportsQuestion{Agency: "police", Level: "province", AsOf: local("2022-05-16 23:45")},
			[]string{"P 3 of 8, 0 late, missing 5 (1 incomplete, 0 overdue), last 05-15 09:00"}},
	} {
		if got := units(tt.q); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestReportsThatCannotBeAsked(t *testing.T) {
	h := newHouse(t, reporting())
	for code, q := range map[string]ReportsQuestion{
		"unknown_agency": {Agency: "nobody"}, "unknown_unit": {Unit: "X"}, "unknown_level": {Level: "hamlet"}, "period_in_future": {Period: parsePeriod("2023")},
	} {
		_, err := h.Reports(t.Context(), q)
		if e, ok := err.(*Error); !ok || e.Code != code || e.Field == "within" {
			t.Errorf("%s: error is %v", code, err)
		}
	}
}

// A round of reports by chance, retracted and corrected by chance, is counted like the oracle counts it from the raw rows.
func TestReportsAreThoseOfTheOracle(t *testing.T) {
	h := newHouse(t, reporting())
	chance := rand.New(rand.NewPCG(5, 1))
	rows := chanceReports(chance)
	h.load(rows...)
	for _, asOf := range []time.Time{{}, local("2022-05-16 23:59"), local("2022-05-18 12:00"), local("2022-05-26 12:00"), local("2022-06-18 12:00")} {
		for _, period := range []string{"s2022-05", "s2022-Q2"} {
			for _, unit := range []string{"P", "D1", "C21"} {
				for _, agency := range []string{"police", "office"} {
					a, err := h.Reports(t.Context(), ReportsQuestion{Period: parsePeriod(period), Unit: unit, Agency: agency, AsOf: asOf})
					if err != nil {
						t.Fatal(err)
					}
					want := countRaw(rows, period, unit, agency, asOf, h.now)
					sum := ReportCount{}
					for _, u := range a.Data.Units {
						sum.Expected, sum.Received, sum.Overdue = sum.Expected+u.Expected, sum.Received+u.Received, sum.Overdue+u.Overdue
					}
					if got := describeCount(a.Data.Total); got != describeCount(want) || len(a.Data.Agencies) != 1 || describeCount(a.Data.Agencies[0].ReportCount) != got {
						t.Errorf("%s %s %s as of %v: %s, the rows say %s", period, unit, agency, asOf, got, describeCount(want))
					}
					if sum.Expected != want.Expected || sum.Received != want.Received || sum.Overdue != want.Overdue {
						t.Errorf("%s %s %s as of %v: units add up to %+v, the rows say %s", period, unit, agency, asOf, sum, describeCount(want))
					}
				}
			}
		}
	}
}

// chanceReports are revisions of April to June, known around the due days.
func chanceReports(chance *rand.Rand) (rows []row) {
	first := local("2022-05-14 08:00")
	for seq := range 160 {
		measure := []string{"visits", "visits_online", "cards"}[chance.IntN(3)]
		r := row{measure: measure, unit: communesOf["P"][chance.IntN(4)], seq: uint64(seq + 1), value: int64(chance.IntN(9)), retracted: chance.IntN(6) == 0,
			known: first.Add(time.Duration(seq) * 5 * time.Hour)}
		if measure == "cards" {
			r.start = civilDate("2022-04-20").AddDays(chance.IntN(40))
			r.end, r.dims = r.start, []string{"sex=male", "sex=female"}[chance.IntN(2)]
		} else {
			p := parsePeriod([]string{"s2022-04", "s2022-05", "s2022-06"}[chance.IntN(3)])
			r.start, r.end = p.Start, p.End
		}
		rows = append(rows, r)
	}
	return rows
}

// countRaw counts from the rows alone: a cell is what was said last of it; a unit has told a measure of a period when
// there is one for every part, since the day the last part was first said.
func countRaw(rows []row, period, unit, agency string, asOf, now time.Time) (c ReportCount) {
	if asOf.IsZero() {
		asOf = now
	}
	today := civil.DateOf(asOf.In(local("2022-01-01 00:00").Location()))
	months := map[string][][2]string{ // first and last day, due day of the flows is the 16th of the second month
		"s2022-05": {{"2022-04-15", "2022-05-14"}},
		"s2022-Q2": {{"2022-03-15", "2022-04-14"}, {"2022-04-15", "2022-05-14"}, {"2022-05-15", "2022-06-14"}},
	}[period]
	whole := [2]string{months[0][0], months[len(months)-1][1]}
	owe := func(measure string, parts []string, of [2]string, due civil.Date, same bool) {
		if !same && !civilDate(of[0]).Before(today) {
			return
		}
		for _, commune := range communesOf[unit] {
			c.Expected++
			countCommune(&c, rows, owed{measure, commune, parts, of, same, due}, asOf)
		}
	}
	for _, month := range months {
		due := civilDate(month[1]).AddDays(2)
		if civilDate(month[1]).After(today) {
			continue // nobody can report on a month that has not ended
		}
		owe(map[string]string{"police": "visits", "office": "visits_online"}[agency], []string{""}, month, due, true)
	}
	if agency == "police" {
		if today.Before(civilDate(whole[1])) {
			whole[1] = today.String()
		}
		owe("cards", []string{"sex=male", "sex=female"}, whole, civilDate(map[string]string{"s2022-05": "2022-05-24", "s2022-Q2": "2022-06-24"}[period]), false)
	}
	return c
}

// owed is a measure that a commune owes for a span of days.
type owed struct {
	measure, commune string
	parts            []string
	of               [2]string // first and last day
	same             bool      // told for the span itself, not for a day of it
	due              civil.Date
}

// countCommune counts what one commune owes.
func countCommune(c *ReportCount, rows []row, o owed, asOf time.Time) {
	since, told := time.Time{}, 0
	for _, part := range o.parts {
		at, last := saidOf(rows, o.measure, o.commune, part, o.of, o.same, asOf)
		if at.IsZero() {
			continue
		}
		told++
		if at.After(since) {
			since = at
		}
		if c.LastReceived == nil || last.After(*c.LastReceived) {
			c.LastReceived = &last
		}
	}
	switch {
	case told < len(o.parts):
		c.Missing++
		if told > 0 {
			c.Incomplete++
		}
		if o.due.Before(civil.DateOf(asOf.In(local("2022-01-01 00:00").Location()))) {
			c.Overdue++
		}
	case civil.DateOf(since.In(local("2022-01-01 00:00").Location())).After(o.due):
		c.Received++
		c.Late++
	default:
		c.Received++
		c.InTime++
	}
}

// saidOf is when one of the cells of a part that hold was first said, and when the last of them was told last; zero when none holds.
func saidOf(rows []row, measure, unit, dims string, of [2]string, same bool, asOf time.Time) (first, last time.Time) {
	for _, cell := range rows {
		if cell.measure != measure || cell.unit != unit || cell.dims != dims || cell.end.Before(civilDate(of[0])) || cell.end.After(civilDate(of[1])) {
			continue
		}
		if same && cell.start != civilDate(of[0]) {
			continue
		}
		var began, newest time.Time
		holds := false
		for _, r := range rows { // in the order they were said
			if r.measure == measure && r.unit == unit && r.dims == dims && r.start == cell.start && r.end == cell.end && !r.known.After(asOf) {
				if began.IsZero() {
					began = r.known
				}
				newest, holds = r.known, !r.retracted
			}
		}
		if !holds {
			continue
		}
		if first.IsZero() || began.Before(first) {
			first = began
		}
		if newest.After(last) {
			last = newest
		}
	}
	return first, last
}
