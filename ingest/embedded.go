package ingest

import (
	"fmt"
	"log/slog"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// openJournal starts the server on its directory. The rows' stream is opened apart: a new one has to know first where
// the warehouse's sequence ends.
func openJournal(cfg Config, log *slog.Logger) (*journal, error) {
	ns, err := server.NewServer(&server.Options{
		ServerName: "toancanh-journal", DontListen: true, NoSigs: true, MaxPayload: maxPayload,
		JetStream: true, StoreDir: cfg.Dir, SyncAlways: true, JetStreamMaxStore: cfg.JournalBytes + 4*keysBytes,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, fmt.Errorf("ingest: journal in %s: %w", cfg.Dir, err)
	}
	ns.SetLoggerV2(serverLog{log}, false, false, false)
	j := &journal{names: embeddedNames, server: ns, log: log, dir: cfg.Dir}
	ns.Start()
	if !ns.ReadyForConnections(journalStart) {
		j.close()
		return nil, fmt.Errorf("ingest: journal in %s did not start within %s", cfg.Dir, journalStart)
	}
	if err := j.connect(); err != nil {
		j.close()
		return nil, fmt.Errorf("ingest: journal in %s: %w", cfg.Dir, err)
	}
	return j, nil
}

func (j *journal) connect() (err error) {
	if j.conn, err = nats.Connect("", nats.InProcessServer(j.server), nats.MaxReconnects(-1)); err != nil {
		return err
	}
	j.js, err = jetstream.New(j.conn, jetstream.WithPublishAsyncTimeout(journalStart))
	return err
}

// serverLog passes the embedded server's log on; its routine notices are for debugging.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(format string, v ...any) {
	l.log.Debug("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Warnf(format string, v ...any) {
	l.log.Warn("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Errorf(format string, v ...any) {
	l.log.Error("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Fatalf(format string, v ...any) {
	l.log.Error("journal: " + fmt.Sprintf(format, v...))
}
func (l serverLog) Debugf(format string, v ...any) {}
func (l serverLog) Tracef(format string, v ...any) {}
