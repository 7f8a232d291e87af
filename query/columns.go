package query

import (
	"context"
	"math"
	"slices"
	"sort"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// never is later than every day.
const never = day(math.MaxInt32)

// window is the days a column is read at, inclusive. Of a flow it is a reporting period;
// of a stock it reaches from the first to the last day with figures that count, so that
// moments between which nothing was reported share a column. The zero window is empty:
// to lies before from.
type window struct{ from, to day }

var nothing = window{from: 1, to: 0}

// snap gives the window of the days with figures from a first to a last one.
func snap(days []day, first, last day) window {
	from := sort.Search(len(days), func(i int) bool { return days[i] >= first })
	until := sort.Search(len(days), func(i int) bool { return days[i] > last })
	if from >= until {
		return nothing
	}
	return window{from: days[from], to: days[until-1]}
}

// columns reads a slice in every window, in one statement.
func (w *warehouse) columns(ctx context.Context, s *slice, windows []window, days []day, at instant, l *layout) (map[window]column, error) {
	numbers := l.number[s.measure.Level]
	read := map[window]column{}
	for _, window := range windows {
		read[window] = newColumn(len(s.wanted), len(numbers))
	}
	windows = slices.DeleteFunc(slices.Clone(windows), func(w window) bool { return w == nothing })
	if len(windows) == 0 || s.empty() {
		return read, nil
	}
	slices.SortFunc(windows, func(a, b window) int { return int(a.to - b.to) })
	into := make([]column, len(windows))
	for i, window := range windows {
		into[i] = read[window]
	}
	if len(s.keys) <= foldedKeys {
		return read, w.folded(ctx, s, windows, days, at, numbers, into)
	}
	return read, w.summed(ctx, s, windows, days, at, numbers, into)
}

// summed lets the warehouse sum. Stocks on single days are read like flows of those days,
// for which less has to be sorted out.
func (w *warehouse) summed(ctx context.Context, s *slice, windows []window, days []day, at instant, numbers map[string]int, into []column) error {
	statement, p := "flows", flowParams(windows)
	if !s.flow() && !ownDays(windows) {
		statement, p = "stocks", stockParams(windows, days)
	}
	p.addSlice(s)
	p["known_by"] = at.knownBy()
	return w.each(ctx, statement, p, leafScanner(func(unit string, group, place int, figure leaf, told combos) {
		// a unit the set does not know reported under other boundaries
		if number, ok := numbers[unit]; ok {
			c := into[place]
			c.leaves[group*len(numbers)+number] = figure
			c.told[number] |= told
		}
	}))
}

// ownDays tells whether every window is a single day.
func ownDays(windows []window) bool {
	return !slices.ContainsFunc(windows, func(w window) bool { return w.from != w.to })
}

// leafScanner calls put for every row. What is scanned into is made once: there may be
// millions of rows.
func leafScanner(put func(unit string, group, place int, figure leaf, told combos)) func(driver.Rows) error {
	var (
		unit           string
		group, place   uint32
		total          int64
		figures, told  uint64
		oldest, newest int32
	)
	into := []any{&unit, &group, &place, &total, &figures, &oldest, &newest, &told}
	return func(rows driver.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		put(unit, int(group), int(place), leaf{sum: total, rows: uint32(figures), oldest: day(oldest), newest: day(newest)}, combos(told))
		return nil
	}
}

// within gives those of the ascending days that lie in or between ascending windows.
func within(days []day, windows []window) []day {
	first, last := windows[0].from, windows[len(windows)-1].to
	days = days[sort.Search(len(days), func(i int) bool { return days[i] >= first }):]
	return days[:sort.Search(len(days), func(i int) bool { return days[i] > last })]
}

// spread says for each of the ascending days the first of the ascending windows it can
// serve, and the one after the last.
func spread(days []day, windows []window) (firsts, untils []uint32) {
	firsts, untils = make([]uint32, len(days)), make([]uint32, len(days))
	for i, d := range days {
		firsts[i] = uint32(sort.Search(len(windows), func(k int) bool { return windows[k].to >= d }))
		untils[i] = uint32(sort.Search(len(windows), func(k int) bool { return windows[k].from > d }))
	}
	return firsts, untils
}

func stockParams(windows []window, days []day) params {
	days = within(days, windows)
	firsts, untils := spread(days, windows)
	return params{
		"days": days32(days), "firsts": firsts, "untils": untils, "windows": uint32(len(windows)),
		"never": int32(never), "first_day": windows[0].from.date(), "last_day": windows[len(windows)-1].to.date(),
	}
}

func flowParams(windows []window) params {
	p := periodParams(windows)
	p["places"] = numbered(len(windows))
	return p
}

// periodParams binds the first and last days of reporting periods.
func periodParams(windows []window) params {
	starts, ends := make([]day, len(windows)), make([]day, len(windows))
	for i, w := range windows {
		starts[i], ends[i] = w.from, w.to
	}
	return params{
		"starts": days32(starts), "ends": days32(ends), "never": int32(never),
		"first_day": slices.Min(ends).date(), "last_day": slices.Max(ends).date(),
	}
}

func numbered(n int) []uint32 {
	numbers := make([]uint32, n)
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	return numbers
}

// addSlice binds which rows count and for what; the lists must not be empty.
func (p params) addSlice(s *slice) {
	p["measure"], p["keys"], p["codes"] = s.measure.ID, s.keys, s.codes
}

func days32(days []day) []int32 {
	numbers := make([]int32, len(days))
	for i, d := range days {
		numbers[i] = int32(d)
	}
	return numbers
}
