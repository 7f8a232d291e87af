package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

// problem is an error as a user meets it (RFC 9457). Its code is stable; the cause is
// for the log only.
type problem struct {
	status     int
	code       string
	title      catalog.Text
	detail     catalog.Text
	hint       catalog.Text
	field      string
	retryAfter time.Duration
	challenge  string // WWW-Authenticate
	line       int    // of a submission
	cause      error
}

func (p *problem) Error() string {
	text := p.code + ": " + p.title.En
	if p.cause != nil {
		text += ": " + p.cause.Error()
	}
	return text
}

func (p *problem) Unwrap() error { return p.cause }

// title names every status the server fails with.
func title(status int) catalog.Text {
	switch status {
	case http.StatusBadRequest:
		return catalog.Text{Vi: "Yêu cầu không hợp lệ", En: "The request cannot be understood"}
	case http.StatusUnauthorized:
		return catalog.Text{Vi: "Cần mã truy cập", En: "An access token is needed"}
	case http.StatusTooManyRequests:
		return catalog.Text{Vi: "Quá nhiều yêu cầu", En: "Too many requests"}
	case http.StatusForbidden:
		return catalog.Text{Vi: "Không được phép", En: "Not permitted"}
	case http.StatusNotFound:
		return catalog.Text{Vi: "Không tìm thấy", En: "Not found"}
	case http.StatusMethodNotAllowed:
		return catalog.Text{Vi: "Phương thức không được hỗ trợ", En: "Method not allowed"}
	case http.StatusConflict:
		return catalog.Text{Vi: "Xung đột", En: "Conflict"}
	case http.StatusRequestEntityTooLarge:
		return catalog.Text{Vi: "Nội dung gửi quá lớn", En: "Too much was sent"}
	case http.StatusRequestURITooLong:
		return catalog.Text{Vi: "Địa chỉ quá dài", En: "The address is too long"}
	case http.StatusUnsupportedMediaType:
		return catalog.Text{Vi: "Định dạng không được hỗ trợ", En: "Unsupported format"}
	case http.StatusMisdirectedRequest:
		return catalog.Text{Vi: "Sai tên máy chủ", En: "Wrong host name"}
	case http.StatusUnprocessableEntity:
		return catalog.Text{Vi: "Không thể đáp ứng", En: "This cannot be done"}
	case http.StatusServiceUnavailable:
		return catalog.Text{Vi: "Tạm thời chưa phục vụ được", En: "Not available right now"}
	}
	return catalog.Text{Vi: "Lỗi máy chủ", En: "The server failed"}
}

func newProblem(status int, code, vi, en string) *problem {
	return &problem{status: status, code: code, title: title(status), detail: catalog.Text{Vi: vi, En: en}}
}

func (p *problem) at(field string) *problem { p.field = field; return p }

func (p *problem) with(vi, en string) *problem { p.hint = catalog.Text{Vi: vi, En: en}; return p }

func badRequest(code, field, vi, en string) *problem {
	return newProblem(http.StatusBadRequest, code, vi, en).at(field)
}

func unknownCursor() *problem {
	return badRequest("unknown_cursor", "cursor", "Con trỏ trang không hợp lệ.", "This is no cursor of a page.").
		with("Dùng meta.next_cursor của trang trước, cùng địa chỉ này.", "Take meta.next_cursor of the page before, of this address.")
}

func unavailable(code, vi, en string, retryAfter time.Duration) *problem {
	p := newProblem(http.StatusServiceUnavailable, code, vi, en)
	p.retryAfter = retryAfter
	return p
}

// explain turns any error into what the user is told. Errors it does not know are
// the server's own fault, and nothing of them is shown.
func explain(err error) *problem {
	var (
		known *problem
		asked *query.Error
		sent  *ingest.Error
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &sent):
		return explainIntake(sent)
	case errors.Is(err, context.DeadlineExceeded): // before what the question made of it
		p := unavailable("timeout", "Câu hỏi mất quá nhiều thời gian.", "The question took too long.", 2*time.Second)
		return p.with("Hỏi ít đơn vị hoặc ít kỳ hơn.", "Ask fewer units or periods.")
	case errors.As(err, &asked):
		return explainQuestion(asked)
	}
	p := newProblem(http.StatusInternalServerError, "internal", "Máy chủ gặp lỗi; lỗi đã được ghi lại.", "The server met an error; it has been logged.")
	p.cause = err
	return p
}

