package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// ends are days behind which the warehouse has nothing of a measure in a unit, so that a cell of a later day is new without a
// question. Most figures are of a new day. A day may be later than the last one told, never earlier: then cells are looked up that
// are not there. Only the one writer knows them, and only for its term.
type ends map[lineEnd]day

// lineEnd is a measure in a unit, by the numbers of the writer's texts.
type lineEnd struct{ measure, unit uint32 }

// eachFigure goes through the figures of a batch in the order of the journal.
func (b *batch) eachFigure(take func(*figure)) {
	for i := range b.submitted {
		for _, p := range b.submitted[i].parts {
			for j := range p.figures {
				take(&p.figures[j])
			}
		}
	}
}

func (w *writer) lineEnd(f *figure) lineEnd {
	return lineEnd{w.texts.number(f.measure), w.texts.number(f.unit)}
}

// learnEnds asks where the lines of a batch end that are not known yet.
func (w *writer) learnEnds(ctx context.Context, b *batch) error {
	var unknown asked
	fresh := map[lineEnd]bool{}
	b.eachFigure(func(f *figure) {
		e := w.lineEnd(f)
		if _, known := w.ends[e]; !known {
			fresh[e] = true
			unknown.add(f.measure, f)
		}
	})
	if unknown.empty() {
		return nil
	}
	rows, err := w.db.Query(ctx, statement("line_ends"), clickhouse.Named("measures", sorted(unknown.measures)),
		clickhouse.Named("units", sorted(unknown.units)), clickhouse.Named("first", unknown.first.String()))
	if err != nil {
		return fmt.Errorf("ends of lines: %w", err)
	}
	defer rows.Close()
	found := ends{}
	if err := w.scanEnds(rows, found); err != nil {
		return err
	}
	for e := range fresh {
		last, told := found[e]
		if !told {
			last = unknown.first - 1
		}
		w.ends[e] = last
	}
	return nil
}

func (w *writer) scanEnds(rows driver.Rows, into ends) error {
	for rows.Next() {
		var f figure
		var last time.Time
		if err := rows.Scan(&f.measure, &f.unit, &last); err != nil {
			return fmt.Errorf("ends of lines: %w", err)
		}
		into[w.lineEnd(&f)] = dayOfTime(last)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ends of lines: %w", err)
	}
	return nil
}

// remember takes in what was written.
func (w *writer) remember(b *batch) {
	if w.remembers != nil {
		w.newest.wrote(b.figures.rows, w.remembers, func(f *figure) day { return w.ends[w.lineEnd(f)] })
	}
	for i := range b.figures.rows {
		f := b.figures.rows[i].figure
		e := w.lineEnd(f)
		w.ends[e] = max(w.ends[e], f.end)
	}
}
