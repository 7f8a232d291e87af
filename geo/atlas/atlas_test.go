package atlas

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/geo"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// twoSquares reads a province of two communes, the western one so many degrees wide.
func twoSquares(t testing.TB, id string, wide float64) *geo.Import {
	t.Helper()
	square := func(code string, x0, x1 float64) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":"Xã %s","parent_code":"1","population":7},"geometry":{"type":"Polygon","coordinates":[[[%v,21],[%v,21],[%v,22],[%v,22],[%v,21]]]}}`,
			code, code, x0, x1, x1, x0, x0)
	}
	text := square("11", 105, 105+wide) + "\n" + square("12", 105+wide, 107) + "\n" + `{"type":"Feature","properties":{"code":"1","name":"Tỉnh","level":"province"}}`
	source := geo.Source{Name: "communes.geojsonl", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	m, err := geo.ReadImport(t.Context(), []geo.Source{source}, geo.ImportOptions{
		Info:      geo.SetInfo{ID: id, Name: "Hai Ô", NameEn: "Two Squares", Source: "made by hand", Licence: "Apache-2.0", InForceFrom: civil.Date{Year: 2025, Month: 7, Day: 1}, PartOf: geo.PartOf{Code: "25", Name: "Tỉnh Phú Thọ"}},
		Tolerance: geo.DefaultTolerance(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func drawn(t testing.TB, m *geo.Import) *geo.Set {
	t.Helper()
	set, err := m.Set()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// sketched is a set that says it is schematic.
func sketched(t testing.TB, id string) *geo.Set {
	t.Helper()
	m := twoSquares(t, id, 1)
	m.Info.Schematic = true
	return drawn(t, m)
}

func put(t testing.TB, s *Store, m *geo.Import) Sheet {
	t.Helper()
	sheet, changed, err := s.Put(t.Context(), m)
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	return sheet
}

func TestStoredSetIsTheSame(t *testing.T) {
	s := NewStore(warehousetest.New(t), clock)
	m := twoSquares(t, "squares-2025", 1)
	put(t, s, m)
	sheets, err := s.List(t.Context())
	if err != nil || len(sheets) != 1 {
		t.Fatal(sheets, err)
	}
	want := drawn(t, m)
	got, err := s.Load(t.Context(), sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%+v", got.Info()) != fmt.Sprintf("%+v", want.Info()) || got.Version() != want.Version() || sheets[0].Version != want.Version() {
		t.Errorf("got %+v of %s, want %+v of %s", got.Info(), got.Version(), want.Info(), want.Version())
	}
	if fmt.Sprint(got.Units("")) != fmt.Sprint(want.Units("")) || sheets[0].Units != 3 || fmt.Sprint(sheets[0].Levels) != "[{province 1} {commune 2}]" {
		t.Errorf("got %v, want %v; listed %+v", got.Units(""), want.Units(""), sheets[0])
	}
	if sheets[0].Bounds != want.Bounds("1") || !sheets[0].Imported.Equal(noon) {
		t.Errorf("listed %+v", sheets[0])
	}
}

func TestPutAgainChangesNothing(t *testing.T) {
	s := NewStore(warehousetest.New(t), clock)
	put(t, s, twoSquares(t, "squares", 1))
	last, rows, err := s.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, changed, err := s.Put(t.Context(), twoSquares(t, "squares", 1)); err != nil || changed {
		t.Errorf("put again: %v %v", changed, err)
	}
	if l, r, err := s.Revision(t.Context()); err != nil || l != last || r != rows {
		t.Errorf("revision %d of %d rows, was %d of %d; %v", l, r, last, rows, err)
	}
	put(t, s, twoSquares(t, "squares", 1.5)) // other content
	put(t, s, twoSquares(t, "squares", 1))   // and the first again
	sheets, err := s.List(t.Context())
	if err != nil || len(sheets) != 1 || sheets[0].Version != drawn(t, twoSquares(t, "squares", 1)).Version() {
		t.Errorf("%+v %v", sheets, err)
	}
}

func TestRefusedImportIsNotStored(t *testing.T) {
	s := NewStore(warehousetest.New(t), clock)
	m := twoSquares(t, "squares", 1)
	m.Findings = append(m.Findings, geo.Finding{Severity: geo.SeverityError, Kind: geo.KindGap})
	if _, _, err := s.Put(t.Context(), m); err == nil {
		t.Error("stored")
	}
	if sheets, err := s.List(t.Context()); err != nil || len(sheets) > 0 {
		t.Errorf("%v %v", sheets, err)
	}
}

// A crash after the units and before the set leaves nothing that is listed, and two
// processes that store the same content at once leave one set.
func TestHalfAndDoubleImports(t *testing.T) {
	s := NewStore(warehousetest.New(t), clock)
	m := twoSquares(t, "squares", 1)
	sheet, err := newSheet(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.putUnits(t.Context(), sheet.content, m); err != nil {
		t.Fatal(err)
	}
	if sheets, err := s.List(t.Context()); err != nil || len(sheets) > 0 {
		t.Errorf("half an import is listed: %v %v", sheets, err)
	}
	if err := s.putUnits(t.Context(), sheet.content, m); err != nil {
		t.Fatal(err)
	}
	put(t, s, m)
	if set, err := s.Load(t.Context(), sheet); err != nil || len(set.Units("")) != 3 {
		t.Errorf("%v", err)
	}
}

func TestRemove(t *testing.T) {
	conn := warehousetest.New(t)
	s := NewStore(conn, clock)
	sheet := put(t, s, twoSquares(t, "squares", 1))
	put(t, s, twoSquares(t, "others", 1))
	if err := s.Remove(t.Context(), "squares"); err != nil {
		t.Fatal(err)
	}
	sheets, err := s.List(t.Context())
	if err != nil || len(sheets) != 1 || sheets[0].Info.ID != "others" {
		t.Errorf("%v %v", sheets, err)
	}
	var left uint64
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM boundary_units").Scan(&left); err != nil || left != 3 {
		t.Errorf("%d units left, %v", left, err)
	}
	if _, err := s.Load(t.Context(), sheet); err == nil {
		t.Error("a removed set was loaded")
	}
	if err := s.Remove(t.Context(), "squares"); !errors.Is(err, ErrUnknown) {
		t.Errorf("removed twice: %v", err)
	}
	put(t, s, twoSquares(t, "squares", 1)) // and it can come back
	if _, err := s.Load(t.Context(), sheet); err != nil {
		t.Error(err)
	}
}

func newAtlas(t testing.TB, store *Store, own ...*geo.Set) *Atlas {
	t.Helper()
	a, err := New(DefaultConfig(), store, own, silent())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

func ids(a *Atlas) string {
	var list []string
	for _, s := range a.List() {
		list = append(list, s.Info.ID)
	}
	return strings.Join(list, " ")
}

// Every process sees what another one has stored, and while a set changes it is served
// without a pause.
func TestEveryProcessSeesTheSameSets(t *testing.T) {
	conn := warehousetest.New(t)
	store := NewStore(conn, clock)
	own := drawn(t, twoSquares(t, "own", 1))
	here, there := newAtlas(t, store, own), newAtlas(t, store, own)
	put(t, store, twoSquares(t, "squares", 1))
	tag := there.Tag()
	for _, a := range []*Atlas{here, there} {
		if err := a.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if ids(a) != "own squares" {
			t.Errorf("listed are %s", ids(a))
		}
	}
	if there.Tag() == tag {
		t.Error("the tag stayed the same")
	}
	first, err := there.Set(t.Context(), "squares")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := there.Set(t.Context(), "atlantis"); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v", err)
	}

	var asking sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if set, err := there.Set(t.Context(), "squares"); err != nil || !set.HasShapes() {
					t.Errorf("a request was dropped: %v", err)
					return
				}
			}
		})
	}
	put(t, store, twoSquares(t, "squares", 1.5))
	if err := there.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	close(stop)
	asking.Wait()
	second, err := there.Set(t.Context(), "squares")
	if err != nil || second.Version() == first.Version() {
		t.Errorf("the old version is still served: %v", err)
	}
}

func TestRunNotices(t *testing.T) {
	store := NewStore(warehousetest.New(t), clock)
	cfg := DefaultConfig()
	cfg.Every = 10 * time.Millisecond
	a, err := New(cfg, store, nil, silent())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); a.Run(ctx) }()
	put(t, store, twoSquares(t, "squares", 1))
	warehousetest.WaitUntil(t, "the set is listed", func() bool { return ids(a) == "squares" })
	cancel()
	<-ended
}

