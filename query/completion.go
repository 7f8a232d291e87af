package query

import (
	"context"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/query/catalog"
)

// CompletionQuestion asks how far the tasks have come in units, or with ByAgency in
// agencies, at the end of a day (today when zero). Task, Group and Agency narrow it to some of the tasks, as in
// TasksQuestion.
type CompletionQuestion struct {
	Scope
	ByAgency   bool
	Task       string // only this one, by its reference
	Group      string // only those of a part of the plan
	Agency     string // only those it leads, coordinates or is assigned
	Date       civil.Date
	AsOf       time.Time
	Boundaries string
	Lang       string // "vi" or "en", of the names of agencies
}

// CompletionAnswer has a row for every unit or agency asked.
type CompletionAnswer struct {
	Data []CompletionRow `json:"data"`
	Meta Meta            `json:"meta"`
}

// CompletionRow counts the assignments of a unit and of all below it (those of agencies
// belong to the root only), or of an agency. Value is 100 * accepted / assignments, all
// but the continuous ones, which are never finished; nil where there is nothing to do.
// OnTime is 100 * accepted by the due date / due so far.
type CompletionRow struct {
	Unit        string         `json:"unit,omitempty"`
	Agency      string         `json:"agency,omitempty"`
	Name        string         `json:"name"`
	Level       string         `json:"level,omitempty"`
	Value       *float64       `json:"value"`
	Numerator   int            `json:"numerator"`
	Denominator int            `json:"denominator"`
	OnTime      Rate           `json:"on_time"`
	ByStatus    map[string]int `json:"by_status"` // every assignment status, zeros too
}

// Rate is a percentage with what it was made of.
type Rate struct {
	Value       *float64 `json:"value"`
	Numerator   int      `json:"numerator"`
	Denominator int      `json:"denominator"`
}

// Completion answers how much of the plan is done.
func (s *Service) Completion(ctx context.Context, q CompletionQuestion) (CompletionAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return CompletionAnswer{}, err
	}
	at, err := s.at(q.AsOf)
	if err != nil {
		return CompletionAnswer{}, err
	}
	date, err := s.day(q.Date, at)
	if err != nil {
		return CompletionAnswer{}, err
	}
	codes, err := s.layout.codes(q.Scope)
	if err != nil {
		return CompletionAnswer{}, err
	}
	if err := s.checkTasks(TasksQuestion{Task: q.Task, Group: q.Group, Agency: q.Agency}); err != nil {
		return CompletionAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).on(date, at), date)
	stands, err := s.assignments.at(ctx, at, date)
	if err != nil {
		return CompletionAnswer{}, err
	}
	if q.Task != "" || q.Group != "" || q.Agency != "" {
		stands = s.assignments.only(stands, func(task catalog.Task) bool {
			return TasksQuestion{Task: q.Task, Group: q.Group, Agency: q.Agency}.about(task)
		})
	}
	if q.ByAgency {
		return CompletionAnswer{Data: s.completionOfAgencies(stands, q.Lang), Meta: meta}, nil
	}
	rows := make([]CompletionRow, len(codes))
	for i, code := range codes {
		ref := s.layout.names[code]
		rows[i] = completion(stands.units[code])
		rows[i].Unit, rows[i].Name, rows[i].Level = code, ref.Name, ref.Level
	}
	return CompletionAnswer{Data: rows, Meta: meta}, nil
}

func (s *Service) completionOfAgencies(stands *standing, lang string) []CompletionRow {
	rows := make([]CompletionRow, len(s.deps.Catalog.Agencies))
	for i, agency := range s.deps.Catalog.Agencies {
		rows[i] = completion(stands.agencies[agency.ID])
		rows[i].Agency, rows[i].Name = agency.ID, agency.Name.In(lang)
	}
	return rows
}

func completion(c *count) CompletionRow {
	return CompletionRow{
		Value: share(c.accepted, c.finishable), Numerator: c.accepted, Denominator: c.finishable,
		OnTime:   Rate{Value: share(c.onTime, c.dueSoFar), Numerator: c.onTime, Denominator: c.dueSoFar},
		ByStatus: c.states(),
	}
}

// share is a percentage, nil of nothing.
func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	value := 100 * float64(part) / float64(whole)
	return &value
}

// taskBoards makes completion and on-time rates ordinary indicators. Every assignment is
// in a known state, one without a report has not started, so coverage is always whole.
func (s *Service) taskBoards(ctx context.Context, p *plan, periods []catalog.Period, at instant) ([]board, error) {
	boards := make([]board, len(periods))
	for i, period := range periods {
		stands, err := s.assignments.at(ctx, at, at.last(period))
		if err != nil {
			return nil, err
		}
		boards[i] = board{period: period, of: func(unit string) Figure {
			return s.taskFigure(p, stands.units[unit], at.last(period))
		}}
	}
	return boards, nil
}

func (s *Service) taskFigure(p *plan, c *count, date civil.Date) Figure {
	part, whole := c.accepted, c.finishable
	if p.indicator.Formula.Kind == catalog.OnTime {
		part, whole = c.onTime, c.dueSoFar
	}
	numerator, denominator := float64(part), float64(whole)
	f := Figure{
		Numerator: &numerator, Denominator: &denominator,
		Coverage: coverage(c.assignments, c.assignments), Flags: []catalog.Flag{},
	}
	if target, ok := catalog.TargetAt(p.indicator, date); ok {
		f.Target = &target
	}
	if !c.newest.IsZero() {
		f.LastObservation = &c.newest
	}
	switch {
	case whole > 0:
		value := p.indicator.Formula.Scale * numerator / denominator
		f.Value, f.Status = &value, s.deps.Catalog.StatusOf(p.indicator, value, true, date)
	case c.finishable > 0:
		f.Status = catalog.NotYetDue
	default:
		f.Status = catalog.NotApplicable
	}
	return f
}

// tasksBegin is the day of the first report.
func (s *Service) tasksBegin(ctx context.Context, at instant) (civil.Date, error) {
	said, err := s.assignments.said(ctx, at)
	first := at.today
	for _, history := range said {
		if history[0].Date.Before(first) {
			first = history[0].Date
		}
	}
	return first, err
}
