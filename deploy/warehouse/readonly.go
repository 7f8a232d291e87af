package warehouse

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// frugal is a connection for users who may change no setting either (readonly = 1). The client library tells the server how long a
// question may take, which is one; once that was refused it is not told any more, and a question that takes too long is cancelled
// from here alone, as the library does it all the same.
type frugal struct {
	driver.Conn
	unlimited atomic.Bool // no limit of time is told
}

func (c *frugal) Query(ctx context.Context, query string, args ...any) (driver.Rows, error) {
	rows, err := c.Conn.Query(c.told(ctx), query, args...)
	if c.refused(err) {
		return c.Conn.Query(c.told(ctx), query, args...)
	}
	return rows, err
}

func (c *frugal) QueryRow(ctx context.Context, query string, args ...any) driver.Row {
	row := c.Conn.QueryRow(c.told(ctx), query, args...)
	if c.refused(row.Err()) {
		return c.Conn.QueryRow(c.told(ctx), query, args...)
	}
	return row
}

// refused tells whether the limit of time was what a server refused, and has it left out from then on.
func (c *frugal) refused(err error) bool {
	const codeReadonly = 164
	var exception *clickhouse.Exception
	if !errors.As(err, &exception) || exception.Code != codeReadonly || !strings.Contains(exception.Message, "max_execution_time") {
		return false
	}
	c.unlimited.Store(true)
	return true
}

// told gives the context that the library is shown.
func (c *frugal) told(ctx context.Context) context.Context {
	if c.unlimited.Load() {
		return endless{ctx}
	}
	return ctx
}

// endless ends when the context does, and does not say beforehand when that is.
type endless struct{ context.Context }

func (endless) Deadline() (time.Time, bool) { return time.Time{}, false }
