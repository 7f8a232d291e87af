package query

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"
	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/query/catalog"
)

// QualityQuestion asks how whole, punctual and sound what was reported for a period is. Zero
// fields mean the last period of the reporting chain that has ended, every measure and
// every agency.
type QualityQuestion struct {
	Period    catalog.Period
	Indicator string // only the measures it is made of
	Agency    string // only what this agency reports
	AsOf      time.Time
	Area      *catalog.Area // only units inside; nil: all
	SentBy    *Sender       // submissions of these only; nil: of all
}

// QualityAnswer is about the units in force on the last day of the period.
type QualityAnswer struct {
	Data Quality `json:"data"`
	Meta Meta    `json:"meta"`
}

// Quality of a period.
type Quality struct {
	Measures []QualityRow `json:"measures"` // in the order of the catalogue
	Senders  []SenderRow  `json:"senders"`  // by agency: what came from the first day of the period on, until the present or the as-of
}

// QualityRow is how one measure was reported. Expected are units, of a flow times its
// reporting periods. A unit has reported when every part that makes up its total is there
// and holds. It is on time when that was so on the due day. Without a rule for the measure
// there is no due day, and nothing is late.
type QualityRow struct {
	Measure     string       `json:"measure"`
	Name        catalog.Text `json:"name"`
	Agency      string       `json:"agency"`
	Level       string       `json:"level"`
	Indicators  []string     `json:"indicators"` // made of it
	Coverage    Coverage     `json:"coverage"`
	Missing     int          `json:"missing"`
	Incomplete  int          `json:"incomplete"` // of the missing: a part was reported
	Due         civil.Date   `json:"due,omitzero"`
	OnTime      *int         `json:"on_time"` // nil before the due day has passed, and without one
	Late        *int         `json:"late"`
	Corrections uint64       `json:"corrections"`   // revisions beyond the first of a figure
	MissingIn   []UnitRef    `json:"missing_units"` // at most 200, by code
	LateIn      []UnitRef    `json:"late_units"`    // at most 200, by code
}

// SenderRow adds up the submissions of an agency; "" is of those that name none.
type SenderRow struct {
	Agency      string   `json:"agency"`
	Submissions uint64   `json:"submissions"`
	Accepted    uint64   `json:"accepted"`
	Unchanged   uint64   `json:"unchanged"`
	Rejected    uint64   `json:"rejected"`
	Warnings    uint64   `json:"warnings"`
	Valid       *float64 `json:"valid"` // 100 * accepted / all rows
}

const listedUnits = 200

// Quality answers how far figures can be relied on before they are looked at.
func (s *Service) Quality(ctx context.Context, q QualityQuestion) (QualityAnswer, error) {
	s, err := s.knownAt(ctx, q.AsOf)
	if err != nil {
		return QualityAnswer{}, err
	}
	at, err := s.at(q.AsOf)
	if err != nil {
		return QualityAnswer{}, err
	}
	period, err := s.qualityPeriod(q.Period, at)
	if err != nil {
		return QualityAnswer{}, err
	}
	measures, err := s.measuresOf(q)
	if err != nil {
		return QualityAnswer{}, err
	}
	layer := s.layerIn(period, at)
	answer := QualityAnswer{Meta: s.metaOfReports(period, layer, at)}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		answer.Data.Measures, err = s.qualityOfMeasures(ctx, measures, period, layer, q.Area, at)
		return err
	})
	group.Go(func() (err error) {
		answer.Data.Senders, err = s.qualityOfSenders(ctx, q, period, at)
		return err
	})
	if err := group.Wait(); err != nil {
		return QualityAnswer{}, err
	}
	return answer, nil
}

// layerIn is the boundary set in force at the end of a period, or today while it runs.
func (s *Service) layerIn(period catalog.Period, at instant) *layer {
	return s.ground.layers[s.ground.at(dayOf(at.last(period)))]
}

// qualityOfMeasures leaves out those that nobody is asked to report.
func (s *Service) qualityOfMeasures(ctx context.Context, measures []catalog.Measure, period catalog.Period, in *layer, area *catalog.Area, at instant) ([]QualityRow, error) {
	owed, err := s.owingOf(ctx, measures, period, in, area, at)
	if err != nil {
		return nil, err
	}
	rows := make([]QualityRow, len(owed))
	for i := range owed {
		rows[i] = s.qualityOf(owed[i], at)
	}
	return rows, nil
}

