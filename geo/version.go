package geo

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"

	"github.com/paulmach/orb"
)

// drawingVersion is part of every version: raise it when the same shapes begin to
// give other tiles, so that addresses with a version in them stay immutable.
const drawingVersion = 2

// VersionOf gives the version of a set with some content as this program draws it.
func VersionOf(content string) string { return fmt.Sprintf("%s-%d", content, drawingVersion) }

// contentHash covers the description, the units in their fixed order and the exact
// coordinates of the leaves: what was given, not what was drawn from it.
func contentHash(info SetInfo, units []Unit, leaves []orb.MultiPolygon) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %s %s %v %q %q %t %q %q\n", info.ID, info.Name, info.NameEn, info.InForceFrom, info.InForceTo,
		info.Levels, info.Root, info.PartOf, info.Schematic, info.Source, info.Licence)
	for i, u := range units {
		fmt.Fprintf(h, "%q %q %q %q %q %q %q %v %v %d\n", u.Code, u.Name, u.FullName, u.NameEn, u.Type, u.Level, u.Parent, u.Centre, u.AreaKm2, u.Population)
		if leaves != nil {
			hashShape(h, leaves[i])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func hashShape(h hash.Hash, shape orb.MultiPolygon) {
	var buf []byte
	buf = binary.AppendUvarint(buf, uint64(len(shape)))
	for _, polygon := range shape {
		buf = binary.AppendUvarint(buf, uint64(len(polygon)))
		for _, ring := range polygon {
			buf = binary.AppendUvarint(buf, uint64(len(ring)))
			for _, p := range ring {
				buf = binary.BigEndian.AppendUint64(buf, math.Float64bits(p[0]))
				buf = binary.BigEndian.AppendUint64(buf, math.Float64bits(p[1]))
			}
		}
	}
	h.Write(buf)
}
