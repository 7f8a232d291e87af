package catalog

import (
	"errors"
	"slices"
	"strings"
)

// written is an indicator as its file has it, with the formula taken apart; tree is nil
// when something in it has been reported already, so that nothing else is held against it.
type written struct {
	indicatorYAML
	tree *formulaTree
}

// formula reads the text of a formula and looks its measures up. Indicators it is made of
// may stand further down, so checkParts looks at them when all are known.
func (l *loader) formula(w *written) Formula {
	tree, err := parseFormula(w.Formula.text)
	if err != nil {
		l.wrongFormula(w.Formula, err)
		return Formula{}
	}
	f := tree.formula()
	f.PartOfWhole = w.PartOfWhole.Value
	if f.PartOfWhole && f.Kind != Ratio {
		l.report(w.PartOfWhole.At, "only a ratio is part of a whole")
	}
	before, sound := len(l.findings), true
	for _, t := range slices.Concat(tree.numerator, tree.denominator) {
		l.checkTerm(w.Formula, t)
		sound = sound && l.sound[t.measure.text]
	}
	w.tree = tree
	if sound {
		l.checkTogether(w)
	}
	if !sound || len(l.findings) > before {
		w.tree = nil
	}
	return f
}

func (l *loader) wrongFormula(text expression, err error) {
	var wrong *FormulaError
	if errors.As(err, &wrong) && text.at != (position{}) {
		l.report(text.place(wrong.Offset), wrong.Message)
	}
}

// term reads a measure with its filters.
func (l *loader) term(text expression) Term {
	tree, err := parseTerm(text.text)
	if err != nil {
		l.wrongFormula(text, err)
		return Term{}
	}
	l.checkTerm(text, *tree)
	return tree.term()
}

func (l *loader) checkTerm(text expression, t termTree) {
	l.refer(l.measures, text.word(t.measure))
	m, known := l.cat.Measure(t.measure.text)
	if !known || !l.sound[m.ID] {
		return
	}
	for _, f := range t.filters {
		if !slices.Contains(m.Dimensions, f.dimension.text) {
			l.failf(text.place(f.dimension.at), "measure %s has no dimension %q%s", m.ID, f.dimension.text, didYouMean(f.dimension.text, m.Dimensions))
			continue
		}
		l.checkFilter(text, f)
	}
}

func (e expression) word(w word) located[string] { return located[string]{w.text, e.place(w.at)} }

func (l *loader) checkFilter(text expression, f filterTree) {
	d, known := l.cat.Dimension(f.dimension.text)
	if !known {
		return
	}
	ranged := f.from != nil || f.to != nil
	switch {
	case ranged && !d.Integer:
		l.failf(text.place(f.dimension.at), "members of %s are not numbers, so it has no range", d.ID)
	case ranged && len(d.matching(Filter{From: f.from, To: f.to})) == 0:
		l.failf(text.place(f.dimension.at), "no member of %s lies in this range", d.ID)
	}
	members := newIDSet("member of "+d.ID, true)
	for _, m := range d.Members {
		members.at[m.ID] = text.at
	}
	l.referAll(members, each(f.members, text.word))
}

func each[A, B any](list []A, of func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = of(a)
	}
	return out
}

// checkTogether refuses sums that do not belong together: all measures of a formula meet
// at the level and in the periods they are collected by, and what is added or compared to
// its whole is counted in the same unit.
func (l *loader) checkTogether(w *written) {
	trees := slices.Concat(w.tree.numerator, w.tree.denominator)
	var first, firstFlow Measure
	for i, t := range trees {
		m, _ := l.cat.Measure(t.measure.text)
		at := w.Formula.place(t.measure.at)
		switch {
		case i == 0:
			first = m
		case m.Level != first.Level:
			l.failf(at, "%s is collected by %s, %s by %s: they cannot be summed over the same units", m.ID, m.Level, first.ID, first.Level)
		case m.TimeRule == Flow && firstFlow.ID != "" && m.PeriodKind != firstFlow.PeriodKind:
			l.failf(at, "%s is reported by %s, %s by %s: they cannot be summed over the same periods", m.ID, m.PeriodKind, firstFlow.ID, firstFlow.PeriodKind)
		}
		if m.TimeRule == Flow && firstFlow.ID == "" {
			firstFlow = m
		}
	}
	l.checkSum(w, w.tree.numerator)
	l.checkSum(w, w.tree.denominator)
	if w.PartOfWhole.Value && w.tree.kind == Ratio {
		l.checkSum(w, []termTree{w.tree.numerator[0], w.tree.denominator[0]})
	}
}

