package query

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/query/catalog"
)

func TestVersionsFollowWhatWasTouched(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-06-10")
	h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: 7, value: 40, known: h.now})...)
	h.load(row{measure: "records", start: on, end: on, unit: "C11", seq: 9, value: 40, known: h.now})
	h.loadReports(report{task: "B.I.1", assignee: "unit:C11", date: on, status: "accepted", seq: 11, known: h.now})
	want := map[string]uint64{"card_rate": 7, "clean_rate": 9, "completion": 11, "online_rate": 0, "nothing": 0}
	check := func(s *Service) {
		t.Helper()
		if s.Version() != 11 {
			t.Errorf("version is %d, want 11", s.Version())
		}
		for id, v := range want {
			if got := s.IndicatorVersion(id); got != v {
				t.Errorf("version of %s is %d, want %d", id, got, v)
			}
		}
	}
	check(h.Service)

	deps := h.deps // a process that starts later learns the same from the warehouse
	deps.Registerer = nil
	later, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	if err := later.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(later)
}

// What a stop left half written is not part of the version: who sees some of it hears of its end.
func TestVersionOfAHalfWrittenBatch(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-06-10")
	for _, n := range []uint64{5, 7} {
		h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: n, value: 40, known: h.now})...)
	}
	if err := h.conn.Exec(t.Context(), "INSERT INTO submissions (submission, stream_seq, known_at) VALUES ('s', 5, now64(3))"); err != nil {
		t.Fatal(err)
	}
	deps := h.deps
	deps.Registerer = nil
	later, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	if err := later.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if later.Version() != 5 || later.IndicatorVersion("card_rate") != 5 {
		t.Errorf("version %d, of the rate %d", later.Version(), later.IndicatorVersion("card_rate"))
	}
	later.Applied(7, []string{"cards"}, false)
	if later.Version() != 7 || later.IndicatorVersion("card_rate") != 7 {
		t.Errorf("version %d, of the rate %d", later.Version(), later.IndicatorVersion("card_rate"))
	}
}

func TestWaitVersion(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.Applied(5, nil, false)
	if err := h.WaitVersion(t.Context(), 5); err != nil {
		t.Errorf("a version that is reached: %v", err)
	}
	done := make(chan error)
	go func() { done <- h.WaitVersion(t.Context(), 6) }()
	h.Applied(6, []string{"cards"}, false)
	if err := <-done; err != nil {
		t.Errorf("a version that came: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.WaitVersion(ctx, 7); !errors.Is(err, context.Canceled) {
		t.Errorf("a version that did not come: %v", err)
	}
}

// What another process has written is seen by who waits for it.
func TestWaitVersionLooksIntoTheWarehouse(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	deps := h.deps
	deps.Registerer, deps.FollowWarehouse = nil, true
	other, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	on := civilDate("2022-06-10")
	h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: 7, value: 40, known: h.now})...)
	if err := other.WaitVersion(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	answer, err := other.Values(t.Context(), ValuesQuestion{Asked{Indicator: "cards_total"}, Scope{Units: []string{"C11"}}})
	if err != nil || *answer.Data[0].Figure.Value != 40 || answer.Meta.DataVersion < 7 {
		t.Errorf("answer is %+v, %v", answer, err)
	}
}

// Readers run while figures arrive: an answer must never be older than what was applied
// before it was asked.
func TestNeverStale(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-06-10")
	const rounds = 30
	var applied sync.Mutex
	latest := int64(0)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				applied.Lock()
				floor := latest
				applied.Unlock()
				answer, err := h.Values(t.Context(), ValuesQuestion{Asked{Indicator: "cards_total"}, Scope{Units: []string{"C11"}}})
				if err != nil {
					t.Error(err)
					return
				}
				if value := answer.Data[0].Figure.Value; floor > 0 && (value == nil || int64(*value) < floor) {
					t.Errorf("value is %s after %d was applied", number(value), floor)
					return
				}
			}
		})
	}
	for i := range int64(rounds) {
		h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: uint64(i + 1), value: i + 1, known: h.now})...)
		applied.Lock()
		latest = i + 1
		applied.Unlock()
	}
	close(stop)
	readers.Wait()
}

