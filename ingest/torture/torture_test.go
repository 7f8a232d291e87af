package torture

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/query/catalog"
)

// setting reads a number from the environment.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// seed is given, to repeat a run, or drawn. What is sent and done follows from it; when each of it happens does not.
func seed(t *testing.T) uint64 {
	n := uint64(setting(t, "SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("seed %d; the same again: SEED=%d", n, n)
	return n
}

// newWorld prepares what senders share.
func newWorld(t *testing.T, addresses ...string) *world {
	t.Helper()
	cat, err := catalog.Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{ledger: newLedger(), addresses: addresses, days: 60, pause: 10 * time.Millisecond, waits: []string{"stored", "stored", "queryable"}}
	for _, u := range cat.BoundarySets[0].Units {
		if u.Level == "commune" {
			w.communes = append(w.communes, u.Code)
		}
	}
	for _, task := range cat.Tasks {
		if len(task.Assignees) >= senders {
			w.reports = append(w.reports, task)
		}
	}
	return w
}

// send starts the senders; the function it gives stops them and returns when all they sent is acknowledged.
func (w *world) send(t *testing.T, seed uint64) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	group := &errgroup.Group{}
	for i := range senders {
		group.Go(func() error { return newSender(w, seed, i).run(ctx) })
	}
	return func() {
		t.Helper()
		cancel()
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

// look takes a snapshot of the ledger while nothing is under way.
func (w *world) look() snapshot {
	w.quiet.Lock()
	defer w.quiet.Unlock()
	s := snapshot{at: time.Now().Truncate(time.Millisecond).Add(time.Millisecond), cells: w.ledger.current()}
	<-time.After(time.Until(s.at) + 2*time.Millisecond) // what comes next is known later
	return s
}

// settled waits until questions see all that is journalled.
func (p *program) settled(t *testing.T, w *world) {
	t.Helper()
	s := newSender(w, 0, 0)
	s.keys = -1 - p.lives
	began := time.Now()
	for time.Since(began) < patience {
		w.quiet.RLock()
		a, err := s.send("observations", "", "queryable", row{cell: flow("dossiers_received", s.units[0], "s2021-12"), revision: revision{retracted: true}}.write("observations"))
		w.quiet.RUnlock()
		if err == nil && a.Queryable {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Fatalf("what is journalled was not queryable within %s", patience)
}

// TestTorture kills the program, its ClickHouse or both, at every step of the pipeline and anywhere, and pauses ClickHouse. Nothing
// acknowledged may be missing, nothing may be there twice, nothing refused may be there, and answers have to be what was sent.
func TestTorture(t *testing.T) {
	kills := setting(t, "KILLS", 5)
	number := seed(t)
	chance := rand.New(rand.NewPCG(number, 1))
	data, began := t.TempDir(), time.Now()
	address := freeAddress(t)
	p := &torturer{program: newProgram(t, address, "serve", "--listen", address, "--data", data), pause: 1500 * time.Millisecond, done: map[string]int{}}
	w := newWorld(t, address)
	p.start()
	p.ready()
	stop := w.send(t, number)
	var looks []snapshot
	for i, next := range schedule(chance, kills) {
		p.try(next)
		if i%max(5, kills/8) == 4 {
			looks = append(looks, w.look())
		}
	}
	stop()
	p.settled(t, w)
	v := newJudge(t, w.ledger, p.warehouse(), address).all(looks)
	peak := max(p.peak, p.memory())
	p.verify("--data", data)
	p.stop()
	t.Logf("deeds: %s; %d steps not reached; %d lives; %d tries again, %d of them refused without Retry-After; at most %d MB of memory; %d as-of instants",
		p.summary(), p.unmet, p.lives, w.retries.get(), w.unasked.get(), peak/1024, len(looks))
	t.Logf("%d kills, seed %d, %s: %s", p.kills, number, time.Since(began).Round(time.Second), v)
	const mostMemory = 700 // MB: journal messages, a batch and the questions' caches, whatever happens
	if w.unasked.get() > 0 || peak/1024 > mostMemory {
		t.Errorf("%d refusals without Retry-After, %d MB of memory", w.unasked.get(), peak/1024)
	}
}

// verify holds answers and rollups against their rows with the program's own command, beside the running server. The flags name
// the warehouse.
func (p *program) verify(flags ...string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), build(p.t), append([]string{"verify"}, flags...)...)
	cmd.Env = p.cmd.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Errorf("toancanh verify: %v\n%s", err, out)
	}
	p.t.Logf("toancanh verify: %s", out)
}
