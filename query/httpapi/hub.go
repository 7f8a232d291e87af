package httpapi

import (
	"slices"
	"sync"

	"github.com/golang-sql/civil"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/catalog"
)

// changeEvent is what listeners are told of a new data version.
type changeEvent struct {
	DataVersion uint64      `json:"data_version"`
	Indicators  []string    `json:"indicators"`
	Measures    []string    `json:"measures"`
	Units       []string    `json:"units"` // empty: any
	From        *civil.Date `json:"from"`
	To          *civil.Date `json:"to"`
	Tasks       bool        `json:"tasks"`
	Submissions bool        `json:"submissions"`
}

// maxUnitsTold bounds the units of one event; above it listeners take it that any may
// have changed.
const maxUnitsTold = 500

// hub fans changes out to listeners. Publishing never waits for a listener: each has
// room for one event, and what it has not taken yet is merged with what comes. It
// keeps recent changes, so that a listener that lost its connection misses nothing.
type hub struct {
	most  int
	keep  int
	gauge prometheus.Gauge

	mu        sync.Mutex
	uses      map[string][]string // measure > indicators whose formula uses it
	tasks     []string            // indicators over assignments
	recent    []changeEvent       // ascending
	listeners map[*listener]struct{}
	closed    chan struct{}
}

// listener is one open event stream.
type listener struct {
	area    *catalog.Area // what it may hear of; nil: everything
	wake    chan struct{} // holds one token when pending is set
	pending *changeEvent  // guarded by hub.mu
	renewed bool          // all that is shown is to be asked again; pending says at which version
}

func newHub(cfg Config, c *catalog.Catalog, gauge prometheus.Gauge) *hub {
	h := &hub{
		most: cfg.MaxListeners, keep: cfg.Recent, gauge: gauge,
		listeners: map[*listener]struct{}{}, closed: make(chan struct{}),
	}
	h.use(c)
	return h
}

// use learns which indicators what is sent touches.
func (h *hub) use(c *catalog.Catalog) {
	uses, tasks := map[string][]string{}, []string(nil)
	for _, indicator := range c.Indicators {
		if c.UsesTasks(indicator) {
			tasks = append(tasks, indicator.ID)
		}
		for _, measure := range c.MeasureUse(indicator) {
			uses[measure] = append(uses[measure], indicator.ID)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.uses, h.tasks = uses, tasks
}

// renew tells every listener to begin anew: what it shows rests on another catalogue.
func (h *hub) renew(version uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent = nil // who comes back later cannot be told what changed either
	for l := range h.listeners {
		l.renewed, l.pending = true, &changeEvent{DataVersion: version}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// event says which indicators a change touches.
func (h *hub) event(c ingest.Change) changeEvent {
	e := changeEvent{DataVersion: c.DataVersion, Measures: c.Measures, Units: c.Units, Tasks: c.Tasks, Submissions: c.Submissions}
	if c.From.IsValid() && c.To.IsValid() {
		e.From, e.To = &c.From, &c.To
	}
	for _, measure := range c.Measures {
		e.Indicators = append(e.Indicators, h.uses[measure]...)
	}
	if c.Tasks {
		e.Indicators = append(e.Indicators, h.tasks...)
	}
	return e.tidy()
}

// tidy sorts the lists, drops what stands twice, and gives up on too many units.
func (e changeEvent) tidy() changeEvent {
	for _, list := range []*[]string{&e.Indicators, &e.Measures, &e.Units} {
		*list = append([]string{}, *list...) // never shared, never null in JSON
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if len(e.Units) > maxUnitsTold {
		e.Units = []string{}
	}
	return e
}

// merge makes one event of two, e before later.
func (e changeEvent) merge(later changeEvent) changeEvent {
	anyUnit := e.anyUnit() || later.anyUnit()
	both := changeEvent{
		DataVersion: max(e.DataVersion, later.DataVersion),
		Indicators:  slices.Concat(e.Indicators, later.Indicators),
		Measures:    slices.Concat(e.Measures, later.Measures),
		Units:       slices.Concat(e.Units, later.Units),
		From:        pick(e.From, later.From, civil.Date.Before),
		To:          pick(e.To, later.To, civil.Date.After),
		Tasks:       e.Tasks || later.Tasks,
		Submissions: e.Submissions || later.Submissions,
	}.tidy()
	if anyUnit {
		both.Units = []string{}
	}
	return both
}

// anyUnit tells whether the event leaves open which units changed. One that only
// records a submission touches none.
func (e changeEvent) anyUnit() bool {
	return len(e.Units) == 0 && (len(e.Measures) > 0 || e.Tasks)
}

// pick gives the one of two optional days that is better.
func pick(a, b *civil.Date, better func(civil.Date, civil.Date) bool) *civil.Date {
	if a == nil || (b != nil && better(*b, *a)) {
		return b
	}
	return a
}

// publish remembers a change and hands it to every listener.
func (h *hub) publish(c ingest.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e := h.event(c)
	if h.recent = append(h.recent, e); len(h.recent) > h.keep {
		h.recent = slices.Delete(h.recent, 0, len(h.recent)-h.keep)
	}
	for l := range h.listeners {
		h.offer(l, e)
	}
}

// within leaves of an event what a listener held to an area may hear: the units inside. ok is false when nothing is
// left. An event that leaves open which units changed stays as it is: it names indicators and days, no unit and no figure.
func (e changeEvent) within(area *catalog.Area) (_ changeEvent, ok bool) {
	if area == nil || e.anyUnit() {
		return e, true
	}
	e.Units = slices.DeleteFunc(slices.Clone(e.Units), func(code string) bool { return !area.HoldsEver(code) })
	if len(e.Units) == 0 { // an empty list with measures would mean any unit
		e = changeEvent{DataVersion: e.DataVersion, Submissions: e.Submissions}.tidy()
	}
	return e, len(e.Units) > 0 || e.Submissions
}

func (h *hub) offer(l *listener, e changeEvent) {
	e, ok := e.within(l.area)
	if !ok {
		return
	}
	if l.pending != nil {
		e = l.pending.merge(e)
	}
	l.pending = &e
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take gives what a listener was woken for; renewed means that it has to begin anew.
func (h *hub) take(l *listener) (e changeEvent, renewed, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if l.pending == nil {
		return changeEvent{}, false, false
	}
	e, renewed = *l.pending, l.renewed
	l.pending, l.renewed = nil, false
	return e, renewed, true
}

// join adds a listener, false when there is no room. From then on it gets every
// change in its area; latest is the last one published before.
func (h *hub) join(area *catalog.Area) (l *listener, latest uint64, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.closed:
		return nil, 0, false
	default:
	}
	if len(h.listeners) >= h.most {
		return nil, 0, false
	}
	l = &listener{area: area, wake: make(chan struct{}, 1)}
	h.listeners[l] = struct{}{}
	h.gauge.Set(float64(len(h.listeners)))
	if n := len(h.recent); n > 0 {
		latest = h.recent[n-1].DataVersion
	}
	return l, latest, true
}

func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
	h.gauge.Set(float64(len(h.listeners)))
}

// resume puts before l what was published after version seen, as one event. It is
// false when that cannot be told: seen is too long ago, of before this process, or of
// other data.
func (h *hub) resume(l *listener, seen, now uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seen == now {
		return true
	}
	if seen > now || len(h.recent) == 0 || seen < h.recent[0].DataVersion {
		return false
	}
	for _, e := range h.recent {
		if e.DataVersion > seen {
			h.offer(l, e)
		}
	}
	return true
}

// close ends every stream. Further joins are refused.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.closed:
	default:
		close(h.closed)
	}
}
