package atlas

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"
	"github.com/paulmach/orb"

	"github.com/toancanh/toancanh/geo"
)

//go:embed sql/*.sql
var statements embed.FS

func statement(name string) string {
	text, err := statements.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // it is compiled in
	}
	return string(text)
}

// Store keeps boundary sets in the warehouse, whole and by the hash of their content.
// It is safe for concurrent use, also by several processes.
type Store struct {
	conn driver.Conn
	now  func() time.Time
}

// NewStore keeps sets in a migrated database; now labels the imports.
func NewStore(conn driver.Conn, now func() time.Time) *Store { return &Store{conn, now} }

// ErrUnknown is returned for a set that is not stored.
var ErrUnknown = errors.New("there is no such boundary set")

// List gives the stored sets in the order they came into force.
func (s *Store) List(ctx context.Context) ([]Sheet, error) {
	rows, err := s.conn.Query(ctx, statement("list"))
	if err != nil {
		return nil, fmt.Errorf("list boundary sets: %w", err)
	}
	defer rows.Close()
	var sheets []Sheet
	for rows.Next() {
		sheet, err := scanSheet(rows)
		if err != nil {
			return nil, fmt.Errorf("list boundary sets: %w", err)
		}
		sheets = append(sheets, sheet)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list boundary sets: %w", err)
	}
	return sheets, nil
}

func scanSheet(rows driver.Rows) (Sheet, error) {
	s := Sheet{Stored: true}
	var from, to *time.Time
	var ids []string
	var ranks []int32
	var units []uint32
	i, b := &s.Info, &s.Bounds
	if err := rows.Scan(&i.ID, &s.revision, &s.content, &i.Name, &i.NameEn, &from, &to, &ids, &ranks, &units,
		&i.Root, &i.PartOf.Code, &i.PartOf.Name, &i.Schematic, &i.Source, &i.Licence, &b.Min[0], &b.Min[1], &b.Max[0], &b.Max[1], &s.Imported); err != nil {
		return Sheet{}, err
	}
	if len(ids) != len(ranks) || len(ids) != len(units) {
		return Sheet{}, fmt.Errorf("boundary set %s: its levels are damaged", i.ID)
	}
	for k, id := range ids {
		i.Levels = append(i.Levels, geo.Level{ID: id, Rank: int(ranks[k])})
		s.Levels = append(s.Levels, geo.LevelCount{Level: id, Units: int(units[k])})
		s.Units += int(units[k])
	}
	i.InForceFrom, i.InForceTo = dateOf(from), dateOf(to)
	s.Version = geo.VersionOf(s.content)
	return s, nil
}

func dateOf(t *time.Time) civil.Date {
	if t == nil {
		return civil.Date{}
	}
	return civil.DateOf(*t)
}

func timeOf(d civil.Date) *time.Time {
	if !d.IsValid() {
		return nil
	}
	t := d.In(time.UTC)
	return &t
}

// Put stores a set. Where the same content is stored already nothing changes, and changed
// is false. The units go first: a set is listed when all of it is there.
func (s *Store) Put(ctx context.Context, m *geo.Import) (sheet Sheet, changed bool, err error) {
	if err := m.Err(); err != nil {
		return Sheet{}, false, err
	}
	if sheet, err = newSheet(m); err != nil {
		return Sheet{}, false, err
	}
	present, err := s.List(ctx)
	if err != nil {
		return Sheet{}, false, err
	}
	for _, other := range present {
		if other.Info.ID == sheet.Info.ID && other.content == sheet.content {
			return other, false, nil
		}
	}
	var there uint64
	if err := s.conn.QueryRow(ctx, statement("present"), clickhouse.Named("content", sheet.content)).Scan(&there); err != nil {
		return Sheet{}, false, fmt.Errorf("store boundary set %s: %w", sheet.Info.ID, err)
	}
	if there != uint64(len(m.Units)) {
		if err := s.putUnits(ctx, sheet.content, m); err != nil {
			return Sheet{}, false, fmt.Errorf("store boundary set %s: %w", sheet.Info.ID, err)
		}
	}
	sheet.Imported = s.now().UTC().Truncate(time.Millisecond)
	if err := s.record(ctx, &sheet, false); err != nil {
		return Sheet{}, false, err
	}
	return sheet, true, nil
}

