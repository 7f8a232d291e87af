package httpapi

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// Config holds where the server listens and what it bounds.
type Config struct {
	Listen      string   // host:port; beyond loopback only where tokens are needed
	PublicHosts []string // names the server is reached by, beside those of this machine
	TLSCert     string   // files of a certificate (with its chain) and its key; both or none
	TLSKey      string

	Limits map[callers.Role]Limits // of one caller

	MaxQuestions    int           // questions that may be at the warehouse at the same time
	QueueTimeout    time.Duration // how long a question waits for its turn before 503
	QuestionTimeout time.Duration // after which a question is given up with 503
	VersionTimeout  time.Duration // how long a demanded data version is waited for
	QueryableWait   time.Duration // how long ingest with wait=queryable is held; then 202
	MaxQuery        int           // bytes of a query string
	MaxExportRows   int           // of a file, in all its tables

	MaxListeners int           // open event streams
	Tick         time.Duration // between two signs of life on an event stream
	Recent       int           // changes kept for listeners that resume
	WriteTimeout time.Duration // a client that takes nothing for so long is dropped
	ReadTimeout  time.Duration // and so is a sender that sends nothing
	DrainTimeout time.Duration // for requests under way when the server stops
}

// DefaultConfig gives limits that fit one machine of two cores.
func DefaultConfig() Config {
	return Config{
		Listen:          "127.0.0.1:8080",
		Limits:          DefaultLimits(),
		MaxQuestions:    16,
		QueueTimeout:    3 * time.Second,
		QuestionTimeout: 20 * time.Second,
		VersionTimeout:  5 * time.Second,
		QueryableWait:   15 * time.Second,
		MaxQuery:        8 << 10,
		MaxExportRows:   100_000,
		MaxListeners:    4096,
		Tick:            15 * time.Second,
		Recent:          1024,
		WriteTimeout:    20 * time.Second,
		ReadTimeout:     60 * time.Second,
		DrainTimeout:    10 * time.Second,
	}
}

// ErrNotLoopback is wrapped by the refusal of an address other machines can reach while no token is needed.
var ErrNotLoopback = errors.New("not a loopback address")

// NeedsToken says why the address cannot be listened on before a token was made; nil on loopback.
func (c Config) NeedsToken() error {
	if !c.beyondLoopback() {
		return nil
	}
	return fmt.Errorf("listen address %q: %w; there are no access tokens yet, so anyone who reached it could send figures. "+
		"Make one first (toancanh token add), or listen on 127.0.0.1", c.Listen, ErrNotLoopback)
}

// beyondLoopback tells whether other machines can reach the address.
func (c Config) beyondLoopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err != nil || !isLoopback(host)
}

// Validate refuses limits that cannot work.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen address %q: %w; write host:port, for example 127.0.0.1:8080", c.Listen, err)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("TLS needs both a certificate and its key")
	}
	for _, host := range c.PublicHosts {
		if host == "" || strings.ContainsAny(host, "/: ") {
			return fmt.Errorf("public host %q: write a name without scheme and port, for example toancanh.example.vn", host)
		}
	}
	for _, role := range callers.Roles() {
		if err := c.Limits[role].validate(role); err != nil {
			return err
		}
	}
	if c.MaxQuestions < 1 || c.MaxListeners < 1 || c.Recent < 1 || c.MaxQuery < 1 || c.MaxExportRows < 1 {
		return errors.New("httpapi: limits must be positive")
	}
	for _, d := range []time.Duration{c.QueueTimeout, c.QuestionTimeout, c.VersionTimeout, c.QueryableWait, c.Tick, c.WriteTimeout, c.ReadTimeout, c.DrainTimeout} {
		if d <= 0 {
			return errors.New("httpapi: durations must be positive")
		}
	}
	return nil
}

// isLoopback tells whether a host, as written in an address or a Host header, names
// this machine only. An empty host means every interface.
func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}
