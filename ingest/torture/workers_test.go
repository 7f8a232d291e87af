package torture

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// lease of the workers under torture: a writer that is not heard of for so long has lost its place.
const lease = 1500 * time.Millisecond

// writerMoments are the steps of the writer among the workers. What is held behind "insert allowed" has been told that it may send its
// rows: a successor has to wait for it.
var writerMoments = []string{
	beginning, "collected", "sifted", "before the insert of observations", "insert begun", "insert allowed", "inserted observations",
	"inserted task_progress", "inserted submissions", "written, not acknowledged", "told of", "announced",
}

// beginning is the step of a worker that became the writer.
const beginning = "epoch raised"

// Deeds to several processes. Whoever is put to sleep wakes up when another one has its place.
const (
	killWriter deed = "kill the writer"
	stopWriter deed = "put the writer to sleep"
	killWorker deed = "kill a worker"
	killNATS   deed = "kill NATS"
	stopNATS   deed = "put NATS to sleep"
	killServer deed = "kill a server"
	killHouse  deed = "kill ClickHouse"
)

// crew is everything that runs: NATS, ClickHouse, servers that take in and answer, workers.
type crew struct {
	t       *testing.T
	nats    *natsProcess
	house   *house
	servers []*program
	workers []*program
	done    map[string]int
	kills   int
	slept   int
	unmet   int
}

func newCrew(t *testing.T) *crew {
	c := &crew{t: t, nats: newNATS(t), house: newHouse(t), done: map[string]int{}}
	shared := []string{"--nats", "nats://" + c.nats.address, "--clickhouse", c.house.dsn}
	for range 2 {
		address := freeAddress(t)
		p := newProgram(t, address, append([]string{"serve", "--listen", address, "--data", t.TempDir()}, shared...)...)
		c.servers = append(c.servers, p)
		p.start() // one after the other: the first one brings the schema up to date
		p.ready()
	}
	for range 3 {
		address := freeAddress(t)
		p := newProgram(t, address, append([]string{"ingest", "worker", "--listen", address, "--data", t.TempDir(), "--lease", lease.String()}, shared...)...)
		c.workers = append(c.workers, p)
		p.start()
	}
	for _, p := range c.workers {
		p.ready()
	}
	return c
}

// answers tells whether something listens at the address of a DSN.
func answers(dsn string) bool {
	_, at, _ := strings.Cut(dsn, "@")
	host, _, _ := strings.Cut(at, "/")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was sent
	return true
}

// expect waits until the writer is held at a step and gives it, nil when nobody comes there in time. The others are not held
// any more then. A step of the beginning of a term is reached when the writer is gone.
func (c *crew) expect(step string, times int) (held *program) {
	defer func() {
		for _, p := range c.workers {
			if p != held {
				p.release()
			}
		}
	}()
	said, over := make(chan *program, len(c.workers)), make(chan struct{})
	defer close(over)
	for _, p := range c.workers {
		if p.arm(step, times) != nil {
			continue
		}
		reached := p.said
		select {
		case <-reached: // of the trial before: it came there too late
		default:
		}
		go func() {
			select {
			case <-reached:
				said <- p
			case <-over:
			}
		}()
	}
	if p := c.writer(); step == beginning {
		p.kill()
		c.kills++
		defer p.start()
	}
	select {
	case held = <-said:
	case <-time.After(10 * time.Second):
	}
	return held
}

// try does one trial.
func (c *crew) try(chance *rand.Rand, t trial) {
	moment := t.moment
	victim := c.workers[chance.IntN(len(c.workers))]
	if t.deed == killWriter || t.deed == stopWriter {
		times := t.times
		if moment == beginning {
			times = 1
		}
		if victim = c.expect(moment, times); victim == nil {
			c.unmet++
			victim = c.writer()
		}
	} else {
		<-time.After(t.delay)
	}
	c.done[string(t.deed)]++
	switch t.deed {
	case killWriter, killWorker:
		victim.kill()
	case stopWriter:
		c.sleep(victim)
	case killNATS:
		c.nats.kill()
		<-time.After(t.delay)
		c.nats.start()
	case stopNATS:
		_ = c.nats.signal(syscall.SIGSTOP)
		<-time.After(t.delay + lease)
		_ = c.nats.signal(syscall.SIGCONT)
	case killServer:
		p := c.servers[chance.IntN(len(c.servers))]
		p.kill()
		p.start()
	case killHouse:
		c.house.end()
		c.house.start()
	}
	if t.deed != stopWriter && t.deed != stopNATS {
		c.kills++
	}
	for _, p := range c.workers {
		p.release()
	}
	if t.deed == killWriter || t.deed == killWorker {
		victim.start()
	}
	c.ready()
}

