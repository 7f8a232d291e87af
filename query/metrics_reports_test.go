package query

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/toancanh/toancanh/query/catalog"
)

// chained is the tiny province with a reporting chain and two agencies that report flows.
func chained() *catalog.Catalog {
	c := tinyCatalog()
	c.Calendar.Chain = catalog.Chain{Period: catalog.StatutoryMonth, Steps: []catalog.Step{
		{ID: "cut_off"}, {ID: "agencies", DaysAfter: 2}, {ID: "government", DaysAfter: 11},
	}}
	c.Agencies = append(c.Agencies, catalog.Agency{ID: "office"})
	for i, m := range c.Measures {
		switch m.ID {
		case "visits":
			c.Measures[i].Agency = "police"
		case "visits_online":
			c.Measures[i].Agency = "office"
		}
	}
	return c
}

func flow(measure, unit string, seq, value int, known string) row {
	return row{measure: measure, start: civilDate("2022-05-15"), end: civilDate("2022-06-14"), unit: unit, seq: uint64(seq), value: int64(value), known: local(known)}
}

// On 20 June 2022 the period s2022-06 is under way: two communes of four reported visits, one of them on the 17th, a day
// late; what was taken back has not been reported.
func TestMetricsOfTheRound(t *testing.T) {
	h := newHouse(t, chained())
	gone := flow("visits_online", "C12", 4, 0, "2022-06-16 10:00")
	gone.retracted = true
	h.load(
		flow("visits", "C11", 1, 5, "2022-06-16 23:59"), flow("visits", "C12", 2, 5, "2022-06-17 00:01"),
		flow("visits", "C12", 3, 6, "2022-06-18 09:00"), // a correction changes nothing here
		gone,
	)
	err := testutil.CollectAndCompare(newCollector(h.Service, 0), strings.NewReader(`
# HELP toancanh_quality_ratio Quality of an agency's reports on the last period that was due, 0 to 1: completeness (come), timeliness (of these in time), validity (rows accepted since it began).
# TYPE toancanh_quality_ratio gauge
toancanh_quality_ratio{agency="office",aspect="completeness"} 0
toancanh_quality_ratio{agency="police",aspect="completeness"} 0.5
toancanh_quality_ratio{agency="police",aspect="timeliness"} 0.5
# HELP toancanh_report_due_timestamp_seconds End of the last day for a step of the reporting chain in the round under way.
# TYPE toancanh_report_due_timestamp_seconds gauge
toancanh_report_due_timestamp_seconds{step="agencies"} 1.6553988e+09
toancanh_report_due_timestamp_seconds{step="cut_off"} 1.655226e+09
toancanh_report_due_timestamp_seconds{step="government"} 1.6561764e+09
# HELP toancanh_reports_expected Figures an agency owes for the period of the round: one for each measure and unit.
# TYPE toancanh_reports_expected gauge
toancanh_reports_expected{agency="office"} 4
toancanh_reports_expected{agency="police"} 4
# HELP toancanh_reports_received Of the figures an agency owes for the period of the round, those that have come whole.
# TYPE toancanh_reports_received gauge
toancanh_reports_received{agency="office"} 0
toancanh_reports_received{agency="police"} 2
`), "toancanh_quality_ratio", "toancanh_report_due_timestamp_seconds", "toancanh_reports_expected", "toancanh_reports_received")
	if err != nil {
		t.Error(err)
	}
}

// The figures shown are due by the first step after the cut-off, those of a stock from the first day of the period on; goals
// and deadlines ahead are given with the end of their day.
func TestMetricsOfWhatIsAhead(t *testing.T) {
	h := newHouse(t, chained())
	err := testutil.CollectAndCompare(newCollector(h.Service, 0), strings.NewReader(`
# HELP toancanh_clock_timestamp_seconds Now, by the clock that dates figures and deadlines: the programme's in a demonstration.
# TYPE toancanh_clock_timestamp_seconds gauge
toancanh_clock_timestamp_seconds 1.6556904e+09
# HELP toancanh_indicator_goal The dated target ahead, in the indicator's unit.
# TYPE toancanh_indicator_goal gauge
toancanh_indicator_goal{indicator="card_rate"} 80
toancanh_indicator_goal{indicator="quality"} 80
# HELP toancanh_indicator_goal_timestamp_seconds End of the day of the target ahead.
# TYPE toancanh_indicator_goal_timestamp_seconds gauge
toancanh_indicator_goal_timestamp_seconds{indicator="card_rate"} 1.672506e+09
toancanh_indicator_goal_timestamp_seconds{indicator="quality"} 1.672506e+09
`), "toancanh_clock_timestamp_seconds", "toancanh_indicator_goal", "toancanh_indicator_goal_timestamp_seconds")
	if err != nil {
		t.Error(err)
	}
	cards, _ := h.deps.Catalog.Indicator("card_rate")
	if due, ok := h.figuresDue(cards, parsePeriod("2022-06")); !ok || due != civilDate("2022-06-01") {
		t.Errorf("a stock is due on %s", due)
	}
	online, _ := h.deps.Catalog.Indicator("online_rate")
	if due, ok := h.figuresDue(online, parsePeriod("s2022-06")); !ok || due != civilDate("2022-06-16") {
		t.Errorf("a flow is due on %s", due)
	}
}

