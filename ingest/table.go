package ingest

import (
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

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