func (s *Store) putUnits(ctx context.Context, content string, m *geo.Import) error {
	batch, err := s.conn.PrepareBatch(ctx, statement("insert_units"))
	if err != nil {
		return err
	}
	defer batch.Close()
	for place, u := range m.Units {
		shape := m.Shapes[u.Code]
		if shape == nil {
			shape = orb.MultiPolygon{}
		}
		if err := batch.Append(content, uint32(place), u.Code, u.Name, u.FullName, u.NameEn, u.Type, u.Level, u.Parent,
			u.Centre[0], u.Centre[1], u.AreaKm2, uint64(max(u.Population, 0)), shape); err != nil {
			return err
		}
	}
	return batch.Send()
}

// record appends a row about a set, with the next revision. Two processes that do so at
// the same moment take the same one; then the content decides, everywhere alike.
func (s *Store) record(ctx context.Context, sheet *Sheet, removed bool) error {
	last, _, err := s.Revision(ctx)
	if err != nil {
		return err
	}
	sheet.revision = last + 1
	batch, err := s.conn.PrepareBatch(ctx, statement("insert_set"))
	if err != nil {
		return fmt.Errorf("record boundary set %s: %w", sheet.Info.ID, err)
	}
	defer batch.Close()
	var ids []string
	var ranks []int32
	var units []uint32
	for k, level := range sheet.Info.Levels {
		ids, ranks, units = append(ids, level.ID), append(ranks, int32(level.Rank)), append(units, uint32(sheet.Levels[k].Units))
	}
	i, b := sheet.Info, sheet.Bounds
	err = batch.Append(i.ID, sheet.revision, removed, sheet.content, i.Name, i.NameEn, timeOf(i.InForceFrom), timeOf(i.InForceTo), ids, ranks, units,
		i.Root, i.PartOf.Code, i.PartOf.Name, i.Schematic, i.Source, i.Licence, b.Min[0], b.Min[1], b.Max[0], b.Max[1], sheet.Imported)
	if err == nil {
		err = batch.Send()
	}
	if err != nil {
		return fmt.Errorf("record boundary set %s: %w", i.ID, err)
	}
	return nil
}

// Revision changes with every change of any set.
func (s *Store) Revision(ctx context.Context) (last, rows uint64, err error) {
	if err := s.conn.QueryRow(ctx, statement("revision")).Scan(&last, &rows); err != nil {
		return 0, 0, fmt.Errorf("revision of the boundary sets: %w", err)
	}
	return last, rows, nil
}

// Load reads a listed set and draws it. It fails when what was read is not what was stored.
func (s *Store) Load(ctx context.Context, sheet Sheet) (*geo.Set, error) {
	rows, err := s.conn.Query(ctx, statement("units"), clickhouse.Named("content", sheet.content))
	if err != nil {
		return nil, fmt.Errorf("read boundary set %s: %w", sheet.Info.ID, err)
	}
	defer rows.Close()
	var units []geo.Unit
	shapes := map[string]orb.MultiPolygon{}
	for rows.Next() {
		var u geo.Unit
		var people uint64
		var shape orb.MultiPolygon
		if err := rows.Scan(&u.Code, &u.Name, &u.FullName, &u.NameEn, &u.Type, &u.Level, &u.Parent,
			&u.Centre[0], &u.Centre[1], &u.AreaKm2, &people, &shape); err != nil {
			return nil, fmt.Errorf("read boundary set %s: %w", sheet.Info.ID, err)
		}
		u.Population = int(people)
		units = append(units, u)
		if len(shape) > 0 {
			shapes[u.Code] = shape
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read boundary set %s: %w", sheet.Info.ID, err)
	}
	set, err := geo.NewSet(sheet.Info, units, shapes)
	if err != nil {
		return nil, fmt.Errorf("stored boundary set: %w", err)
	}
	if set.Content() != sheet.content {
		return nil, fmt.Errorf("stored boundary set %s is damaged: its content is %s, it was stored as %s; import it again", sheet.Info.ID, set.Content(), sheet.content)
	}
	return set, nil
}

// Remove takes a set away and then its units. It fails with ErrUnknown for one that is
// not stored.
func (s *Store) Remove(ctx context.Context, id string) error {
	sheets, err := s.List(ctx)
	if err != nil {
		return err
	}
	for _, sheet := range sheets {
		if sheet.Info.ID != id {
			continue
		}
		gone := Sheet{Info: geo.SetInfo{ID: id}, Imported: s.now().UTC()}
		if err := s.record(ctx, &gone, true); err != nil {
			return err
		}
		if err := s.conn.Exec(ctx, statement("forget"), clickhouse.Named("id", id)); err != nil {
			return fmt.Errorf("the boundary set %s is removed, but its units are still there: %w", id, err)
		}
		return nil
	}
	return fmt.Errorf("%s: %w", cmp.Or(id, "(no id)"), ErrUnknown)
}
