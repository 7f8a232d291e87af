package callers

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

//go:embed sql/*.sql
var statements embed.FS

// statement gives the text of sql/NAME.sql, which is embedded and so always there.
func statement(name string) string {
	text, err := statements.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Store keeps tokens in the warehouse. Rows are only ever added.
type Store struct {
	conn  driver.Conn
	audit *Audit
	now   func() time.Time
}

// NewStore keeps tokens in the warehouse that conn is open to; now is the real clock.
func NewStore(conn driver.Conn, now func() time.Time) *Store {
	return &Store{conn: conn, audit: NewAudit(conn, now), now: now}
}

// Who does something, for the audit record.
type Who struct {
	Caller  string // id of a caller, or Console
	Request string // id of the request, "" without one
	Details map[string]string
}

// Console is who works on the machine itself: whoever can read the data directory or has the warehouse's address.
const Console = "console"

// Add makes a token and returns it, this once. The grant must have passed Check. The audit record is written
// first: a token without its record must not be, a record of a token that failed to be made does no harm.
func (s *Store) Add(ctx context.Context, g Grant, who Who) (token string, _ Caller, err error) {
	made, now := newSecret(), s.now().UTC().Truncate(time.Millisecond)
	details := map[string]string{"label": g.Label, "role": string(g.Role), "area": areaKey(g.Area), "agencies": strings.Join(g.Agencies, " ")}
	if !g.Expires.IsZero() {
		details["expires"] = g.Expires.UTC().Format(time.RFC3339)
	}
	if err := s.audit.Record(ctx, who.entry(TokenAdded, made.id, details)); err != nil {
		return "", Caller{}, err
	}
	batch, err := s.conn.PrepareBatch(ctx, statement("insert_caller"))
	if err != nil {
		return "", Caller{}, fmt.Errorf("add a token: %w", err)
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	area := make([]string, len(g.Area))
	for i, u := range g.Area {
		area[i] = u.String()
	}
	err = batch.Append(made.id, string(made.tokenHash[:]), string(made.sessionID[:]), g.Label, string(g.Role), g.Agencies, area, now, instant(g.Expires))
	if err == nil {
		err = batch.Send()
	}
	if err != nil {
		return "", Caller{}, fmt.Errorf("add a token: %w", err)
	}
	return made.token, Caller{ID: made.id, Grant: g, Added: now}, nil
}

// instant writes no time as the column does.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.UnixMilli(0).UTC()
	}
	return t.UTC()
}

// Revoke takes a token back. Doing it again changes nothing; an unknown id is ErrUnknown.
func (s *Store) Revoke(ctx context.Context, id string, who Who) (err error) {
	known, err := s.List(ctx)
	if err != nil {
		return err
	}
	caller, ok := byID(known, id)
	if !ok {
		return fmt.Errorf("%w with the id %q", ErrUnknown, id)
	}
	if !caller.Revoked.IsZero() {
		return nil
	}
	if err := s.audit.Record(ctx, who.entry(TokenRevoked, id, map[string]string{"label": caller.Label})); err != nil {
		return err
	}
	batch, err := s.conn.PrepareBatch(ctx, statement("insert_revocation"))
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	if err = batch.Append(id, s.now().UTC()); err == nil {
		err = batch.Send()
	}
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	return nil
}

func byID(list []Caller, id string) (Caller, bool) {
	for _, c := range list {
		if c.ID == id {
			return c, true
		}
	}
	return Caller{}, false
}

// List gives all tokens ever made, the oldest first, without their secrets.
func (s *Store) List(ctx context.Context) ([]Caller, error) {
	kept, err := s.load(ctx)
	list := make([]Caller, len(kept))
	for i, k := range kept {
		list[i] = k.Caller
	}
	return list, err
}

// kept is a caller with the hashes it is recognised by.
type kept struct {
	Caller
	tokenHash, sessionHash string // 32 bytes each
}

func (s *Store) load(ctx context.Context) ([]kept, error) {
	rows, err := s.conn.Query(ctx, statement("callers"))
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	defer rows.Close()
	var list []kept
	for rows.Next() {
		k, err := scanCaller(rows)
		if err != nil {
			return nil, fmt.Errorf("list tokens: %w", err)
		}
		list = append(list, k)
	}
	return list, rows.Err()
}

func scanCaller(rows driver.Rows) (kept, error) {
	var (
		k                       kept
		role                    string
		area                    []string
		added, expires, revoked time.Time
	)
	if err := rows.Scan(&k.ID, &k.tokenHash, &k.sessionHash, &k.Label, &role, &k.Agencies, &area, &added, &expires, &revoked); err != nil {
		return k, err
	}
	k.Role, k.Added = Role(role), added.UTC()
	k.Expires, k.Revoked = unlessEpoch(expires), unlessEpoch(revoked)
	for _, text := range area {
		u, err := catalog.ParseDatedUnit(text, catalog.DatedUnit{}.Date)
		if err != nil {
			return k, err
		}
		k.Area = append(k.Area, u)
	}
	return k, nil
}

func unlessEpoch(t time.Time) time.Time {
	if t.UnixMilli() <= 0 {
		return time.Time{}
	}
	return t.UTC()
}
