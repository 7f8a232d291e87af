package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/ingest/template"
	"github.com/toancanh/toancanh/query/catalog"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// template makes a workbook to report in. It is made anew for every request, from the catalogue alone.
func (s *Server) template(c *gin.Context, r *request) error {
	period := r.period("period")
	if err := r.err(); err != nil {
		return err
	}
	if period.IsZero() {
		period = catalog.PeriodOf(catalog.Day, civil.DateOf(r.now))
	}
	order := template.Order{
		Catalogue: s.deps.Catalog, Dataset: r.path("dataset"), Agency: r.text("agency"), Unit: r.text("unit"), Period: period,
	}
	var out bytes.Buffer
	if err := template.Write(&out, order); err != nil {
		var wrong *template.OrderError
		if errors.As(err, &wrong) {
			return newProblem(http.StatusUnprocessableEntity, "no_such_template", wrong.Text.Vi, wrong.Text.En).at(wrong.Field)
		}
		return err
	}
	sendWorkbook(c, http.StatusOK, "toancanh-"+order.Dataset+"-"+period.String()+".xlsx", out.Bytes())
	return nil
}

func sendWorkbook(c *gin.Context, status int, name string, content []byte) {
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Data(status, workbookType, content)
}

// annotated keeps what is read of a workbook, so that it can be sent back with its faults marked. Nothing of it is stored.
type annotated struct {
	from    io.Reader
	content bytes.Buffer
	limit   int
}

func (a *annotated) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	if room := a.limit - a.content.Len(); room > 0 {
		a.content.Write(p[:min(n, room)])
	}
	return n, err
}

// annotates reads annotate=1, which only a workbook can answer, and takes one of the few places: a workbook that is
// marked is held in memory as a whole.
func (s *Server) annotates(r *request, in *ingest.Intake) (a *annotated, release func(), err error) {
	switch wish := r.text("annotate"); {
	case wish == "" || wish == "0":
		return nil, func() {}, nil
	case wish != "1":
		return nil, nil, invalidParameter("annotate", "annotate là 0 hoặc 1.", "annotate is 0 or 1.")
	case in.Format != ingest.XLSX || in.Encoding != ingest.Plain:
		return nil, nil, invalidParameter("annotate", "Chỉ tệp Excel gửi không nén mới được trả lại kèm chú thích.", "Only a workbook that is sent unpacked comes back annotated.")
	}
	select {
	case s.annotating <- struct{}{}:
	default:
		return nil, nil, unavailable("busy", "Đang có quá nhiều tệp được chú thích; hãy gửi lại sau giây lát.", "Too many workbooks are being annotated; send again in a moment.", 2*time.Second)
	}
	a = &annotated{from: in.Body, limit: int(ingest.DefaultConfig().MaxWorkbook)}
	in.Body, in.Everything = a, true
	return a, func() { <-s.annotating }, nil
}

// writeAnnotated answers with the sender's workbook. What a receipt says in JSON is in headers.
func (s *Server) writeAnnotated(c *gin.Context, lang string, status int, receipt ingest.Receipt, a *annotated) error {
	var marks []template.Mark
	for _, list := range [][]ingest.Rejection{receipt.Rejections, receipt.Warnings} {
		for _, j := range list {
			marks = append(marks, template.Mark{Sheet: j.Sheet, Row: j.Line, Column: j.Column, Warning: j.Warning, Text: j.Message.In(lang)})
		}
	}
	var out bytes.Buffer
	if err := template.Annotate(&out, a.content.Bytes(), marks); err != nil {
		if !errors.Is(err, template.ErrTooLargeToMark) {
			s.log.Warn("workbook not annotated", "submission", receipt.Submission, "error", err)
		}
		return errNotMarked
	}
	for name, n := range map[string]int{"Accepted": receipt.Accepted, "Rejected": receipt.Rejected, "Warned": receipt.Warned} {
		c.Header("X-"+name, strconv.Itoa(n))
	}
	c.Header("X-Submission", receipt.Submission)
	c.Header("X-Data-Version", strconv.FormatUint(receipt.DataVersion, 10))
	sendWorkbook(c, status, "ket-qua.xlsx", out.Bytes())
	return nil
}

// errNotMarked falls back to the receipt: the figures are taken all the same.
var errNotMarked = errors.New("workbook not marked")
