package catalog

// formulaTree is a formula as it was written, every name with its place in the text.
type formulaTree struct {
	kind                   FormulaKind
	scale                  float64
	scaleAt                int
	numerator, denominator []termTree
	parts                  []partTree
}

type termTree struct {
	minus   bool
	measure word
	filters []filterTree
}

type filterTree struct {
	dimension word
	members   []word
	from, to  *int
}

type partTree struct {
	indicator word
	weight    float64
	from, to  float64
	scaled    bool // the text says from what to what
}

// formula leaves out the places; weights become shares.
func (t *formulaTree) formula() Formula {
	f := Formula{Kind: t.kind, Scale: t.scale, Numerator: termsOf(t.numerator), Denominator: termsOf(t.denominator)}
	total := 0.0
	for _, p := range t.parts {
		total += p.weight
	}
	for _, p := range t.parts {
		part := Part{Indicator: p.indicator.text, Weight: p.weight, From: p.from, To: p.to}
		if t.kind == Index {
			part.Weight /= total
		}
		f.Parts = append(f.Parts, part)
	}
	return f
}

func termsOf(trees []termTree) []Term {
	var terms []Term
	for _, t := range trees {
		terms = append(terms, t.term())
	}
	return terms
}

func (t termTree) term() Term {
	term := Term{Measure: t.measure.text, Minus: t.minus}
	for _, f := range t.filters {
		if term.Where == nil {
			term.Where = map[string]Filter{}
		}
		filter := Filter{From: f.from, To: f.to}
		for _, m := range f.members {
			filter.Members = append(filter.Members, m.text)
		}
		term.Where[f.dimension.text] = filter
	}
	return term
}
