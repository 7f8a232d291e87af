package ingest

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
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
	first, second := pair(t)
	one, err := first.Submit(t.Context(), underKey("k", strings.NewReader(activated)))
	if err != nil {
		t.Fatal(err)
	}
	again, err := second.Submit(t.Context(), underKey("k", strings.NewReader(activated)))
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
