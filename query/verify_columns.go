package query

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// verifiedColumns is how many remembered columns of a measure a verification makes again, some of all: each costs a pass over
// its rows, and there may be thousands. The others have their turn another time.
const verifiedColumns = 24

// verifyRemembered makes remembered columns again from the rows, without the statements that they were read with. What no
// question finds any more, because something came in since, is left out.
func (s *Service) verifyRemembered(ctx context.Context, v *Verification) error {
	byMeasure := map[string][]columnKey{}
	for key, had := range s.leaves.cache.All() {
		byMeasure[had.slice.measure.ID] = append(byMeasure[had.slice.measure.ID], key)
	}
	wrong := map[columnKey][]Mismatch{}
	for _, keys := range byMeasure {
		rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		for _, key := range keys[:min(len(keys), verifiedColumns)] {
			had, ok := s.leaves.cache.GetIfPresent(key)
			if !ok || key.window == nothing || s.versions.ofMeasure(had.slice.measure.ID) != key.touched {
				continue
			}
			leaves, err := s.replayColumn(ctx, had.slice, key)
			if err != nil {
				return fmt.Errorf("verify column %s: %w", key.slice, err)
			}
			if found := had.differs(key.window, leaves); len(found) > 0 {
				wrong[key] = found
			}
			v.Columns++
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	if err := s.Refresh(ctx); err != nil { // another process may have written
		return err
	}
	for key, found := range wrong {
		if s.versions.ofMeasure(found[0].Measure).version == key.touched.version {
			v.Mismatches = append(v.Mismatches, found...)
		}
	}
	return nil
}

// differs holds a column against what its rows give.
func (c remembered) differs(in window, leaves map[unitGroup]leaf) []Mismatch {
	var found []Mismatch
	m := c.slice.measure
	for number, unit := range c.in.units[m.Level] {
		for group := range c.slice.wanted {
			got, want := c.at(group, number), leaves[unitGroup{unit.Code, group}]
			if got.sum != want.sum || got.rows != want.rows {
				days := fmt.Sprint(in.from.date(), "..", in.to.date())
				found = append(found, Mismatch{m.ID, unit.Code, days, got.sum, want.sum})
			}
		}
	}
	return found
}

// unitGroup is a unit and a group of a slice.
type unitGroup struct {
	unit  string
	group int
}

// replayColumn sums a slice at the days of a column anew.
func (s *Service) replayColumn(ctx context.Context, slice *slice, key columnKey) (map[unitGroup]leaf, error) {
	at := instant{}
	if !key.cut.present {
		at.asOf = time.UnixMilli(key.cut.millis)
	}
	holds, err := s.held(ctx, slice.measure, key.window, at)
	if err != nil {
		return nil, err
	}
	groups := map[string]int{}
	for i, dims := range slice.keys {
		groups[dims] = int(slice.codes[i] >> comboBits)
	}
	leaves := map[unitGroup]leaf{}
	for of, value := range holds {
		if group, ok := groups[of.dims]; ok {
			l := leaves[unitGroup{of.unit, group}]
			l.sum, l.rows = l.sum+value, l.rows+1
			leaves[unitGroup{of.unit, group}] = l
		}
	}
	return leaves, nil
}

// replay gives what each unit has said of a measure in a period, a stock being carried as far as the catalogue allows.
func (s *Service) replay(ctx context.Context, m catalog.Measure, p catalog.Period, at instant) (map[string]int64, error) {
	first, last := p.Start, at.last(p)
	if m.TimeRule != catalog.Flow {
		if first = last.AddDays(-m.CarryForward); m.CarryForward == 0 {
			first = epoch
		}
	}
	holds, err := s.held(ctx, m, window{dayOf(first), dayOf(last)}, at)
	sums := map[string]int64{}
	for of, value := range holds {
		sums[of.unit] += value
	}
	return sums, err
}

// teller is who says a number: a unit, of people or things of some kind.
type teller struct{ unit, dims string }

// held gives what every teller says of a measure in a window of days, of a flow in the period that these days are: of every
// figure the last revision that was known, of a stock the latest day that was not taken back.
func (s *Service) held(ctx context.Context, m catalog.Measure, in window, at instant) (map[teller]int64, error) {
	type cell struct {
		teller

		starting, ending int32
	}
	type revision struct {
		seq     uint64
		row     uint32
		value   int64
		retract bool
	}
	latest := map[cell]revision{}
	p := params{"measure": m.ID, "first_day": in.from.date(), "last_day": in.to.date(), "known_by": at.knownBy()}
	err := s.warehouse.each(ctx, "verify", p, func(rows driver.Rows) error {
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
	holds, newest := map[teller]int64{}, map[teller]int32{}
	for c, r := range latest {
		if r.retract || m.TimeRule == catalog.Flow && (day(c.starting) != in.from || day(c.ending) != in.to) {
			continue
		}
		if had, ok := newest[c.teller]; !ok || c.ending > had {
			holds[c.teller], newest[c.teller] = r.value, c.ending
		}
	}
	return holds, nil
}
