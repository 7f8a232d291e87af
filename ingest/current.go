package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// A row that says what its cell already holds is not written again. What a cell holds is decided in the order of the
// journal: the warehouse before the batch, then row after row. It does not depend on how messages
// are cut into batches, so it comes out the same when they are read again after a crash.

// interner numbers the texts of keys, so that comparing cells is comparing numbers. It grows with the catalogue.
type interner map[string]uint32

func (n interner) number(s string) uint32 {
	v, known := n[s]
	if !known {
		v = uint32(len(n))
		n[s] = v
	}
	return v
}

// figureCell is the natural key of a figure.
type figureCell struct {
	measure, unit, dims uint32
	start, end          day
}

// figureState is what a revision says.
type figureState struct {
	value         int64
	retracted     bool
	agency, note  string
	demonstration bool
}

// progressCell is the natural key of a report on an assignment.
type progressCell struct {
	task, assignee uint32
	date           day
}

// progressState is what a revision of a report says.
type progressState struct {
	status        string
	percent       uint8
	note          string
	obstacle      obstacle
	retracted     bool
	demonstration bool
}

// cells is what the cells of a batch hold. A cell nobody spoke of yet is in it with known = false.
type cells[K, S comparable] map[K]held[S]

type held[S comparable] struct {
	state S
	known bool
}

// news is what a row does to its cell.
type news int

const (
	nothingNew news = iota // the cell says so already, or there is nothing to retract
	firstSaid              // nothing was known of the cell
	corrected              // it said something else, or was retracted
	retracted              // what it said is taken back
)

// take tells what is new about the state, and keeps it.
func (c cells[K, S]) take(k K, s S, retracts bool) news {
	before := c[k]
	if before.known && before.state == s || !before.known && retracts {
		return nothingNew
	}
	c[k] = held[S]{s, true}
	switch {
	case retracts:
		return retracted
	case before.known:
		return corrected
	}
	return firstSaid
}

// sift decides which rows of a batch are written.
func (w *writer) sift(ctx context.Context, b *batch) error {
	figures, progress := make(cells[figureCell, figureState], b.submittedRows()), cells[progressCell, progressState]{} // a map that grows holds its rows twice
	err := w.insist(ctx, "look up", func(ctx context.Context) error {
		clear(figures)
		clear(progress)
		if err := w.currentFigures(ctx, b, figures); err != nil {
			return err
		}
		return w.currentProgress(ctx, b, progress)
	})
	if err != nil {
		return err
	}
	var at position // counts on through a message
	for i := range b.submitted {
		of := &b.submitted[i]
		if of.seq != at.seq {
			at = position{seq: of.seq}
		}
		w.siftSubmission(b, of, &at, figures, progress)
	}
	return nil
}

// rows counts the figures of a submission.
func (of *submitted) rows() (n int) {
	for _, p := range of.parts {
		n += len(p.figures)
	}
	return n
}

// submittedRows counts those of all submissions of a batch.
func (b *batch) submittedRows() (n int) {
	for i := range b.submitted {
		n += b.submitted[i].rows()
	}
	return n
}

// siftSubmission keeps what is news of a submission, its record and its rejections. All of it became known with its last part.
func (w *writer) siftSubmission(b *batch, of *submitted, at *position, figures cells[figureCell, figureState], progress cells[progressCell, progressState]) {
	b.figures.rows = slices.Grow(b.figures.rows, of.rows())
	o := origin{position: *at, knownAt: of.knownAt}
	var n counts
	for _, p := range of.parts {
		o.submission, o.demonstration = p.submission, p.flags&demonstrationPart != 0
		w.siftFigures(b, p, &o, figures, &n)
		w.siftProgress(b, p, &o, progress, &n)
	}
	*at = o.position
	end := of.parts[len(of.parts)-1].end
	n.unchanged = max(end.record.accepted-n.first-n.corrected-n.retracted, 0)
	b.submissions.rows = append(b.submissions.rows, submissionRow{&end.record, o, n, aboutOf(of.parts)})
	b.outcomes = append(b.outcomes, outcome{o.submission, end.record.dataset, n.unchanged})
	for j := range end.rejections {
		r := o
		r.row = b.rejections.next(of.seq)
		b.rejections.rows = append(b.rejections.rows, rejectionRow{&end.rejections[j], r})
	}
}

// siftFigures keeps what is news; o.row counts on through the message.
func (w *writer) siftFigures(b *batch, p *readPart, o *origin, known cells[figureCell, figureState], n *counts) {
	for i := range p.figures {
		f := &p.figures[i]
		state := figureState{f.value, f.retracted, f.agency, f.note, o.demonstration}
		if n.add(known.take(w.figureCell(f), state, f.retracted)) {
			b.figures.rows = append(b.figures.rows, figureRow{f, *o})
		}
		o.row++
	}
}

