package query

import (
	"context"
	"math"
	"slices"
	"sort"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
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

// columns reads a slice in every window, in one statement. Stocks on one or two
// single days are read like flows of those days, for which less has to be sorted out.
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
	statement, p := "flows", flowParams(windows)
	if s.measure.TimeRule != catalog.Flow && !fewDays(windows) {
		slices.SortFunc(windows, func(a, b window) int { return int(a.to - b.to) })
		statement, p = "stocks", stockParams(windows, days)
	}
	p.addSlice(s)
	p["known_by"] = at.knownBy()
	err := w.each(ctx, statement, p, func(rows driver.Rows) error {
		return scanLeaf(rows, func(unit string, group, place int, figure leaf, told combos) {
			// a unit the set does not know reported under other boundaries
			if number, ok := numbers[unit]; ok {
				c := read[windows[place]]
				c.leaves[group*len(numbers)+number] = figure
				c.told[number] |= told
			}
		})
	})
	return read, err
}

// fewDays tells whether windows are so few single days that sorting figures by day costs
// less than finding out how long each holds.
func fewDays(windows []window) bool {
	return len(windows) <= 2 && !slices.ContainsFunc(windows, func(w window) bool { return w.from != w.to })
}

func scanLeaf(rows driver.Rows, put func(unit string, group, place int, figure leaf, told combos)) error {
	var (
		unit           string
		group, place   uint32
		total          int64
		figures, told  uint64
		oldest, newest int32
	)
	if err := rows.Scan(&unit, &group, &place, &total, &figures, &oldest, &newest, &told); err != nil {
		return err
	}
	put(unit, int(group), int(place), leaf{sum: total, rows: uint32(figures), oldest: day(oldest), newest: day(newest)}, combos(told))
	return nil
}

// stockParams says for each day with figures which of the ascending windows it can serve.
func stockParams(windows []window, days []day) params {
	first, last := windows[0].from, windows[len(windows)-1].to
	days = days[sort.Search(len(days), func(i int) bool { return days[i] >= first }):]
	days = days[:sort.Search(len(days), func(i int) bool { return days[i] > last })]
	firsts, untils := make([]uint32, len(days)), make([]uint32, len(days))
	for i, d := range days {
		firsts[i] = uint32(sort.Search(len(windows), func(k int) bool { return windows[k].to >= d }))
		untils[i] = uint32(sort.Search(len(windows), func(k int) bool { return windows[k].from > d }))
	}
	return params{
		"days": days32(days), "firsts": firsts, "untils": untils, "windows": uint32(len(windows)),
		"never": int32(never), "first_day": first.date(), "last_day": last.date(),
	}
}

func flowParams(windows []window) params {
	starts, ends, places := make([]day, len(windows)), make([]day, len(windows)), make([]uint32, len(windows))
	for i, w := range windows {
		starts[i], ends[i], places[i] = w.from, w.to, uint32(i)
	}
	return params{
		"starts": days32(starts), "ends": days32(ends), "places": places, "never": int32(never),
		"first_day": slices.Min(ends).date(), "last_day": slices.Max(ends).date(),
	}
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
