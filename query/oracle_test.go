package query

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// The oracle answers questions from the raw rows by walking all of them for every number,
// written from DESIGN.md alone: it shares no formula, no SQL and no period arithmetic with
// the package. It knows the tiny province by heart.
type oracle struct {
	rows    []row
	reports []report
}

// oracleFigure is what the oracle says about one indicator in one unit.
type oracleFigure struct {
	value                *float64
	num, den             int64
	counted, expected    int
	partial, carried, is bool // is: there is a figure
	newest               civil.Date
	of                   bool // it is made of other figures
}

var communesOf = map[string][]string{
	"P": {"C11", "C12", "C21", "C22"}, "D1": {"C11", "C12"}, "D2": {"C21", "C22"},
	"C11": {"C11"}, "C12": {"C12"}, "C21": {"C21"}, "C22": {"C22"},
}

// oracleTerm says which rows of a measure count.
type oracleTerm struct {
	measure string
	adults  bool
	flow    bool
	carry   int // days, 0 without limit
}

func (o oracleTerm) takes(dims string) bool {
	return !o.adults || !strings.HasPrefix(dims, "age=3;") && !strings.HasPrefix(dims, "age=13;")
}

type oracleFormula struct {
	scale    float64
	num, den *oracleTerm
	less     *oracleTerm  // taken away from num
	parts    []oraclePart // of indicators
}

var (
	oracleCards     = oracleTerm{measure: "cards", carry: 60}
	oracleResidents = oracleTerm{measure: "residents", carry: 400}
	oracleVisits    = oracleTerm{measure: "visits", flow: true}
	oracleRecords   = oracleTerm{measure: "records"}
	oracleCleaned   = oracleTerm{measure: "cleaned"}
)

var oracleFormulas = map[string]oracleFormula{
	"card_rate":       {scale: 100, num: &oracleCards, den: &oracleResidents},
	"cards_total":     {scale: 1, num: &oracleCards},
	"adult_share":     {scale: 100, num: &oracleTerm{measure: "people", adults: true, carry: 400}, den: &oracleTerm{measure: "people", carry: 400}},
	"people_total":    {scale: 1, num: &oracleTerm{measure: "people", carry: 400}},
	"online_rate":     {scale: 100, num: &oracleTerm{measure: "visits_online", flow: true}, den: &oracleVisits},
	"visits_per_1000": {scale: 1000, num: &oracleVisits, den: &oracleResidents},
	"clean_rate":      {scale: 100, num: &oracleCleaned, den: &oracleRecords},
	"without_card":    {scale: 1, num: &oracleResidents, less: &oracleCards},
	"open_rate":       {scale: 100, num: &oracleRecords, less: &oracleCleaned, den: &oracleRecords},
	"gap":             {parts: []oraclePart{{"card_rate", 1, nil}, {"clean_rate", -1, nil}}},
	"quality":         {parts: []oraclePart{{"card_rate", 3. / 8, percentPoints}, {"clean_rate", 1. / 8, percentPoints}, {"cards_total", 4. / 8, fewPoints}}},
}

// oraclePart is an indicator within another: what it counts for, and the points of its value.
type oraclePart struct {
	id     string
	counts float64
	points func(float64) float64
}

// fewPoints gives nothing for 20 cards or more and 100 for 4 or fewer.
func fewPoints(cards float64) float64 {
	switch {
	case cards >= 20:
		return 0
	case cards <= 4:
		return 100
	default:
		return (20 - cards) * 100 / 16
	}
}

func percentPoints(rate float64) float64 {
	if rate > 100 {
		return 100
	}
	return rate
}

// current gives the rows that hold as of an instant: of each cell the last one said.
func (o oracle) current(asOf time.Time) []row {
	type cell struct {
		measure, unit, dims string
		start, end          civil.Date
	}
	last := map[cell]row{}
	for _, r := range o.rows {
		if r.known.After(asOf) {
			continue
		}
		c := cell{r.measure, r.unit, r.dims, r.start, r.end}
		if had, ok := last[c]; !ok || r.seq > had.seq || r.seq == had.seq && r.no > had.no {
			last[c] = r
		}
	}
	var rows []row
	for _, r := range last {
		if !r.retracted {
			rows = append(rows, r)
		}
	}
	return rows
}

// figure computes an indicator; today is the day of the as-of.
func (o oracle) figure(indicator, unit string, p catalog.Period, asOf time.Time, today civil.Date) oracleFigure {
	f := oracleFormulas[indicator]
	if f.parts != nil {
		return o.combined(f, unit, p, asOf, today)
	}
	rows := o.current(asOf)
	end := p.End
	if end.After(today) {
		end = today
	}
	months := []civil.Date{{}} // one slot without flows
	if f.num.flow {
		months = statutoryEnds(p, today)
	}
	var out oracleFigure
	for _, commune := range communesOf[unit] {
		took := false
		var stocks []row
		for _, month := range months {
			out.expected++
			num := take(rows, *f.num, commune, month, end)
			den := num
			if f.den != nil {
				den = take(rows, *f.den, commune, month, end)
			}
			var less []row
			if f.less != nil {
				less = take(rows, *f.less, commune, month, end)
			}
			if !spoken(*f.num, num) || f.den != nil && !spoken(*f.den, den) || f.less != nil && !spoken(*f.less, less) {
				continue
			}
			out.counted++
			out.num += total(num) - total(less)
			out.see(num, p)
			out.see(less, p)
			if f.den == nil {
				continue
			}
			if f.num.flow && !f.den.flow {
				stocks, took = den, true
				continue
			}
			out.den += total(den)
			out.see(den, p)
		}
		if took {
			out.den += total(stocks)
			out.see(stocks, p)
		}
	}
	out.partial = out.counted < out.expected
	if out.is = out.counted > 0; !out.is {
		out.partial = false
		return out
	}
	switch {
	case f.den == nil:
		value := f.scale * float64(out.num)
		out.value = &value
	case out.den != 0:
		value := f.scale * float64(out.num) / float64(out.den)
		out.value = &value
	}
	return out
}

