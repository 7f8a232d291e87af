package callers

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"sync"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// RefreshEvery is how soon a process notices a token that was added or taken back by another one.
const RefreshEvery = 2 * time.Second

// Registry is what a server process knows of the callers. It reads them all, and again every RefreshEvery; while
// the warehouse is away it goes on with what it knows. Expiry goes by the real clock, not the programme's.
type Registry struct {
	store   *Store
	catalog *catalog.Catalog
	now     func() time.Time
	log     *slog.Logger

	mu    sync.RWMutex
	known map[string]*kept
	moved chan struct{} // closed and replaced when anything about a caller changes
}

// NewRegistry is inert; Load must have succeeded before anybody is asked for a token.
func NewRegistry(store *Store, c *catalog.Catalog, now func() time.Time, log *slog.Logger) *Registry {
	return &Registry{store: store, catalog: c, now: now, log: log, known: map[string]*kept{}, moved: make(chan struct{})}
}

// Load reads the callers now.
func (r *Registry) Load(ctx context.Context) error {
	list, err := r.store.load(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known, changed := make(map[string]*kept, len(list)), len(list) != len(r.known)
	for i := range list {
		k := &list[i]
		if before := r.known[k.ID]; before != nil && before.Revoked.Equal(k.Revoked) {
			k = before // the same pointer as long as nothing changes
		} else {
			changed = true
			k.Held = r.held(k)
		}
		known[k.ID] = k
	}
	r.known = known
	if changed {
		close(r.moved)
		r.moved = make(chan struct{})
	}
	return nil
}

// held resolves the area of a caller. Units the catalogue does not have any more leave a caller that may see
// nothing, never one that may see everything.
func (r *Registry) held(k *kept) *catalog.Area {
	if len(k.Area) == 0 {
		return nil
	}
	area, err := r.catalog.Area(k.Area)
	if err != nil {
		r.log.Warn("the area of a token is not in the catalogue; it holds nothing", "caller", k.ID, "error", err)
		return &catalog.Area{}
	}
	return area
}

// Use resolves every area anew, in another version of the catalogue.
func (r *Registry) Use(c *catalog.Catalog) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.catalog = c
	for id, k := range r.known {
		renewed := *k // requests under way keep theirs
		renewed.Held = r.held(k)
		r.known[id] = &renewed
	}
	close(r.moved)
	r.moved = make(chan struct{})
}

// Run keeps the registry up to date until ctx ends.
func (r *Registry) Run(ctx context.Context) error {
	tick := time.NewTicker(RefreshEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		patience, cancel := context.WithTimeout(ctx, 5*RefreshEvery)
		err := r.Load(patience)
		cancel()
		if err != nil && !failing && ctx.Err() == nil { // once, not every two seconds
			r.log.Warn("tokens cannot be read; going on with those known", "error", err)
		}
		failing = err != nil
	}
}

// Configured tells whether a token was ever made. From then on everybody needs one: a server whose last token
// has expired is closed, not open.
func (r *Registry) Configured() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.known) > 0
}

// Moved gives a channel that closes when any caller changes.
func (r *Registry) Moved() <-chan struct{} {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.moved
}

// Bearer gives the caller of a token, or why it is not let in.
func (r *Registry) Bearer(token string) (*Caller, error) {
	found := tokenPattern.FindStringSubmatch(token)
	if found == nil {
		return nil, ErrUnknown
	}
	return r.recognise(found[1], token, func(k *kept) string { return k.tokenHash })
}

// Session gives the caller of what a browser keeps, or why it is not let in.
func (r *Registry) Session(session string) (*Caller, error) {
	found := sessionPattern.FindStringSubmatch(session)
	if found == nil {
		return nil, ErrUnknown
	}
	return r.recognise(found[1], session, func(k *kept) string { return k.sessionHash })
}

// recognise compares hashes in constant time. An id nobody has takes the same way, so that the answer
// takes as long.
func (r *Registry) recognise(id, secret string, hashOf func(*kept) string) (*Caller, error) {
	r.mu.RLock()
	k := r.known[id]
	r.mu.RUnlock()
	given, want := sha256.Sum256([]byte(secret)), ""
	if k != nil {
		want = hashOf(k)
	}
	if len(want) != len(given) {
		want = string(make([]byte, len(given)))
	}
	if subtle.ConstantTimeCompare(given[:], []byte(want)) != 1 || k == nil {
		return nil, ErrUnknown
	}
	if err := k.State(r.now()); err != nil {
		return nil, err
	}
	return &k.Caller, nil
}

// ByID gives a caller that is known by its id alone, on the machine itself, or why it would not be let in.
func (r *Registry) ByID(id string) (*Caller, error) {
	r.mu.RLock()
	k := r.known[id]
	r.mu.RUnlock()
	if k == nil {
		return nil, ErrUnknown
	}
	if err := k.State(r.now()); err != nil {
		return nil, err
	}
	return &k.Caller, nil
}

// Valid tells whether a caller that was let in still would be.
func (r *Registry) Valid(id string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	k := r.known[id]
	return k != nil && k.State(r.now()) == nil
}

// Callers lists all, valid or not, in no order.
func (r *Registry) Callers() []*Caller {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := make([]*Caller, 0, len(r.known))
	for _, k := range r.known {
		list = append(list, &k.Caller)
	}
	return list
}
