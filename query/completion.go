package query

import (
	"context"
	"time"

	"github.com/golang-sql/civil"
)

// CompletionQuestion asks how far the tasks have come in units, or with ByAgency in
// agencies, at the end of a day (today when zero).
type CompletionQuestion struct {
	Scope
	ByAgency   bool
	Date       civil.Date
	AsOf       time.Time
	Boundaries string
}

// CompletionAnswer has a row for every unit or agency asked.
type CompletionAnswer struct {
	Data []CompletionRow `json:"data"`
	Meta Meta            `json:"meta"`
}

// CompletionRow counts the assignments of a unit and of all below it (those of
// agencies belong to the root only), or of an agency. Value is 100 * accepted /
// assignments; nil where there is nothing to do.
type CompletionRow struct {
	Unit        string         `json:"unit,omitempty"`
	Agency      string         `json:"agency,omitempty"`
	Name        string         `json:"name"`
	Level       string         `json:"level,omitempty"`
	Value       *float64       `json:"value"`
	Numerator   int            `json:"numerator"`
	Denominator int            `json:"denominator"`
	OnTime      Rate           `json:"on_time"`
	ByStatus    map[string]int `json:"by_status"` // every assignment status, zeros too
}

// Rate is a percentage with what it was made of.
type Rate struct {
	Value       *float64 `json:"value"`
	Numerator   int      `json:"numerator"`
	Denominator int      `json:"denominator"`
}

// Completion answers how much of the plan is done.
func (s *Service) Completion(ctx context.Context, q CompletionQuestion) (CompletionAnswer, error) {
	panic("not built yet")
}
