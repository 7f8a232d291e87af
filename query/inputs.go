package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/golang-sql/civil"

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
	e := evaluated[0]
	pieces := e.pieces(unit)
	sum := e.sum(0, pieces)
	hidden := e.hiddenInputs(s.disclosure)
	listed, seen := []Input{}, map[string]bool{} // a measure may stand in two terms
	for i := range p.terms {
		if len(listed) == limit {
			break
		}
		found, err := s.termInputs(ctx, e, i, s.spans(e, i, pieces, sum.reported > 0, at), at, limit)
		if err != nil {
			return nil, err
		}
		for _, input := range found {
			key := input.key()
			if seen[key] || len(listed) == limit {
				continue
			}
			seen[key] = true
			if input.Protected && (sum.reported == 0 || hidden[dated{input.Unit, e.layerAt(input.Date)}] || s.disclosure.small(*input.Value)) {
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

// dated is a unit's code in one of the layers.
type dated struct {
	unit  string
	layer int
}

// hiddenInputs tells which units' figures are hidden in the boundary set they were told in.
func (e *evaluated) hiddenInputs(d *disclosure) map[dated]bool {
	hidden := map[dated]bool{}
	last := len(e.terrain.layers) - 1
	for code, is := range d.hiddenUnits(e) {
		hidden[dated{code, last}] = is
	}
	for i, earlier := range e.terrain.layers[:last] {
		if e.only != several && e.only != i {
			continue
		}
		for _, e := range e.withBeside() {
			for _, count := range e.peopleCounts() {
				for code, is := range earlier.disclosure.hiddenOn(nil, earlier.codes(), count, e.piecesOf(i)) {
					hidden[dated{code, i}] = hidden[dated{code, i}] || is
				}
			}
		}
	}
	return hidden
}

// layerAt is the layer that figures of a day are told in.
func (e *evaluated) layerAt(date civil.Date) int {
	d := dayOf(date)
	return slices.IndexFunc(e.terrain.layers, func(l *layer) bool { return d <= l.to })
}

// span is where inputs of a term are found: a stock's between the oldest and the newest
// day of its figures in a unit, a flow's in a reporting period.
type span struct {
	layer    int
	unit     string
	place    string // as the statements write it: the unit, of a flow with the period's first and last day
	from, to day
}

// spans says where the figures of a term are, from what was read for the value, so that
// the warehouse neither searches nor lists others. counting leaves out those that do not
// enter the value.
func (s *Service) spans(e *evaluated, term int, pieces []piece, counting bool, at instant) []span {
	var spans []span
	for _, p := range pieces {
		for slot, period := range e.plan.slots(e.period, at) {
			if !e.speaks(p.number, slot) || counting && !e.complete(0, p.number, slot) {
				continue
			}
			if e.plan.terms[term].flow() {
				spans = append(spans, e.spanOf(term, p.number, slot, fmt.Sprint(" ", dayOf(period.Start), " ", dayOf(period.End)))...)
				continue
			}
			spans = append(spans, e.spanOf(term, p.number, 0, "")...)
			break
		}
	}
	return spans
}

// spanOf is where the figures of a unit are; of what was filled in where they came from.
func (e *evaluated) spanOf(term, number, slot int, period string) []span {
	l := e.leaf(term, 0, number, slot)
	if l.rows == 0 {
		return nil
	}
	if f, filled := e.column(term, slot).filled[number]; filled {
		var spans []span
		for _, from := range f.from {
			spans = append(spans, e.spanOf(term, from, slot, period)...)
		}
		return spans
	}
	_, unit := e.unit(number)
	return []span{{e.layerOf(number), unit.Code, unit.Code + period, l.oldest, l.newest}}
}

// termInputs lists at most limit figures of a term, layer by layer: a code may be another
// unit's in another. Each span holds at least one, as late as the span's end, so that many
// spans are enough.
func (s *Service) termInputs(ctx context.Context, e *evaluated, term int, spans []span, at instant, limit int) ([]Input, error) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(b.to, a.to), cmp.Compare(a.unit, b.unit)) })
	spans = spans[:min(limit, len(spans))]
	var found []Input
	for i := range e.terrain.layers {
		in := slices.DeleteFunc(slices.Clone(spans), func(sp span) bool { return sp.layer != i })
		if len(in) == 0 {
			continue
		}
		inputs, err := s.layerInputs(ctx, e.plan.terms[term].slice, in, at, limit)
		if err != nil {
			return nil, err
		}
		found = append(found, inputs...)
	}
	slices.SortStableFunc(found, func(a, b Input) int { return cmp.Or(b.Date.DaysSince(a.Date), cmp.Compare(a.Unit, b.Unit)) })
	return found[:min(limit, len(found))], nil
}

func (s *Service) layerInputs(ctx context.Context, slice *slice, spans []span, at instant, limit int) ([]Input, error) {
	p := spanParams(spans)
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
			if !seen[assignee] && s.belongs(task, assignee, unit) {
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
