package query

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// SubmissionsQuestion pages through what was sent, the newest first. The zero value of a filter is everything.
type SubmissionsQuestion struct {
	Limit  int             // 50 when zero, at most 500
	Cursor string          // Next of the page before
	SentBy *Sender         // only what these sent; nil: everything
	Agency string          // only what was sent for the agency
	Unit   string          // only what speaks of the unit or one below it
	Period catalog.Period  // only what speaks of the period, or of one or a day that lies in it
	State  SubmissionState // only what ended so
}

// SubmissionState is how an intake ended.
type SubmissionState string

// The ways an intake ends: every row was taken, some were, none was.
const (
	SubmissionAccepted SubmissionState = "accepted"
	SubmissionPartly   SubmissionState = "partly"
	SubmissionRejected SubmissionState = "rejected"
)

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

// SubmissionRow is one intake that was read to its end. Unit and Period are empty, and the days missing, where no row was taken, and
// of intakes recorded before these were kept; Unit and Period are empty too where there are several.
type SubmissionRow struct {
	Submission    string          `json:"submission"`
	Dataset       string          `json:"dataset"`
	Format        string          `json:"format"`
	Caller        string          `json:"caller"`
	CallerLabel   string          `json:"caller_label"`
	Agency        string          `json:"agency"`
	Units         uint32          `json:"units"` // how many different ones the accepted rows speak of
	Unit          string          `json:"unit"`  // the only one
	Periods       uint32          `json:"periods"`
	Period        string          `json:"period"`             // the only one, as it was sent
	FirstDay      civil.Date      `json:"first_day,omitzero"` // of the earliest period
	LastDay       civil.Date      `json:"last_day,omitzero"`  // of the latest
	State         SubmissionState `json:"state"`
	Accepted      uint32          `json:"accepted"`
	Unchanged     uint32          `json:"unchanged"`
	Corrected     uint32          `json:"corrected"`
	Retracted     uint32          `json:"retracted"`
	Rejected      uint32          `json:"rejected"`
	Warnings      uint32          `json:"warnings"`
	Bytes         uint64          `json:"bytes"`
	Checksum      string          `json:"checksum"`
	KnownAt       time.Time       `json:"known_at"`
	DataVersion   uint64          `json:"data_version"`
	Demonstration bool            `json:"demonstration"`
}

// Submissions answers what was sent.
func (s *Service) Submissions(ctx context.Context, q SubmissionsQuestion) (SubmissionsAnswer, error) {
	limit, err := pageSize(q.Limit, 50, 500)
	if err != nil {
		return SubmissionsAnswer{}, err
	}
	p, err := s.submissionFilter(q)
	if err != nil {
		return SubmissionsAnswer{}, err
	}
	at, err := s.at(time.Time{})
	if err != nil {
		return SubmissionsAnswer{}, err
	}
	answer := SubmissionsAnswer{Data: []SubmissionRow{}, Meta: s.meta(at)}
	p["limit"] = uint32(limit + 1) // one more than asked tells whether there is a next page
	err = s.warehouse.each(ctx, "submissions", q.SentBy.params(p), func(rows driver.Rows) error {
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

// submissionFilter checks the filters and binds them.
func (s *Service) submissionFilter(q SubmissionsQuestion) (params, error) {
	below := uint64(math.MaxUint64)
	if q.Cursor != "" {
		var err error
		if below, err = strconv.ParseUint(q.Cursor, 10, 64); err != nil {
			return nil, unknownCursor()
		}
	}
	if _, known := s.deps.Catalog.Agency(q.Agency); !known && q.Agency != "" {
		return nil, notFound("unknown_agency", "agency", "Không có cơ quan này", "there is no such agency").withHint("/api/v1/catalog")
	}
	states := []SubmissionState{"", SubmissionAccepted, SubmissionPartly, SubmissionRejected}
	if !slices.Contains(states, q.State) {
		return nil, invalid("unknown_state", "state", "Không có trạng thái này của một lần gửi", "a submission has no such state").withHint("accepted, partly, rejected")
	}
	units, err := s.unitsAtAndBelow(q.Unit)
	if err != nil {
		return nil, err
	}
	p := params{"below": below, "agency": q.Agency, "units": units, "state": string(q.State), "from": "", "to": ""}
	if q.Period.Start.IsValid() {
		p["from"], p["to"] = q.Period.Start.String(), q.Period.End.String()
	}
	return p, nil
}

// unitsAtAndBelow gives the codes of a unit and of all below it in the set in use; of a unit of another set its code alone.
func (s *Service) unitsAtAndBelow(code string) ([]string, error) {
	if code == "" {
		return []string{}, nil
	}
	set, codes := s.layout.set, []string{code}
	if _, known := set.Unit(code); !known {
		for _, other := range s.deps.Catalog.BoundarySets {
			if slices.ContainsFunc(other.Units, func(u catalog.UnitFact) bool { return u.Code == code }) {
				return codes, nil
			}
		}
		return nil, unknownUnit("unit")
	}
	for _, u := range set.Units("") {
		if u.Code != code && set.Contains(code, u.Code) {
			codes = append(codes, u.Code)
		}
	}
	return codes, nil
}

func scanSubmission(rows driver.Rows) (SubmissionRow, error) {
	var r SubmissionRow
	var state string
	var first, last time.Time
	err := rows.Scan(&r.Submission, &r.DataVersion, &r.Dataset, &r.Format, &r.Caller, &r.CallerLabel, &r.Agency,
		&r.Units, &r.Unit, &r.Periods, &r.Period, &first, &last, &state,
		&r.Accepted, &r.Unchanged, &r.Corrected, &r.Retracted, &r.Rejected, &r.Warnings, &r.Bytes, &r.Checksum, &r.Demonstration, &r.KnownAt)
	r.State = SubmissionState(state)
	if r.Periods > 0 {
		r.FirstDay, r.LastDay = civil.DateOf(first), civil.DateOf(last)
	}
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
