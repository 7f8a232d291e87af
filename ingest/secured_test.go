package ingest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// authority signs certificates of a test.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	a.cert = &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key, a.cert.Raw = a.sign(a.cert, nil)
	a.file = a.write(name+".pem", "CERTIFICATE", a.cert.Raw)
	return a
}

// sign completes a certificate and gives it with its key.
func (a *authority) sign(cert *x509.Certificate, by *authority) (*ecdsa.PrivateKey, []byte) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	cert.SerialNumber = big.NewInt(1)
	if cert.NotAfter.IsZero() {
		cert.NotAfter = time.Now().Add(time.Hour)
	}
	cert.NotBefore = cert.NotAfter.Add(-2 * time.Hour)
	parent, signer := cert, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, cert, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	return key, raw
}

func (a *authority) write(name, kind string, content []byte) (file string) {
	a.t.Helper()
	file = filepath.Join(a.dir, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return file
}

// issue gives the files of a certificate for this machine and of its key.
func (a *authority) issue(name string, ends time.Time) (cert, key string) {
	a.t.Helper()
	private, raw := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: ends,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a)
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.write(name+".pem", "CERTIFICATE", raw), a.write(name+".key", "EC PRIVATE KEY", encoded)
}

// operator signs the accounts of a NATS server, and users of them.
type operator struct {
	t       *testing.T
	claims  *jwt.OperatorClaims
	keys    nkeys.KeyPair
	account nkeys.KeyPair
	signed  map[string]string // accounts, by their public keys
	system  string            // the server's own account
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	o := &operator{t: t}
	o.keys = made(t, nkeys.CreateOperator)
	o.claims = jwt.NewOperatorClaims(public(t, o.keys))
	o.account, o.signed = made(t, nkeys.CreateAccount), map[string]string{}
	account := jwt.NewAccountClaims(public(t, o.account))
	account.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: jwt.NoLimit, DiskStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit}
	system := jwt.NewAccountClaims(public(t, made(t, nkeys.CreateAccount)))
	o.system = system.Subject
	for _, claims := range []*jwt.AccountClaims{account, system} {
		signed, err := claims.Encode(o.keys)
		if err != nil {
			t.Fatal(err)
		}
		o.signed[claims.Subject] = signed
	}
	return o
}

