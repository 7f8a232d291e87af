package httpapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned writes a pair for 127.0.0.1 and gives its files.
func selfSigned(t *testing.T, dir, name string) (certFile, keyFile string, parsed *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if parsed, err = x509.ParseCertificate(cert); err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile, parsed
}

func TestTLSIsServed(t *testing.T) {
	certFile, keyFile, parsed := selfSigned(t, t.TempDir(), "first")
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.TLSCert, c.TLSKey = certFile, keyFile })
	address := strings.Replace(running(t, h), "http://", "https://", 1)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get(address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("%d", response.StatusCode)
	}
}

// TestCertificatesAreRenewedInPlace, and half a renewal leaves the one before.
func TestCertificatesAreRenewedInPlace(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile, _ := selfSigned(t, dir, "first")
	c, err := newCertificate(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	name := func() string {
		pair, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return pair.Leaf.Subject.CommonName
	}
	renew := func(when time.Time) {
		if err := os.Chtimes(certFile, when, when); err != nil {
			t.Fatal(err)
		}
		c.checked = time.Time{}
	}
	if err := os.WriteFile(certFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	renew(time.Now().Add(time.Minute))
	if name() != "first" {
		t.Error("lost on half a renewal")
	}
	selfSigned(t, dir, "second")
	renew(time.Now().Add(2 * time.Minute))
	if name() != "second" {
		t.Error("not renewed")
	}
	if _, err := newCertificate(keyFile, keyFile); err == nil {
		t.Error("a key passes for a certificate")
	}
}
