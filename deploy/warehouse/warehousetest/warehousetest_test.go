package warehousetest_test

import (
	"os"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

func TestEveryTestHasItsOwnDatabase(t *testing.T) {
	outer := database(t, warehousetest.New(t))
	if again := database(t, warehousetest.New(t)); again != outer {
		t.Errorf("the same test got %s, then %s", outer, again)
	}
	var inner string
	t.Run("inner", func(t *testing.T) {
		inner = database(t, warehousetest.New(t))
	})
	if inner == outer {
		t.Errorf("two tests share %s", inner)
	}
	var left uint64
	conn := warehousetest.New(t)
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM system.databases WHERE name = {name:String}", driver.NamedValue{Name: "name", Value: inner}).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 0 {
		t.Error("the database of the inner test was not dropped")
	}
}

func database(t *testing.T, conn driver.Conn) string {
	t.Helper()
	var name string
	if err := conn.QueryRow(t.Context(), "SELECT currentDatabase()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

// A test that ends with the engine down still has its database dropped.
func TestKill(t *testing.T) {
	conn := warehousetest.New(t)
	if err := conn.Exec(t.Context(), "INSERT INTO rejections (submission) VALUES ('one')"); err != nil {
		t.Fatal(err)
	}
	warehousetest.Kill(t)
	warehousetest.WaitUntil(t, "the row is back", func() bool {
		var n uint64
		return conn.QueryRow(t.Context(), "SELECT count() FROM rejections").Scan(&n) == nil && n == 1
	})
	warehousetest.Kill(t)
}
