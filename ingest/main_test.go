package ingest

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

// now is the instant all tests begin at: 20 November 2022, nine in the morning in Hà Nội.
var now = time.Date(2022, 11, 20, 2, 0, 0, 0, time.UTC)

// smallCatalogue has two districts with two communes each, one of which ended in 2021.
func smallCatalogue(t testing.TB) *catalog.Catalog {
	t.Helper()
	location, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	unit := func(code, level, parent string) catalog.UnitFact {
		return catalog.UnitFact{Unit: geo.Unit{Code: code, Level: level, Parent: parent, Name: code}}
	}
	upper := []catalog.UnitFact{unit("26", "province", ""), unit("246", "district", "26"), unit("247", "district", "26")}
	communes := []catalog.UnitFact{unit("08707", "commune", "246"), unit("08710", "commune", "246"), unit("08713", "commune", "247")}
	ended := unit("08716", "commune", "247")
	set := func(id string, from, to civil.Date, units ...catalog.UnitFact) catalog.BoundarySet {
		return catalog.BoundarySet{
			Info:  geo.SetInfo{ID: id, InForceFrom: from, InForceTo: to, Root: "26"},
			Units: append(append(append([]catalog.UnitFact{}, upper...), communes...), units...),
		}
	}
	cat := &catalog.Catalog{
		ID: "small", Location: location,
		BoundarySets: []catalog.BoundarySet{
			set("s-2021", date("2021-01-01"), date("2021-12-31"), ended),
			set("s-2022", date("2022-01-01"), civil.Date{}),
		},
		Dimensions: []catalog.Dimension{
			{ID: "age", Integer: true, OpenEnd: true, Members: ages()},
			{ID: "residence", Members: members("permanent", "temporary")},
			{ID: "sex", Members: members("male", "female")},
		},
		Measures: []catalog.Measure{
			{ID: "population", TimeRule: catalog.Stock, Dimensions: []string{"age", "residence", "sex"}, Level: "commune", PeriodKind: catalog.Day, Dataset: "population"},
			{ID: "vneid_activated", TimeRule: catalog.Stock, Dimensions: []string{"sex"}, Level: "commune", PeriodKind: catalog.Day, Dataset: "observations", Max: 100_000},
			{ID: "dossiers_received", TimeRule: catalog.Flow, Level: "commune", PeriodKind: catalog.StatutoryMonth, Dataset: "observations"},
		},
		Agencies: []catalog.Agency{{ID: "stttt"}, {ID: "cat"}},
		Tasks: []catalog.Task{
			{Ref: "B.III.2.7", Assignees: []string{"agency:stttt", "unit:246", "unit:247"}},
			{Ref: "B.I.1", Assignees: []string{"agency:cat"}},
		},
	}
	for i := range cat.Measures {
		cat.Measures[i].Name = nameOf(cat.Measures[i].ID)
	}
	for i := range cat.Dimensions {
		cat.Dimensions[i].Name = nameOf(cat.Dimensions[i].ID)
	}
	return cat
}

func nameOf(id string) catalog.Text { return catalog.Text{Vi: "Tên " + id, En: "Name " + id} }

func members(ids ...string) (list []catalog.Member) {
	for _, id := range ids {
		list = append(list, catalog.Member{ID: id, Name: nameOf(id)})
	}
	return list
}

func ages() (list []catalog.Member) {
	for age := range 101 {
		list = append(list, members(strconv.Itoa(age))...)
	}
	return list
}

func date(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// room is a Service at work for a test.
type room struct {
	*Service
	db     driver.Conn
	cfg    Config
	deps   Deps
	cancel context.CancelFunc
	ended  chan error
}

// smallConfig has limits that tests can reach.
func smallConfig(t testing.TB) Config {
	cfg := DefaultConfig()
	cfg.Dir = t.TempDir()
	cfg.JournalBytes = 64 << 20
	return cfg
}

// start runs a service on a fresh database; it is stopped when the test ends.
func start(t testing.TB, change ...func(*Config, *Deps)) *room {
	t.Helper()
	db := warehousetest.New(t)
	r := &room{db: db, cfg: smallConfig(t), deps: Deps{
		Catalog: smallCatalogue(t), Warehouse: db, Log: slog.New(slog.NewTextHandler(testWriter{t}, nil)),
		Now: func() time.Time { return now },
	}}
	for _, f := range change {
		f(&r.cfg, &r.deps)
	}
	r.run(t)
	t.Cleanup(func() { r.stop(t) })
	return r
}

func (r *room) run(t testing.TB) {
	t.Helper()
	s, err := New(r.cfg, r.deps)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.Service, r.cancel, r.ended = s, cancel, make(chan error, 1)
	go func() { r.ended <- s.Run(ctx) }()
	select {
	case <-s.Ready():
	case err := <-r.ended:
		t.Fatalf("service ended: %v", err)
	}
}

func (r *room) stop(t testing.TB) {
	t.Helper()
	if r.cancel == nil {
		return
	}
	r.cancel()
	r.cancel = nil
	if err := <-r.ended; err != nil {
		t.Errorf("service ended: %v", err)
	}
}

// send submits NDJSON lines and waits until they can be queried.
func (r *room) send(t testing.TB, d Dataset, lines ...string) Receipt {
	t.Helper()
	receipt, err := r.Submit(t.Context(), Intake{Dataset: d, Format: NDJSON, Wait: true, Body: strings.NewReader(strings.Join(lines, "\n"))})
	if err != nil {
		t.Fatal(err)
	}
	if !receipt.Queryable {
		t.Fatal("not queryable")
	}
	return receipt
}

func (r *room) count(t testing.TB, query string, args ...any) (n uint64) {
	t.Helper()
	if err := r.db.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// testWriter sends the service's log to the test's.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}
