package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// natsServer is a NATS server with a listener of its own, as an operator runs one; it can be stopped and started again.
type natsServer struct {
	t       *testing.T
	options server.Options
	server  *server.Server
}

func startNATS(t *testing.T, change ...func(*server.Options)) *natsServer {
	t.Helper()
	n := launchNATS(t, change...)
	n.ready()
	return n
}

// launchNATS does not wait until the server answers.
func launchNATS(t *testing.T, change ...func(*server.Options)) *natsServer {
	t.Helper()
	n := &natsServer{t: t, options: server.Options{
		ServerName: "outside", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, MaxPayload: maxPayload,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, DisableJetStreamBanner: true,
	}}
	for _, f := range change {
		f(&n.options)
	}
	n.launch()
	t.Cleanup(n.stop)
	return n
}

func (n *natsServer) start() {
	n.t.Helper()
	n.launch()
	n.ready()
}

func (n *natsServer) launch() {
	n.t.Helper()
	options := n.options
	s, err := server.NewServer(&options)
	if err != nil {
		n.t.Fatal(err)
	}
	n.server = s
	s.Start()
}

func (n *natsServer) ready() {
	n.t.Helper()
	if !n.server.ReadyForConnections(journalStart) {
		n.t.Fatal("NATS did not start")
	}
	at, err := url.Parse(n.server.ClientURL())
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := fmt.Sscan(at.Port(), &n.options.Port); err != nil { // it comes back where it was
		n.t.Fatal(err)
	}
}

func (n *natsServer) stop() {
	n.server.Shutdown()
	n.server.WaitForShutdown()
}

// shared has a service take in for workers.
func (n *natsServer) shared(t *testing.T, change ...func(*Config, *Deps)) *room {
	return start(t, append([]func(*Config, *Deps){func(c *Config, _ *Deps) {
		c.Outside, c.Lease, c.FlushInterval = Outside{URL: n.server.ClientURL()}, time.Second, time.Millisecond
	}}, change...)...)
}

// workerAt is a worker at work.
type workerAt struct {
	*Worker
	registry *prometheus.Registry
	ended    chan error
	stop     func()
}

// work starts a worker beside the service.
func (r *room) work(t *testing.T) *workerAt {
	t.Helper()
	cfg, deps := r.cfg, r.deps
	cfg.Dir = t.TempDir()
	registry := prometheus.NewRegistry()
	deps.Registerer, deps.Catalog, deps.OnApplied = registry, nil, nil
	w, err := NewWorker(cfg, deps)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	at := &workerAt{Worker: w, registry: registry, ended: make(chan error, 1)}
	go func() { at.ended <- w.Run(ctx) }()
	at.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-at.ended; err != nil {
			t.Errorf("worker ended: %v", err)
		}
	})
	t.Cleanup(at.stop)
	return at
}

func (w *workerAt) writing() bool { return testutil.ToFloat64(w.metrics.writing) == 1 }

// until waits for a condition.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !condition() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// A worker writes what a service of another process took in; the service hears of it with all that changed.
func TestWorkerWritesWhatAServiceTookIn(t *testing.T) {
	var heard []Change
	var mu sync.Mutex
	r := startNATS(t).shared(t, func(_ *Config, d *Deps) {
		d.OnApplied = func(c Change) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, c)
		}
	})
	stored, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(activated)})
	if err != nil || stored.Queryable || stored.DataVersion != 1 {
		t.Fatalf("%+v %v", stored, err)
	}
	w := r.work(t)
	if again := r.send(t, Observations, activated, accounts("08710", "2022-06-15", "male", 5)); again.Accepted != 2 || again.Unchanged != 1 || again.DataVersion != 2 {
		t.Errorf("%+v", again)
	}
	r.send(t, TaskProgress, begun)
	if n := r.count(t, "SELECT count() FROM observations"); n != 2 {
		t.Errorf("%d rows", n)
	}
	mu.Lock()
	defer mu.Unlock()
	last := heard[len(heard)-1]
	if last.DataVersion != 3 || !last.Tasks || !last.Submissions || len(last.Measures) > 0 || r.Applied() != 3 {
		t.Errorf("heard %+v", heard)
	}
	units := map[string]bool{}
	for _, c := range heard {
		for _, code := range c.Units {
			units[code] = true
		}
	}
	if fmt.Sprint(heard[0].Measures) != "[vneid_activated]" || heard[0].From.String() != "2022-06-15" || !units["08707"] || !units["08710"] {
		t.Errorf("heard %+v", heard)
	}
	if !w.writing() || testutil.ToFloat64(w.metrics.epoch) != 1 {
		t.Error("the worker does not say that it writes")
	}
	if n := r.count(t, "SELECT count() FROM observations WHERE abs(dateDiff('second', known_at, now())) > 600"); n != 0 {
		t.Errorf("%d rows are not labelled by the journal's clock", n) // the service's own is of 2022
	}
}

