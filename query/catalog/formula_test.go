package catalog

import (
	"errors"
	"strings"
	"testing"
)

// Every formula is written as it is shown, and read again as the same.
func TestFormulas(t *testing.T) {
	for _, c := range []struct{ text, shown string }{
		{"sum(a)", "sum(a)"},
		{"sum( a )+sum(b)", "sum(a) + sum(b)"},
		{"1 * (sum(a) - sum(b))", "sum(a) - sum(b)"},
		{"100*sum(a)/sum(b)", "100 * sum(a) / sum(b)"},
		{"0.001 * (sum(a) + sum(b) - sum(c))", "0.001 * (sum(a) + sum(b) - sum(c))"},
		{"1000 * (sum(a) - sum(b)) / (sum(c) + sum(d))", "1000 * (sum(a) - sum(b)) / (sum(c) + sum(d))"},
		{"sum(a{age >= 14, age <= 17, sex=male|female})", "sum(a{age >= 14, age <= 17, sex = male|female})"},
		{"sum(a{age = 14})", "sum(a{age = 14})"},
		{"100 * completion()", "100 * completion()"},
		{"on_time()", "on_time()"},
		{"one_rate - other_rate", "one_rate - other_rate"},
		{"index(1 * a, 3 * b from 20 to -4)", "index(0.25 * a, 0.75 * b from 20 to -4)"},
	} {
		f, err := ParseFormula(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if f.String() != c.shown {
			t.Errorf("%s is shown as %s", c.text, f)
		}
		if again, err := ParseFormula(f.String()); err != nil || again.String() != f.String() {
			t.Errorf("%s is read again as %s, %v", f, again, err)
		}
	}
}

func TestFormulaKinds(t *testing.T) {
	for text, want := range map[string]FormulaKind{
		"sum(a)": Sum, "2 * sum(a)": Sum, "sum(a) + sum(b)": Sum, "sum(a) - sum(b)": Difference, "a - b": Difference,
		"sum(a) / sum(b)": Ratio, "(sum(a) - sum(b)) / sum(b)": Ratio, "index(1 * a)": Index, "completion()": Completion, "100 * on_time()": OnTime,
	} {
		if f, err := ParseFormula(text); err != nil || f.Kind != want {
			t.Errorf("%s is %q, %v", text, f.Kind, err)
		}
	}
}

func TestBrokenFormulas(t *testing.T) {
	for _, c := range []struct{ text, at, says string }{
		{"", "", "want sum(measure), but the text ends here"},
		{"sum(a", "", `want ")" after the measure, but the text ends here`},
		{"sum(A)", "A)", "want the id of a measure"},
		{"mean(a)", "mean", `want sum(measure), found "mean"`},
		{"100 sum(a)", "sum", `want "*" after the scale`},
		{"0 * sum(a)", "0", "a scale is more than 0"},
		{"-1 * sum(a)", "-", "want sum(measure)"},
		{"sum(a) * 100", "*", "goes on after its end"},
		{"100 * sum(a) / sum(b) / sum(c)", "/ sum(c)", "goes on after its end"},
		{"sum(a) + sum(b) / sum(c)", "/", "put the sums before the division in brackets"},
		{"(sum(a) + sum(b) / sum(c)", "/", `want ")" to close the bracket`},
		{"sum(a{sex})", "}", `want "=", ">=" or "<="`},
		{"sum(a{sex == male})", "= male", "want a member"},
		{"sum(a{age > 14})", "> 14", `">" has no meaning`},
		{"sum(a{age >= x})", "x}", "want a whole number"},
		{"sum(a{age >= 1, age >= 2})", "age >= 2", "age is filtered twice"},
		{"sum(a{})", "}", "want the id of a dimension"},
		{"a - ", "", "the indicator to take away"},
		{"a + b", "+", `want "-"`},
		{"index()", ")", "the weight of a part"},
		{"index(a, b)", "a,", "the weight of a part"},
		{"index(0 * a)", "0", "a weight is more than 0"},
		{"index(-1 * a)", "-1", "a weight is more than 0"},
		{"index(1 * sum(a))", "(a)", `or ")" after a part`},
		{"index(1 * a from 5 to 5)", "from", "from one value to another"},
		{"100 * completion(x)", "x", "over all assignments"},
		{"tỷ lệ", "ỷ", "has no meaning in a formula"},
	} {
		_, err := ParseFormula(c.text)
		var wrong *FormulaError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		where := len([]rune(c.text))
		if c.at != "" {
			where = len([]rune(c.text[:strings.Index(c.text, c.at)]))
		}
		if wrong.Offset != where || !strings.Contains(wrong.Message, c.says) {
			t.Errorf("%q: at %d, want %d: %v", c.text, wrong.Offset, where, err)
		}
	}
}

func TestScaledParts(t *testing.T) {
	for _, c := range []struct{ from, to, value, want float64 }{
		{0, 100, 40, 40}, {0, 100, 120, 100}, {0, 100, -1, 0},
		{0, 50, 20, 40}, {20, 0, 15, 25}, {20, 0, 30, 0}, {20, 0, -5, 100},
	} {
		if got := (Part{From: c.from, To: c.to}).Scaled(c.value); got != c.want {
			t.Errorf("%v on a scale from %v to %v is %v, want %v", c.value, c.from, c.to, got, c.want)
		}
	}
}

// Whatever the text, it is a formula that is read again as itself, or an error within it.
func FuzzParseFormula(f *testing.F) {
	for _, seed := range []string{"100 * sum(a{age >= 14, sex = male|female}) / (sum(b) + sum(c))", "index(1 * a, 2 * b from 9 to -1)", "a - b", "sum(a", "1e9 * sum(a)", "((", "10.5.2 * sum(a)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		formula, err := ParseFormula(text)
		var wrong *FormulaError
		switch {
		case errors.As(err, &wrong):
			if wrong.Offset < 0 || wrong.Offset > len([]rune(text)) || wrong.Message == "" {
				t.Errorf("%q: %+v", text, wrong)
			}
		case err != nil:
			t.Errorf("%q: %v", text, err)
		default:
			again, err := ParseFormula(formula.String())
			if err != nil || again.String() != formula.String() {
				t.Errorf("%q is shown as %q, read again as %q, %v", text, formula, again, err)
			}
		}
	})
}
