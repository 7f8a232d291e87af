package catalog

import (
	"testing"
	"time"

	"github.com/golang-sql/civil"
	"pgregory.net/rapid"
)

func TestReportingChain(t *testing.T) {
	c := vinhphuc(t).Calendar
	june, _ := ParsePeriod("s2022-06")
	for id, want := range map[string]string{
		"cut_off": "2022-06-14", "agencies": "2022-06-16", "province": "2022-06-21", "government": "2022-06-25",
	} {
		step, ok := c.Chain.Step(id)
		if due := c.StepDue(step, june); !ok || due != date(t, want) {
			t.Errorf("%s is due on %s, want %s", id, due, want)
		}
	}
	if due, ok := c.FirstStepDue(june); !ok || due != date(t, "2022-06-16") {
		t.Errorf("figures are due on %s", due)
	}
	if _, ok := c.FirstStepDue(PeriodOf(Month, june.End)); ok {
		t.Error("a civil month has a place in the chain")
	}
}

// The 16th of October 2022 is a Sunday: the due date stays, unless the catalogue says otherwise.
func TestDueDateOnADayOff(t *testing.T) {
	c := vinhphuc(t).Calendar
	sunday := date(t, "2022-10-16")
	if due := c.Due(sunday); due != sunday {
		t.Errorf("by the plan it is due on %s", due)
	}
	c.DayOffRule = DueDateMovesToWork
	for day, want := range map[string]string{
		"2022-10-16": "2022-10-17", // Sunday
		"2022-10-17": "2022-10-17",
		"2022-01-31": "2022-02-07", // Tết, then a weekend
		"2022-04-30": "2022-05-04", // Saturday, and two days in lieu
		"2024-05-04": "2024-05-04", // a Saturday that is worked
		"2024-04-29": "2024-05-02", // the day it stands for
		"2030-06-15": "2030-06-17", // no holidays listed: Saturday
	} {
		if due := c.Due(date(t, day)); due != date(t, want) {
			t.Errorf("%s is moved to %s, want %s", day, due, want)
		}
	}
}

// The law gives 11 days a year, and one in lieu of each that falls on a weekend: so many
// weekdays are off beside the swapped ones.
func TestHolidaysAddUpToWhatTheLawGives(t *testing.T) {
	c := vinhphuc(t).Calendar.Holidays
	for _, year := range c.Years {
		weekdays, swapped := 0, 0
		for _, d := range year.Off {
			weekday := d.Date.In(time.UTC).Weekday()
			switch {
			case d.Kind == Swapped:
				swapped++
			case d.Name.En == "Vietnamese Culture Day": // not yet among the 11
			case weekday != time.Saturday && weekday != time.Sunday:
				weekdays++
			}
		}
		if weekdays != 11 || swapped != len(year.Working) {
			t.Errorf("%d: %d weekdays are off, %d swapped, %d worked for them", year.Year, weekdays, swapped, len(year.Working))
		}
	}
	if !c.Known(2022) || !c.Known(2027) || c.Known(2021) || c.Known(2028) {
		t.Error("known are not the years 2022 to 2027")
	}
	if d, ok := c.Off(date(t, "2027-02-08")); !ok || !d.Provisional {
		t.Error("a holiday of 2027 is certain")
	}
}

func TestNextWorkingDay(t *testing.T) {
	c := vinhphuc(t).Calendar.Holidays
	rapid.Check(t, func(t *rapid.T) {
		day := civil.Date{Year: 2021, Month: 12, Day: 1}.AddDays(rapid.IntRange(0, 2300).Draw(t, "day"))
		next := c.NextWorkingDay(day)
		if !c.WorkingDay(next) || next.Before(day) {
			t.Fatalf("after %s comes %s", day, next)
		}
		for d := day; d.Before(next); d = d.AddDays(1) {
			if c.WorkingDay(d) {
				t.Fatalf("between %s and %s %s is worked", day, next, d)
			}
		}
		if again := c.NextWorkingDay(next); again != next {
			t.Fatalf("%s is moved on to %s", next, again)
		}
	})
}

func TestMeetings(t *testing.T) {
	got := ""
	for _, m := range vinhphuc(t).Calendar.MeetingsBetween(date(t, "2022-05-01"), date(t, "2022-12-31")) {
		got += m.By.String() + " " + m.Meeting.ID + " " + m.Period.String() + "\n"
	}
	want := `2022-06-30 quarterly 2022-Q2
2022-06-30 half_year 2022-H1
2022-09-30 quarterly 2022-Q3
2022-12-31 quarterly 2022-Q4
2022-12-31 year_end 2022
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestReadPeriod(t *testing.T) {
	for text, want := range map[string]string{
		"tháng 6/2022": "2022-06", "Tháng 06/2022": "2022-06", "QUÝ II/2022": "2022-Q2", "June 2022": "2022-06", "năm 2022": "2022",
		"kỳ báo cáo tháng 6/2022": "s2022-06", "15/6/2022": "2022-06-15", "Tuần 24 năm 2022": "2022-W24",
	} {
		if p, err := ReadPeriod(text); err != nil || p.String() != want {
			t.Errorf("%q is %v, %v; want %s", text, p, err, want)
		}
	}
	for _, text := range []string{"", "tháng 13/2022", "Brumaire 2022", "31/02/2022", "tuần 53 năm 2022", "quý V/2022", "kỳ báo cáo 15/06/2022", "2022-06"} {
		if p, err := ReadPeriod(text); err == nil {
			t.Errorf("%q is read as %v", text, p)
		}
	}
}
