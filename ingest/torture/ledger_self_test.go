package torture

import (
	"fmt"
	"testing"
)

// The ledger is what everything else is measured by.
func TestLedger(t *testing.T) {
	l := newLedger()
	say := func(version uint64, rows ...row) { l.took(fmt.Sprint(version), version, len(rows), 0, rows) }
	one, two := revision{value: 1}, revision{value: 2}
	say(1, row{cell: "a", revision: one}, row{cell: "gone", revision: revision{retracted: true}}, row{cell: "no", revision: one, refused: true})
	say(2, row{cell: "a", revision: one}, row{cell: "s", revision: one, shared: true})
	say(4, row{cell: "a", revision: two}, row{cell: "s", revision: two, shared: true})
	say(3, row{cell: "a", revision: one}, row{cell: "s", revision: one, shared: true})
	if got := fmt.Sprint(l.own); got != "map[a:[{1 false} {2 false} {1 false}]]" {
		t.Errorf("own cells %s", got)
	}
	if got := fmt.Sprint(last(l.shared["s"]), l.never); got != "[{2 false}] map[no:true]" {
		t.Errorf("shared and refused %s", got)
	}
	for _, c := range []struct {
		want, found    []revision
		missing, extra int
	}{
		{[]revision{one, two, one}, []revision{one, two, one}, 0, 0},
		{[]revision{one, two, one}, []revision{one, one}, 1, 0},
		{[]revision{one, two}, []revision{one, one, two}, 0, 1},
		{[]revision{one}, []revision{two}, 1, 1},
		{nil, []revision{two}, 0, 1},
		{[]revision{one}, nil, 1, 0},
	} {
		if missing, extra := differences(c.want, c.found); missing != c.missing || extra != c.extra {
			t.Errorf("%v against %v: %d missing, %d beside; want %d, %d", c.found, c.want, missing, extra, c.missing, c.extra)
		}
	}
}
