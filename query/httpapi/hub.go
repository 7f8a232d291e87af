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

// hub fans changes out to listeners. It keeps recent changes, and each listener a place among them: publishing wakes listeners and
// waits for none, and what one has not taken yet costs nothing, however slow it is. It is merged when it is taken, by who
// takes it. A listener that lost its connection resumes at its place.
type hub struct {
	most  int
	keep  int
	gauge prometheus.Gauge

	mu        sync.Mutex
	uses      map[string][]string // measure > indicators whose formula uses it
	tasks     []string            // indicators over assignments
	recent    []changeEvent       // ascending, never written to
	gone      int                 // how many changes were before the first of recent
	listeners map[*listener]struct{}
	closed    chan struct{}
}

// listener is one open event stream.
type listener struct {
	area  *catalog.Area // what it may hear of; nil: everything
	wake  chan struct{} // holds one token when there is something to take
	next  int           // how many changes were before the next it takes; guarded by hub.mu
	anew  bool          // all that is shown is to be asked again; guarded by hub.mu
	least uint64        // at this data version or a later one; guarded by hub.mu
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
	h.forget(len(h.recent)) // who comes back later cannot be told what changed either
	for l := range h.listeners {
		l.anew, l.least = true, version
		l.rouse()
	}
}

// forget drops the oldest changes. They stay where they are, as listeners may be reading them.
func (h *hub) forget(n int) { h.recent, h.gone = h.recent[n:], h.gone+n }

func (l *listener) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
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

// merged makes one event of several in a row.
func merged(events []changeEvent) changeEvent {
	if len(events) == 1 {
		return events[0]
	}
	var all changeEvent
	anyUnit := false
	for _, e := range events {
		anyUnit = anyUnit || e.anyUnit()
		all.DataVersion = max(all.DataVersion, e.DataVersion)
		all.Indicators, all.Measures = union(all.Indicators, e.Indicators), union(all.Measures, e.Measures)
		if all.Units = union(all.Units, e.Units); len(all.Units) > maxUnitsTold {
			anyUnit = true
		}
		if anyUnit {
			all.Units = nil
		}
		all.From, all.To = pick(all.From, e.From, civil.Date.Before), pick(all.To, e.To, civil.Date.After)
		all.Tasks, all.Submissions = all.Tasks || e.Tasks, all.Submissions || e.Submissions
	}
	return all.tidy()
}

// union adds to a sorted list what is only in another.
func union(list, more []string) []string {
	for _, text := range more {
		if i, known := slices.BinarySearch(list, text); !known {
			list = slices.Insert(list, i, text)
		}
	}
	return list
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

// publish remembers a change and wakes every listener.
func (h *hub) publish(c ingest.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.recent = append(h.recent, h.event(c)); len(h.recent) > h.keep {
		h.forget(1)
	}
	for l := range h.listeners {
		l.rouse()
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

// news is what a listener was woken for.
type news int

const (
	nothing news = iota // that concerns it
	changed
	renewed // it has to begin anew, with another catalogue
	lost    // it was so slow that what changed meanwhile cannot be told any more
)

// take gives what a listener was woken for, all that came since it took before as one event. Of renewed and lost only the
// data version is meant.
func (h *hub) take(l *listener) (changeEvent, news) {
	events, version, kind := h.untaken(l)
	if kind != changed {
		return changeEvent{DataVersion: version}, kind
	}
	heard := make([]changeEvent, 0, len(events))
	for _, e := range events {
		if e, ok := e.within(l.area); ok {
			heard = append(heard, e)
		}
	}
	if len(heard) == 0 {
		return changeEvent{}, nothing
	}
	return merged(heard), changed
}

// untaken moves a listener to the end of the changes and gives those it passes, which are merged without the lock that
// publishing waits for.
func (h *hub) untaken(l *listener) (events []changeEvent, version uint64, kind news) {
	h.mu.Lock()
	defer h.mu.Unlock()
	end := h.gone + len(h.recent)
	from, anew := l.next, l.anew
	version = max(l.least, h.latest())
	l.next, l.anew, l.least = end, false, 0
	switch {
	case anew:
		return nil, version, renewed
	case from < h.gone:
		return nil, version, lost
	case from == end:
		return nil, 0, nothing
	}
	return h.recent[from-h.gone:], version, changed
}

// latest is the data version of the last change, 0 when there is none.
func (h *hub) latest() uint64 {
	if n := len(h.recent); n > 0 {
		return h.recent[n-1].DataVersion
	}
	return 0
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
	l = &listener{area: area, wake: make(chan struct{}, 1), next: h.gone + len(h.recent)}
	h.listeners[l] = struct{}{}
	h.gauge.Set(float64(len(h.listeners)))
	return l, h.latest(), true
}

func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
	h.gauge.Set(float64(len(h.listeners)))
}

// resume puts a listener behind the version it has seen. It is false when what came since cannot be told: seen is too long
// ago, of before this process, or of other data.
func (h *hub) resume(l *listener, seen, now uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seen == now {
		return true
	}
	if seen > now || len(h.recent) == 0 || seen < h.recent[0].DataVersion {
		return false
	}
	i := slices.IndexFunc(h.recent, func(e changeEvent) bool { return e.DataVersion > seen })
	if i >= 0 {
		l.next = min(l.next, h.gone+i)
		l.rouse()
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
