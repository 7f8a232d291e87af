package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"
)

// Reset undoes all migrations, newest first. A program never does that: it
// would drop the figures.
func Reset(ctx context.Context, dsn string) error {
	options, err := parseDSN(dsn)
	if err != nil {
		return err
	}
	return withProvider(openDB(options), func(provider *goose.Provider) error {
		_, err := provider.DownTo(ctx, 0)
		return err
	})
}

// MigrateWatched migrates without the lock, as a program does beside one that reached another server of a cluster, and
// calls before ahead of each statement that changes something: with its number, from 1. An error of it is that statement's.
func MigrateWatched(ctx context.Context, dsn string, before func(int) error) error {
	options, err := parseDSN(dsn)
	if err != nil {
		return err
	}
	if err := createDatabase(ctx, options); err != nil {
		return err
	}
	db := sql.OpenDB(&watchedConnector{Connector: clickhouse.Connector(options), before: before})
	db.SetMaxOpenConns(1)
	return withProvider(db, func(provider *goose.Provider) error {
		return up(ctx, provider, options, slog.New(slog.DiscardHandler))
	})
}

// HoldLock calls work while it has the lock of the database.
func HoldLock(ctx context.Context, dsn string, log *slog.Logger, work func(context.Context) error) error {
	options, err := parseDSN(dsn)
	if err != nil {
		return err
	}
	return withLock(ctx, options, log, work)
}

// watchedConnector gives connections that tell of their statements.
type watchedConnector struct {
	driver.Connector
	before func(int) error
	n      int
}

// Connect opens a connection.
func (c *watchedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	whole, ok := conn.(wholeConn)
	if !ok {
		return nil, errors.New("the connection lacks what database/sql asks for")
	}
	return &watchedConn{wholeConn: whole, connector: c}, nil
}

// wholeConn is what database/sql uses of a connection of the client library.
type wholeConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
}

type watchedConn struct {
	wholeConn
	connector *watchedConnector
}

// ExecContext runs a statement, unless it is told not to.
func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.connector.n++
	if err := c.connector.before(c.connector.n); err != nil {
		return nil, err
	}
	return c.wholeConn.ExecContext(ctx, query, args)
}
