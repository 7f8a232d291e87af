package query

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// RejectionsQuestion asks why rows of a submission were refused.
type RejectionsQuestion struct {
	Submission string
	SentBy     *Sender // only of what these sent; nil: of everything
	Page       Page
}

// RejectionsAnswer lists the kept rejections and warnings by line; Rejected and Warnings of the submission
// count all of them. Next is the cursor of the next page.
type RejectionsAnswer struct {
	Data []RejectionRow
	Next string
	Meta Meta
}

// RejectionRow says where and why, never with which value.
type RejectionRow struct {
	Severity string // "error": refused; "warning": taken
	Line     uint32
	Column   uint32
	Sheet    string // of a workbook
	Cell     string
	Field    string
	Code     string
	Message  catalog.Text

	stored rowID
}

// rowID tells rows of the warehouse apart: the message they came by, and their number in it.
type rowID struct {
	seq uint64
	row uint32
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
		err := rows.Scan(&r.Severity, &r.Line, &r.Column, &r.Sheet, &r.Cell, &r.Field, &r.Code, &r.Message.Vi, &r.Message.En, &r.stored.seq, &r.stored.row)
		answer.Data = append(answer.Data, r)
		return err
	})
	if err != nil {
		return RejectionsAnswer{}, err
	}
	answer.Data, answer.Next, err = byLine.Cut(answer.Data, q.Page)
	return answer, err
}

// byLine is the order of rejections, that of sql/rejections.sql. Numbers stand in keys with their zeros, so that they sort as texts.
var byLine = Order[RejectionRow]{
	List: "rejections",
	Key: func(r RejectionRow) []string {
		return []string{r.Sheet, fmt.Sprintf("%010d", r.Line), fmt.Sprintf("%010d", r.Column), fmt.Sprintf("%020d", r.stored.seq), fmt.Sprintf("%010d", r.stored.row)}
	},
	Known:   func(key []string) bool { return len(key) == 5 },
	Compare: slices.Compare[[]string],
}

// keptRejections is how many rejections and warnings an answer lists; ingest keeps no more of one submission, a thousand each.
const keptRejections = 2000
