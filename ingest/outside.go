package ingest

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Outside names the NATS servers that keep the journal instead of the embedded one, so that several processes share it: any
// number that take in (Service), and workers that write to the warehouse, one of them at a time (Worker).
type Outside struct {
	URL         string // nats://host:4222, tls://…; several of a cluster separated by commas; "" for the embedded journal
	Credentials string // file of a user's credentials (JWT and seed), "" without
	CA          string // file of the authority that signed the servers' certificate, "" for the system's
	Cert, Key   string // files of a client's certificate, "" without
	Prefix      string // of streams and subjects, "toancanh" when empty: programmes that share an account need different ones
	Replicas    int    // copies of each stream in a cluster; 0: as they are, one of those that are made
}

// used tells whether there is one.
func (o Outside) used() bool { return o.URL != "" }

var prefixes = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,30}$`)

// names are made of the prefix: TOANCANH_ROWS, toancanh.rows, …
func (o Outside) names() names {
	prefix := cmp.Or(o.Prefix, "toancanh")
	stream := strings.ToUpper(prefix) + "_"
	return names{
		rowsStream: stream + "ROWS", rowsSubject: prefix + ".rows", keysStream: stream + "KEYS", keysSubject: prefix + ".keys.",
		appliedStream: stream + "APPLIED", appliedSubject: prefix + ".applied", bucket: prefix + "_writer",
	}
}

// validate refuses what cannot be an address, without repeating it: it may hold a password.
func (o Outside) validate() error {
	for _, address := range strings.Split(o.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" && u.Scheme != "ws" && u.Scheme != "wss" {
			return errors.New("ingest: the address of NATS is malformed, nats://host:4222 or tls://host:4222 is expected, several separated by commas")
		}
	}
	switch {
	case o.Prefix != "" && !prefixes.MatchString(o.Prefix):
		return errors.New("ingest: the prefix of NATS streams is up to 31 lower-case letters, digits, _ and -, a letter first")
	case o.Replicas < 0 || o.Replicas > 5:
		return errors.New("ingest: NATS keeps one to five copies of a stream")
	case (o.Cert == "") != (o.Key == ""):
		return errors.New("ingest: a client certificate for NATS needs its key, and the key its certificate")
	}
	return nil
}

// hosts are the addresses without user and password.
func (o Outside) hosts() string {
	var list []string
	for _, address := range strings.Split(o.URL, ",") {
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil {
			list = append(list, u.Host)
		}
	}
	return strings.Join(list, ",")
}

// options of the connection. It connects again for ever, and holds nothing back while it is away: what is not sent is refused,
// so that a sender hears of it.
func (o Outside) options(log *slog.Logger) []nats.Option {
	list := []nats.Option{
		nats.Name("toancanh"), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1), nats.ReconnectWait(500 * time.Millisecond),
		nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2), nats.IgnoreAuthErrorAbort(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("NATS is away, nothing is taken in until it is back", "error", err)
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) { log.Info("NATS is back", "server", c.ConnectedServerName()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("NATS", "error", err) }),
	}
	if o.Credentials != "" {
		list = append(list, nats.UserCredentials(o.Credentials))
	}
	if o.CA != "" {
		list = append(list, nats.RootCAs(o.CA))
	}
	if o.Cert != "" {
		list = append(list, nats.ClientCert(o.Cert, o.Key))
	}
	return list
}

// reachJournal connects to the servers and looks whether they can keep the journal. It waits for servers that do not answer; what
// an operator has to mend is an error at once.
func reachJournal(ctx context.Context, o Outside, log *slog.Logger) (*journal, error) {
	j := &journal{names: o.names(), log: log, replicas: o.Replicas}
	err := persevere(ctx, log, "NATS does not answer, trying on", func(ctx context.Context) (err error) {
		if j.conn == nil {
			if j.conn, err = nats.Connect(o.URL, o.options(log)...); err != nil {
				j.conn = nil
				return curable(withoutAddress(err))
			}
			if j.js, err = jetstream.New(j.conn, jetstream.WithPublishAsyncTimeout(journalStart)); err != nil {
				return err
			}
		}
		return j.suitable(ctx)
	})
	if err != nil {
		j.close()
		return nil, fmt.Errorf("ingest: NATS at %s: %w", o.hosts(), err)
	}
	log.Info("journal open", "nats", o.hosts(), "server", j.conn.ConnectedServerName(), "version", j.conn.ConnectedServerVersion())
	return j, nil
}

// suitable looks at what a server tells of itself. Whether it writes to the disk before it acknowledges it does not tell: that
// is the operator's to set (sync_interval: always).
func (j *journal) suitable(ctx context.Context) error {
	if most := j.conn.MaxPayload(); most < maxPayload {
		return permanent{fmt.Errorf("it takes messages of at most %d bytes, %d are needed: set max_payload: 8MB in its configuration", most, maxPayload)}
	}
	if version := j.conn.ConnectedServerVersion(); !recent(version) {
		return permanent{fmt.Errorf("it is version %s, 2.10 or later is needed", version)}
	}
	_, err := j.js.AccountInfo(ctx)
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return permanent{fmt.Errorf("%w: switch JetStream on in its configuration, and for this account", err)}
	}
	return err
}

// recent tells whether a server knows what the journal needs: streams that begin at a given sequence.
func recent(version string) bool {
	var major, minor int
	_, err := fmt.Sscanf(version, "%d.%d", &major, &minor)
	return err == nil && (major > 2 || major == 2 && minor >= 10)
}

// curable marks the failures to connect that waiting cannot cure.
func curable(err error) error {
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrNkeysNotSupported),
		errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.As(err, new(*tls.CertificateVerificationError)),
		errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrSecureConnRequired):
		return permanent{err}
	}
	return err
}

// withoutAddress drops the address, and the password in it, from what net/url says about it.
func withoutAddress(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}
