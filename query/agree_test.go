package query

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"
	"pgregory.net/rapid"

	"github.com/toancanh/toancanh/query/catalog"
)

// TestAnswersAgreeWithOracle loads random figures with corrections, retractions, late
// rows and gaps in two batches, and asks the same questions after each: the numbers must
// be the oracle's, so nothing of the first batch may linger in a cache.
func TestAnswersAgreeWithOracle(t *testing.T) {
	c := tinyCatalog()
	c.Disclosure.Threshold = 0 // hidden cells have their own tests
	h := newHouse(t, c)
	rapid.Check(t, func(r *rapid.T) {
		h.empty(c)
		truth := oracle{}
		for batch := range 2 {
			rows, reports := drawRows(r, uint64(1+batch*1000)), drawReports(r, uint64(1+batch*1000))
			truth.rows, truth.reports = append(truth.rows, rows...), append(truth.reports, reports...)
			h.load(rows...)
			h.loadReports(reports...)
			for range 2 {
				agree(r, h, truth)
			}
		}
	})
}

// empty forgets everything, and the service with it.
func (h *house) empty(c *catalog.Catalog) {
	for _, table := range []string{"observations", "task_progress"} {
		if err := h.conn.Exec(h.t.Context(), "TRUNCATE TABLE "+table); err != nil {
			h.t.Fatal(err)
		}
	}
	deps := h.deps
	deps.Registerer = nil
	service, err := New(deps)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Service, h.seq = service, 0
}

var (
	oracleFrom = civil.Date{Year: 2021, Month: 12, Day: 1}
	oracleDays = 201 // to 20 June 2022
)

// drawRows makes figures whose sequence follows the clock, as the journal's does. A few
// days and cells are drawn from, so that corrections are common.
func drawRows(r *rapid.T, seq uint64) []row {
	var rows []row
	known := local("2022-01-05 08:00").Add(time.Duration(seq) * time.Hour)
	for range rapid.IntRange(0, 25).Draw(r, "messages") {
		known = known.Add(time.Duration(rapid.IntRange(0, 100).Draw(r, "hours")) * time.Hour)
		no := uint32(0)
		for range rapid.IntRange(1, 4).Draw(r, "figures") {
			for _, figure := range drawFigures(r) {
				figure.seq, figure.no, figure.known = seq, no, known
				rows, no = append(rows, figure), no+1
			}
		}
		seq++
	}
	return rows
}

// drawFigures makes the figures of a measure in one unit: mostly all parts of it.
func drawFigures(r *rapid.T) []row {
	measure := rapid.SampledFrom([]string{"cards", "cards", "residents", "people", "people", "visits", "visits_online", "records", "cleaned"}).Draw(r, "measure")
	unit := rapid.SampledFrom([]string{"C11", "C12", "C21", "C22", "08716"}).Draw(r, "unit")
	on := drawDate(r)
	period := catalog.Period{Start: on, End: on}
	if strings.HasPrefix(measure, "visits") {
		period = catalog.PeriodOf(catalog.StatutoryMonth, on)
	}
	parts := drawParts(r, measure)
	if rapid.IntRange(0, 3).Draw(r, "half") == 0 {
		parts = parts[:(len(parts)+1)/2]
	}
	var rows []row
	for _, dims := range parts {
		rows = append(rows, row{
			measure: measure, unit: unit, start: period.Start, end: period.End, dims: dims,
			value:     rapid.Int64Range(0, 9).Draw(r, "value"),
			retracted: rapid.IntRange(0, 7).Draw(r, "retracted") == 0,
		})
	}
	return rows
}

// drawParts gives all parts of a measure, in some order.
func drawParts(r *rapid.T, measure string) []string {
	switch measure {
	case "cards":
		return rapid.Permutation([]string{"sex=female", "sex=male"}).Draw(r, "sexes")
	case "people":
		var dims []string
		for _, who := range []string{"permanent;sex=female", "permanent;sex=male", "temporary;sex=female", "temporary;sex=male"} {
			dims = append(dims, fmt.Sprintf("age=%d;residence=%s", rapid.SampledFrom([]int{3, 13, 14, 100}).Draw(r, "age"), who))
		}
		return rapid.Permutation(dims).Draw(r, "people")
	default:
		return []string{""}
	}
}

