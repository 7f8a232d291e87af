package query

import "context"

// SearchQuestion looks for units, indicators, tasks and agencies by what a person
// types, with or without diacritics.
type SearchQuestion struct {
	Text  string
	Lang  string // "vi" or "en", of titles
	Limit int    // 20 when zero, at most 100
}

// SearchAnswer has the best hits first.
type SearchAnswer struct {
	Data []SearchHit `json:"data"`
	Meta Meta        `json:"meta"`
}

// SearchHit is one thing found. Kind is unit, indicator, task or agency.
type SearchHit struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Title    string `json:"title"`
	Subtitle string `json:"subtitle"`
}

// Search answers what is called that.
func (s *Service) Search(ctx context.Context, q SearchQuestion) (SearchAnswer, error) {
	panic("not built yet")
}
