package ingest

import (
	"strings"
	"testing"
)

func TestEcho(t *testing.T) {
	for _, c := range []struct {
		name, sent, meant string
		said              bool
	}{
		{"unit code", "08799", "", true},
		{"old unit code with a digit too many", "087990", "", true},
		{"age", "150", "", true},
		{"date of no calendar", "2022-02-29", "", true},
		{"date without zeros", "2022-6-5", "", true},
		{"period", "s2022-13", "", true},
		{"quarter", "2022-Q5", "", true},
		{"year", "2022", "", true},
		{"task", "B.III.2.8", "", true},
		{"misspelt measure", "vneid_activate", "vneid_activated", true},
		{"misspelt column", "dim.sexes", "dim.sex", true},
		{"telephone without area", "3861234", "", false},
		{"day run together", "15061990", "", false},
		{"identity number of nine", "135204567", "", false},
		{"identity number of twelve", "026201001234", "", false},
		{"identity number in groups", "026-201-001-234", "", false},
		{"telephone in groups", "0912-345-678", "", false},
		{"a name without marks", "NguyenVanAnh", "", false},
		{"a name like a word of the contract", "mai", "male", false},
		{"a name with capitals, though something is near", "NguyenVanAnh", "unit", false},
		{"a name in lower case", "nguyen_van_anh", "", false},
		{"initials like a task", "N.V.A", "", false},
		{"e-mail", "a@b.vn", "", false},
		{"host", "mail.example.vn", "", false},
		{"nothing", "", "", false},
		{"line break after a code", "08799\n", "", false},
		{"long", strings.Repeat("a", 60), "age", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := echo([]byte(c.sent), c.meant); (got != "") != c.said {
				t.Errorf("says %q", got)
			}
		})
	}
}

// Whatever text field a name stands in, no refusal repeats it.
func TestRefusalsDoNotRepeatNames(t *testing.T) {
	const name = "NguyenVanAnh"
	rows := []struct {
		dataset Dataset
		line    string
		texts   []string
	}{
		{Observations, activated, []string{"measure", "vneid_activated", "unit", "08707", "date", "2022-06-15", "sex", "female"}},
		{Observations, `{"measure":"dossiers_received","unit":"08707","period":"s2022-06","value":7}`, []string{"s2022-06", "period"}},
		{Observations, strings.Replace(activated, "{", `{"agency":"cat",`, 1), []string{"cat"}},
		{Population, `{"unit":"08707","date":"2022-06-01","sex":"male","age":"34","residence":"permanent","value":9}`, []string{"male", "34", "permanent", "age"}},
		{TaskProgress, begun, []string{"B.III.2.7", "unit:246", "2022-06-15", "in_progress", "2022-06-01", "agency:stttt", "task", "owner"}},
	}
	for _, row := range rows {
		for _, text := range row.texts {
			for _, sent := range []string{name, strings.ToLower(name)} {
				_, _, why := checked(t, row.dataset, strings.Replace(row.line, `"`+text+`"`, `"`+sent+`"`, 1))
				if why == nil {
					t.Fatalf("%s: taken", text)
				}
				if strings.Contains(why.text.Vi+why.text.En+why.field, sent) {
					t.Errorf("%s: %s %q", text, why.field, why.text.En)
				}
			}
		}
	}
}
