package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// inputs lists at most limit figures that enter a value, the latest of each term first.
// Where no figure counts, because other terms or parts are missing, it lists all that was
// reported: its reporter asks where it is.
func (s *Service) inputs(ctx context.Context, p *plan, unit string, period catalog.Period, at instant, limit int) ([]Input, error) {
	if p.ofTasks() {
		return s.warehouse.taskInputs(ctx, s.assignees(unit), period, at, limit)
	}
	if p.combined() {
		return s.inputsOfParts(ctx, p, unit, period, at, limit)
	}
	evaluated, err := s.evaluate(ctx, p, []catalog.Period{period}, at)
	if err != nil {
		return nil, err
	}
	e, leaves := evaluated[0], s.layout.under[p.level][unit]
	sum := e.sum(0, leaves)
	hidden := s.disclosure.hiddenUnits(e, s.layout)
	listed, seen := []Input{}, map[string]bool{} // a measure may stand in two terms
	for i := range p.terms {
		if len(listed) == limit {
			break
		}
		found, err := s.termInputs(ctx, e, i, s.spans(e, i, leaves, sum.reported > 0, at), at, limit)
		if err != nil {
			return nil, err
		}
		for _, input := range found {
			key := input.key()
			if seen[key] || len(listed) == limit {
				continue
			}
			seen[key] = true
			if input.Protected && (sum.reported == 0 || hidden[input.Unit] || s.disclosure.small(*input.Value)) {
				input.Value = nil
			}
			listed = append(listed, input)
		}
	}
	return listed, nil
}

// inputsOfParts lists at most limit figures that enter the parts, each once.
func (s *Service) inputsOfParts(ctx context.Context, p *plan, unit string, period catalog.Period, at instant, limit int) ([]Input, error) {
	listed, seen := []Input{}, map[string]bool{} // a measure may stand in two parts
	for _, leaf := range p.leaves() {
		found, err := s.inputs(ctx, leaf, unit, period, at, limit)
		if err != nil {
			return nil, err
		}
		for _, input := range found {
			if seen[input.key()] || len(listed) == limit {
				continue
			}
			seen[input.key()] = true
			listed = append(listed, input)
		}
	}
	return listed, nil
}

// key names a figure or report.
func (in Input) key() string {
	return fmt.Sprint(in.Measure, "|", in.Unit, "|", in.Dims, "|", in.Task, "|", in.Assignee, "|", in.Date)
}

// span is where inputs of a term are found: a stock's between the oldest and the newest
// day of its figures in a unit, a flow's in a reporting period.
type span struct {
	unit     string
	place    string // as the statements write it: the unit, of a flow with the period's first and last day
	from, to day
}

// spans says where the figures of a term are, from what was read for the value, so that
// the warehouse neither searches nor lists others. counting leaves out those that do not
// enter the value.
func (s *Service) spans(e *evaluated, term int, units []int, counting bool, at instant) []span {
	flow := e.plan.terms[term].slice.measure.TimeRule == catalog.Flow
	slots := e.plan.slots(e.period, at)
	var spans []span
	for _, number := range units {
		code := s.layout.units[e.plan.level][number].Code
		for slot, period := range slots {
			l := e.leaf(term, 0, number, slot)
			if l.rows == 0 || counting && !e.complete(0, number, slot) {
				continue
			}
			found := span{unit: code, place: code, from: l.oldest, to: l.newest}
			if flow {
				found.place = fmt.Sprint(code, " ", dayOf(period.Start), " ", dayOf(period.End))
			}
			spans = append(spans, found)
			if !flow {
				break
			}
		}
	}
	return spans
}

// termInputs lists at most limit figures of a term. Each span holds at least one, as late
// as the span's end, so that many spans are enough.
func (s *Service) termInputs(ctx context.Context, e *evaluated, term int, spans []span, at instant, limit int) ([]Input, error) {
	if len(spans) == 0 {
		return nil, nil
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(b.to, a.to), cmp.Compare(a.unit, b.unit)) })
	slice := e.plan.terms[term].slice
	p := spanParams(spans[:min(limit, len(spans))])
	p.addSlice(slice)
	p["flow"], p["limit"], p["known_by"] = slice.measure.TimeRule == catalog.Flow, uint32(limit), at.knownBy()
	statement, scan := "inputs", scanInput
	if sensitive(slice.measure) {
		statement, scan = "inputs_protected", scanProtected
	}
	var found []Input
	err := s.warehouse.each(ctx, statement, p, func(rows driver.Rows) error {
		input, err := scan(rows)
		input.Measure = slice.measure.ID
		found = append(found, input)
		return err
	})
	return found, err
}

