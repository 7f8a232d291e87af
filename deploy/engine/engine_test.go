package engine

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestServes(t *testing.T) {
	e := host(t, t.TempDir())
	conn := connect(t, e.dsn)
	var zone string
	if err := conn.QueryRow(t.Context(), "SELECT timezone()").Scan(&zone); err != nil {
		t.Fatal(err)
	}
	if zone != "UTC" {
		t.Errorf("the server's time zone is %s", zone)
	}
	if e.PID() == 0 || e.Restarts() != 0 {
		t.Errorf("pid %d, %d restarts", e.PID(), e.Restarts())
	}
}

// The password stands in these files, the figures in the store.
func TestFilesAreForTheOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "engine")
	host(t, dir)
	wants := map[string]fs.FileMode{
		".": 0o700 | fs.ModeDir, configFile: 0o600, usersFile: 0o600, endpointFile: 0o600, ownerLock: 0o600, childLock: 0o600,
	}
	for name, want := range wants {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), want)
		}
	}
}

func TestComesBackAfterACrash(t *testing.T) {
	t.Parallel()
	e := host(t, t.TempDir())
	conn := connect(t, e.dsn)
	run(t, conn,
		"CREATE DATABASE toancanh",
		"CREATE TABLE toancanh.t (n UInt64) ENGINE = MergeTree ORDER BY n",
		"INSERT INTO toancanh.t SELECT number FROM numbers(1000)")
	for crash := 1; crash <= 3; crash++ {
		pid := e.PID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another child serves", func() bool { return e.Restarts() == crash })
		var sum uint64
		eventually(t, "the same address answers", func() bool {
			return conn.QueryRow(t.Context(), "SELECT sum(n) FROM toancanh.t").Scan(&sum) == nil
		})
		if sum != 499500 {
			t.Fatalf("after crash %d the sum is %d", crash, sum)
		}
		if e.PID() == pid {
			t.Fatalf("pid %d survived SIGKILL", pid)
		}
	}
	if dsn, err := e.Ready(t.Context()); err != nil || dsn != e.dsn {
		t.Errorf("Ready gives another address, error %v", err)
	}
}

// A program that was killed cannot clean up: the child has to notice by itself,
// and the next program has to cope with one that has not yet.
func TestNoChildOutlivesItsSupervisor(t *testing.T) {
	library(t)
	dir := t.TempDir()
	program := exec.Command("/proc/self/exe", superviseCommand, dir)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the program's engine never got ready: %v", err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // reports the kill
	before, err := readEndpoint(filepath.Join(dir, endpointFile))
	if err != nil {
		t.Fatal(err)
	}
	next := host(t, dir)
	if alive(child) {
		t.Fatal("the orphan still lives")
	}
	if next.dsn != before.dsn(Database) {
		t.Error("the address changed although nobody took the port")
	}
}

// alive tells a process from none and from one that only waits to be reaped.
func alive(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	_, state, _ := strings.Cut(string(stat), ") ")
	return err == nil && !strings.HasPrefix(state, "Z")
}

func TestSecondEngineInADirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := host(t, dir)
	second := New(Config{Dir: dir, Library: library(t)}, slog.New(slog.DiscardHandler))
	if err := second.Run(t.Context()); !errors.Is(err, ErrInUse) {
		t.Fatalf("got %v, want ErrInUse", err)
	}
	if _, err := second.Ready(t.Context()); !errors.Is(err, ErrStopped) || !errors.Is(err, ErrInUse) {
		t.Errorf("Ready gives %v, want why the engine has stopped", err)
	}
	if err := connect(t, first.dsn).Ping(t.Context()); err != nil {
		t.Errorf("the first engine suffered: %v", err)
	}
}

// Idle connections must not hold up a stop until it has to use force.
func TestStopsCleanly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := host(t, dir)
	conn := connect(t, e.dsn)
	if err := conn.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	ep, err := readEndpoint(filepath.Join(dir, endpointFile))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get("http://" + loopback(ep.HTTPPort) + "/ping")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := e.stop(); err != nil {
		t.Fatal(err)
	}
	if e.PID() != 0 {
		t.Error("the child is still there")
	}
	if lock, err := tryLock(filepath.Join(dir, childLock)); err != nil {
		t.Errorf("the child's lock is still held: %v", err)
	} else {
		lock.Close()
	}
	if _, err := e.Ready(t.Context()); !errors.Is(err, ErrStopped) {
		t.Errorf("Ready gives %v, want ErrStopped", err)
	}
}