func (w *writer) siftProgress(b *batch, p *readPart, o *origin, known cells[progressCell, progressState], n *counts) {
	for i := range p.progress {
		r := &p.progress[i]
		state := progressState{r.status, r.percent, r.note, r.obstacle, r.retracted, o.demonstration}
		if n.add(known.take(w.progressCell(r), state, r.retracted)) {
			b.progress.rows = append(b.progress.rows, progressRow{r, *o})
		}
		o.row++
	}
}

func (w *writer) figureCell(f *figure) figureCell {
	return figureCell{w.texts.number(f.measure), w.texts.number(f.unit), w.texts.number(f.dims), f.start, f.end}
}

func (w *writer) progressCell(p *progress) progressCell {
	return progressCell{w.texts.number(p.task), w.texts.number(p.assignee), p.date}
}

// currentFigures fills in what the batch's cells held before it. Cells of days that nothing has been told of yet hold nothing.
func (w *writer) currentFigures(ctx context.Context, b *batch, into cells[figureCell, figureState]) error {
	if err := w.learnEnds(ctx, b); err != nil {
		return err
	}
	var old asked
	b.eachFigure(func(f *figure) {
		if f.end <= w.ends[w.lineEnd(f)] {
			into[w.figureCell(f)] = held[figureState]{}
			old.add(f.measure, f)
		}
	})
	if len(into) == 0 {
		return nil
	}
	rows, err := w.db.Query(ctx, statement("current_figures"), clickhouse.Named("measures", sorted(old.measures)),
		clickhouse.Named("units", sorted(old.units)), clickhouse.Named("days", dates(old.days)), clickhouse.Named("before", b.first()))
	if err != nil {
		return fmt.Errorf("current figures: %w", err)
	}
	defer rows.Close()
	return w.scanFigures(rows, into)
}

func (w *writer) scanFigures(rows driver.Rows, into cells[figureCell, figureState]) error {
	for rows.Next() {
		f, s, err := scanFigure(rows)
		if err != nil {
			return fmt.Errorf("current figures: %w", err)
		}
		k := w.figureCell(&f)
		if _, asked := into[k]; asked {
			into[k] = held[figureState]{s, true}
		}
	}
	return rows.Err()
}

// scanFigure reads the name of a cell and what it holds.
func scanFigure(rows driver.Rows) (f figure, s figureState, err error) {
	var start, end time.Time
	err = rows.Scan(&f.measure, &start, &end, &f.unit, &f.dims, &s.value, &s.retracted, &s.agency, &s.note, &s.demonstration)
	f.start, f.end = dayOfTime(start), dayOfTime(end)
	return f, s, err
}

// currentProgress fills in what the batch's reports said before it.
func (w *writer) currentProgress(ctx context.Context, b *batch, into cells[progressCell, progressState]) error {
	tasks, days := map[string]bool{}, map[day]bool{}
	for _, of := range b.submitted {
		for _, p := range of.parts {
			for i := range p.progress {
				r := &p.progress[i]
				into[w.progressCell(r)] = held[progressState]{}
				tasks[r.task], days[r.date] = true, true
			}
		}
	}
	if len(into) == 0 {
		return nil
	}
	rows, err := w.db.Query(ctx, statement("current_progress"), clickhouse.Named("tasks", sorted(tasks)),
		clickhouse.Named("days", dates(days)), clickhouse.Named("before", b.first()), clickhouse.Named("no_day", neverDate))
	if err != nil {
		return fmt.Errorf("current progress: %w", err)
	}
	defer rows.Close()
	return w.scanProgress(rows, into)
}

// neverDate stands for no date where a query cannot give NULL.
const neverDate = "1900-01-01"

func (w *writer) scanProgress(rows driver.Rows, into cells[progressCell, progressState]) error {
	for rows.Next() {
		var p progress
		var s progressState
		var date, since time.Time
		if err := rows.Scan(&p.task, &p.assignee, &date, &s.status, &s.percent, &s.note,
			&s.obstacle.kind, &since, &s.obstacle.owner, &s.retracted, &s.demonstration); err != nil {
			return fmt.Errorf("current progress: %w", err)
		}
		p.date, s.obstacle.since = dayOfTime(date), dayOfTime(since)
		if s.obstacle.since.String() == neverDate {
			s.obstacle.since = noDay
		}
		k := w.progressCell(&p)
		if _, asked := into[k]; asked {
			into[k] = held[progressState]{s, true}
		}
	}
	return rows.Err()
}

func dates(set map[day]bool) []string {
	texts := make(map[string]bool, len(set))
	for d := range set {
		texts[d.String()] = true
	}
	return sorted(texts)
}

// dayOfTime reads a Date32 as the client library gives it, midnight UTC.
func dayOfTime(t time.Time) day { return day(t.Unix() / 86400) }
