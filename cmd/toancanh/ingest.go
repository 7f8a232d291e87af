package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/ingest"
)

// ingestGroup sends files where no other command is named: a file of the name "worker" is ./worker.
type ingestGroup struct {
	Send   ingestCommand `cmd:"" default:"withargs" help:"Send files: NDJSON, CSV, JSON or Excel, also packed. The word send may be left out."`
	Worker workerCommand `cmd:"" help:"Write what servers with --nats took in to the warehouse; any number of workers stand by for each other."`
}

type ingestCommand struct {
	serverFlags
	pushFlags
	Token   string   `help:"Access token, where the server asks for one. Better in the environment, where other users of the machine do not see it." placeholder:"TOKEN"`
	Dataset string   `default:"observations" enum:"observations,population,task-progress" help:"What the files hold."`
	Format  string   `default:"" enum:",ndjson,csv,json,xlsx" help:"ndjson, csv, json (a list) or xlsx; without it, by the name of the file, which may end in .gz or .zst."`
	DryRun  bool     `help:"Check everything and keep nothing."`
	Files   []string `arg:"" name:"file" help:"Files to send, - for standard input."`
}

// Run sends each file to --server, or to the server that listens at --listen. When none does there, the data
// directory is served here for the while, so that files always go the way of a push.
func (c *ingestCommand) Run(ctx context.Context, log *slog.Logger) (err error) {
	address := c.Listen
	if c.Server == "" && strings.Contains(address, "://") {
		return fmt.Errorf("--listen takes HOST:PORT; use --server %s", address)
	}
	if c.Server == "" && !answers(address) {
		fmt.Fprintf(os.Stderr, "no server listens at %s (--listen or --server names another): opening the data directory %s\n", address, c.Data)
		var closing func() error
		if address, closing, err = c.serveHere(ctx, log); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, closing()) }()
	}
	to, err := c.targetOf(address, c.Token != "")
	if err != nil {
		return err
	}
	var errs []error
	for _, file := range c.Files {
		if err := c.send(ctx, to, file); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
	}
	return errors.Join(errs...)
}

// answers tells whether something accepts connections at the address.
func answers(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was sent
	return true
}

// serveHere opens the data directory and serves it on a free port until closed.
func (c *ingestCommand) serveHere(ctx context.Context, log *slog.Logger) (string, func() error, error) {
	cat, set, err := c.load(time.Now())
	if err != nil {
		return "", nil, err
	}
	flags := c.serverFlags
	flags.alone = c.Token == "" // with a token the files are that caller's, and held to what it may send
	flags.Listen, flags.TLSCert, flags.TLSKey = "127.0.0.1:0", "", ""
	s, err := openServer(ctx, flags, cat.WithoutDemonstration(), set, time.Now, log)
	if errors.Is(err, engine.ErrInUse) {
		err = fmt.Errorf("%w: a server works on it; give its address with --listen", err)
	}
	if err != nil {
		return "", nil, err
	}
	if err = s.rooms.refuse(ctx, demonstrationFigures); err == nil {
		err = s.rooms.start(ctx)
	}
	var listener net.Listener
	if err == nil {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", nil, errors.Join(err, s.rooms.Close())
	}
	srv := &http.Server{Handler: s.http.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(listener) }() // ends with ErrServerClosed
	return listener.Addr().String(), func() error { return errors.Join(srv.Close(), s.rooms.Close()) }, nil
}

// receipt is what the API answers, the problem document of a failure included.
type receipt struct {
	Submission  string    `json:"submission"`
	Accepted    int       `json:"accepted"`
	Rejected    int       `json:"rejected"`
	Rejections  []finding `json:"rejections"`
	Warned      int       `json:"warned"`
	Warnings    []finding `json:"warnings"`
	DataVersion uint64    `json:"data_version"`
	DryRun      bool      `json:"dry_run"`
	Title       string    `json:"title"`
	Detail      string    `json:"detail"`
	Hint        string    `json:"hint"`
}

// finding is a rejection or a warning.
type finding struct {
	Line    int    `json:"line"`
	Sheet   string `json:"sheet"`
	Cell    string `json:"cell"`
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f finding) print(kind string) {
	place := fmt.Sprintf("line %d", f.Line)
	if f.Cell != "" {
		place = f.Sheet + "!" + f.Cell
	}
	fmt.Printf("  %s at %s, %s: %s (%s)\n", kind, place, cmp.Or(f.Field, "row"), f.Message, f.Code)
}

// send posts one file and prints its receipt. It fails when any row was refused.
func (c *ingestCommand) send(ctx context.Context, to target, file string) error {
	body, err := open(file)
	if err != nil {
		return err
	}
	defer body.Close()
	address := to.path("ingest/" + c.Dataset + "?wait=queryable")
	if c.DryRun {
		address += "&dry_run=1"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return err
	}
	format, encoding := ingest.FormOf(file)
	req.Header.Set("Content-Type", mediaTypes[cmp.Or(ingest.Format(c.Format), format, ingest.NDJSON)])
	if encoding != ingest.Plain {
		req.Header.Set("Content-Encoding", string(encoding))
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := to.client.Do(req)
	if err != nil {
		return to.explain(err)
	}
	defer resp.Body.Close()
	r, err := readReceipt(resp)
	if err != nil && to.base.Scheme == "http" && speaksTLS(to.base.Host) { // its word may be cut off with the connection
		err = errSpeaksTLS
	}
	if err != nil {
		return fmt.Errorf("%s: %w", to.base.Host, err)
	}
	return r.print(file, resp.StatusCode)
}

// readReceipt reads the answer, which may be of something else than Toàn Cảnh.
func readReceipt(resp *http.Response) (r receipt, err error) {
	const most, shown = 16 << 20, 200
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return r, fmt.Errorf("read the answer (%s): %w", resp.Status, err)
	}
	switch text := strings.TrimSpace(string(body)); {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return r, fmt.Errorf("it sends on to %s; nothing was sent there: give that address with --server", resp.Header.Get("Location"))
	case json.Unmarshal(body, &r) != nil || r.Submission == "" && r.Title == "":
		return r, fmt.Errorf("this is no answer of Toàn Cảnh (%s): %.*s", resp.Status, shown, text)
	}
	return r, nil
}

func (r receipt) print(file string, status int) error {
	if r.Submission == "" {
		return errors.New(strings.TrimSpace(fmt.Sprintf("%s: %s %s", r.Title, r.Detail, r.Hint)))
	}
	if r.DryRun {
		fmt.Printf("%s: dry run, nothing was kept: %d would be accepted, %d rejected\n", file, r.Accepted, r.Rejected)
	} else {
		fmt.Printf("%s: submission %s, %d accepted, %d rejected, data version %d (%d)\n",
			file, r.Submission, r.Accepted, r.Rejected, r.DataVersion, status)
	}
	for _, j := range r.Rejections {
		j.print("refused")
	}
	for _, j := range r.Warnings {
		j.print("doubtful")
	}
	if r.Rejected > 0 {
		return fmt.Errorf("%d of %d rows were rejected", r.Rejected, r.Accepted+r.Rejected)
	}
	return nil
}

func open(file string) (io.ReadCloser, error) {
	if file == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(file)
}

// mediaTypes name the formats in a Content-Type.
var mediaTypes = map[ingest.Format]string{
	ingest.NDJSON: "application/x-ndjson", ingest.CSV: "text/csv", ingest.JSON: "application/json",
	ingest.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
