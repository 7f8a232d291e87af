package httpapi

import (
	"context"
	"net/http"

	"github.com/toancanh/toancanh/geo"
)

// unitDetailView is a unit with its place among others, in its own set and over reforms.
type unitDetailView struct {
	unitView
	Boundaries  string          `json:"boundaries"`
	InForceFrom string          `json:"in_force_from"`
	InForceTo   *string         `json:"in_force_to"`
	PartOf      *partOfView     `json:"part_of"`
	Ancestors   []unitNameView  `json:"ancestors"`
	Children    []unitNameView  `json:"children"`
	Neighbours  []neighbourView `json:"neighbours"`
	Schematic   bool            `json:"schematic"` // then neighbours are those of the drawing
	Became      []unitStepView  `json:"became"`
	CameFrom    []unitStepView  `json:"came_from"`
}

// partOfView is the larger unit that the root of a set is only a part of.
type partOfView struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type unitNameView struct {
	Code     string `json:"code"`
	FullName string `json:"full_name"`
	Level    string `json:"level"`
}

type neighbourView struct {
	unitNameView
	BorderKm float64 `json:"border_km"`
}

// unitStepView is what a unit has to do with another boundary set.
type unitStepView struct {
	Boundaries  string         `json:"boundaries"`
	InForceFrom string         `json:"in_force_from"`
	Unchanged   bool           `json:"unchanged"`
	Estimated   bool           `json:"estimated"`
	Units       []relativeView `json:"units"`
	Outside     *float64       `json:"outside"`
}

type relativeView struct {
	unitNameView
	Weight float64 `json:"weight"`
	Basis  string  `json:"basis"`
	Source string  `json:"source"`
}

// unit answers who a unit is: where it lies, whom it borders, what it came from and became.
func (s *Server) unit(ctx context.Context, r *request) (any, error) {
	set, err := s.set(ctx, r)
	if err != nil {
		return nil, err
	}
	code := r.path("code")
	u, known := set.Unit(code)
	if !known {
		return nil, s.unknownUnit(code, set)
	}
	info := set.Info()
	facts, _ := s.deps.Catalog.BoundarySet(info.ID)
	lineage, _ := s.timeline.Lineage(code, info.ID)
	view := unitDetailView{
		unitView: newUnitView(u, set, facts), Boundaries: info.ID, Schematic: info.Schematic,
		InForceFrom: info.InForceFrom.String(), InForceTo: dateOrNull(info.InForceTo),
		Ancestors: each(set.Ancestors(code), newUnitName), Children: each(set.Children(code), newUnitName),
		Neighbours: each(set.Neighbours(code), func(n geo.Neighbour) neighbourView {
			return neighbourView{newUnitName(n.Unit), n.BorderKm}
		}),
		Became: each(lineage.Became, newUnitStepView), CameFrom: each(lineage.CameFrom, newUnitStepView),
	}
	if info.PartOf.Code != "" {
		view.PartOf = &partOfView{info.PartOf.Code, info.PartOf.Name}
	}
	return s.envelopedOn(set, view), nil
}

// unknownUnit says in which other sets a code means something: it may be of another time.
func (s *Server) unknownUnit(code string, set *geo.Set) *problem {
	p := newProblem(http.StatusNotFound, "unknown_unit", "Không có đơn vị mang mã này.", "There is no unit with this code.").at("code")
	for _, other := range s.timeline.Sets() {
		if u, known := other.Unit(code); known {
			id := other.Info().ID
			return p.with("Trong bộ "+id+" đó là "+u.FullName+"; hãy dùng boundaries="+id+".", "In "+id+" it is "+u.FullName+"; ask with boundaries="+id+".")
		}
	}
	id := set.Info().ID
	return p.with("Xem "+apiPrefix+"units?boundaries="+id+".", "See "+apiPrefix+"units?boundaries="+id+".")
}

func newUnitName(u geo.Unit) unitNameView { return unitNameView{u.Code, u.FullName, u.Level} }

func newUnitStepView(step geo.Step) unitStepView {
	info := step.Set.Info()
	view := unitStepView{
		Boundaries: info.ID, InForceFrom: info.InForceFrom.String(), Unchanged: step.Unchanged, Estimated: step.Estimated(),
		Units: each(step.Units, func(r geo.Relative) relativeView {
			weight, _ := r.Weight.Float64()
			return relativeView{newUnitName(r.Unit), weight, string(r.Basis), r.Source}
		}),
	}
	if step.Outside != nil {
		share, _ := step.Outside.Float64()
		view.Outside = &share
	}
	return view
}
