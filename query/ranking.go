package query

import "context"

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
// previous period (negative: lost), Change the difference of the values.
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
	panic("not built yet")
}
