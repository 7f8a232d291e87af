package query

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// SubmissionsQuestion pages through what was sent, the newest first.
type SubmissionsQuestion struct {
	Limit  int     // 50 when zero, at most 500
	Cursor string  // Next of the page before
	SentBy *Sender // only what these sent; nil: everything
}

// Sender is a caller and the agencies it sends for. What it may see of submissions is its own and theirs.
type Sender struct {
	Caller   string
	Agencies []string
}

// params of the statements about submissions.
func (s *Sender) params(p params) params {
	p["everything"], p["sender"], p["agencies"] = s == nil, "", []string{}
	if s != nil {
		p["sender"] = s.Caller
		p["agencies"] = append(p["agencies"].([]string), s.Agencies...)
	}
	return p
}

// SubmissionsAnswer is one page; Next is empty on the last one.
type SubmissionsAnswer struct {
	Data []SubmissionRow `json:"data"`
	Next string          `json:"next,omitempty"`
	Meta Meta            `json:"meta"`
}

// SubmissionRow is one intake that was read to its end.
type SubmissionRow struct {
	Submission    string    `json:"submission"`
	Dataset       string    `json:"dataset"`
	Format        string    `json:"format"`
	Caller        string    `json:"caller"`
	CallerLabel   string    `json:"caller_label"`
	Agency        string    `json:"agency"`
	Accepted      uint32    `json:"accepted"`
	Unchanged     uint32    `json:"unchanged"`
	Rejected      uint32    `json:"rejected"`
	Warnings      uint32    `json:"warnings"`
	Bytes         uint64    `json:"bytes"`
	Checksum      string    `json:"checksum"`
	KnownAt       time.Time `json:"known_at"`
	DataVersion   uint64    `json:"data_version"`
	Demonstration bool      `json:"demonstration"`
}

// Submissions answers what was sent.
func (s *Service) Submissions(ctx context.Context, q SubmissionsQuestion) (SubmissionsAnswer, error) {
	limit, err := pageSize(q.Limit, 50, 500)
	if err != nil {
		return SubmissionsAnswer{}, err
	}
	below := uint64(math.MaxUint64)
	if q.Cursor != "" {
		if below, err = strconv.ParseUint(q.Cursor, 10, 64); err != nil {
			return SubmissionsAnswer{}, invalid("unknown_cursor", "cursor", "Con trỏ trang không hợp lệ", "this is no cursor of a page")
		}
	}
	at, err := s.at(time.Time{})
	if err != nil {
		return SubmissionsAnswer{}, err
	}
	answer := SubmissionsAnswer{Data: []SubmissionRow{}, Meta: s.meta(at)}
	// one more than asked tells whether there is a next page
	err = s.warehouse.each(ctx, "submissions", q.SentBy.params(params{"below": below, "limit": uint32(limit + 1)}), func(rows driver.Rows) error {
		row, err := scanSubmission(rows)
		answer.Data = append(answer.Data, row)
		return err
	})
	if err == nil && len(answer.Data) > limit {
		answer.Data = answer.Data[:limit]
		answer.Next = strconv.FormatUint(answer.Data[limit-1].DataVersion, 10)
	}
	return answer, err
}

func scanSubmission(rows driver.Rows) (SubmissionRow, error) {
	var r SubmissionRow
	err := rows.Scan(&r.Submission, &r.DataVersion, &r.Dataset, &r.Format, &r.Caller, &r.CallerLabel, &r.Agency,
		&r.Accepted, &r.Unchanged, &r.Rejected, &r.Warnings, &r.Bytes, &r.Checksum, &r.Demonstration, &r.KnownAt)
	return r, err
}

// pageSize checks how many rows are asked for.
func pageSize(asked, normal, most int) (int, error) {
	switch {
	case asked == 0:
		return normal, nil
	case asked < 0 || asked > most:
		return 0, invalid("limit_out_of_range", "limit", "Số dòng yêu cầu nằm ngoài giới hạn", "the limit is out of range").withHint(fmt.Sprintf("1..%d", most))
	default:
		return asked, nil
	}
}

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
