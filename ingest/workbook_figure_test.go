package ingest

import (
	"testing"

	"github.com/toancanh/toancanh/ingest/sheet"
	"github.com/toancanh/toancanh/ingest/template"
	"github.com/toancanh/toancanh/query/catalog"
)

func TestNumbersInCells(t *testing.T) {
	for _, c := range []struct {
		kind        sheet.Kind
		text        string
		want        string
		interpreted bool
		refused     Code
	}{
		{sheet.Number, "1234", "1234", false, ""}, {sheet.Number, "1.234E3", "1234", false, ""}, {sheet.Number, "1234.0", "1234", false, ""},
		{sheet.Number, "0.5", "0.5", false, ""}, {sheet.Number, "-3", "-3", false, ""}, {sheet.Number, "1e300", "1e300", false, ""}, {sheet.Number, "NaN", "NaN", false, ""},
		{sheet.Text, " 1 234 567\u00a0", "1234567", false, ""}, {sheet.Text, "'12", "12", false, ""}, {sheet.Text, "1.234.567", "1234567", true, ""},
		{sheet.Text, "1.234,00", "1234", true, ""}, {sheet.Text, "1234,0", "1234", true, ""}, {sheet.Text, "1.234,5", "", false, NotInteger}, {sheet.Text, "0,5", "", false, NotInteger},
		{sheet.Text, "1,234", "", false, NotInteger}, {sheet.Text, "12.5", "12.5", false, ""}, {sheet.Text, "１２", "12", false, ""}, {sheet.Text, "-", "-", false, ""},
		{sheet.Truth, "1", "", false, WrongType}, {sheet.Failure, "#N/A", "", false, CellError}, {sheet.Date, "44727", "", false, NotInteger}, {sheet.Number, "", "", false, FormulaEmpty},
	} {
		text, interpreted, why := numberText(&sheet.Cell{Kind: c.kind, Text: c.text})
		code := Code("")
		if why != nil {
			code = why.code
		}
		if text != c.want || interpreted != c.interpreted || code != c.refused {
			t.Errorf("%q: %q %v %s", c.text, text, interpreted, code)
		}
	}
}

func TestDaysAndPeriodsInCells(t *testing.T) {
	for _, c := range []struct {
		kind     sheet.Kind
		text     string
		from1904 bool
		want     string
	}{
		{sheet.Date, "44727", false, "2022-06-15"}, {sheet.Number, "44727.75", false, "2022-06-15"}, {sheet.Date, "43265", true, "2022-06-15"},
		{sheet.Text, "15/6/2022", false, "2022-06-15"}, {sheet.Text, "05-06-2022", false, "2022-06-05"}, {sheet.Text, " 2022-06-15 ", false, "2022-06-15"},
		{sheet.Number, "2022", false, "2022"}, {sheet.Text, "6/15/22", false, "6/15/22"}, {sheet.Text, "31/02/2022", false, "2022-02-31"},
	} {
		if got := dateText(&sheet.Cell{Kind: c.kind, Text: c.text}, c.from1904); got != c.want {
			t.Errorf("%q: %q", c.text, got)
		}
	}
	for _, c := range []struct {
		text string
		kind catalog.PeriodKind
		want string
	}{
		{"11/2022", catalog.StatutoryMonth, "s2022-11"}, {"Tháng 11 năm 2022", catalog.StatutoryMonth, "s2022-11"}, {"Tháng 3/2022", catalog.Month, "2022-03"},
		{"2022-11-01", catalog.Month, "2022-11"}, {"Quý IV/2022", catalog.Quarter, "2022-Q4"}, {"Quý 4 năm 2022", catalog.Quarter, "2022-Q4"}, {"s2022-11", catalog.StatutoryMonth, "s2022-11"}, {"2022-11-02", catalog.Month, "2022-11-02"},
	} {
		if got := periodText(c.text, c.kind); got != c.want {
			t.Errorf("%q: %q", c.text, got)
		}
	}
}

// Whatever stands in cells, the rows that come out are what the checks can judge, and nothing panics.
func FuzzCells(f *testing.F) {
	for _, text := range []string{"1.234,5", "15/06/2022", "Quý IV/2022", "", "\u00a0", "1e999", "٣", "08707 - A"} {
		f.Add(text, uint8(2))
		f.Add(text, uint8(0))
	}
	words := template.NewWords(smallCatalogue(f), "observations")
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		c := &sheet.Cell{Kind: sheet.Kind(kind % 5), Text: text}
		if number, interpreted, why := numberText(c); why == nil && interpreted {
			if _, whole := decimal([]byte(number)); !whole || number == "" {
				t.Errorf("%q was read as %q", text, number)
			}
		}
		day := dateText(c, false)
		_ = periodText(day, catalog.StatutoryMonth)
		_, _ = words.Column(text)
		if code := words.Unit(text); code != text {
			if _, known := map[string]bool{"08707": true, "08710": true, "08713": true, "08716": true, "246": true, "247": true, "26": true}[code]; !known {
				t.Errorf("%q became unit %q", text, code)
			}
		}
	})
}
