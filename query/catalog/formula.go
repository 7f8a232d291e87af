package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// FormulaKind says how an indicator is computed.
type FormulaKind string

// Kinds of formulas. Sum, Difference of sums and Ratio are made of terms; all of them are
// summed over the same reporting units. Index and Difference of indicators are made of
// other indicators of the same unit (Formula.Parts). Completion and OnTime are rates over
// task assignments (DESIGN.md, "Task and completion").
const (
	Sum        FormulaKind = "sum"        // scale * terms
	Ratio      FormulaKind = "ratio"      // scale * terms / terms
	Difference FormulaKind = "difference" // terms of which some are taken away, or one indicator less another
	Index      FormulaKind = "index"      // weighted mean of scaled indicators, 0 to 100
	Completion FormulaKind = "completion"
	OnTime     FormulaKind = "on_time"
)

// Formula computes an indicator. Never the mean of percentages over units: an index
// combines different indicators of one unit.
type Formula struct {
	Kind        FormulaKind
	Scale       float64 // 100 = per cent, 1000 = per mille, 1 = plain; of parts, what 1 stands for: 100 for per cent
	Numerator   []Term
	Denominator []Term // of a ratio
	Parts       []Part // of an index, or the two indicators of a difference
	PartOfWhole bool   // a ratio whose numerator counts some of what the denominator counts: more than all is a mistake
}

// Term is a sum over the rows of a measure that pass all filters.
type Term struct {
	Measure string
	Where   map[string]Filter // dimension id > filter
	Minus   bool              // it is taken away
}

// Filter narrows one dimension: listed members, or an integer range (inclusive).
type Filter struct {
	Members  []string
	From, To *int // either may be nil
}

// Part is an indicator within an index or a difference. In an index its value is put on
// a scale where From is 0 and To is 100, beyond which it does not count; From is above To
// where less is better.
type Part struct {
	Indicator string
	Weight    float64 // share of the index, all add up to 1; 1 and -1 in a difference
	From, To  float64 // of an index
}

// Scaled puts a value of the part's indicator on the scale of its index, 0 to 100.
func (p Part) Scaled(value float64) float64 {
	return 100 * min(max((value-p.From)/(p.To-p.From), 0), 1)
}

// Counts tells whether values are counts, which grow with the unit, and not rates.
func (f Formula) Counts() bool {
	return f.Kind == Sum || f.Kind == Difference && len(f.Parts) == 0
}

// String writes the formula as ParseFormula reads it.
func (f Formula) String() string {
	switch {
	case f.Kind == Index:
		return "index(" + join(f.Parts, ", ", Part.String) + ")"
	case len(f.Parts) == 2:
		return f.Parts[0].Indicator + " - " + f.Parts[1].Indicator
	}
	scale := ""
	if f.Scale != 1 {
		scale = number(f.Scale) + " * "
	}
	switch f.Kind {
	case Completion, OnTime:
		return scale + string(f.Kind) + "()"
	case Ratio:
		return scale + bracketed(f.Numerator) + " / " + bracketed(f.Denominator)
	}
	if scale != "" {
		return scale + bracketed(f.Numerator)
	}
	return sumsText(f.Numerator)
}

func bracketed(terms []Term) string {
	if len(terms) == 1 {
		return sumsText(terms)
	}
	return "(" + sumsText(terms) + ")"
}

func sumsText(terms []Term) string {
	var out strings.Builder
	for i, t := range terms {
		switch {
		case t.Minus:
			out.WriteString(" - ")
		case i > 0:
			out.WriteString(" + ")
		}
		out.WriteString("sum(" + t.String() + ")")
	}
	return out.String()
}

// String writes a term without its sign: measure{age >= 14, sex = female}.
func (t Term) String() string {
	if len(t.Where) == 0 {
		return t.Measure
	}
	filters := slices.Sorted(maps.Keys(t.Where))
	return t.Measure + "{" + join(filters, ", ", func(dim string) string { return t.Where[dim].of(dim) }) + "}"
}

func (f Filter) of(dim string) string {
	var parts []string
	if len(f.Members) > 0 {
		parts = append(parts, dim+" = "+strings.Join(f.Members, "|"))
	}
	if f.From != nil {
		parts = append(parts, fmt.Sprintf("%s >= %d", dim, *f.From))
	}
	if f.To != nil {
		parts = append(parts, fmt.Sprintf("%s <= %d", dim, *f.To))
	}
	return strings.Join(parts, ", ")
}

// String writes a part of an index with its share of the whole.
func (p Part) String() string {
	text := number(p.Weight) + " * " + p.Indicator
	if p.From != 0 || p.To != 100 {
		text += " from " + number(p.From) + " to " + number(p.To)
	}
	return text
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func join[T any](list []T, between string, text func(T) string) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = text(v)
	}
	return strings.Join(texts, between)
}
