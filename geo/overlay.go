package geo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// Overlay says how a crosswalk is made of polygons.
type Overlay struct {
	// Least is the share of an old unit below which a piece, inside or outside, is taken for
	// noise of the outlines and not for ground that changed hands; from 0 to under 1/2.
	Least  float64
	Source string
}

// DefaultOverlay leaves out parcels of less than 0.05 per cent.
func DefaultOverlay() Overlay { return Overlay{Least: 0.0005} }

// FromOverlay makes a crosswalk by laying the shapes of the old units over those of the
// new ones: an old unit is shared out by area, in square metres on the ellipsoid, and what
// lies in no new unit is Outside. Both sets need real shapes: schematic ones would give
// made-up shares. Outlines of different sources differ by noise, so an overlay cannot tell
// that a unit went as a whole; where the reform is known, its lists are better.
func FromOverlay(ctx context.Context, from, to *Set, options Overlay) (*Crosswalk, error) {
	for _, s := range []*Set{from, to} {
		switch {
		case !s.HasShapes():
			return nil, fmt.Errorf("overlay: boundary set %s has no polygons", s.info.ID)
		case s.info.Schematic:
			return nil, fmt.Errorf("overlay: boundary set %s is schematic: shares of drawn cells would be made up", s.info.ID)
		}
	}
	if !(options.Least >= 0 && options.Least < 0.5) {
		return nil, errors.New("overlay: the least share of a parcel is from 0 to under 0.5")
	}
	targets := newTargets(to)
	var links []Link
	for _, code := range from.leafCodes() {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("overlay of %s on %s: %w", from.info.ID, to.info.ID, err)
		}
		shape, _ := from.Shape(code)
		parcels := targets.cut(newSlopes(shape), options.Least)
		if len(parcels) == 0 {
			return nil, fmt.Errorf("overlay: %s is too small to be shared out", from.name(code))
		}
		links = append(links, share(code, parcels, options.Source)...)
	}
	return NewCrosswalk(from, to, links)
}

// targets are the new units, from west to east.
type targets struct {
	codes  []string
	shapes []*slopes
}

func newTargets(to *Set) targets {
	var t targets
	codes := to.leafCodes()
	shapes := map[string]*slopes{}
	for _, code := range codes {
		shape, _ := to.Shape(code)
		shapes[code] = newSlopes(shape)
	}
	slices.SortStableFunc(codes, func(a, b string) int {
		return cmp.Compare(shapes[a].bound.Left(), shapes[b].bound.Left())
	})
	for _, code := range codes {
		t.codes, t.shapes = append(t.codes, code), append(t.shapes, shapes[code])
	}
	return t
}

// parcel is ground of an old unit in a new one, in whole square metres.
type parcel struct {
	code string
	area int64
}

// cut lists the parcels of a shape that are at least a share of it.
func (t targets) cut(shape *slopes, least float64) []parcel {
	var parcels []parcel
	rest := shape.area
	floor := max(shape.area*least, 0.5)
	for i, target := range t.shapes {
		if target.bound.Left() > shape.bound.Right() {
			break
		}
		area := shape.overlap(target)
		rest -= area
		if area >= floor {
			parcels = append(parcels, parcel{t.codes[i], int64(math.Round(area))})
		}
	}
	if rest >= floor {
		parcels = append(parcels, parcel{Outside, int64(math.Round(rest))})
	}
	return parcels
}

// share makes the parcels' areas the weights of links.
func share(old string, parcels []parcel, source string) []Link {
	var total int64
	for _, p := range parcels {
		total += p.area
	}
	links := make([]Link, len(parcels))
	for i, p := range parcels {
		links[i] = Link{Old: old, New: p.code, Weight: big.NewRat(p.area, total), Basis: Area, Source: source}
	}
	return links
}
