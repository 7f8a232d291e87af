package httpapi

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificate reads a key pair again when its files have changed, so that a renewed one needs no restart.
type certificate struct {
	certFile, keyFile string

	mu      sync.Mutex
	changed time.Time // of the certificate's file, as it was read
	checked time.Time
	pair    *tls.Certificate
}

// checkEvery bounds how often the files are looked at.
const checkEvery = time.Minute

// newCertificate reads the pair once, so that a wrong one is told at the start.
func newCertificate(certFile, keyFile string) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile}
	return c, c.read(time.Now())
}

func (c *certificate) read(now time.Time) error {
	info, err := os.Stat(c.certFile)
	if err != nil {
		return fmt.Errorf("TLS certificate: %w", err)
	}
	c.checked = now
	if c.pair != nil && info.ModTime().Equal(c.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("TLS certificate: %w", err)
	}
	c.pair, c.changed = &pair, info.ModTime()
	return nil
}

// get is tls.Config.GetCertificate. A pair that cannot be read (half of it is being replaced) leaves the one before.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.checked) > checkEvery {
		_ = c.read(now)
		c.checked = now
	}
	return c.pair, nil
}

// config serves TLS 1.2 and later.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}
}