// A batch of one measure leaves the cached figures of another in place.
func TestBatchDropsOnlyWhatChanged(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-06-10")
	h.load(row{measure: "records", start: on, end: on, unit: "C11", seq: 1, value: 40, known: h.now},
		row{measure: "cleaned", start: on, end: on, unit: "C11", seq: 1, value: 10, known: h.now})
	ask := func() (string, error) {
		answer, err := h.Values(t.Context(), ValuesQuestion{Asked{Indicator: "clean_rate"}, Scope{Units: []string{"C11"}}})
		if err != nil {
			return "", err
		}
		return describe(answer.Data[0].Figure), nil
	}
	before, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: 2, value: 1, known: h.now})...)
	if err := h.conn.Exec(t.Context(), "DROP TABLE observations"); err != nil {
		t.Fatal(err)
	}
	if after, err := ask(); err != nil || after != before {
		t.Errorf("answer from the cache is %q, %v; want %q", after, err, before)
	}
}

func TestAskerMayLeave(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Values(ctx, ValuesQuestion{Asked: Asked{Indicator: "card_rate"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want canceled", err)
	}
	if _, err := h.Values(t.Context(), ValuesQuestion{Asked: Asked{Indicator: "card_rate"}}); err != nil {
		t.Errorf("the next asker got %v", err)
	}
}

func TestPeriodsAndDefaults(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-03-10")
	h.load(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: 1, value: 1, known: h.now},
		row{measure: "residents", start: on.AddDays(-60), end: on.AddDays(-60), unit: "C11", seq: 1, value: 1, known: h.now})
	periods, err := h.Periods(t.Context(), "card_rate")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range periods {
		ids = append(ids, p.String())
	}
	if want := []string{"2022-03", "2022-04", "2022-05", "2022-06"}; !slices.Equal(ids, want) {
		t.Errorf("periods are %v, want %v", ids, want)
	}
	for id, want := range map[string]string{"card_rate": "2022-06", "online_rate": "s2022-06", "completion": "2022-06"} {
		if p, err := h.DefaultPeriod(id); err != nil || p.String() != want {
			t.Errorf("default period of %s is %v, %v; want %s", id, p, err, want)
		}
	}
	h.now = local("2022-06-14 23:59") // the last day of s2022-06 has not ended
	if p, _ := h.DefaultPeriod("online_rate"); p.String() != "s2022-05" {
		t.Errorf("default period on the cut-off day is %v, want s2022-05", p)
	}
}

func TestMetaSaysWhatAnAnswerRestsOn(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.Applied(3, nil, false)
	asOf := local("2022-06-11 09:00")
	answer, err := h.Values(t.Context(), ValuesQuestion{Asked: Asked{Indicator: "card_rate", Period: parsePeriod("2022-05"), AsOf: asOf}})
	if err != nil {
		t.Fatal(err)
	}
	m := answer.Meta
	if m.DataVersion != 3 || !m.AsOf.Equal(asOf) || m.Boundaries != "tiny-2022" || m.Indicator != "card_rate" || m.Period != "2022-05" ||
		m.PeriodStart != civilDate("2022-05-01") || m.PeriodEnd != civilDate("2022-05-31") || !*m.PeriodComplete || !m.Now.Equal(h.now) || m.Demonstration {
		t.Errorf("meta is %+v", m)
	}
}

func TestNewRefusesWhatCannotBeSummed(t *testing.T) {
	for name, spoil := range map[string]func(*catalog.Catalog){
		"levels":  func(c *catalog.Catalog) { c.Measures[1].Level = "district" },
		"periods": func(c *catalog.Catalog) { c.Measures[4].PeriodKind = catalog.Month },
		"measure": func(c *catalog.Catalog) { c.Measures[2].ID = "other" },
	} {
		t.Run(name, func(t *testing.T) {
			c := tinyCatalog()
			spoil(c)
			_, err := New(Deps{Warehouse: warehousetest.New(t), Catalog: c, Set: tinySet(t), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
			if err == nil {
				t.Error("it was accepted")
			}
		})
	}
}

// Asking as of the first second of 1970, when nothing was known, must not be taken for
// the present: who asks so would leave everybody an empty page.
func TestAsOfTheEpochIsNotThePresent(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.loadReports(report{task: "B.I.1", assignee: "unit:C11", date: civilDate("2022-06-10"), status: "accepted", seq: 1, known: h.now})
	for _, c := range []struct {
		asOf time.Time
		want int
	}{{time.Unix(0, 0), 0}, {time.Time{}, 1}, {time.Unix(-1, 0), 0}, {time.Unix(0, 1), 0}} {
		answer, err := h.Completion(t.Context(), CompletionQuestion{Scope: Scope{Units: []string{"C11"}}, AsOf: c.asOf})
		if err != nil {
			t.Fatal(err)
		}
		if got := answer.Data[0].Numerator; got != c.want {
			t.Errorf("as of %v %d are accepted, want %d", c.asOf, got, c.want)
		}
	}
}