func TestNextDue(t *testing.T) {
	at := func(state catalog.AssignmentState, due string) assignmentState {
		s := assignmentState{}
		if s.State = state; due != "" {
			s.Due = civilDate(due)
		}
		return s
	}
	states := map[string]assignmentState{
		"a": at(catalog.NotStarted, "2022-06-30"), "b": at(catalog.InProgress, "2022-06-30"), "c": at(catalog.NotStarted, "2022-12-31"),
		"d": at(catalog.Done, "2022-06-20"), "e": at(catalog.Overdue, "2022-04-30"), "f": at(catalog.NotStarted, ""),
	}
	for today, want := range map[string]int{"2022-06-20": 2, "2022-06-30": 2, "2022-07-01": 1, "2023-01-01": 0} {
		if due, open := nextDue(states, civilDate(today)); open != want {
			t.Errorf("%s: %d due on %s", today, open, due)
		}
	}
}

// What a scrape may have is known before the first: all of it, the lowest level in short, or nothing at all.
func TestSeriesAreBounded(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	whole, lean := h.countSeries(false), h.countSeries(true)
	if lean >= whole {
		t.Fatalf("%d in short, %d in full", lean, whole)
	}
	for limit, want := range map[SeriesLimit]seriesPlan{0: {series: whole}, SeriesLimit(whole): {series: whole}, SeriesLimit(whole - 1): {true, lean}, SeriesLimit(lean): {true, lean}} {
		if got, err := h.planSeries(limit); err != nil || got != want {
			t.Errorf("%d: %+v, %v", limit, got, err)
		}
	}
	if _, err := h.planSeries(SeriesLimit(lean - 1)); err == nil || !strings.Contains(err.Error(), "--metrics-series") {
		t.Errorf("too many: %v", err)
	}
	on := civilDate("2022-06-10")
	h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: 1, value: 40, known: h.now})...)
	for _, limit := range []SeriesLimit{SeriesLimit(whole), SeriesLimit(lean)} {
		if n := testutil.CollectAndCount(newCollector(h.Service, limit)); n > int(limit) {
			t.Errorf("%d series where %d are allowed", n, limit)
		}
	}
	lowest := testutil.CollectAndCount(newCollector(h.Service, SeriesLimit(lean)), "toancanh_indicator_value")
	if all := testutil.CollectAndCount(newCollector(h.Service, 0), "toancanh_indicator_value"); lowest >= all {
		t.Errorf("%d values in short, %d in full", lowest, all)
	}
}

// What the gauges say of a round is what the question of quality answers about it.
func TestGaugesAreTheAnswerOfQuality(t *testing.T) {
	h := newHouse(t, chained())
	h.load(
		flow("visits", "C11", 1, 5, "2022-06-16 23:59"), flow("visits", "C12", 2, 5, "2022-06-17 00:01"), flow("visits", "C22", 3, 5, "2022-06-15 08:00"),
		flow("visits_online", "C22", 4, 5, "2022-06-18 08:00"),
	)
	answer, err := h.Quality(t.Context(), QualityQuestion{Period: parsePeriod("s2022-06")})
	if err != nil {
		t.Fatal(err)
	}
	at, err := h.at(time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := newCollector(h.Service, 0).roundOf(t.Context(), h.Service, parsePeriod("s2022-06"), at)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]QualityRow{}
	for _, row := range answer.Data.Measures {
		of[row.Measure] = row
	}
	for agency, measure := range map[string]string{"police": "visits", "office": "visits_online"} {
		got, want := byAgency(shown.closed)[agency], of[measure]
		if got != (agencySum{want.Coverage.Expected, want.Coverage.Reported, *want.OnTime}) || got != byAgency(shown.current)[agency] {
			t.Errorf("%s: %+v, the answer says %+v", agency, got, want)
		}
	}
	if police := byAgency(shown.closed)["police"]; police != (agencySum{4, 3, 2}) {
		t.Errorf("police: %+v", police)
	}
}

// While a period runs it is known who will owe what for it; the quality is that of the one before.
func TestGaugesOfARoundAhead(t *testing.T) {
	h := newHouse(t, chained())
	h.load(flow("visits", "C11", 1, 5, "2022-06-16 10:00"))
	at := instant{asOf: time.Time{}, now: local("2022-07-01 09:00"), today: civilDate("2022-07-01")}
	q, err := newCollector(h.Service, 0).roundOf(t.Context(), h.Service, parsePeriod("s2022-07"), at)
	if err != nil {
		t.Fatal(err)
	}
	if ahead, before := byAgency(q.current)["police"], byAgency(q.closed)["police"]; ahead != (agencySum{expected: 4}) || before != (agencySum{4, 1, 1}) {
		t.Errorf("ahead %+v, before %+v", ahead, before)
	}
}
