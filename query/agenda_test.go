package query

import (
	"fmt"
	"strings"
	"testing"

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
