package query

import (
	"context"
	"strings"
	"time"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query/catalog"
)

// SearchQuestion looks for units, indicators, tasks and agencies by what a person
// types, with or without diacritics.
type SearchQuestion struct {
	Text  string
	Lang  string        // "vi" or "en", of titles
	Set   *geo.Set      // whose units are looked for; nil: those of the set in use
	Limit int           // 20 when zero, at most 100
	Area  *catalog.Area // only units inside; nil: all
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
	limit, err := pageSize(q.Limit, 20, 100)
	if err != nil {
		return SearchAnswer{}, err
	}
	at, err := s.at(time.Time{})
	if err != nil {
		return SearchAnswer{}, err
	}
	hits := s.unitHits(q, limit)
	if words := strings.Fields(geo.Fold(q.Text)); len(words) > 0 {
		hits = append(hits, s.catalogHits(words, q.Lang)...)
	}
	if len(hits) > limit {
		hits = hits[:limit]
	}
	return SearchAnswer{Data: hits, Meta: s.meta(at)}, nil
}

func (s *Service) unitHits(q SearchQuestion, limit int) []SearchHit {
	hits := []SearchHit{}
	set := q.Set
	if set == nil {
		set = s.layout.set
	}
	most := limit
	if q.Area != nil { // the best may lie outside
		most = len(set.Units(""))
	}
	for _, unit := range set.Find(q.Text, most) {
		if !q.Area.Holds(set.Info().ID, unit.Code) || len(hits) == limit {
			continue
		}
		hit := SearchHit{Kind: "unit", ID: unit.Code, Title: unit.FullName}
		if above := set.Ancestors(unit.Code); len(above) > 0 {
			hit.Subtitle = above[0].FullName
		}
		if hit.Title == "" {
			hit.Title = unit.Name
		}
		hits = append(hits, hit)
	}
	return hits
}

// catalogHits finds what has all words in its id or in a name of either language.
func (s *Service) catalogHits(words []string, lang string) []SearchHit {
	var hits []SearchHit
	add := func(kind, id string, title, subtitle catalog.Text, more ...catalog.Text) {
		if mentions(words, id, append(more, title)) {
			hits = append(hits, SearchHit{Kind: kind, ID: id, Title: title.In(lang), Subtitle: subtitle.In(lang)})
		}
	}
	c := s.deps.Catalog
	for _, i := range c.Indicators {
		add("indicator", i.ID, i.Name, i.UnitName, i.ShortName)
	}
	for _, t := range c.Tasks {
		add("task", t.Ref, t.Title, catalog.Text{Vi: t.Ref, En: t.Ref})
	}
	for _, a := range c.Agencies {
		add("agency", a.ID, a.Name, a.ShortName, append(aliasTexts(a), a.ShortName)...)
	}
	return hits
}

func aliasTexts(a catalog.Agency) []catalog.Text {
	texts := make([]catalog.Text, len(a.Aliases))
	for i, alias := range a.Aliases {
		texts[i] = catalog.Text{Vi: alias, En: alias}
	}
	return texts
}

func mentions(words []string, id string, names []catalog.Text) bool {
	text := geo.Fold(id)
	for _, name := range names {
		text += " " + geo.Fold(name.Vi) + " " + geo.Fold(name.En)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