// Of several workers one writes. When it goes another one takes its place and goes on where it was, whatever it left half done.
func TestWorkersTakeEachOthersPlace(t *testing.T) {
	r := startNATS(t).shared(t)
	book := &ledger{cells: map[string][]int64{}}
	workers := []*workerAt{r.work(t), r.work(t), r.work(t)}
	for round := range 3 {
		r.revise(t, book, 0, round*10, 10)
		r.send(t, Observations, accounts("08713", "2022-06-01", "male", round))
		book.acknowledged("08713 2022-06-01", int64(round))
		var writing []int
		for i, w := range workers {
			if w.writing() {
				writing = append(writing, i)
			}
		}
		if len(writing) != 1 {
			t.Fatalf("workers %v write", writing)
		}
		workers[writing[0]].stop()
		workers[writing[0]] = r.work(t)
	}
	r.send(t, Observations, accounts("08713", "2022-06-01", "male", 7))
	book.acknowledged("08713 2022-06-01", 7)
	book.agrees(t, r)
	if n := r.count(t, "SELECT max(epoch) FROM writers"); n != 4 {
		t.Errorf("epoch %d", n)
	}
}

// A writer that slept through the end of its term between the beginning of an insert and its rows must not send them; nor may its
// successor begin before the server has given the insert up.
func TestALateWriterIsFencedOut(t *testing.T) {
	db := warehousetest.New(t)
	deps := Deps{Warehouse: db, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	cfg := smallConfig(t)
	writerOf := func(holder string) *writer {
		w := newWriter(newService(cfg, deps), &journal{}, 0, 0)
		w.fence = &fence{db: db, holder: holder, host: "test"}
		if err := w.fence.raise(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w
	}
	table := &rejectionTable{rows: []rejectionRow{{&Rejection{Line: 1, Code: UnknownUnit}, origin{submission: "s", knownAt: now}}}}
	early := writerOf("early")
	if err := early.persist(t.Context(), table, false); err != nil {
		t.Fatal(err)
	}
	begun, err := db.PrepareBatch(insertContext(t.Context(), early.queryID(), receiveTimeout), statement("insert_rejections"))
	if err != nil {
		t.Fatal(err)
	}
	late := writerOf("late")
	if err := late.fence.alone(t.Context()); !errors.Is(err, errBefore) {
		t.Errorf("an insert of the writer before is not seen: %v", err)
	}
	if err := early.fence.hold(t.Context()); !errors.Is(err, errOvertaken) || !errors.As(err, new(permanent)) {
		t.Errorf("the writer before may go on: %v", err)
	}
	if err := begun.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := late.insist(t.Context(), "writer before", late.fence.alone); err != nil {
		t.Fatal(err)
	}
	if err := early.persist(t.Context(), table, false); !errors.Is(err, errOvertaken) {
		t.Errorf("the writer before wrote again: %v", err)
	}
	if err := late.persist(t.Context(), table, true); err != nil {
		t.Fatal(err)
	}
	var n uint64
	if err := db.QueryRow(t.Context(), "SELECT count() FROM rejections").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows %v", n, err)
	}
	same := &fence{db: db, holder: "twin", epoch: late.fence.epoch} // two that took the same epoch at the same instant
	if err := same.hold(t.Context()); !errors.Is(err, errOvertaken) {
		t.Errorf("two writers have one epoch: %v", err)
	}
}

// The journal forgets what is in the warehouse, and takes in more than it can hold at once.
func TestSharedJournalForgetsWhatWasWritten(t *testing.T) {
	r := startNATS(t).shared(t, func(c *Config, _ *Deps) { c.JournalBytes = 1 << 20 })
	workers := []*workerAt{r.work(t), r.work(t)}
	for i := range 9 {
		r.sendMany(t, i)
	}
	for _, w := range workers {
		if w.writing() { // its successor goes on with what is left
			w.stop()
			break
		}
	}
	for i := range 3 {
		r.sendMany(t, 9+i)
	}
	j := r.pipe.Load().journal
	rows, err := j.rows.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rows.State.Bytes > 1<<20 || rows.State.FirstSeq < 4 || rows.State.LastSeq != 12 {
		t.Errorf("%d bytes from %d to %d", rows.State.Bytes, rows.State.FirstSeq, rows.State.LastSeq)
	}
	if n := r.count(t, "SELECT count() FROM observations"); n != 12*manyRows {
		t.Errorf("%d rows", n)
	}
}

// sendMany sends about 250 kB; the submissions of a test differ in all rows.
func (r *room) sendMany(t *testing.T, number int) {
	t.Helper()
	var lines []string
	for i := range manyRows {
		day := date("2021-01-01").AddDays(i % 600).String()
		unit, sex := []string{"08707", "08710"}[i/600%2], []string{"male", "female"}[i/1200]
		note := strings.Repeat(string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676)}), 50)
		lines = append(lines, strings.Replace(accounts(unit, day, sex, number), "{", `{"note":"`+note+`",`, 1))
	}
	r.send(t, Observations, lines...)
}