// drawDate prefers days around the edges of periods and carry windows.
func drawDate(r *rapid.T) civil.Date {
	if rapid.Bool().Draw(r, "edge") {
		return civilDate(rapid.SampledFrom([]string{"2022-04-01", "2022-04-20", "2022-04-21", "2022-05-14", "2022-05-15", "2022-05-31", "2022-06-01"}).Draw(r, "date"))
	}
	return oracleFrom.AddDays(rapid.IntRange(0, oracleDays).Draw(r, "day"))
}

func drawReports(r *rapid.T, seq uint64) []report {
	var reports []report
	known := local("2022-01-05 08:00").Add(time.Duration(seq) * time.Hour)
	for range rapid.IntRange(0, 15).Draw(r, "reports") {
		known = known.Add(time.Duration(rapid.IntRange(0, 100).Draw(r, "hours")) * time.Hour)
		task := rapid.SampledFrom(tinyTasks()).Draw(r, "task")
		reports = append(reports, report{
			task: task.Ref, assignee: rapid.SampledFrom(task.Assignees).Draw(r, "assignee"),
			date:      civilDate(rapid.SampledFrom([]string{"2022-03-30", "2022-03-31", "2022-04-01", "2022-06-01"}).Draw(r, "date")),
			status:    rapid.SampledFrom([]string{"in_progress", "reported_done", "accepted", "accepted"}).Draw(r, "status"),
			retracted: rapid.IntRange(0, 5).Draw(r, "retracted") == 0, seq: seq, known: known,
		})
		seq++
	}
	return reports
}

// agree asks one random question of each kind.
func agree(r *rapid.T, h *house, truth oracle) {
	indicator := rapid.SampledFrom([]string{"card_rate", "cards_total", "adult_share", "people_total", "online_rate", "visits_per_1000", "clean_rate", "without_card", "open_rate", "gap", "quality"}).Draw(r, "indicator")
	asOf, known, today := time.Time{}, local("2199-01-01 00:00"), civilDate("2022-06-20")
	if rapid.Bool().Draw(r, "as of") {
		asOf = local("2022-01-02 03:00").Add(time.Duration(rapid.IntRange(0, 4000).Draw(r, "hours")) * time.Hour)
		known, today = asOf, civil.DateOf(asOf)
	}
	kind := rapid.SampledFrom(h.plans[indicator].indicator.PeriodKinds).Draw(r, "kind")
	period := catalog.PeriodOf(kind, today.AddDays(-rapid.IntRange(0, 120).Draw(r, "back")))
	asked := Asked{Indicator: indicator, Period: period, AsOf: asOf}

	agreeValues(r, h, truth, asked, known, today)
	agreeProfile(r, h, truth, asked, known, today)
	if indicator != "quality" { // ties depend on the last bit, which the oracle does not have
		agreeRanking(r, h, truth, asked, known, today)
	}
	agreeSeries(r, h, truth, asked, known, today)
	agreeCompletion(r, h, truth, asOf, known, today)
}

func agreeValues(r *rapid.T, h *house, truth oracle, asked Asked, known time.Time, today civil.Date) {
	level := rapid.SampledFrom([]string{"", "province", "district"}).Draw(r, "level")
	answer, err := h.Values(h.t.Context(), ValuesQuestion{asked, Scope{Level: level}})
	if err != nil {
		r.Fatal(err)
	}
	for _, got := range answer.Data {
		want := truth.figure(asked.Indicator, got.Unit, asked.Period, known, today)
		same(r, fmt.Sprint(asked.Indicator, " of ", got.Unit, " in ", asked.Period), got.Figure, want)
	}
}

