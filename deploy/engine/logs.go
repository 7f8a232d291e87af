package engine

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

// serverLine is one record of ClickHouse's console log:
// "2026.01.31 10:11:12.131415 [ 42 ] {query} <Error> Logger: text".
var serverLine = regexp.MustCompile(`^\d{4}\.\d\d\.\d\d [\d:.]+ \[ \d+ \] \{[^}]*\} <(\w+)> ([^:]+): (.*)$`)

// noise is what else a client of the console would see: numbered frames of
// stack traces and the greeting.
var noise = regexp.MustCompile(`^(\d+\. |Stack trace: |#+$|\s*$| \(version |Empty query|Bye\.|ClickHouse )`)

// queryLoggers report errors that the sender of a query gets as well, and
// handles: here only which and how many are of interest, when debugging.
var queryLoggers = map[string]bool{
	"executeQuery": true, "TCPHandler": true, "DynamicQueryHandler": true, "HTTPHandler": true, "ServerErrorHandler": true,
}

const (
	tailLines    = 5
	maxLineBytes = 8 << 10
)

// startFailure is how the console reports that a start query was refused: a
// port is taken, for instance. The child does not end for that.
var startFailure = regexp.MustCompile(`^Code: \d+\. DB::Exception: `)

// forwarder is the child's stderr: it turns the server's log into records of
// ours, and keeps the last lines to explain an early end.
type forwarder struct {
	log    *slog.Logger
	failed chan struct{} // closed when a start query was refused

	mu      sync.Mutex
	rest    []byte // the line that has not ended yet
	tail    []string
	serving bool // queries of clients are being answered
	muted   bool // what follows belongs to a record that may quote a query
	refused bool // failed is closed
}

func newForwarder(log *slog.Logger) *forwarder {
	return &forwarder{log: log, failed: make(chan struct{})}
}

// Write implements io.Writer and never fails: a log must not stop the engine.
func (f *forwarder) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rest = append(f.rest, p...)
	for {
		line, rest, found := bytes.Cut(f.rest, []byte("\n"))
		if !found {
			break
		}
		f.rest = rest
		f.forward(strings.TrimRight(string(line), "\r"))
	}
	if len(f.rest) > maxLineBytes {
		f.forward(string(f.rest[:maxLineBytes]))
		f.rest = nil
	}
	return len(p), nil
}

// serve tells that from now on clients send queries.
func (f *forwarder) serve() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serving = true
}

func (f *forwarder) forward(line string) {
	if parts := serverLine.FindStringSubmatch(line); parts != nil {
		f.muted = f.serving && queryLoggers[parts[2]]
		level, text := classify(parts[1], parts[2], parts[3])
		f.record(level, text)
		return
	}
	if f.muted || noise.MatchString(line) {
		return
	}
	if !f.serving && !f.refused && startFailure.MatchString(line) {
		f.refused = true
		defer close(f.failed) // after the line has become one of the last words
	}
	f.record(slog.LevelDebug, line)
}

func (f *forwarder) record(level slog.Level, text string) {
	if text == "" {
		return
	}
	f.tail = append(f.tail, text)
	if len(f.tail) > tailLines {
		f.tail = f.tail[1:]
	}
	f.log.Log(context.Background(), level, "engine says", "text", text)
}

// errorCode finds number and name of a ClickHouse exception in its text, the
// rest of which repeats parts of the query, values included.
var errorCode = regexp.MustCompile(`Code: (\d+)\..*\(([A-Z][A-Z0-9_]+)\)`)

// classify gives a record its level and cuts off what does not belong into a
// log: the query with its values, and stack traces.
func classify(severity, logger, text string) (slog.Level, string) {
	if noise.MatchString(text) {
		return slog.LevelDebug, ""
	}
	if queryLoggers[logger] {
		return slog.LevelDebug, logger + ": " + errorCode.ReplaceAllString(errorCode.FindString(text), "error $1 $2")
	}
	for _, quote := range []string{", Stack trace (", " (in query: ", " (query: "} {
		text, _, _ = strings.Cut(text, quote)
	}
	if severity == "Fatal" || severity == "Critical" {
		return slog.LevelError, logger + ": " + text
	}
	if strings.HasPrefix(text, "Temporarily pause scheduling") { // a full pool of background tasks, ordinary at a start
		return slog.LevelDebug, logger + ": " + text
	}
	return slog.LevelWarn, logger + ": " + text
}

// lastWords are the last lines the child wrote, joined.
func (f *forwarder) lastWords() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.tail, " | ")
}
