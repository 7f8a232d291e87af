package query

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/query/catalog"
)

//go:embed sql/*.sql
var statements embed.FS

// warehouse runs the statements of sql/ by their names. Values are bound, never written
// into the text.
type warehouse struct {
	conn    driver.Conn
	log     *slog.Logger
	text    map[string]string
	seconds *prometheus.HistogramVec // by statement
	places  func() chan struct{}     // one for each connection: a statement waits here, where it may be given up, and not for the driver
}

func newWarehouse(conn driver.Conn, log *slog.Logger) (*warehouse, error) {
	w := &warehouse{conn: conn, log: log, text: map[string]string{}, seconds: newStatementSeconds()}
	w.places = sync.OnceValue(func() chan struct{} { return make(chan struct{}, max(1, conn.Stats().MaxOpenConns-spareConns)) })
	files, err := statements.ReadDir("sql")
	if err != nil {
		return nil, fmt.Errorf("statements: %w", err)
	}
	for _, file := range files {
		text, err := statements.ReadFile("sql/" + file.Name())
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", file.Name(), err)
		}
		w.text[file.Name()] = string(text)
	}
	return w, nil
}

// spareConns are left to who else shares the connections.
const spareConns = 2

// params are the bound values of a statement by name.
type params map[string]any

// each runs a statement and calls scan for every row.
func (w *warehouse) each(ctx context.Context, statement string, p params, scan func(driver.Rows) error) error {
	places := w.places()
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	case <-ctx.Done():
		return fmt.Errorf("%s: waiting for the warehouse: %w", statement, ctx.Err())
	}
	timer := prometheus.NewTimer(w.seconds.WithLabelValues(statement))
	defer timer.ObserveDuration()
	rows, err := w.conn.Query(ctx, w.text[statement+".sql"], named(p)...)
	if err != nil {
		return w.failed(ctx, statement, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return w.failed(ctx, statement, err)
		}
	}
	if err := rows.Err(); err != nil {
		return w.failed(ctx, statement, err)
	}
	return nil
}

func named(p params) []any {
	args := make([]any, 0, len(p))
	for name, value := range p {
		args = append(args, clickhouse.Named(name, value))
	}
	return args
}

// failed tells a user to ask again; the cause is logged here, once. An asker who left
// is no failure of the warehouse.
func (w *warehouse) failed(ctx context.Context, statement string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	w.log.Error("warehouse did not answer", "statement", statement, "error", err)
	return &Error{
		Kind: Unavailable, Code: "warehouse_unavailable", cause: fmt.Errorf("%s: %w", statement, err),
		Text: catalog.Text{Vi: "Kho số liệu tạm thời không trả lời, hãy thử lại", En: "the warehouse does not answer now, try again"},
	}
}

// knownBy is the bound of known_at: the as-of, or the end of time for the present.
func (at instant) knownBy() string {
	if at.asOf.IsZero() {
		return "2200-01-01 00:00:00.000"
	}
	return at.asOf.UTC().Format("2006-01-02 15:04:05.000")
}
