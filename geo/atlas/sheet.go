package atlas

import (
	"time"

	"github.com/paulmach/orb"

	"github.com/toancanh/toancanh/geo"
)

// Sheet describes a boundary set of the atlas without its units.
type Sheet struct {
	Info     geo.SetInfo
	Version  string           // of the set as this program draws it, part of its tiles' addresses
	Levels   []geo.LevelCount // the highest first
	Units    int              // of all levels
	Bounds   orb.Bound        // degrees
	Stored   bool             // imported into the warehouse; otherwise one of the catalogue
	Imported time.Time        // when, zero for one of the catalogue

	content  string
	revision uint64
}

func sheetOf(set *geo.Set) Sheet {
	s := Sheet{Info: set.Info(), Version: set.Version(), Units: len(set.Units("")), Bounds: set.Bounds(set.Root().Code), content: set.Content()}
	for _, level := range s.Info.Levels {
		s.Levels = append(s.Levels, geo.LevelCount{Level: level.ID, Units: len(set.Units(level.ID))})
	}
	return s
}

// newSheet describes an import that is about to be stored.
func newSheet(m *geo.Import) (Sheet, error) {
	content, err := m.Content()
	if err != nil {
		return Sheet{}, err
	}
	return Sheet{
		Info: m.Info, Version: geo.VersionOf(content), Levels: m.Counts(), Units: len(m.Units),
		Bounds: m.Bounds(), Stored: true, content: content,
	}, nil
}
