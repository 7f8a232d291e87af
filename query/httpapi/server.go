// Package httpapi is the web server above the questions and the intake: one table of
// routes, the envelope and its caches, problems, live events, tiles and the page.
package httpapi

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
	"github.com/toancanh/toancanh/query/httpapi/publications"
)

// Deps is what the server stands on. All are needed but Callers, without which nobody needs a token; Log, Now,
// Gatherer and Registerer have usual defaults.
type Deps struct {
	Catalog *catalog.Catalog
	Set     *geo.Set
	Atlas   *atlas.Atlas // all boundary sets; nil: only Set
	Query   *query.Service
	Ingest  *ingest.Service
	Callers *callers.Registry // loaded
	Audit   *callers.Audit    // the record of changes; nil: none is kept

	Publications *publications.Store             // nil: none are kept
	Frontend     fs.FS                           // the built page: index.html and assets/
	Ready        func(ctx context.Context) error // whether figures can be taken and questions answered
	Now          func() time.Time                // programme time
	Log          *slog.Logger
	Gatherer     prometheus.Gatherer // what /metrics shows
	Registerer   prometheus.Registerer
}

// Server is the HTTP server. New is inert, Run works.
type Server struct {
	cfg       Config
	deps      Deps
	log       *slog.Logger
	now       func() time.Time
	metrics   *metrics
	hub       *hub
	budgets   *budgets
	turns     chan struct{} // one token for each question at the warehouse
	salt      string        // part of every ETag: the contract and catalogue this server has
	api       []byte        // the OpenAPI document
	programme catalogView   // what of the catalogue never changes while the server runs
	timeline  *geo.Timeline // the boundary sets of the catalogue
	site      *site
	kept      *otter.Cache[answerKey, *keptAnswer]
	docs      *site // the contract to read and to try
	handler   http.Handler

	door  *door
	inUse *atomic.Pointer[Server] // the one whose catalogue is in use, and whose handler answers

	failures *rate.Limiter // what all walls together may tell of
	refusals *rate.Limiter // refused submissions that are logged

	annotating chan struct{} // one token for each workbook being marked

	certificate *certificate // nil: plain HTTP
}

// door is where the server listens.
type door struct {
	listening chan struct{} // closed when addr is known
	once      sync.Once
	addr      string
}

// refusalsSaid is how far apart refused submissions are logged while the journal takes nothing.
const refusalsSaid = 10 * time.Second

// workbooksMarked is how many workbooks are marked at the same time: each is held in memory as a whole.
const workbooksMarked = 2

// New checks the configuration and prepares every route; nothing listens before Run.
func New(cfg Config, deps Deps) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := deps.complete(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, deps: deps, log: deps.Log, now: deps.Now,
		metrics:    newMetrics(deps.Registerer),
		failures:   newFailureLimiter(),
		refusals:   rate.NewLimiter(rate.Every(refusalsSaid), 1),
		turns:      make(chan struct{}, cfg.MaxQuestions),
		programme:  newCatalogView(deps.Catalog, deps.Set.Info()),
		door:       &door{listening: make(chan struct{})},
		inUse:      &atomic.Pointer[Server]{},
		annotating: make(chan struct{}, workbooksMarked),
	}
	s.hub = newHub(cfg, deps.Catalog, s.metrics.listeners)
	s.budgets = newBudgets(cfg.Limits, s.valid)
	err := s.admitCallers()
	if err != nil {
		return nil, err
	}
	if cfg.TLSCert != "" {
		if s.certificate, err = newCertificate(cfg.TLSCert, cfg.TLSKey); err != nil {
			return nil, err
		}
	}
	if s.api, err = document(s.routes()); err != nil {
		return nil, err
	}
	if s.timeline, err = newTimeline(deps.Catalog, deps.Set); err != nil {
		return nil, err
	}
	if s.site, err = newSite(deps.Frontend); err != nil {
		return nil, err
	}
	if s.kept, err = newKept(); err != nil {
		return nil, err
	}
	if s.docs, err = newReference(); err != nil {
		return nil, err
	}
	s.salt = digest(string(s.api), deps.Catalog.Version)
	s.expectScenes()
	s.handler, err = s.mount(s.routes())
	s.inUse.Store(s)
	return s, err
}