// combined makes a figure of figures of the same unit; without one of them there is none.
func (o oracle) combined(f oracleFormula, unit string, p catalog.Period, asOf time.Time, today civil.Date) oracleFigure {
	out, sum, all := oracleFigure{of: true}, 0.0, true
	for _, of := range f.parts {
		part := o.figure(of.id, unit, p, asOf, today)
		out.counted, out.expected = out.counted+part.counted, out.expected+part.expected
		out.partial, out.carried = out.partial || part.partial, out.carried || part.carried
		if part.newest.After(out.newest) {
			out.newest = part.newest
		}
		if part.value == nil {
			all = false
			continue
		}
		value := *part.value
		if of.points != nil {
			value = of.points(value)
		}
		sum += of.counts * value
	}
	if all {
		out.value = &sum
	}
	return out
}

func (f *oracleFigure) see(rows []row, p catalog.Period) {
	for _, r := range rows {
		if r.end.After(f.newest) {
			f.newest = r.end
		}
		if r.end.Before(p.Start) {
			f.carried = true
		}
	}
}

// take picks the rows of one term in one commune: for a flow those of the month that ends
// on a day, for a stock the latest of each dims not after end and not too old.
func take(rows []row, t oracleTerm, commune string, month, end civil.Date) []row {
	best := map[string]row{}
	for _, r := range rows {
		if r.measure != t.measure || r.unit != commune || !t.takes(r.dims) {
			continue
		}
		if t.flow {
			if r.end == month {
				best[r.dims] = r
			}
			continue
		}
		if r.end.After(end) || t.carry > 0 && end.DaysSince(r.end) > t.carry {
			continue
		}
		if had, ok := best[r.dims]; !ok || r.end.After(had.end) {
			best[r.dims] = r
		}
	}
	var taken []row
	for _, r := range best {
		taken = append(taken, r)
	}
	return taken
}

// spoken tells whether a commune said enough to be counted: of cards and of people both
// sexes, whatever their ages and residence.
func spoken(t oracleTerm, rows []row) bool {
	parts := []string{""}
	if t.measure == "cards" || t.measure == "people" {
		parts = []string{"sex=female", "sex=male"}
	}
	for _, part := range parts {
		if !slices.ContainsFunc(rows, func(r row) bool { return strings.HasSuffix(r.dims, part) }) {
			return false
		}
	}
	return true
}

func total(rows []row) int64 {
	var sum int64
	for _, r := range rows {
		sum += r.value
	}
	return sum
}

// statutoryEnds lists the 14ths in a period that have come.
func statutoryEnds(p catalog.Period, today civil.Date) []civil.Date {
	var ends []civil.Date
	for d := p.Start; !d.After(p.End) && !d.After(today); d = d.AddDays(1) {
		if d.Day == 14 {
			ends = append(ends, d)
		}
	}
	return ends
}

// places ranks units by value: one more than the number of strictly better ones.
func places(values map[string]*float64, lowerIsBetter bool) map[string]int {
	places := map[string]int{}
	for unit, v := range values {
		if v == nil {
			continue
		}
		places[unit] = 1
		for _, other := range values {
			if other != nil && (lowerIsBetter && *other < *v || !lowerIsBetter && *other > *v) {
				places[unit]++
			}
		}
	}
	return places
}

// completed counts assignments of a unit (with all below) or an agency on a day:
// accepted of those that can be, and accepted by the due date of those due.
func (o oracle) completed(who string, tasks []catalog.Task, date civil.Date, asOf time.Time) (accepted, all, onTime, due int) {
	for _, task := range tasks {
		if task.Deadline.Date.IsZero() {
			continue // continuous
		}
		for _, assignee := range task.Assignees {
			if !concernsOracle(who, assignee) {
				continue
			}
			all++
			late := date.After(task.Deadline.Date)
			if late {
				due++
			}
			since, ok := o.acceptedSince(task.Ref, assignee, date, asOf)
			if !ok {
				continue
			}
			accepted++
			if late && !since.After(task.Deadline.Date) {
				onTime++
			}
		}
	}
	return
}

func concernsOracle(who, assignee string) bool {
	switch {
	case assignee == who || assignee == "unit:"+who || who == "P":
		return true
	case who == "D1" || who == "D2":
		return slices.Contains(communesOf[who], strings.TrimPrefix(assignee, "unit:"))
	default:
		return false
	}
}

func (o oracle) acceptedSince(task, assignee string, date civil.Date, asOf time.Time) (civil.Date, bool) {
	latest := map[civil.Date]report{}
	for _, r := range o.reports {
		if r.task != task || r.assignee != assignee || r.date.After(date) || r.known.After(asOf) {
			continue
		}
		if had, ok := latest[r.date]; !ok || r.seq > had.seq {
			latest[r.date] = r
		}
	}
	var days []civil.Date
	for d, r := range latest {
		if !r.retracted {
			days = append(days, d)
		}
	}
	sort.Slice(days, func(i, j int) bool { return days[i].After(days[j]) })
	var since civil.Date
	for _, d := range days {
		if latest[d].status != "accepted" {
			break
		}
		since = d
	}
	return since, !since.IsZero()
}
