package query

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
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
	Mismatches  []Mismatch `json:"mismatches"`
}

// Mismatch is a sum that is not what its rows give.
type Mismatch struct {
	Measure string `json:"measure"`
	Unit    string `json:"unit"`
	Period  string `json:"period"`
	Answer  int64  `json:"answer"`
	Rows    int64  `json:"rows"`
}

// verifyTries is how often a measure is looked at again because figures came in meanwhile.
const verifyTries = 5

// Verify adds every measure up anew for its latest period, from all revisions in the rows, without the statements, caches
// and sums that answers are made with, and compares in every unit of every level. It reads what the warehouse holds at that
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
	p := &plan{indicator: catalog.Indicator{ID: m.ID, Formula: catalog.Formula{Kind: catalog.Sum, Scale: 1, Numerator: []catalog.Term{{Measure: m.ID}}}}}
	if err := p.compile(s.deps.Catalog); err != nil {
		return v, err
	}
	evaluated, err := s.evaluate(ctx, p, []catalog.Period{period}, at)
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

// replay gives what each unit has said of a measure in a period: of every cell the last revision, of a stock the latest day
// that holds and may still be carried.
func (s *Service) replay(ctx context.Context, m catalog.Measure, p catalog.Period, at instant) (map[string]int64, error) {
	first, last := p.Start, at.last(p)
	if m.TimeRule != catalog.Flow {
		if first = last.AddDays(-m.CarryForward); m.CarryForward == 0 {
			first = epoch
		}
	}
	type cell struct {
		unit, dims       string
		starting, ending int32
	}
	type revision struct {
		seq     uint64
		row     uint32
		value   int64
		retract bool
	}
	latest := map[cell]revision{}
	err := s.warehouse.each(ctx, "verify", params{"measure": m.ID, "first_day": first.String(), "last_day": last.String()}, func(rows driver.Rows) error {
		var c cell
		var r revision
		if err := rows.Scan(&c.unit, &c.dims, &c.starting, &c.ending, &r.seq, &r.row, &r.value, &r.retract); err != nil {
			return err
		}
		if had, ok := latest[c]; !ok || r.seq > had.seq || r.seq == had.seq && r.row > had.row {
			latest[c] = r
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	type series struct{ unit, dims string }
	holds := map[series]cell{}
	for c, r := range latest {
		if r.retract || m.TimeRule == catalog.Flow && day(c.starting) != dayOf(p.Start) {
			continue
		}
		of := series{c.unit, c.dims}
		if had, ok := holds[of]; !ok || c.ending > had.ending {
			holds[of] = c
		}
	}
	sums := map[string]int64{}
	for of, c := range holds {
		sums[of.unit] += latest[c].value
	}
	return sums, nil
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
