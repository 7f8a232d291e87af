package export

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

type inner struct {
	Reported int `json:"reported"`
}

type part struct {
	Who string `json:"assignee"`
}

type record struct {
	Unit string `json:"unit"`
	inner
	Coverage inner          `json:"coverage"`
	Value    *float64       `json:"value"`
	Status   catalog.Status `json:"status"`
	Flags    []catalog.Flag `json:"flags"`
	Day      civil.Date     `json:"date"`
	ByStatus map[string]int `json:"by_status"`
	Title    catalog.Text   `json:"title"`
	Parts    []part         `json:"assignees,omitempty"`
	Hidden   string         `json:"-"`
}

func TestFlatten(t *testing.T) {
	half := 0.5
	tables := Flatten([]record{
		{Unit: "00102", Coverage: inner{3}, Value: &half, Status: catalog.AtRisk, Flags: []catalog.Flag{catalog.Stale, catalog.Partial}, Title: catalog.Text{Vi: "Việc", En: "Work"}, Hidden: "x"},
		{Unit: "00103", ByStatus: map[string]int{"done": 2}, Parts: []part{{"a"}, {"b"}}, Day: civil.Date{Year: 2022, Month: 6, Day: 1}},
	}, "en", time.UTC)
	var got []string
	for _, table := range tables {
		ids := make([]string, len(table.Columns))
		for i, c := range table.Columns {
			ids[i] = c.ID
		}
		got = append(got, table.Name+": "+strings.Join(ids, " "))
		for _, row := range table.Rows {
			got = append(got, fmt.Sprint(row))
		}
	}
	want := []string{
		": unit reported coverage.reported value status flags date title by_status.done",
		"[00102 0 3 0.5 At risk Old figures; Some units have not reported <nil> Work <nil>]",
		"[00103 0 0 <nil>   2022-06-01  2]",
		"assignees: row assignee",
		"[2 a]",
		"[2 b]",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTextsAreNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+84": "'+84", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", " =1": "' =1", "＝1": "'＝1", "|cmd": "'|cmd",
		"": "", "08707": "08707", "Tích Sơn": "Tích Sơn", "a=b": "a=b",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
	var out strings.Builder
	d := Document{Title: "=T", About: []Line{{"A", "@b"}}, Tables: []Table{{Columns: []Column{{"value", "Giá trị"}}, Rows: [][]any{{-1.5}, {nil}, {"-x"}, {1e21}}}}}
	if err := d.Write(&out, CSV, false); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeff'=T\r\nA,'@b\r\n\r\nGiá trị\r\n-1.5\r\n\r\n'-x\r\n1000000000000000000000\r\n"; out.String() != want {
		t.Errorf("got %q\nwant %q", out.String(), want)
	}
}

func TestSheetNames(t *testing.T) {
	for name, want := range map[string]string{
		"Số liệu": "1 Số liệu", "a/b[c]": "1 a b c", strings.Repeat("ơ", 50): "1 " + strings.Repeat("ơ", 29),
	} {
		if got := sheetName(name, 0); got != want {
			t.Errorf("sheet of %q is %q, want %q", name, got, want)
		}
	}
}