func made(t *testing.T, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	pair, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func public(t *testing.T, pair nkeys.KeyPair) string {
	t.Helper()
	key, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// user gives the file of a user's credentials, and the seed that nobody may tell.
func (o *operator) user(ends time.Time) (file, seed string) {
	o.t.Helper()
	pair := made(o.t, nkeys.CreateUser)
	claims := jwt.NewUserClaims(public(o.t, pair))
	if !ends.IsZero() {
		claims.Expires = ends.Unix()
	}
	signed, err := claims.Encode(o.account)
	secret, seedErr := pair.Seed()
	if err != nil || seedErr != nil {
		o.t.Fatal(err, seedErr)
	}
	content, err := jwt.FormatUserConfig(signed, secret)
	file = filepath.Join(o.t.TempDir(), "user.creds")
	if err == nil {
		err = os.WriteFile(file, content, 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return file, string(secret)
}

// secured is a NATS server as an operator secures one: TLS both ways, accounts by JWT.
func secured(t *testing.T, ca *authority, by *operator) (n *natsServer, at string) {
	t.Helper()
	certFile, keyFile := ca.issue("server", time.Time{})
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(mustParse(t, ca.cert.Raw))
	resolver := &server.MemAccResolver{}
	for key, signed := range by.signed {
		if err := resolver.Store(key, signed); err != nil {
			t.Fatal(err)
		}
	}
	n = startNATS(t, func(o *server.Options) {
		o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}
		o.TLSVerify, o.TLSTimeout = true, 5
		o.TrustedOperators, o.AccountResolver, o.SystemAccount = []*jwt.OperatorClaims{by.claims}, resolver, by.system
	})
	address, err := url.Parse(n.server.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	return n, "tls://" + address.Host
}

func mustParse(t *testing.T, raw []byte) *x509.Certificate {
	t.Helper()
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// Figures reach the warehouse by a NATS that wants certificates and credentials; after it was away, too.
func TestSecuredNATS(t *testing.T) {
	ca, by := newAuthority(t, "authority"), newOperator(t)
	n, at := secured(t, ca, by)
	cert, key := ca.issue("client", time.Time{})
	creds, _ := by.user(time.Time{})
	r := n.shared(t, func(c *Config, _ *Deps) {
		c.Outside = Outside{URL: at, CA: ca.file, Cert: cert, Key: key, Credentials: creds}
	})
	r.work(t)
	r.send(t, Observations, accounts("08707", "2022-06-15", "male", 1))
	n.stop()
	n.start()
	until(t, "figures are taken in again", func() bool {
		receipt, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Wait: true, Body: strings.NewReader(accounts("08707", "2022-06-15", "male", 2))})
		return err == nil && receipt.Queryable
	})
	if got := r.row(t, "SELECT toString(groupArray(value)) FROM (SELECT value FROM observations ORDER BY stream_seq)"); got[0] != "[1,2]" {
		t.Errorf("revisions %s", got[0])
	}
}

// Credentials that end while a service works are read anew: who replaces the file in time, or too late, need not start anything again.
func TestCredentialsAreRenewed(t *testing.T) {
	ca, by := newAuthority(t, "authority"), newOperator(t)
	n, at := secured(t, ca, by)
	cert, key := ca.issue("client", time.Time{})
	creds, _ := by.user(time.Now().Add(3 * time.Second))
	r := n.shared(t, func(c *Config, _ *Deps) {
		c.Outside = Outside{URL: at, CA: ca.file, Cert: cert, Key: key, Credentials: creds}
	})
	submit := func() error {
		_, err := r.Submit(t.Context(), Intake{Dataset: Observations, Format: NDJSON, Body: strings.NewReader(activated)})
		return err
	}
	if err := submit(); err != nil {
		t.Fatal(err)
	}
	until(t, "the credentials have ended", func() bool {
		err := submit()
		return KindOf(err) == Unavailable
	})
	newer, _ := by.user(time.Time{})
	if err := os.Rename(newer, creds); err != nil {
		t.Fatal(err)
	}
	until(t, "figures are taken in again", func() bool { return submit() == nil })
}

// What a secured NATS does not take ends the start at once with what is wrong and what would be taken, and no secret in it.
func TestSecuredNATSRefuses(t *testing.T) {
	ca, other, by := newAuthority(t, "authority"), newAuthority(t, "other"), newOperator(t)
	_, at := secured(t, ca, by)
	cert, key := ca.issue("client", time.Time{})
	ended, endedKey := ca.issue("ended", time.Now().Add(-time.Minute))
	foreign, foreignKey := other.issue("foreign", time.Time{})
	creds, seed := by.user(time.Time{})
	old, oldSeed := by.user(time.Now().Add(-time.Hour))
	stranger, strangerSeed := newOperator(t).user(time.Time{})
	right := Outside{URL: at, CA: ca.file, Cert: cert, Key: key, Credentials: creds}
	for name, c := range map[string]struct {
		change func(*Outside)
		says   string
	}{
		"another authority":             {func(o *Outside) { o.CA = other.file }, "--nats-ca"},
		"the system's authorities":      {func(o *Outside) { o.CA = "" }, "--nats-ca"},
		"another name of the server":    {func(o *Outside) { o.URL = strings.Replace(at, "127.0.0.1", "localhost", 1) }, "wanted to match localhost"},
		"no client certificate":         {func(o *Outside) { o.Cert, o.Key = "", "" }, "--nats-cert"},
		"a certificate of another":      {func(o *Outside) { o.Cert, o.Key = foreign, foreignKey }, "--nats-cert"},
		"a certificate that has ended":  {func(o *Outside) { o.Cert, o.Key = ended, endedKey }, "--nats-cert"},
		"the key of another":            {func(o *Outside) { o.Key = foreignKey }, "--nats-key"},
		"a key that is none":            {func(o *Outside) { o.Key = creds }, "--nats-key"},
		"an authority that is none":     {func(o *Outside) { o.CA = creds }, "--nats-ca"},
		"a file that is not there":      {func(o *Outside) { o.CA += "x" }, "no such file"},
		"no credentials":                {func(o *Outside) { o.Credentials = "" }, "--nats-creds"},
		"credentials that have ended":   {func(o *Outside) { o.Credentials = old }, "they ended on"},
		"credentials of another":        {func(o *Outside) { o.Credentials = stranger }, "--nats-creds"},
		"credentials that are none":     {func(o *Outside) { o.Credentials = key }, "JWT and seed"},
		"credentials that are not here": {func(o *Outside) { o.Credentials += "x" }, "--nats-creds"},
		"a password instead": {func(o *Outside) {
			o.Credentials, o.URL = "", strings.Replace(at, "tls://", "tls://toancanh:hidden-word@", 1)
		}, "--nats-creds"},
	} {
		t.Run(name, func(t *testing.T) {
			o := right
			c.change(&o)
			refused(t, o, c.says, seed, oldSeed, strangerSeed, "hidden-word", "PRIVATE")
		})
	}
}

// refused wants a journal not to be reached, the error to say something, and no secret to be in it.
func refused(t *testing.T, o Outside, says string, secrets ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), journalStart) // what is waited for is not refused
	defer cancel()
	j, err := reachJournal(ctx, o, slog.New(slog.NewTextHandler(testWriter{t}, nil)))
	if err == nil {
		j.close()
		t.Fatal("it was reached")
	}
	if !strings.Contains(err.Error(), says) {
		t.Errorf("%q is not in: %v", says, err)
	}
	for _, secret := range secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("a secret is told: %v", err)
		}
	}
}
