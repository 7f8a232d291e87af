package query

import (
	"context"
	"sort"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/toancanh/toancanh/query/catalog"
)

// inputs lists at most limit figures that enter a value.
func (s *Service) inputs(ctx context.Context, p *plan, unit string, period catalog.Period, at instant, limit int) ([]Input, error) {
	if p.ofTasks() {
		return s.warehouse.taskInputs(ctx, s.assignees(unit), period, at, limit)
	}
	evaluated, err := s.evaluate(ctx, p, []catalog.Period{period}, at)
	if err != nil {
		return nil, err
	}
	e := evaluated[0]
	units, listed := s.counting(e, unit), []Input{}
	if len(units) == 0 {
		return listed, nil
	}
	hidden := s.disclosure.hiddenUnits(e, s.layout)
	seen := map[string]bool{} // a measure may stand in two terms
	for _, t := range p.terms {
		found, err := s.termInputs(ctx, t.slice, e, units, at, limit)
		if err != nil {
			return nil, err
		}
		for _, input := range found {
			key := input.Measure + "|" + input.Unit + "|" + input.Dims + "|" + input.Date.String()
			if seen[key] || len(listed) == limit {
				continue
			}
			seen[key] = true
			if input.Protected && (hidden[input.Unit] || s.disclosure.small(*input.Value)) {
				input.Value = nil
			}
			listed = append(listed, input)
		}
	}
	return listed, nil
}

// counting lists the leaf units under a unit whose figures are in its value.
func (s *Service) counting(e *evaluated, unit string) []string {
	var codes []string
	for _, number := range s.layout.under[e.plan.level][unit] {
		for slot := range e.slots {
			if e.complete(0, number, slot) {
				codes = append(codes, s.layout.units[e.plan.level][number].Code)
				break
			}
		}
	}
	return codes
}

func (s *Service) termInputs(ctx context.Context, slice *slice, e *evaluated, units []string, at instant, limit int) ([]Input, error) {
	p, ok, err := s.inputParams(ctx, slice, e, at)
	if err != nil || !ok {
		return nil, err
	}
	p.addSlice(slice)
	p["units"], p["limit"], p["known_by"] = units, uint32(limit), at.knownBy()
	var found []Input
	statement, scan := "inputs", scanInput
	if sensitive(slice.measure) {
		statement, scan = "inputs_protected", scanProtected
	}
	err = s.warehouse.each(ctx, statement, p, func(rows driver.Rows) error {
		input, err := scan(rows)
		input.Measure = slice.measure.ID
		if s.entered(e, input) {
			found = append(found, input)
		}
		return err
	})
	return found, err
}

// inputParams says from which days the figures are; false when there can be none.
func (s *Service) inputParams(ctx context.Context, slice *slice, e *evaluated, at instant) (params, bool, error) {
	if slice.empty() {
		return nil, false, nil
	}
	if slice.measure.TimeRule == catalog.Flow {
		var windows []window
		for _, slot := range e.plan.slots(e.period, at) {
			windows = append(windows, window{from: dayOf(slot.Start), to: dayOf(slot.End)})
		}
		if len(windows) == 0 {
			return nil, false, nil
		}
		p := flowParams(windows)
		p["flow"] = true
		return p, true, nil
	}
	id := slice.measure.ID
	known, err := s.leaves.datesOf(ctx, id, s.versions.ofMeasure(id))
	w := snap(known.days, dayOf(at.last(e.period)), slice.measure.CarryForward)
	return params{
		"flow": false, "first_day": w.from.date(), "last_day": w.to.date(),
		"starts": []int32{0}, "ends": []int32{0}, "never": int32(never),
	}, w != nothing, err
}

// entered tells whether a flow's figure is of a slot that counts in its unit.
func (s *Service) entered(e *evaluated, input Input) bool {
	kind, flows := e.plan.flowKind()
	if m, _ := s.deps.Catalog.Measure(input.Measure); !flows || m.TimeRule != catalog.Flow {
		return true
	}
	number, ok := s.layout.number[e.plan.level][input.Unit]
	slots := catalog.PeriodsBetween(kind, e.period.Start, input.Date)
	slot := sort.Search(len(slots), func(i int) bool { return !slots[i].End.Before(input.Date) })
	return ok && slot < e.slots && e.complete(0, number, slot)
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
