package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse"
)

// warehouseFlags say which ClickHouse holds the figures.
type warehouseFlags struct {
	Data       string `default:"data" help:"Directory of the journal and of the embedded ClickHouse." type:"path"`
	Clickhouse string `help:"Address of an outside ClickHouse, clickhouse://user:password@host:9000/database; without it the embedded one runs." placeholder:"DSN"`
}

// embedded is a running engine. Close stops it and waits; it is safe on nil.
type embedded struct {
	engine *engine.Engine
	cancel context.CancelFunc
	done   chan error
}

// startWarehouse gives the DSN of the ClickHouse to use, starting the embedded one when
// no other is named. The engine outlives ctx: it is stopped by Close, after those who use it.
func startWarehouse(ctx context.Context, f warehouseFlags, log *slog.Logger) (dsn string, _ *embedded, err error) {
	if f.Clickhouse != "" {
		return f.Clickhouse, nil, warehouse.Migrate(ctx, f.Clickhouse, log)
	}
	library, err := engine.FindLibrary()
	if err != nil {
		return "", nil, err
	}
	host := engine.New(engine.Config{Dir: filepath.Join(f.Data, "engine"), Library: library}, log)
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e := &embedded{engine: host, cancel: cancel, done: make(chan error, 1)}
	go func() { e.done <- host.Run(running) }()
	dsn, err = e.ready(ctx, host)
	if err == nil {
		err = e.migrate(ctx, dsn, log)
	}
	if err != nil {
		_ = e.Close() // the first error is the one to tell
		return "", nil, err
	}
	return dsn, e, nil
}

// ready waits for the first answer of the engine, or for its end.
func (e *embedded) ready(ctx context.Context, host *engine.Engine) (string, error) {
	type answer struct {
		dsn string
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		dsn, err := host.Ready(ctx)
		answered <- answer{dsn, err}
	}()
	select {
	case a := <-answered:
		return a.dsn, a.err
	case cause := <-e.done:
		e.done <- cause // Close waits for it too
		return "", fmt.Errorf("the embedded ClickHouse did not start: %w", cause)
	}
}

// How often and how long apart the schema is tried while the engine does not answer.
const (
	migrateTries = 20
	migratePause = 250 * time.Millisecond
)

// migrate brings the schema up to date, again when the engine has ended meanwhile: it is started again by itself, and
// nobody should have to start the program a second time for it.
func (e *embedded) migrate(ctx context.Context, dsn string, log *slog.Logger) error {
	for tries := 1; ; tries++ {
		err := warehouse.Migrate(ctx, dsn, log)
		if err == nil || tries == migrateTries || !warehouse.Unanswered(err) {
			return err
		}
		log.Warn("the engine did not answer while its schema was looked at, trying again", "error", err)
		select {
		case <-time.After(migratePause):
		case <-ctx.Done():
			return err
		}
		if _, err := e.ready(ctx, e.engine); err != nil {
			return err
		}
	}
}

// Close stops the engine and returns when its process is gone.
func (e *embedded) Close() error {
	if e == nil {
		return nil
	}
	e.cancel()
	return <-e.done
}

// reach opens the warehouse of the flags: the outside one, the embedded one of a server that runs on this data directory, or
// else one that is started for the while. The function closes what was opened.
func reach(ctx context.Context, f warehouseFlags, log *slog.Logger) (driver.Conn, func() error, error) {
	var dsn string
	var host *embedded
	running, err := false, error(nil)
	if f.Clickhouse == "" {
		if dsn, running, err = engine.Running(filepath.Join(f.Data, "engine")); err != nil {
			return nil, nil, err
		}
	}
	if !running {
		if dsn, host, err = startWarehouse(ctx, f, log); err != nil {
			return nil, nil, err
		}
	}
	conn, err := warehouse.Open(ctx, dsn, log)
	if err != nil {
		return nil, nil, errors.Join(err, host.Close())
	}
	return conn, func() error { return errors.Join(conn.Close(), host.Close()) }, nil
}

// withWarehouse lends a connection to the warehouse of the flags.
func withWarehouse(ctx context.Context, f warehouseFlags, log *slog.Logger, use func(driver.Conn) error) (err error) {
	conn, closing, err := reach(ctx, f, quiet(log))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	return use(conn)
}

// quiet leaves out of a short command's output that all went well.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(leveled{log.Handler()})
}

// leveled passes on warnings and worse.
type leveled struct{ slog.Handler }

func (h leveled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

type migrateCommand struct {
	warehouseFlags
}

// Run brings the schema up to date and stops.
func (c *migrateCommand) Run(ctx context.Context, log *slog.Logger) error {
	_, e, err := startWarehouse(ctx, c.warehouseFlags, log)
	if err != nil {
		return err
	}
	fmt.Println("the schema is up to date")
	return e.Close()
}

type engineCommand struct {
	Data string `default:"data" help:"Directory of the embedded ClickHouse." type:"path"`
}

// Run serves the embedded ClickHouse until interrupted.
func (c *engineCommand) Run(ctx context.Context, log *slog.Logger) error {
	dsn, e, err := startWarehouse(ctx, warehouseFlags{Data: c.Data}, log)
	if err != nil {
		return err
	}
	fmt.Println(dsn)
	<-ctx.Done()
	return e.Close()
}
