package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query"
)

type verifyCommand struct {
	warehouseFlags
	catalogFlags
	JSON bool `name:"json" help:"Print the result as JSON."`
}

// Run verifies beside a running server or alone. It exits with 1 when an answer is not what its rows give.
func (c *verifyCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		asked, err := askBeside(ctx, conn, c.catalogFlags, log)
		if err != nil {
			return err
		}
		found, err := asked.questions.Verify(ctx)
		if err != nil {
			return err
		}
		return c.say(out, found)
	})
}

func (c *verifyCommand) say(out io.Writer, found query.Verification) error {
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(found); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(out, "%d sums of %d measures compared with their rows, %d remembered columns made again, at data version %d: %d mismatches\n",
			found.Compared, found.Measures, found.Columns, found.DataVersion, len(found.Mismatches))
		for _, id := range found.Skipped {
			fmt.Fprintf(out, "skipped %s: it has figures of another boundary set\n", id)
		}
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, m := range found.Mismatches {
			fmt.Fprintf(w, "%s\t%s\t%s\tanswer %d\trows %d\n", m.Measure, m.Unit, m.Period, m.Answer, m.Rows)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if len(found.Mismatches) > 0 {
		return exit{1, errors.New("answers are not what their rows give")}
	}
	return nil
}

// verifyNowAndThen verifies on a schedule until ctx ends; what it finds is a metric, and logged when it is bad.
func verifyNowAndThen(ctx context.Context, every time.Duration, current func() *query.Service, log *slog.Logger) error {
	if every <= 0 {
		return nil
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		found, err := current().Verify(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			log.Error("answers could not be verified", "error", err)
		case len(found.Mismatches) > 0:
			first := found.Mismatches[0]
			log.Error("answers are not what their rows give", "mismatches", len(found.Mismatches), "measure", first.Measure, "unit", first.Unit, "period", first.Period)
		default:
			log.Info("answers verified", "compared", found.Compared, "data_version", found.DataVersion)
		}
	}
}
