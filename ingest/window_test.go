package ingest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

// TestWindowsAgreeWithTheRows holds what a window is told, value before and what cells hold, against a ledger of everything that was sent:
// corrections, retractions and gaps, figures of many days and cells in one window.
func TestWindowsAgreeWithTheRows(t *testing.T) {
	up := 50.0
	const back = 9 // days
	cat := ruled(t, func(r *catalog.Rules) {
		r.Jumps = []catalog.Jump{{Measure: "vneid_activated", Up: &up, LookBack: back, Severity: catalog.SeverityWarning}}
		r.Closings = []catalog.Closing{{Measures: []string{"vneid_activated"}, CloseDays: 1}}
	})
	r := start(t, func(_ *Config, d *Deps) { d.Catalog = cat })
	random := rand.New(rand.NewPCG(7, 2022))
	units, sexes, first := []string{"08707", "08710", "08713"}, []string{"female", "male"}, dayOf(date("2022-06-01"))
	type cell struct {
		unit, sex string
		on        day
	}
	ledger := map[cell]int{} // -1: retracted
	for range 6 {
		lines, seen := []string{}, map[cell]bool{}
		for range 40 {
			c := cell{units[random.IntN(3)], sexes[random.IntN(2)], first + day(random.IntN(30))}
			if seen[c] {
				continue
			}
			seen[c] = true
			value := random.IntN(1000)
			line := fmt.Sprintf(`{"measure":"vneid_activated","unit":%q,"date":%q,"dims":{"sex":%q},"note":"thử","value":%d}`, c.unit, c.on, c.sex, value)
			if _, known := ledger[c]; known && random.IntN(3) == 0 {
				value = -1
				line = fmt.Sprintf(`{"measure":"vneid_activated","unit":%q,"date":%q,"dims":{"sex":%q},"note":"thử","retract":true}`, c.unit, c.on, c.sex)
			}
			ledger[c] = value
			lines = append(lines, line)
		}
		if receipt := r.send(t, Observations, lines...); receipt.Rejected > 0 {
			t.Fatalf("%+v", receipt.Rejections)
		}
	}

	x := r.index.Load()
	ses := newSession(r.cfg, Intake{Dataset: Observations}, "s", newChecker(x, Intake{Dataset: Observations}, first+100), nil, r.before)
	var asked []cell
	for _, unit := range units {
		for i, sex := range sexes {
			for on := first - 1; on <= first+35; on += 1 + day(random.IntN(3)) {
				c := cell{unit, sex, on}
				asked = append(asked, c)
				m := x.measures["vneid_activated"]
				rank := m.dimensions[0].members[sex]
				f := figure{measure: m.ID, unit: unit, dims: "sex=" + sex, start: on, end: on, value: int64(i), period: on.String(), key: cellKey(m.number, x.units[unit].number, rank, on)}
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
		want := dated{on: noDay}
		for on := c.on - 1; on >= first-1 && want.on == noDay; on-- {
			if value, known := ledger[cell{c.unit, c.sex, on}]; known && value >= 0 {
				want = dated{on, int64(value)}
			}
		}
		got := w.before[i]
		if got.on < c.on-back { // older ones are not compared with, whether told or not
			got = dated{on: noDay}
		}
		if want.on < c.on-back {
			want = dated{on: noDay}
		}
		if got != want {
			t.Errorf("before %v: %s %d, want %s %d", c, got.on, got.value, want.on, want.value)
		}
		value, reported := ledger[c]
		state, known := w.said[cellNameOf(&ses.compare.held[i].figure)]
		if known != reported || known && (state.retracted != (value < 0) || !state.retracted && state.value != int64(value)) {
			t.Errorf("%v holds %+v, %v; want %d, %v", c, state, known, value, reported)
		}
		if want.on != noDay {
			found++
		}
	}
	if found < len(asked)/2 {
		t.Errorf("only %d of %d figures have one before", found, len(asked))
	}
}
