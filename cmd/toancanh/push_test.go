package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// authority signs certificates for the tests.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	file string // its certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Tỉnh CA"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key, file: filepath.Join(t.TempDir(), "ca.pem")}
	if a.cert, err = x509.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	writePEM(t, a.file, "CERTIFICATE", raw)
	return a
}

func writePEM(t *testing.T, file, kind string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sign gives the files of a certificate for an address or a name, valid between two instants.
func (a *authority) sign(t *testing.T, host string, from, to time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, NotBefore: from, NotAfter: to}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePEM(t, certFile, "CERTIFICATE", raw)
	writePEM(t, keyFile, "PRIVATE KEY", private)
	return certFile, keyFile
}

// TestFilesArePushedOverTLS: to the program as it is served, with a token, by a certificate of an authority of one's own.
func TestFilesArePushedOverTLS(t *testing.T) {
	own, data := newAuthority(t), t.TempDir()
	token := command(t, nil, "token", "add", "reporter", "--label", "kho", "--agency", "vpubnd", "--data", data)
	cert, key := own.sign(t, "127.0.0.1", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	address := freeAddress(t)
	p := launch(t, data, address, "--tls-cert", cert, "--tls-key", key)
	roots := x509.NewCertPool()
	roots.AddCert(own.cert)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	warehousetest.WaitUntil(t, "the program is ready", func() bool {
		resp, err := client.Get("https://" + address + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	file := writeFile(t, "figures.csv", "measure,unit,period,value,note\ndossiers_received,08707,"+openPeriod()+",43,đã đối chiếu\n")
	push := func(args ...string) (string, bool) {
		return toancanh(t, append([]string{"ingest", file, "--data", filepath.Join(t.TempDir(), "none"), "--token", token}, args...)...)
	}
	server := "https://" + address
	if out, ok := push("--server", server); ok || !strings.Contains(out, "an authority this machine does not know") || !strings.Contains(out, "--ca FILE") {
		t.Errorf("without the authority: %s", out)
	}
	if out, ok := push("--server", server, "--ca", own.file); !ok || !strings.Contains(out, "1 accepted, 0 rejected") {
		t.Errorf("with it: %s", out)
	}
	if out, ok := push("--server", server+"/api/v1/", "--ca", own.file, "--dry-run"); !ok || !strings.Contains(out, "dry run") {
		t.Errorf("by the address of the API: %s", out)
	}
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"plain HTTP to a server with TLS": {[]string{"--server", "http://" + address}, "it speaks TLS"},
		"by --listen":                     {[]string{"--listen", address}, "it speaks TLS"},
		"an address as --listen":          {[]string{"--listen", server}, "use --server https://"},
		"an authority that is none":       {[]string{"--server", server, "--ca", file}, "has no certificate in PEM"},
		"an authority that is not there":  {[]string{"--server", server, "--ca", file + ".none"}, "no such file"},
		"nobody there":                    {[]string{"--server", "https://" + freeAddress(t)}, "nothing listens there"},
		"no such name":                    {[]string{"--server", "https://toancanh.invalid"}, "there is no such name"},
		"no address":                      {[]string{"--server", "toancanh.example.vn"}, "--server takes an address such as https://"},
		"another scheme":                  {[]string{"--server", "ftp://toancanh.example.vn"}, "--server takes https:// or http://"},
		"a password in the address":       {[]string{"--server", "https://a:b@toancanh.example.vn"}, "takes no user or password"},
		"more than an address":            {[]string{"--server", "https://toancanh.example.vn/?q=1"}, "nothing behind it"},
		"a token over plain HTTP":         {[]string{"--server", "http://toancanh.example.vn"}, "over plain HTTP"},
	} {
		if out, ok := push(tc.args...); ok || !strings.Contains(out, tc.want) || strings.Contains(out, token) {
			t.Errorf("%s: %s, want %q", name, out, tc.want)
		}
	}
	if strings.Contains(p.output.String(), token) {
		t.Error("the token was logged")
	}
}

// openPeriod is a statutory month that has ended and is not closed: the one before today's.
func openPeriod() string {
	today := time.Now().In(time.FixedZone("+07", 7*3600))
	end := time.Date(today.Year(), today.Month(), 14, 0, 0, 0, 0, time.UTC)
	if today.Day() <= 14 {
		end = end.AddDate(0, -1, 0)
	}
	return end.Format("s2006-01")
}

// TestCertificatesAreExplained: what is wrong with a server's certificate is said in words, and nothing is sent.
func TestCertificatesAreExplained(t *testing.T) {
	own, now := newAuthority(t), time.Now()
	file := writeFile(t, "figures.csv", "measure,unit,date,value\n")
	for name, tc := range map[string]struct {
		host     string
		from, to time.Time
		want     string
	}{
		"another name": {"toancanh.example.vn", now.Add(-time.Hour), now.Add(time.Hour), "its certificate is for other names (toancanh.example.vn)"},
		"expired":      {"127.0.0.1", now.Add(-47 * time.Hour), now.Add(-24 * time.Hour), "its certificate has expired on " + now.Add(-24*time.Hour).UTC().Format(time.DateOnly)},
		"not yet":      {"127.0.0.1", now.Add(24 * time.Hour), now.Add(47 * time.Hour), "is this machine's clock right?"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			pair, err := tls.LoadX509KeyPair(own.sign(t, tc.host, tc.from, tc.to))
			if err != nil {
				t.Fatal(err)
			}
			server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
			server.StartTLS()
			defer server.Close()
			err = pushTo(t.Context(), pushFlags{Server: server.URL, CA: own.file}, "token", file)
			if err == nil || !strings.Contains(err.Error(), tc.want) || asked.Load() != 0 {
				t.Errorf("%v, asked %d times; want %q", err, asked.Load(), tc.want)
			}
		})
	}
}

// TestTokensGoNowhereElse: neither over plain HTTP to another machine nor after a redirect.
func TestTokensGoNowhereElse(t *testing.T) {
	var seen atomic.Pointer[http.Header]
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen.Store(&r.Header) }))
	defer elsewhere.Close()
	redirecting := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer redirecting.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "<html>Xin chào") }))
	defer other.Close()
	file := writeFile(t, "figures.csv", "measure,unit,date,value\n")
	if err := pushTo(t.Context(), pushFlags{Server: redirecting.URL}, "secret", file); err == nil || !strings.Contains(err.Error(), "it sends on to "+elsewhere.URL) || seen.Load() != nil {
		t.Errorf("redirected: %v, seen %v", err, seen.Load())
	}
	if err := pushTo(t.Context(), pushFlags{Server: other.URL}, "secret", file); err == nil || !strings.Contains(err.Error(), "this is no answer of Toàn Cảnh") {
		t.Errorf("another server: %v", err)
	}
	for server, refused := range map[string]bool{
		"http://10.1.2.3:8080": true, "http://localhost.example.vn": true, "http://[2001:db8::1]": true, "http://127.0.0.1.example.vn": true,
		"https://10.1.2.3": false, "http://127.0.0.1:8080": false, "http://localhost:8080": false, "http://[::1]:8080": false, "http://0.0.0.0:8080": false,
	} {
		if _, err := (pushFlags{Server: server}).targetOf("", true); (err != nil) != refused {
			t.Errorf("a token to %s: %v", server, err)
		}
		if _, err := (pushFlags{Server: server}).targetOf("", false); err != nil {
			t.Errorf("no token to %s: %v", server, err)
		}
		if _, err := (pushFlags{Server: server, PlainToken: true}).targetOf("", true); err != nil {
			t.Errorf("a token to %s all the same: %v", server, err)
		}
	}
}

func pushTo(ctx context.Context, f pushFlags, token, file string) error {
	c := &ingestCommand{pushFlags: f, Token: token, Dataset: "observations", Files: []string{file}}
	return c.Run(ctx, slog.New(slog.DiscardHandler))
}