const manyRows = 1500

// While NATS is away senders are told to come again; when it is back everything goes on by itself.
func TestNATSGoesAwayAndComesBack(t *testing.T) {
	n := startNATS(t)
	r := n.shared(t)
	r.work(t)
	r.work(t)
	r.send(t, Observations, accounts("08707", "2022-06-15", "male", 1))
	n.stop()
	_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(accounts("08707", "2022-06-15", "male", 2))})
	var refused *Error
	if !errors.As(err, &refused) || refused.Kind != Unavailable || refused.RetryAfter <= 0 {
		t.Errorf("got %v", err)
	}
	n.start()
	until(t, "figures are taken in again", func() bool {
		_, err = r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(accounts("08707", "2022-06-15", "male", 3))})
		return err == nil
	})
	r.send(t, Observations, accounts("08707", "2022-06-15", "male", 4))
	if got := r.row(t, "SELECT toString(groupArray(value)) FROM (SELECT value FROM observations ORDER BY stream_seq)"); got[0] != "[1,3,4]" {
		t.Errorf("revisions %s", got[0])
	}
}

// A cluster keeps three copies: one server may go, whichever it is, and figures are taken in and written as before.
func TestJournalInACluster(t *testing.T) {
	routes, ports := []string{}, []int{}
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		routes, ports = append(routes, "nats://"+l.Addr().String()), append(ports, l.Addr().(*net.TCPAddr).Port)
		_ = l.Close() // the server's from now on
	}
	var nodes []*natsServer
	for i := range 3 {
		nodes = append(nodes, launchNATS(t, func(o *server.Options) {
			o.ServerName, o.Routes = fmt.Sprintf("n%d", i), server.RoutesFromStr(strings.Join(routes, ","))
			o.Cluster = server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i]}
		}))
	}
	var urls []string
	for _, n := range nodes {
		n.ready()
		urls = append(urls, n.server.ClientURL())
	}
	r := nodes[0].shared(t, func(c *Config, _ *Deps) { c.Outside = Outside{URL: strings.Join(urls, ","), Replicas: 3} })
	r.work(t)
	r.work(t)
	for i, n := range nodes {
		r.send(t, Observations, accounts("08707", "2022-06-15", "male", 2*i))
		n.stop()
		until(t, "figures are taken in and written by two of three", func() bool {
			receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Wait: true, Body: strings.NewReader(accounts("08707", "2022-06-15", "male", 2*i+1))})
			return err == nil && receipt.Queryable
		})
		n.start()
		until(t, "the server has caught up", func() bool {
			info, err := r.pipe.Load().journal.rows.Info(t.Context())
			if err != nil || info.Cluster == nil || len(info.Cluster.Replicas) != 2 {
				return false
			}
			for _, peer := range info.Cluster.Replicas {
				if !peer.Current {
					return false
				}
			}
			return true
		})
	}
	if got := r.row(t, "SELECT toString(groupArray(value)) FROM (SELECT value FROM observations ORDER BY stream_seq)"); got[0] != "[0,1,2,3,4,5]" {
		t.Errorf("revisions %s", got[0])
	}
}