// checkSum wants terms that are added to be counted in one unit and over one kind of time.
func (l *loader) checkSum(w *written, terms []termTree) {
	for i, t := range terms {
		m, _ := l.cat.Measure(t.measure.text)
		first, _ := l.cat.Measure(terms[0].measure.text)
		at := w.Formula.place(t.measure.at)
		switch {
		case i == 0:
		case m.UnitName != first.UnitName:
			l.failf(at, "%s is counted in %s, %s in %s", m.ID, m.UnitName.En, first.ID, first.UnitName.En)
		case (m.TimeRule == Flow) != (first.TimeRule == Flow):
			l.failf(at, "%s is a %s and %s a %s: what happened in a period is not added to what held on a day", m.ID, m.TimeRule, first.ID, first.TimeRule)
		}
	}
}

// checkParts looks at the indicators a formula is made of, when all are known.
func (l *loader) checkParts(w *written, ind *Indicator) {
	if w.tree == nil {
		return
	}
	for i, p := range w.tree.parts {
		at := w.Formula.place(p.indicator.at)
		l.refer(l.indicators, w.Formula.word(p.indicator))
		part, known := l.cat.Indicator(p.indicator.text)
		switch {
		case !known:
		case slices.ContainsFunc(w.tree.parts[:i], func(other partTree) bool { return other.indicator.text == part.ID }):
			l.failf(at, "indicator %s is listed twice", part.ID)
		case ind.Formula.Kind == Index && !p.scaled && !part.Percentage():
			l.failf(at, "%s is no percentage: say from which value to which it counts, as in %s from 0 to 50", part.ID, part.ID)
		}
	}
	if circle := l.circle(ind.ID, *ind, nil); circle != nil {
		at := w.tree.parts[slices.IndexFunc(w.tree.parts, func(p partTree) bool { return p.indicator.text == circle[1] })].indicator.at
		l.failf(w.Formula.place(at), "indicator %s is made of itself: %s", ind.ID, strings.Join(circle, " > "))
		ind.Formula.Parts = nil // so that whoever walks over parts comes to an end
	}
	if ind.Formula.Kind == Difference && len(ind.Formula.Parts) == 2 {
		l.checkGap(w, ind)
	}
}

// circle gives the way from an indicator back to itself, nil when there is none.
func (l *loader) circle(start string, ind Indicator, way []string) []string {
	way = append(way, ind.ID)
	for _, part := range ind.Formula.Parts {
		if part.Indicator == start {
			return append(way, start)
		}
		inner, known := l.cat.Indicator(part.Indicator)
		if !known || slices.Contains(way, inner.ID) {
			continue
		}
		if found := l.circle(start, inner, way); found != nil {
			return found
		}
	}
	return nil
}

// checkGap wants two indicators in one unit; their difference is in that unit too.
func (l *loader) checkGap(w *written, ind *Indicator) {
	first, known := l.cat.Indicator(ind.Formula.Parts[0].Indicator)
	second, alsoKnown := l.cat.Indicator(ind.Formula.Parts[1].Indicator)
	if !known || !alsoKnown {
		return
	}
	if first.UnitName != second.UnitName || first.Percentage() != second.Percentage() {
		l.failf(w.Formula.place(w.tree.parts[1].indicator.at), "%s is in %s, %s in %s", second.ID, second.UnitName.En, first.ID, first.UnitName.En)
	}
	if first.Percentage() {
		ind.Formula.Scale = 100
	}
}

// checkUnit holds the unit that is shown against the formula: per cent is per cent.
func (l *loader) checkUnit(w *written, ind Indicator) {
	percent := ind.UnitName.Vi == "%"
	switch f := ind.Formula; {
	case w.tree == nil:
	case percent && !ind.Percentage():
		l.failf(w.Formula.at, "the unit is %%, but the formula does not give per cent: begin it with 100 *")
	case f.Kind == Ratio && f.Scale == 100 && !percent:
		l.failf(w.Formula.at, "the formula gives per cent, but the unit is %s", ind.UnitName.En)
	case f.Counts() && f.Scale == 1:
		if m, _ := l.cat.Measure(f.Numerator[0].Measure); m.UnitName != ind.UnitName {
			l.failf(w.Formula.at, "%s is counted in %s, but the unit is %s", m.ID, m.UnitName.En, ind.UnitName.En)
		}
	}
}
