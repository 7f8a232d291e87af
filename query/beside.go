package query

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"

	"github.com/toancanh/toancanh/query/catalog"
)

// beside is what follows about the people an indicator counts when the other indicators of
// the catalogue are read beside it, as all of them are in one scrape of the metrics: adults
// and everybody give the minors. Such counts are protected like the indicator's own.
type beside struct {
	plan   *plan // of one term: the measure by class
	family *family
	counts [][]int // the classes of each count that follows
}

// family are the counts that the indicators of a catalogue show of a sensitive measure.
type family struct {
	whole   *slice
	sums    []map[string]int // how often each count holds a key
	held    [][]int          // the same by class; people whom no count tells apart are one class
	classOf map[string]int   // by key
	classes int
}

const (
	mostTogether = 8 // counts that are put together in all ways; where there are more,
	fewTogether  = 3 // so many of them at a time
)

// readBeside gives the indicators of each sensitive measure what follows from all of them.
func readBeside(c *catalog.Catalog, plans map[string]*plan) error {
	for _, m := range c.Measures {
		if !sensitive(m) {
			continue
		}
		whole, err := sliceOf(c, catalog.Term{Measure: m.ID})
		if err != nil {
			return err
		}
		f := &family{whole: whole, classOf: map[string]int{}}
		for _, ind := range c.Indicators {
			f.add(plans[ind.ID])
		}
		f.classify()
		for _, p := range plans {
			if counts := f.follow(p); len(counts) > 0 {
				b := &beside{family: f, counts: counts}
				b.plan = b.by(c, "", []string{""})
				p.beside = append(p.beside, b)
			}
		}
	}
	return nil
}

// by makes the plan to read the classes with, of each member of a dimension all of them.
func (b *beside) by(c *catalog.Catalog, dim string, members []string) *plan {
	f := b.family
	id := f.whole.id + "|classes " + f.id() + " by=" + dim
	s := newSlice(c, id, f.whole.measure, f.whole.keys, len(members)*f.classes, func(key string) (int, bool) {
		class, ok := f.classOf[key]
		member := slices.Index(members, catalog.ParseDims(key)[dim])
		return member*f.classes + class, ok && member >= 0
	})
	return &plan{level: s.measure.Level, terms: []term{{slice: s}}, follow: b}
}

// peopleCounts are the counts that follow, of a group each.
func (b *beside) peopleCounts(e *evaluated) []peopleCount {
	counts := make([]peopleCount, len(b.counts))
	for i, classes := range b.counts {
		counts[i] = func(group, unit int) int64 {
			var sum int64
			for _, class := range classes {
				sum += e.counted(0, group*b.family.classes+class, unit)
			}
			return sum
		}
	}
	return counts
}

func (f *family) add(p *plan) {
	for _, sum := range f.shownBy(p) {
		if f.place(sum) < 0 {
			f.sums = append(f.sums, sum)
		}
	}
}

func (f *family) place(sum map[string]int) int {
	return slices.IndexFunc(f.sums, func(had map[string]int) bool { return maps.Equal(had, sum) })
}

// shownBy gives the sums that a plan shows, of each side of the fraction bar that is about
// nothing but the measure.
func (f *family) shownBy(p *plan) []map[string]int {
	var shown []map[string]int
	for _, denominator := range []bool{false, true} {
		sum := map[string]int{}
		for _, t := range p.terms {
			if t.denominator != denominator {
				continue
			}
			if t.slice.measure.ID != f.whole.measure.ID {
				clear(sum)
				break
			}
			for _, key := range t.slice.keys {
				if sum[key]++; t.minus {
					sum[key] -= 2
				}
			}
		}
		maps.DeleteFunc(sum, func(_ string, times int) bool { return times == 0 })
		if len(sum) > 0 {
			shown = append(shown, sum)
		}
	}
	return shown
}

