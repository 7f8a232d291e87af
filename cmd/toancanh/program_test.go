package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

func TestMain(m *testing.M) {
	code := warehousetest.Main(m)
	if binary.dir != "" {
		_ = os.RemoveAll(binary.dir) // in the system's temporary directory
	}
	os.Exit(code)
}

// program is the built binary at work, as a user runs it.
type program struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	output  *shownOutput
}

// binary is built by the first test that asks for it and removed by TestMain.
var binary struct {
	once sync.Once
	dir  string
	err  error
}

// build gives the path of the built program.
func build(t *testing.T) string {
	t.Helper()
	if _, err := engine.FindLibrary(); err != nil {
		if os.Getenv("CI") != "" || os.Getenv("TOANCANH_ENGINE_REQUIRED") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	binary.once.Do(func() {
		if binary.dir, binary.err = os.MkdirTemp("", "toancanh-program-*"); binary.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-trimpath", "-o", binary.dir, ".") // as the Makefile builds it: compiled already
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

// serve starts `toancanh serve` on a free port, with more flags if any, and waits until it is ready.
func serve(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	return serveOn(t, data, freeAddress(t), flags...)
}

func serveOn(t *testing.T, data, listen string, flags ...string) *program {
	t.Helper()
	p := launch(t, data, listen, flags...)
	p.address = strings.Replace(listen, "0.0.0.0", "127.0.0.1", 1)
	p.waitReady()
	return p
}

// shownOutput is what a program prints, read while it runs.
type shownOutput struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *shownOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *shownOutput) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// waitReady waits until the program answers.
func (p *program) waitReady() {
	p.t.Helper()
	warehousetest.WaitUntil(p.t, "the program is ready", func() bool {
		resp, err := http.Get("http://" + p.address + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// launch starts `toancanh serve` without waiting for it; it is killed when the test ends.
func launch(t *testing.T, data, listen string, flags ...string) *program {
	t.Helper()
	p := &program{t: t, address: listen, output: &shownOutput{}}
	p.cmd = exec.Command(build(t), append([]string{"serve", "--listen", listen, "--data", data}, flags...)...)
	p.cmd.Env = append(os.Environ(), engine.LibraryVariable+"="+library(t))
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // most have ended already
		<-ended
		if t.Failed() {
			t.Logf("output of the program:\n%s", p.output)
		}
	})
	return p
}

func library(t *testing.T) string {
	t.Helper()
	path, err := engine.FindLibrary()
	if err != nil {
		t.Fatal(err)
	}
	return path
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

// figure posts one figure and waits until it can be queried.
func (p *program) figure(unit string, value int) {
	p.t.Helper()
	// Both sides of the ratio: a unit that reported one of them enters no value.
	lines := fmt.Sprintf(`{"measure":"dossiers_received","unit":%[1]q,"period":"s2022-11","value":%[2]d,"note":"đã đối chiếu"}
{"measure":"dossiers_digitised","unit":%[1]q,"period":"s2022-11","value":1,"note":"đã đối chiếu"}`, unit, value) // months of 2022 are closed
	resp, err := http.Post("http://"+p.address+"/api/v1/ingest/observations?wait=queryable", "application/x-ndjson", strings.NewReader(lines))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		p.t.Fatalf("figure refused: %s\n%s", resp.Status, body)
	}
}

// revisions gives the values of all revisions of one figure.
func (p *program) revisions(unit string) []int {
	p.t.Helper()
	resp, err := http.Get("http://" + p.address + "/api/v1/provenance?indicator=digitisation_rate&period=s2022-11&unit=" + unit)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Inputs []struct {
				Measure   string
				Revisions []struct{ Value int }
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		p.t.Fatal(err)
	}
	values := []int{}
	for _, in := range answer.Data.Inputs {
		if in.Measure == "dossiers_received" {
			for _, r := range in.Revisions {
				values = append(values, r.Value)
			}
		}
	}
	return values
}

// children lists the processes whose parent is the program.
func (p *program) children() []int {
	p.t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		p.t.Fatal(err)
	}
	var found []int
	for _, stat := range stats {
		content, err := os.ReadFile(stat)
		if err != nil {
			continue // ended meanwhile
		}
		fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(p.cmd.Process.Pid) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			found = append(found, pid)
		}
	}
	return found
}

func gone(pids []int) bool {
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); err == nil {
			return false
		}
	}
	return true
}

func TestKilledProgramLeavesNothingAndLosesNothing(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	p.figure("08707", 41)
	p.figure("08707", 42)
	children := p.children()
	if len(children) == 0 {
		t.Fatal("the program has no engine process")
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	warehousetest.WaitUntil(t, "the engine has ended with its parent", func() bool { return gone(children) })

	p = serve(t, data)
	p.figure("08707", 42) // the same again changes nothing
	if got := fmt.Sprint(p.revisions("08707")); got != "[41 42]" && got != "[42 41]" {
		t.Errorf("revisions after the restart: %s, want 41 and 42 once each", got)
	}
	p.stop()
}

// stop interrupts the program and waits until its engine is gone too.
func (p *program) stop() {
	p.t.Helper()
	children := p.children()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	warehousetest.WaitUntil(p.t, "an interrupt stops everything", func() bool { return gone(children) && gone([]int{p.cmd.Process.Pid}) })
}

// TestServeEndsWithoutItsPipeline: with a journal older than the warehouse nothing can be
// taken in, and a server that only answered would look well. Without any it begins anew.
func TestServeEndsWithoutItsPipeline(t *testing.T) {
	data, older := t.TempDir(), filepath.Join(t.TempDir(), "journal")
	journal := filepath.Join(data, "journal")
	p := serve(t, data)
	p.figure("08707", 41)
	p.stop()
	if err := os.CopyFS(older, os.DirFS(journal)); err != nil {
		t.Fatal(err)
	}
	p = serve(t, data)
	p.figure("08707", 42)
	p.stop()
	replace := func(with string) {
		if err := os.RemoveAll(journal); err != nil {
			t.Fatal(err)
		}
		if with == "" {
			return
		}
		if err := os.CopyFS(journal, os.DirFS(with)); err != nil {
			t.Fatal(err)
		}
	}

	replace(older)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, build(t), "serve", "--listen", freeAddress(t), "--data", data)
	cmd.Env = append(os.Environ(), engine.LibraryVariable+"="+library(t))
	out, err := cmd.CombinedOutput()
	if err == nil || ctx.Err() != nil || !strings.Contains(string(out), "restore the journal") {
		t.Errorf("with an older journal: %v, %v\n%s", err, ctx.Err(), out)
	}

	replace("")
	p = serve(t, data)
	p.figure("08707", 43)
	if got := len(p.revisions("08707")); got != 3 {
		t.Errorf("%d revisions after a lost journal, want 3", got)
	}
}

func TestIngestCommandTakesTheWayOfAPush(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(t.TempDir(), "figures.csv")
	content := "measure,unit,date,period,value,note\n" +
		"dossiers_received,08707,,s2022-11,7,đã đối chiếu\n" +
		"dossiers_digitised,08707,,s2022-11,5,đã đối chiếu\n" +
		"dossiers_received,99999,,s2022-11,7,đã đối chiếu\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	send := func(address string) string {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, build(t), "ingest", "--listen", address, "--data", data, file)
		cmd.Env = append(os.Environ(), engine.LibraryVariable+"="+library(t))
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("a refused row did not make the command fail:\n%s", out)
		}
		return string(out)
	}
	alone := send(freeAddress(t)) // nobody listens there: the data directory is opened
	for _, want := range []string{"2 accepted, 1 rejected", "line 4, unit:", "unknown_unit"} {
		if !strings.Contains(alone, want) {
			t.Errorf("without a server: no %q in\n%s", want, alone)
		}
	}
	p := serve(t, data)
	if out := send(p.address); !strings.Contains(out, "2 accepted, 1 rejected") {
		t.Errorf("with a server:\n%s", out)
	}
	if got := p.revisions("08707"); len(got) != 1 || got[0] != 7 {
		t.Errorf("revisions %v, want 7 once: the second time it was nothing new", got)
	}
}