// agreeProfile asks all indicators at once. Those that are not of the period's kind answer for one of their own, which the row names.
func agreeProfile(r *rapid.T, h *house, truth oracle, asked Asked, known time.Time, today civil.Date) {
	unit := rapid.SampledFrom([]string{"P", "D1", "C22"}).Draw(r, "profile of")
	answer, err := h.Profile(h.t.Context(), ProfileQuestion{Unit: unit, Period: asked.Period, AsOf: asked.AsOf})
	if err != nil {
		r.Fatal(err)
	}
	if len(answer.Data) != len(h.deps.Catalog.Indicators) {
		r.Fatalf("%d rows for %d indicators", len(answer.Data), len(h.deps.Catalog.Indicators))
	}
	for i, got := range answer.Data {
		ind := h.deps.Catalog.Indicators[i]
		period := parsePeriod(got.Period)
		if got.Indicator != ind.ID || slices.Contains(ind.PeriodKinds, asked.Period.Kind) && period != asked.Period {
			r.Fatalf("row %d is %s in %s; asked was %s", i, got.Indicator, got.Period, asked.Period)
		}
		if kind := ind.Formula.Kind; kind == catalog.Completion || kind == catalog.OnTime { // agreeCompletion has an oracle of its own
			continue
		}
		same(r, fmt.Sprint("profile: ", ind.ID, " of ", unit, " in ", got.Period), got.Figure, truth.figure(ind.ID, unit, period, known, today))
	}
}

func agreeSeries(r *rapid.T, h *house, truth oracle, asked Asked, known time.Time, today civil.Date) {
	unit := rapid.SampledFrom([]string{"P", "D1", "C22"}).Draw(r, "unit")
	q := SeriesQuestion{Indicator: asked.Indicator, Unit: unit, Kind: asked.Period.Kind, From: asked.Period.Start, To: today, AsOf: asked.AsOf}
	answer, err := h.Series(h.t.Context(), q)
	if err != nil {
		r.Fatal(err)
	}
	if first, last := answer.Data[0], answer.Data[len(answer.Data)-1]; first.Start != asked.Period.Start || last.End.Before(today) {
		r.Fatalf("series runs from %v to %v, want %v to %v", first.Start, last.End, asked.Period.Start, today)
	}
	for _, got := range answer.Data {
		p := catalog.Period{Kind: q.Kind, Start: got.Start, End: got.End}
		same(r, fmt.Sprint(asked.Indicator, " of ", unit, " in ", got.Period), got.Figure, truth.figure(asked.Indicator, unit, p, known, today))
	}
}

func agreeRanking(r *rapid.T, h *house, truth oracle, asked Asked, known time.Time, today civil.Date) {
	answer, err := h.Ranking(h.t.Context(), RankingQuestion{Asked: asked})
	if err != nil {
		r.Fatal(err)
	}
	rankIn := func(p catalog.Period) map[string]int {
		values := map[string]*float64{}
		for _, unit := range communesOf["P"] {
			values[unit] = truth.figure(asked.Indicator, unit, p, known, today).value
		}
		return places(values, slices.Contains([]string{"cards_total", "without_card", "open_rate"}, asked.Indicator))
	}
	now, before := rankIn(asked.Period), rankIn(asked.Period.Prev())
	for _, got := range answer.Data {
		if got.RankOf != len(now) || !samePlace(got.Rank, now[got.Unit]) || !samePlace(got.PreviousRank, before[got.Unit]) {
			r.Fatalf("%s in %v: %s has rank %s of %d, was %s; want %d of %d, was %d (0 is none)", asked.Indicator, asked.Period, got.Unit,
				integer(got.Rank), got.RankOf, integer(got.PreviousRank), now[got.Unit], len(now), before[got.Unit])
		}
	}
}

func samePlace(got *int, want int) bool {
	if got == nil {
		return want == 0
	}
	return *got == want
}

