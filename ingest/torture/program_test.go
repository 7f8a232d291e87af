package torture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/engine"
)

// patience is how long anything may take before the run has failed: recovery without a hand is one of the promises.
const patience = 90 * time.Second

// binary is built by the first test that asks for it, with the steps of the pipeline in it, and removed by TestMain.
var binary struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	if store := os.Getenv(natsStore); store != "" {
		serveNATS(store) // this process is the NATS server of a test
	}
	code := m.Run()
	if binary.dir != "" {
		_ = os.RemoveAll(binary.dir) // in the system's temporary directory
	}
	os.Exit(code)
}

// build gives the path of the program. Without the engine's library the test is skipped, or fails where it is required.
func build(t *testing.T) string {
	t.Helper()
	if _, err := engine.FindLibrary(); err != nil {
		if os.Getenv("CI") != "" || os.Getenv("TOANCANH_ENGINE_REQUIRED") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	binary.once.Do(func() {
		if binary.dir, binary.err = os.MkdirTemp("", "toancanh-torture-*"); binary.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-trimpath", "-tags", "torture", "-o", binary.dir, "../../cmd/toancanh")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			binary.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return filepath.Join(binary.dir, "toancanh")
}

// program is `toancanh` under torture. It is always started on the same address and data, as a supervisor does.
type program struct {
	t       *testing.T
	args    []string
	address string // of its HTTP server, "" for one that does not listen
	sockets string // directory of the sockets of steps, one a life
	output  *lockedBuffer

	cmd   *exec.Cmd
	steps net.Listener
	line  net.Conn // to the steps of the present life
	said  chan struct{}
	ended chan struct{}
	lives int
	peak  int // kB of memory at its highest, of all lives that were looked at
}

// lockedBuffer keeps the end of what the program prints.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	const most = 1 << 20
	if l.b.Len() > most {
		l.b.Next(l.b.Len() - most/2)
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newProgram prepares a program; args follow the subcommand.
func newProgram(t *testing.T, address string, args ...string) *program {
	t.Helper()
	build(t)
	p := &program{t: t, args: args, address: address, sockets: t.TempDir(), output: &lockedBuffer{}}
	t.Cleanup(func() {
		p.end()
		if t.Failed() {
			t.Logf("output of %v:\n%s", args, p.output)
		}
	})
	return p
}

// start begins a life of the program and does not wait until it is ready.
func (p *program) start() {
	p.t.Helper()
	library, err := engine.FindLibrary()
	if err != nil {
		p.t.Fatal(err)
	}
	p.lives++
	p.steps, err = net.Listen("unix", filepath.Join(p.sockets, strconv.Itoa(p.lives)))
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd = exec.Command(build(p.t), p.args...)
	p.cmd.Env = append(os.Environ(), engine.LibraryVariable+"="+library, "TOANCANH_TORTURE="+p.steps.Addr().String())
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	cmd, ended := p.cmd, make(chan struct{})
	p.ended = ended
	go func() {
		_ = cmd.Wait() // it is killed most of the time
		close(ended)
	}()
}

// listen takes the line of the present life; the program opens it at its first step.
func (p *program) listen() error {
	if p.line != nil {
		return nil
	}
	if err := p.steps.(*net.UnixListener).SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	line, err := p.steps.Accept()
	if err != nil {
		return err
	}
	p.line, p.said = line, make(chan struct{}, 1)
	said := p.said
	go func() {
		for in := bufio.NewScanner(line); in.Scan(); {
			said <- struct{}{}
		}
	}()
	return nil
}

// arm has the program held at a step when it is reached for the given time.
func (p *program) arm(step string, times int) error {
	if err := p.listen(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.line, "arm %d %s\n", times, step)
	return err
}

// release lets what is held go on. A program that has ended cannot be told; nor need it be.
func (p *program) release() {
	if p.line != nil {
		_, _ = fmt.Fprintln(p.line, "go")
	}
}

// kill ends the program's process with SIGKILL and returns when it is gone.
func (p *program) kill() {
	if p.cmd == nil {
		return
	}
	p.peak = max(p.peak, p.memory())
	_ = p.cmd.Process.Kill() // it may have ended by itself, which those who wait for it will tell
	<-p.ended
	_ = p.steps.Close() // nobody is at the other end, nor will be
	if p.line != nil {
		_ = p.line.Close()
		p.line = nil
	}
}

// end kills the program and waits for its engine to follow.
func (p *program) end() {
	if p.cmd == nil {
		return
	}
	children := childrenOf(p.cmd.Process.Pid)
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGCONT) // one that sleeps does not see the end of its parent
	}
	p.kill()
	p.until("the engine has ended with its parent", func() bool { return gone(children) })
}

// stop interrupts the program and waits until it is gone: what is journalled is drained.
func (p *program) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt) // as above
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("an interrupt did not stop the program within %s", patience)
	}
	p.end()
}

// memory is the most the process ever held, in kB.
func (p *program) memory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kB int
	_, _ = fmt.Sscan(after, &kB) // 0 when it has ended
	return kB
}

// metric adds up the series of a name that hold all the given labels; -1 while /metrics does not answer.
func (p *program) metric(name string, labels ...string) (sum float64) {
	resp, err := http.Get("http://" + p.address + "/metrics")
	if err != nil {
		return -1
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return -1
	}
	for line := range strings.Lines(string(content)) {
		at := strings.LastIndexByte(line, ' ') // labels may hold spaces
		series := line[:max(at, 0)]
		if series != name && !strings.HasPrefix(series, name+"{") ||
			slices.ContainsFunc(labels, func(l string) bool { return !strings.Contains(series, l) }) {
			continue
		}
		if n, err := strconv.ParseFloat(strings.TrimSpace(line[at+1:]), 64); err == nil {
			sum += n
		}
	}
	return sum
}

// engine gives the process of the embedded ClickHouse, 0 when there is none at the moment.
func (p *program) engine() int {
	for _, pid := range childrenOf(p.cmd.Process.Pid) {
		return pid
	}
	return 0
}

// warehouse gives the address of its embedded ClickHouse.
func (p *program) warehouse() string {
	p.t.Helper()
	dsn, running, err := engine.Running(filepath.Join(p.args[slices.Index(p.args, "--data")+1], "engine"))
	if err != nil || !running {
		p.t.Fatalf("the engine is running: %t %v", running, err)
	}
	return dsn
}

// ready waits until the program answers.
func (p *program) ready() {
	p.t.Helper()
	p.until("the program is ready", func() bool {
		resp, err := http.Get("http://" + p.address + "/readyz")
		if err != nil {
			return false
		}
		_ = resp.Body.Close() // it was read, or is not wanted
		return resp.StatusCode == http.StatusOK
	})
}

// until polls a condition, and ends the test when it does not come true or the program ends by itself.
func (p *program) until(what string, condition func() bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for !condition() {
		select {
		case <-time.After(30 * time.Millisecond):
		case <-ctx.Done():
			p.t.Fatalf("not within %s: %s\n%s", patience, what, tail(p.output.String()))
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-4000):] }

// childrenOf lists the processes whose parent is the given one.
func childrenOf(parent int) (found []int) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, stat := range stats {
		content, err := os.ReadFile(stat)
		if err != nil {
			continue // ended meanwhile
		}
		fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
		if len(fields) > 1 && fields[0] != "Z" && fields[1] == strconv.Itoa(parent) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			if err == nil {
				found = append(found, pid)
			}
		}
	}
	return found
}

func gone(pids []int) bool {
	for _, pid := range pids {
		if !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return false
		}
	}
	return true
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
