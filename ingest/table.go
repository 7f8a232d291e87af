package ingest

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/toancanh/toancanh/query/catalog"
)

// position is where a row came from: its message and its place there. It is a row's identity in the warehouse.
type position struct {
	seq uint64
	row uint32
}

// table is the rows of a batch for one table.
type table interface {
	name() string
	len() int
	at(i int) position
	put(c *columns, i int) // appends row i, column by column in the order of the insert statement
}

// columns gathers rows by column and hands them to the client library in bulk.
type columns struct {
	lists []any
	n     int
	rows  int // that are to come
}

func column[T any](c *columns, v T) {
	if c.n == len(c.lists) {
		fresh := make([]T, 0, c.rows)
		c.lists = append(c.lists, &fresh)
	}
	list := c.lists[c.n].(*[]T)
	*list = append(*list, v)
	c.n++
}

// persist writes the rows of a table so that each is there once. The outcome of a failed insert is unknown: before it is tried
// again the rows that made it are found by their position, after the failed insert has stopped running. No
// deduplication token is used (ENGINE.md, hazard 1). After an unclean stop the look comes before the first insert. The insert of the next
// table, nil behind the last, is begun while the rows of this one are on their way, and its rows are sent when this one has them.
func (w *writer) persist(ctx context.Context, t, next table, doubtful bool) error {
	missing := make([]int, t.len())
	for i := range missing {
		missing[i] = i
	}
	var query string // the insert whose outcome is unknown
	return w.insist(ctx, "insert "+t.name(), func(ctx context.Context) (err error) {
		if doubtful {
			if missing, err = w.missing(ctx, t, query); err != nil {
				return err
			}
		}
		if len(missing) == 0 {
			return nil
		}
		into := w.takeAhead(t)
		if into == nil {
			into = w.begin(ctx, t.name(), w.queryID(), len(missing))
		}
		defer into.end()
		doubtful, query = true, into.query
		step("before the insert of " + t.name())
		if err = w.insert(ctx, t, missing, into, next); err != nil {
			w.giveUpAhead()
			return err
		}
		step("inserted " + t.name())
		return nil
	})
}

// missing gives the rows of t that the table lacks, once the given insert is over.
func (w *writer) missing(ctx context.Context, t table, query string) ([]int, error) {
	if query != "" {
		if err := w.over(ctx, query); err != nil {
			return nil, err
		}
	}
	present, err := w.present(ctx, t)
	if err != nil {
		return nil, err
	}
	var list []int
	for i := range t.len() {
		if !present[t.at(i)] {
			list = append(list, i)
		}
	}
	return list, nil
}

// errRunning says that an insert that was cut off is still at work.
var errRunning = errors.New("the insert before is still running")

// over fails while the insert is still at work: what it brings may yet appear. An insert is known to
// the server from before its first row on, so one that is not listed has ended or never began.
func (w *writer) over(ctx context.Context, query string) error {
	var running uint64
	if err := w.db.QueryRow(ctx, statement("running"), clickhouse.Named("id", query)).Scan(&running); err != nil {
		return fmt.Errorf("look for a running insert: %w", err)
	}
	if running > 0 {
		return errRunning
	}
	return nil
}

// present finds the rows of t's messages in the table.
func (w *writer) present(ctx context.Context, t table) (map[position]bool, error) {
	rows, err := w.db.Query(ctx, statement("present_"+t.name()),
		clickhouse.Named("first", t.at(0).seq), clickhouse.Named("last", t.at(t.len()-1).seq))
	if err != nil {
		return nil, fmt.Errorf("look for present rows: %w", err)
	}
	defer rows.Close()
	found := map[position]bool{}
	for rows.Next() {
		var p position
		if err := rows.Scan(&p.seq, &p.row); err != nil {
			return nil, fmt.Errorf("look for present rows: %w", err)
		}
		found[p] = true
	}
	return found, rows.Err()
}

// queryID names an insert.
func (w *writer) queryID() string {
	if w.fence == nil {
		return uuid.NewString()
	}
	return writerQuery + w.fence.holder + "-" + uuid.NewString()
}

// insertContext names the insert. With a patience, in seconds, the server gives it up when its rows do not come.
func insertContext(ctx context.Context, query string, patience int) context.Context {
	options := []clickhouse.QueryOption{clickhouse.WithQueryID(query)}
	if patience > 0 {
		options = append(options, clickhouse.WithSettings(clickhouse.Settings{"receive_timeout": patience}))
	}
	return clickhouse.Context(ctx, options...)
}

// gatheredRows are handed to the client library together, while those behind them are gathered.
const gatheredRows = 5_000

// gather gives the listed rows by column, some at a time.
func gather(ctx context.Context, t table, list []int) <-chan *columns {
	gathered := make(chan *columns)
	go func() {
		defer close(gathered)
		for some := range slices.Chunk(list, gatheredRows) {
			c := &columns{rows: len(some)}
			for _, i := range some {
				c.n = 0
				t.put(c, i)
			}
			select {
			case gathered <- c:
			case <-ctx.Done():
				return
			}
		}
	}()
	return gathered
}

