package catalog

import (
	"math"
	"testing"

	"github.com/golang-sql/civil"
	"pgregory.net/rapid"
)

func targets(t testing.TB, pairs ...any) []Target {
	t.Helper()
	var out []Target
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, Target{date(t, pairs[i].(string)), float64(pairs[i+1].(int))})
	}
	return out
}

// percentage is an indicator that starts at 0 and is to reach 40, then 70 per cent.
func percentage(t testing.TB, path TargetPath) Indicator {
	return Indicator{
		Formula:   Formula{Kind: Ratio, Scale: 100},
		Direction: HigherIsBetter,
		Path:      path,
		Targets:   targets(t, "2022-01-01", 0, "2022-05-11", 40, "2022-12-31", 70), // 130 days to the 40
	}
}

func TestTargetAt(t *testing.T) {
	linear, stepped := percentage(t, Linear), percentage(t, Stepped)
	single := linear
	single.Targets = targets(t, "2022-05-31", 95)
	for _, c := range []struct {
		name string
		ind  Indicator
		day  string
		want float64
		due  bool
	}{
		{"before the start", linear, "2021-12-31", 0, false},
		{"at the start", linear, "2022-01-01", 0, true},
		{"a quarter of the way", linear, "2022-02-02", 40 * 32.0 / 130, true},
		{"on the target's day", linear, "2022-05-11", 40, true},
		{"the day after", linear, "2022-05-12", 40 + 30.0/234, true},
		{"after the last", linear, "2025-01-01", 70, true},
		{"stepped before", stepped, "2021-12-31", 0, false},
		{"stepped on the day", stepped, "2022-05-11", 40, true},
		{"stepped the day before", stepped, "2022-05-10", 0, true},
		{"stepped between", stepped, "2022-12-30", 40, true},
		{"stepped after the last", stepped, "2023-01-01", 70, true},
		{"one target, before", single, "2022-05-30", 0, false},
		{"one target, on the day", single, "2022-05-31", 95, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, due := TargetAt(c.ind, date(t, c.day))
			if due != c.due || math.Abs(got-c.want) > 1e-12 {
				t.Errorf("got %v, %v; want %v, %v", got, due, c.want, c.due)
			}
		})
	}
}

func TestLinearPathIsMonotoneBetweenRisingTargets(t *testing.T) {
	ind := percentage(t, Linear)
	rapid.Check(t, func(t *rapid.T) {
		day := ind.Targets[0].Date.AddDays(rapid.IntRange(0, 500).Draw(t, "day"))
		today, _ := TargetAt(ind, day)
		tomorrow, _ := TargetAt(ind, day.AddDays(1))
		if tomorrow < today || today < 0 || tomorrow > 70 {
			t.Fatalf("%v then %v from %s", today, tomorrow, day)
		}
	})
}