// Several services share keys and sequence; each hears of everything.
func TestServicesShareOneJournal(t *testing.T) {
	n := startNATS(t)
	first := n.shared(t)
	second := &room{db: first.db, cfg: first.cfg, deps: first.deps}
	second.cfg.Dir = t.TempDir()
	second.run(t)
	t.Cleanup(func() { second.stop(t) })
	first.work(t)
	intake := func() Intake {
		return Intake{Dataset: Observations, Format: NDJSON, Caller: "a", IdempotencyKey: "k", Wait: true, Body: strings.NewReader(activated)}
	}
	one, err := first.Submit(t.Context(), intake())
	if err != nil {
		t.Fatal(err)
	}
	again, err := second.Submit(t.Context(), intake())
	if err != nil || !again.Replayed || again.Submission != one.Submission {
		t.Errorf("%+v %v", again, err)
	}
	two := second.send(t, Observations, accounts("08710", "2022-06-15", "male", 2))
	if err := first.WaitApplied(t.Context(), two.DataVersion); err != nil || two.DataVersion != 2 {
		t.Errorf("version %d %v", two.DataVersion, err)
	}
}

// A stream of figures that was made anew, because another journal was used in between, goes on behind the warehouse.
func TestAJournalMadeAnewGoesOnBehindTheWarehouse(t *testing.T) {
	r := startNATS(t).shared(t)
	w := r.work(t)
	r.send(t, Observations, activated)
	w.stop()
	r.stop(t)
	if err := r.db.Exec(t.Context(), "INSERT INTO rejections (submission, stream_seq, known_at) VALUES ('s', 9, now())"); err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(r.cfg.Outside.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	again, err := jetstream.New(conn)
	if err == nil {
		err = again.DeleteStream(t.Context(), r.cfg.Outside.names().rowsStream)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.run(t)
	if r.Applied() != 9 {
		t.Errorf("version %d", r.Applied())
	}
	r.work(t)
	if receipt := r.send(t, Observations, accounts("08707", "2022-06-15", "male", 3)); receipt.DataVersion != 10 {
		t.Errorf("version %d", receipt.DataVersion)
	}
}

// A service that missed what was told of asks the warehouse what changed.
func TestWhatWasMissedIsAskedOfTheWarehouse(t *testing.T) {
	r := startNATS(t).shared(t)
	r.work(t)
	r.send(t, Observations, accounts("08707", "2022-06-15", "male", 1))
	r.send(t, Observations, accounts("08710", "2022-06-16", "male", 1), accounts("08713", "2022-06-20", "male", 1))
	r.send(t, TaskProgress, begun)
	c, err := r.changed(t.Context(), 1, 3)
	if want := "{3 [vneid_activated] [08710 08713 246] 2022-06-16 2022-06-20 true true}"; err != nil || fmt.Sprint(c) != want {
		t.Errorf("%v %v, want %s", c, err, want)
	}
	if c, err = r.changed(t.Context(), 3, 4); err != nil || fmt.Sprint(c) != "{4 [] [] 0000-00-00 0000-00-00 false false}" {
		t.Errorf("%v %v", c, err)
	}
}

// What an operator has to mend is said at once, and without the password.
func TestOutsideJournalsThatCannotWork(t *testing.T) {
	open := func(o Outside) error {
		j, err := reachJournal(t.Context(), o, slog.New(slog.DiscardHandler))
		if err == nil {
			j.close()
		}
		return err
	}
	small := startNATS(t, func(o *server.Options) { o.MaxPayload = 1 << 20 })
	if err := open(Outside{URL: small.server.ClientURL()}); err == nil || !strings.Contains(err.Error(), "max_payload") {
		t.Errorf("small messages: %v", err)
	}
	plain := startNATS(t, func(o *server.Options) { o.JetStream = false })
	if err := open(Outside{URL: plain.server.ClientURL()}); err == nil || !strings.Contains(err.Error(), "JetStream") {
		t.Errorf("no JetStream: %v", err)
	}
	locked := startNATS(t, func(o *server.Options) { o.Username, o.Password = "a", "right" })
	at := "nats://a:wrong-secret@" + strings.TrimPrefix(locked.server.ClientURL(), "nats://")
	if err := open(Outside{URL: at}); err == nil || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("wrong password: %v", err)
	}
	for _, o := range []Outside{{URL: "nats://a:secret@"}, {URL: "http://h"}, {URL: "nats://h", Prefix: "A.b"}, {URL: "nats://h", Replicas: 9}, {URL: "nats://h", Cert: "c"}} {
		cfg := DefaultConfig()
		cfg.Dir, cfg.Outside = t.TempDir(), o
		if err := cfg.Validate(); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
