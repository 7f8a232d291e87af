package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/creack/pty"
)

// process is one life of the engine: a child with everything that has to be
// kept open for it.
type process struct {
	cmd      *exec.Cmd
	lifeline *os.File // our end: closing it asks the child to stop
	terminal *os.File // the child's stdin is the other end of it
	words    *forwarder
	exited   chan struct{}
	waitErr  error // set before exited is closed
}

// startProcess starts a child. The lock goes with it: the caller's copy is closed.
func startProcess(cfg Config, lock *os.File, log *slog.Logger) (*process, error) {
	defer lock.Close()
	lifelineEnd, lifeline, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open the lifeline: %w", err)
	}
	defer lifelineEnd.Close()
	// Without a terminal on stdin the engine installs a handler that ends it on
	// any broken connection.
	terminal, stdin, err := pty.Open()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a terminal for the engine: %w", err), lifeline.Close())
	}
	defer stdin.Close()
	p := &process{
		cmd: command(cfg), lifeline: lifeline, terminal: terminal,
		words: newForwarder(log), exited: make(chan struct{}),
	}
	p.cmd.Stdin, p.cmd.Stderr = stdin, p.words
	p.cmd.ExtraFiles = []*os.File{lifelineEnd, lock}
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the engine: %w", err), p.release())
	}
	go p.wait()
	return p, nil
}

func command(cfg Config) *exec.Cmd {
	args := append(cfg.Command[1:len(cfg.Command):len(cfg.Command)],
		"--library", cfg.Library,
		"--config", filepath.Join(cfg.Dir, configFile),
		"--start", filepath.Join(cfg.Dir, startFile))
	cmd := exec.Command(cfg.Command[0], args...)
	cmd.Dir = cfg.Dir
	// Our environment may hold secrets that are none of the engine's business.
	cmd.Env = []string{"HOME=" + cfg.Dir, "TZ=UTC", "LANG=C.UTF-8", "TERM=dumb", "PATH=" + os.Getenv("PATH")}
	// An own session: Ctrl-C at our terminal is ours to handle, the engine has
	// to outlive the writers that drain into it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.WaitDelay = time.Second
	return cmd
}

func (p *process) wait() {
	p.waitErr = p.cmd.Wait()
	close(p.exited)
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// release lets go of what was kept open for the child.
func (p *process) release() error {
	return errors.Join(p.lifeline.Close(), p.terminal.Close())
}

// stop ends the child cleanly, or by force when that takes longer than timeout.
func (p *process) stop(timeout time.Duration) error {
	released := p.release()
	patience := time.NewTimer(timeout)
	defer patience.Stop()
	select {
	case <-p.exited:
		return released
	case <-patience.C:
		p.kill()
		return fmt.Errorf("the engine did not stop within %s and was killed", timeout)
	}
}

// kill ends the child at once and returns when it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only when it has ended already
	<-p.exited
}

// end explains why the child is gone.
func (p *process) end() error {
	reason := "exit status 0"
	if p.waitErr != nil {
		reason = p.waitErr.Error()
	}
	if words := p.words.lastWords(); words != "" {
		reason += ": " + words
	}
	return errors.New(reason)
}

// ping gives up soon, since a stranger on our port may never answer.
func ping(ctx context.Context, conn driver.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return conn.Ping(ctx)
}

// awaitReady returns once the server has answered a query of the service user.
// A child may end with status 0 without ever having served.
func (p *process) awaitReady(ctx context.Context, dsn string) error {
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		return errors.New("the engine's own address is malformed")
	}
	options.Auth.Database = ""
	options.MaxOpenConns, options.MaxIdleConns = 1, 1
	conn, err := clickhouse.Open(options)
	if err != nil {
		return fmt.Errorf("connect to the engine: %w", err)
	}
	defer conn.Close()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		if err = ping(ctx, conn); err == nil {
			p.words.serve()
			return nil
		}
		select {
		case <-retry.C:
		case <-p.words.failed:
			return fmt.Errorf("the engine cannot serve: %s", p.words.lastWords())
		case <-p.exited:
			return fmt.Errorf("the engine ended before it answered: %w", p.end())
		case <-ctx.Done():
			return fmt.Errorf("the engine does not answer: %w", errors.Join(context.Cause(ctx), err))
		}
	}
}
