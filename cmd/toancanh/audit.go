package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

type auditCommand struct {
	List auditListCommand `cmd:"" help:"List recorded changes, the newest first."`
}

type auditListCommand struct {
	warehouseFlags
	Since      time.Time `help:"Only changes from this instant on (2026-11-26T00:00:00+07:00)." format:"2006-01-02T15:04:05Z07:00" placeholder:"INSTANT"`
	Until      time.Time `help:"Only changes up to this instant." format:"2006-01-02T15:04:05Z07:00" placeholder:"INSTANT"`
	Action     string    `help:"Only this kind, such as figures.retracted; a wrong one is answered with all there are." placeholder:"ACTION"`
	Caller     string    `help:"Only what this caller did: the id of a token, console, or drop." placeholder:"ID"`
	Submission string    `help:"Only what came by this submission." placeholder:"ID"`
	Limit      int       `default:"100" help:"How many at most."`
}

// actions are the kinds of changes as they are written.
func actions() (names []string) {
	for _, a := range callers.Actions() {
		names = append(names, string(a))
	}
	return names
}

// Run prints a line for each change: when, what, who, on what.
func (c *auditListCommand) Run(ctx context.Context, log *slog.Logger) error {
	const most = 100_000
	if c.Limit < 1 || c.Limit > most {
		return fmt.Errorf("--limit must lie between 1 and %d", most)
	}
	if known := actions(); c.Action != "" && !slices.Contains(known, c.Action) {
		return fmt.Errorf("--action: the record has no kind %q; it has %s", c.Action, strings.Join(known, ", "))
	}
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		filter := callers.Filter{Since: c.Since, Until: c.Until, Action: callers.Action(c.Action), Caller: c.Caller, Submission: c.Submission, Limit: c.Limit}
		entries, err := callers.NewAudit(conn, time.Now).List(ctx, filter)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "AT\tACTION\tCALLER\tLABEL\tSUBJECT\tREQUEST\tDETAILS")
		for _, e := range entries {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.At.Format(time.RFC3339), e.Action, e.Caller, e.Label, e.Subject, e.Request, sayDetails(e.Details))
		}
		return w.Flush()
	})
}

func sayDetails(details map[string]string) string {
	var said []string
	for _, name := range slices.Sorted(maps.Keys(details)) {
		if details[name] != "" {
			said = append(said, name+"="+details[name])
		}
	}
	return strings.Join(said, " ")
}