func agreeCompletion(r *rapid.T, h *house, truth oracle, asOf, known time.Time, today civil.Date) {
	date := today.AddDays(-rapid.IntRange(0, 90).Draw(r, "back"))
	units := Scope{Units: []string{"P", "D1", "D2", "C11", "C22"}}
	for _, q := range []CompletionQuestion{{Scope: units}, {ByAgency: true}, {Scope: units, Group: "B.II"}} {
		q.Date, q.AsOf = date, asOf
		answer, err := h.Completion(h.t.Context(), q)
		if err != nil {
			r.Fatal(err)
		}
		for _, got := range answer.Data {
			who := got.Unit
			if got.Agency != "" {
				who = "agency:" + got.Agency
			}
			accepted, all, onTime, due := truth.completed(who, tasksOf(q.Group), date, known)
			if got.Numerator != accepted || got.Denominator != all || got.OnTime.Numerator != onTime || got.OnTime.Denominator != due {
				r.Fatalf("completion of %s on %v is %+v, want %d/%d, on time %d/%d", who, date, got, accepted, all, onTime, due)
			}
		}
	}
}

// same compares to the last bit: both divide the same integers.
func same(r *rapid.T, what string, got Figure, want oracleFigure) {
	flags := map[catalog.Flag]bool{}
	for _, f := range got.Flags {
		flags[f] = true
	}
	if want.of {
		sameCombined(r, what, got, want, flags)
		return
	}
	switch {
	case (got.Value == nil) != (want.value == nil), got.Value != nil && math.Float64bits(*got.Value) != math.Float64bits(*want.value):
		r.Fatalf("%s: value is %s, want %s", what, number(got.Value), number(want.value))
	case got.Coverage.Reported != want.counted || got.Coverage.Expected != want.expected:
		r.Fatalf("%s: coverage is %+v, want %d of %d", what, got.Coverage, want.counted, want.expected)
	case (got.Numerator != nil) != want.is, want.is && *got.Numerator != float64(want.num):
		r.Fatalf("%s: numerator is %s, want %d", what, number(got.Numerator), want.num)
	case got.Denominator != nil && *got.Denominator != float64(want.den):
		r.Fatalf("%s: denominator is %s, want %d", what, number(got.Denominator), want.den)
	case flags[catalog.Partial] != want.partial, flags[catalog.CarriedForward] != want.carried:
		r.Fatalf("%s: flags are %v, want partial %v, carried forward %v", what, got.Flags, want.partial, want.carried)
	case want.is && *got.LastObservation != want.newest:
		r.Fatalf("%s: last observation is %v, want %v", what, got.LastObservation, want.newest)
	case !want.is && !slices.Contains([]catalog.Status{catalog.NoData}, got.Status):
		r.Fatalf("%s: status is %s, want no data", what, got.Status)
	}
}

// sameCombined compares but for the last bits, for parts may be added in any order.
func sameCombined(r *rapid.T, what string, got Figure, want oracleFigure, flags map[catalog.Flag]bool) {
	switch {
	case (got.Value == nil) != (want.value == nil), got.Value != nil && math.Abs(*got.Value-*want.value) > 1e-9:
		r.Fatalf("%s: value is %s, want %s", what, number(got.Value), number(want.value))
	case got.Coverage.Reported != want.counted || got.Coverage.Expected != want.expected:
		r.Fatalf("%s: coverage is %+v, want %d of %d", what, got.Coverage, want.counted, want.expected)
	case got.Numerator != nil || got.Denominator != nil:
		r.Fatalf("%s: it has a numerator or denominator", what)
	case flags[catalog.Partial] != want.partial, flags[catalog.CarriedForward] != want.carried:
		r.Fatalf("%s: flags are %v, want partial %v, carried forward %v", what, got.Flags, want.partial, want.carried)
	case (got.LastObservation == nil) != want.newest.IsZero(), got.LastObservation != nil && *got.LastObservation != want.newest:
		r.Fatalf("%s: last observation is %v, want %v", what, got.LastObservation, want.newest)
	}
}

// tasksOf are the tasks of a part of the plan, all without one.
func tasksOf(group string) []catalog.Task {
	return slices.DeleteFunc(tinyTasks(), func(task catalog.Task) bool { return group != "" && task.Group != group })
}
