package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
	"github.com/toancanh/toancanh/query/httpapi/export"
)

// auditView is an entry whose details fill one cell of a file.
type auditView struct {
	At         time.Time      `json:"at"`
	Action     callers.Action `json:"action"`
	Caller     string         `json:"caller"`
	Label      string         `json:"label"`
	Subject    string         `json:"subject"`
	Request    string         `json:"request"`
	Submission string         `json:"submission"`
	Details    export.Facts   `json:"details"`
}

// audit answers who changed what, the newest first. Operators see the whole record; others what they did themselves, what everybody may know
// and what was sent, as far as the list of submissions shows it to them.
func (s *Server) audit(ctx context.Context, r *request) (any, error) {
	f := callers.Filter{
		Caller: r.text("caller"), Action: r.action(), Since: r.moment("from", false), Until: r.moment("to", true), Submission: r.text("submission"),
		Seen: r.seen(), Cursor: r.text("cursor"), Limit: r.number("limit", 1, maxPage, 50),
	}
	if !f.Since.IsZero() && !f.Until.IsZero() && f.Until.Before(f.Since) {
		r.refuse(badRequest("contradiction", "to", "“to” trước “from”.", "to is before from."))
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	if s.deps.Audit == nil {
		return nil, newProblem(http.StatusNotFound, "no_audit", "Máy chủ này không lưu nhật ký thay đổi.", "This server keeps no record of changes.")
	}
	list, next, err := s.deps.Audit.Page(ctx, f)
	switch {
	case errors.Is(err, callers.ErrCursor):
		return nil, unknownCursor()
	case err != nil && ctx.Err() == nil:
		p := unavailable("warehouse_unavailable", "Kho số liệu tạm thời không trả lời, hãy thử lại.", "The warehouse does not answer now, try again.", time.Second)
		p.cause = err
		return nil, p
	case err != nil:
		return nil, err
	}
	views := make([]auditView, len(list))
	for i, e := range list {
		if f.Seen != nil {
			delete(e.Details, "uid") // who works on the machine is the operators' to know
		}
		views[i] = auditView{e.At.In(r.now.Location()), e.Action, e.Caller, e.Label, e.Subject, e.Request, e.Submission, e.Details}
	}
	e := s.enveloped(views)
	e.Meta.NextCursor = next
	return e, nil
}

// seen is how much of the record of changes the caller may see; nil is all of it.
func (r *request) seen() *callers.Seen {
	if r.caller == nil || r.caller.Has(callers.Operator) {
		return nil
	}
	own := r.sender()
	if own == nil {
		return &callers.Seen{Caller: r.caller.ID, All: true}
	}
	return &callers.Seen{Caller: own.Caller, Agencies: own.Agencies}
}

// action reads a kind of change.
func (r *request) action() callers.Action {
	action, known := callers.Action(r.text("action")), callers.Actions()
	if action == "" || slices.Contains(known, action) {
		return action
	}
	names := make([]string, len(known))
	for i, a := range known {
		names[i] = string(a)
	}
	all := strings.Join(names, ", ")
	p := badRequest("unknown_action", "action", "Nhật ký không có loại thay đổi này.", "The record has no such kind of change.").with("Các loại: "+all+".", "Kinds: "+all+".")
	if near := catalog.Nearest(string(action), names); near != "" {
		p = p.with("Có phải bạn muốn dùng “"+near+"”?", "Did you mean “"+near+"”?")
	}
	r.refuse(p)
	return ""
}

// moment gives an instant, zero when absent. A day means its beginning, or its end.
func (r *request) moment(name string, end bool) time.Time {
	text, given := r.query[name]
	if !given {
		return time.Time{}
	}
	instant, err := time.Parse(time.RFC3339, strings.Replace(text, " ", "+", 1)) // a + in a query may arrive as a space
	if err == nil && instant.Year() >= catalog.FirstYear && instant.Year() <= catalog.LastYear {
		return instant
	}
	d, err := civil.ParseDate(text)
	if err != nil || !d.IsValid() || d.Year < catalog.FirstYear || d.Year > catalog.LastYear {
		r.refuse(badRequest("invalid_instant", name, "Thời điểm không hợp lệ.", "This is not an instant.").
			with("Viết 2022-11-20 hoặc 2022-11-20T09:30:00+07:00.", "Write 2022-11-20 or 2022-11-20T09:30:00+07:00."))
		return time.Time{}
	}
	if end {
		return d.AddDays(1).In(r.now.Location()).Add(-time.Millisecond)
	}
	return d.In(r.now.Location())
}
