package ingest

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
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

// files looks at the files that are named, before anybody is asked: what is wrong with one of them is the operator's to mend. Nothing
// of what is in them is repeated.
func (o Outside) files(now time.Time) error {
	if o.CA != "" {
		content, err := os.ReadFile(o.CA)
		if err == nil && !x509.NewCertPool().AppendCertsFromPEM(content) {
			err = errors.New("a PEM file of certificates is expected")
		}
		if err != nil {
			return fmt.Errorf("the authority (--nats-ca): %w", err)
		}
	}
	if o.Cert != "" {
		if _, err := tls.LoadX509KeyPair(o.Cert, o.Key); err != nil {
			return fmt.Errorf("the client certificate (--nats-cert, --nats-key): %w", err)
		}
	}
	if o.Credentials == "" {
		return nil
	}
	if err := credentialsHold(o.Credentials, now); err != nil {
		return fmt.Errorf("the credentials (--nats-creds): %w", err)
	}
	return nil
}

// credentialsHold looks whether a file of credentials has what it needs and has not ended.
func credentialsHold(file string, now time.Time) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	defer clear(content) // of a secret
	token, err := jwt.ParseDecoratedJWT(content)
	var user *jwt.UserClaims
	if err == nil {
		user, err = jwt.DecodeUserClaims(token)
	}
	if err == nil {
		var key nkeys.KeyPair
		if key, err = jwt.ParseDecoratedUserNKey(content); err == nil {
			key.Wipe()
		}
	}
	if err != nil {
		return fmt.Errorf("%s: a file with the user's JWT and seed is expected, as `nsc generate creds` writes it", file)
	}
	if ends := time.Unix(user.Expires, 0); user.Expires > 0 && !now.Before(ends) {
		return fmt.Errorf("%s: they ended on %s; newer ones are needed", file, ends.UTC().Format(time.RFC3339))
	}
	return nil
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
	if err := o.files(time.Now()); err != nil {
		return nil, fmt.Errorf("ingest: NATS at %s: %w", o.hosts(), err)
	}
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

// curable marks the failures to connect that waiting cannot cure, and says what would be accepted.
func curable(err error) error {
	var remote *net.OpError
	switch {
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return permanent{fmt.Errorf("its certificate is not trusted: name the authority that signed it with --nats-ca, and the server as its certificate does: %w", err)}
	case errors.As(err, &remote) && remote.Op == "remote error": // a TLS alert: of the certificate, or that there is none
		return permanent{fmt.Errorf("it does not take this client: --nats-cert and --nats-key have to be of an authority it trusts, and not ended: %w", err)}
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked), errors.Is(err, nats.ErrAccountAuthExpired):
		return permanent{fmt.Errorf("it does not know this user: credentials of an account it has are needed (--nats-creds), or user and password in the address: %w", err)}
	case errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrSecureConnRequired):
		return permanent{fmt.Errorf("one side wants TLS and the other has none: tls://host:4222 and nats://host:4222 say which: %w", err)}
	case errors.Is(err, nats.ErrNkeysNotSupported), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
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