// The server gives a running query 5 seconds, then it goes down all the same.
func TestStopsUnderAnEndlessQuery(t *testing.T) {
	t.Parallel()
	e := host(t, t.TempDir())
	running := startEndlessQuery(t, e)
	if err := e.stop(); err != nil {
		t.Error(err)
	}
	if err := <-running; err == nil {
		t.Error("the endless query has ended well")
	}
}

// startEndlessQuery returns once the server works on it.
func startEndlessQuery(t *testing.T, e *hosted) <-chan error {
	t.Helper()
	conn, ended := connect(t, e.dsn), make(chan error, 1)
	go func() {
		ended <- conn.Exec(context.Background(), "SELECT sum(sleepEachRow(0.01)) FROM numbers(100000) SETTINGS max_block_size = 10")
	}()
	watch := connect(t, e.dsn)
	eventually(t, "the query runs", func() bool {
		var n uint64
		err := watch.QueryRow(t.Context(), "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%processes%'").Scan(&n)
		return err == nil && n == 1
	})
	return ended
}

func TestAddressIsKept(t *testing.T) {
	dir := t.TempDir()
	first := host(t, dir)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	second := host(t, dir)
	if second.dsn != first.dsn {
		t.Error("a restart of the program changed the address")
	}
	if err := second.stop(); err != nil {
		t.Fatal(err)
	}
	ep, err := readEndpoint(filepath.Join(dir, endpointFile))
	if err != nil {
		t.Fatal(err)
	}
	intruder, err := net.Listen("tcp", loopback(ep.NativePort))
	if err != nil {
		t.Fatal(err)
	}
	defer intruder.Close()
	if third := host(t, dir); third.dsn == first.dsn {
		t.Error("the engine claims a port that somebody else has")
	}
}

// Between our look at a port and the child's, somebody may take it.
func TestPortTakenAtTheLastMoment(t *testing.T) {
	e := New(Config{Dir: t.TempDir(), Library: library(t), StartTimeout: time.Minute}, slog.New(slog.DiscardHandler))
	var err error
	if e.cfg, err = e.cfg.withDefaults(); err != nil {
		t.Fatal(err)
	}
	if err := e.configure(); err != nil {
		t.Fatal(err)
	}
	ep, err := readEndpoint(filepath.Join(e.cfg.Dir, endpointFile))
	if err != nil {
		t.Fatal(err)
	}
	close(e.ready) // so that configure lets the port be
	intruder, err := net.Listen("tcp", loopback(ep.HTTPPort))
	if err != nil {
		t.Fatal(err)
	}
	defer intruder.Close()
	if err := e.live(t.Context()); err == nil || !strings.Contains(err.Error(), "Address already in use") {
		t.Errorf("got %v", err)
	}
}

func TestRunFailsClearly(t *testing.T) {
	notALibrary := filepath.Join(t.TempDir(), "libchdb.so")
	if err := os.WriteFile(notALibrary, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	occupied := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(occupied, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		cfg   Config
		wants string
	}{
		"no directory":      {Config{}, "no directory"},
		"no library":        {Config{Dir: t.TempDir(), Library: "nowhere/libchdb.so"}, "no library"},
		"not a library":     {Config{Dir: t.TempDir(), Library: notALibrary}, "load the engine library"},
		"not a directory":   {Config{Dir: occupied, Library: notALibrary}, "make the engine directory"},
		"not a program":     {Config{Dir: t.TempDir(), Library: notALibrary, Command: []string{"/nowhere"}}, "start the engine"},
		"ends with success": {Config{Dir: t.TempDir(), Library: notALibrary, Command: []string{"true"}}, "ended before it answered"},
	} {
		t.Run(name, func(t *testing.T) {
			err := New(test.cfg, slog.New(slog.DiscardHandler)).Run(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.wants) {
				t.Errorf("got %v, want %q", err, test.wants)
			}
		})
	}
}

func TestStopWhileStarting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := New(Config{Dir: t.TempDir(), Library: library(t)}, slog.New(slog.DiscardHandler))
	if err := e.Run(ctx); err != nil {
		t.Errorf("got %v from a stop that was asked for", err)
	}
	if err := e.Run(t.Context()); err == nil {
		t.Error("Run can be called twice")
	}
}