// A stored set takes the place of the catalogue's when figures of one can be shown on the other.
func TestStoredSetTakesThePlaceOfTheCatalogues(t *testing.T) {
	store := NewStore(warehousetest.New(t), clock)
	own := sketched(t, "own")
	a := newAtlas(t, store, own)
	put(t, store, twoSquares(t, "own", 1.5))
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if set := a.Own("own"); set == nil || set.Version() == own.Version() || !a.List()[0].Stored {
		t.Errorf("still the catalogue's: %+v", a.List())
	}
	if err := store.Remove(t.Context(), "own"); err != nil {
		t.Fatal(err)
	}
	other := twoSquares(t, "own", 1)
	other.Units[2].Code, other.Shapes["13"] = "13", other.Shapes["12"]
	delete(other.Shapes, "12")
	put(t, store, other)
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if set := a.Own("own"); set != own || a.List()[0].Stored || len(a.List()) != 1 {
		t.Errorf("other units took the place of the catalogue's: %+v", a.List())
	}
}

// Who started a server with real boundaries means these.
func TestRealBoundariesKeepTheirPlace(t *testing.T) {
	store := NewStore(warehousetest.New(t), clock)
	own := drawn(t, twoSquares(t, "own", 1))
	put(t, store, twoSquares(t, "own", 1.5))
	if a := newAtlas(t, store, own); a.Own("own") != own || len(a.List()) != 1 {
		t.Errorf("%+v", a.List())
	}
}

func TestAtlasWithoutAWarehouse(t *testing.T) {
	a := newAtlas(t, nil, drawn(t, twoSquares(t, "own", 1)))
	a.Run(t.Context()) // returns at once
	if set, err := a.Set(t.Context(), "own"); err != nil || set == nil {
		t.Error(err)
	}
}

func TestRealSetIsStored(t *testing.T) {
	dir := filepath.Join("../../../shared/data", "phutho-2025")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("NOT TESTED on real boundaries: %v", err)
	}
	sources, err := geo.DirSources(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := geo.ReadImport(t.Context(), sources, geo.ImportOptions{Info: geo.SetInfo{ID: "phutho-2025"}, Tolerance: geo.DefaultTolerance()})
	if err != nil {
		t.Fatal(err)
	}
	store := NewStore(warehousetest.New(t), clock)
	sheet := put(t, store, m)
	set, err := store.Load(t.Context(), sheet)
	if err != nil || len(set.Units("commune")) != 148 {
		t.Errorf("%v", err)
	}
}
