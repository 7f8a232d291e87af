package httpapi

import (
	"net/http"
	"strings"

	"github.com/toancanh/toancanh/geo"
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
func (s *Server) set(r *request) (*geo.Set, error) {
	day, id := r.date("date"), r.text("boundaries")
	if err := r.err(); err != nil {
		return nil, err
	}
	switch {
	case !day.IsZero() && id != "":
		return nil, badRequest("contradiction", "date", "Không dùng đồng thời date và boundaries.", "date and boundaries cannot be combined.")
	case id != "":
		set, known := s.timeline.Set(id)
		if !known {
			return nil, s.unknownSet().at("boundaries")
		}
		return set, nil
	case !day.IsZero():
		set, known := s.timeline.At(day)
		if !known {
			return nil, newProblem(http.StatusNotFound, "no_boundaries", "Không có bộ địa giới nào có hiệu lực vào ngày này.", "No boundary set is in force on this day.").
				at("date").with("Các bộ đã biết: "+s.knownSets()+".", "Those known: "+s.knownSets()+".")
		}
		return set, nil
	}
	return s.deps.Set, nil
}

func (s *Server) unknownSet() *problem {
	return newProblem(http.StatusNotFound, "unknown_boundaries", "Không có bộ địa giới này.", "There is no such boundary set.").
		with("Các bộ đã biết: "+s.knownSets()+".", "Those known: "+s.knownSets()+".")
}

// knownSets lists the sets with their first days.
func (s *Server) knownSets() string {
	var names []string
	for _, set := range s.timeline.Sets() {
		names = append(names, set.Info().ID+" ("+set.Info().InForceFrom.String()+")")
	}
	return strings.Join(names, ", ")
}

// envelopedOn is enveloped for an answer about another set than the one in use.
func (s *Server) envelopedOn(set *geo.Set, data any) envelope {
	e := s.enveloped(data)
	e.Meta.Boundaries = set.Info().ID
	return e
}
