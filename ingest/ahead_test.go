package ingest

import (
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// An insert that was begun ahead brings its rows when their turn comes. Given up, or kept waiting for too long, it leaves nothing behind.
func TestInsertBegunAhead(t *testing.T) {
	db := warehousetest.New(t)
	w := &writer{cfg: smallConfig(t), db: db, metrics: newMetrics(nil, nil), allowed: allowances{}}
	rows := func(seq uint64) *rejectionTable {
		return &rejectionTable{[]rejectionRow{{&Rejection{Line: 1}, origin{position: position{seq: seq}, submission: "s", knownAt: now}}}}
	}
	over := func(in *insertion) {
		t.Helper()
		warehousetest.WaitUntil(t, "the insert is over", func() bool { return w.over(t.Context(), in.query) == nil })
	}
	count := func() (n uint64) {
		t.Helper()
		if err := db.QueryRow(t.Context(), "SELECT count() FROM rejections").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	w.beginAhead(t.Context(), rows(1))
	unwanted := w.ahead
	if _, err := unwanted.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.giveUpAhead()
	over(unwanted)

	w.beginAhead(t.Context(), rows(1))
	late := w.ahead
	late.at = late.at.Add(-aheadTime - time.Second)
	if w.takeAhead(rows(1)) != nil || w.ahead != nil {
		t.Error("an insert that waited for too long is used")
	}
	over(late)
	if n := count(); n != 0 {
		t.Errorf("%d rows of inserts that were given up", n)
	}

	w.beginAhead(t.Context(), rows(1))
	if err := w.persist(t.Context(), rows(1), nil, false); err != nil || w.ahead != nil {
		t.Errorf("the insert begun ahead: %v", err)
	}
	if n := count(); n != 1 {
		t.Errorf("%d rows are there", n)
	}
}
