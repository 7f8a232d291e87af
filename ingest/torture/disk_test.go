package torture

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestJournalDiskFull has another process take all that is left of the journal's disk, a small one of its own, while senders push.
// They are told to wait; what was acknowledged stays, also when the program is killed on the full disk; and once there is
// room again everything goes on without a hand.
func TestJournalDiskFull(t *testing.T) {
	data := t.TempDir()
	journal := smallDisk(t, filepath.Join(data, "journal"))
	number := seed(t)
	address := freeAddress(t)
	p := newProgram(t, address, "serve", "--listen", address, "--data", data)
	w := newWorld(t, address)
	p.start()
	p.ready()
	stop := w.send(t, number)
	for _, kill := range []bool{false, true} {
		p.acknowledged(w, 20)
		neighbour := filepath.Join(journal, "neighbour")
		fillDisk(t, neighbour)
		p.refused(w, 10)
		p.intakeOpen(false)
		if kill {
			p.kill()
			p.start()
			p.waitsForRoom(w)
		}
		if err := os.Remove(neighbour); err != nil {
			t.Fatal(err)
		}
		p.ready()
		p.acknowledged(w, 20)
		p.intakeOpen(true)
	}
	stop()
	p.settled(t, w)
	t.Log(newJudge(t, w.ledger, p.warehouse(), address).all(nil))
	p.verify("--data", data)
	p.stop()
	if n := w.unasked.get(); n > 0 {
		t.Errorf("%d refusals without Retry-After", n)
	}
}

// waitsForRoom has a program that starts on the full disk answer questions, send senders away for a while and say what it waits for.
func (p *program) waitsForRoom(w *world) {
	p.t.Helper()
	p.until("it waits for room", func() bool { return strings.Contains(p.output.String(), "waiting for room to start") })
	p.until("it answers", func() bool { return answers("@" + p.address + "/") })
	newJudge(p.t, newLedger(), p.warehouse(), p.address).values(periods()[0], "") // fails without an answer
	p.refused(w, 3)
	p.intakeOpen(false)
	resp, err := http.Get("http://" + p.address + "/readyz")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(said), "sổ nhận số liệu đã đầy") {
		p.t.Errorf("readyz: %s %v\n%s", resp.Status, err, said)
	}
}

// intakeOpen has the metric that an operator is alerted by say whether senders are taken.
func (p *program) intakeOpen(want bool) {
	p.t.Helper()
	if got := p.metric("toancanh_ingest_journal_open"); (got == 1) != want || got < 0 {
		p.t.Errorf("toancanh_ingest_journal_open is %v, and figures are taken: %t", got, want)
	}
}

// smallDisk mounts one of 128 MiB.
func smallDisk(t *testing.T, dir string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: a full disk. Mounting a small one needs root.")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128m"); err != nil {
		t.Skipf("NOT TESTED: a full disk. Mounting a small one failed: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("the small disk stays mounted: %v", err)
		}
	})
	return dir
}

// fillDisk writes until there is no room for another byte.
func fillDisk(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 1<<20); len(block) > 0; block = block[:len(block)/2] {
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

// acknowledged waits until the ledger has so many submissions more.
func (p *program) acknowledged(w *world, more int) {
	p.t.Helper()
	before := w.ledger.count()
	p.until("more is acknowledged", func() bool { return w.ledger.count() >= before+more })
}

// refused sends until so many submissions were refused because there is no room.
func (p *program) refused(w *world, times int) {
	p.t.Helper()
	s := newSender(w, 0, 0)
	full := row{cell: flow("dossiers_received", s.units[0], "s2021-12"), revision: revision{retracted: true}}.write("observations")
	p.until("senders are told to wait", func() bool {
		a, err := s.send("observations", "", "stored", full)
		if err == nil && a.status == http.StatusServiceUnavailable && a.retryAfter != "" {
			times--
		}
		return times == 0
	})
}
