package query

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// Verification holds the answers against the rows they are made of.
type Verification struct {
	At          time.Time  `json:"at"` // programme time
	DataVersion uint64     `json:"data_version"`
	Measures    int        `json:"measures"` // looked at
	Skipped     []string   `json:"skipped"`  // measures with figures of another boundary set: they are carried, not added up
	Compared    int        `json:"compared"` // sums in units of all levels
	Columns     int        `json:"columns"`  // remembered sums of a measure, in every unit it is collected in, made again from the rows
	Mismatches  []Mismatch `json:"mismatches"`
}

// Mismatch is a sum that is not what its rows give.
type Mismatch struct {
	Measure string `json:"measure"`
	Unit    string `json:"unit"`
	Period  string `json:"period"` // or the days a column is read at: 2022-05-01..2022-05-31
	Answer  int64  `json:"answer"`
	Rows    int64  `json:"rows"`
}

// verifiedPeriods is of how many periods back columns are read, as a series reads them, to be held against the rows. In
// units of all levels the latest is compared.
const verifiedPeriods = 6

// verifyTries is how often a measure is looked at again because figures came in meanwhile.
const verifyTries = 5

// Verify adds every measure up anew for its latest period, from all revisions in the rows, without the statements, caches
// and sums that answers are made with, and compares in every unit of every level; then it makes the sums that are remembered
// between rows and answers again (verify_columns.go). It reads what the warehouse holds at that
// time; a mismatch counts only when nothing came in meanwhile.
func (s *Service) Verify(ctx context.Context) (Verification, error) {
	at, err := s.at(time.Time{})
	if err != nil {
		return Verification{}, err
	}
	v := Verification{At: at.now, Skipped: []string{}, Mismatches: []Mismatch{}}
	for _, m := range s.deps.Catalog.Measures {
		if err := s.verifySettled(ctx, m, at, &v); err != nil {
			return v, fmt.Errorf("verify %s: %w", m.ID, err)
		}
	}
	if err := s.verifyRemembered(ctx, &v); err != nil {
		return v, err
	}
	v.DataVersion = s.Version()
	s.verified.say(v)
	return v, nil
}

func (s *Service) verifySettled(ctx context.Context, m catalog.Measure, at instant, v *Verification) error {
	for try := 1; ; try++ {
		before := s.Version()
		one, err := s.verifyMeasure(ctx, m, at)
		if err != nil {
			return err
		}
		if len(one.Mismatches) > 0 {
			if err := s.Refresh(ctx); err != nil {
				return err
			}
			if s.Version() != before && try < verifyTries {
				continue
			}
		}
		v.Measures++
		v.Compared += one.Compared
		v.Skipped = append(v.Skipped, one.Skipped...)
		v.Mismatches = append(v.Mismatches, one.Mismatches...)
		return nil
	}
}

func (s *Service) verifyMeasure(ctx context.Context, m catalog.Measure, at instant) (v Verification, err error) {
	period := catalog.PeriodOf(m.PeriodKind, at.today)
	if m.TimeRule == catalog.Flow {
		period = period.Prev()
	}
	periods := []catalog.Period{period}
	for len(periods) < verifiedPeriods {
		periods = append(periods, periods[len(periods)-1].Prev())
	}
	p := &plan{indicator: catalog.Indicator{ID: m.ID, Formula: catalog.Formula{Kind: catalog.Sum, Scale: 1, Numerator: []catalog.Term{{Measure: m.ID}}}}}
	if err := p.compile(s.deps.Catalog); err != nil {
		return v, err
	}
	evaluated, err := s.evaluate(ctx, p, periods, at)
	if err != nil || len(evaluated) == 0 {
		return v, err
	}
	answers := evaluated[0]
	if answers.only != len(answers.terrain.layers)-1 {
		v.Skipped = append(v.Skipped, m.ID)
		return v, nil
	}
	said, err := s.replay(ctx, m, period, at)
	if err != nil {
		return v, err
	}
	sums := map[string]int64{}
	leaves := s.layout.units[m.Level]
	for _, leaf := range leaves {
		if answers.sum(0, answers.pieces(leaf.Code)).reported > 0 { // the rest has not said enough to count
			s.addUpwards(sums, leaf, said[leaf.Code])
		}
	}
	for code, ref := range s.layout.names {
		if s.layout.rank[ref.Level] > s.layout.rank[m.Level] {
			continue
		}
		got := answers.sum(0, answers.pieces(code))
		if v.Compared++; got.numerator != sums[code] {
			v.Mismatches = append(v.Mismatches, Mismatch{m.ID, code, period.String(), got.numerator, sums[code]})
		}
	}
	return v, nil
}

// addUpwards adds a leaf's sum to itself and all above it.
func (s *Service) addUpwards(sums map[string]int64, leaf geo.Unit, sum int64) {
	sums[leaf.Code] += sum
	for _, above := range s.layout.set.Ancestors(leaf.Code) {
		sums[above.Code] += sum
	}
}

// verified shows what the last verification found.
type verified struct{ mismatches, compared, at prometheus.Gauge }

func newVerified() *verified {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "toancanh_verification_" + name, Help: help})
	}
	return &verified{
		mismatches: gauge("mismatches", "Sums that were not what their rows give, in the last verification."),
		compared:   gauge("compared", "Sums that the last verification compared."),
		at:         gauge("last_run_timestamp_seconds", "When the last verification ended; 0 before the first."),
	}
}

func (v *verified) say(found Verification) {
	v.mismatches.Set(float64(len(found.Mismatches)))
	v.compared.Set(float64(found.Compared))
	v.at.SetToCurrentTime()
}
