package geo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func readText(t testing.TB, text string, o CrosswalkCSV) (*Crosswalk, error) {
	t.Helper()
	return ReadCrosswalk(strings.NewReader(text), hamlets(t, "before", "a", "b"), hamlets(t, "after", "x", "y"), o)
}

func written(x *Crosswalk) string {
	var parts []string
	for _, l := range x.Links() {
		parts = append(parts, fmt.Sprintf("%s>%s %s %s", l.Old, place(l.New), l.Weight.RatString(), l.Basis))
	}
	return strings.Join(parts, ", ")
}

func TestReadCrosswalk(t *testing.T) {
	for name, tt := range map[string]struct {
		text    string
		options CrosswalkCSV
		want    string
	}{
		"weights":              {"old,new,weight,basis\na,x,1,legal\nb,x,0.25,area\nb,y,3/4,area\n", CrosswalkCSV{}, "a>x 1 legal, b>x 1/4 area, b>y 3/4 area"},
		"a list of successors": {"new_code,old_code\nx,a\nx,b\n", CrosswalkCSV{}, "a>x 1 legal, b>x 1 legal"},
		"other columns": {"\ufeffxã cũ,xã mới,phần,ghi chú\na,x,1,\nb,y,1,\"nhập, 2025\"\n",
			CrosswalkCSV{Old: "xã cũ", New: "xã mới", Weight: "phần", Source: "ghi chú", DefaultBasis: Population}, "a>x 1 population, b>y 1 population"},
		"people of the parts": {"old,new,people\na,x,10\na,y,0\nb,x,100\nb,y,200\n", CrosswalkCSV{Amount: "people", DefaultBasis: Population}, "a>x 1 population, b>x 1/3 population, b>y 2/3 population"},
		"rounded weights":     {"old,new,weight\na,x,1\nb,x,0.333\nb,y,0.666\n", CrosswalkCSV{}, "a>x 1 legal, b>x 1/3 legal, b>y 2/3 legal"},
		"the rest outside":    {"old,new,weight\na,x,1\nb,x,0.5\n", CrosswalkCSV{Rest: true}, "a>x 1 legal, b>outside 1/2 legal, b>x 1/2 legal"},
		"strangers outside":   {"old,new,weight\na,x,1\nb,x,0.5\nb,q,0.3\nb,r,0.2\n", CrosswalkCSV{Strangers: true}, "a>x 1 legal, b>outside 1/2 legal, b>x 1/2 legal"},
	} {
		x, err := readText(t, tt.text, tt.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := written(x); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestBrokenCrosswalks(t *testing.T) {
	for name, tt := range map[string]struct {
		text    string
		options CrosswalkCSV
		want    string // of the first finding: line:column: message
		count   int
	}{
		"empty":               {"", CrosswalkCSV{}, "the file is empty", 1},
		"only a header":       {"old,new\n", CrosswalkCSV{}, "there are no rows", 1},
		"not text":            {"old,new\na,x\n\xff,y\n", CrosswalkCSV{}, "3: this is not UTF-8", 1},
		"no such column":      {"đơn vị,new\na,x\n", CrosswalkCSV{}, "1: there is no column old_code or old or from: the columns are đơn vị, new", 1},
		"asked for a column":  {"old,new\na,x\n", CrosswalkCSV{Weight: "share"}, "1: there is no column share", 1},
		"a quote in a field":  {"old,new\na,x\"\n", CrosswalkCSV{}, `2:4: bare "`, 1},
		"too few fields":      {"old,new,weight\na,x\n", CrosswalkCSV{}, "2:1: wrong number of fields", 1},
		"no old code":         {"old,new\n,x\nb,y\n", CrosswalkCSV{}, "2:1: the code of a unit is missing", 1},
		"no number":           {"tên,old,new,weight\nXã Hoà,a,x,một\nb,b,y,1\n", CrosswalkCSV{}, `2:12: "một" is not a number`, 1},
		"an exponent":         {"old,new,weight\na,x,1e999999999\nb,y,1\n", CrosswalkCSV{}, `2:5: "1e999999999" is not a number`, 1},
		"nothing by nothing":  {"old,new,weight\na,x,1/0\nb,y,1\n", CrosswalkCSV{}, `2:5: "1/0" is not a number`, 1},
		"negative":            {"old,new,weight\na,x,-1\nb,y,1\n", CrosswalkCSV{}, `2:5: "-1" is not a number`, 1},
		"above 1":             {"old,new,weight\na,x,1.5\nb,y,1\n", CrosswalkCSV{}, "2:5: a share above 0 and at most 1 is accepted", 1},
		"an unknown unit":     {"old,new,weight\na,x,1\nq,y,1\n", CrosswalkCSV{}, `3:1: unit "q" is not in boundary set before`, 1},
		"an unknown new unit": {"old,new,weight\na,x,1\nb,q,1\n", CrosswalkCSV{}, `3:3: unit "q" is not in boundary set after`, 1},
		"sum":                 {"weight,new,old\n1,x,a\n0.9,x,b\n", CrosswalkCSV{}, "3:1: the weights of hamlet b Làng b add up to 0.9: 1 is accepted", 1},
		"split in a list":     {"old,new\na,x\nb,x\nb,y\n", CrosswalkCSV{}, "3:1: the weights of hamlet b Làng b add up to 2", 1},
		"a missing unit":      {"old,new\na,x\n", CrosswalkCSV{}, "hamlet b Làng b of before is missing", 1},
		"amounts of nothing":  {"old,new,people\na,x,1\nb,x,0\n", CrosswalkCSV{Amount: "people"}, "3:5: the amounts of this unit are all 0", 1},
		"a bad basis":         {"old,new,basis\na,x,law\nb,y,\n", CrosswalkCSV{}, `2:5: basis "law" is unknown: legal, population or area is accepted`, 1},
		"more than is listed": {"old,new\n" + strings.Repeat("q,x\n", 500), CrosswalkCSV{}, `2:1: unit "q"`, maxCrosswalkFindings + 1},
	} {
		_, err := readText(t, tt.text, tt.options)
		var findings RowFindings
		if !errors.As(err, &findings) || !strings.HasPrefix(err.Error(), tt.want) || len(findings) != tt.count {
			t.Errorf("%s: %d findings, want %d with %s:\n%v", name, len(findings), tt.count, tt.want, err)
		}
	}
}

// What is written is read back as it was, whatever reforms it went through.
func TestWriteCSV(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from := hamlets(t, "set-0", "a0", "a1", "a2")
		first, middle := randomReform(rt, t, from, 1)
		second, to := randomReform(rt, t, middle, 2)
		x, err := Compose(first, second)
		if err != nil {
			rt.Fatal(err)
		}
		var text bytes.Buffer
		if err := x.WriteCSV(&text); err != nil {
			rt.Fatal(err)
		}
		again, err := ReadCrosswalk(&text, from, to, CrosswalkCSV{})
		if err != nil {
			rt.Fatal(err)
		}
		if !sameLinks(x, again) {
			rt.Errorf("written %s, read %s", written(x), written(again))
		}
	})
}

func TestCrosswalkFilesAreBounded(t *testing.T) {
	rows := "old,new\n" + strings.Repeat("a,x\n", maxCrosswalkRows+1)
	if _, err := readText(t, rows, CrosswalkCSV{}); err == nil || !strings.Contains(err.Error(), "more than 100000 rows") {
		t.Errorf("rows: %.200v", err)
	}
	if _, err := readText(t, "old,new\n"+strings.Repeat(" ", maxCrosswalkBytes), CrosswalkCSV{}); err == nil || !strings.Contains(err.Error(), "larger than 32 MB") {
		t.Errorf("bytes: %.200v", err)
	}
}

// Whatever a file says, it is a crosswalk whose weights add up, or there are findings.
func FuzzReadCrosswalk(f *testing.F) {
	for _, seed := range []string{
		"old,new,weight,basis\na,x,1,legal\nb,x,0.25,area\nb,y,3/4,area\n", "old,new\n", "\"", "old,new,weight\na,x,1/3/4\n", "old,old,new\na,b,\n",
		"old,new,weight\na,,1\nb,x,.\n", "old,new,people\na,x,0\n", "old\nnew", "old,new,basis,basis\r\n\r\na,x,area,\r\n",
	} {
		f.Add(seed, false, false)
	}
	f.Fuzz(func(t *testing.T, text string, amounts, rest bool) {
		o := CrosswalkCSV{Rest: rest, Strangers: rest}
		if amounts {
			o.Amount = "people"
		}
		x, err := readText(t, text, o)
		var findings RowFindings
		if err != nil && !errors.As(err, &findings) {
			t.Fatalf("not a finding: %v", err)
		}
		if err != nil {
			return
		}
		if olds := slices.Compact(func() (codes []string) {
			for _, l := range x.Links() {
				codes = append(codes, l.Old)
			}
			return codes
		}()); !slices.Equal(olds, []string{"a", "b"}) {
			t.Errorf("a crosswalk of %v", olds)
		}
	})
}
