package catalog

import (
	"os"
	"slices"
	"testing"
)

// A second province has two levels, civil months, two boundary sets that follow each
// other, no population and real figures. It loads without a change of code.
func TestSecondProvince(t *testing.T) {
	c, err := Load(os.DirFS("testdata/haidang"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Demonstration != nil || c.Demo != nil || c.Location.String() != "Asia/Bangkok" {
		t.Errorf("demonstration %v, model %v, location %s", c.Demonstration, c.Demo, c.Location)
	}
	for day, want := range map[string]string{
		"2025-06-30": "", "2025-07-01": "hai-dang-2025", "2026-06-30": "hai-dang-2025", "2026-07-01": "hai-dang-2026", "2030-01-01": "hai-dang-2026",
	} {
		if set, _ := c.BoundarySetAt(date(t, day)); set.Info.ID != want {
			t.Errorf("on %s %q is in force, want %q", day, set.Info.ID, want)
		}
	}
	task, _ := c.Task("1.a")
	if want := []string{"agency:port", "unit:00101", "unit:00103"}; !slices.Equal(task.Assignees, want) {
		t.Errorf("bound are %v, want the wards in force on the day: %v", task.Assignees, want)
	}
	late, _ := c.Indicator("late_rate")
	for _, tc := range []struct {
		day   string
		value float64
		want  Status
	}{
		{"2025-06-30", 0, NotYetDue},
		{"2025-12-31", 100, OnTrack},
		{"2025-12-31", 50, Achieved},
		{"2025-12-31", 105, AtRisk}, // a twentieth of the path
		{"2026-01-01", 53, Behind},
	} {
		if got := c.StatusOf(late, tc.value, true, date(t, tc.day)); got != tc.want {
			t.Errorf("%v per mille on %s: %s, want %s", tc.value, tc.day, got, tc.want)
		}
	}
	ships, _ := c.Measure("ships")
	early, _ := c.Indicator("early_ships")
	if keys, all := c.DimsMatching(ships, early.Formula.Numerator[0].Where); all || !slices.Equal(keys, []string{"shift=early"}) {
		t.Errorf("rows of the early shift: %v, %v", keys, all)
	}
}

// Its calendar differs in everything: civil months, one day of rest, another chain, and due
// dates that move.
func TestSecondProvinceCalendar(t *testing.T) {
	c, err := Load(os.DirFS("testdata/haidang"))
	if err != nil {
		t.Fatal(err)
	}
	november, err := ParsePeriod("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"wards": "2026-12-07", // the 5th is a holiday, the 6th a Sunday
		"port":  "2026-12-12", // a Saturday, worked here
	} {
		step, ok := c.Calendar.Chain.Step(id)
		if due := c.Calendar.StepDue(step, november); !ok || due != date(t, want) {
			t.Errorf("%s reports by %s, want %s", id, due, want)
		}
	}
	meetings := c.Calendar.MeetingsBetween(date(t, "2026-11-01"), date(t, "2026-12-31"))
	if len(meetings) != 2 || meetings[0].By != date(t, "2026-11-30") {
		t.Errorf("meetings: %+v", meetings)
	}
}
