package httpapi

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Config holds where the server listens and what it bounds.
type Config struct {
	Listen string // host:port, loopback only

	MaxQuestions    int           // questions that may be at the warehouse at the same time
	QueueTimeout    time.Duration // how long a question waits for its turn before 503
	QuestionTimeout time.Duration // after which a question is given up with 503
	VersionTimeout  time.Duration // how long a demanded data version is waited for
	QueryableWait   time.Duration // how long ingest with wait=queryable is held; then 202
	MaxQuery        int           // bytes of a query string

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
		MaxQuestions:    16,
		QueueTimeout:    3 * time.Second,
		QuestionTimeout: 20 * time.Second,
		VersionTimeout:  5 * time.Second,
		QueryableWait:   15 * time.Second,
		MaxQuery:        8 << 10,
		MaxListeners:    4096,
		Tick:            15 * time.Second,
		Recent:          1024,
		WriteTimeout:    20 * time.Second,
		ReadTimeout:     60 * time.Second,
		DrainTimeout:    10 * time.Second,
	}
}

// ErrNotLoopback is wrapped by Validate's refusal of an address other machines can reach.
var ErrNotLoopback = errors.New("not a loopback address")

// Validate refuses limits that cannot work, and any address but loopback: until
// callers carry tokens, whoever reaches the server may send figures.
func (c Config) Validate() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("listen address %q: %w; write host:port, for example 127.0.0.1:8080", c.Listen, err)
	}
	if !isLoopback(host) {
		return fmt.Errorf("listen address %q: %w; there are no access tokens yet, so anyone who reached it could send figures. "+
			"Listen on 127.0.0.1 and let a reverse proxy on this machine check who comes in, or use an SSH tunnel", c.Listen, ErrNotLoopback)
	}
	if c.MaxQuestions < 1 || c.MaxListeners < 1 || c.Recent < 1 || c.MaxQuery < 1 {
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