// sleep stops a worker until another one has begun a term behind its back, and longer.
func (c *crew) sleep(p *program) {
	_ = p.cmd.Process.Signal(syscall.SIGSTOP)
	c.slept++
	p.until("another worker takes the place", func() bool { return c.writer() != p })
	<-time.After(lease / 3) // it may have written already, or may not
	p.release()
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
}

// writer is the worker that began the latest term by what it says.
func (c *crew) writer() (latest *program) {
	newest := -1
	for _, p := range c.workers {
		said := p.output.String()
		if i := strings.LastIndex(said, "msg=writing "); i >= 0 {
			var epoch int
			_, after, _ := strings.Cut(said[i:], "epoch=")
			if _, err := fmt.Sscan(after, &epoch); err == nil && epoch > newest {
				newest, latest = epoch, p
			}
		}
	}
	return latest
}

// terms counts those that were begun by what the workers say.
func (c *crew) terms() (n int) {
	for _, p := range c.workers {
		n += strings.Count(p.output.String(), "msg=writing ")
	}
	return n
}

// ready waits until all of them answer.
func (c *crew) ready() {
	c.t.Helper()
	c.house.answering()
	for _, p := range slices.Concat(c.servers, c.workers) {
		p.ready()
	}
}

// trialsOfWorkers draws what is done, every moment of the writer with both deeds first if there are enough.
func trialsOfWorkers(chance *rand.Rand, n int) (trials []trial) {
	for _, moment := range writerMoments {
		for _, d := range []deed{killWriter, stopWriter} {
			trials = append(trials, trial{moment: moment, deed: d})
		}
	}
	chance.Shuffle(len(trials), func(i, k int) { trials[i], trials[k] = trials[k], trials[i] })
	// The moment at which only the fence helps is always among them.
	trials = append([]trial{{moment: "insert allowed", deed: stopWriter}}, trials...)
	if most := max(2, n*2/3); len(trials) > most {
		trials = trials[:most]
	}
	others := []deed{killNATS, killWorker, killServer, killHouse, stopNATS}
	for i := 0; len(trials) < n; i++ {
		if i < len(others) {
			trials = append(trials, trial{deed: others[i]})
			continue
		}
		d := append(others, killWriter, stopWriter)[chance.IntN(len(others)+2)]
		trials = append(trials, trial{moment: writerMoments[chance.IntN(len(writerMoments))], deed: d})
	}
	chance.Shuffle(len(trials), func(i, k int) { trials[i], trials[k] = trials[k], trials[i] })
	for i := range trials {
		trials[i].times = 1 + chance.IntN(3)
		trials[i].delay = time.Duration(chance.IntN(400)) * time.Millisecond
	}
	return trials
}

// TestTortureOfWorkers has two servers take in and three workers share an outside NATS, and kills and puts to sleep any of them, NATS
// and ClickHouse. Nothing acknowledged may be missing, nothing may be there twice, and both servers have to answer what was sent.
func TestTortureOfWorkers(t *testing.T) {
	deeds := setting(t, "KILLS", 6)
	number := seed(t)
	chance := rand.New(rand.NewPCG(number, 2))
	began := time.Now()
	c := newCrew(t)
	w := newWorld(t, c.servers[0].address, c.servers[1].address)
	stop := w.send(t, number)
	var looks []snapshot
	for i, next := range trialsOfWorkers(chance, deeds) {
		c.try(chance, next)
		if i%max(3, deeds/8) == 2 {
			looks = append(looks, w.look())
		}
	}
	stop()
	c.servers[0].settled(t, w)
	j := newJudge(t, w.ledger, c.house.dsn, c.servers[0].address)
	j.all(looks)
	j.address = c.servers[1].address
	j.answers("", w.ledger.current())
	c.servers[0].verify("--data", c.house.data)
	t.Logf("deeds: %v; %d moments not reached; %d terms of writers; %d tries again, %d of them refused without Retry-After; %d as-of instants",
		fmt.Sprint(c.done), c.unmet, c.terms(), w.retries.get(), w.unasked.get(), len(looks))
	t.Logf("%d kills, %d put to sleep, seed %d, %s: %s", c.kills, c.slept, number, time.Since(began).Round(time.Second), j.verdict)
	if w.unasked.get() > 0 {
		t.Errorf("%d refusals without Retry-After", w.unasked.get())
	}
}