// qualityPeriod checks the period of a question, or chooses the last one of the reporting
// chain that has ended.
func (s *Service) qualityPeriod(asked catalog.Period, at instant) (catalog.Period, error) {
	if asked.IsZero() {
		return catalog.PeriodOf(cmp.Or(s.deps.Catalog.Calendar.Chain.Period, catalog.Month), at.today).Prev(), nil
	}
	if asked.Start.After(at.today) {
		return asked, invalid("period_in_future", "period", "Kỳ này chưa bắt đầu", "this period has not begun")
	}
	return asked, nil
}

// measuresOf lists the measures a question is about.
func (s *Service) measuresOf(q QualityQuestion) ([]catalog.Measure, error) {
	if _, ok := s.deps.Catalog.Agency(q.Agency); !ok && q.Agency != "" {
		return nil, s.unknownAgency(q.Agency)
	}
	var of []string
	if q.Indicator != "" {
		p, err := s.plan(q.Indicator)
		if err != nil {
			return nil, err
		}
		for _, t := range p.allTerms() {
			of = append(of, t.slice.measure.ID)
		}
	}
	return slices.DeleteFunc(slices.Clone(s.deps.Catalog.Measures), func(m catalog.Measure) bool {
		return q.Agency != "" && m.Agency != q.Agency || q.Indicator != "" && !slices.Contains(of, m.ID)
	}), nil
}

// qualityOf counts what is owed of one measure.
func (s *Service) qualityOf(owed owing, at instant) QualityRow {
	m := owed.measure
	row := QualityRow{
		Measure: m.ID, Name: m.Name, Agency: m.Agency, Level: m.Level, Indicators: s.madeOf(m.ID), Due: owed.due, MissingIn: []UnitRef{}, LateIn: []UnitRef{},
	}
	late, onTime := 0, 0
	for units := owed.duties; len(units) > 0; {
		n := 1 // a unit's duties stand together
		for n < len(units) && units[n].unit.Unit == units[0].unit.Unit {
			n++
		}
		missed, tardy := false, false
		for _, duty := range units[:n] {
			row.Corrections += duty.corrections
			switch duty.state {
			case incomplete:
				row.Incomplete++
				fallthrough
			case missing:
				row.Missing++
				missed = true
			case tooLate:
				late++
				tardy = true
			case inTime:
				onTime++
			}
		}
		row.MissingIn = listed(row.MissingIn, units[0].unit, missed)
		row.LateIn = listed(row.LateIn, units[0].unit, tardy)
		units = units[n:]
	}
	row.Coverage = coverage(len(owed.duties)-row.Missing, len(owed.duties))
	if owed.closed(at) {
		row.OnTime, row.Late = &onTime, &late
	} else {
		row.LateIn = []UnitRef{}
	}
	return row
}

func listed(list []UnitRef, unit UnitRef, is bool) []UnitRef {
	if !is || len(list) == listedUnits {
		return list
	}
	return append(list, unit)
}

// madeOf lists the indicators made of a measure.
func (s *Service) madeOf(measure string) []string {
	ids := []string{}
	for _, ind := range s.deps.Catalog.Indicators {
		if slices.ContainsFunc(s.plans[ind.ID].allTerms(), func(t term) bool { return t.slice.measure.ID == measure }) {
			ids = append(ids, ind.ID)
		}
	}
	return ids
}

func (s *Service) qualityOfSenders(ctx context.Context, q QualityQuestion, period catalog.Period, at instant) ([]SenderRow, error) {
	zone := s.deps.Catalog.Location
	p := q.SentBy.params(params{"since": period.Start.In(zone).UTC().Format("2006-01-02 15:04:05.000"), "known_by": at.knownBy()})
	rows := []SenderRow{}
	err := s.warehouse.each(ctx, "quality_senders", p, func(r driver.Rows) error {
		var row SenderRow
		err := r.Scan(&row.Agency, &row.Submissions, &row.Accepted, &row.Unchanged, &row.Rejected, &row.Warnings)
		row.Valid = share(int(row.Accepted), int(row.Accepted+row.Rejected))
		if q.Agency == "" || row.Agency == q.Agency {
			rows = append(rows, row)
		}
		return err
	})
	return rows, err
}

func (s *Service) unknownAgency(id string) *Error {
	var known []string
	for _, a := range s.deps.Catalog.Agencies {
		known = append(known, a.ID)
	}
	return notFound("unknown_agency", "agency", "Không có cơ quan này", "there is no such agency").withHint("/api/v1/catalog").orNear(id, known)
}
