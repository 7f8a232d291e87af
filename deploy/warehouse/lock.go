package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// codeQueryRunning is how a server refuses a query whose id another one bears that is running.
const codeQueryRunning = 216

// lockPause is how long apart a lock is tried that another program has.
const lockPause = 100 * time.Millisecond

// withLock runs work while no other program has the lock of this database. ClickHouse has no locks, but of two queries
// with one id it runs only one; the lock is such a query, which ends with its connection and so with its holder, however
// that dies. It is a lock of one server and of the native protocol: through a load balancer before several, or by HTTP, two
// programs may be at work, which the statements of the migrations bear. The context of work ends when the lock is lost.
func withLock(ctx context.Context, options *clickhouse.Options, log *slog.Logger, work func(context.Context) error) error {
	if options.Protocol == clickhouse.HTTP {
		return work(ctx)
	}
	conn, err := connect(ctx, options)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	held, err := lock(ctx, conn, "toancanh-migrate-"+options.Auth.Database, log)
	if err != nil {
		return fmt.Errorf("wait for the turn to migrate: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for held.Next() {
		}
		cancel(errors.Join(errors.New("the query that held the lock has ended"), held.Err()))
	}()
	err = work(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = errors.Join(err, cause)
	}
	cancel(nil)
	<-ended
	return err
}

// lock begins the query that is the lock, once no other one has its name. It is over when ctx ends.
func lock(ctx context.Context, conn driver.Conn, name string, log *slog.Logger) (driver.Rows, error) {
	for waited := false; ; waited = true {
		held, err := conn.Query(clickhouse.Context(ctx, clickhouse.WithQueryID(name)),
			"SELECT sleepEachRow(0.05) FROM system.numbers SETTINGS max_block_size = 1")
		if exception, ok := errors.AsType[*clickhouse.Exception](err); !ok || exception.Code != codeQueryRunning {
			return held, err
		}
		if !waited {
			log.Info("another program brings the schema up to date, waiting for it")
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
