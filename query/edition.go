package query

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// A Service answers with one catalogue, which never changes in it. With gives another one
// that shares the warehouse, what is known of it and all that is cached, and Accept puts it to use. Which catalogue a
// question as of an instant is answered with is the history's to say: the one accepted
// last by then. What may be seen is always today's rule, see guarded.

// history are the catalogues accepted here. It is shared by all services of a process.
type history struct {
	mu       sync.Mutex
	editions []edition               // by since, ascending
	current  atomic.Pointer[Service] // the service with the catalogue in use
}

// edition is a catalogue and when it was accepted, by the programme clock.
type edition struct {
	version string
	since   time.Time
}

// past are the services of earlier catalogues, under the disclosure rules of one service.
type past struct {
	mu       sync.Mutex
	services map[string]*Service // by version
}

// maxPast bounds how many earlier catalogues are kept ready.
const maxPast = 16

// accepted tells of a catalogue in use since an instant, which is kept as precisely as an as-of is asked.
func (h *history) accepted(version string, since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.editions = append(h.editions, edition{version, since.Truncate(time.Millisecond)})
	slices.SortStableFunc(h.editions, func(a, b edition) int { return a.since.Compare(b.since) })
}

func (h *history) learn(editions []edition) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.editions = editions
}

// at gives the version known at an instant: the last accepted by then. Before the first
// there was none, and questions are answered with the first. It is "" without any history.
func (h *history) at(asOf time.Time) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	version := ""
	for i, e := range h.editions {
		if i == 0 || !e.since.After(asOf) {
			version = e.version
		}
	}
	return version
}

// Current is the service accepted last, of all that share what this one has.
func (s *Service) Current() *Service { return s.history.current.Load() }

// Catalog is the catalogue questions about the present are answered with.
func (s *Service) Catalog() *catalog.Catalog { return s.deps.Catalog }

// Accept makes this service the one in use, for metrics too, since an instant of the
// programme clock. Questions under way end with the one they began with.
func (s *Service) Accept(since time.Time) {
	s.history.accepted(s.deps.Catalog.Version, since)
	s.history.current.Store(s)
}

// With gives a service that answers with another catalogue on the same boundary set. It
// is not in use before Accept.
func (s *Service) With(c *catalog.Catalog) (*Service, error) {
	next := *s
	next.deps.Catalog, next.past = c, &past{services: map[string]*Service{}}
	var err error
	if next.plans, err = newPlans(c); err != nil {
		return nil, err
	}
	if err = next.stand(s.layout.set); err != nil {
		return nil, err
	}
	next.assignments, err = newAssignments(&next, s.assignments)
	return &next, err
}

// knownAt gives the service with the catalogue known at an instant, s itself for the present.
func (s *Service) knownAt(ctx context.Context, asOf time.Time) (*Service, error) {
	if asOf.IsZero() {
		return s, nil
	}
	version := s.history.at(asOf)
	if version == "" || version == s.deps.Catalog.Version {
		return s, nil
	}
	s.past.mu.Lock()
	known, ok := s.past.services[version]
	s.past.mu.Unlock()
	if ok {
		return known, nil
	}
	then, err := s.readCatalogue(ctx, version)
	if err != nil {
		return nil, err
	}
	made, err := s.With(s.guarded(then))
	if err != nil {
		return nil, s.unreadable(version, err)
	}
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	if len(s.past.services) >= maxPast {
		clear(s.past.services)
	}
	s.past.services[version] = made
	return made, nil
}

// CatalogAt is the catalogue that questions as of an instant are answered with; of the
// present when zero.
func (s *Service) CatalogAt(ctx context.Context, asOf time.Time) (*catalog.Catalog, error) {
	known, err := s.knownAt(ctx, asOf)
	if err != nil {
		return nil, err
	}
	return known.deps.Catalog, nil
}

func (s *Service) readCatalogue(ctx context.Context, version string) (*catalog.Catalog, error) {
	var archive string
	err := s.warehouse.each(ctx, "catalogue", params{"version": version}, func(rows driver.Rows) error { return rows.Scan(&archive) })
	if err != nil {
		return nil, err
	}
	c, err := catalog.LoadArchive([]byte(archive))
	if err != nil {
		return nil, s.unreadable(version, err)
	}
	if s.deps.Catalog.Demonstration == nil {
		c = c.WithoutDemonstration()
	}
	return c, nil
}

// unreadable refuses an as-of whose catalogue this program does not understand any more:
// today's definitions would answer another question.
func (s *Service) unreadable(version string, err error) error {
	s.deps.Log.Error("an earlier catalogue cannot be used", "version", version, "error", err)
	return refused("catalogue_unreadable", "as_of", "Không đọc được danh mục có hiệu lực tại thời điểm này", "the catalogue known then cannot be read any more")
}

// guarded gives an earlier catalogue under the disclosure rules of today's where those are
// stricter: what is protected now is not given away by asking as of a day when it was not.
func (s *Service) guarded(then *catalog.Catalog) *catalog.Catalog {
	c, now := *then, s.deps.Catalog
	c.Disclosure.Threshold = max(then.Disclosure.Threshold, now.Disclosure.Threshold)
	c.Measures = slices.Clone(then.Measures)
	for i := range c.Measures {
		m := &c.Measures[i]
		today, ok := now.Measure(m.ID)
		if !ok || today.SensitiveBelow == "" {
			continue
		}
		if m.SensitiveBelow == "" || s.layout.rank[today.SensitiveBelow] < s.layout.rank[m.SensitiveBelow] {
			m.SensitiveBelow = today.SensitiveBelow
		}
		for _, dim := range today.SensitiveDims {
			if !slices.Contains(m.SensitiveDims, dim) {
				m.SensitiveDims = append(slices.Clone(m.SensitiveDims), dim)
			}
		}
	}
	return &c
}

// learnEditions reads which catalogues were accepted, and takes the service's for the one
// in use.
func (s *Service) learnEditions(ctx context.Context) error {
	var editions []edition
	err := s.warehouse.each(ctx, "catalogues", nil, func(rows driver.Rows) error {
		var e edition
		err := rows.Scan(&e.version, &e.since)
		editions = append(editions, e)
		return err
	})
	if err == nil {
		s.history.learn(editions)
	}
	return err
}
