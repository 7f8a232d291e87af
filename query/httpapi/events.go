package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/query/httpapi/callers"
)

const eventsPath = "/api/v1/events"

// events streams changes until the reader leaves or the server stops. A reader that
// takes nothing for Config.WriteTimeout is dropped; browsers connect again by
// themselves and resume where they were.
func (s *Server) events(c *gin.Context, r *request) error {
	seen, resuming, err := lastEvent(r)
	if err != nil {
		return err
	}
	release, err := s.holdListener(c.Request.Context(), r.caller)
	if err != nil {
		return err
	}
	defer release()
	l, latest, ok := s.hub.join(r.area())
	if !ok {
		return unavailable("too_many_listeners", "Quá nhiều kết nối đang theo dõi.", "Too many event streams are open.", 10*time.Second)
	}
	defer s.hub.leave(l)

	c.Header("Content-Type", "text/event-stream; charset=utf-8")
	c.Header("X-Accel-Buffering", "no") // reverse proxies must not hold events back
	c.Status(http.StatusOK)
	w := &eventWriter{c: c, control: http.NewResponseController(c.Writer), timeout: s.cfg.WriteTimeout}
	version := max(s.deps.Query.Version(), latest)
	s.greet(w, l, version, seen, resuming)
	s.pump(c.Request.Context(), w, l, r.caller)
	return nil
}

// mayListen tells whether a stream, which shows its token once and stays open for months, may go on: not when the token has ended or
// a first token was made meanwhile. What it gives beside closes when that is to be asked again; a token that expires moves nothing,
// which is why a tick asks too.
func (s *Server) mayListen(caller *callers.Caller) (moved <-chan struct{}, may bool) {
	if s.deps.Callers == nil {
		return nil, true
	}
	moved = s.deps.Callers.Moved() // before the look: nothing between the two is missed
	return moved, caller == nil && !s.closed() || caller != nil && s.valid(caller.ID)
}

// lastEvent reads where a reader resumes.
func lastEvent(r *request) (seen uint64, resuming bool, err error) {
	text := r.header.Get("Last-Event-ID")
	if text == "" {
		return 0, false, nil
	}
	if seen, err = strconv.ParseUint(text, 10, 64); err != nil {
		return 0, false, invalidParameter("Last-Event-ID", "Cần mã của một sự kiện đã nhận.", "The id of an event received before is needed.")
	}
	return seen, true, nil
}

// greet says hello, and to a reader that comes back what it missed, or that this
// cannot be told any more (reset).
func (s *Server) greet(w *eventWriter, l *listener, version, seen uint64, resuming bool) {
	hello := s.hello(version)
	if !resuming {
		w.send("hello", strconv.FormatUint(version, 10), hello)
		return
	}
	w.send("hello", "", hello) // without an id: what follows has not been told yet
	if !s.hub.resume(l, seen, version) {
		w.send("reset", strconv.FormatUint(version, 10), hello)
	}
}

// pump writes events until the reader is gone or not to listen any longer, or the server stops.
func (s *Server) pump(ctx context.Context, w *eventWriter, l *listener, caller *callers.Caller) {
	tick := time.NewTicker(s.cfg.Tick)
	defer tick.Stop()
	moved, may := s.mayListen(caller)
	for w.err == nil && may {
		select {
		case <-l.wake:
			s.tell(w, l)
		case <-moved:
			moved, may = s.mayListen(caller)
		case <-tick.C:
			if moved, may = s.mayListen(caller); !may {
				return
			}
			w.comment("alive")
			w.send("tick", "", tickEvent{Now: s.programmeNow()})
		case <-s.hub.closed:
			return
		case <-ctx.Done():
			return
		}
	}
}

// tell writes what a listener was woken for.
func (s *Server) tell(w *eventWriter, l *listener) {
	e, kind := s.hub.take(l)
	version := strconv.FormatUint(e.DataVersion, 10)
	switch kind {
	case changed:
		w.send("change", version, e)
	case renewed:
		w.send("hello", version, s.hello(e.DataVersion))
	case lost:
		w.send("reset", version, s.hello(e.DataVersion))
	}
}

// hello says where a listener begins, or with which catalogue it has to begin anew.
func (s *Server) hello(version uint64) helloEvent {
	return helloEvent{DataVersion: version, Catalog: s.inUse.Load().deps.Catalog.Version, Now: s.programmeNow()}
}

type helloEvent struct {
	DataVersion uint64    `json:"data_version"`
	Catalog     string    `json:"catalog"`
	Now         time.Time `json:"now"`
}

type tickEvent struct {
	Now time.Time `json:"now"`
}

// programmeNow is programme time as it stands in answers.
func (s *Server) programmeNow() time.Time {
	return s.now().In(s.deps.Catalog.Location).Truncate(time.Millisecond)
}

// eventWriter writes the event-stream format and remembers the first failure.
type eventWriter struct {
	c       *gin.Context
	control *http.ResponseController
	timeout time.Duration
	err     error
}

func (w *eventWriter) send(event, id string, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		w.err = err
		return
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	w.write(fmt.Sprintf("event: %s\n%sdata: %s\n\n", event, id, text))
}

func (w *eventWriter) comment(text string) { w.write(": " + text + "\n\n") }

// write sends at once. The deadline is the machine's time, not the programme's; a
// connection that cannot have one (a test's recorder) goes without.
func (w *eventWriter) write(text string) {
	if w.err != nil {
		return
	}
	_ = w.control.SetWriteDeadline(time.Now().Add(w.timeout))
	if _, w.err = w.c.Writer.WriteString(text); w.err == nil {
		w.err = w.control.Flush()
	}
}