func TestStatusOf(t *testing.T) {
	c := &Catalog{Tolerance: Tolerance{Points: 5, Share: 0.1}}
	higher := percentage(t, Linear)
	lower := higher
	lower.Direction, lower.Targets = LowerIsBetter, targets(t, "2022-01-01", 60, "2022-05-11", 20)
	count := Indicator{
		Formula: Formula{Kind: Sum, Scale: 1}, Direction: HigherIsBetter, Path: Stepped,
		Targets: targets(t, "2022-01-01", 1000),
	}
	own := higher
	own.Tolerance = 1
	neutral := higher
	neutral.Direction = Neutral
	for _, tc := range []struct {
		name  string
		ind   Indicator
		value float64
		day   string
		want  Status
	}{
		{"meets the next target early", higher, 40, "2022-03-07", Achieved},
		{"on the path", higher, 20, "2022-03-07", OnTrack}, // day 65 of 130
		{"a hair below the path", higher, 19.999, "2022-03-07", AtRisk},
		{"five points below", higher, 15, "2022-03-07", AtRisk},
		{"more than five points below", higher, 14.9, "2022-03-07", Behind},
		{"zero at the start is on track", higher, 0, "2022-01-01", OnTrack},
		{"on the due date, met", higher, 40, "2022-05-11", Achieved},
		{"the day after, the next target counts", higher, 40.2, "2022-05-12", OnTrack},
		{"after the last, met", higher, 70, "2023-06-01", Achieved},
		{"after the last, just missed", higher, 69.96, "2023-06-01", AtRisk},
		{"before the start", higher, 99, "2021-12-31", NotYetDue},
		{"binary rounding does not miss", higher, 0.1 + 0.2 + 39.7, "2022-05-11", Achieved},
		{"own tolerance", own, 18.9, "2022-03-07", Behind},
		{"lower: met", lower, 20, "2022-03-07", Achieved},
		{"lower: on the path", lower, 40, "2022-03-07", OnTrack},
		{"lower: at risk", lower, 45, "2022-03-07", AtRisk},
		{"lower: behind", lower, 45.1, "2022-03-07", Behind},
		{"count within a tenth of the path", count, 900, "2022-03-07", AtRisk},
		{"count below a tenth", count, 899, "2022-03-07", Behind},
		{"neutral", neutral, 99, "2022-03-07", NoTarget},
		{"no targets", Indicator{Direction: HigherIsBetter}, 99, "2022-03-07", NoTarget},
		{"not a number", higher, math.NaN(), "2022-03-07", NoData},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := c.StatusOf(tc.ind, tc.value, true, date(t, tc.day)); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
	if got := c.StatusOf(higher, 0, false, date(t, "2021-01-01")); got != NoData {
		t.Errorf("without a value: %s", got)
	}
}

// A better value never has a worse status.
func TestStatusIsMonotone(t *testing.T) {
	c := &Catalog{Tolerance: Tolerance{Points: 5, Share: 0.1}}
	ind := percentage(t, Linear)
	order := map[Status]int{Behind: 0, AtRisk: 1, OnTrack: 2, Achieved: 3}
	rapid.Check(t, func(t *rapid.T) {
		day := ind.Targets[0].Date.AddDays(rapid.IntRange(0, 700).Draw(t, "day"))
		worse := rapid.Float64Range(0, 100).Draw(t, "value")
		better := worse + rapid.Float64Range(0, 50).Draw(t, "more")
		a, b := c.StatusOf(ind, worse, true, day), c.StatusOf(ind, better, true, day)
		if order[b] < order[a] {
			t.Fatalf("%v is %s, %v is %s on %s", worse, a, better, b, day)
		}
	})
}

func TestAssignmentStatus(t *testing.T) {
	april := Task{Deadline: Deadline{Kind: DeadlineMonthEnd, Date: date(t, "2022-04-30")}}
	year := Task{Deadline: Deadline{Kind: DeadlineYearOnward, Date: date(t, "2022-12-31")}}
	always := Task{Deadline: Deadline{Kind: DeadlineContinuous}}
	report := func(pairs ...string) []Progress {
		var out []Progress
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, Progress{date(t, pairs[i]), ProgressStatus(pairs[i+1])})
		}
		return out
	}
	for _, c := range []struct {
		name    string
		task    Task
		history []Progress
		day     string
		want    AssignmentState
	}{
		{"nothing yet", april, nil, "2022-04-14", NotStarted},
		{"nothing on the due date", april, nil, "2022-04-30", NotStarted},
		{"nothing the day after", april, nil, "2022-05-01", Overdue},
		{"said to be not started, due date passed", april, report("2022-04-01", "not_started"), "2022-05-01", Overdue},
		{"begun", april, report("2022-04-10", "in_progress"), "2022-04-30", InProgress},
		{"begun, due date passed", april, report("2022-04-10", "in_progress"), "2022-05-01", Overdue},
		{"not yet known on the 14th", april, report("2022-04-15", "in_progress"), "2022-04-14", NotStarted},
		{"known on the 15th", april, report("2022-04-15", "in_progress"), "2022-04-15", InProgress},
		{"waits for acceptance", april, report("2022-04-29", "reported_done"), "2022-04-30", ReportedDone},
		{"still waits after the due date", april, report("2022-04-29", "reported_done"), "2022-06-01", ReportedDone},
		{"reported late, waits", april, report("2022-05-09", "reported_done"), "2022-05-10", ReportedDone},
		{"and was overdue before that", april, report("2022-05-09", "reported_done"), "2022-05-08", Overdue},
		{"accepted on the due date", april, report("2022-04-30", "accepted"), "2022-04-30", Done},
		{"accepted on the due date, seen later", april, report("2022-04-30", "accepted"), "2022-11-20", Done},
		{"accepted the day after", april, report("2022-05-01", "accepted"), "2022-05-01", DoneLate},
		{"accepted the day after, seen before", april, report("2022-05-01", "accepted"), "2022-04-30", NotStarted},
		{"accepted twice, the first counts", april, report("2022-04-20", "accepted", "2022-06-01", "accepted"), "2022-06-02", Done},
		{"acceptance taken back", april, report("2022-04-20", "accepted", "2022-04-25", "in_progress"), "2022-04-30", InProgress},
		{"taken back and overdue", april, report("2022-04-20", "accepted", "2022-04-25", "in_progress"), "2022-05-01", Overdue},
		{"taken back, accepted late", april, report("2022-04-20", "accepted", "2022-04-25", "in_progress", "2022-05-20", "accepted"), "2022-06-01", DoneLate},
		{"reports in any order", april, report("2022-04-25", "accepted", "2022-04-10", "in_progress"), "2022-04-30", Done},
		{"two on one day, the later in the list", april, report("2022-04-25", "in_progress", "2022-04-25", "accepted"), "2022-04-30", Done},
		{"year: open in December", year, report("2022-03-01", "in_progress"), "2022-12-31", InProgress},
		{"year: overdue in January", year, report("2022-03-01", "in_progress"), "2023-01-01", Overdue},
		{"year: done and kept up", year, report("2022-10-01", "accepted"), "2023-06-01", Done},
		{"continuous without reports", always, nil, "2030-01-01", Continuous},
		{"continuous whatever is reported", always, report("2022-10-01", "accepted"), "2022-10-02", Continuous},
		{"a leap day", Task{Deadline: Deadline{Kind: DeadlineDate, Date: date(t, "2024-02-29")}}, nil, "2024-03-01", Overdue},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (&Catalog{}).StandingOf(c.task, "unit:1", c.history, date(t, c.day)).State; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Reports dated after the day asked never change the answer.
func TestAssignmentStatusDoesNotKnowTheFuture(t *testing.T) {
	start := date(t, "2022-01-01")
	task := Task{Deadline: Deadline{Kind: DeadlineDate, Date: start.AddDays(50)}}
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.IntRange(0, 100).Draw(t, "day")
		history := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Progress {
			return Progress{start.AddDays(rapid.IntRange(0, 100).Draw(t, "on")), rapid.SampledFrom(ProgressStatuses()).Draw(t, "status")}
		})).Draw(t, "history")
		var past []Progress
		for _, p := range history {
			if !p.Date.After(start.AddDays(day)) {
				past = append(past, p)
			}
		}
		all, known := (&Catalog{}).StandingOf(task, "unit:1", history, start.AddDays(day)), (&Catalog{}).StandingOf(task, "unit:1", past, start.AddDays(day))
		if all != known {
			t.Fatalf("%+v with the future, %+v without", all, known)
		}
	})
}

func TestGoalAt(t *testing.T) {
	if _, ok := GoalAt(Indicator{}, civil.Date{Year: 2022, Month: 1, Day: 1}); ok {
		t.Error("a goal without targets")
	}
	goal, _ := GoalAt(percentage(t, Linear), date(t, "2022-01-01"))
	if goal.Value != 40 {
		t.Errorf("the start of a path is its goal: %v", goal)
	}
	goal, _ = GoalAt(percentage(t, Stepped), date(t, "2022-01-01"))
	if goal.Value != 0 {
		t.Errorf("the first step is skipped: %v", goal)
	}
}
