package httpapi

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/geo"
)

// usualDetail is the zoom a document is drawn for when nothing else is asked: a district
// fills a screen.
const usualDetail = 10

// topoJSON answers a whole boundary set, all levels, with its borders stored once.
func (s *Server) topoJSON(c *gin.Context, r *request) error {
	return s.document(c, r, "application/topo+json", func(detail uint32) (geo.Document, error) {
		return s.deps.Set.TopoJSON(detail)
	})
}

// geoJSON answers the units of a level, the lowest one when none is asked.
func (s *Server) geoJSON(c *gin.Context, r *request) error {
	levels := s.deps.Set.Info().Levels
	level := r.text("level")
	if level == "" {
		level = levels[len(levels)-1].ID
	}
	if len(s.deps.Set.Units(level)) == 0 {
		return unknownLevel(level, levels)
	}
	return s.document(c, r, "application/geo+json", func(detail uint32) (geo.Document, error) {
		return s.deps.Set.GeoJSON(level, detail)
	})
}

// document sends a file of the set in use, like a tile: 304 by ETag, immutable at the
// address with the current version.
func (s *Server) document(c *gin.Context, r *request, mediaType string, make func(detail uint32) (geo.Document, error)) error {
	set := s.deps.Set
	if r.path("set") != set.Info().ID {
		return unknownSet(set.Info().ID)
	}
	detail := r.number("detail", geo.MinZoom, geo.MaxZoom, usualDetail)
	if err := r.err(); err != nil {
		return err
	}
	if r.text("v") != set.Version() {
		c.Header("Cache-Control", string(revalidated))
	}
	made, err := make(uint32(detail))
	if errors.Is(err, geo.ErrNoShapes) {
		return newProblem(http.StatusNotFound, "no_shapes", "Bộ địa giới này không có hình.", "This boundary set has no shapes.")
	}
	if err != nil {
		return err
	}
	return sendPacked(c, mediaType, made.Gzip, made.ETag)
}
