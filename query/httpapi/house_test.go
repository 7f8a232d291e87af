package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/golang-sql/civil"
	"github.com/paulmach/orb"
	"github.com/prometheus/client_golang/prometheus"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

func TestMain(m *testing.M) { os.Exit(warehousetest.Main(m)) }

// programmeTime is the clock of every test: a Sunday morning of the plan's first year.
var programmeTime = time.Date(2022, time.November, 20, 9, 30, 0, 0, time.FixedZone("+07", 7*3600))

var loadCatalog = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogs.VinhPhuc()) })

func vinhPhuc(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// drawn makes a set in which every commune is a small square around its centre.
func drawn(t testing.TB, b catalog.BoundarySet) *geo.Set {
	t.Helper()
	info := b.Info
	lowest := info.Levels[len(info.Levels)-1].ID
	units, shapes := make([]geo.Unit, len(b.Units)), map[string]orb.MultiPolygon{}
	for i, u := range b.Units {
		units[i] = u.Unit
		if u.Level == lowest {
			shapes[u.Code] = orb.MultiPolygon{u.Centre.Bound().Pad(0.004).ToPolygon()}
		}
	}
	set, err := geo.NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// house is a server with the rooms it stands on.
type house struct {
	*Server
	t       testing.TB
	catalog *catalog.Catalog
	set     *geo.Set
	ingest  *ingest.Service
	query   *query.Service
	logged  *strings.Builder
	later   atomic.Int64 // how long after programmeTime it is
}

// emptyHouse has no warehouse: enough for everything that is answered from memory.
func emptyHouse(t testing.TB, change ...func(*Config, *Deps)) *house {
	t.Helper()
	return furnish(t, query.Deps{}, ingest.Deps{}, change...)
}

// furnish builds the rooms of a house on what is given.
func furnish(t testing.TB, asks query.Deps, takes ingest.Deps, change ...func(*Config, *Deps)) *house {
	t.Helper()
	h := &house{t: t, catalog: vinhPhuc(t), logged: &strings.Builder{}}
	inForce, _ := h.catalog.BoundarySetAt(civil.DateOf(programmeTime))
	h.set = drawn(t, inForce)
	clock := func() time.Time { return programmeTime.Add(time.Duration(h.later.Load())) }
	registry := prometheus.NewRegistry()

	asks.Catalog, asks.Set, asks.Now, asks.Log, asks.Registerer = h.catalog, h.set, clock, discard(), registry
	takes.Catalog, takes.Now, takes.Log, takes.Registerer = h.catalog, clock, discard(), registry
	intake := ingest.DefaultConfig()
	intake.Dir = t.TempDir()
	var err error
	if h.query, err = query.New(asks); err != nil {
		t.Fatal(err)
	}
	if h.ingest, err = ingest.New(intake, takes); err != nil {
		t.Fatal(err)
	}
	cfg := DefaultConfig()
	cfg.Listen = "127.0.0.1:0"
	deps := Deps{
		Catalog: h.catalog, Set: h.set, Query: h.query, Ingest: h.ingest, Now: clock,
		Frontend: builtPage(), Ready: func(context.Context) error { return nil }, Gatherer: registry, Registerer: registry,
		Log: slog.New(slog.NewTextHandler(&locked{to: h.logged}, nil)),
	}
	for _, f := range change {
		f(&cfg, &deps)
	}
	if h.Server, err = New(cfg, deps); err != nil {
		t.Fatal(err)
	}
	return h
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// locked lets handlers log while the test reads nothing yet.
type locked struct {
	mu sync.Mutex
	to io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

func builtPage() fstest.MapFS {
	return fstest.MapFS{
		"index.html":           {Data: []byte("<!doctype html><title>Toàn Cảnh</title>")},
		"assets/main-a1b2c.js": {Data: []byte("console.log('toàn cảnh');")},
		"favicon.svg":          {Data: []byte("<svg/>")},
	}
}

// do sends a request through the handler. Headers come in pairs.
func (h *house) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	request := httptest.NewRequestWithContext(h.t.Context(), method, target, strings.NewReader(body))
	request.Host = "localhost:8080"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
			continue
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	h.Handler().ServeHTTP(recorder, request)
	if strings.HasPrefix(request.URL.Path, apiPrefix) && method != http.MethodHead {
		keepsContract(h.t, request, recorder)
	}
	return recorder
}

func (h *house) get(target string, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.do(http.MethodGet, target, "", headers...)
}

// decode reads an answer's JSON.
func decode[T any](t testing.TB, r *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(r.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v in %q", err, r.Body)
	}
	return v
}

// wantProblem checks a failure: status, media type, code and field.
func wantProblem(t testing.TB, r *httptest.ResponseRecorder, status int, code, field string) problemBody {
	t.Helper()
	if got := r.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q", got)
	}
	p := decode[problemBody](t, r)
	if r.Code != status || p.Status != status || p.Code != code || p.Field != field {
		t.Errorf("got %d %+v, want %d %s at %q", r.Code, p, status, code, field)
	}
	if p.Type != "/problems/"+code || p.Title == "" || p.Detail == "" {
		t.Errorf("the problem explains too little: %+v", p)
	}
	if got := r.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("a failure may be kept: Cache-Control %q", got)
	}
	return p
}
