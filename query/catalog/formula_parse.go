package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// FormulaError says what is wrong in the text of a formula, and where.
type FormulaError struct {
	Offset  int // in characters, from 0
	Message string
}

// Error gives the place as a person counts, from 1.
func (e *FormulaError) Error() string { return fmt.Sprintf("character %d: %s", e.Offset+1, e.Message) }

// ParseFormula reads the text of a formula (README.md, "Formulas"):
//
//	formula    = [ number "*" ] ( sums [ "/" sums ] | "completion()" | "on_time()" )
//	           | indicator "-" indicator
//	           | "index(" part { "," part } ")" .
//	sums       = sum | "(" sum { ("+" | "-") sum } ")" .      brackets only where something stands around them
//	sum        = "sum(" measure [ "{" filter { "," filter } "}" ] ")" .
//	filter     = dimension ( "=" member { "|" member } | ">=" integer | "<=" integer ) .
//	part       = number "*" indicator [ "from" number "to" number ] .
//
// The names are not looked up. The error is a *FormulaError.
func ParseFormula(text string) (Formula, error) {
	tree, err := parseFormula(text)
	if err != nil {
		return Formula{}, err
	}
	return tree.formula(), nil
}

// formulaParser walks over the tokens; the first mistake ends it by panicking with a
// *FormulaError, which parse recovers.
type formulaParser struct {
	tokens []word
	next   int
}

func parseFormula(text string) (*formulaTree, error) {
	return parse(text, (*formulaParser).formula)
}

// parseTerm reads a measure with its filters, as the demonstration model names its bases.
func parseTerm(text string) (*termTree, error) {
	return parse(text, func(p *formulaParser) *termTree {
		t := p.measure()
		return &t
	})
}

func parse[T any](text string, read func(*formulaParser) T) (tree T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			wrong, ours := cause.(*FormulaError)
			if !ours {
				panic(cause)
			}
			err = wrong
		}
	}()
	p := &formulaParser{tokens: tokens(text)}
	tree = read(p)
	if !p.ends() {
		p.fail("the formula goes on after its end")
	}
	return tree, nil
}

func (p *formulaParser) peek() word { return p.tokens[p.next] }

func (p *formulaParser) ends() bool { return p.peek().text == "" }

func (p *formulaParser) fail(format string, args ...any) {
	found := p.peek()
	message := fmt.Sprintf(format, args...)
	if found.text == "" {
		message += ", but the text ends here"
	} else {
		message += fmt.Sprintf(", found %q", found.text)
	}
	panic(&FormulaError{found.at, message})
}

// take reads a sign or keyword when it is there.
func (p *formulaParser) take(text string) bool {
	if p.peek().text != text {
		return false
	}
	p.next++
	return true
}

func (p *formulaParser) want(text, after string) {
	if !p.take(text) {
		p.fail("want %q %s", text, after)
	}
}

func (p *formulaParser) name(what string) word {
	found := p.peek()
	if !snakeCase(found.text) {
		p.fail("want %s", what)
	}
	p.next++
	return found
}

// number reads a number that may have a sign.
func (p *formulaParser) number(what string) float64 {
	sign := 1.0
	if p.take("-") {
		sign = -1
	}
	n, ok := numberOf(p.peek())
	if !ok {
		p.fail("want %s", what)
	}
	p.next++
	return sign * n
}

func numberOf(w word) (float64, bool) {
	if w.text == "" || w.text[0] < '0' || w.text[0] > '9' || strings.ContainsAny(w.text, "eExX_") {
		return 0, false
	}
	n, err := parseFinite(w.text)
	return n, err == nil
}

// follows tells whether the next word is a call of the function.
func (p *formulaParser) follows(function string) bool {
	return p.peek().text == function && p.tokens[p.next+1].text == "("
}

func (p *formulaParser) formula() *formulaTree {
	t := &formulaTree{scale: 1, scaleAt: p.peek().at}
	if p.follows("index") {
		p.index(t)
		return t
	}
	if w := p.peek(); snakeCase(w.text) && p.tokens[p.next+1].text != "(" {
		p.gap(t)
		return t
	}
	scaled := false
	if n, ok := numberOf(p.peek()); ok {
		p.next++
		p.want("*", "after the scale")
		if t.scale, scaled = n, true; n <= 0 {
			panic(&FormulaError{t.scaleAt, "a scale is more than 0: 100 for per cent, 1000 for per mille"})
		}
	}
	for _, rate := range []FormulaKind{Completion, OnTime} {
		if p.follows(string(rate)) {
			p.next += 2
			p.want(")", "after "+string(rate)+"(, which is over all assignments")
			t.kind = rate
			return t
		}
	}
	p.quotient(t, scaled)
	return t
}

