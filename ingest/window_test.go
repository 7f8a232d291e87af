package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// lookedBack is how many days the jumps of these tests look back.
const lookedBack = 9

var (
	ledgerUnits = []string{"08707", "08710", "08713"}
	ledgerSexes = []string{"female", "male"}
	ledgerFirst = dayOf(date("2022-06-01"))
)

// jumpLedger is everything that was sent of one measure, beside the pipeline.
type jumpLedger struct {
	random *rand.Rand
	cells  map[ledgerCell]int // -1: retracted
}

type ledgerCell struct {
	unit, sex string
	on        day
}

// jumping is a rule by which the figures of a measure are compared with the value before.
func jumping(r *catalog.Rules) {
	up := 50.0
	r.Jumps = []catalog.Jump{{Measure: "vneid_activated", Up: &up, LookBack: lookedBack, Severity: catalog.SeverityWarning}}
}

// send sends rounds of random figures of some days: new ones, corrections, repetitions, retractions.
func (l *jumpLedger) send(t *testing.T, r *room, rounds, days int) {
	t.Helper()
	for range rounds {
		lines, seen, unchanged := []string{}, map[ledgerCell]bool{}, 0
		for range 40 {
			c := ledgerCell{ledgerUnits[l.random.IntN(3)], ledgerSexes[l.random.IntN(2)], ledgerFirst + day(l.random.IntN(days))}
			if seen[c] {
				continue
			}
			seen[c] = true
			value := l.random.IntN(5)
			line := fmt.Sprintf(`{"measure":"vneid_activated","unit":%q,"date":%q,"dims":{"sex":%q},"note":"thử","value":%d}`, c.unit, c.on, c.sex, value)
			before, known := l.cells[c]
			if known && l.random.IntN(3) == 0 {
				value = -1
				line = fmt.Sprintf(`{"measure":"vneid_activated","unit":%q,"date":%q,"dims":{"sex":%q},"note":"thử","retract":true}`, c.unit, c.on, c.sex)
			}
			if known && before == value {
				unchanged++
			}
			l.cells[c] = value
			lines = append(lines, line)
		}
		if receipt := r.send(t, Observations, lines...); receipt.Rejected > 0 || receipt.Unchanged != unchanged {
			t.Fatalf("%d unchanged, want %d; %+v", receipt.Unchanged, unchanged, receipt.Rejections)
		}
	}
}

// before gives the value before a cell by the ledger, no older than is looked back.
func (l *jumpLedger) before(c ledgerCell) dated {
	for on := c.on - 1; on >= max(ledgerFirst, c.on-lookedBack); on-- {
		if value, known := l.cells[ledgerCell{c.unit, c.sex, on}]; known && value >= 0 {
			return dated{on, int64(value)}
		}
	}
	return dated{on: noDay}
}

