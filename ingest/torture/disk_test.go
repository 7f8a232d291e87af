package torture

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/toancanh/toancanh/deploy/engine"
)

// TestJournalDiskFull lets the journal's disk, a small one of its own, run full while ClickHouse does not answer. Senders are told to
// wait; what was acknowledged before stays, also when the program is killed on the full disk; and when ClickHouse is back
// everything goes on without a hand.
func TestJournalDiskFull(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: a full disk. Mounting a small one needs root.")
	}
	data := t.TempDir()
	journal := filepath.Join(data, "journal")
	if err := os.Mkdir(journal, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", journal, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("NOT TESTED: a full disk. Mounting a small one failed: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(journal, 0); err != nil {
			t.Errorf("the small disk stays mounted: %v", err)
		}
	})
	address := freeAddress(t)
	p := newProgram(t, address, "serve", "--listen", address, "--data", data)
	w := newWorld(t, address)
	p.start()
	p.ready()
	paused := p.engine()
	if err := syscall.Kill(paused, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s := newSender(w, 1, 0)
	taken, waiting := p.fill(s)
	t.Logf("%d submissions were taken before the disk was full", taken)

	p.kill() // on the full disk; the next life waits for the engine, which sleeps
	p.start()
	if err := syscall.Kill(paused, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	p.ready()
	if err := s.submit("observations", waiting); err != nil {
		t.Fatalf("after the disk was full: %v", err)
	}
	p.settled(t, w)
	dsn, running, err := engine.Running(filepath.Join(data, "engine"))
	if err != nil || !running {
		t.Fatalf("the engine is running: %t %v", running, err)
	}
	t.Log(newJudge(t, w.ledger, dsn, address).all(nil))
	p.stop()
}

// fill sends until the program says that it takes no more, and says so of the same submission three times; that one is given back.
func (p *program) fill(s *sender) (taken int, waiting []row) {
	p.t.Helper()
	for {
		s.keys++
		rows := s.bulky()
		for refused := 0; ; {
			a, err := s.send("observations", fmt.Sprint(s.keys), "stored", write("observations", rows))
			if err != nil {
				p.t.Fatalf("after %d submissions: %v", taken, err)
			}
			if a.status == http.StatusAccepted {
				s.ledger.took(a.Submission, a.DataVersion, a.Accepted, a.Rejected, rows)
				break
			}
			if a.status != http.StatusServiceUnavailable || a.retryAfter == "" {
				p.t.Fatalf("after %d submissions: %+v", taken, a)
			}
			if refused++; refused == 3 {
				p.t.Logf("refused with %s, Retry-After: %s", a.Code, a.retryAfter)
				return taken, rows
			}
		}
		taken++
	}
}