// admitCallers watches when tokens end; without any the server must listen on loopback alone.
func (s *Server) admitCallers() error {
	callers := s.deps.Callers
	if callers != nil {
		s.deps.Registerer.MustRegister(expiries{callers})
	}
	if callers == nil || !callers.Configured() {
		return s.cfg.NeedsToken()
	}
	return nil
}

// Use answers every request that begins from now on with the catalogue of q; those under
// way end with the one they began with. On an error nothing has changed. It is not safe for
// concurrent use.
func (s *Server) Use(q *query.Service) error {
	next := *s.inUse.Load()
	next.deps.Query, next.deps.Catalog = q, q.Catalog()
	next.programme = newCatalogView(next.deps.Catalog, next.deps.Set.Info())
	next.salt = digest(string(next.api), next.deps.Catalog.Version, next.deps.Set.Version())
	var err error
	if next.timeline, err = newTimeline(next.deps.Catalog, next.deps.Set); err != nil {
		return err
	}
	if next.handler, err = next.mount(next.routes()); err != nil {
		return err
	}
	next.expectScenes()
	if next.deps.Callers != nil {
		next.deps.Callers.Use(next.deps.Catalog)
	}
	s.hub.use(next.deps.Catalog)
	s.inUse.Store(&next)
	s.hub.renew(q.Version())
	return nil
}

func (d *Deps) complete() error {
	switch {
	case d.Catalog == nil, d.Set == nil, d.Query == nil, d.Ingest == nil:
		return errors.New("httpapi: catalogue, boundary set, questions and intake are needed")
	case d.Frontend == nil, d.Ready == nil:
		return errors.New("httpapi: the page and the readiness check are needed")
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Registerer == nil {
		d.Registerer = prometheus.NewRegistry()
	}
	if d.Gatherer == nil {
		d.Gatherer = prometheus.NewRegistry()
	}
	if d.Atlas == nil {
		var err error
		d.Atlas, err = atlas.New(atlas.DefaultConfig(), nil, []*geo.Set{d.Set}, d.Log)
		return err
	}
	return nil
}

// beyondLoopback tells whether other machines can reach the address the server is to listen on.
func (s *Server) beyondLoopback() bool { return s.cfg.beyondLoopback() }

// valid tells whether a caller that was let in still would be.
func (s *Server) valid(id string) bool { return s.deps.Callers != nil && s.deps.Callers.Valid(id) }

// Handler serves everything; Run puts it on an address.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.inUse.Load().handler.ServeHTTP(w, r) })
}

// Changed tells the listeners of live events what a new data version touched. It
// never blocks.
func (s *Server) Changed(c ingest.Change) { s.hub.publish(c) }

// Addr waits until Run listens and gives the address, with the port that was chosen
// for port 0.
func (s *Server) Addr(ctx context.Context) (string, error) {
	select {
	case <-s.door.listening:
		return s.door.addr, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Run listens until ctx ends, then closes the event streams, lets requests under way
// finish within Config.DrainTimeout, and returns.
func (s *Server) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	tcp, ok := listener.Addr().(*net.TCPAddr)
	if reachable := !ok || !tcp.IP.IsLoopback(); reachable && !s.beyondLoopback() { // a name may resolve to anything
		return errors.Join(fmt.Errorf("listen address %s: %w", listener.Addr(), ErrNotLoopback), listener.Close())
	}
	address := listener.Addr().String()
	s.log.Info("listening", "address", address, "tls", s.certificate != nil)
	if s.beyondLoopback() && s.certificate == nil {
		s.log.Warn("other machines reach this server over plain HTTP: tokens and figures can be read on the way; " +
			"give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that speaks TLS")
	}
	s.door.once.Do(func() { s.door.addr = address; close(s.door.listening) })
	if s.certificate != nil {
		listener = tls.NewListener(listener, s.certificate.config())
	}

	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       s.cfg.ReadTimeout, // of a whole request; intakes renew it with every read, and it ends with the body
		// All that an answer may take; intakes and event streams set deadlines of their own.
		WriteTimeout:   s.cfg.VersionTimeout + s.cfg.QueueTimeout + s.cfg.QuestionTimeout + s.cfg.WriteTimeout,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		return s.drain(ctx, server)
	}
}

func (s *Server) drain(ctx context.Context, server *http.Server) error {
	s.hub.close()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.DrainTimeout)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		s.log.Warn("requests were cut off", "after", s.cfg.DrainTimeout)
		return server.Close()
	}
	return nil
}

// digest is a short hash of texts, the same on every machine.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
