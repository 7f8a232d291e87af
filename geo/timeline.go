package geo

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/golang-sql/civil"
	"github.com/paulmach/orb"
)

// Timeline holds the boundary sets of one place in the order of time, and what became of
// units from one to the next. It never changes after it was made and is safe for
// concurrent use.
type Timeline struct {
	sets  []*Set
	walks map[[2]string]*Crosswalk // from the id of one set to the id of another
}

// NewTimeline puts sets and crosswalks together. Of sets only one may be in force on any day;
// crosswalks are between sets of the timeline, at most one for a pair, and lead from an
// earlier set to a later one. Sets with none between them are known apart from each other.
func NewTimeline(sets []*Set, walks []*Crosswalk) (*Timeline, error) {
	t := &Timeline{sets: slices.Clone(sets), walks: map[[2]string]*Crosswalk{}}
	slices.SortFunc(t.sets, func(a, b *Set) int { return a.info.InForceFrom.DaysSince(b.info.InForceFrom) })
	number := map[string]int{}
	for i, s := range t.sets {
		if _, twice := number[s.info.ID]; twice {
			return nil, fmt.Errorf("timeline: boundary set %s is there twice", s.info.ID)
		}
		number[s.info.ID] = i
		if i > 0 && !endsBefore(t.sets[i-1].info, s.info.InForceFrom) {
			return nil, fmt.Errorf("timeline: boundary set %s is still in force on %s, when %s begins", t.sets[i-1].info.ID, s.info.InForceFrom, s.info.ID)
		}
	}
	for _, x := range walks {
		from, known := number[x.from]
		to, known2 := number[x.to]
		switch _, twice := t.walks[[2]string{x.from, x.to}]; {
		case !known || !known2:
			return nil, fmt.Errorf("timeline: a crosswalk leads from %s to %s, which are not both there", x.from, x.to)
		case from >= to:
			return nil, fmt.Errorf("timeline: a crosswalk leads back in time, from %s to %s", x.from, x.to)
		case twice:
			return nil, fmt.Errorf("timeline: two crosswalks lead from %s to %s", x.from, x.to)
		}
		t.walks[[2]string{x.from, x.to}] = x
	}
	return t, nil
}

func endsBefore(info SetInfo, day civil.Date) bool {
	return !info.InForceTo.IsZero() && info.InForceTo.Before(day)
}

// Sets lists the sets, the earliest first.
func (t *Timeline) Sets() []*Set { return slices.Clone(t.sets) }

// Set gives the set with an id.
func (t *Timeline) Set(id string) (*Set, bool) {
	i := t.index(id)
	if i < 0 {
		return nil, false
	}
	return t.sets[i], true
}

func (t *Timeline) index(id string) int {
	return slices.IndexFunc(t.sets, func(s *Set) bool { return s.info.ID == id })
}

// At gives the set in force on a day.
func (t *Timeline) At(day civil.Date) (*Set, bool) {
	i := slices.IndexFunc(t.sets, func(s *Set) bool {
		return !day.Before(s.info.InForceFrom) && !endsBefore(s.info, day)
	})
	if i < 0 {
		return nil, false
	}
	return t.sets[i], true
}

// Unit gives the unit a code means on a day: codes are reused with other meanings.
func (t *Timeline) Unit(code string, day civil.Date) (Unit, bool) {
	s, ok := t.At(day)
	if !ok {
		return Unit{}, false
	}
	return s.Unit(code)
}

// Locate gives the lowest unit that a point lies in on a day.
func (t *Timeline) Locate(p orb.Point, day civil.Date) (Unit, bool) {
	s, ok := t.At(day)
	if !ok {
		return Unit{}, false
	}
	return s.Locate(p)
}

// Dated is a unit with the set that knows it.
type Dated struct {
	Unit
	Set string // id of the set
}

// Find returns at most limit units for what a person types, in every set: those in force
// on the day first, then the nearest in time. A unit that is the same in several sets is
// named once.
func (t *Timeline) Find(query string, day civil.Date, limit int) []Dated {
	order := slices.Clone(t.sets)
	slices.SortStableFunc(order, func(a, b *Set) int { return cmp.Compare(daysFrom(a.info, day), daysFrom(b.info, day)) })
	var found []Dated
	named := map[[2]string]bool{}
	for _, s := range order {
		for _, u := range s.Find(query, limit) {
			if key := [2]string{u.Code, u.FullName}; !named[key] && len(found) < limit {
				named[key] = true
				found = append(found, Dated{u, s.info.ID})
			}
		}
	}
	return found
}

// daysFrom is how many days a set is from being in force on a day.
func daysFrom(info SetInfo, day civil.Date) int {
	switch {
	case day.Before(info.InForceFrom):
		return info.InForceFrom.DaysSince(day)
	case endsBefore(info, day):
		return day.DaysSince(info.InForceTo)
	}
	return 0
}

// Crosswalk gives what became of the units of one set in a later one, composed over the
// sets between them when none leads there directly. Of several ways the one with the
// fewest steps counts. The error says where there is no way: to the same set, back in
// time, or where no crosswalk is known.
func (t *Timeline) Crosswalk(from, to string) (*Crosswalk, error) {
	first, last := t.index(from), t.index(to)
	if first < 0 || last < 0 {
		return nil, fmt.Errorf("there is no boundary set %q or %q", from, to)
	}
	steps := make([][]*Crosswalk, len(t.sets)) // the shortest way to each set
	for i := first + 1; i <= last; i++ {
		for j := first; j < i; j++ {
			x, known := t.walks[[2]string{t.sets[j].info.ID, t.sets[i].info.ID}]
			if known && (j == first || steps[j] != nil) && (steps[i] == nil || len(steps[j])+1 < len(steps[i])) {
				steps[i] = append(slices.Clone(steps[j]), x)
			}
		}
	}
	if first >= last || steps[last] == nil {
		return nil, fmt.Errorf("no crosswalk leads from %s to %s", from, to)
	}
	return Compose(steps[last][0], steps[last][1:]...)
}
