package query

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Pins are what an answer as of an instant rests on beside the rows: the catalogue known
// then, the units of the boundary set, and the crosswalks that lead to it.
type Pins struct {
	Catalogue         string `json:"catalogue"` // version
	Boundaries        string `json:"boundaries"`
	BoundariesVersion string `json:"boundaries_version"`
	Crosswalk         string `json:"crosswalk"` // digest of all links; "" when no set is carried over
}

// Pins tells what questions as of an instant on a boundary set (the one in use when empty)
// rest on.
func (s *Service) Pins(ctx context.Context, asOf time.Time, boundaries string) (Pins, error) {
	s, err := s.askedOn(ctx, asOf, boundaries)
	if err != nil {
		return Pins{}, err
	}
	units, links := sha256.New(), sha256.New()
	for _, u := range s.layout.set.Units("") {
		fmt.Fprintf(units, "%s|%s|%s|%s|%s|%v\n", u.Code, u.Name, u.Type, u.Level, u.Parent, u.AreaKm2)
	}
	p := Pins{Catalogue: s.deps.Catalog.Version, Boundaries: s.layout.set.Info().ID, BoundariesVersion: short(units.Sum(nil))}
	for _, l := range s.ground.layers[:len(s.ground.layers)-1] {
		for _, link := range l.walk.Links() {
			fmt.Fprintf(links, "%s|%s|%s|%s|%s\n", l.layout.set.Info().ID, link.Old, link.New, link.Weight.RatString(), link.Basis)
		}
		p.Crosswalk = short(links.Sum(nil))
	}
	return p, nil
}

func short(sum []byte) string { return hex.EncodeToString(sum[:8]) }
