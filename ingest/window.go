package ingest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// window is what the warehouse knows about the figures that are held back. It is asked by lists of measures, units and days, not cell by
// cell: few questions for thousands of figures, not thousands of texts.
type window struct {
	held   []heldBack
	before []dated                  // by place in held: the value before; on = noDay when there is none
	said   map[cellName]figureState // what cells hold: those of closed periods, of parts and of wholes

	jumping   []int // places of figures that want the value before
	look      int   // days to look back for it, the most of any of them
	earlier   asked // those of them that the warehouse is asked about
	cells     asked // cells that are looked into
	unsettled bool  // some of them wait for what the journal holds
}

// cellName is a cell by its texts.
type cellName struct {
	measure, unit, dims string
	start, end          day
}

func cellNameOf(f *figure) cellName { return cellName{f.measure, f.unit, f.dims, f.start, f.end} }

// asked is what a question is about: every measure in every unit on every day.
type asked struct {
	measures, units map[string]bool
	days            map[day]bool
	first, last     day
}

func (a *asked) add(measure string, f *figure) {
	if a.days == nil {
		*a = asked{map[string]bool{}, map[string]bool{}, map[day]bool{}, f.end, f.end}
	}
	a.measures[measure], a.units[f.unit], a.days[f.end] = true, true, true
	a.first, a.last = min(a.first, f.end), max(a.last, f.end)
}

func (a *asked) empty() bool { return a.days == nil }

func newWindow(c *comparison) *window {
	w := &window{held: c.held, before: make([]dated, len(c.held)), said: map[cellName]figureState{}}
	for i := range c.held {
		f := &c.held[i].figure
		w.before[i].on = noDay
		if c.held[i].late != nil {
			w.cells.add(f.measure, f)
			w.unsettled = true
		}
		r := c.rulesOf(f)
		if r.jump != nil && !f.retracted {
			w.jumping = append(w.jumping, i)
			w.look = max(w.look, r.jump.LookBack)
		}
		for _, list := range [][]relative{r.wholes, r.parts} {
			for _, other := range list {
				if _, said := c.of.seen[other.beside(f)]; !said {
					w.cells.add(other.ID, f)
				}
			}
		}
	}
	return w
}

// before asks the warehouse about a window.
func (s *Service) before(ctx context.Context, w *window) error {
	if err := s.valuesBefore(ctx, w); err != nil {
		return fmt.Errorf("ingest: values before: %w", err)
	}
	if err := s.saidIn(ctx, w); err != nil {
		return fmt.Errorf("ingest: what cells hold: %w", err)
	}
	return nil
}

// saidIn asks what cells hold. For those of closed periods what the journal has durable is waited for first: a first report that was just
// acknowledged must not be overwritten as if it were none.
func (s *Service) saidIn(ctx context.Context, w *window) error {
	if w.cells.empty() {
		return nil
	}
	if w.unsettled {
		if err := s.settled(ctx); err != nil {
			return err
		}
	}
	return s.heldBy(ctx, &w.cells, func(f *figure, state figureState) { w.said[cellNameOf(f)] = state })
}

// heldBy gives what the asked measures hold in the asked units on the asked days, every dimension of them.
func (s *Service) heldBy(ctx context.Context, a *asked, take func(*figure, figureState)) error {
	parameters := []any{
		clickhouse.Named("measures", sorted(a.measures)), clickhouse.Named("units", sorted(a.units)),
		clickhouse.Named("days", dates(a.days)), clickhouse.Named("before", uint64(math.MaxUint64)),
	}
	return s.each(ctx, "current_figures", parameters, func(rows driver.Rows) error {
		f, state, err := scanFigure(rows)
		if err == nil {
			take(&f, state)
		}
		return err
	})
}

// settled waits until the warehouse has what the journal holds now.
func (s *Service) settled(ctx context.Context) error {
	p := s.pipe.Load()
	if p == nil {
		return errStopping
	}
	last, _, err := p.journal.state(ctx)
	if err != nil {
		return err
	}
	return s.WaitApplied(ctx, last)
}

// lineName is a cell without its day.
type lineName struct{ measure, unit, dims string }