// insert writes the listed rows as one block. A worker asks whether it is still the writer when the insert has begun and before a
// row of it is sent (fence.go).
func (w *writer) insert(ctx context.Context, t table, list []int, into *insertion, next table) error {
	defer context.AfterFunc(ctx, into.cancel)()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	gathered := gather(ctx, t, list)
	insert, err := into.open(ctx)
	if err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	for c := range gathered {
		if err := c.fill(insert); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	if err := ctx.Err(); err != nil { // not all was gathered
		return fmt.Errorf("insert: %w", err)
	}
	step("insert begun")
	if w.fence != nil {
		if err := w.fence.hold(ctx); err != nil {
			return err
		}
		step("insert allowed")
	}
	w.beginAhead(ctx, next)
	if err := insert.Send(); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

func (c *columns) fill(insert driver.Batch) error {
	for i, list := range c.lists {
		if err := appendColumn(insert.Column(i), list); err != nil {
			return err
		}
	}
	return nil
}

// appendColumn unwraps a list for the client library.
func appendColumn(to driver.BatchColumn, list any) error {
	switch l := list.(type) {
	case *[]string:
		return to.Append(*l)
	case *[]uint64:
		return to.Append(*l)
	case *[]uint32:
		return to.Append(*l)
	case *[]uint8:
		return to.Append(*l)
	case *[]int64:
		return to.Append(*l)
	case *[]bool:
		return to.Append(*l)
	case *[]time.Time:
		return to.Append(*l)
	case *[]*time.Time:
		return to.Append(*l)
	case *[][]string:
		return to.Append(*l)
	case *[][]time.Time:
		return to.Append(*l)
	}
	return fmt.Errorf("no column for %T", list)
}

// origin is what every row of a table keeps about where it came from.
type origin struct {
	position
	submission    string
	demonstration bool
	knownAt       time.Time
}

type figureRow struct {
	*figure
	origin
}

type figureTable struct{ rows []figureRow }

func (t *figureTable) name() string      { return "observations" }
func (t *figureTable) len() int          { return len(t.rows) }
func (t *figureTable) at(i int) position { return t.rows[i].position }
func (t *figureTable) put(c *columns, i int) {
	r := &t.rows[i]
	column(c, r.measure)
	column(c, r.start.utc())
	column(c, r.end.utc())
	column(c, r.unit)
	column(c, r.dims)
	column(c, r.seq)
	column(c, r.row)
	column(c, r.value)
	column(c, r.retracted)
	column(c, r.period)
	column(c, r.agency)
	column(c, r.note)
	column(c, r.submission)
	column(c, uint32(r.line))
	column(c, r.demonstration)
	column(c, r.knownAt)
}

type progressRow struct {
	*progress
	origin
}

type progressTable struct{ rows []progressRow }

func (t *progressTable) name() string      { return "task_progress" }
func (t *progressTable) len() int          { return len(t.rows) }
func (t *progressTable) at(i int) position { return t.rows[i].position }
func (t *progressTable) put(c *columns, i int) {
	r := &t.rows[i]
	column(c, r.task)
	column(c, r.assignee)
	column(c, r.date.utc())
	column(c, r.seq)
	column(c, r.row)
	column(c, r.status)
	column(c, r.percent)
	column(c, r.note)
	column(c, r.obstacle.kind)
	column(c, r.obstacle.sinceTime())
	column(c, r.obstacle.owner)
	column(c, r.retracted)
	column(c, r.submission)
	column(c, uint32(r.line))
	column(c, r.demonstration)
	column(c, r.knownAt)
}

func (o *obstacle) sinceTime() *time.Time {
	if o.since == noDay {
		return nil
	}
	t := o.since.utc()
	return &t
}

type submissionRow struct {
	*submissionRecord
	origin
	counts
	about
}

type submissionTable struct{ rows []submissionRow }

func (t *submissionTable) name() string { return "submissions" }
func (t *submissionTable) len() int     { return len(t.rows) }

// at: the table has no place within a message, so a hash of the id stands for it.
func (t *submissionTable) at(i int) position {
	r := &t.rows[i]
	return position{r.seq, crc32.ChecksumIEEE([]byte(r.submission))}
}

func (t *submissionTable) put(c *columns, i int) {
	r := &t.rows[i]
	column(c, r.submission)
	column(c, r.seq)
	column(c, r.dataset)
	column(c, r.format)
	column(c, r.caller)
	column(c, r.agency)
	column(c, r.units)
	column(c, r.periods)
	column(c, r.starts)
	column(c, r.ends)
	column(c, uint32(r.accepted))
	column(c, uint32(r.unchanged))
	column(c, uint32(r.corrected))
	column(c, uint32(r.retracted))
	column(c, uint32(r.rejected))
	column(c, uint32(r.warned))
	column(c, uint64(r.bytes))
	column(c, r.checksum)
	column(c, r.idempotencyKey)
	column(c, r.demonstration)
	column(c, r.knownAt)
}

type rejectionRow struct {
	*Rejection
	origin
}

type rejectionTable struct{ rows []rejectionRow }

// next numbers the rejections of a message.
func (t *rejectionTable) next(seq uint64) uint32 {
	if n := len(t.rows); n > 0 && t.rows[n-1].seq == seq {
		return t.rows[n-1].row + 1
	}
	return 0
}

func (t *rejectionTable) name() string      { return "rejections" }
func (t *rejectionTable) len() int          { return len(t.rows) }
func (t *rejectionTable) at(i int) position { return t.rows[i].position }
func (t *rejectionTable) put(c *columns, i int) {
	r := &t.rows[i]
	column(c, r.submission)
	column(c, r.seq)
	column(c, r.row)
	column(c, severityOf(r.Rejection))
	column(c, uint32(r.Line))
	column(c, uint32(r.Column))
	column(c, r.Tab)
	column(c, r.Cell())
	column(c, r.Field)
	column(c, string(r.Code))
	column(c, r.Message.Vi)
	column(c, r.Message.En)
	column(c, r.knownAt)
}

func severityOf(j *Rejection) string {
	if j.Warning {
		return string(catalog.SeverityWarning)
	}
	return string(catalog.SeverityError)
}

// cutUnit gives the code of a unit's reference.
func cutUnit(reference string) (code string, ok bool) { return strings.CutPrefix(reference, "unit:") }
