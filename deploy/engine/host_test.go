package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// superviseCommand makes the test binary a program with an engine, to be killed.
const superviseCommand = "supervise"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case ChildCommand:
			os.Exit(ChildMain(os.Args[2:]))
		case superviseCommand:
			os.Exit(superviseMain(os.Args[2]))
		}
	}
	os.Exit(m.Run())
}

// superviseMain hosts an engine for ever and prints its process id.
func superviseMain(dir string) int {
	library, err := FindLibrary()
	if err != nil {
		return 1
	}
	e := New(Config{Dir: dir, Library: library, MemoryBytes: 1 << 30}, slog.New(slog.DiscardHandler))
	go func() {
		if _, err := e.Ready(context.Background()); err == nil {
			fmt.Println(e.PID())
		}
	}()
	if err := e.Run(context.Background()); err != nil {
		return 1
	}
	return 0
}

// hosted is a running engine of a test.
type hosted struct {
	*Engine
	dsn  string
	logs *logBuffer
	stop func() error // ends the engine and returns what Run returned
}

// host starts an engine in dir and stops it when the test ends.
func host(t *testing.T, dir string, adjust ...func(*Config)) *hosted {
	t.Helper()
	cfg := Config{Dir: dir, Library: library(t), MemoryBytes: 1 << 30}
	for _, change := range adjust {
		change(&cfg)
	}
	h := &hosted{logs: &logBuffer{}}
	h.Engine = New(cfg, slog.New(slog.NewTextHandler(h.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	h.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := h.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	var err error
	if h.dsn, err = h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func library(t *testing.T) string {
	t.Helper()
	path, err := FindLibrary()
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "" && os.Getenv("TOANCANH_ENGINE_REQUIRED") == "":
		t.Skipf("NOT TESTED AGAINST CLICKHOUSE: %v", err)
	default:
		t.Fatal(err)
	}
	return ""
}

// logBuffer collects what an engine logs.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// connect opens a pool to the engine, as another user when one is given.
func connect(t *testing.T, dsn string, user ...string) driver.Conn {
	t.Helper()
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	options.Auth.Database = ""
	if len(user) == 1 {
		options.Auth.Username, options.Auth.Password = user[0], ""
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func run(t *testing.T, conn driver.Conn, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// eventually polls a condition; the deadline is only there to end a test that failed.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	retry := time.NewTicker(5 * time.Millisecond)
	defer retry.Stop()
	for !condition() {
		select {
		case <-retry.C:
		case <-deadline.C:
			t.Fatalf("never came true: %s", what)
		}
	}
}

func code(err error) int32 {
	var exception *clickhouse.Exception
	if !errors.As(err, &exception) {
		return 0
	}
	return exception.Code
}
