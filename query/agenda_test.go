package query

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

func TestAgenda(t *testing.T) {
	c := catalog.Calendar{
		Chain: catalog.Chain{Period: catalog.StatutoryMonth, Steps: []catalog.Step{{ID: "cut_off"}, {ID: "agencies", DaysAfter: 2}, {ID: "province", DaysAfter: 7}}},
		Meetings: []catalog.Meeting{
			{ID: "quarterly", Every: catalog.Quarter}, {ID: "half_year", Every: catalog.Half, Only: 1}, {ID: "year_end", Every: catalog.Year},
		},
	}
	for _, tc := range []struct{ from, to, want string }{
		{"2022-06-16", "2022-07-15", "2022-06-16 agencies s2022-06, 2022-06-21 province s2022-06, 2022-06-30 quarterly 2022-Q2, 2022-06-30 half_year 2022-H1, 2022-07-14 cut_off s2022-07"},
		{"2022-06-17", "2022-06-20", ""},
		{"2022-12-21", "2022-12-31", "2022-12-21 province s2022-12, 2022-12-31 quarterly 2022-Q4, 2022-12-31 year_end 2022"},
	} {
		var got []string
		for _, row := range agenda(c, civilDate(tc.from), civilDate(tc.to)) {
			got = append(got, fmt.Sprint(row.Date, " ", row.ID, " ", row.Period))
		}
		if said := strings.Join(got, ", "); said != tc.want {
			t.Errorf("%s to %s: %s\nwant %s", tc.from, tc.to, said, tc.want)
		}
	}
}

// A round lasts until its last step is due, and the days of its steps follow the rule for days off.
func TestRound(t *testing.T) {
	c := catalog.Calendar{Chain: catalog.Chain{Period: catalog.StatutoryMonth, Steps: []catalog.Step{
		{ID: "cut_off"}, {ID: "agencies", DaysAfter: 2}, {ID: "government", DaysAfter: 11},
	}}}
	c.Holidays.Rest = []time.Weekday{time.Saturday, time.Sunday}
	moved := c
	moved.DayOffRule = catalog.DueDateMovesToWork
	for _, tc := range []struct {
		c           catalog.Calendar
		today, want string
	}{
		{c, "2022-11-14", "s2022-11 cut_off 2022-11-14 agencies 2022-11-16 government 2022-11-25"},
		{c, "2022-11-25", "s2022-11 cut_off 2022-11-14 agencies 2022-11-16 government 2022-11-25"},
		{c, "2022-11-26", "s2022-12 cut_off 2022-12-14 agencies 2022-12-16 government 2022-12-25"},
		{c, "2022-12-26", "s2023-01 cut_off 2023-01-14 agencies 2023-01-16 government 2023-01-25"},
		{moved, "2022-12-26", "s2022-12 cut_off 2022-12-14 agencies 2022-12-16 government 2022-12-26"}, // the 25th is a Sunday
		{catalog.Calendar{}, "2022-11-14", ""},
	} {
		said := ""
		if row := round(tc.c, civilDate(tc.today)); row != nil {
			said = row.Period.String()
			for _, step := range row.Steps {
				said += fmt.Sprint(" ", step.ID, " ", step.Date)
			}
		}
		if said != tc.want {
			t.Errorf("%s: %s\nwant %s", tc.today, said, tc.want)
		}
	}
}
