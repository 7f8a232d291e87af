package ingest

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplitCSV(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"plain", "a,b,c", "a|b|c"},
		{"empty cells", ",,", "||"},
		{"spaces around", " a , b ", "a|b"},
		{"quoted", `"a,b",c`, "a,b|c"},
		{"doubled quotes", `"say ""x""",c`, `say "x"|c`},
		{"quoted and empty", `"",b`, "|b"},
		{"spaces around quotes", ` "a" ,b`, "a|b"},
		{"semicolons", "a;b", "a|b"},
		{"tabs", "a\tb", "a|b"},
		{"comma wins", "a;b,c", "a;b|c"},
		{"one cell", "a", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, cells, why := splitHeader([]byte(c.line), 10)
			if why != nil {
				t.Fatal(why.code, why.text.En)
			}
			var got []string
			for _, cell := range cells {
				got = append(got, string(cell))
			}
			if strings.Join(got, "|") != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestParseCSVRefuses(t *testing.T) {
	table := csvTable{separator: ',', columns: []field{{name: []byte("a"), column: 1}, {name: []byte("b"), column: 2}}}
	for _, c := range []struct {
		name, line string
		code       Code
		column     int
	}{
		{"too few cells", "1", InvalidCSV, 0},
		{"too many cells", "1,2,3", InvalidCSV, 0},
		{"a million cells", strings.Repeat(",", 60_000), TooManyFields, 0},
		{"quote inside", `1,a"b`, InvalidCSV, 2},
		{"quote not closed", `1,"a`, InvalidCSV, 2},
		{"text after a quote", `"a"b,2`, InvalidCSV, 1},
		{"broken UTF-8", "1,\xff", InvalidUTF8, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rec record
			why := table.parse([]byte(c.line), &rec)
			if why == nil || why.code != c.code || why.column != c.column {
				t.Errorf("got %+v", why)
			}
		})
	}
}

// What the splitter takes, encoding/csv reads the same, but for the spaces around cells.
func FuzzParseCSV(f *testing.F) {
	for _, seed := range []string{"a,b", `"a","b""c"`, ` x ,"y" `, `a"b,c`, `"`, "a,\xffb", "𝟘,٠"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\r\n") || strings.TrimSpace(line) == "" {
			return
		}
		table := csvTable{separator: ','}
		var rec record
		cells, why := table.split([]byte(line), &rec, maxFields)
		if why != nil || !utf8.ValidString(line) {
			return
		}
		r := csv.NewReader(strings.NewReader(line))
		r.LazyQuotes, r.TrimLeadingSpace, r.FieldsPerRecord = true, true, -1
		want, err := r.Read()
		if err != nil || len(want) != len(cells) {
			return // spaces before a separator after a quote, which encoding/csv does not know
		}
		for i := range cells {
			if got := string(cells[i]); strings.TrimSpace(want[i]) != got && !strings.Contains(line, `" `) {
				t.Errorf("cell %d is %q, want %q", i, got, want[i])
			}
		}
	})
}
