package publications

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
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

// Store keeps publications in the warehouse. Rows are only ever added.
type Store struct {
	conn driver.Conn
	mu   sync.Mutex // one is put at a time, so that a name is given once
}

// NewStore keeps publications in the warehouse that conn is open to.
func NewStore(conn driver.Conn) *Store { return &Store{conn: conn} }

// Put keeps a publication with its content. A name that is taken is ErrTaken.
func (s *Store) Put(ctx context.Context, p Publication, request string, content []byte) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.Get(ctx, p.Name); !errors.Is(err, ErrUnknown) {
		if err == nil {
			err = fmt.Errorf("%w: %s", ErrTaken, p.Name)
		}
		return err
	}
	batch, err := s.conn.PrepareBatch(ctx, strings.TrimSpace(statement("insert")))
	if err != nil {
		return fmt.Errorf("keep publication %s: %w", p.Name, err)
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	paths, digests := make([]string, len(p.Questions)), make([]string, len(p.Questions))
	for i, q := range p.Questions {
		paths[i], digests[i] = q.Path, q.SHA256
	}
	err = batch.Append(p.Name, p.MadeAt.UTC(), p.Caller, request, p.Title.Vi, p.Title.En, p.Pins.AsOf.UTC(), p.Pins.Catalogue, p.Pins.Boundaries,
		p.Pins.BoundariesVersion, p.Pins.Crosswalk, p.Pins.Renderer, paths, digests, p.SHA256, string(content))
	if err == nil {
		err = batch.Send()
	}
	if err != nil {
		return fmt.Errorf("keep publication %s: %w", p.Name, err)
	}
	return nil
}

// Get gives one publication without its content.
func (s *Store) Get(ctx context.Context, name string) (Publication, error) {
	list, err := s.read(ctx, name, 1, Publication{})
	if err == nil && (len(list) == 0 || name == "") {
		err = fmt.Errorf("%w: %s", ErrUnknown, name)
	}
	if err != nil {
		return Publication{}, err
	}
	return list[0], nil
}

// ErrCursor is a cursor that no page gave.
var ErrCursor = errors.New("no cursor of a page of publications")

// Page gives publications behind a cursor, the newest first, and the cursor of the next page, ""
// on the last one. What is published meanwhile comes before all pages and moves none of them.
func (s *Store) Page(ctx context.Context, limit int, cursor string) (list []Publication, next string, err error) {
	var behind Publication
	if cursor != "" {
		if behind, err = s.at(ctx, cursor); err != nil {
			return nil, "", err
		}
	}
	if list, err = s.read(ctx, "", limit+1, behind); err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], list[limit-1].cursor(), nil
}

// cursor names the publication a page ended with, and when it was made.
func (p Publication) cursor() string { return fmt.Sprintf("%d-%s", p.MadeAt.UnixMilli(), p.Name) }

// at gives the publication a cursor names.
func (s *Store) at(ctx context.Context, cursor string) (Publication, error) {
	_, name, _ := strings.Cut(cursor, "-")
	p, err := s.Get(ctx, name)
	if errors.Is(err, ErrUnknown) || err == nil && p.cursor() != cursor {
		err = fmt.Errorf("%w: %s", ErrCursor, cursor)
	}
	return p, err
}

func (s *Store) read(ctx context.Context, name string, limit int, behind Publication) ([]Publication, error) {
	rows, err := s.conn.Query(ctx, statement("list"), clickhouse.Named("name", name), clickhouse.Named("limit", uint32(limit)),
		clickhouse.Named("first", behind.Name == ""), clickhouse.Named("millis", behind.MadeAt.UnixMilli()), clickhouse.Named("behind", behind.Name))
	if err != nil {
		return nil, fmt.Errorf("list publications: %w", err)
	}
	defer rows.Close()
	list := []Publication{}
	for rows.Next() {
		p, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list publications: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

func scan(rows driver.Rows) (Publication, error) {
	var p Publication
	var paths, digests []string
	err := rows.Scan(&p.Name, &p.MadeAt, &p.Caller, &p.Title.Vi, &p.Title.En, &p.Pins.AsOf, &p.Pins.Catalogue, &p.Pins.Boundaries,
		&p.Pins.BoundariesVersion, &p.Pins.Crosswalk, &p.Pins.Renderer, &paths, &digests, &p.SHA256, &p.Bytes)
	if err == nil && len(paths) != len(digests) {
		err = fmt.Errorf("%s has %d questions and %d digests", p.Name, len(paths), len(digests))
	}
	if err != nil {
		return p, err
	}
	p.MadeAt, p.Pins.AsOf = p.MadeAt.UTC(), p.Pins.AsOf.UTC()
	for i := range paths {
		p.Questions = append(p.Questions, Question{paths[i], digests[i]})
	}
	return p, nil
}

// Content gives the bytes that were published.
func (s *Store) Content(ctx context.Context, name string) ([]byte, error) {
	rows, err := s.conn.Query(ctx, statement("content"), clickhouse.Named("name", name))
	if err != nil {
		return nil, fmt.Errorf("publication %s: %w", name, err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("publication %s: %w", name, err)
		}
		return nil, fmt.Errorf("%w: %s", ErrUnknown, name)
	}
	var content string
	if err := rows.Scan(&content); err != nil {
		return nil, fmt.Errorf("publication %s: %w", name, err)
	}
	return []byte(content), rows.Err()
}
