package callers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Filter narrows a listing; the zero value is everything.
type Filter struct {
	Since, Until time.Time // the instants included; zero: open
	Action       Action
	Caller       string
	Submission   string
	Seen         *Seen  // what the reader may see; nil: everything
	Cursor       string // of the page before
	Limit        int    // newest entries; 0: 100
}

// Seen is how much of the record somebody may see who is not its keeper: what it did itself, changes of catalogue and
// boundary sets, and what was sent.
type Seen struct {
	Caller   string
	Agencies []string // of what was sent, only what was sent for these
	All      bool     // all that was sent
}

// ErrCursor is a cursor that no page gave.
var ErrCursor = errors.New("callers: no cursor of a page of the record")

// cursor is where a page ended. Instants are milliseconds.
type cursor struct {
	at  time.Time
	key uint64
}

// newest is before every entry.
func newest() cursor { return cursor{time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), math.MaxUint64} }

func (c cursor) String() string { return fmt.Sprintf("%d-%x", c.at.UnixMilli(), c.key) }

func parseCursor(text string) (cursor, error) {
	if text == "" {
		return newest(), nil
	}
	at, key, _ := strings.Cut(text, "-")
	millis, err := strconv.ParseInt(at, 10, 64)
	if err != nil || millis < 0 || millis > newest().at.UnixMilli() {
		return cursor{}, ErrCursor
	}
	n, err := strconv.ParseUint(key, 16, 64)
	if err != nil {
		return cursor{}, ErrCursor
	}
	return cursor{time.UnixMilli(millis).UTC(), n}, nil
}

// List gives entries, the newest first.
func (a *Audit) List(ctx context.Context, f Filter) ([]Entry, error) {
	list, _, err := a.Page(ctx, f)
	return list, err
}

// Page gives entries, the newest first, and the cursor of the next page, "" on the last one. A cursor that no page gave is ErrCursor.
func (a *Audit) Page(ctx context.Context, f Filter) (list []Entry, next string, err error) {
	if f.Limit == 0 {
		f.Limit = 100
	}
	from, err := parseCursor(f.Cursor)
	if err != nil {
		return nil, "", err
	}
	rows, err := a.conn.Query(ctx, statement("audit_trail"), f.arguments(from)...)
	if err != nil {
		return nil, "", fmt.Errorf("audit record: %w", err)
	}
	defer rows.Close()
	list = []Entry{}
	var last cursor
	for rows.Next() {
		if len(list) == f.Limit { // one more than asked: there is a next page
			return list, last.String(), nil
		}
		e, at, err := scanEntry(rows)
		if err != nil {
			return nil, "", fmt.Errorf("audit record: %w", err)
		}
		list, last = append(list, e), at
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("audit record: %w", err)
	}
	return list, "", nil
}

// arguments of the statement.
func (f Filter) arguments(from cursor) []any {
	const layout = "2006-01-02 15:04:05.000"
	until := f.Until
	if until.IsZero() {
		until = newest().at
	}
	seen := Seen{Agencies: []string{}}
	if f.Seen != nil {
		seen.Caller, seen.All = f.Seen.Caller, f.Seen.All
		seen.Agencies = append(seen.Agencies, f.Seen.Agencies...)
	}
	return []any{
		clickhouse.Named("since", instant(f.Since).Format(layout)), clickhouse.Named("until", until.UTC().Format(layout)),
		clickhouse.Named("action", string(f.Action)), clickhouse.Named("caller", f.Caller), clickhouse.Named("submission", f.Submission),
		clickhouse.Named("everything", f.Seen == nil), clickhouse.Named("self", seen.Caller), clickhouse.Named("common", common),
		clickhouse.Named("all_sent", seen.All), clickhouse.Named("agencies", seen.Agencies),
		clickhouse.Named("before", from.at.Format(layout)), clickhouse.Named("before_key", from.key), clickhouse.Named("limit", uint32(f.Limit+1)),
	}
}

func scanEntry(rows driver.Rows) (Entry, cursor, error) {
	var e Entry
	var action string
	var at cursor
	err := rows.Scan(&e.At, &action, &e.Caller, &e.Label, &e.Subject, &e.Request, &e.Submission, &e.Details, &at.key)
	e.Action, at.at = Action(action), e.At
	return e, at, err
}