// quotient reads sums, perhaps over sums. Without a scale or a denominator sums need no brackets.
func (p *formulaParser) quotient(t *formulaTree, scaled bool) {
	bracketed := p.peek().text == "("
	t.numerator = p.sums(!scaled && !bracketed)
	t.kind = Sum
	if p.take("/") {
		if t.kind = Ratio; !bracketed && len(t.numerator) > 1 {
			p.next--
			p.fail("put the sums before the division in brackets")
		}
		t.denominator = p.sums(false)
		return
	}
	for _, term := range t.numerator {
		if term.minus {
			t.kind = Difference
		}
	}
}

// sums reads one sum, or several in brackets; bare ones need no brackets.
func (p *formulaParser) sums(bare bool) []termTree {
	bracketed := !bare && p.take("(")
	terms := []termTree{p.sum(false)}
	for bare || bracketed {
		switch {
		case p.take("+"):
			terms = append(terms, p.sum(false))
		case p.take("-"):
			terms = append(terms, p.sum(true))
		case bracketed:
			p.want(")", "to close the bracket")
			return terms
		default:
			return terms
		}
	}
	return terms
}

func (p *formulaParser) sum(minus bool) termTree {
	if !p.follows("sum") {
		p.fail("want sum(measure)")
	}
	p.next += 2
	t := p.measure()
	t.minus = minus
	p.want(")", "after the measure")
	return t
}

// measure reads a measure with its filters.
func (p *formulaParser) measure() termTree {
	t := termTree{measure: p.name("the id of a measure")}
	if !p.take("{") {
		return t
	}
	for {
		p.filter(&t)
		if p.take("}") {
			return t
		}
		p.want(",", `or "}" after a filter`)
	}
}

// filter adds a condition; two bounds of one dimension make a range.
func (p *formulaParser) filter(t *termTree) {
	f := filterTree{dimension: p.name("the id of a dimension")}
	switch {
	case p.take("="):
		f.members = []word{p.member()}
		for p.take("|") {
			f.members = append(f.members, p.member())
		}
	case p.take(">="):
		f.from = p.integer()
	case p.take("<="):
		f.to = p.integer()
	default:
		p.fail(`want "=", ">=" or "<=" after a dimension`)
	}
	for i := range t.filters {
		if had := &t.filters[i]; had.dimension.text == f.dimension.text {
			had.merge(f)
			return
		}
	}
	t.filters = append(t.filters, f)
}

// merge completes a range.
func (f *filterTree) merge(other filterTree) {
	switch {
	case f.from != nil && f.to == nil && other.to != nil:
		f.to = other.to
	case f.to != nil && f.from == nil && other.from != nil:
		f.from = other.from
	default:
		panic(&FormulaError{other.dimension.at, fmt.Sprintf("%s is filtered twice; several members are written %s = a|b", f.dimension.text, f.dimension.text)})
	}
}

// member reads the id of a member; those of an integer dimension are numbers.
func (p *formulaParser) member() word {
	found := p.peek()
	if _, integer := digits(found.text); found.text == "" || !integer && !snakeCase(found.text) {
		p.fail("want a member of the dimension")
	}
	p.next++
	return found
}

func (p *formulaParser) integer() *int {
	n, err := strconv.Atoi(p.peek().text)
	if err != nil || n > maxInteger {
		p.fail("want a whole number from 0 to %d", maxInteger)
	}
	p.next++
	return &n
}

// maxInteger is beyond every member an integer dimension can have.
const maxInteger = 1_000_000

// gap reads the difference of two indicators.
func (p *formulaParser) gap(t *formulaTree) {
	t.kind = Difference
	t.parts = append(t.parts, partTree{indicator: p.name("an indicator"), weight: 1})
	p.want("-", "and another indicator, or sum(measure)")
	t.parts = append(t.parts, partTree{indicator: p.name("the id of the indicator to take away"), weight: -1})
}

func (p *formulaParser) index(t *formulaTree) {
	t.kind, t.scale = Index, 100
	p.next += 2
	for {
		t.parts = append(t.parts, p.part())
		if p.take(")") {
			return
		}
		p.want(",", `or ")" after a part of the index`)
	}
}

func (p *formulaParser) part() partTree {
	at := p.peek().at
	part := partTree{weight: p.number("the weight of a part, a number"), to: 100}
	if part.weight <= 0 {
		panic(&FormulaError{at, "a weight is more than 0"})
	}
	p.want("*", "after the weight of a part")
	part.indicator = p.name("the id of an indicator")
	at = p.peek().at
	if p.take("from") {
		part.scaled = true
		part.from = p.number("the value that counts as nothing")
		p.want("to", "and the value that counts in full")
		part.to = p.number("the value that counts in full")
		if part.from == part.to {
			panic(&FormulaError{at, "a scale goes from one value to another"})
		}
	}
	return part
}
