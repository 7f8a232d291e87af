package torture

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// natsStore names the environment variable that makes this test's binary a NATS server: of which directory. natsAt says where it listens.
const (
	natsStore = "TOANCANH_TORTURE_NATS"
	natsAt    = "TOANCANH_TORTURE_NATS_AT"
)

// serveNATS is the outside NATS server as an operator runs it, in a process of its own; it ends by a kill.
func serveNATS(store string) {
	host, port, err := net.SplitHostPort(os.Getenv(natsAt))
	if err == nil {
		o := &server.Options{
			ServerName: "torture", Host: host, MaxPayload: 8 << 20, JetStream: true, StoreDir: store, SyncAlways: true, NoSigs: true,
		}
		if o.Port, err = strconv.Atoi(port); err == nil {
			var s *server.Server
			if s, err = server.NewServer(o); err == nil {
				s.Start()
				s.WaitForShutdown()
			}
		}
	}
	fmt.Fprintln(os.Stderr, "nats:", err)
	os.Exit(1)
}

// natsProcess is that server under torture.
type natsProcess struct {
	t              *testing.T
	store, address string
	cmd            *exec.Cmd
}

func newNATS(t *testing.T) *natsProcess {
	n := &natsProcess{t: t, store: t.TempDir(), address: freeAddress(t)}
	t.Cleanup(func() { n.kill() })
	n.start()
	return n
}

func (n *natsProcess) start() {
	n.t.Helper()
	n.cmd = exec.Command(os.Args[0])
	n.cmd.Env = append(os.Environ(), natsStore+"="+n.store, natsAt+"="+n.address)
	n.cmd.Stderr = os.Stderr
	if err := n.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
}

func (n *natsProcess) kill() {
	_ = n.signal(syscall.SIGKILL)
	_ = n.cmd.Wait() // it was killed
}

func (n *natsProcess) signal(s syscall.Signal) error { return n.cmd.Process.Signal(s) }
