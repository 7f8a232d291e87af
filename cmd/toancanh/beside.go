package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query"
)

// askBeside prepares the questions for a command that works beside a running server, or alone. The boundary set is that in
// use at the programme time of the figures.
func askBeside(ctx context.Context, conn driver.Conn, f catalogFlags, log *slog.Logger) (asked besideServer, err error) {
	at, err := latestKnown(ctx, conn)
	if err != nil {
		return asked, err
	}
	cat, set, err := f.load(at)
	if err != nil {
		return asked, err
	}
	asked.set, asked.now = set, func() time.Time { return at }
	asked.questions, err = query.New(query.Deps{Warehouse: conn, Catalog: cat, Set: set, Now: asked.now, Log: quiet(log), FollowWarehouse: true})
	if err != nil {
		return asked, err
	}
	return asked, asked.questions.Start(ctx)
}

// besideServer is what a command asks by.
type besideServer struct {
	questions *query.Service
	set       *geo.Set
	now       func() time.Time // of the programme: it stands still for the length of a command
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
