package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// told is a line of observations as sent.
type told struct {
	Measure, Unit, Date, Period, Note string
	Dims                              map[string]string
	Value                             int64
	sent                              civil.Date
}

func plain(_ int, _ catalog.UnitFact, _ civil.Date, _ int, value int64) int64 { return value }

// history gives what is reported from a day up to and including another.
func history(t *testing.T, m *model, from, to civil.Date) (all []told) {
	t.Helper()
	for day := from; !day.After(to); day = day.AddDays(1) {
		for i := range m.measures {
			b, rows := m.report(nil, i, day, plain)
			lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
			if rows > 0 && len(lines) != rows {
				t.Fatalf("%d lines, said to be %d", len(lines), rows)
			}
			for _, line := range lines[:rows] {
				x := told{sent: day}
				if err := json.Unmarshal(line, &x); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				all = append(all, x)
			}
		}
	}
	return all
}

func day(t *testing.T, s string) civil.Date {
	t.Helper()
	d, err := civil.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newTestModel(t *testing.T) *model {
	t.Helper()
	m, err := newModel(vinhPhuc(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A day is the same in every run, also when the days before it were not made.
func TestSameSeedSameFigures(t *testing.T) {
	a, b := newTestModel(t), newTestModel(t)
	history(t, a, day(t, "2022-06-10"), day(t, "2022-06-15"))
	for i := range a.measures {
		one, _ := a.report(nil, i, day(t, "2022-06-16"), plain)
		other, _ := b.report(nil, i, day(t, "2022-06-16"), plain)
		if !bytes.Equal(one, other) {
			t.Errorf("%s differs", a.measures[i].Measure)
		}
	}
	one, n := a.census(nil, day(t, "2022-06-01"))
	other, _ := b.census(nil, day(t, "2022-06-01"))
	if !bytes.Equal(one, other) || n != 136*404 {
		t.Errorf("population of %d rows differs", n)
	}
	b.measures[0].draw = chance(1).of("other")
	changed, _ := b.report(nil, 0, day(t, "2022-06-16"), plain)
	if one, _ := a.report(nil, 0, day(t, "2022-06-16"), plain); bytes.Equal(one, changed) {
		t.Error("the seed makes no difference")
	}
}

// No part is larger than its whole, in what is true and in what is reported on the way.
func TestPartsStayBelowTheirWholes(t *testing.T) {
	m := newTestModel(t)
	type pair struct{ part, whole string }
	pairs := map[string][]pair{} // by each of the two
	for _, d := range m.measures {
		if d.Base.Measure != "" && d.Share.Top() <= 1 {
			p := pair{d.Measure, d.Base.Measure}
			pairs[p.part], pairs[p.whole] = append(pairs[p.part], p), append(pairs[p.whole], p)
		}
	}
	type cell struct{ measure, unit, when, dims string }
	latest := map[cell]int64{}
	n := 0
	for _, x := range history(t, m, day(t, "2022-03-01"), day(t, "2022-06-15")) {
		when, dims := x.Date+x.Period, fmt.Sprint(x.Dims)
		latest[cell{x.Measure, x.Unit, when, dims}] = x.Value
		if x.Dims["sex"] != "" { // a stock of people 14 and over
			people := int64(0)
			for _, c := range m.population(m.snapshotDay(day(t, x.Date))).cells[x.Unit] {
				if c.Sex == x.Dims["sex"] && c.Age >= 14 {
					people += int64(c.Count)
				}
			}
			if x.Value < 0 || x.Value > people {
				t.Fatalf("%+v of %d people", x, people)
			}
		}
		n++
		for _, both := range pairs[x.Measure] {
			p, ok1 := latest[cell{both.part, x.Unit, when, dims}]
			w, ok2 := latest[cell{both.whole, x.Unit, when, dims}]
			if ok1 && ok2 && p > w {
				t.Fatalf("%s %s: %d %s of %d %s", x.Unit, when, p, both.part, w, both.whole)
			}
		}
	}
	if n < 100_000 {
		t.Errorf("only %d figures looked at", n)
	}
}

func TestGapsLateReportsAndCorrections(t *testing.T) {
	m := newTestModel(t)
	from, to := day(t, "2022-06-01"), day(t, "2022-08-31")
	type cell struct{ measure, unit, when, sex string }
	values := map[cell][]int64{}
	late, noted := 0, 0
	for _, x := range history(t, m, from, to) {
		if x.Measure != "vneid_activated" {
			continue
		}
		k := cell{x.Measure, x.Unit, x.Date, x.Dims["sex"]}
		values[k] = append(values[k], x.Value)
		if x.Note != "" {
			noted++
		} else if x.sent.String() != x.Date {
			late++
		}
	}
	days := to.DaysSince(from) + 1
	expected, complete, corrected := 0, 0, 0
	for d := range days - m.measures[m.byID["vneid_activated"]].longest() { // all that ever comes about these days has come
		for _, u := range m.units("commune", from) {
			for _, sex := range []string{"male", "female"} {
				expected++
				list := values[cell{"vneid_activated", u.Code, from.AddDays(d).String(), sex}]
				if len(list) > 0 {
					complete++
				}
				if len(list) > 1 && list[len(list)-1] > list[0] {
					corrected++
				}
			}
		}
	}
	share := float64(expected-complete) / float64(expected)
	if model := m.measures[m.byID["vneid_activated"]].Report.Gap; math.Abs(share-model) > 0.01 {
		t.Errorf("%.3f of the figures are missing, the model says %.3f", share, model)
	}
	if late == 0 || noted == 0 || corrected == 0 {
		t.Errorf("%d late, %d notes, %d corrections", late, noted, corrected)
	}
}

// Every measure of the catalogue is made, at the level it is collected at, and what is a
// share of people lies within belief: of no unit all or nothing.
func TestEveryMeasureIsMade(t *testing.T) {
	m := newTestModel(t)
	made := map[string]bool{m.demo.Population.Measure: true}
	on := day(t, "2022-11-14")
	for i := range m.measures {
		d := &m.measures[i]
		made[d.Measure] = true
		units, sum := m.units(d.def.Level, on), int64(0)
		for _, u := range units {
			values := m.values(i, u, on)
			if len(values) != len(d.combos) {
				t.Fatalf("%s: %d values of %d combinations", d.Measure, len(values), len(d.combos))
			}
			for c, v := range values {
				sum += v
				if v < 0 || d.def.Max > 0 && v > d.def.Max {
					t.Errorf("%s in %s %v: %d", d.Measure, u.Code, d.combos[c].members, v)
				}
			}
		}
		if len(units) == 0 || sum == 0 {
			t.Errorf("%s: %d in %d units", d.Measure, sum, len(units))
		}
	}
	for _, def := range m.catalogue.Measures {
		if !made[def.ID] {
			t.Errorf("nobody makes up %s", def.ID)
		}
	}
}

// A measure split by weights adds up to what it is without them, but for the chance of
// rounding; what a district has is what its communes' people make.
func TestWeightsSplitAMeasure(t *testing.T) {
	m := newTestModel(t)
	on := day(t, "2022-11-14")
	i := m.byID["essential_services_total"]
	for _, u := range m.units("commune", on) {
		people := m.base(i, u, on)[0]
		exact := float64(people) * m.share(&m.measures[i], u, on)
		sum := int64(0)
		for _, v := range m.values(i, u, on) {
			sum += v
		}
		if math.Abs(float64(sum)-exact) >= 1 {
			t.Fatalf("%s: %d dossiers of 25 services, want about %.1f", u.Code, sum, exact)
		}
	}
	whole, split := m.byID["dossiers_received"], m.byID["office_dossiers_received"]
	for _, u := range m.units("commune", on) {
		offices := m.values(split, u, on)
		if got, want := offices[0]+offices[1]+offices[2], m.values(whole, u, on)[0]; got != want {
			t.Fatalf("%s: offices took %d dossiers, all of them %d", u.Code, got, want)
		}
	}
	district := m.byID["court_parties"]
	want, day := int64(0), m.snapshotDay(on)
	for _, u := range m.units("commune", on) {
		if u.Parent == "248" {
			for _, cell := range m.population(day).cells[u.Code] {
				want += int64(cell.Count)
			}
		}
	}
	if got := m.persons(district, "248", day)[0]; got != want || want == 0 {
		t.Errorf("%d people in Tam Đảo, its communes have %d", got, want)
	}
}

func TestUnitsDiffer(t *testing.T) {
	m := newTestModel(t)
	on := day(t, "2022-11-19")
	low, high := 1.0, 0.0
	vneid := m.byID["vneid_activated"]
	for _, u := range m.units("commune", on) {
		people := m.persons(vneid, u.Code, m.snapshotDay(on))
		v := m.values(vneid, u, on)
		rate := float64(v[0]+v[1]) / float64(people[0]+people[1])
		low, high = min(low, rate), max(high, rate)
	}
	if low < 0.05 || high > 0.9 || high-low < 0.15 {
		t.Errorf("activation between %.2f and %.2f", low, high)
	}
}

// Every kind of ending occurs, deadlines are kept by those who are said to keep them, and no report is of the future.
func TestStoriesOfAssignments(t *testing.T) {
	m := newTestModel(t)
	now := civil.DateOf(m.catalogue.Demonstration.Now.In(m.catalogue.Location))
	states := map[catalog.AssignmentState]int{}
	obstacles := 0
	for _, task := range m.catalogue.Tasks {
		for _, who := range task.Assignees {
			var reports []catalog.Progress
			days := map[civil.Date]bool{}
			for _, r := range m.story(task, who) {
				if r.sent.After(now) || r.Date.After(r.sent) || days[r.Date] {
					t.Fatalf("%s %s: %+v", task.Ref, who, r)
				}
				days[r.Date] = true
				if r.Obstacle != nil {
					obstacles++
				}
				reports = append(reports, catalog.Progress{Date: r.Date, Status: catalog.ProgressStatus(r.Status)})
			}
			states[m.catalogue.StandingOf(task, who, reports, now).State]++
		}
	}
	for _, s := range []catalog.AssignmentState{catalog.Done, catalog.DoneLate, catalog.ReportedDone, catalog.InProgress, catalog.NotStarted, catalog.Overdue, catalog.Waiting, catalog.Continuous} {
		if states[s] == 0 {
			t.Errorf("no assignment is %s: %v", s, states)
		}
	}
	if obstacles == 0 {
		t.Error("nothing stands in anybody's way")
	}
}