func TestServeRefusesAnyAddressButLoopback(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":8080", "192.0.2.1:8080", "[::]:8080"} {
		out, err := exec.Command(build(t), "serve", "--listen", listen, "--data", t.TempDir()).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "loopback") {
			t.Errorf("--listen %s: %v\n%s", listen, err, out)
		}
	}
}

func TestServeSaysThatThePortIsTakenBeforeItStartsAnything(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	data := t.TempDir()
	out, err := exec.Command(build(t), "serve", "--listen", l.Addr().String(), "--data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--listen") {
		t.Errorf("%v\n%s", err, out)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestFiguresOfTheOtherKindAreRefused(t *testing.T) {
	conn := warehousetest.New(t)
	r := &rooms{conn: conn}
	for _, f := range []figures{realFigures, demonstrationFigures} {
		if err := r.refuse(t.Context(), f); err != nil {
			t.Errorf("an empty warehouse is refused: %v", err)
		}
	}
	const insert = "INSERT INTO submissions (submission, stream_seq, demonstration, known_at) VALUES ('A', 1, true, now64())"
	if err := conn.Exec(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	if err := r.refuse(t.Context(), demonstrationFigures); err == nil {
		t.Error("serve takes a warehouse of demonstration figures")
	}
	if err := r.refuse(t.Context(), realFigures); err != nil {
		t.Errorf("demo refuses its own figures: %v", err)
	}
}
