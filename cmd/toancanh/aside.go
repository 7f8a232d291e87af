package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

type asideCommand struct {
	List  asideListCommand  `cmd:"" help:"List the messages of the journal that could not be read and were set aside."`
	Retry asideRetryCommand `cmd:"" help:"Have messages taken after all, as if sent now: within seconds by a running server, else when it starts."`
	Drop  asideDropCommand  `cmd:"" help:"Give messages up for good."`
}

// asideFlags say where the journal lies.
type asideFlags struct {
	warehouseFlags
}

func (f asideFlags) store() *ingest.AsideStore { return ingest.NewAsideStore(journalDir(f.Data)) }

func journalDir(data string) string { return filepath.Join(data, "journal") }

type asideListCommand struct {
	asideFlags
}

// Run prints a line for each message, the oldest first. It needs neither a server nor the warehouse.
func (c *asideListCommand) Run() error {
	list, err := c.store().List()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SEQUENCE\tRECEIVED\tBYTES\tVERSION\tTRIED\tREASON")
	for _, a := range list {
		tried := "-"
		if !a.Tried.IsZero() {
			tried = a.Tried.Format(time.RFC3339)
		}
		if a.Wanted {
			tried = "wanted"
		}
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%s\t%s\n", a.Sequence, a.Received.Format(time.RFC3339), a.Bytes, a.Version, tried, a.Reason)
	}
	return w.Flush()
}

type asideRetryCommand struct {
	asideFlags
	Sequence []uint64 `arg:"" help:"Sequences, as list shows them."`
}

// Run records the wish and leaves it for the server that works on the journal.
func (c *asideRetryCommand) Run(ctx context.Context, log *slog.Logger) error {
	return c.each(ctx, log, c.Sequence, callers.MessageRetried, nil, c.store().Retry, "is taken within seconds, or when the server starts")
}

type asideDropCommand struct {
	asideFlags
	Reason   string   `required:"" help:"Why nobody needs them any more; it is recorded." placeholder:"TEXT"`
	Sequence []uint64 `arg:"" help:"Sequences, as list shows them."`
}

// Run records each message with the reason and removes it.
func (c *asideDropCommand) Run(ctx context.Context, log *slog.Logger) error {
	if err := callers.CheckReason(c.Reason); err != nil {
		return fmt.Errorf("--reason: %w", err)
	}
	return c.each(ctx, log, c.Sequence, callers.MessageDropped, map[string]string{"reason": c.Reason}, c.store().Drop, "dropped")
}

// each records what is done to a message, then does it: nothing happens unrecorded.
func (f asideFlags) each(ctx context.Context, log *slog.Logger, sequences []uint64, action callers.Action, details map[string]string, do func(uint64) error, done string) error {
	return withWarehouse(ctx, f.warehouseFlags, log, func(conn driver.Conn) error {
		audit := callers.NewAudit(conn, time.Now)
		var errs []error
		for _, seq := range sequences {
			err := f.one(ctx, audit, seq, action, details, do)
			if err == nil {
				fmt.Printf("%d: %s\n", seq, done)
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
}

func (f asideFlags) one(ctx context.Context, audit *callers.Audit, seq uint64, action callers.Action, details map[string]string, do func(uint64) error) error {
	a, err := f.store().Find(seq)
	if err != nil {
		return err
	}
	if err := audit.Record(ctx, console().Entry(action, strconv.FormatUint(seq, 10), aboutAside(a, details))); err != nil {
		return err
	}
	return do(seq)
}

// aboutAside says in the record what a message was.
func aboutAside(a ingest.Aside, more map[string]string) map[string]string {
	about := map[string]string{"bytes": strconv.Itoa(a.Bytes), "received": a.Received.Format(time.RFC3339), "why": a.Reason}
	for name, value := range more {
		about[name] = value
	}
	return about
}

// recordAside keeps in the record that a message was set aside. The warehouse may be away; the folder has it all the same.
func recordAside(conn driver.Conn, log *slog.Logger, a ingest.Aside) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	entry := callers.Entry{Action: callers.MessageSetAside, Caller: callers.Console, Subject: strconv.FormatUint(a.Sequence, 10), Details: aboutAside(a, nil)}
	if err := callers.NewAudit(conn, time.Now).Record(ctx, entry); err != nil {
		log.Warn("no record of a message set aside", "sequence", a.Sequence, "error", err)
	}
}
