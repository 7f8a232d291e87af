package query

import (
	"context"
	"slices"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

// HistoryQuestion asks how the value of an indicator in a unit (the root when empty) and a
// period came to be what it is.
type HistoryQuestion struct {
	Asked
	Unit  string
	Limit int // instants looked at, the latest first; 20 when zero, at most 100
}

// HistoryAnswer has a row for every instant at which the value became another, the latest
// first.
type HistoryAnswer struct {
	Data []HistoryRow `json:"data"`
	Meta Meta         `json:"meta"`
}

// HistoryRow is the value as it was known from an instant on, with what brought it.
type HistoryRow struct {
	KnownAt     time.Time `json:"known_at"`
	Submissions []string  `json:"submissions"` // that became known at the instant
	Callers     []string  `json:"callers"`     // ids of the tokens they were sent with
	Figure
}

// historyInputs is how many figures are looked through for instants.
const historyInputs = 2000

// History answers since when a number has been known, and what it was before. It looks at
// the instants at which the figures that count now were told or corrected, and asks for the
// value as of each; what an older figure said before the first of them is not looked for.
// Of a value that is hidden nothing is told.
func (s *Service) History(ctx context.Context, q HistoryQuestion) (HistoryAnswer, error) {
	limit, err := pageSize(q.Limit, 20, 100)
	if err != nil {
		return HistoryAnswer{}, err
	}
	origin, err := s.Provenance(ctx, ProvenanceQuestion{Asked: q.Asked, Unit: q.Unit, Limit: historyInputs})
	answer := HistoryAnswer{Data: []HistoryRow{}, Meta: origin.Meta}
	if err != nil || origin.Data.hidden() {
		return answer, err
	}
	q.Period, err = catalog.ParsePeriod(origin.Meta.Period)
	if err != nil {
		return answer, err
	}
	told := instantsOf(origin.Data.Inputs)
	told = told[max(0, len(told)-limit):]
	for _, row := range told {
		row.Figure, err = s.figureAsOf(ctx, q, row.KnownAt)
		if KindOf(err) == Invalid { // the period had not begun
			continue
		}
		if err != nil {
			return answer, err
		}
		if n := len(answer.Data); n == 0 || !sameNumbers(answer.Data[n-1].Figure, row.Figure) {
			answer.Data = append(answer.Data, row)
		}
	}
	slices.Reverse(answer.Data)
	return answer, nil
}

// instantsOf lists when figures were told, ascending, each instant once.
func instantsOf(inputs []Input) []HistoryRow {
	var rows []HistoryRow
	for _, in := range inputs {
		for _, r := range in.Revisions {
			i, found := slices.BinarySearchFunc(rows, r.KnownAt, func(row HistoryRow, at time.Time) int { return row.KnownAt.Compare(at) })
			if !found {
				rows = slices.Insert(rows, i, HistoryRow{KnownAt: r.KnownAt, Submissions: []string{}, Callers: []string{}})
			}
			rows[i].Submissions = withOnce(rows[i].Submissions, r.Submission)
			rows[i].Callers = withOnce(rows[i].Callers, r.Caller)
		}
	}
	return rows
}

func withOnce(list []string, id string) []string {
	if id == "" || slices.Contains(list, id) {
		return list
	}
	return append(list, id)
}

func (s *Service) figureAsOf(ctx context.Context, q HistoryQuestion, asOf time.Time) (Figure, error) {
	q.AsOf = asOf
	s, err := s.askedOn(ctx, asOf, q.Boundaries)
	if err != nil {
		return Figure{}, err
	}
	unit, err := s.layout.unit(q.Unit)
	if err != nil {
		return Figure{}, err
	}
	a, err := s.Values(ctx, ValuesQuestion{Asked: q.Asked, Scope: Scope{Units: []string{unit.Unit}}})
	if err != nil {
		return Figure{}, err
	}
	return a.Data[0].Figure, nil
}

// sameNumbers tells whether two figures say the same, whatever their dates and targets.
func sameNumbers(a, b Figure) bool {
	same := func(x, y *float64) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }
	return same(a.Value, b.Value) && same(a.Numerator, b.Numerator) && same(a.Denominator, b.Denominator) && a.Coverage == b.Coverage
}
