package ingest

import (
	"errors"
	"fmt"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// Kind says why a whole submission failed. The list is closed.
type Kind string

// What each kind asks of the sender, and the status that says so over HTTP.
const (
	Unreadable  Kind = "unreadable"              // 400: not this format, bad header, empty; correct it
	Interrupted Kind = "interrupted"             // 400: the body ended early; send all of it again
	TooLarge    Kind = "too_large"               // 413: split it
	Forbidden   Kind = "not_permitted"           // 403: not this sender's to send
	Conflict    Kind = "idempotency_conflict"    // 409: this key was used for other content
	InProgress  Kind = "idempotency_in_progress" // 409: this key is being received right now
	JournalFull Kind = "journal_full"            // 503: the warehouse is behind; wait RetryAfter
	Busy        Kind = "busy"                    // 503: too many submissions at once; wait RetryAfter
	Unavailable Kind = "unavailable"             // 503: starting, stopping or out of order, or NATS is away; wait RetryAfter
)

// Error is how Submit fails. No row of the submission is kept then, unless the answer of the journal got lost (Unavailable): sending
// the whole submission again is always safe and changes nothing that is there already.
type Error struct {
	Kind       Kind
	Text       catalog.Text // for the sender
	Field      string       // header column or parameter, "" when it concerns the whole
	Line       int          // line of the submission where reading stopped, 0 when not known
	RetryAfter time.Duration
	Err        error // the cause, for the log; nil when the sender's doing
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("ingest: %s: %v", e.Kind, e.Err)
	}
	return fmt.Sprintf("ingest: %s: %s", e.Kind, e.Text.En)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf tells the kind of an error of Submit, "" when it is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// How long a sender should wait before it tries again.
const (
	retrySoon  = 2 * time.Second
	retryLater = 15 * time.Second
)

func journalFull(err error) *Error {
	return &Error{Kind: JournalFull, RetryAfter: retryLater, Err: err, Text: catalog.Text{
		Vi: "Kho số liệu chưa kịp nhận và hàng đợi đã đầy; hãy gửi lại toàn bộ sau ít phút.",
		En: "The warehouse is behind and the journal is full; send all of it again in a moment.",
	}}
}

func noRoom(err error) *Error {
	return &Error{Kind: JournalFull, RetryAfter: retryLater, Err: err, Text: catalog.Text{
		Vi: "Đĩa của sổ nhận số liệu đã đầy; khi có chỗ sẽ nhận lại. Hãy gửi lại toàn bộ sau ít phút.",
		En: "The journal's disk is full; figures are taken again once there is room. Send all of it again in a moment.",
	}}
}

func unavailable(err error) *Error {
	return &Error{Kind: Unavailable, RetryAfter: retrySoon, Err: err, Text: catalog.Text{
		Vi: "Hệ thống đang khởi động hoặc dừng; hãy gửi lại sau giây lát.",
		En: "The service is starting or stopping; send again in a moment.",
	}}
}

func journalAway(err error) *Error {
	return &Error{Kind: Unavailable, RetryAfter: retrySoon, Err: err, Text: catalog.Text{
		Vi: "Sổ nhận số liệu tạm thời không kết nối được; hãy gửi lại toàn bộ sau giây lát.",
		En: "The journal cannot be reached at the moment; send all of it again in a moment.",
	}}
}

func busy() *Error {
	return &Error{Kind: Busy, RetryAfter: retrySoon, Text: catalog.Text{
		Vi: "Đang có quá nhiều lần gửi cùng lúc; hãy gửi lại sau giây lát.",
		En: "Too many submissions are being received; send again in a moment.",
	}}
}

func inProgress(err error) *Error {
	return &Error{Kind: InProgress, RetryAfter: retrySoon, Err: err, Text: catalog.Text{
		Vi: "Một lần gửi với cùng Idempotency-Key đang được nhận.",
		En: "A submission with the same Idempotency-Key is being received.",
	}}
}

func notPermitted(field, vi, en string) *Error {
	return &Error{Kind: Forbidden, Field: field, Text: catalog.Text{Vi: vi, En: en}}
}

func unreadable(field, vi, en string) *Error {
	return &Error{Kind: Unreadable, Field: field, Text: catalog.Text{Vi: vi, En: en}}
}
