package ingest

import (
	"errors"
	"time"
)

// Config holds the limits of the pipeline. DefaultConfig gives values that fit one machine.
type Config struct {
	Dir          string        // where the journal lives, DATA/journal; with an outside one, what a worker sets aside
	Outside      Outside       // NATS servers that keep the journal instead
	Lease        time.Duration // how long a worker that is not heard of keeps the writer's place
	JournalBytes int64         // the journal's disk limit; beyond it submissions get journal_full
	DrainTimeout time.Duration // how long Run waits on stop for the warehouse to take what is journalled

	MaxBody       int64 // bytes of one submission
	MaxWorkbook   int64 // bytes of one workbook as it is sent; it is held in memory as a whole
	MaxWorkbooks  int   // workbooks read at the same time
	MaxLine       int   // bytes of one line; a longer one is one rejected row
	MaxRows       int   // rows of one submission
	MaxRejections int   // kept rejections of one submission; all are counted
	MaxConcurrent int   // submissions read at the same time
	MaxWaiting    int   // senders that wait for the warehouse at the same time; who comes later is told at once that all is durable

	BatchRows     int           // rows of one insert
	FlushInterval time.Duration // least time between inserts, so that single events do not make one part each
	InsertTimeout time.Duration // after which the outcome of an insert counts as unknown
}

// DefaultConfig gives the limits stated in the README; Dir is the caller's to set.
func DefaultConfig() Config {
	return Config{
		Lease:         10 * time.Second,
		JournalBytes:  2 << 30,
		DrainTimeout:  10 * time.Second,
		MaxBody:       1 << 30,
		MaxWorkbook:   16 << 20,
		MaxWorkbooks:  4,
		MaxLine:       64 << 10,
		MaxRows:       2_000_000,
		MaxRejections: 1000,
		MaxConcurrent: 64,
		MaxWaiting:    1000,
		BatchRows:     100_000,
		FlushInterval: 50 * time.Millisecond,
		InsertTimeout: time.Minute,
	}
}

// Validate refuses limits that cannot work.
func (c Config) Validate() error {
	switch {
	case c.Dir == "":
		return errors.New("ingest: no directory for the journal")
	case c.JournalBytes < 1<<20:
		return errors.New("ingest: the journal needs at least 1 MiB")
	case c.MaxLine < 1024, c.MaxLine > 1<<20:
		return errors.New("ingest: the line limit must lie between 1 KiB and 1 MiB")
	case c.MaxBody < 1, c.MaxRows < 1, c.MaxRejections < 0, c.MaxConcurrent < 1, c.MaxWaiting < 0, c.BatchRows < 1, c.MaxWorkbook < 1, c.MaxWorkbooks < 1:
		return errors.New("ingest: limits must be positive")
	case c.InsertTimeout <= 0:
		return errors.New("ingest: an insert needs time")
	case c.Lease < time.Second:
		return errors.New("ingest: the writer's place must be kept for a second at least")
	case c.Outside.used():
		return c.Outside.validate()
	}
	return nil
}