func explainQuestion(e *query.Error) *problem {
	statuses := map[query.Kind]int{
		query.NotFound:    http.StatusNotFound,
		query.Invalid:     http.StatusBadRequest,
		query.Refused:     http.StatusUnprocessableEntity,
		query.Unavailable: http.StatusServiceUnavailable,
	}
	status, ok := statuses[e.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	p := newProblem(status, e.Code, e.Text.Vi, e.Text.En).at(e.Field).with(e.Hint.Vi, e.Hint.En)
	if status >= http.StatusInternalServerError {
		p.cause, p.retryAfter = e, 2*time.Second
	}
	return p
}

func explainIntake(e *ingest.Error) *problem {
	statuses := map[ingest.Kind]int{
		ingest.Unreadable:  http.StatusBadRequest,
		ingest.Interrupted: http.StatusBadRequest,
		ingest.TooLarge:    http.StatusRequestEntityTooLarge,
		ingest.Forbidden:   http.StatusForbidden,
		ingest.Conflict:    http.StatusConflict,
		ingest.InProgress:  http.StatusConflict,
		ingest.JournalFull: http.StatusServiceUnavailable,
		ingest.Busy:        http.StatusServiceUnavailable,
		ingest.Unavailable: http.StatusServiceUnavailable,
	}
	status, ok := statuses[e.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	p := newProblem(status, string(e.Kind), e.Text.Vi, e.Text.En).at(e.Field)
	p.line, p.retryAfter = e.Line, e.RetryAfter
	if status == http.StatusServiceUnavailable {
		p.retryAfter = max(p.retryAfter, time.Second)
	}
	if e.Err != nil && status >= http.StatusInternalServerError {
		p.cause = e
	}
	return p
}

// problemBody is the document that is sent.
type problemBody struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Code     string `json:"code"`
	Field    string `json:"field,omitempty"`
	Hint     string `json:"hint,omitempty"`
	Instance string `json:"instance,omitempty"`
	Line     int    `json:"line,omitempty"`
}

func (p *problem) body(lang, instance string) problemBody {
	return problemBody{
		Type: "/problems/" + p.code, Title: p.title.In(lang), Status: p.status, Detail: p.detail.In(lang), Code: p.code,
		Field: p.field, Hint: p.hint.In(lang), Instance: instance, Line: p.line,
	}
}

// statusClientGone is what the metrics show when nobody waits for the answer any more.
const statusClientGone = 499

// fail is the one place that writes a failure. The cause is logged here, once.
func (s *Server) fail(c *gin.Context, err error) {
	defer c.Abort()
	if gone(c, err) {
		c.Status(statusClientGone)
		return
	}
	p := explain(err)
	s.metrics.problems.WithLabelValues(p.code).Inc() // codes are a closed list
	if p.cause != nil && s.worthSaying(p) {
		s.log.Error("request failed", "request", requestOf(c), "route", routeOf(c), "code", p.code, "error", p.cause)
	}
	if c.Writer.Written() {
		return // a stream broke; its reader sees the end
	}
	if p.challenge != "" {
		c.Header("WWW-Authenticate", p.challenge)
	}
	if p.retryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	s.writeProblem(c, p.status, p.body(languageOf(c), c.Request.URL.EscapedPath()))
}

// worthSaying tells whether a failure goes into the log. Of what senders meet while the journal takes nothing one in a while does: they
// all come again and again, and would bury the reason; the metrics count them.
func (s *Server) worthSaying(p *problem) bool {
	if p.code != string(ingest.JournalFull) && p.code != string(ingest.Unavailable) {
		return true
	}
	return s.refusals.Allow()
}

// gone tells whether nobody waits for the answer any more. A sender that stalled ends
// its request too, but may still be there to hear what became of its rows.
func gone(c *gin.Context, err error) bool {
	var sent *ingest.Error
	return errors.Is(c.Request.Context().Err(), context.Canceled) && !errors.As(err, &sent)
}

func (s *Server) writeProblem(c *gin.Context, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		s.log.Error("problem cannot be written", "error", err)
	}
	c.Header("Cache-Control", string(unstored))
	c.Writer.Header().Add("Vary", "Accept-Language")
	c.Data(status, "application/problem+json", text)
}