func spanParams(spans []span) params {
	places, froms, tos := make([]string, len(spans)), make([]day, len(spans)), make([]day, len(spans))
	for i, sp := range spans {
		places[i], froms[i], tos[i] = sp.place, sp.from, sp.to
	}
	return params{
		"places": places, "froms": days32(froms), "tos": days32(tos), "never": int32(never),
		"first_day": slices.Min(froms).date(), "last_day": slices.Max(tos).date(),
	}
}

func scanInput(rows driver.Rows) (Input, error) {
	var (
		in                                   Input
		ending                               int32
		seqs                                 []uint64
		said                                 []int64
		withdrawn                            []bool
		known                                []time.Time
		submissions, agencies, notes, period = []string{}, []string{}, []string{}, ""
		lines                                []uint32
	)
	if err := rows.Scan(&in.Unit, &in.Dims, &ending, &period, &seqs, &said, &withdrawn, &known, &submissions, &lines, &agencies, &notes); err != nil {
		return in, err
	}
	in.Period, in.Date, in.Value = period, day(ending).date(), &said[0]
	for i := range seqs {
		r := Revision{KnownAt: known[i], Submission: submissions[i], Line: lines[i], DataVersion: seqs[i], Agency: agencies[i], Note: notes[i], Retracted: withdrawn[i]}
		if !withdrawn[i] {
			r.Value = &said[i]
		}
		in.Revisions = append(in.Revisions, r)
	}
	return in, nil
}

func scanProtected(rows driver.Rows) (Input, error) {
	in := Input{Protected: true}
	var (
		newest                int32
		total                 int64
		seqs                  []uint64
		submissions, agencies []string
		known                 []time.Time
	)
	if err := rows.Scan(&in.Unit, &newest, &in.Period, &total, &seqs, &submissions, &known, &agencies); err != nil {
		return in, err
	}
	in.Date, in.Value = day(newest).date(), &total
	for i := range seqs {
		in.Revisions = append(in.Revisions, Revision{KnownAt: known[i], Submission: submissions[i], DataVersion: seqs[i], Agency: agencies[i]})
	}
	return in, nil
}

// assignees lists who has assignments that count for a unit.
func (s *Service) assignees(unit string) []string {
	listed, seen := []string{""}, map[string]bool{}
	for _, task := range s.deps.Catalog.Tasks {
		for _, assignee := range task.Assignees {
			if !seen[assignee] && s.belongs(assignee, unit) {
				listed, seen[assignee] = append(listed, assignee), true
			}
		}
	}
	return listed
}

func (w *warehouse) taskInputs(ctx context.Context, assignees []string, period catalog.Period, at instant, limit int) ([]Input, error) {
	found := []Input{}
	p := params{"assignees": assignees, "last_day": at.last(period), "known_by": at.knownBy(), "limit": uint32(limit)}
	err := w.each(ctx, "inputs_tasks", p, func(rows driver.Rows) error {
		input, err := scanTaskInput(rows)
		found = append(found, input)
		return err
	})
	return found, err
}

func scanTaskInput(rows driver.Rows) (Input, error) {
	var (
		in                       Input
		date                     int32
		seqs                     []uint64
		said, submissions, notes []string
		withdrawn                []bool
		known                    []time.Time
		lines                    []uint32
	)
	if err := rows.Scan(&in.Task, &in.Assignee, &date, &seqs, &said, &withdrawn, &known, &submissions, &lines, &notes); err != nil {
		return in, err
	}
	in.Date, in.Period, in.Status = day(date).date(), day(date).date().String(), said[0]
	for i := range seqs {
		in.Revisions = append(in.Revisions, Revision{
			Status: said[i], KnownAt: known[i], Submission: submissions[i], Line: lines[i],
			DataVersion: seqs[i], Note: notes[i], Retracted: withdrawn[i],
		})
	}
	return in, nil
}
