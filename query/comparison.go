package query

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// ComparisonQuestion asks how a unit (the root when empty) stands beside its own past, the
// units it lies in and units of about its size.
type ComparisonQuestion struct {
	Asked
	Unit string
}

// ComparisonAnswer is a comparison.
type ComparisonAnswer struct {
	Data Comparison `json:"data"`
	Meta Meta       `json:"meta"`
}

// Comparison has the unit's own figure and the ones it is held against.
type Comparison struct {
	UnitRef
	Figure
	Against []ComparisonRow `json:"against"` // previous, year_before, then the units above, nearest first
	Similar *Similar        `json:"similar"` // nil without populations, or with too few units of its size
}

// ComparisonRow is another figure. Difference is the unit's value less the other, in the
// indicator's unit (points of a percentage); Relative that in per cent of the other, nil
// where the other is zero. Both are nil where either value is missing.
type ComparisonRow struct {
	With       ComparedWith `json:"with"`
	UnitRef                 // whose figure it is
	Period     string       `json:"period"`
	Difference *float64     `json:"difference"`
	Relative   *float64     `json:"relative"`
	Figure
}

// ComparedWith says what a figure is held against.
type ComparedWith string

// Figures to hold another against.
const (
	WithPrevious   ComparedWith = "previous"    // the same unit in the period before
	WithYearBefore ComparedWith = "year_before" // the same unit in the same period of the year before
	WithAbove      ComparedWith = "above"       // a unit it lies in
)

// Similar are the units of the same level with a population within BandFrom and BandTo,
// the unit itself not among them. Median and Rank are over those with a value; equal values
// share a rank. Rows are the nearest in population first.
type Similar struct {
	Population int64        `json:"population"` // of the unit
	BandFrom   int64        `json:"band_from"`
	BandTo     int64        `json:"band_to"`
	Date       civil.Date   `json:"date"` // of the populations
	Median     *float64     `json:"median"`
	Difference *float64     `json:"difference"` // the unit's value less the median
	Rank       *int         `json:"rank"`       // of the unit among them and itself
	RankOf     int          `json:"rank_of"`
	Rows       []SimilarRow `json:"rows"`
}

// SimilarRow is a unit of about the same size.
type SimilarRow struct {
	UnitRef
	Population int64 `json:"population"`
	Figure
}

const (
	bandFactor  = 1.25 // a similar unit has at least 1/1.25 and at most 1.25 times the population
	fewSimilar  = 3    // fewer say nothing
	mostSimilar = 10   // nearest ones listed; the median is over all in the band
)

// Comparison answers how a unit stands beside others.
func (s *Service) Comparison(ctx context.Context, q ComparisonQuestion) (ComparisonAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return ComparisonAnswer{}, err
	}
	p, period, at, err := s.ask(q.Asked)
	if err != nil {
		return ComparisonAnswer{}, err
	}
	unit, err := s.layout.unit(q.Unit)
	if err != nil {
		return ComparisonAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).of(p, period, at), at.last(period))
	boards, err := s.boards(ctx, p, []catalog.Period{period, period.Prev(), yearBefore(period)}, at)
	if err != nil {
		return ComparisonAnswer{}, err
	}
	c := Comparison{UnitRef: unit, Figure: boards[0].of(unit.Unit)}
	c.add(WithPrevious, unit, boards[1])
	c.add(WithYearBefore, unit, boards[2])
	for _, above := range s.layout.set.Ancestors(unit.Unit) {
		c.add(WithAbove, s.layout.names[above.Code], boards[0])
	}
	c.Similar, err = s.similar(ctx, p.indicator, c, boards[0], at)
	return ComparisonAnswer{Data: c, Meta: meta}, err
}

// yearBefore is the period of the same kind a year earlier; of 29 February the 28th.
func yearBefore(p catalog.Period) catalog.Period {
	start := p.Start
	start.Year--
	if !start.IsValid() {
		start.Day--
	}
	return catalog.PeriodOf(p.Kind, start)
}

