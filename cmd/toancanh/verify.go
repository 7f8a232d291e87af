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
	cat, err := c.loadCatalog()
	if err != nil {
		return err
	}
	return withWarehouse(ctx, c.warehouseFlags, log, func(conn driver.Conn) error {
		now, err := latestKnown(ctx, conn)
		if err != nil {
			return err
		}
		set, err := c.loadSet(cat, now)
		if err != nil {
			return err
		}
		questions, err := query.New(query.Deps{
			Warehouse: conn, Catalog: cat, Set: set, Now: func() time.Time { return now }, Log: quiet(log), FollowWarehouse: true,
		})
		if err != nil {
			return err
		}
		if err := questions.Start(ctx); err != nil {
			return err
		}
		found, err := questions.Verify(ctx)
		if err != nil {
			return err
		}
		return c.say(out, found)
	})
}

// latestKnown is the programme time of the figures: now, or in a demonstration when the last of them came in.
func latestKnown(ctx context.Context, conn driver.Conn) (time.Time, error) {
	var demonstration bool
	var last time.Time
	err := conn.QueryRow(ctx, "SELECT max(demonstration), max(known_at) FROM submissions").Scan(&demonstration, &last)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the latest submission: %w", err)
	}
	if demonstration {
		return last, nil
	}
	return time.Now(), nil
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