// classify puts keys that every count holds equally often into one class.
func (f *family) classify() {
	f.held = make([][]int, len(f.sums))
	known := map[string]int{}
	for _, key := range f.whole.keys {
		times, shown := make([]int, len(f.sums)), false
		for i, sum := range f.sums {
			times[i] = sum[key]
			shown = shown || times[i] != 0
		}
		if !shown {
			continue
		}
		class, ok := known[fmt.Sprint(times)]
		if !ok {
			class = f.classes
			known[fmt.Sprint(times)] = class
			f.classes++
			for i := range f.held {
				f.held[i] = append(f.held[i], times[i])
			}
		}
		f.classOf[key] = class
	}
}

// id is the same for families with the same classes.
func (f *family) id() string {
	h := fnv.New64a()
	fmt.Fprint(h, f.classOf)
	return strconv.FormatUint(h.Sum64(), 36)
}

// follow lists the counts of people that follow from what a plan shows together with what
// others show: sums of which some are added and others taken away, so that they hold nobody
// twice. Where one of the counts holds all the others (everybody, of whom the old are taken
// away), it is the others that are hidden. Counts that hold one of those, shown or
// following, are among them: where everybody is hidden, the old would tell at least how many.
func (f *family) follow(p *plan) [][]int {
	own := make([]bool, len(f.sums))
	for _, sum := range f.shownBy(p) {
		own[f.place(sum)] = true
	}
	if !slices.Contains(own, true) {
		return nil
	}
	var shown, counts, others [][]int
	f.together(make([]int, len(f.sums)), 0, 0, func(signs []int) {
		classes := f.people(signs)
		if len(classes) == 0 {
			return
		}
		concerned, one := false, -1
		for i, sign := range signs {
			concerned = concerned || own[i] && sign != 0 && !f.holdsAll(i, signs)
			if sign != 0 {
				one = i
			}
		}
		switch {
		case single(signs) && own[one]:
			shown = append(shown, classes)
		case single(signs) || !concerned:
			others = append(others, classes)
		default:
			counts = append(counts, classes)
		}
	})
	held := append(slices.Clone(counts), shown...)
	for _, classes := range others {
		if slices.ContainsFunc(held, func(part []int) bool { return holds(classes, part) }) {
			counts = append(counts, classes)
		}
	}
	slices.SortFunc(counts, slices.Compare)
	counts = slices.CompactFunc(counts, slices.Equal)
	return slices.DeleteFunc(counts, func(c []int) bool {
		return slices.ContainsFunc(shown, func(s []int) bool { return slices.Equal(s, c) })
	})
}

func single(signs []int) bool {
	used := 0
	for _, sign := range signs {
		used += sign * sign
	}
	return used == 1
}

// holds tells whether ascending classes have all of others.
func holds(classes, others []int) bool {
	return !slices.ContainsFunc(others, func(class int) bool { return !slices.Contains(classes, class) })
}

// together goes through the ways to add and to take away counts, one at least.
func (f *family) together(signs []int, next, used int, visit func(signs []int)) {
	if next == len(signs) {
		if used > 0 {
			visit(signs)
		}
		return
	}
	for sign := -1; sign <= 1; sign++ {
		if sign != 0 && len(signs) > mostTogether && used == fewTogether {
			continue
		}
		signs[next] = sign
		f.together(signs, next+1, used+sign*sign, visit)
	}
	signs[next] = 0
}

// people gives the classes of a combination; none where it is no count of people.
func (f *family) people(signs []int) []int {
	var classes []int
	for class := range f.classes {
		times := 0
		for i, sign := range signs {
			times += sign * f.held[i][class]
		}
		switch times {
		case 0:
		case 1:
			classes = append(classes, class)
		default:
			return nil
		}
	}
	return classes
}

// holdsAll tells whether one count of a combination holds all the others.
func (f *family) holdsAll(one int, signs []int) bool {
	for i, sign := range signs {
		for class := range f.classes {
			if sign != 0 && f.held[i][class] != 0 && f.held[one][class] == 0 {
				return false
			}
		}
	}
	return true
}
