package httpapi

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/golang-sql/civil"
	"github.com/paulmach/orb"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
)

// unitView is a unit with its census facts. Facts that are not known are null.
type unitView struct {
	Code           string     `json:"code"`
	Name           string     `json:"name"`
	FullName       string     `json:"full_name"`
	NameEn         string     `json:"name_en"`
	Type           string     `json:"type"`
	Level          string     `json:"level"`
	Parent         *string    `json:"parent"`
	Centre         orb.Point  `json:"centre"`
	Bounds         [4]float64 `json:"bounds"`
	AreaKm2        float64    `json:"area_km2"`
	Population2009 *int       `json:"population_2009"`
	Population2019 *int       `json:"population_2019"`
	Population2025 *int       `json:"population_2025"`
}

// units answers which units there are in a boundary set: all, those of a level, those in a
// unit, or both.
func (s *Server) units(ctx context.Context, r *request) (any, error) {
	set, err := s.set(ctx, r)
	if err != nil {
		return nil, err
	}
	units, err := selectUnits(set, r.text("within"), r.text("level"), r.area())
	if err != nil {
		return nil, err
	}
	page := r.page()
	if err := r.err(); err != nil {
		return nil, err
	}
	units, next, err := inSet(set).Cut(units, page)
	if err != nil {
		return nil, err
	}
	facts, _ := s.deps.Catalog.BoundarySet(set.Info().ID)
	answer := s.envelopedOn(set, each(units, func(u geo.Unit) unitView {
		view := newUnitView(u, set, facts)
		if view.Parent != nil && !r.area().Holds(set.Info().ID, *view.Parent) {
			view.Parent = nil // for this caller the territory begins here
		}
		return view
	}))
	answer.Meta.NextCursor = next
	return answer, nil
}

// inSet is the order of units in a boundary set.
func inSet(set *geo.Set) query.Order[geo.Unit] {
	places := sync.OnceValue(func() map[string]int {
		places := map[string]int{}
		for i, u := range set.Units("") {
			places[u.Code] = i
		}
		return places
	})
	return query.Order[geo.Unit]{
		List: "units",
		Key:  func(u geo.Unit) []string { return []string{u.Code} },
		Known: func(key []string) bool {
			_, known := places()[key[0]]
			return known && len(key) == 1
		},
		Compare: func(a, b []string) int { return places()[a[0]] - places()[b[0]] },
	}
}

func selectUnits(set *geo.Set, within, level string, area *catalog.Area) ([]geo.Unit, error) {
	levels := set.Info().Levels
	if level != "" && !slices.ContainsFunc(levels, func(l geo.Level) bool { return l.ID == level }) {
		return nil, unknownLevel(level, levels)
	}
	if _, known := set.Unit(within); within != "" && !known {
		return nil, newProblem(404, "unknown_unit", "Không có đơn vị mang mã này.", "There is no unit with this code.").
			at("within").with("Xem "+apiPrefix+"units.", "See "+apiPrefix+"units.")
	}
	if within != "" && !area.Holds(set.Info().ID, within) {
		return nil, outsideArea("within")
	}
	return slices.DeleteFunc(set.Units(level), func(u geo.Unit) bool {
		return within != "" && !set.Contains(within, u.Code) || !area.Holds(set.Info().ID, u.Code)
	}), nil
}

func unknownLevel(level string, levels []geo.Level) *problem {
	ids := each(levels, func(l geo.Level) string { return l.ID })
	p := badRequest("unknown_level", "level", "Không có cấp này.", "There is no such level.")
	if near := catalog.Nearest(level, ids); near != "" {
		return p.with("Có phải bạn muốn dùng “"+near+"”?", "Did you mean “"+near+"”?")
	}
	all := strings.Join(ids, ", ")
	return p.with("Các cấp: "+all+".", "Levels: "+all+".")
}

func newUnitView(u geo.Unit, set *geo.Set, facts catalog.BoundarySet) unitView {
	view := unitView{
		Code: u.Code, Name: u.Name, FullName: u.FullName, NameEn: u.NameEn, Type: u.Type, Level: u.Level,
		Centre: u.Centre, Bounds: corners(set.Bounds(u.Code)), AreaKm2: u.AreaKm2,
	}
	if u.Parent != "" {
		view.Parent = &u.Parent
	}
	if fact, known := facts.Unit(u.Code); known {
		view.Population2009, view.Population2019, view.Population2025 = positive(fact.Population2009), positive(fact.Population2019), positive(fact.Population2025)
	}
	return view
}

func positive(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}

// corners gives west, south, east, north.
func corners(b orb.Bound) [4]float64 { return [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} }

// dateOrNull is nil for the zero date: still in force.
func dateOrNull(d civil.Date) *string {
	if !d.IsValid() {
		return nil
	}
	text := d.String()
	return &text
}
