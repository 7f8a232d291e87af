package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// reloader brings a changed catalogue into a running server: when its files change, or on
// SIGHUP. One that is broken, or that stored figures do not fit, is refused and the one in
// use goes on. Requests under way end with the catalogue they began with; none is dropped.
type reloader struct {
	server *server
	flags  catalogFlags
	adapt  func(*catalog.Catalog) *catalog.Catalog // for real figures or a demonstration
	now    func() time.Time                        // programme time
	log    *slog.Logger
	*reloadMetrics

	stamp string // of the files as they were last read
}

// lookEvery is how often the files are looked at. Looking is asking their sizes and times;
// it needs no help of the file system, so it works on mounted and replaced directories too.
const lookEvery = 2 * time.Second

// What became of a reload, as the metric says it.
const (
	reloadAccepted  = "accepted"
	reloadUnchanged = "unchanged"
	reloadRefused   = "refused" // it is broken, or stored figures do not fit it
	reloadFailed    = "failed"  // it could not be kept; it is tried again at the next change
)

type reloadMetrics struct {
	reloads *prometheus.CounterVec
	info    *prometheus.GaugeVec
	last    prometheus.Gauge
}

func newReloadMetrics(r prometheus.Registerer, inUse *catalog.Catalog) *reloadMetrics {
	m := &reloadMetrics{
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "toancanh_catalog_reloads_total", Help: "Times the catalogue was read again, by what became of it.",
		}, []string{"result"}),
		info: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "toancanh_catalog_info", Help: "The catalogue in use, always 1.",
		}, []string{"id", "version"}),
		last: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "toancanh_catalog_last_reload_success_timestamp_seconds", Help: "When the catalogue was last read without a finding.",
		}),
	}
	for _, result := range []string{reloadAccepted, reloadUnchanged, reloadRefused, reloadFailed} {
		m.reloads.WithLabelValues(result)
	}
	r.MustRegister(m.reloads, m.info, m.last)
	m.use(inUse)
	return m
}

// use says which catalogue is in use from now on.
func (m *reloadMetrics) use(c *catalog.Catalog) {
	m.info.Reset()
	m.info.WithLabelValues(c.ID, c.Version).Set(1)
	m.last.SetToCurrentTime()
}

// run looks for changes until ctx ends.
func (r *reloader) run(ctx context.Context) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	seen := r.stamp
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
			r.reload(ctx)
		case <-look.C:
			// Read when it has stood still between two looks: an editor may be half way.
			stamp := stampOf(r.flags.Catalog)
			if stamp == seen && stamp != r.stamp {
				r.reload(ctx)
			}
			seen = stamp
		}
	}
}

// stampOf tells whether files of a directory were changed, without reading them; "" of none.
func stampOf(dir string) string {
	if dir == "" {
		return ""
	}
	h := sha256.New()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			fmt.Fprintln(h, path, info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		fmt.Fprintln(h, err) // it will be read, and refused with the reason
	}
	return hex.EncodeToString(h.Sum(nil))
}

// reload reads the catalogue once and says what became of it.
func (r *reloader) reload(ctx context.Context) {
	r.stamp = stampOf(r.flags.Catalog)
	result, err := r.try(ctx)
	r.reloads.WithLabelValues(result).Inc()
	var findings catalog.Findings
	switch {
	case errors.As(err, &findings):
		for i, finding := range findings {
			if i == maxFindingsLogged {
				r.log.Error("catalogue refused", "more_findings", len(findings)-i)
				break
			}
			r.log.Error("catalogue refused", "finding", finding.String())
		}
	case err != nil:
		r.log.Error("catalogue "+result, "error", err)
	default:
		r.log.Info("catalogue "+result, "version", r.server.catalog().Version)
	}
}

// maxFindingsLogged bounds what one reload writes; `toancanh catalog check` prints them all.
const maxFindingsLogged = 20

func (r *reloader) try(ctx context.Context) (result string, err error) {
	read, err := r.flags.loadCatalog()
	if err != nil {
		return reloadRefused, err
	}
	next, inUse := r.adapt(read), r.server.catalog()
	if next.Version == inUse.Version {
		r.last.SetToCurrentTime()
		return reloadUnchanged, nil
	}
	if err := breaking(inUse, next); err != nil {
		return reloadRefused, err
	}
	if err := r.server.use(ctx, next, r.now(), r.log); err != nil {
		return reloadFailed, err
	}
	r.use(next)
	r.record(ctx, inUse, next)
	return reloadAccepted, nil
}

// record writes the change down. It has happened already: what stands in the files is the operator's word, and a record
// that cannot be written is said and does not undo it.
func (r *reloader) record(ctx context.Context, before, after *catalog.Catalog) {
	entry := callers.Entry{
		Action: callers.CatalogueReloaded, Caller: callers.Console, Subject: after.ID,
		Details: map[string]string{"version": after.Version, "before": before.Version},
	}
	if err := callers.NewAudit(r.server.rooms.conn, time.Now).Record(ctx, entry); err != nil {
		r.log.Error("a change of the catalogue is not on record", "version", after.Version, "error", err)
	}
}

// breaking gives an error for the changes that stored figures do not fit.
func breaking(before, after *catalog.Catalog) error {
	var errs []error
	for _, c := range catalog.Diff(before, after) {
		if c.Effect == catalog.Breaking {
			errs = append(errs, fmt.Errorf("%s %s is %s: %s", c.Kind, c.ID, c.What, c.Means))
		}
	}
	return errors.Join(errs...)
}

// catalog is the one in use.
func (s *server) catalog() *catalog.Catalog { return s.rooms.query.Current().Catalog() }

// use puts another catalogue to use in all rooms. The intake comes first: it may take what
// nobody can ask for a moment, but nobody asks what cannot be taken. On an error the
// catalogue before stays in use.
func (s *server) use(ctx context.Context, c *catalog.Catalog, now time.Time, log *slog.Logger) error {
	inUse := s.catalog()
	next, err := s.rooms.query.With(c)
	if err != nil {
		return err
	}
	if err := s.rooms.ingest.Use(c); err != nil {
		return err
	}
	since, err := s.rooms.keep(ctx, c, now)
	if err == nil {
		err = s.http.Use(next)
	}
	if err != nil {
		return errors.Join(err, s.rooms.ingest.Use(inUse))
	}
	next.Accept(since)
	for _, change := range catalog.Diff(inUse, c) {
		log.Info("catalogue changed", "kind", change.Kind, "id", change.ID, "what", change.What, "effect", change.Effect, "means", change.Means)
	}
	return nil
}