// add holds the unit's figure against that of a unit on a board.
func (c *Comparison) add(with ComparedWith, unit UnitRef, b board) {
	row := ComparisonRow{With: with, UnitRef: unit, Period: b.period.String(), Figure: b.of(unit.Unit)}
	row.Difference = less(c.Value, row.Value)
	if row.Difference != nil && *row.Value != 0 {
		relative := 100 * *row.Difference / math.Abs(*row.Value)
		row.Relative = &relative
	}
	c.Against = append(c.Against, row)
}

// less is a - b, nil without both.
func less(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	d := *a - *b
	return &d
}

// similar finds the units of about the same population.
func (s *Service) similar(ctx context.Context, ind catalog.Indicator, c Comparison, b board, at instant) (*Similar, error) {
	date := at.last(b.period)
	people, err := s.headcounts(ctx, c.Level, date, at)
	own, ok := people[c.Unit]
	if err != nil || !ok || own == 0 {
		return nil, err
	}
	found := &Similar{
		Population: own, Date: date, Rows: []SimilarRow{},
		BandFrom: int64(math.Ceil(float64(own) / bandFactor)), BandTo: int64(math.Floor(float64(own) * bandFactor)),
	}
	var peers []ValueRow
	for code, n := range people {
		if code != c.Unit && n >= found.BandFrom && n <= found.BandTo {
			row := ValueRow{s.layout.names[code], b.of(code)}
			peers = append(peers, row)
			found.Rows = append(found.Rows, SimilarRow{UnitRef: row.UnitRef, Population: n, Figure: row.Figure})
		}
	}
	if len(peers) < fewSimilar {
		return nil, nil
	}
	found.place(ind, c, peers)
	slices.SortFunc(found.Rows, func(x, y SimilarRow) int {
		return cmp.Or(cmp.Compare(apart(x.Population, own), apart(y.Population, own)), cmp.Compare(x.Unit, y.Unit))
	})
	found.Rows = found.Rows[:min(mostSimilar, len(found.Rows))]
	return found, nil
}

// apart is by how much two populations differ, as a ratio.
func apart(a, b int64) float64 { return math.Abs(math.Log(float64(a) / float64(b))) }

// place sets the median of the peers, and the unit's rank among them.
func (f *Similar) place(ind catalog.Indicator, c Comparison, peers []ValueRow) {
	var values []float64
	for _, row := range peers {
		if row.Value != nil {
			values = append(values, *row.Value)
		}
	}
	if len(values) > 0 {
		slices.Sort(values)
		median := quantile(values, 0.5)
		f.Median, f.Difference = &median, less(c.Value, &median)
	}
	for _, row := range rank(ind, append(peers, ValueRow{c.UnitRef, c.Figure})) {
		f.RankOf = row.RankOf
		if row.Unit == c.Unit {
			f.Rank = row.Rank
		}
	}
}

// headcounts gives the population of the units of a level on a day, where all of it was
// reported and none of it is hidden; nothing where the catalogue has no population.
func (s *Service) headcounts(ctx context.Context, level string, date civil.Date, at instant) (map[string]int64, error) {
	i := slices.IndexFunc(s.deps.Catalog.Measures, func(m catalog.Measure) bool { return m.Dataset == populationDataset })
	if i < 0 {
		return nil, nil
	}
	whole, err := sliceOf(s.deps.Catalog, catalog.Term{Measure: s.deps.Catalog.Measures[i].ID})
	if err != nil {
		return nil, err
	}
	p := &plan{level: whole.measure.Level, terms: []term{{slice: whole}}}
	evaluated, err := s.evaluate(ctx, p, []catalog.Period{catalog.PeriodOf(catalog.Day, date)}, at)
	if err != nil {
		return nil, err
	}
	hidden := s.disclosure.hiddenUnits(evaluated[0])
	people := map[string]int64{}
	for _, unit := range s.layout.units[level] {
		t := evaluated[0].sum(0, evaluated[0].pieces(unit.Code))
		if t.reported > 0 && t.reported == t.expected && !hidden[unit.Code] {
			people[unit.Code] = headcountOf(t.exact(false))
		}
	}
	return people, nil
}
