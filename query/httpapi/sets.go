package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
	"github.com/toancanh/toancanh/query/catalog"
)

// newTimeline puts the catalogue's boundary sets together, with the drawn one in its place.
func newTimeline(c *catalog.Catalog, drawn *geo.Set) (*geo.Timeline, error) {
	if _, known := c.BoundarySet(drawn.Info().ID); !known {
		return geo.NewTimeline([]*geo.Set{drawn}, nil)
	}
	return c.Timeline(drawn)
}

// set chooses the boundary set that a request about units means: the one it names, the one
// in force on its day, else the one in use.
func (s *Server) set(ctx context.Context, r *request) (*geo.Set, error) {
	day, id := r.date("date"), r.text("boundaries")
	if err := r.err(); err != nil {
		return nil, err
	}
	switch {
	case !day.IsZero() && id != "":
		return nil, badRequest("contradiction", "date", "Không dùng đồng thời date và boundaries.", "date and boundaries cannot be combined.")
	case id != "":
		return s.listed(ctx, id, "boundaries")
	case !day.IsZero():
		set, known := s.timeline.At(day)
		if !known {
			return nil, newProblem(http.StatusNotFound, "no_boundaries", "Không có bộ địa giới nào có hiệu lực vào ngày này.", "No boundary set is in force on this day.").
				at("date").with("Các bộ đã biết: "+s.knownSets()+".", "Those known: "+s.knownSets()+".")
		}
		return s.drawn(set), nil
	}
	return s.drawn(s.deps.Set), nil
}

// drawn gives a set of the catalogue as it is drawn now: real boundaries stored under its
// id take the place of schematic ones while the server runs.
func (s *Server) drawn(set *geo.Set) *geo.Set {
	if own := s.deps.Atlas.Own(set.Info().ID); own != nil {
		return own
	}
	return set
}

// listed gives any set that is listed, of the catalogue or stored; field is where it was named.
func (s *Server) listed(ctx context.Context, id, field string) (*geo.Set, error) {
	set, err := s.deps.Atlas.Set(ctx, id)
	if errors.Is(err, atlas.ErrUnknown) {
		if set, known := s.timeline.Set(id); known { // of the catalogue, and not drawn
			return set, nil
		}
		return nil, s.unknownSet().at(field)
	}
	if err != nil {
		s.log.Error("a boundary set was not drawn", "set", id, "error", err)
		return nil, unavailable("boundaries_unavailable", "Bộ địa giới này tạm thời chưa dùng được, hãy thử lại.", "This boundary set is not available now, try again.", 5*time.Second)
	}
	return set, nil
}

func (s *Server) unknownSet() *problem {
	return newProblem(http.StatusNotFound, "unknown_boundaries", "Không có bộ địa giới này.", "There is no such boundary set.").
		with("Các bộ đã biết: "+s.knownSets()+".", "Those known: "+s.knownSets()+".")
}

// knownSets lists the sets with their first days.
func (s *Server) knownSets() string {
	var names []string
	for _, sheet := range s.deps.Atlas.List() {
		names = append(names, sheet.Info.ID+" ("+sheet.Info.InForceFrom.String()+")")
	}
	return strings.Join(names, ", ")
}

// envelopedOn is enveloped for an answer about another set than the one in use.
func (s *Server) envelopedOn(set *geo.Set, data any) envelope {
	e := s.enveloped(data)
	e.Meta.Boundaries = set.Info().ID
	return e
}
