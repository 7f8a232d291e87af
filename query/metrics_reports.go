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

// roundKey names what was reported for two periods, as far as the last change of a measure of the chain; what is in time
// goes by the day.
type roundKey struct {
	catalogue       string
	touched         uint64
	today           civil.Date
	current, closed catalog.Period
}

// roundQuality is the quality of the period of the round, and of the last one that was due.
type roundQuality struct {
	current, closed []QualityRow
	senders         []SenderRow // since the closed one began
}

// reports shows the round under way: by when each step is due, and what every agency owes and has sent; and the quality
// of the last round that was due. All of it is what the question of quality answers.
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
	q, err := c.roundOf(ctx, s, round.Period, at)
	if err != nil {
		return err
	}
	for agency, sum := range byAgency(q.current) {
		shown.gauge(c.expected, float64(sum.expected), agency)
		shown.gauge(c.received, float64(sum.received), agency)
	}
	for agency, sum := range byAgency(q.closed) {
		shown.gauge(c.quality, float64(sum.received)/float64(sum.expected), agency, "completeness")
		if sum.received > 0 {
			shown.gauge(c.quality, float64(sum.inTime)/float64(sum.received), agency, "timeliness")
		}
	}
	c.validity(s, q.senders, shown)
	return nil
}

// roundOf asks for the quality of a round, again only when it may have changed.
func (c *Collector) roundOf(ctx context.Context, s *Service, current catalog.Period, at instant) (roundQuality, error) {
	closed := s.lastDue(current, at.today)
	owed := s.owed(current.Kind)
	senders, err := c.sent.get(sentKey{s.Version(), closed}, func() ([]SenderRow, error) {
		return s.qualityOfSenders(ctx, QualityQuestion{}, closed, at)
	})
	if err != nil {
		return roundQuality{}, err
	}
	key := roundKey{s.deps.Catalog.Version, s.touchedLast(owed), at.today, current, closed}
	q, err := c.reported.get(key, func() (q roundQuality, err error) {
		if current.End.After(at.today) {
			q.current = owedAhead(owed, s.layerIn(current, at))
		} else if q.current, err = s.qualityOfMeasures(ctx, owed, current, s.layerIn(current, at), nil, at); err != nil {
			return q, err
		}
		q.closed, err = s.qualityOfMeasures(ctx, owed, closed, s.layerIn(closed, at), nil, at)
		return q, err
	})
	q.senders = senders
	return q, err
}

// owedAhead is what is owed for a period that has not ended: nothing can have come.
func owedAhead(owed []catalog.Measure, in *layer) (rows []QualityRow) {
	for _, m := range owed {
		if n := len(expectedUnits(m, in.layout, nil)); n > 0 {
			rows = append(rows, QualityRow{Measure: m.ID, Agency: m.Agency, Coverage: coverage(0, n)})
		}
	}
	return rows
}

// touchedLast counts the changes of measures: it grows with each.
func (s *Service) touchedLast(measures []catalog.Measure) (changes uint64) {
	for _, m := range measures {
		changes += s.versions.ofMeasure(m.ID).generation
	}
	return changes
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

// owed lists the measures that are reported by periods of the chain.
func (s *Service) owed(kind catalog.PeriodKind) []catalog.Measure {
	return slices.DeleteFunc(slices.Clone(s.deps.Catalog.Measures), func(m catalog.Measure) bool { return m.PeriodKind != kind })
}

// agencySum is what an agency owes, and what has come of it.
type agencySum struct{ expected, received, inTime int }

func byAgency(rows []QualityRow) map[string]agencySum {
	sums := map[string]agencySum{}
	for _, row := range rows {
		sum := sums[row.Agency]
		sum.expected += row.Coverage.Expected
		sum.received += row.Coverage.Reported
		if row.OnTime != nil {
			sum.inTime += *row.OnTime
		}
		sums[row.Agency] = sum
	}
	return sums
}

// sentKey names what was sent since a period began, as far as a data version.
type sentKey struct {
	version uint64
	since   catalog.Period
}

// validity shows how much of what agencies sent was taken; those the catalogue does not know are one.
func (c *Collector) validity(s *Service, senders []SenderRow, shown exposition) {
	accepted, all := map[string]uint64{}, map[string]uint64{}
	for _, row := range senders {
		agency := s.agencyLabel(row.Agency)
		accepted[agency] += row.Accepted
		all[agency] += row.Accepted + row.Rejected
	}
	for agency, n := range all {
		if n > 0 {
			shown.gauge(c.quality, float64(accepted[agency])/float64(n), agency, "validity")
		}
	}
}

// agencyLabel keeps what callers invent out of the labels.
func (s *Service) agencyLabel(agency string) string {
	if _, known := s.deps.Catalog.Agency(agency); !known && agency != "" {
		return otherAgency
	}
	return agency
}

// submitted counts submissions.
func (c *Collector) submitted(ctx context.Context, s *Service, shown exposition) error {
	type label struct{ state, agency string }
	counts := map[label]uint64{}
	err := s.warehouse.each(ctx, "submission_states", nil, func(rows driver.Rows) error {
		var l label
		var n uint64
		if err := rows.Scan(&l.agency, &l.state, &n); err != nil {
			return err
		}
		l.agency = s.agencyLabel(l.agency)
		counts[l] += n
		return nil
	})
	if err != nil {
		return err
	}
	for l, n := range counts {
		shown.gauge(c.submissions, float64(n), l.state, l.agency)
	}
	return nil
}
