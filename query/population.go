package query

import (
	"context"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// PopulationQuestion asks for the people of a unit (the root when empty): on Date, or
// at the end of Period, or today.
type PopulationQuestion struct {
	Unit       string
	Date       civil.Date
	Period     catalog.Period
	AsOf       time.Time
	Boundaries string
}

// PopulationAnswer is a pyramid.
type PopulationAnswer struct {
	Data Population `json:"data"`
	Meta Meta       `json:"meta"`
}

// Population of a unit on a day, in five-year bands. Suppressed counts are nil.
type Population struct {
	UnitRef
	Date            civil.Date        `json:"date"`
	Total           *int64            `json:"total"`
	BySex           map[string]*int64 `json:"by_sex"`
	Bands           []Band            `json:"bands"`
	Aged14AndOver   *int64            `json:"aged_14_and_over"`
	Residence       map[string]*int64 `json:"residence"`
	Coverage        Coverage          `json:"coverage"`
	Flags           []string          `json:"flags"`
	LastObservation *civil.Date       `json:"last_observation"`
}

// Band is the people From..To years old; To is nil for the open end.
type Band struct {
	From       int    `json:"from"`
	To         *int   `json:"to"`
	Male       *int64 `json:"male"`
	Female     *int64 `json:"female"`
	Suppressed bool   `json:"suppressed"`
}

// Population answers who lives in a unit.
func (s *Service) Population(ctx context.Context, q PopulationQuestion) (PopulationAnswer, error) {
	panic("not built yet")
}
