package query

import (
	"fmt"
	"slices"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

// What was told of a period, by when, and by whom not: counted by hand.
func TestQuality(t *testing.T) {
	c := tinyCatalog()
	c.Calendar.Chain = catalog.Chain{Period: catalog.StatutoryMonth, Steps: []catalog.Step{{ID: "reports", DaysAfter: 2}}}
	c.Rules.Closings = []catalog.Closing{{Measures: []string{"cards"}, DueDays: 10}}
	c.Measures[3].Agency = "police" // visits
	h := newHouse(t, c)
	s := &script{house: h, file: "inline"}
	for _, line := range []string{
		"now 2022-05-15 09:00",
		"tell visits s2022-05 C11=>10",
		"tell visits s2022-05 C21=>5",
		"tell visits_online s2022-05 C11=>1 C12=>1 C21=>1 C22=>1",
		"tell cards 2022-05-10 C11/sex=male=>4 C11/sex=female=>6 C12/sex=male=>3",
		"now 2022-05-16 23:30", // the due day is not over
		"tell visits s2022-05 C22=>7",
		"now 2022-05-17 00:30",
		"tell visits s2022-05 C12=>8",
		"now 2022-05-20 09:00",
		"tell visits s2022-05 C12=>9", // a correction does not make it later
		"tell visits s2022-05 C11=>11",
		"retract visits s2022-05 C21",
		"now 2022-06-20 09:00",
	} {
		s.run1(line)
	}
	ask := func(q QualityQuestion) []string {
		t.Helper()
		if q.Period.IsZero() {
			q.Period = parsePeriod("s2022-05")
		}
		a, err := h.Quality(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, r := range a.Data.Measures {
			if r.Coverage.Reported > 0 || r.Incomplete > 0 {
				lines = append(lines, fmt.Sprintf("%s %d/%d missing %d %v incomplete %d due %v on time %s late %s %v corrected %d", r.Measure,
					r.Coverage.Reported, r.Coverage.Expected, r.Missing, unitsOf(r.MissingIn), r.Incomplete, r.Due, integer(r.OnTime), integer(r.Late), unitsOf(r.LateIn), r.Corrections))
			}
		}
		return lines
	}
	cards := "cards 1/4 missing 3 [C12 C21 C22] incomplete 1 due 2022-05-24 on time 1 late 0 [] corrected 0"
	visits := "visits 3/4 missing 1 [C21] incomplete 0 due 2022-05-16 on time 2 late 1 [C12] corrected 2"
	online := "visits_online 4/4 missing 0 [] incomplete 0 due 2022-05-16 on time 4 late 0 [] corrected 0"
	for name, tt := range map[string]struct {
		q    QualityQuestion
		want []string
	}{
		"everything":           {QualityQuestion{}, []string{cards, visits, online}},
		"of an indicator":      {QualityQuestion{Indicator: "online_rate"}, []string{visits, online}},
		"of an agency":         {QualityQuestion{Agency: "police"}, []string{visits}},
		"as of the due day":    {QualityQuestion{Agency: "police", AsOf: local("2022-05-16 23:45")}, []string{"visits 3/4 missing 1 [C12] incomplete 0 due 2022-05-16 on time - late - [] corrected 0"}},
		"as of the correction": {QualityQuestion{Agency: "police", AsOf: local("2022-05-17 12:00")}, []string{"visits 4/4 missing 0 [] incomplete 0 due 2022-05-16 on time 3 late 1 [C12] corrected 0"}},
		"of a quarter":         {QualityQuestion{Agency: "police", Period: parsePeriod("s2022-Q2")}, []string{"visits 3/12 missing 9 [C11 C12 C21 C22] incomplete 0 due 2022-06-16 on time 2 late 1 [C12] corrected 2"}}, // each month is due by itself
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(tt.q)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	a, err := h.Quality(t.Context(), QualityQuestion{})
	if err != nil || a.Meta.Period != "s2022-06" || a.Meta.Boundaries != "tiny-2022" || !*a.Meta.PeriodComplete {
		t.Errorf("the default is %+v, %v", a.Meta, err)
	}
	for code, q := range map[string]QualityQuestion{
		"unknown_agency": {Agency: "nobody"}, "unknown_indicator": {Indicator: "nothing"}, "period_in_future": {Period: parsePeriod("2023")},
	} {
		if _, err := h.Quality(t.Context(), q); err == nil || err.(*Error).Code != code {
			t.Errorf("%s: error is %v", code, err)
		}
	}
}

func unitsOf(list []UnitRef) []string {
	codes := []string{}
	for _, u := range list {
		codes = append(codes, u.Unit)
	}
	return codes
}