// told is what was told of some lines, by day.
type told map[lineName][]dated

// before gives the latest of an earlier day; days ascend.
func (t told) before(f *figure) (dated, bool) {
	list := t[lineName{f.measure, f.unit, f.dims}]
	n, _ := slices.BinarySearchFunc(list, f.end, func(d dated, on day) int { return int(d.on - on) })
	if n == 0 {
		return dated{on: noDay}, false
	}
	return list[n-1], true
}

func (t told) sort() {
	for _, list := range t {
		slices.SortFunc(list, func(a, b dated) int { return int(a.on - b.on) })
	}
}

// comparesNewest tells whether the figures of a measure are compared with the value before.
func (s *Service) comparesNewest(f *figure) bool {
	m := s.index.Load().measures[f.measure]
	return m != nil && m.rules.jump != nil
}

// valuesBefore finds for each figure the latest value of an earlier day: remembered (newest), else on a day of the window, else on the last
// day its unit told something of before, which is cheap to find and nearly always tells every line; what that leaves open is sought in
// all days.
func (s *Service) valuesBefore(ctx context.Context, w *window) error {
	left := s.newest.beforeAll(w.held, w.jumping, w.before)
	for _, i := range left {
		w.earlier.add(w.held[i].measure, &w.held[i].figure)
	}
	if w.earlier.empty() {
		return nil
	}
	older, err := s.latestDays(ctx, w)
	if err != nil {
		return err
	}
	for on := w.earlier.first; on < w.earlier.last; on++ { // those between too, which the window itself does not speak of
		w.earlier.days[on] = true
	}
	known := told{}
	err = s.heldBy(ctx, &w.earlier, func(f *figure, state figureState) {
		if !state.retracted {
			n := lineName{f.measure, f.unit, f.dims}
			known[n] = append(known[n], dated{f.end, state.value})
		}
	})
	if err != nil {
		return err
	}
	known.sort()
	var open asked
	for _, i := range left {
		f := &w.held[i].figure
		found := false
		w.before[i], found = known.before(f)
		if !found && older[lineName{measure: f.measure, unit: f.unit}] {
			open.add(f.measure, f)
		}
	}
	if open.empty() {
		return nil
	}
	open.first = w.earlier.first
	return s.soughtBefore(ctx, w, &open)
}

// latestDays adds to the days that are asked about the last one each unit told of before the window, and lists the lines (without
// dimensions) that have older ones.
func (s *Service) latestDays(ctx context.Context, w *window) (older map[lineName]bool, err error) {
	older = map[lineName]bool{}
	err = s.each(ctx, "latest_days", w.earlier.until(w.look), func(rows driver.Rows) error {
		var n lineName
		var last, first time.Time
		if err := rows.Scan(&n.measure, &n.unit, &last, &first); err != nil {
			return err
		}
		w.earlier.days[dayOfTime(last)] = true
		if first.Before(last) {
			older[n] = true
		}
		return nil
	})
	return older, err
}

// until are the parameters of a question about the days before the window.
func (a *asked) until(look int) []any {
	return []any{
		clickhouse.Named("measures", sorted(a.measures)), clickhouse.Named("units", sorted(a.units)),
		clickhouse.Named("from", (a.first - day(look)).String()), clickhouse.Named("first", a.first.String()),
	}
}

// soughtBefore looks through all days before the window for the figures that have no value before yet.
func (s *Service) soughtBefore(ctx context.Context, w *window, open *asked) error {
	sought := told{}
	err := s.each(ctx, "values_before", open.until(w.look), func(rows driver.Rows) error {
		var n lineName
		var on time.Time
		var d dated
		if err := rows.Scan(&n.measure, &n.unit, &n.dims, &on, &d.value); err != nil {
			return err
		}
		d.on = dayOfTime(on)
		sought[n] = append(sought[n], d)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range w.held {
		if w.before[i].on == noDay {
			w.before[i], _ = sought.before(&w.held[i].figure)
		}
	}
	return nil
}

func (s *Service) each(ctx context.Context, query string, parameters []any, take func(driver.Rows) error) error {
	rows, err := s.deps.Warehouse.Query(ctx, statement(query), parameters...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
