package query

import (
	"context"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// plan shows where assignments stand, and what falls due next.
func (c *Collector) plan(ctx context.Context, s *Service, shown exposition) error {
	at, err := s.at(time.Time{})
	if err != nil {
		return err
	}
	stands, err := s.assignments.at(ctx, at, at.today)
	if err != nil {
		return err
	}
	ofUnits := map[catalog.AssignmentState]int{}
	for state, n := range stands.units[s.layout.set.Root().Code].byState {
		ofUnits[state] = n
	}
	for agency, count := range stands.agencies {
		for state, n := range count.byState {
			ofUnits[state] -= n
			shown.gauge(c.assignments, float64(n), string(state), agency)
		}
	}
	for state, n := range ofUnits {
		shown.gauge(c.assignments, float64(n), string(state), "")
	}
	for _, task := range s.deps.Catalog.Tasks {
		if due, open := nextDue(stands.tasks[task.Ref], at.today); open > 0 {
			shown.gauge(c.taskDue, s.endOf(due), task.Ref)
			shown.gauge(c.taskOpen, float64(open), task.Ref)
		}
	}
	return nil
}

// nextDue is the first day from today on, today included, on which assignments fall due that nobody has reported done,
// and how many.
func nextDue(states map[string]assignmentState, today civil.Date) (due civil.Date, open int) {
	for _, state := range states {
		if state.State != catalog.NotStarted && state.State != catalog.InProgress || state.Due.IsZero() || state.Due.Before(today) {
			continue
		}
		switch {
		case open == 0 || state.Due.Before(due):
			due, open = state.Due, 1
		case state.Due == due:
			open++
		}
	}
	return due, open
}

// reportedMeasure is in how many units a measure has been reported for a period, and in how many of these in time.
type reportedMeasure struct {
	measure       string
	units, inTime uint64
}

// roundKey names what was reported for a period, as far as the data version.
type roundKey struct {
	version uint64
	current string
	closed  string
}

// reports shows the round under way: by when each step is due, and what every agency owes and has sent; and the quality
// of the last round that was due.
func (c *Collector) reports(ctx context.Context, s *Service, shown exposition) error {
	at, err := s.at(time.Time{})
	if err != nil {
		return err
	}
	round := round(s.deps.Catalog.Calendar, at.today)
	if round == nil {
		return nil
	}
	for _, step := range round.Steps {
		shown.gauge(c.reportDue, s.endOf(step.Date), step.ID)
	}
	closed := s.lastDue(round.Period, at.today)
	key := roundKey{s.Version(), round.Period.String(), closed.String()}
	both, err := c.reported.get(key, func() ([]reportedMeasure, error) {
		current, err := s.reportedIn(ctx, round.Period)
		if err != nil {
			return nil, err
		}
		before, err := s.reportedIn(ctx, closed)
		return slices.Concat(current, before), err
	})
	if err != nil {
		return err
	}
	half := len(both) / 2
	for agency, sum := range s.byAgency(both[:half]) {
		shown.gauge(c.expected, float64(sum.expected), agency)
		shown.gauge(c.received, float64(sum.units), agency)
	}
	for agency, sum := range s.byAgency(both[half:]) {
		shown.gauge(c.quality, float64(sum.units)/float64(sum.expected), agency, "completeness")
		if sum.units > 0 {
			shown.gauge(c.quality, float64(sum.inTime)/float64(sum.units), agency, "timeliness")
		}
	}
	return nil
}

// lastDue is the last period whose first step of the chain was due before today.
func (s *Service) lastDue(p catalog.Period, today civil.Date) catalog.Period {
	for {
		if due, ok := s.deps.Catalog.Calendar.FirstStepDue(p); !ok || due.Before(today) {
			return p
		}
		p = p.Prev()
	}
}

// reportedIn counts the units that have reported each measure of the chain's period.
func (s *Service) reportedIn(ctx context.Context, p catalog.Period) ([]reportedMeasure, error) {
	var list []reportedMeasure
	for _, m := range s.owed(p.Kind) {
		list = append(list, reportedMeasure{measure: m.ID})
	}
	due, ok := s.deps.Catalog.Calendar.FirstStepDue(p)
	if !ok || len(list) == 0 {
		return list, nil
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].measure
	}
	err := s.warehouse.each(ctx, "reported", params{
		"measures": ids, "first_day": p.Start.String(), "last_day": p.End.String(),
		"due": due.AddDays(1).In(s.deps.Catalog.Location).UTC().Format("2006-01-02 15:04:05.000"),
	}, func(rows driver.Rows) error {
		var one reportedMeasure
		if err := rows.Scan(&one.measure, &one.units, &one.inTime); err != nil {
			return err
		}
		if i := slices.Index(ids, one.measure); i >= 0 {
			list[i] = one
		}
		return nil
	})
	return list, err
}

// owed lists the measures that are reported by periods of the chain.
func (s *Service) owed(kind catalog.PeriodKind) []catalog.Measure {
	return slices.DeleteFunc(slices.Clone(s.deps.Catalog.Measures), func(m catalog.Measure) bool { return m.PeriodKind != kind })
}

// agencySum is what an agency owes, and what has come of it.
type agencySum struct{ expected, units, inTime uint64 }

func (s *Service) byAgency(list []reportedMeasure) map[string]agencySum {
	sums := map[string]agencySum{}
	for _, one := range list {
		m, _ := s.deps.Catalog.Measure(one.measure)
		sum := sums[m.Agency]
		for _, unit := range s.layout.units[m.Level] {
			if m.Expects(unit.Type) {
				sum.expected++
			}
		}
		sum.units += one.units
		sum.inTime += one.inTime
		sums[m.Agency] = sum
	}
	for agency, sum := range sums {
		sum.units, sum.inTime = min(sum.units, sum.expected), min(sum.inTime, sum.expected)
		if sums[agency] = sum; sum.expected == 0 {
			delete(sums, agency)
		}
	}
	return sums
}

// sentBy is what an agency has sent, all submissions together.
type sentBy struct {
	agency, state              string
	number, accepted, rejected uint64
}

// submitted counts submissions, and how many of their rows were taken; agencies the catalogue does not know share one label.
func (c *Collector) submitted(ctx context.Context, s *Service, shown exposition) error {
	list, err := c.sent.get(s.Version(), func() (list []sentBy, err error) {
		err = s.warehouse.each(ctx, "submission_states", nil, func(rows driver.Rows) error {
			var one sentBy
			if err := rows.Scan(&one.agency, &one.state, &one.number, &one.accepted, &one.rejected); err != nil {
				return err
			}
			list = append(list, one)
			return nil
		})
		return list, err
	})
	if err != nil {
		return err
	}
	type label struct{ state, agency string }
	counts := map[label]uint64{}
	rows := map[string]*sentBy{}
	for _, one := range list {
		if _, known := s.deps.Catalog.Agency(one.agency); !known && one.agency != "" {
			one.agency = otherAgency
		}
		counts[label{one.state, one.agency}] += one.number
		if rows[one.agency] == nil {
			rows[one.agency] = &sentBy{}
		}
		rows[one.agency].accepted += one.accepted
		rows[one.agency].rejected += one.rejected
	}
	for l, n := range counts {
		shown.gauge(c.submissions, float64(n), l.state, l.agency)
	}
	for agency, sum := range rows {
		if all := sum.accepted + sum.rejected; all > 0 {
			shown.gauge(c.quality, float64(sum.accepted)/float64(all), agency, "validity")
		}
	}
	return nil
}
