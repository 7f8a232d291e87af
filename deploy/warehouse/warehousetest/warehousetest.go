// Package warehousetest gives tests the real ClickHouse: one engine for a test
// package, a database of its own for every test.
//
// A package that uses it needs
//
//	func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }
package warehousetest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse"
)

// RequiredVariable makes tests fail, instead of skip, where the engine's
// library is missing. CI does the same.
const RequiredVariable = "TOANCANH_ENGINE_REQUIRED"

// Long enough for a busy machine: a test that has to wait for it has failed anyhow.
const patience = time.Minute

// memoryBytes is small because several packages are tested at the same time.
const memoryBytes = 2 << 30

// dirPrefix begins the names of our directories among the temporary ones.
const dirPrefix = "toancanh-warehousetest-"

// the is the engine of this test binary: one for the package, and a test has
// nothing but the package to find it by.
var the host

// Main runs the tests and stops the engine, if one of them has started it. The
// engine is the test binary itself, which Main recognises by its arguments.
func Main(m *testing.M) int {
	if len(os.Args) > 1 && os.Args[1] == engine.ChildCommand {
		return engine.ChildMain(os.Args[2:])
	}
	code := m.Run()
	if err := the.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "warehousetest:", err)
		return max(code, 1)
	}
	return code
}

// New returns a connection to a fresh, migrated database that is dropped when the test ends.
func New(t testing.TB) driver.Conn {
	t.Helper()
	conn, err := warehouse.Open(t.Context(), DSN(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// DSN is the address of this test's database, the one New connects to when it
// is given the same t.
func DSN(t testing.TB) string {
	t.Helper()
	the.start(t)
	return the.database(t)
}

// HTTP is the address of this test's database by ClickHouse's HTTP interface, with the password in it, for what has to be
// measured against a plain insert.
func HTTP(t testing.TB) string {
	t.Helper()
	dsn, err := url.Parse(DSN(t))
	if err != nil {
		t.Fatal("warehousetest: the engine's address is malformed")
	}
	content, err := os.ReadFile(filepath.Join(the.dir, "endpoint.json"))
	var endpoint struct {
		Port int `json:"http_port"`
	}
	if err == nil {
		err = json.Unmarshal(content, &endpoint)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://%s@127.0.0.1:%d/?database=%s", dsn.User, endpoint.Port, strings.TrimPrefix(dsn.Path, "/"))
}

// Kill ends the engine's process as a crash would and returns when it is gone.
// It comes back by itself at the same address; until then nothing answers.
func Kill(t testing.TB) {
	t.Helper()
	the.start(t)
	pid := the.engine.PID()
	if pid == 0 {
		t.Fatal("warehousetest: the engine is not running")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	WaitUntil(t, "the engine is gone", func() bool { return the.engine.PID() != pid })
}

// host holds the one engine and the databases made in it.
type host struct {
	once   sync.Once
	err    error
	dir    string
	dsn    string
	engine *engine.Engine
	cancel context.CancelFunc
	ended  chan error

	mu        sync.Mutex
	databases map[testing.TB]string
}

// start starts the engine for the first test that asks. Without the library
// the test is skipped, or fails where it is required.
func (h *host) start(t testing.TB) {
	t.Helper()
	h.once.Do(func() { h.err = h.launch() })
	switch {
	case errors.Is(h.err, engine.ErrNoLibrary) && os.Getenv(RequiredVariable) == "" && os.Getenv("CI") == "":
		t.Skipf("NOT TESTED AGAINST CLICKHOUSE: %v", h.err)
	case h.err != nil:
		t.Fatalf("warehousetest: %v", h.err)
	}
}

func (h *host) launch() error {
	library, err := engine.FindLibrary()
	if err != nil {
		return err
	}
	sweep()
	if h.dir, err = os.MkdirTemp("", dirPrefix); err != nil {
		return err
	}
	h.engine = engine.New(engine.Config{
		Dir: h.dir, Library: library, MemoryBytes: memoryBytes, Databases: []string{"test_*"},
		MaxPause: 100 * time.Millisecond, // tests crash it on purpose
	}, logger())
	running, cancel := context.WithCancel(context.Background())
	h.cancel, h.ended = cancel, make(chan error, 1)
	go func() { h.ended <- h.engine.Run(running) }()
	waiting, done := context.WithTimeout(running, patience)
	defer done()
	h.dsn, err = h.engine.Ready(waiting)
	return err
}

// sweep removes what test binaries left behind that were interrupted on an
// earlier day. A failure does no harm.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*"))
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(dir)
		}
	}
}

// logger is quiet unless the tests are verbose: what a test provokes is no news.
func logger() *slog.Logger {
	if !testing.Verbose() {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func (h *host) stop() error {
	if h.cancel == nil {
		return nil
	}
	h.cancel()
	return errors.Join(<-h.ended, os.RemoveAll(h.dir))
}

// database returns the DSN of the test's database and makes it the first time.
func (h *host) database(t testing.TB) string {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if dsn, ok := h.databases[t]; ok {
		return dsn
	}
	name := "test_" + strings.ToLower(rand.Text())
	dsn := h.dsnOf(t, name)
	if err := warehouse.Migrate(t.Context(), dsn, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if h.databases == nil {
		h.databases = make(map[testing.TB]string)
	}
	h.databases[t] = dsn
	t.Cleanup(func() { h.drop(t, name) })
	return dsn
}

func (h *host) dsnOf(t testing.TB, name string) string {
	address, err := url.Parse(h.dsn)
	if err != nil {
		t.Fatal("warehousetest: the engine's address is malformed")
	}
	address.Path = "/" + name
	return address.String()
}

// drop removes a database. A test may have killed the engine just before its
// end, so it waits for the next one.
func (h *host) drop(t testing.TB, name string) {
	h.mu.Lock()
	delete(h.databases, t)
	h.mu.Unlock()
	options, err := clickhouse.ParseDSN(h.dsn)
	if err != nil {
		t.Error("warehousetest: the engine's address is malformed")
		return
	}
	options.Auth.Database = ""
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	WaitUntil(t, "the database is dropped", func() bool {
		return conn.Exec(context.Background(), "DROP DATABASE IF EXISTS {name:Identifier} SYNC", clickhouse.Named("name", name)) == nil
	})
}

// WaitUntil polls a condition, and fails the test when it does not come true.
func WaitUntil(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for !condition() {
		select {
		case <-retry.C:
		case <-deadline.C:
			t.Fatalf("warehousetest: not within %s: %s", patience, what)
		}
	}
}
