package callers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Action is what was done. Those of submissions and tasks come from the journal and are never recorded here.
type Action string

// The changes the record knows.
const (
	TokenAdded         Action = "token.added"
	TokenRevoked       Action = "token.revoked"
	BoundariesImported Action = "boundaries.imported"
	BoundariesRemoved  Action = "boundaries.removed"
	CatalogueReloaded  Action = "catalogue.reloaded"
	PublicationMade    Action = "publication.made"
	MessageSetAside    Action = "message.set_aside"
	MessageRetried     Action = "message.retried"
	MessageDropped     Action = "message.dropped"
	SubmissionAccepted Action = "submission.accepted" // read only, as all below
	SubmissionRefused  Action = "submission.refused"  // read to its end, and no row was taken
	FiguresRevised     Action = "figures.revised"     // cells that held something were given another content
	FiguresRetracted   Action = "figures.retracted"
	TaskAccepted       Action = "task.accepted"
)

// Actions lists them all.
func Actions() []Action {
	return []Action{
		TokenAdded, TokenRevoked, BoundariesImported, BoundariesRemoved, CatalogueReloaded, PublicationMade, MessageSetAside, MessageRetried, MessageDropped,
		SubmissionAccepted, SubmissionRefused, FiguresRevised, FiguresRetracted, TaskAccepted,
	}
}

// common are changes that whoever may read the record may know of.
var common = []string{string(BoundariesImported), string(BoundariesRemoved), string(CatalogueReloaded)}

// Entry is one change: who, what, when. It holds no secret and nothing about a person.
type Entry struct {
	At         time.Time         `json:"at"`
	Action     Action            `json:"action"`
	Caller     string            `json:"caller"`  // id of a caller; "console" on the machine itself, "drop" for its drop folder; "" for who came in before there were tokens
	Label      string            `json:"label"`   // of the caller's token
	Subject    string            `json:"subject"` // id of the token, the submission; task and assignee; boundary set, catalogue
	Request    string            `json:"request"`
	Submission string            `json:"submission"` // that brought the change, "" for what came by none
	Details    map[string]string `json:"details"`
}

// Entry is what somebody did to a subject.
func (w Who) Entry(action Action, subject string, details map[string]string) Entry {
	return w.entry(action, subject, details)
}

func (w Who) entry(action Action, subject string, details map[string]string) Entry {
	all := maps.Clone(w.Details)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, details)
	return Entry{Action: action, Caller: w.Caller, Subject: subject, Request: w.Request, Details: all}
}

// Audit is the append-only record of changes in the warehouse.
type Audit struct {
	conn driver.Conn
	now  func() time.Time
}

// NewAudit writes into the warehouse that conn is open to; now is the real clock.
func NewAudit(conn driver.Conn, now func() time.Time) *Audit { return &Audit{conn: conn, now: now} }

// Record adds an entry; an entry without a time has happened now. It is on the disk when Record returns. What must
// not happen unrecorded is recorded before it is done, as tokens are.
func (a *Audit) Record(ctx context.Context, e Entry) (err error) {
	if e.At.IsZero() {
		e.At = a.now()
	}
	if e.Details == nil {
		e.Details = map[string]string{}
	}
	batch, err := a.conn.PrepareBatch(ctx, statement("insert_audit"))
	if err != nil {
		return fmt.Errorf("audit record of %s: %w", e.Action, err)
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	if err = batch.Append(e.At.UTC(), string(e.Action), e.Caller, e.Subject, e.Request, e.Details); err == nil {
		err = batch.Send()
	}
	if err != nil {
		return fmt.Errorf("audit record of %s: %w", e.Action, err)
	}
	return nil
}
