package query

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"
	"golang.org/x/sync/errgroup"

	"github.com/toancanh/toancanh/query/catalog"
)

// duty is what one unit owes of one measure for one of its reporting periods, and what came of it. Every answer about
// who has reported, when and too late counts these.
type duty struct {
	unit        UnitRef
	due         civil.Date // zero without a rule: then nothing is late
	state       dutyState
	last        time.Time // when the latest figure that holds came; zero without any
	corrections uint64
}

// dutyState says whether every part that makes up the total is there and holds, and whether that was so on the due day.
type dutyState int

const (
	missing dutyState = iota
	incomplete
	inTime // or without a due day
	tooLate
)

// owing is all that is owed of a measure: the duties of a unit stand together, units in the order of their codes.
type owing struct {
	measure catalog.Measure
	due     civil.Date // of the last of its reporting periods; zero without a rule
	duties  []duty
}

// closed tells whether the last due day has passed.
func (o owing) closed(at instant) bool { return !o.due.IsZero() && o.due.Before(at.today) }

// owingAtATime is how many statements one question about reports runs at a time.
const owingAtATime = 8

// owingOf lists what is owed for a period, in the order of the measures, without those that nobody is asked to report.
func (s *Service) owingOf(ctx context.Context, measures []catalog.Measure, period catalog.Period, in *layer, area *catalog.Area, at instant) ([]owing, error) {
	all := make([]owing, len(measures))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(owingAtATime)
	for i, m := range measures {
		group.Go(func() error {
			return contain(s.deps.Log, "what is owed of "+m.ID, func() (err error) {
				all[i], err = s.owingFor(ctx, m, period, in, area, at)
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	asked := all[:0]
	for _, o := range all {
		if len(o.duties) > 0 {
			asked = append(asked, o)
		}
	}
	return asked, nil
}

// owingFor looks at one measure.
func (s *Service) owingFor(ctx context.Context, m catalog.Measure, period catalog.Period, in *layer, area *catalog.Area, at instant) (owing, error) {
	owed := owing{measure: m}
	slots := reportingPeriods(m, period, at)
	units := expectedUnits(m, in.layout, area)
	if len(slots) == 0 || len(units) == 0 {
		return owed, nil
	}
	whole, err := sliceOf(s.deps.Catalog, catalog.Term{Measure: m.ID})
	if err != nil {
		return owed, err
	}
	told, err := s.warehouse.quality(ctx, whole, slots, at)
	if err != nil {
		return owed, err
	}
	owed.duties = make([]duty, 0, len(units)*len(slots))
	for _, unit := range units {
		for i, slot := range slots {
			owed.due, _ = dueOf(s.deps.Catalog, m, slot)
			owed.duties = append(owed.duties, heardOf(told[qualityKey{unit.Unit, i}], whole.wanted[0], unit, owed.due, s.deps.Catalog.Location))
		}
	}
	return owed, nil
}

// heardOf judges what a unit told.
func heardOf(found heard, wanted combos, unit UnitRef, due civil.Date, zone *time.Location) duty {
	d := duty{unit: unit, due: due, last: found.last, corrections: found.corrections}
	switch {
	case found.told == 0:
		d.state = missing
	case found.told&wanted != wanted:
		d.state = incomplete
	case !due.IsZero() && civil.DateOf(found.since.In(zone)).After(due):
		d.state = tooLate
	default:
		d.state = inTime
	}
	return d
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

// qualityKey is a unit in one of the reporting periods.
type qualityKey struct {
	unit string
	slot int
}

// heard is what was told there.
type heard struct {
	told        combos
	since       time.Time // when the last part became known for the first time
	last        time.Time // when the latest of the figures that hold came
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
		if err := rows.Scan(&key.unit, &slot, &told, &h.since, &h.last, &corrections); err != nil {
			return err
		}
		key.slot, h.told, h.corrections = int(slot)-1, combos(told), corrections
		found[key] = h
		return nil
	})
	return found, err
}
