package query

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// broken is no connection at all: every statement is a nil dereference, a defect of ours.
type broken struct{ driver.Conn }

// logbook collects a log that goroutines write to which nobody waits for.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A panic in a goroutine ends the process unless it is caught there: this test would not
// even fail.
func TestPanicIsAnError(t *testing.T) {
	var logged logbook
	s, err := New(Deps{Warehouse: broken{}, Catalog: tinyCatalog(), Set: tinySet(t), Now: func() time.Time { return local("2022-06-20 09:00") }, Log: slog.New(slog.NewTextHandler(&logged, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func() error{
		"values": func() error {
			_, err := s.Values(t.Context(), ValuesQuestion{Asked: Asked{Indicator: "card_rate"}})
			return err
		},
		"completion": func() error { _, err := s.Completion(t.Context(), CompletionQuestion{}); return err },
		"flows": func() error {
			_, err := s.Values(t.Context(), ValuesQuestion{Asked: Asked{Indicator: "online_rate"}})
			return err
		},
		"periods": func() error { _, err := s.Periods(t.Context(), "card_rate"); return err },
	} {
		if err := ask(); KindOf(err) != Internal {
			t.Errorf("%s gives %v, want an internal error", name, err)
		}
	}
	if !strings.Contains(logged.String(), "nil pointer dereference") || !strings.Contains(logged.String(), "warehouse.go") {
		t.Errorf("log does not say where: %s", logged.String())
	}
}

// All who wait for a read hear of its panic, the log only once.
func TestPanicOfASharedReadIsLoggedOnce(t *testing.T) {
	var logged logbook
	under := &flights{log: slog.New(slog.NewTextHandler(&logged, nil))}
	begun, end := make(chan struct{}), make(chan struct{})
	var askers sync.WaitGroup
	ask := func() {
		_, err := shared(t.Context(), under, "x", func(context.Context) (int, error) {
			close(begun)
			<-end
			panic("defect")
		})
		if KindOf(err) != Internal {
			t.Errorf("error is %v", err)
		}
	}
	askers.Go(ask)
	<-begun
	f := under.board(t.Context(), "x", nil) // joins the one under way
	close(end)
	if <-f.landed; KindOf(f.err) != Internal {
		t.Errorf("the second asker got %+v", f.err)
	}
	askers.Wait()
	if n := strings.Count(logged.String(), "panic=defect"); n != 1 {
		t.Errorf("logged %d times: %s", n, logged.String())
	}
}

// Collectors run in goroutines of the registry, where a panic is nobody's.
func TestPanicLeavesMetricsIncomplete(t *testing.T) {
	s, err := New(Deps{Warehouse: broken{}, Catalog: tinyCatalog(), Set: tinySet(t), Now: func() time.Time { return local("2022-06-20 09:00") }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	c := newCollector(s, 0)
	c.complete.Set(1)
	c.try("submissions", func() error { return c.submitted(t.Context(), s, exposition{}) })
	if got := testutil.ToFloat64(c.complete); got != 0 {
		t.Errorf("collection is complete: %v", got)
	}
}
