package query

import (
	"context"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// foldedKeys is up to how many keys of a slice figures are summed here: the warehouse needs
// longer to sum a figure than to send it. With more keys to a unit it sends far less.
const foldedKeys = 4

// fold sums figures into columns as they come from figures.sql, the latest day first. Each
// lands in the run of windows from its own day to the next figure's of the same key.
type fold struct {
	slice   *slice
	numbers map[string]int // of the units
	columns []column       // of the windows, ascending

	days           []day    // that have figures that count, ascending
	firsts, untils []uint32 // of each day, the first window it can serve and the one after the last
	served         []uint32 // of each unit and key, the first window that a later day has served; nil: no window has two days
}

// folded reads a slice of few keys in ascending windows, flows and stocks alike.
func (w *warehouse) folded(ctx context.Context, s *slice, windows []window, days []day, at instant, numbers map[string]int, into []column) error {
	f := fold{slice: s, numbers: numbers, columns: into}
	periods := windows
	if s.flow() || ownDays(windows) {
		for place, w := range windows {
			f.days, f.firsts, f.untils = append(f.days, w.to), append(f.firsts, uint32(place)), append(f.untils, uint32(place)+1)
		}
	} else {
		f.days = within(days, windows)
		f.firsts, f.untils = spread(f.days, windows)
		f.served = slices.Repeat([]uint32{uint32(len(windows))}, len(numbers)*len(s.keys))
		periods = singles(f.days)
	}
	p := periodParams(periods)
	p.addSlice(s)
	p["numbers"], p["known_by"] = numbered(len(s.keys)), at.knownBy()
	return w.each(ctx, "figures", p, f.scanner())
}

// singles are the windows of one day each.
func singles(days []day) []window {
	windows := make([]window, len(days))
	for i, d := range days {
		windows[i] = window{d, d}
	}
	return windows
}

// scanner takes rows in. What is scanned into is made once: there may be millions of rows.
func (f *fold) scanner() func(driver.Rows) error {
	var (
		unit      string
		key       uint32
		ending    int32
		value     int64
		retracted bool
	)
	into := []any{&unit, &key, &ending, &value, &retracted}
	return func(rows driver.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		number, known := f.numbers[unit] // a unit the set does not know reported under other boundaries
		place, counts := slices.BinarySearch(f.days, day(ending))
		if known && counts && !retracted {
			f.put(number, int(key), place, value)
		}
		return nil
	}
}

// put counts the figure of a unit, a key and a day, which are given by their places.
func (f *fold) put(unit, key, at int, value int64) {
	first, until := f.firsts[at], f.untils[at]
	if f.served != nil {
		served := &f.served[unit*len(f.slice.keys)+key]
		until = min(until, *served)
		*served = min(*served, first)
	}
	group, combo := int(f.slice.codes[key]>>comboBits), f.slice.codes[key]&(maxCombos-1)
	for place := first; place < until; place++ {
		c := f.columns[place]
		l := &c.leaves[group*len(c.told)+unit]
		l.join(leaf{rows: 1, oldest: f.days[at], newest: f.days[at]})
		l.sum += value
		c.told[unit] |= 1 << combo
	}
}
