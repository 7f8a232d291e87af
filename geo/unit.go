// Package geo knows administrative units and their dated boundary sets: who
// contains whom, what they look like on a map, and the vector tiles drawn from them.
package geo

import (
	"github.com/golang-sql/civil"
	"github.com/paulmach/orb"
)

// Unit is an administrative unit as one boundary set knows it. Its key is the
// code and the set's date together: codes are reused with other meanings
// (08716 was Phường Đống Đa in 2022 and is Phường Vĩnh Phúc since July 2025).
type Unit struct {
	Code     string    // GSO code, a string with leading zeros
	Name     string    // "Tam Đảo"
	FullName string    // "Huyện Tam Đảo"
	NameEn   string    // unaccented, "Tam Dao"
	Type     string    // "xã", "phường", "thị trấn", "huyện", "thành phố", "tỉnh"
	Level    string    // id of a Level of the set
	Parent   string    // code of the containing unit, "" for the root
	Centre   orb.Point // lon, lat in degrees, WGS 84; inside the unit where known
	AreaKm2  float64   // square kilometres

	Population int // persons, 0 where it is not known
}

// Level is a rank of the hierarchy. Levels belong to the boundary set, not to
// the program: province > district > commune until 30 June 2025, province > commune since.
type Level struct {
	ID   string // "province", "district", "commune"
	Rank int    // 0 for the root, growing downwards
}

// PartOf names the unit that a set's root is only a part of: since 1 July 2025 the
// ground of former Vĩnh Phúc (26) is a part of Phú Thọ province (25) and no unit of its
// own. That unit is not in the set, as the set does not have all of it.
type PartOf struct {
	Code string // "25"
	Name string // "Tỉnh Phú Thọ"
}

// SetInfo describes a boundary set without its units.
type SetInfo struct {
	ID          string     // "vinhphuc-2022", safe in a URL
	Name        string     // for display, in the language of the country; may be empty
	NameEn      string     // for display in English; may be empty
	InForceFrom civil.Date // first day the units exist
	InForceTo   civil.Date // last day, zero when still in force
	Levels      []Level    // by rank, root first
	Root        string     // code of the root unit
	PartOf      PartOf     // the larger unit the root is a part of; zero when the root is whole
	Schematic   bool       // drawn from unit facts, not real boundaries
	Source      string     // where the geometry comes from, for display
	Licence     string
}
