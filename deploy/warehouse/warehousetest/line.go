package warehousetest

import (
	"context"
	"net"
	"net/url"
	"sync"
	"testing"

	"golang.org/x/time/rate"
)

// Line is the network between a program and ClickHouse: it can be slow, and it can swallow what is sent on the connections there are. It
// ends with the test.
type Line struct {
	// DSN is the address of ClickHouse through the line.
	DSN string

	to      string
	bytes   *rate.Limiter // of all connections, both ways
	ctx     context.Context
	working sync.WaitGroup

	mu    sync.Mutex
	dead  chan struct{} // closed when the connections of now fall silent
	conns []net.Conn
}

// lineChunk is what a line carries at a time, in bytes.
const lineChunk = 4096

// NewLine lays a fast line to the ClickHouse of a DSN.
func NewLine(t testing.TB, dsn string) *Line {
	t.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the address is malformed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{to: address.Host, bytes: rate.NewLimiter(rate.Inf, lineChunk), dead: make(chan struct{})}
	address.Host = listener.Addr().String()
	l.DSN = address.String()
	var cancel context.CancelFunc
	l.ctx, cancel = context.WithCancel(context.Background())
	l.working.Go(func() { l.serve(listener) })
	t.Cleanup(func() {
		cancel()
		_ = listener.Close() // ends serve
		l.closeAll()
		l.working.Wait()
	})
	return l
}

// Slow has the line carry so many bytes a second from now on, all connections together.
func (l *Line) Slow(bytes int) { l.bytes.SetLimit(rate.Limit(bytes)) }

// Fast has it carry as much as it can.
func (l *Line) Fast() { l.bytes.SetLimit(rate.Inf) }

// Swallow has the connections there are carry nothing any more, without being closed, as when something between has forgotten them. New
// ones are as usual.
func (l *Line) Swallow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.dead)
	l.dead = make(chan struct{})
}

func (l *Line) serve(listener net.Listener) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.to)
		if err != nil { // ClickHouse is away: so is what is behind the line
			_ = near.Close()
			continue
		}
		dead := l.keep(near, far)
		l.working.Go(func() { l.carry(near, far, dead) })
		l.working.Go(func() { l.carry(far, near, dead) })
	}
}

// keep remembers connections, to close them in the end.
func (l *Line) keep(conns ...net.Conn) (dead chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, conns...)
	return l.dead
}

func (l *Line) closeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close() // most have ended
	}
}

// carry takes what comes from one end to the other until either closes.
func (l *Line) carry(from, to net.Conn, dead <-chan struct{}) {
	defer from.Close()
	defer to.Close()
	for b := make([]byte, lineChunk); ; {
		n, err := from.Read(b)
		select {
		case <-dead:
			if err != nil {
				return
			}
			continue
		default:
		}
		if n > 0 && l.bytes.WaitN(l.ctx, n) != nil {
			return
		}
		if _, failed := to.Write(b[:n]); err != nil || failed != nil {
			return
		}
	}
}
