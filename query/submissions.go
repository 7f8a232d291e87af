package query

import (
	"context"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// SubmissionsQuestion pages through what was sent, the newest first.
type SubmissionsQuestion struct {
	Limit  int    // 50 when zero, at most 500
	Cursor string // Next of the page before
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
	Agency        string    `json:"agency"`
	Accepted      uint32    `json:"accepted"`
	Unchanged     uint32    `json:"unchanged"`
	Rejected      uint32    `json:"rejected"`
	Bytes         uint64    `json:"bytes"`
	Checksum      string    `json:"checksum"`
	KnownAt       time.Time `json:"known_at"`
	DataVersion   uint64    `json:"data_version"`
	Demonstration bool      `json:"demonstration"`
}

// Submissions answers what was sent.
func (s *Service) Submissions(ctx context.Context, q SubmissionsQuestion) (SubmissionsAnswer, error) {
	panic("not built yet")
}

// RejectionsQuestion asks why rows of a submission were refused.
type RejectionsQuestion struct {
	Submission string
}

// RejectionsAnswer lists the kept rejections by line; Rejected of the submission
// counts all of them.
type RejectionsAnswer struct {
	Data []RejectionRow `json:"data"`
	Meta Meta           `json:"meta"`
}

// RejectionRow says where and why, never with which value.
type RejectionRow struct {
	Line    uint32       `json:"line"`
	Field   string       `json:"field"`
	Code    string       `json:"code"`
	Message catalog.Text `json:"message"`
}

// Rejections answers why rows were refused.
func (s *Service) Rejections(ctx context.Context, q RejectionsQuestion) (RejectionsAnswer, error) {
	panic("not built yet")
}
