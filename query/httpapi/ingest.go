package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// ingest takes one submission. The body is streamed, so its size is the intake's to
// bound; a sender that stalls is dropped. One that waits for its rows to be queryable
// is held for Config.QueryableWait after the last byte, then told that they are durable.
func (s *Server) ingest(c *gin.Context, r *request) error {
	release, err := s.holdIntake(c.Request.Context(), r.caller)
	if err != nil {
		return err
	}
	defer release()
	if err := s.limitBody(c.Writer, c.Request, r.caller); err != nil {
		return err
	}
	in, err := s.intake(c, r)
	if err != nil {
		return err
	}
	in.Submission = requestOf(c)
	if r.caller != nil {
		in.Caller, in.Permit = r.caller.ID, PermitOf(r.caller)
	}
	marked, release, err := s.annotates(r, &in)
	if err != nil {
		return err
	}
	defer release()
	control := http.NewResponseController(c.Writer)
	_ = control.SetWriteDeadline(time.Time{}) // a large body may take long; a test's recorder has no deadlines
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	if in.Wait {
		in.Body = &endingReader{body: in.Body, ended: func() { time.AfterFunc(s.cfg.QueryableWait, cancel) }}
	}
	receipt, err := s.deps.Ingest.Submit(ctx, in)
	_ = control.SetWriteDeadline(time.Now().Add(s.cfg.WriteTimeout))
	if err != nil {
		return tooLargeFor(err)
	}
	if receipt.Queryable { // the pipeline has applied it; questions follow at once
		receipt.Queryable = s.deps.Query.WaitVersion(ctx, receipt.DataVersion) == nil
	}
	if marked != nil {
		if err := s.writeAnnotated(c, r.lang, statusOf(receipt), receipt, marked); !errors.Is(err, errNotMarked) {
			return err
		}
	}
	return s.writeReceipt(c, r.lang, receipt)
}

// PermitOf says what a caller may send; reporters and approvers alone may send anything (Sends).
func PermitOf(caller *callers.Caller) *ingest.Permit {
	return &ingest.Permit{Agencies: caller.Agencies, Area: caller.Held, Approves: caller.Role == callers.Approver}
}

// tooLargeFor says of a body that was cut off at the caller's limit that it is too large, not that it broke off.
func tooLargeFor(err error) error {
	var cut *http.MaxBytesError
	if !errors.As(err, &cut) {
		return err
	}
	p := bodyTooLarge(cut.Limit)
	var sent *ingest.Error
	if errors.As(err, &sent) {
		p.line = sent.Line
	}
	return p
}

// intake reads everything of a submission but its body.
func (s *Server) intake(c *gin.Context, r *request) (ingest.Intake, error) {
	dataset := ingest.Dataset(r.path("dataset"))
	if !slices.Contains([]ingest.Dataset{ingest.Observations, ingest.Population, ingest.TaskProgress}, dataset) {
		return ingest.Intake{}, newProblem(http.StatusNotFound, "unknown_dataset", "Không có bộ dữ liệu này.", "There is no such dataset.").
			at("dataset").with("Các bộ: observations, population, task-progress.", "Datasets: observations, population, task-progress.")
	}
	if wait := r.text("wait"); wait != "" && wait != "stored" && wait != "queryable" {
		return ingest.Intake{}, invalidParameter("wait", "wait là stored hoặc queryable.", "wait is stored or queryable.")
	}
	if dry := r.text("dry_run"); dry != "" && dry != "0" && dry != "1" {
		return ingest.Intake{}, invalidParameter("dry_run", "dry_run là 0 hoặc 1.", "dry_run is 0 or 1.")
	}
	format, err := formatOf(c.GetHeader("Content-Type"))
	if err != nil {
		return ingest.Intake{}, err
	}
	encoding, err := encodingOf(c.GetHeader("Content-Encoding"))
	if err != nil {
		return ingest.Intake{}, err
	}
	agency, err := s.reportingAgency(r)
	body := &patientReader{body: c.Request.Body, control: http.NewResponseController(c.Writer), timeout: s.cfg.ReadTimeout}
	return ingest.Intake{
		Dataset: dataset, Format: format, Encoding: encoding, Body: body, Agency: agency, IdempotencyKey: c.GetHeader("Idempotency-Key"),
		Demonstration: s.deps.Catalog.Demonstration != nil, Wait: r.text("wait") == "queryable", DryRun: r.text("dry_run") == "1",
	}, err
}

// formatOf maps a Content-Type; curl's default for --data-binary is refused with a
// hint, as guessing would turn a CSV into thousands of rejected rows.
func formatOf(contentType string) (ingest.Format, error) {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if charset := strings.ToLower(params["charset"]); err == nil && (charset == "" || charset == "utf-8") {
		switch mediaType {
		case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines":
			return ingest.NDJSON, nil
		case "text/csv":
			return ingest.CSV, nil
		case "application/json":
			return ingest.JSON, nil
		case workbookType:
			return ingest.XLSX, nil
		}
	}
	return "", newProblem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Content-Type không được hỗ trợ.", "This Content-Type is not taken.").
		at("Content-Type").with("Dùng application/x-ndjson, application/json (một danh sách), text/csv, mã UTF-8, hoặc "+workbookType+".", "Use application/x-ndjson, application/json (a list) or text/csv, in UTF-8, or "+workbookType+".")
}

