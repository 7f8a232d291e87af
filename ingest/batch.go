package ingest

import (
	"context"
	"slices"
	"time"
)

// batch is some messages that follow each other in the journal, all known in one month, on their way to the warehouse.
type batch struct {
	messages []message
	handles  []handled
	safe     int // index of the last message behind which no submission is open; -1 without one
	rows     int
	bytes    int64

	submitted []submitted // after assemble

	// What is to be written, after sift.
	figures     figureTable
	progress    progressTable
	submissions submissionTable
	rejections  rejectionTable
	outcomes    []outcome
}

func (b *batch) first() uint64 { return b.messages[0].seq }
func (b *batch) seq() uint64   { return b.messages[len(b.messages)-1].seq }

// tables that have rows, in the order they are written: a submission's record comes after its figures.
func (b *batch) tables() []table {
	all := []table{&b.figures, &b.progress, &b.rejections, &b.submissions}
	return slices.DeleteFunc(all, func(t table) bool { return t.len() == 0 })
}

func (b *batch) add(t *taken) {
	b.messages = append(b.messages, t.message)
	b.handles = append(b.handles, t.handle)
	b.rows += t.rows
	b.bytes += t.bytes
}

// takes tells whether a message may join: partitions are months of known-at, and an insert must not span two.
func (b *batch) takes(m message, limit int) bool {
	if len(b.messages) == 0 {
		return true
	}
	return b.rows+m.rows <= limit && sameMonth(b.messages[0].knownAt, m.knownAt)
}

// sameMonth compares the UTC months that the tables are partitioned by.
func sameMonth(a, b time.Time) bool {
	a, b = a.UTC(), b.UTC()
	return a.Year() == b.Year() && a.Month() == b.Month()
}

// collect waits for a message and takes those behind it that fit. After an insert it lets FlushInterval pass, so
// that many small submissions share a part of the table.
func (w *writer) collect(ctx context.Context) (*batch, error) {
	b := &batch{}
	if err := w.pace(ctx); err != nil {
		return nil, err
	}
	for {
		t, err := w.next(ctx)
		if err != nil {
			return nil, err
		}
		if !b.takes(t.message, w.cfg.BatchRows) {
			w.held = t
			return b, nil
		}
		b.add(t)
		if !t.more || b.rows >= w.cfg.BatchRows {
			return b, nil
		}
	}
}

func (w *writer) pace(ctx context.Context) error {
	wait := w.cfg.FlushInterval - time.Since(w.flushed)
	if wait <= 0 {
		return nil
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// next gives the message held back, or the next of the journal.
func (w *writer) next(ctx context.Context) (*taken, error) {
	if t := w.held; t != nil {
		w.held = nil
		return t, nil
	}
	return w.feed.next(ctx)
}

// change sums up what the batch wrote.
func (b *batch) change() Change {
	c := Change{DataVersion: b.seq(), Submissions: len(b.submissions.rows) > 0, Tasks: len(b.progress.rows) > 0}
	measures, units := map[string]bool{}, map[string]bool{}
	from, to := noDay, noDay
	for i := range b.figures.rows {
		f := &b.figures.rows[i]
		measures[f.measure], units[f.unit] = true, true
		if from == noDay || f.start < from {
			from = f.start
		}
		to = max(to, f.end)
	}
	for i := range b.progress.rows {
		if code, ok := cutUnit(b.progress.rows[i].assignee); ok {
			units[code] = true
		}
	}
	c.Measures, c.Units = sorted(measures), sorted(units)
	if from != noDay {
		c.From, c.To = from.date(), to.date()
	}
	return c
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}
