package geo

import (
	"sync/atomic"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// benchSet is the real set where it is there, else the schematic one.
func benchSet(b *testing.B) *Set {
	if s, err := readReal(); err == nil {
		return s
	}
	info, units, outline := catalogue(b)
	s, err := Schematic(info, units, outline)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// tilesOf lists the tiles of a set in a range of zooms.
func tilesOf(s *Set, from, to uint32) []maptile.Tile {
	var tiles []maptile.Tile
	bound := s.Bounds(s.Root().Code)
	for z := from; z <= to; z++ {
		lo := maptile.At(orb.Point{bound.Left(), bound.Top()}, maptile.Zoom(z))
		hi := maptile.At(orb.Point{bound.Right(), bound.Bottom()}, maptile.Zoom(z))
		for x := lo.X; x <= hi.X; x++ {
			for y := lo.Y; y <= hi.Y; y++ {
				tiles = append(tiles, maptile.New(x, y, maptile.Zoom(z)))
			}
		}
	}
	return tiles
}

// BenchmarkTile serves tiles that are drawn already.
func BenchmarkTile(b *testing.B) {
	s := benchSet(b)
	tiles := tilesOf(s, 5, 12)
	for _, at := range tiles {
		s.Tile(uint32(at.Z), at.X, at.Y)
	}
	var next atomic.Uint64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			at := tiles[next.Add(1)%uint64(len(tiles))]
			s.Tile(uint32(at.Z), at.X, at.Y)
		}
	})
}

func BenchmarkNewSet(b *testing.B) {
	info, units, outline := catalogue(b)
	s, err := Schematic(info, units, outline)
	if err != nil {
		b.Fatal(err)
	}
	shapes := map[string]orb.MultiPolygon{}
	for _, u := range s.Units("commune") {
		shapes[u.Code], _ = s.Shape(u.Code)
	}
	for b.Loop() {
		if _, err := NewSet(info, units, shapes); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSchematic(b *testing.B) {
	info, units, outline := catalogue(b)
	for b.Loop() {
		if _, err := Schematic(info, units, outline); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	s := benchSet(b)
	for b.Loop() {
		s.Find("tam đảo", 10)
	}
}

func BenchmarkWithin(b *testing.B) {
	s := benchSet(b)
	root := s.Root().Code
	for b.Loop() {
		s.Within(root, "commune")
	}
}