// Sends tells whether a caller may send anything.
func Sends(caller *callers.Caller) bool { return caller.Has(admits[senders]...) }

// AgencyOf is the agency a caller reports for when it names none: its only one.
func AgencyOf(caller *callers.Caller) string {
	if caller != nil && len(caller.Agencies) == 1 {
		return caller.Agencies[0]
	}
	return ""
}

// reportingAgency reads X-Agency against the catalogue. A caller with a single agency need not name it.
func (s *Server) reportingAgency(r *request) (string, error) {
	id := r.header.Get("X-Agency")
	if id == "" {
		return AgencyOf(r.caller), nil
	}
	var known []string
	for _, a := range s.deps.Catalog.Agencies {
		if a.ID == id {
			return id, nil
		}
		known = append(known, a.ID)
	}
	p := badRequest("unknown_agency", "X-Agency", "Không có cơ quan này.", "There is no such agency.")
	if near := catalog.Nearest(clip(id, 64), known); near != "" {
		p = p.with("Có phải bạn muốn dùng “"+near+"”?", "Did you mean “"+near+"”?")
	}
	return "", p
}

// encodingOf maps a Content-Encoding; the intake undoes it, under its own limits.
func encodingOf(header string) (ingest.Encoding, error) {
	switch strings.ToLower(header) {
	case "", "identity":
		return ingest.Plain, nil
	case "gzip", "x-gzip":
		return ingest.Gzip, nil
	case "zstd":
		return ingest.Zstd, nil
	}
	return "", newProblem(http.StatusUnsupportedMediaType, "unsupported_encoding", "Content-Encoding không được hỗ trợ.", "This Content-Encoding is not taken.").
		at("Content-Encoding").with("Dùng gzip, zstd hoặc không nén.", "Use gzip, zstd or none.")
}

// patientReader gives the sender a new deadline with every read.
type patientReader struct {
	body    io.Reader
	control *http.ResponseController
	timeout time.Duration
}

func (r *patientReader) Read(p []byte) (int, error) {
	_ = r.control.SetReadDeadline(time.Now().Add(r.timeout))
	return r.body.Read(p)
}

// endingReader tells once when the body has been read to its end.
type endingReader struct {
	body  io.Reader
	ended func()
}

func (r *endingReader) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	if err != nil && r.ended != nil {
		r.ended()
		r.ended = nil
	}
	return n, err
}

// receiptBody is a receipt as it is sent.
type receiptBody struct {
	Submission  string          `json:"submission"`
	Accepted    int             `json:"accepted"`
	Unchanged   int             `json:"unchanged"`
	Rejected    int             `json:"rejected"`
	Rejections  []rejectionBody `json:"rejections"`
	Warned      int             `json:"warned"`
	Warnings    []rejectionBody `json:"warnings"`
	DataVersion uint64          `json:"data_version"`
	Queryable   bool            `json:"queryable"`
	Replayed    bool            `json:"replayed"`
	DryRun      bool            `json:"dry_run"`
}

type rejectionBody struct {
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	Sheet   string `json:"sheet,omitempty"`
	Cell    string `json:"cell,omitempty"`
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func newReceiptBody(r ingest.Receipt, lang string) receiptBody {
	body := receiptBody{
		Submission: r.Submission, Accepted: r.Accepted, Unchanged: r.Unchanged, Rejected: r.Rejected,
		Rejections: explained(r.Rejections, lang), Warned: r.Warned, Warnings: explained(r.Warnings, lang), DataVersion: r.DataVersion, Queryable: r.Queryable, Replayed: r.Replayed, DryRun: r.DryRun,
	}
	return body
}

// explained gives rejections or warnings in a language.
func explained(list []ingest.Rejection, lang string) []rejectionBody {
	bodies := []rejectionBody{}
	for i := range list {
		x := &list[i]
		bodies = append(bodies, rejectionBody{x.Line, x.Column, x.Tab, x.Cell(), x.Field, string(x.Code), x.Message.In(lang)})
	}
	return bodies
}

// statusOf a receipt: 422 when every row was refused, 200 when the rows can be queried or were only to be checked, else 202.
func statusOf(r ingest.Receipt) int {
	switch {
	case r.Accepted == 0 && r.Rejected > 0:
		return http.StatusUnprocessableEntity
	case r.Queryable || r.DryRun:
		return http.StatusOK
	}
	return http.StatusAccepted
}

func (s *Server) writeReceipt(c *gin.Context, lang string, r ingest.Receipt) error {
	body, status := newReceiptBody(r, lang), statusOf(r)
	if status == http.StatusUnprocessableEntity {
		p := newProblem(status, "all_rejected", "Mọi dòng đều bị từ chối.", "Every row was refused.").
			with("Xem rejections: dòng nào, vì sao.", "See rejections for each line and its reason.")
		s.writeProblem(c, p.status, struct {
			problemBody
			receiptBody
		}{p.body(lang, c.Request.URL.EscapedPath()), body})
		return nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	c.Data(status, "application/json; charset=utf-8", text)
	return nil
}
