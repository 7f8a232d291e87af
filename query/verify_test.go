package query

import (
	"testing"
	"time"

	"github.com/golang-sql/civil"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/toancanh/toancanh/query/catalog"
)

// Corrections, retractions, gaps and carried stocks: the answers are what the rows give.
func TestVerifyAgreesWithTheAnswers(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	day := civilDate("2022-06-10")
	stock := func(measure, unit, dims string, seq, value int) row {
		return row{measure: measure, start: day, end: day, unit: unit, dims: dims, seq: uint64(seq), value: int64(value), known: h.now}
	}
	gone := stock("residents", "C12", "", 6, 0)
	gone.retracted = true
	h.load(
		stock("cards", "C11", "sex=male", 1, 40), stock("cards", "C11", "sex=female", 1, 30), stock("cards", "C11", "sex=male", 2, 41),
		stock("cards", "C12", "sex=male", 3, 7), // one sex alone says nothing yet
		stock("residents", "C11", "", 4, 100), stock("residents", "C12", "", 5, 90), gone, stock("residents", "C21", "", 7, 80),
		flow("visits", "C11", 8, 5, "2022-06-16 09:00"), flow("visits", "C22", 9, 6, "2022-06-16 09:00"),
	)
	found, err := h.Verify(t.Context())
	if err != nil || len(found.Mismatches) > 0 || found.Measures != len(h.deps.Catalog.Measures) || found.Compared < 7*len(h.deps.Catalog.Measures) {
		t.Errorf("%+v, %v", found, err)
	}
	if got := testutil.ToFloat64(h.verified.compared); got != float64(found.Compared) {
		t.Errorf("the metric says %v", got)
	}
}

// What changes behind the back of the answers is found, in the unit and in all above it, and shown as a metric.
func TestVerifyFindsWhatDoesNotAgree(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	day := civilDate("2022-06-10")
	one := row{measure: "residents", start: day, end: day, unit: "C11", seq: 1, value: 100, known: h.now}
	h.load(one)
	if found, err := h.Verify(t.Context()); err != nil || len(found.Mismatches) != 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	// The answers keep what they have read until they hear of a higher version.
	if err := h.conn.Exec(t.Context(), "ALTER TABLE observations UPDATE value = 90 WHERE measure = 'residents' SETTINGS mutations_sync = 2"); err != nil {
		t.Fatal(err)
	}
	found, err := h.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]Mismatch{}
	for _, m := range found.Mismatches {
		units[m.Unit] = m
	}
	if len(units) != 3 || units["C11"] != (Mismatch{"residents", "C11", "2022-06-20", 100, 90}) || units["D1"].Rows != 90 || units["P"].Answer != 100 {
		t.Errorf("%+v", found.Mismatches)
	}
	if got := testutil.ToFloat64(h.verified.mismatches); got != 3 {
		t.Errorf("the metric says %v", got)
	}
}

// Sums that are remembered between the rows and the answers are held against the rows too: those of earlier periods, which
// no question has asked about, of earlier instants, and those of a breakdown.
func TestVerifyFindsAFalsifiedColumn(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	june, may := civilDate("2022-06-10"), civilDate("2022-05-10")
	figure := func(unit, dims string, day civil.Date, seq, value int) row {
		return row{measure: "cards", start: day, end: day, unit: unit, dims: dims, seq: uint64(seq), value: int64(value), known: local("2022-06-15 09:00")}
	}
	later := figure("C11", "sex=male", may, 5, 60)
	later.known = local("2022-06-18 09:00")
	h.load(figure("C11", "sex=male", may, 1, 40), figure("C11", "sex=female", may, 2, 30), figure("C11", "sex=male", june, 3, 44), figure("C11", "sex=female", june, 4, 33), later)
	for _, asOf := range []time.Time{{}, local("2022-06-17 09:00")} {
		if _, err := h.Series(t.Context(), SeriesQuestion{Indicator: "cards_total", Kind: catalog.Month, AsOf: asOf}); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := h.Verify(t.Context()); err != nil || len(found.Mismatches) != 0 || found.Columns < 10 {
		t.Fatalf("%+v, %v", found, err)
	}
	falsified := map[Mismatch]bool{}
	for key, had := range h.leaves.cache.All() {
		if key.window == (window{dayOf(may), dayOf(may)}) && had.slice.measure.ID == "cards" {
			number := h.layout.number["commune"]["C11"]
			was := had.leaves[number].sum
			had.leaves[number].sum = 1000
			falsified[Mismatch{"cards", "C11", "2022-05-10..2022-05-10", 1000, was}] = true
		}
	}
	if len(falsified) != 2 { // 90 now, 70 as of the 17th
		t.Fatalf("%+v", falsified)
	}
	found, err := h.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range found.Mismatches {
		delete(falsified, m)
	}
	if len(falsified) != 0 {
		t.Errorf("not found: %+v among %+v", falsified, found.Mismatches)
	}
}
