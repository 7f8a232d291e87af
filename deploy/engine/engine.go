// Package engine hosts a real single-node ClickHouse without an installation:
// a child process loads libchdb.so and serves the native and the HTTP protocol
// on the loopback interface. The child is this very program, started again
// under a hidden subcommand.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// ErrStopped is returned by Ready when the engine has stopped.
var ErrStopped = errors.New("the engine has stopped")

const (
	// startAttempts bound the tries before the first success: what has never
	// worked is a matter for the operator.
	startAttempts = 3
	// After that the engine is started again for ever, with pauses that grow from
	// firstPause to Config.MaxPause, and shrink again after a settled time of service.
	firstPause = 100 * time.Millisecond
	settled    = 10 * time.Second
)

// Engine supervises an embedded ClickHouse.
type Engine struct {
	cfg Config
	log *slog.Logger

	started  atomic.Bool
	restarts atomic.Int64
	ready    chan struct{} // closed at the first readiness, after dsn was set
	done     chan struct{} // closed when Run has returned, after runErr was set
	dsn      string
	runErr   error

	mu    sync.Mutex
	child *process // nil while there is none
}

// New returns an engine that does nothing until Run.
func New(cfg Config, log *slog.Logger) *Engine {
	return &Engine{cfg: cfg, log: log, ready: make(chan struct{}), done: make(chan struct{})}
}

// Run hosts the engine until ctx ends, starts it again when it crashes, and
// returns when the child has stopped. It can be called once. ErrInUse says that
// the directory belongs to another engine; any other error, that the engine
// has never started.
func (e *Engine) Run(ctx context.Context) (err error) {
	if e.started.Swap(true) {
		return errors.New("engine: Run was called before")
	}
	defer func() {
		e.runErr = err
		close(e.done)
	}()
	if e.cfg, err = e.cfg.withDefaults(); err != nil {
		return err
	}
	owner, err := e.claim()
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	defer owner.Close()
	return e.supervise(ctx)
}

// claim makes the directory and takes it for this engine.
func (e *Engine) claim() (owner *os.File, err error) {
	if err := makeDir(e.cfg.Dir); err != nil {
		return nil, err
	}
	return lockOwner(e.cfg.Dir)
}

func (e *Engine) supervise(ctx context.Context) error {
	pause := firstPause
	for failures := 1; ; failures++ {
		begin := time.Now()
		err := e.live(ctx)
		if errors.Is(err, context.Canceled) {
			return nil // stopped while it was still starting
		}
		if ctx.Err() != nil {
			return err
		}
		if !e.wasReady() && (failures >= startAttempts || errors.Is(err, ErrInUse)) {
			return fmt.Errorf("engine: %w", err)
		}
		if time.Since(begin) > settled {
			pause = firstPause
		}
		e.log.Error("engine ended, starting it again", "error", err, "pause", pause)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, e.cfg.MaxPause)
	}
}

// live is one life of the child, from its start to its end. It returns nil
// after a clean stop that ctx asked for.
func (e *Engine) live(ctx context.Context) error {
	lock, err := lockChild(ctx, e.cfg.Dir)
	if err != nil {
		return err
	}
	// With the lock in hand: the ports of an orphan would look taken.
	if err := e.configure(); err != nil {
		return errors.Join(err, lock.Close())
	}
	begin := time.Now()
	child, err := startProcess(e.cfg, lock, e.log)
	if err != nil {
		return err
	}
	e.setChild(child)
	defer e.setChild(nil)
	if err := e.awaitReady(ctx, child); err != nil {
		return errors.Join(err, child.stop(e.cfg.StopTimeout))
	}
	e.announce(child, time.Since(begin))
	select {
	case <-ctx.Done():
		return child.stop(e.cfg.StopTimeout)
	case <-child.exited:
		return errors.Join(child.end(), child.release())
	}
}

// configure writes the server's files. Once the address has been told to
// anybody it stays, whoever may be on the port.
func (e *Engine) configure() error {
	if e.wasReady() {
		return nil
	}
	ep, err := loadEndpoint(e.cfg.Dir)
	if err != nil {
		return err
	}
	e.dsn = ep.dsn(Database)
	return writeConfiguration(e.cfg, ep)
}

func (e *Engine) awaitReady(ctx context.Context, child *process) error {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.StartTimeout)
	defer cancel()
	return child.awaitReady(ctx, e.dsn)
}

func (e *Engine) announce(child *process, took time.Duration) {
	if e.wasReady() {
		e.restarts.Add(1)
	} else {
		close(e.ready)
	}
	e.log.Info("engine ready", "pid", child.pid(), "took", took.Round(time.Millisecond), "memory_bytes", e.cfg.MemoryBytes)
}

func (e *Engine) wasReady() bool {
	select {
	case <-e.ready:
		return true
	default:
		return false
	}
}

func (e *Engine) setChild(child *process) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.child = child
}

// Ready waits until the engine has answered for the first time and returns its
// DSN, clickhouse://user:password@127.0.0.1:port/toancanh. The DSN holds over
// restarts of the child and, unless somebody takes the port, of the program.
// The database need not exist yet. Never log the DSN: it carries the password.
func (e *Engine) Ready(ctx context.Context) (string, error) {
	select {
	case <-e.done:
		return "", errors.Join(ErrStopped, e.runErr)
	default:
	}
	select {
	case <-e.ready:
		return e.dsn, nil
	case <-e.done:
		return "", errors.Join(ErrStopped, e.runErr)
	case <-ctx.Done():
		return "", fmt.Errorf("wait for the engine: %w", context.Cause(ctx))
	}
}

// Restarts counts how often a child has taken over, ready to serve, from one that ended.
func (e *Engine) Restarts() int { return int(e.restarts.Load()) }

// PID is the process id of the child, 0 while there is none.
func (e *Engine) PID() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.child == nil {
		return 0
	}
	return e.child.pid()
}
