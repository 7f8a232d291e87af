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

const (
	listedUnits    = 200
	qualityAtATime = 8 // statements
)

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
	meta := s.meta(at)
	meta.Boundaries, meta.Period, meta.PeriodStart, meta.PeriodEnd = layer.layout.set.Info().ID, period.String(), period.Start, period.End
	complete := at.complete(period)
	meta.PeriodComplete = &complete
	answer := QualityAnswer{Meta: meta}
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

// qualityOfMeasures looks at several measures at a time and leaves out those that nobody is asked to report.
func (s *Service) qualityOfMeasures(ctx context.Context, measures []catalog.Measure, period catalog.Period, in *layer, area *catalog.Area, at instant) ([]QualityRow, error) {
	rows := make([]*QualityRow, len(measures))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(qualityAtATime)
	for i, m := range measures {
		group.Go(func() error {
			return contain(s.deps.Log, "quality of "+m.ID, func() (err error) {
				rows[i], err = s.qualityOf(ctx, m, period, in, area, at)
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	found := []QualityRow{}
	for _, row := range rows {
		if row != nil {
			found = append(found, *row)
		}
	}
	return found, nil
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
		return nil, notFound("unknown_agency", "agency", "Không có cơ quan này", "there is no such agency").withHint("/api/v1/catalog")
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

// qualityOf looks at one measure; nil where nobody is asked to report it for the period.
func (s *Service) qualityOf(ctx context.Context, m catalog.Measure, period catalog.Period, in *layer, area *catalog.Area, at instant) (*QualityRow, error) {
	slots := reportingPeriods(m, period, at)
	units := expectedUnits(m, in.layout, area)
	if len(slots) == 0 || len(units) == 0 {
		return nil, nil
	}
	whole, err := sliceOf(s.deps.Catalog, catalog.Term{Measure: m.ID})
	if err != nil {
		return nil, err
	}
	told, err := s.warehouse.quality(ctx, whole, slots, at)
	if err != nil {
		return nil, err
	}
	row := &QualityRow{
		Measure: m.ID, Name: m.Name, Agency: m.Agency, Level: m.Level, Indicators: s.madeOf(m.ID), MissingIn: []UnitRef{}, LateIn: []UnitRef{},
	}
	row.judge(s.deps.Catalog, m, units, slots, whole.wanted[0], told, at)
	return row, nil
}

// judge counts units by whether they told everything, and by when.
func (row *QualityRow) judge(c *catalog.Catalog, m catalog.Measure, units []UnitRef, slots []catalog.Period, wanted combos, told map[qualityKey]heard, at instant) {
	late, onTime, closes := 0, 0, false
	row.Due, closes = dueOf(c, m, slots[len(slots)-1])
	for _, unit := range units {
		missed, tardy := false, false
		for i, slot := range slots {
			found := told[qualityKey{unit.Unit, i}]
			row.Corrections += found.corrections
			switch {
			case found.told&wanted != wanted:
				row.Missing++
				missed = true
				if found.told != 0 {
					row.Incomplete++
				}
			case isLate(c, m, slot, found.since):
				late++
				tardy = true
			default:
				onTime++
			}
		}
		row.MissingIn = listed(row.MissingIn, unit, missed)
		row.LateIn = listed(row.LateIn, unit, tardy)
	}
	row.Coverage = coverage(len(units)*len(slots)-row.Missing, len(units)*len(slots))
	if closes && row.Due.Before(at.today) {
		row.OnTime, row.Late = &onTime, &late
	} else {
		row.LateIn = []UnitRef{}
	}
}

// dueOf is the day by which a measure is due for a period: that of the first step of the
// reporting chain for what is reported by its periods, else that of the catalogue's rule.
func dueOf(c *catalog.Catalog, m catalog.Measure, period catalog.Period) (civil.Date, bool) {
	if due, ok := c.Calendar.FirstStepDue(period); ok && m.PeriodKind == period.Kind {
		return due, true
	}
	closing, ok := c.Rules.Closing(m.ID)
	if !ok {
		return civil.Date{}, false
	}
	return closing.Due(period.End), true
}

func isLate(c *catalog.Catalog, m catalog.Measure, period catalog.Period, since time.Time) bool {
	due, ok := dueOf(c, m, period)
	return ok && civil.DateOf(since.In(c.Location)).After(due)
}

func listed(list []UnitRef, unit UnitRef, is bool) []UnitRef {
	if !is || len(list) == listedUnits {
		return list
	}
	return append(list, unit)
}

// reportingPeriods are those a measure is reported for in a period, as far as they have
// ended; of a stock the period itself.
func reportingPeriods(m catalog.Measure, period catalog.Period, at instant) []catalog.Period {
	if m.TimeRule != catalog.Flow {
		return []catalog.Period{period}
	}
	var slots []catalog.Period
	for _, slot := range catalog.PeriodsBetween(m.PeriodKind, period.Start, at.last(period)) {
		if slot.TilesInto(period) && !slot.End.After(at.today) {
			slots = append(slots, slot)
		}
	}
	return slots
}

func expectedUnits(m catalog.Measure, l *layout, area *catalog.Area) []UnitRef {
	var units []UnitRef
	for _, u := range l.units[m.Level] {
		if m.Expects(u.Type) && area.Holds(l.set.Info().ID, u.Code) {
			units = append(units, l.names[u.Code])
		}
	}
	return units
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

// qualityKey is a unit in one of the reporting periods.
type qualityKey struct {
	unit string
	slot int
}

// heard is what was told there.
type heard struct {
	told        combos
	since       time.Time // when the last part became known for the first time
	corrections uint64
}

func (w *warehouse) quality(ctx context.Context, s *slice, slots []catalog.Period, at instant) (map[qualityKey]heard, error) {
	starts, ends := make([]day, len(slots)), make([]day, len(slots))
	for i, slot := range slots {
		starts[i], ends[i] = dayOf(slot.Start), dayOf(at.last(slot))
	}
	p := params{
		"starts": days32(starts), "ends": days32(ends), "first_day": starts[0].date(), "last_day": ends[len(ends)-1].date(),
		"known_by": at.knownBy(), "flow": s.measure.TimeRule == catalog.Flow,
	}
	p.addSlice(s)
	found := map[qualityKey]heard{}
	err := w.each(ctx, "quality", p, func(rows driver.Rows) error {
		var (
			key               qualityKey
			slot              uint32
			told, corrections uint64
			h                 heard
		)
		if err := rows.Scan(&key.unit, &slot, &told, &h.since, &corrections); err != nil {
			return err
		}
		key.slot, h.told, h.corrections = int(slot)-1, combos(told), corrections
		found[key] = h
		return nil
	})
	return found, err
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
