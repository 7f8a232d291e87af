package query

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// RejectionsQuestion asks why rows of a submission were refused.
type RejectionsQuestion struct {
	Submission string
	SentBy     *Sender // only of what these sent; nil: of everything
}

// RejectionsAnswer lists the kept rejections and warnings by line; Rejected and Warnings of the submission
// count all of them.
type RejectionsAnswer struct {
	Data []RejectionRow `json:"data"`
	Meta Meta           `json:"meta"`
}

// RejectionRow says where and why, never with which value.
type RejectionRow struct {
	Severity string       `json:"severity"` // "error": refused; "warning": taken
	Line     uint32       `json:"line"`
	Column   uint32       `json:"column"`
	Sheet    string       `json:"sheet"` // of a workbook
	Cell     string       `json:"cell"`
	Field    string       `json:"field"`
	Code     string       `json:"code"`
	Message  catalog.Text `json:"message"`
}

// Rejections answers why rows were refused.
func (s *Service) Rejections(ctx context.Context, q RejectionsQuestion) (RejectionsAnswer, error) {
	at, err := s.at(time.Time{})
	if err != nil {
		return RejectionsAnswer{}, err
	}
	answer := RejectionsAnswer{Data: []RejectionRow{}, Meta: s.meta(at)}
	var found uint64
	err = s.warehouse.each(ctx, "submission_known", q.SentBy.params(params{"submission": q.Submission}), func(rows driver.Rows) error {
		return rows.Scan(&found)
	})
	if err != nil {
		return RejectionsAnswer{}, err
	}
	if found == 0 {
		return RejectionsAnswer{}, notFound("unknown_submission", "submission", "Không có lần gửi này", "there is no such submission").withHint("/api/v1/submissions")
	}
	err = s.warehouse.each(ctx, "rejections", params{"submission": q.Submission, "limit": uint32(keptRejections)}, func(rows driver.Rows) error {
		var r RejectionRow
		err := rows.Scan(&r.Severity, &r.Line, &r.Column, &r.Sheet, &r.Cell, &r.Field, &r.Code, &r.Message.Vi, &r.Message.En)
		answer.Data = append(answer.Data, r)
		return err
	})
	return answer, err
}

// keptRejections is how many rejections and warnings an answer lists; ingest keeps no more of one submission, a thousand each.
const keptRejections = 2000
