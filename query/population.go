package query

import (
	"context"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// PopulationQuestion asks for the people of a unit (the root when empty): on Date, or
// at the end of Period, or today. Residence narrows it to one concept of residence
// ("permanent", "temporary"); without it everybody registered is counted.
type PopulationQuestion struct {
	Unit       string
	Residence  string
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
	Concept         string            `json:"concept"` // "all", or the residence asked for, which everything but residence is about
	SexRatio        *float64          `json:"sex_ratio"`
	Dependency      *DependencyRow    `json:"dependency"`
	AreaKm2         float64           `json:"area_km2"` // of the units that reported
	Density         *float64          `json:"density"`
	Growth          *GrowthRow        `json:"growth"`
	Reference       *ReferenceRow     `json:"reference"`
	Coverage        Coverage          `json:"coverage"`
	Flags           []catalog.Flag    `json:"flags"`
	LastObservation *civil.Date       `json:"last_observation"`
	EstimatedShare  float64           `json:"estimated_share,omitzero"` // see Figure
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
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return PopulationAnswer{}, err
	}
	at, unit, date, err := s.askPopulation(q)
	if err != nil {
		return PopulationAnswer{}, err
	}
	pyramid, err := s.pyramid()
	if err != nil {
		return PopulationAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).on(date, at), date)
	concept, err := pyramid.concept(q.Residence)
	if err != nil {
		return PopulationAnswer{}, err
	}
	days := []catalog.Period{catalog.PeriodOf(catalog.Day, date)}
	if before := catalog.PeriodOf(catalog.Day, catalog.YearBefore(date)); !before.IsZero() {
		days = append(days, before)
	}
	evaluated, err := s.evaluate(ctx, pyramid.plan, days, at)
	if err != nil {
		return PopulationAnswer{}, err
	}
	pieces := evaluated[0].pieces(unit.Unit)
	people := pyramid.people(evaluated[0], unit.Unit, s.disclosure, concept)
	people.UnitRef, people.Date = unit, date
	people.AreaKm2 = s.areaOf(unit, evaluated[0], pieces)
	people.settle()
	if len(days) > 1 {
		people.Growth = pyramid.growth(evaluated[1], evaluated[0], unit.Unit, s.disclosure, concept)
	}
	people.Reference = s.reference(unit.Unit, date)
	return PopulationAnswer{Data: people, Meta: meta}, nil
}

func (s *Service) askPopulation(q PopulationQuestion) (at instant, unit UnitRef, date civil.Date, err error) {
	if at, err = s.at(q.AsOf); err != nil {
		return
	}
	if unit, err = s.layout.unit(q.Unit); err != nil {
		return
	}
	switch {
	case q.Period.IsZero():
		date, err = s.day(q.Date, at)
	case !q.Date.IsZero():
		err = invalid("contradiction", "date", "Không dùng đồng thời date và period", "date cannot be combined with period")
	case q.Period.Start.After(at.today):
		err = invalid("period_in_future", "period", "Kỳ này chưa bắt đầu", "this period has not begun")
	default:
		date, err = s.day(at.last(q.Period), at)
	}
	return
}
