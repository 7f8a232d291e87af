package query

import (
	"context"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// versions remembers up to which journal sequence the warehouse was read, in all and
// by what it touched. Numbers only grow.
type versions struct {
	mu       sync.Mutex
	highest  uint64
	measures map[string]touch
	tasks    touch
	words    uint64        // how often something was learnt
	raised   chan struct{} // closed and replaced when highest grows
}

// touch is the last change of something. The generation grows with every word of a
// change, also of a version known already: what was cached between a look into the
// warehouse and the end of a batch may be half of it.
type touch struct{ version, generation uint64 }

func (t touch) to(version uint64) touch {
	return touch{max(t.version, version), t.generation + 1}
}

func newVersions() *versions {
	return &versions{measures: map[string]touch{}, raised: make(chan struct{})}
}

func (v *versions) raise(version uint64, measures []string, tasks bool) {
	touched := make(map[string]uint64, len(measures))
	for _, m := range measures {
		touched[m] = version
	}
	var ofTasks uint64
	if tasks {
		ofTasks = version
	}
	v.learn(version, touched, ofTasks)
}

// learn takes all numbers in at once: who waits for the highest must not meet an old
// one of a measure.
func (v *versions) learn(highest uint64, measures map[string]uint64, tasks uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.words++
	for id, version := range measures {
		v.measures[id] = v.measures[id].to(version)
	}
	if tasks > 0 {
		v.tasks = v.tasks.to(tasks)
	}
	if highest > v.highest {
		v.highest = highest
		close(v.raised)
		v.raised = make(chan struct{})
	}
}

func (v *versions) current() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.highest
}

func (v *versions) ofMeasure(id string) touch {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.measures[id]
}

func (v *versions) ofTasks() touch {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.tasks
}

// ahead gives a channel that closes at the next raise, nil when version is reached.
func (v *versions) ahead(version uint64) <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.highest >= version {
		return nil
	}
	return v.raised
}

// Start learns from the warehouse the data version, and which catalogues were accepted.
func (s *Service) Start(ctx context.Context) error {
	if err := s.learnEditions(ctx); err != nil {
		return err
	}
	return s.Refresh(ctx)
}

// Refresh learns what the warehouse holds now. A process whose figures are all written by
// itself hears of them through Applied and need not call it again.
//
// The record of a submission is written last. What lies behind the last one is a batch that a
// stop left half written: it is not part of the version, so that whoever sees something of it
// hears of its end as of any other batch.
func (s *Service) Refresh(ctx context.Context) error {
	var highest, complete, tasks uint64
	measures := map[string]uint64{}
	err := s.warehouse.each(ctx, "versions", nil, func(rows driver.Rows) error {
		var kind, id string
		var version uint64
		if err := rows.Scan(&kind, &id, &version); err != nil {
			return err
		}
		highest = max(highest, version)
		switch kind {
		case "measure":
			measures[id] = version
		case "task":
			tasks = version
		default:
			complete = version
		}
		return nil
	})
	if err != nil {
		return err
	}
	if complete == 0 { // rows that no submission brought
		complete = highest
	}
	for id, version := range measures {
		measures[id] = min(version, complete)
	}
	s.versions.learn(complete, measures, min(tasks, complete))
	return nil
}

// Applied tells that everything up to a data version is in the warehouse, and which
// measures and whether task reports came with it. Answers about other measures stay
// cached; older answers about these are forgotten by their age.
func (s *Service) Applied(version uint64, measures []string, tasks bool) {
	s.versions.raise(version, measures, tasks)
}

// Heard is the highest data version answers rest on, and how often word of a change has
// come: of one version it may come twice, and what was answered between may be half of it.
func (s *Service) Heard() (version, words uint64) {
	s.versions.mu.Lock()
	defer s.versions.mu.Unlock()
	return s.versions.highest, s.versions.words
}

// Version is the highest data version answers rest on.
func (s *Service) Version() uint64 { return s.versions.current() }

// IndicatorVersion is the highest data version that touched an indicator; 0 for an
// unknown one. Between two equal ones its answers differ only by the day they are
// asked on.
func (s *Service) IndicatorVersion(indicator string) uint64 {
	p, ok := s.plans[indicator]
	if !ok {
		return 0
	}
	var highest uint64
	for _, leaf := range p.leaves() {
		if leaf.ofTasks() {
			highest = max(highest, s.versions.ofTasks().version)
		}
		for _, t := range leaf.terms {
			highest = max(highest, s.versions.ofMeasure(t.slice.measure.ID).version)
		}
	}
	return highest
}

// refreshEvery is how often a waiting question looks into the warehouse, where another
// process may have written.
const refreshEvery = 200 * time.Millisecond

// WaitVersion waits until answers rest on at least a data version. Only a service that
// follows the warehouse looks there: one that hears of batches through Applied would see
// the first half of a batch too early.
func (s *Service) WaitVersion(ctx context.Context, version uint64) error {
	look := make(<-chan time.Time)
	if s.deps.FollowWarehouse {
		ticker := time.NewTicker(refreshEvery)
		defer ticker.Stop()
		look = ticker.C
	}
	for {
		raised := s.versions.ahead(version)
		if raised == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-raised:
		case <-look:
			if err := s.Refresh(ctx); err != nil {
				return err
			}
		}
	}
}
