package httpapi

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/ingest"
)

// idle is an event stream over a connection of its own, read by hand: it costs the test next to nothing, so that what is measured is
// the server's.
type idle struct {
	conn net.Conn
	in   *bufio.Reader
}

func (i *idle) open(t testing.TB, address, after string) {
	t.Helper()
	var err error
	if i.conn, err = net.Dial("tcp", address); err != nil {
		t.Fatal(err)
	}
	i.in = bufio.NewReaderSize(i.conn, 16)
	request := "GET " + eventsPath + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n"
	if after != "" {
		request += "Last-Event-ID: " + after + "\r\n"
	}
	if _, err = i.conn.Write([]byte(request + "\r\n")); err != nil {
		t.Fatal(err)
	}
}

// next gives the name and id of the next event; the minute is there so that a fault fails rather than hangs.
func (i *idle) next(t testing.TB) (e event) {
	t.Helper()
	_ = i.conn.SetReadDeadline(time.Now().Add(time.Minute))
	for {
		line, err := i.in.ReadString('\n')
		if err != nil {
			t.Fatalf("after %+v: %v", e, err)
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
			return e
		}
	}
}

// want reads the next event of every stream; ticks, which come when they come, are passed over unless they are wanted.
func wantOfAll(t testing.TB, all []idle, name, id string) {
	t.Helper()
	for n := range all {
		e := all[n].next(t)
		for e.name == "tick" && name != "tick" {
			e = all[n].next(t)
		}
		if e.name != name || e.id != id {
			t.Fatalf("listener %d got %+v, want %s %s", n, e, name, id)
		}
	}
}

// held is what the program holds, in bytes, of heap and stacks.
func held() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// perListener bounds what an idle stream may hold, in bytes, the little that the test holds of each included. See README for what was measured.
const perListener = 64 << 10

// TestThousandsListen opens thousands of streams over real connections. Each hears every change once, and signs of life; all come
// back where they were after they were cut off; what they hold is bounded, and given back when they leave.
func TestThousandsListen(t *testing.T) {
	many := 5000
	if testing.Short() {
		many = 500
	}
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.MaxListeners, c.Tick = many, 2*time.Second })
	address := strings.TrimPrefix(running(t, h), "http://")
	all := make([]idle, many)
	empty := held()
	for n := range all {
		all[n].open(t, address, "")
		defer func() { all[n].conn.Close() }()
	}
	wantOfAll(t, all, "hello", "0")
	each := (held() - empty) / uint64(many)
	t.Logf("%d listeners hold %d bytes each", many, each)
	if each > perListener {
		t.Errorf("a listener holds %d bytes, more than %d", each, perListener)
	}
	if r := h.get(eventsPath); r.Code != http.StatusServiceUnavailable {
		t.Errorf("one too many is answered %d", r.Code)
	}

	h.Changed(ingest.Change{DataVersion: 1, Measures: []string{"vneid_activated"}, Units: []string{tichSon}})
	wantOfAll(t, all, "change", "1")
	wantOfAll(t, all, "tick", "")
	h.Changed(ingest.Change{DataVersion: 2, Measures: []string{"vneid_activated"}, Units: []string{tichSon}})
	wantOfAll(t, all, "change", "2") // and not 1 once more

	for n := range all {
		all[n].conn.Close()
	}
	h.Changed(ingest.Change{DataVersion: 3, Measures: []string{"vneid_activated"}, Units: []string{tichSon}})
	h.Changed(ingest.Change{DataVersion: 4, Measures: []string{"chip_card_holders"}, Units: []string{lienBao}})
	h.left(t)
	for n := range all {
		all[n].open(t, address, "2")
	}
	wantOfAll(t, all, "hello", "")
	for n := range all {
		e := all[n].next(t)
		for e.name == "tick" {
			e = all[n].next(t)
		}
		if e.name != "change" || e.id != "4" || !strings.Contains(e.data, `"units":["08707","08710"]`) || !strings.Contains(e.data, `"indicators":["chip_card_rate","vneid_rate"]`) {
			t.Fatalf("listener %d resumes with %+v", n, e)
		}
	}
}

// left waits until every listener has been let go.
func (h *house) left(t testing.TB) {
	t.Helper()
	for patience := time.Now().Add(time.Minute); ; runtime.Gosched() {
		h.hub.mu.Lock()
		n := len(h.hub.listeners)
		h.hub.mu.Unlock()
		if n == 0 {
			return
		}
		if time.Now().After(patience) {
			t.Fatalf("%d listeners are still held", n)
		}
	}
}

// TestSlowListenersHoldUpNobody: some take nothing, until the buffers of their connections are full, while others hear of every change
// before the next is made. What the slow ones then read is told in fewer events, and nothing of it is missing.
func TestSlowListenersHoldUpNobody(t *testing.T) {
	h := emptyHouse(t, func(c *Config, _ *Deps) { c.Tick, c.WriteTimeout, c.Recent = time.Hour, time.Minute, 4000 })
	address := strings.TrimPrefix(running(t, h), "http://")
	fast, slow := make([]idle, 8), make([]idle, 2)
	for n := range fast {
		fast[n].open(t, address, "")
		fast[n].in = bufio.NewReaderSize(fast[n].conn, 8<<10)
		defer fast[n].conn.Close()
	}
	for n := range slow {
		slow[n].open(t, address, "")
		defer slow[n].conn.Close()
	}
	wantOfAll(t, fast, "hello", "0")
	wantOfAll(t, slow, "hello", "0")
	units := make([]string, maxUnitsTold-1)
	for i := range units {
		units[i] = fmt.Sprintf("%05d", i)
	}
	const changes = 3000 // 4 kB each: more than a connection takes without a reader
	for v := uint64(1); v <= changes; v++ {
		h.Changed(ingest.Change{DataVersion: v, Measures: []string{"vneid_activated"}, Units: units})
		wantOfAll(t, fast, "change", fmt.Sprint(v))
	}
	for n := range slow {
		slow[n].in = bufio.NewReaderSize(io.MultiReader(slow[n].in, slow[n].conn), 64<<10)
		events, last := 0, event{}
		for last.id != fmt.Sprint(changes) {
			e := slow[n].next(t)
			if e.name != "change" {
				t.Fatalf("a slow listener got %+v", e)
			}
			last = e
			events++
		}
		if events >= changes {
			t.Errorf("the slow listener was never slow: %d events", events)
		}
		t.Logf("%d changes in %d events", changes, events)
	}
}
