package warehousetest_test

import (
	"os"
	"testing"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

func TestEveryTestHasItsOwnDatabase(t *testing.T) {
	var names [2]string
	for i := range names {
		conn := warehousetest.New(t)
		if err := conn.QueryRow(t.Context(), "SELECT currentDatabase()").Scan(&names[i]); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s", names[i])
		t.Run("sub", func(t *testing.T) {
			var n uint64
			if err := warehousetest.New(t).QueryRow(t.Context(), "SELECT count() FROM observations").Scan(&n); err != nil {
				t.Fatal(err)
			}
		})
	}
}
