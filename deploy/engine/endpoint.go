package engine

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
)

// endpoint is how the engine is reached. It outlives the process, so that the
// operator's own tools keep their connection settings.
type endpoint struct {
	User       string `json:"user"`
	Password   string `json:"password"`
	NativePort int    `json:"native_port"`
	HTTPPort   int    `json:"http_port"`
}

const endpointFile = "endpoint.json"

// loadEndpoint reads the endpoint of an earlier run, or makes a new one. Ports
// that somebody else has taken since are replaced.
func loadEndpoint(dir string) (endpoint, error) {
	path := filepath.Join(dir, endpointFile)
	ep, err := readEndpoint(path)
	if err != nil {
		return ep, err
	}
	if portFree(ep.NativePort) && portFree(ep.HTTPPort) {
		return ep, nil
	}
	if ep.NativePort, ep.HTTPPort, err = freePorts(); err != nil {
		return ep, fmt.Errorf("find free ports: %w", err)
	}
	content, err := json.MarshalIndent(ep, "", "  ")
	if err != nil {
		return ep, err
	}
	return ep, writePrivate(path, append(content, '\n'))
}

func readEndpoint(path string) (endpoint, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return endpoint{User: "toancanh", Password: rand.Text()}, nil
	}
	if err != nil {
		return endpoint{}, fmt.Errorf("read the engine's endpoint: %w", err)
	}
	var ep endpoint
	if err := json.Unmarshal(content, &ep); err != nil || ep.User == "" || ep.Password == "" {
		return endpoint{}, fmt.Errorf("%s is damaged: remove it, and a new one is made", path)
	}
	return ep, nil
}

// portFree tells whether we could listen on the port; 0 is not a port yet.
func portFree(port int) bool {
	if port == 0 {
		return false
	}
	listener, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}

// Ports are sought below those that the system gives to outgoing connections,
// one of which could otherwise sit on ours while the engine is being restarted.
const (
	firstPort = 20000
	lastPort  = 31999
	portTries = 1000
)

func freePorts() (native, http int, err error) {
	if native, err = freePort(0); err != nil {
		return 0, 0, err
	}
	http, err = freePort(native)
	return native, http, err
}

// freePort returns a port that nobody listens on, other than the given one.
func freePort(other int) (int, error) {
	for range portTries {
		port := firstPort + mathrand.IntN(lastPort-firstPort+1)
		if port != other && portFree(port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("none of %d ports from %d to %d is free", portTries, firstPort, lastPort)
}

func loopback(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// dsn is for the native protocol. It carries the password: never log it.
func (ep endpoint) dsn(database string) string {
	address := url.URL{
		Scheme: "clickhouse",
		User:   url.UserPassword(ep.User, ep.Password),
		Host:   loopback(ep.NativePort),
		Path:   "/" + database,
	}
	return address.String()
}

// passwordHash is what users.xml holds instead of the password.
func (ep endpoint) passwordHash() string {
	sum := sha256.Sum256([]byte(ep.Password))
	return hex.EncodeToString(sum[:])
}

// writePrivate replaces a file at once and lets only the owner read it.
func writePrivate(path string, content []byte) error {
	next := path + ".next"
	if err := os.WriteFile(next, content, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}
