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
	set, err := s.listed(c.Request.Context(), r.path("set"), "")
	if err != nil {
		return err
	}
	return sendDocument(c, r, set, "application/topo+json", set.TopoJSON)
}

// geoJSON answers the units of a level, the lowest one when none is asked.
func (s *Server) geoJSON(c *gin.Context, r *request) error {
	set, err := s.listed(c.Request.Context(), r.path("set"), "")
	if err != nil {
		return err
	}
	levels := set.Info().Levels
	level := r.text("level")
	if level == "" {
		level = levels[len(levels)-1].ID
	}
	if len(set.Units(level)) == 0 {
		return unknownLevel(level, levels)
	}
	return sendDocument(c, r, set, "application/geo+json", func(detail uint32) (geo.Document, error) {
		return set.GeoJSON(level, detail)
	})
}

// sendDocument sends a file of a set like a tile: 304 by ETag, immutable at the address
// with the current version.
func sendDocument(c *gin.Context, r *request, set *geo.Set, mediaType string, make func(detail uint32) (geo.Document, error)) error {
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
