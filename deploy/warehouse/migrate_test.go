package warehouse_test

import (
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestMigrateAgainChangesNothing(t *testing.T) {
	conn := warehousetest.New(t)
	before := tables(t, conn)
	for _, want := range []string{"observations", "rejections", "submissions", "task_progress"} {
		if _, ok := before[want]; !ok {
			t.Errorf("there is no table %s", want)
		}
	}
	if err := warehouse.Migrate(t.Context(), warehousetest.DSN(t), silent()); err != nil {
		t.Fatal(err)
	}
	if after := tables(t, conn); !reflect.DeepEqual(after, before) {
		t.Errorf("got %v, want %v", after, before)
	}
}

func TestMigrationsCanBeUndone(t *testing.T) {
	conn, dsn := warehousetest.New(t), warehousetest.DSN(t)
	before := tables(t, conn)
	if err := warehouse.Reset(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	for name := range tables(t, conn) {
		if name != "schema_version" {
			t.Errorf("%s is left", name)
		}
	}
	if err := warehouse.Migrate(t.Context(), dsn, silent()); err != nil {
		t.Fatal(err)
	}
	if after := tables(t, conn); !reflect.DeepEqual(keys(after), keys(before)) {
		t.Errorf("got %v, want %v", keys(after), keys(before))
	}
}

// What ClickHouse has answered for must outlast a power failure.
func TestInsertsAreOnTheDiskWhenTheyReturn(t *testing.T) {
	for name, definition := range tables(t, warehousetest.New(t)) {
		for _, setting := range []string{"fsync_after_insert = 1", "fsync_part_directory = 1"} {
			if !strings.Contains(definition, setting) {
				t.Errorf("%s lacks %s", name, setting)
			}
		}
	}
}

// tables returns the tables of the test's database with their definitions and ids.
func tables(t *testing.T, conn driver.Conn) map[string]string {
	t.Helper()
	return definitions(t, conn, "SELECT name, concat(toString(uuid), ' ', create_table_query) FROM system.tables WHERE database = currentDatabase() AND engine != 'View'")
}

// definitions returns what a query of names and definitions finds.
func definitions(t *testing.T, conn driver.Conn, query string) map[string]string {
	t.Helper()
	rows, err := conn.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := make(map[string]string)
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			t.Fatal(err)
		}
		found[name] = definition
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func keys(tables map[string]string) []string {
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