// agree asks a window about random days of all lines and holds the answers against the ledger. It gives the share of figures with one before.
func (l *jumpLedger) agree(t *testing.T, r *room) float64 {
	t.Helper()
	x := r.index.Load()
	ses := newSession(r.cfg, Intake{Dataset: Observations}, "s", newChecker(x, Intake{Dataset: Observations}, ledgerFirst+100), nil, r.before)
	var asked []ledgerCell
	for _, unit := range ledgerUnits {
		for i, sex := range ledgerSexes {
			for on := ledgerFirst - 1; on <= ledgerFirst+35; on += 1 + day(l.random.IntN(3)) {
				asked = append(asked, ledgerCell{unit, sex, on})
				m := x.measures["vneid_activated"]
				f := figure{measure: m.ID, unit: unit, dims: "sex=" + sex, start: on, end: on, value: int64(i), period: on.String(),
					key: cellKey(m.number, x.units[unit].number, m.dimensions[0].members[sex], on)}
				ses.compare.held = append(ses.compare.held, heldBack{figure: f, late: &lateness{}})
			}
		}
	}
	w := newWindow(ses.compare)
	if err := r.before(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	found := 0
	for i, c := range asked {
		want, got := l.before(c), w.before[i]
		if got.on < c.on-lookedBack { // older ones are not compared with, whether told or not
			got = dated{on: noDay}
		}
		if got != want {
			t.Errorf("before %v: %s %d, want %s %d", c, got.on, got.value, want.on, want.value)
		}
		value, reported := l.cells[c]
		state, known := w.said[cellNameOf(&ses.compare.held[i].figure)]
		if known != reported || known && (state.retracted != (value < 0) || !state.retracted && state.value != int64(value)) {
			t.Errorf("%v holds %+v, %v; want %d, %v", c, state, known, value, reported)
		}
		if want.on != noDay {
			found++
		}
	}
	return float64(found) / float64(len(asked))
}

// TestWindowsAgreeWithTheRows holds what a window is told, value before and what cells hold, against a ledger of everything that was sent:
// corrections, retractions and gaps, figures of many days and cells in one window; as remembered, as the warehouse says, and after a start
// that remembers nothing.
func TestWindowsAgreeWithTheRows(t *testing.T) {
	cat := ruled(t, func(r *catalog.Rules) {
		jumping(r)
		r.Closings = []catalog.Closing{{Measures: []string{"vneid_activated"}, CloseDays: 1}} // so that windows tell what cells hold
	})
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	l := &jumpLedger{rand.New(rand.NewPCG(7, 2022)), map[ledgerCell]int{}}
	for round := range 10 { // days ascend, so that there is something to remember
		l.send(t, r, 1, 3*(round+1))
		l.agree(t, r)
	}
	if r.newest.count == 0 {
		t.Error("nothing is remembered")
	}
	r.newest.most = 4
	l.send(t, r, 4, 36)
	l.agree(t, r)
	if r.newest.count > 4 {
		t.Errorf("%d lines are remembered, 4 may", r.newest.count)
	}
	r.Service.newest = newNewest(0)
	l.agree(t, r)
	r.stop(t)
	r.run(t)
	l.agree(t, r)
	l.send(t, r, 4, 36)
	if share := l.agree(t, r); share < 0.5 {
		t.Errorf("only %.0f %% of the figures have one before", 100*share)
	}
}

// askedConn counts the questions that go through a connection.
type askedConn struct {
	driver.Conn
	mu    sync.Mutex
	count map[string]int
}

func (c *askedConn) Query(ctx context.Context, query string, args ...any) (driver.Rows, error) {
	c.mu.Lock()
	c.count[query]++
	c.mu.Unlock()
	return c.Conn.Query(ctx, query, args...)
}

// asked gives how often statements were asked since the last call.
func (c *askedConn) asked(names ...string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range names {
		n += c.count[statement(name)]
	}
	clear(c.count)
	return n
}

// TestFiguresOfNewDaysAskNothing: once a line has been told of, neither the comparison nor the writer asks the warehouse about a later day.
func TestFiguresOfNewDaysAskNothing(t *testing.T) {
	var conn *askedConn
	cat := ruled(t, jumping)
	r := start(t, func(_ *Config, d *Deps) {
		d.Catalog = cat
		conn = &askedConn{Conn: d.Warehouse, count: map[string]int{}}
		d.Warehouse = conn
	})
	questions := []string{"line_ends", "current_figures", "latest_days", "values_before"}
	row := func(on string, value int) string {
		return fmt.Sprintf(`{"measure":"vneid_activated","unit":"08707","date":%q,"dims":{"sex":"male"},"value":%d}`, on, value)
	}
	for _, c := range []struct {
		on        string
		value     int
		least     int
		most      int
		says      string
		unchanged int
	}{
		{"2022-11-18", 100, 2, 4, "the first of a line", 0},
		{"2022-11-19", 110, 0, 0, "a later day", 0},
		{"2022-11-19", 110, 1, 4, "the same again", 1},
		{"2022-11-20", 300, 0, 0, "a jump on a later day", 0},
	} {
		receipt := r.send(t, Observations, row(c.on, c.value))
		if n := conn.asked(questions...); n < c.least || n > c.most {
			t.Errorf("%s: %d questions, want %d to %d", c.says, n, c.least, c.most)
		}
		if jumped := c.value == 300; receipt.Unchanged != c.unchanged || receipt.Warned != map[bool]int{true: 1}[jumped] {
			t.Errorf("%s: %+v", c.says, receipt)
		}
	}
}
