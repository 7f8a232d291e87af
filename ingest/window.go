package ingest

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// window is what the warehouse knows about the figures that are held back.
type window struct {
	held   []heldBack
	before []dated                  // by place in held: the value before; on = noDay when there is none
	beside map[uint64]int64         // by cell: values of parts and wholes
	said   map[cellName]figureState // what cells of closed periods hold

	closed  []int    // places in held of figures of closed periods
	earlier []int    // places in held that want the value before
	look    int      // days to look back for it, the most of any of them
	cells   []beside // cells of parts and wholes
}

// beside is a cell that figures are compared with.
type beside struct {
	measure string
	figure  *figure
	key     uint64
}

func newWindow(c *comparison) *window {
	w := &window{held: c.held, before: make([]dated, len(c.held)), beside: map[uint64]int64{}, said: map[cellName]figureState{}}
	for i := range c.held {
		f := &c.held[i].figure
		w.before[i].on = noDay
		if c.held[i].late != nil {
			w.closed = append(w.closed, i)
		}
		r := c.rulesOf(f)
		if r.jump != nil {
			w.earlier, w.look = append(w.earlier, i), max(w.look, r.jump.LookBack)
		}
		for _, list := range [][]relative{r.wholes, r.parts} {
			for _, other := range list {
				key := other.number<<(unitBits+dimsBits+dayBits) | f.key&(1<<(unitBits+dimsBits+dayBits)-1)
				if _, said := c.of.seen[key]; !said {
					w.cells = append(w.cells, beside{other.ID, f, key})
				}
			}
		}
	}
	return w
}

// asked are cells as parameters of a question, one array a column.
type asked struct {
	measures, units, dims, starts, ends []string
	first, last                         day
}

func (a *asked) add(measure string, f *figure) {
	if len(a.ends) == 0 {
		a.first, a.last = f.end, f.end
	}
	a.first, a.last = min(a.first, f.end), max(a.last, f.end)
	a.measures, a.units, a.dims = append(a.measures, measure), append(a.units, f.unit), append(a.dims, f.dims)
	a.starts, a.ends = append(a.starts, f.start.String()), append(a.ends, f.end.String())
}

func (a *asked) parameters(from day) []any {
	return []any{
		clickhouse.Named("measures", a.measures), clickhouse.Named("units", a.units), clickhouse.Named("dims", a.dims),
		clickhouse.Named("starts", a.starts), clickhouse.Named("ends", a.ends),
		clickhouse.Named("from", from.String()), clickhouse.Named("to", a.last.String()),
	}
}

// before asks the warehouse about a window.
func (s *Service) before(ctx context.Context, w *window) error {
	if err := s.saidInClosed(ctx, w); err != nil {
		return fmt.Errorf("ingest: closed periods: %w", err)
	}
	if err := s.valuesBefore(ctx, w); err != nil {
		return fmt.Errorf("ingest: values before: %w", err)
	}
	if err := s.valuesBeside(ctx, w); err != nil {
		return fmt.Errorf("ingest: values beside: %w", err)
	}
	return nil
}

// cellName is a cell by its texts.
type cellName struct {
	measure, unit, dims string
	start, end          day
}

func cellNameOf(f *figure) cellName { return cellName{f.measure, f.unit, f.dims, f.start, f.end} }

// saidInClosed asks what the cells of closed periods hold. What the journal has durable is waited for first: a first report that was just
// acknowledged must not be overwritten as if it were none.
func (s *Service) saidInClosed(ctx context.Context, w *window) error {
	if len(w.closed) == 0 {
		return nil
	}
	if err := s.settled(ctx); err != nil {
		return err
	}
	measures, units, days := map[string]bool{}, map[string]bool{}, map[day]bool{}
	for _, i := range w.closed {
		f := &w.held[i].figure
		measures[f.measure], units[f.unit], days[f.end] = true, true, true
	}
	parameters := []any{
		clickhouse.Named("measures", sorted(measures)), clickhouse.Named("units", sorted(units)), clickhouse.Named("days", dates(days)),
		clickhouse.Named("before", uint64(math.MaxUint64)),
	}
	return s.each(ctx, "current_figures", parameters, func(rows driver.Rows) error {
		f, state, err := scanFigure(rows)
		if err == nil {
			w.said[cellNameOf(&f)] = state
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

func (s *Service) valuesBefore(ctx context.Context, w *window) error {
	var a asked
	for _, i := range w.earlier {
		f := &w.held[i].figure
		a.add(f.measure, f)
	}
	if len(a.ends) == 0 {
		return nil
	}
	return s.each(ctx, "values_before", a.parameters(a.first-day(w.look)), func(rows driver.Rows) error {
		var i uint32
		var value int64
		var on time.Time
		if err := rows.Scan(&i, &value, &on); err != nil {
			return err
		}
		w.before[w.earlier[i-1]] = dated{dayOfTime(on), value}
		return nil
	})
}

func (s *Service) valuesBeside(ctx context.Context, w *window) error {
	var a asked
	for _, c := range w.cells {
		a.add(c.measure, c.figure)
	}
	if len(a.ends) == 0 {
		return nil
	}
	return s.each(ctx, "values_beside", a.parameters(a.first), func(rows driver.Rows) error {
		var i uint32
		var value int64
		if err := rows.Scan(&i, &value); err != nil {
			return err
		}
		w.beside[w.cells[i-1].key] = value
		return nil
	})
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
