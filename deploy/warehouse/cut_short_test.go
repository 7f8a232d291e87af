package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"sync"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// TestMigrationCutShort: a program dies before each statement of the migrations in turn, and its record of versions; the
// next start comes through and makes the schema that a start makes which nothing disturbed.
func TestMigrationCutShort(t *testing.T) {
	fresh := freshDatabases(t)
	whole, statements := fresh(), 0
	if err := warehouse.MigrateWatched(t.Context(), whole, func(n int) error { statements = n; return nil }); err != nil {
		t.Fatal(err)
	}
	want := schema(t, whole)
	for last := 1; last <= statements; last++ {
		dsn := fresh()
		err := warehouse.MigrateWatched(t.Context(), dsn, func(n int) error {
			if n < last {
				return nil
			}
			return errors.New("died")
		})
		if err == nil {
			t.Fatalf("nothing died before statement %d", last)
		}
		if err := warehouse.Migrate(t.Context(), dsn, silent()); err != nil {
			t.Errorf("after a death before statement %d of %d: %v", last, statements, err)
		} else if got := schema(t, dsn); !reflect.DeepEqual(got, want) {
			t.Errorf("after a death before statement %d of %d: got %v, want %v", last, statements, got, want)
		}
	}
}

// TestEngineKilledInMigration: the same, with ClickHouse killed while it works on a statement.
func TestEngineKilledInMigration(t *testing.T) {
	fresh := freshDatabases(t)
	whole, statements := fresh(), 0
	if err := warehouse.MigrateWatched(t.Context(), whole, func(n int) error { statements = n; return nil }); err != nil {
		t.Fatal(err)
	}
	want := schema(t, whole)
	step := 1
	if testing.Short() {
		step = 5
	}
	for last := 1; last <= statements; last += step {
		dsn := fresh()
		var killing sync.WaitGroup
		err := warehouse.MigrateWatched(t.Context(), dsn, func(n int) error {
			if n == last {
				killing.Go(func() { warehousetest.Kill(t) })
			}
			return nil
		})
		killing.Wait()
		t.Logf("killed in statement %d of %d: %v", last, statements, err)
		warehousetest.WaitUntil(t, "the engine answers again", func() bool {
			err = warehouse.Migrate(t.Context(), dsn, silent())
			return !warehouse.Unanswered(err)
		})
		if err != nil {
			t.Errorf("after a kill in statement %d of %d: %v", last, statements, err)
		} else if got := schema(t, dsn); !reflect.DeepEqual(got, want) {
			t.Errorf("after a kill in statement %d of %d: got %v, want %v", last, statements, got, want)
		}
	}
}

// TestMigrationsAtTheSameTime: several programs start on a new database at once, and all of them come through.
func TestMigrationsAtTheSameTime(t *testing.T) {
	const programs = 6
	fresh := freshDatabases(t)
	want := schema(t, warehousetest.DSN(t))
	for name, migrate := range map[string]func(context.Context, string) error{
		"with the lock": func(ctx context.Context, dsn string) error { return warehouse.Migrate(ctx, dsn, silent()) },
		// Two servers of a cluster do not see each other's queries.
		"without it": func(ctx context.Context, dsn string) error {
			return warehouse.MigrateWatched(ctx, dsn, func(int) error { return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			dsn := fresh()
			var all sync.WaitGroup
			for range programs {
				all.Go(func() {
					if err := migrate(t.Context(), dsn); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := schema(t, dsn); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// freshDatabases gives addresses of databases that do not exist yet; the test drops them at its end.
func freshDatabases(t *testing.T) func() string {
	conn, dsn := warehousetest.New(t), warehousetest.DSN(t)
	n := 0
	return func() string {
		n++
		address, err := url.Parse(dsn)
		if err != nil {
			t.Fatal("the address is malformed")
		}
		address.Path += fmt.Sprintf("_%d", n)
		t.Cleanup(func() {
			warehousetest.WaitUntil(t, "the database is dropped", func() bool {
				return conn.Exec(context.Background(), "DROP DATABASE IF EXISTS {name:Identifier} SYNC",
					driver.NamedValue{Name: "name", Value: address.Path[1:]}) == nil
			})
		})
		return address.String()
	}
}

// schema gives the definition of each table and view of a database, and the versions it says it has had.
func schema(t *testing.T, dsn string) map[string]string {
	t.Helper()
	conn, err := warehouse.Open(t.Context(), dsn, silent())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return definitions(t, conn, `
		SELECT name, replaceAll(create_table_query, currentDatabase(), 'db') FROM system.tables WHERE database = currentDatabase()
		UNION ALL SELECT 'versions', toString(arraySort(groupUniqArray(version_id))) FROM schema_version WHERE is_applied`)
}
