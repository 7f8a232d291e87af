package ingest

import (
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// behind has a service reach its warehouse by a line of the test's.
func behind(t *testing.T, line **warehousetest.Line) func(*Config, *Deps) {
	return func(_ *Config, d *Deps) {
		*line = warehousetest.NewLine(t, warehousetest.DSN(t))
		conn, err := warehouse.Open(t.Context(), (*line).DSN, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() }) // nobody uses it any more
		d.Warehouse = conn
	}
}

// bulky gives some 4,000 figures of two megabytes that cannot be packed; those of another seed correct them.
func bulky(seed uint64) string {
	chance := rand.New(rand.NewPCG(seed, 1))
	var lines strings.Builder
	for _, unit := range []string{"08707", "08710", "08713"} {
		for day := range 680 {
			for _, sex := range []string{"female", "male"} {
				note := make([]byte, maxNote)
				for i := range note {
					note[i] = 'a' + byte(chance.IntN(26))
				}
				row := accounts(unit, date("2021-01-01").AddDays(day).String(), sex, day)
				lines.WriteString(strings.Replace(row, "{", `{"note":"`+string(note)+`",`, 1) + "\n")
			}
		}
	}
	return lines.String()
}

// A batch that takes longer to the warehouse than an insert usually may comes through all the same: it is not begun again for ever.
func TestInsertSlowerThanItMayBe(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some ten seconds")
	}
	var line *warehousetest.Line
	r := start(t, func(c *Config, _ *Deps) { c.InsertTimeout = 600 * time.Millisecond }, behind(t, &line))
	r.send(t, Observations, activated)
	const rows, times = 4080, 6
	line.Slow(5 << 20) // twelve megabytes, of which what is between program and line holds four
	for i := range times {
		r.enqueue(t, bulky(uint64(i)))
	}
	r.waitAll(t)
	if n, once := r.count(t, "SELECT count() FROM observations"), r.count(t, "SELECT uniqExact(stream_seq, row_no) FROM observations"); n != 1+times*rows || once != n {
		t.Errorf("%d rows, %d of them once", n, once)
	}
	if r.retries() == 0 {
		t.Error("no insert was cut off")
	}
}

// Connections that were forgotten on the way hold nobody up for long, however many there are.
func TestConnectionsThatFellSilent(t *testing.T) {
	var line *warehousetest.Line
	r := start(t, func(c *Config, _ *Deps) { c.InsertTimeout = 300 * time.Millisecond }, behind(t, &line))
	r.send(t, Observations, activated)
	fill(t, r)
	line.Swallow()
	r.send(t, Observations, accounts("08713", "2022-06-15", "male", 1))
	if tries := r.retries(); tries > 3 {
		t.Errorf("%v tries", tries)
	}
}

// fill has the pool hold nearly all the idle connections it may.
func fill(t *testing.T, r *room) {
	t.Helper()
	most := r.deps.Warehouse.Stats().MaxIdleConns
	var open []func() error
	for range most {
		rows, err := r.deps.Warehouse.Query(t.Context(), "SELECT number FROM system.numbers LIMIT 5000000")
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, rows.Close)
	}
	for _, closing := range open {
		if err := closing(); err != nil {
			t.Fatal(err)
		}
	}
	if idle := r.deps.Warehouse.Stats().Idle; idle < most-2 {
		t.Fatalf("%d of %d connections are idle", idle, most)
	}
}
