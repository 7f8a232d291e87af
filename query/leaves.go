package query

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// leaves reads columns from the warehouse and remembers them. It is the only reader of
// observations for values, so a store of current values in memory can take its place
// behind the same methods, with this one as its oracle.
type leaves struct {
	warehouse *warehouse
	cache     *otter.Cache[columnKey, remembered]
	dates     *otter.Cache[datesKey, dates]
	flights   *flights
	asked     *prometheus.CounterVec // columns by where they came from
}

// columnKey names a column. The measure's last change is part of it, so that a batch that
// touches one measure drops nothing of another, and nothing stale is ever found again.
type columnKey struct {
	slice   string
	set     string // whose units its leaves are
	window  window
	cut     cut
	touched touch
}

// remembered is a column with what it was read for, so that Verify can make it again.
type remembered struct {
	column

	slice *slice
	in    *layout
}

// dates are the days a measure has figures of, ascending, and when the first of their
// periods began.
type dates struct {
	days  []day
	first day
}

type datesKey struct {
	measure string
	touched touch
}

const (
	defaultCacheBytes = 128 << 20
	leafBytes         = 24
	combosBytes       = 8
	columnOverhead    = 256
	datesEntries      = 1000
	// loadTimeout bounds a read, which may go on for others after its first asker has left.
	loadTimeout = 30 * time.Second
)

func newLeaves(w *warehouse, bytes uint64) (*leaves, error) {
	if bytes == 0 {
		bytes = defaultCacheBytes
	}
	cache, err := otter.New(&otter.Options[columnKey, remembered]{
		MaximumWeight: bytes,
		Weigher: func(_ columnKey, c remembered) uint32 {
			return uint32(len(c.leaves)*leafBytes + len(c.told)*combosBytes + columnOverhead)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("cache of figures: %w", err)
	}
	days, err := otter.New(&otter.Options[datesKey, dates]{MaximumSize: datesEntries})
	if err != nil {
		return nil, fmt.Errorf("cache of days: %w", err)
	}
	return &leaves{warehouse: w, cache: cache, dates: days, flights: &flights{log: w.log}, asked: newColumnsAsked()}, nil
}

// columns gives a slice in every window in the units of a boundary set, reading the missing
// ones in one pass.
func (l *leaves) columns(ctx context.Context, s *slice, windows []window, of known, at instant, in *layout) ([]column, error) {
	key := columnKey{slice: s.id, set: in.set.Info().ID, cut: at.cut(), touched: of.touched}
	found, missing := make([]column, len(windows)), []window(nil)
	seen := map[window]bool{}
	for i, w := range windows {
		key.window = w
		if had, ok := l.cache.GetIfPresent(key); ok {
			found[i] = had.column
		} else if !seen[w] {
			missing, seen[w] = append(missing, w), true
		}
	}
	l.asked.WithLabelValues(fromMemory).Add(float64(len(windows) - len(missing)))
	if len(missing) == 0 {
		return found, nil
	}
	l.asked.WithLabelValues(fromWarehouse).Add(float64(len(missing)))
	read, err := l.load(ctx, s, missing, of.days, at, in, key)
	if err != nil {
		return nil, err
	}
	for i, w := range windows {
		if found[i].told == nil {
			found[i] = read[w]
		}
	}
	return found, nil
}

// load reads columns once for all who ask for them at the same time.
func (l *leaves) load(ctx context.Context, s *slice, windows []window, days []day, at instant, in *layout, key columnKey) (map[window]column, error) {
	flight := fmt.Sprint(key.slice, key.set, key.cut, key.touched, windows)
	return shared(ctx, l.flights, flight, func(ctx context.Context) (map[window]column, error) {
		read, err := l.warehouse.columns(ctx, s, windows, days, at, in)
		if err != nil {
			return nil, err
		}
		for w, c := range read {
			key.window = w
			l.cache.Set(key, remembered{column: c, slice: s, in: in})
		}
		return read, nil
	})
}

// datesOf gives the days a measure has figures of.
func (l *leaves) datesOf(ctx context.Context, measure string, touched touch) (dates, error) {
	key := datesKey{measure: measure, touched: touched}
	if known, ok := l.dates.GetIfPresent(key); ok {
		return known, nil
	}
	return shared(ctx, l.flights, fmt.Sprint("days of ", key), func(ctx context.Context) (dates, error) {
		known, err := l.warehouse.dates(ctx, measure)
		if err == nil {
			l.dates.Set(key, known)
		}
		return known, err
	})
}

// dates reads the days of a measure.
func (w *warehouse) dates(ctx context.Context, measure string) (dates, error) {
	var known dates
	err := w.each(ctx, "days", params{"measure": measure}, func(rows driver.Rows) error {
		var days []int32
		var first int32
		if err := rows.Scan(&days, &first); err != nil {
			return err
		}
		known.first = day(first)
		for _, d := range days {
			known.days = append(known.days, day(d))
		}
		return nil
	})
	return known, err
}
