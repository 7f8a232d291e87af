package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/toancanh/toancanh/query/catalog"
)

// RankingQuestion asks for the units in order of an indicator, the best first.
type RankingQuestion struct {
	Asked
	Scope
}

// RankingAnswer has the ranked units first, then those without a value by code.
type RankingAnswer struct {
	Data []RankingRow `json:"data"`
	Meta Meta         `json:"meta"`
}

// RankingRow is a value with its place. Equal values share a rank (1, 1, 3); units
// without a value have none. Movement is the number of places gained since the
// previous period (negative: lost), Change the difference of the values; see moved for
// where it is kept back.
type RankingRow struct {
	ValueRow
	Rank         *int     `json:"rank"`
	RankOf       int      `json:"rank_of"` // how many units have a rank
	PreviousRank *int     `json:"previous_rank"`
	Movement     *int     `json:"movement"`
	Change       *float64 `json:"change"`
}

// Ranking answers who leads and who lags.
func (s *Service) Ranking(ctx context.Context, q RankingQuestion) (RankingAnswer, error) {
	s, err := s.askedOn(ctx, q.AsOf, q.Boundaries)
	if err != nil {
		return RankingAnswer{}, err
	}
	p, period, at, err := s.ask(q.Asked)
	if err != nil {
		return RankingAnswer{}, err
	}
	codes, err := s.layout.codes(q.Scope)
	if err != nil {
		return RankingAnswer{}, err
	}
	meta := s.carriedOn(s.meta(at).of(p, period, at), at.last(period))
	boards, err := s.boards(ctx, p, []catalog.Period{period, period.Prev()}, at)
	if err != nil {
		return RankingAnswer{}, err
	}
	now, before := rank(p.indicator, s.rows(boards[0], codes)), rank(p.indicator, s.rows(boards[1], codes))
	return RankingAnswer{Data: moved(now, before), Meta: meta}, nil
}

// rank orders rows, the best first, and gives equal values the same place. Neutral
// indicators have the greatest first. Rows without a value come last.
func rank(ind catalog.Indicator, rows []ValueRow) []RankingRow {
	slices.SortStableFunc(rows, func(a, b ValueRow) int {
		return cmp.Or(better(ind.Direction, a.Figure.Value, b.Figure.Value), cmp.Compare(a.Unit, b.Unit))
	})
	ranked := make([]RankingRow, len(rows))
	of := 0
	for i, row := range rows {
		ranked[i].ValueRow = row
		if row.Figure.Value == nil {
			continue
		}
		of++
		place := i + 1
		if i > 0 && *rows[i-1].Figure.Value == *row.Figure.Value {
			place = *ranked[i-1].Rank
		}
		ranked[i].Rank = &place
	}
	for i := range ranked {
		ranked[i].RankOf = of
	}
	return ranked
}

func better(direction catalog.Direction, a, b *float64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case direction == catalog.LowerIsBetter:
		return cmp.Compare(*a, *b)
	default:
		return cmp.Compare(*b, *a)
	}
}

// moved adds what has changed since the ranking before. Where a unit is hidden in one of the
// two periods only, no changes are given: what is carried forward stands in both, and the
// change of the unit above would tell what was hidden.
func moved(now, before []RankingRow) []RankingRow {
	earlier := make(map[string]RankingRow, len(before))
	for _, row := range before {
		earlier[row.Unit] = row
	}
	changes := !slices.ContainsFunc(now, func(row RankingRow) bool { return row.Figure.hidden() != earlier[row.Unit].Figure.hidden() })
	for i := range now {
		was := earlier[now[i].Unit]
		now[i].PreviousRank = was.Rank
		if now[i].Rank == nil || was.Rank == nil {
			continue
		}
		movement := *was.Rank - *now[i].Rank
		now[i].Movement = &movement
		if changes {
			now[i].Change = less(now[i].Figure.Value, was.Figure.Value)
		}
	}
	return now
}
