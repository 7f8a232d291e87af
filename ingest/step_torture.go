//go:build torture

package ingest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
)

// stepSocket names the environment variable with the address of the harness (a Unix socket).
const stepSocket = "TOANCANH_TORTURE"

// steps is this process's line to the harness. The harness arms one step at a time ("arm 3 collected"); when that
// step is reached for the third time the goroutine says "reached" and is held until the harness says "go", or kills it.
type steps struct {
	mu    sync.Mutex
	line  net.Conn
	armed string
	left  int
	hold  chan struct{}
}

var harness = sync.OnceValue(func() *steps {
	s := &steps{}
	line, err := net.Dial("unix", os.Getenv(stepSocket))
	if err != nil {
		return s // nobody tortures: nothing is ever armed
	}
	s.line = line
	go s.obey()
	return s
})

// obey does what the harness says until it hangs up.
func (s *steps) obey() {
	in := bufio.NewScanner(s.line)
	for in.Scan() {
		verb, rest, _ := strings.Cut(in.Text(), " ")
		s.mu.Lock()
		if s.hold != nil { // whatever comes, nobody is held any longer
			close(s.hold)
			s.hold = nil
		}
		s.armed, s.left = "", 0
		if verb == "arm" {
			times, name, _ := strings.Cut(rest, " ")
			s.armed = name
			s.left, _ = strconv.Atoi(times)
		}
		s.mu.Unlock()
	}
}

func step(name string) {
	s := harness()
	s.mu.Lock()
	if s.armed != name {
		s.mu.Unlock()
		return
	}
	if s.left--; s.left > 0 {
		s.mu.Unlock()
		return
	}
	s.armed, s.hold = "", make(chan struct{})
	hold := s.hold
	s.mu.Unlock()
	if _, err := fmt.Fprintln(s.line, "reached"); err == nil {
		<-hold
	}
}
