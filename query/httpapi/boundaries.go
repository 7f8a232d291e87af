package httpapi

import (
	"cmp"
	"context"
	"time"

	"github.com/toancanh/toancanh/geo"
	"github.com/toancanh/toancanh/geo/atlas"
	"github.com/toancanh/toancanh/query/catalog"
)

// boundarySetView is a boundary set and where its tiles are.
type boundarySetView struct {
	ID          string           `json:"id"`
	Name        catalog.Text     `json:"name"`
	InForceFrom string           `json:"in_force_from"`
	InForceTo   *string          `json:"in_force_to"`
	Levels      []levelView      `json:"levels"`
	LevelUnits  []geo.LevelCount `json:"level_units"`
	Root        string           `json:"root"`
	PartOf      *partOfView      `json:"part_of"`
	InUse       bool             `json:"in_use"`
	Stored      bool             `json:"stored"`
	Figures     bool             `json:"figures"` // carried onto its units: it is one of the catalogue's, drawn or imported
	ImportedAt  *time.Time       `json:"imported_at"`
	Schematic   bool             `json:"schematic"`
	Source      string           `json:"source"`
	Licence     string           `json:"licence"`
	Version     string           `json:"version"`
	Bounds      [4]float64       `json:"bounds"`
	Tiles       string           `json:"tiles"`
	MinZoom     int              `json:"min_zoom"`
	MaxZoom     int              `json:"max_zoom"`
	Units       int              `json:"units"`
}

// boundaries answers which boundary sets there are, in the order they came into force:
// those of the catalogue and those stored.
func (s *Server) boundaries(context.Context, *request) (any, error) {
	return s.enveloped(each(s.deps.Atlas.List(), s.boundarySetView)), nil
}

func (s *Server) boundarySetView(sheet atlas.Sheet) boundarySetView {
	info := sheet.Info
	name := cmp.Or(info.Name, info.ID)
	view := boundarySetView{
		ID: info.ID, Name: catalog.Text{Vi: name, En: cmp.Or(info.NameEn, name)}, InForceFrom: info.InForceFrom.String(), InForceTo: dateOrNull(info.InForceTo),
		Levels: levelViews(s.deps.Catalog, info), LevelUnits: rows(sheet.Levels), Root: info.Root,
		InUse: info.ID == s.deps.Set.Info().ID, Stored: sheet.Stored,
		Schematic: info.Schematic, Source: info.Source, Licence: info.Licence,
		Version: sheet.Version, Bounds: corners(sheet.Bounds), Tiles: "/tiles/" + info.ID + "/{z}/{x}/{y}.mvt?v=" + sheet.Version,
		MinZoom: geo.MinZoom, MaxZoom: geo.MaxZoom, Units: sheet.Units,
	}
	if known, ok := s.deps.Catalog.BoundarySet(info.ID); ok {
		view.Name, view.Figures = known.Name, true
	}
	if info.PartOf.Code != "" {
		view.PartOf = &partOfView{info.PartOf.Code, cmp.Or(info.PartOf.Name, info.PartOf.Code)}
	}
	if !sheet.Imported.IsZero() {
		view.ImportedAt = &sheet.Imported
	}
	return view
}
