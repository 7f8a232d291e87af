package geo

import (
	"math"
	"sync"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb"
)

// Zooms of the tiles. A map may enlarge the last ones further.
const (
	MinZoom = 0
	MaxZoom = 14
)

// tileMemory bounds the finished tiles a set keeps, in bytes; the least used go first
// and are drawn again when asked for.
const tileMemory = 64 << 20

// Tile is a finished vector tile (MVT 2), compressed. The same set gives the same
// bytes on every machine.
type Tile struct {
	Gzip []byte
	ETag string // strong, with its quotes
}

// TileStatus says what there is at a place.
type TileStatus int

const (
	TileFound      TileStatus = iota
	TileEmpty                 // the place exists and nothing is there
	TileOutOfRange            // no such zoom or place, or the set has no shapes
)

// pyramid draws tiles when they are asked for and keeps them.
type pyramid struct {
	*drawing
	tree   *hierarchy
	zooms  [MaxZoom + 1]func() *canvas
	bounds orb.Bound // of everything, unit square of Web Mercator
	kept   *otter.Cache[uint64, Tile]
}

func newPyramid(tree *hierarchy, d *drawing) *pyramid {
	p := &pyramid{drawing: d, tree: tree, bounds: orb.MultiPoint(d.plane).Bound()}
	for z := range p.zooms {
		p.zooms[z] = sync.OnceValue(func() *canvas { return d.canvas(uint32(z)) })
	}
	p.kept = otter.Must(&otter.Options[uint64, Tile]{
		MaximumWeight: tileMemory,
		Weigher:       func(_ uint64, t Tile) uint32 { return uint32(len(t.Gzip) + len(t.ETag) + 64) },
	})
	return p
}

// Tile returns the tile of a place in the usual numbering (Web Mercator, y from the
// north). Callers must not change its bytes.
func (s *Set) Tile(z, x, y uint32) (Tile, TileStatus) {
	if s.tiles == nil || z > MaxZoom || x>>z != 0 || y>>z != 0 {
		return Tile{}, TileOutOfRange
	}
	return s.tiles.tile(z, x, y)
}

func (p *pyramid) tile(z, x, y uint32) (Tile, TileStatus) {
	if !p.touches(z, x, y) {
		return Tile{}, TileEmpty
	}
	key := uint64(z)<<58 | uint64(x)<<29 | uint64(y)
	tile, ok := p.kept.GetIfPresent(key)
	if !ok {
		tile, _ = p.kept.ComputeIfAbsent(key, func() (Tile, bool) { return p.zooms[z]().tile(p.tree, x, y), false })
	}
	if tile.Gzip == nil {
		return Tile{}, TileEmpty
	}
	return tile, TileFound
}

// touches rules out most of the world before anything is drawn or kept.
func (p *pyramid) touches(z, x, y uint32) bool {
	side := math.Exp2(-float64(z))
	margin := side * (buffer + 2) / extent
	tile := orb.Bound{
		Min: orb.Point{float64(x)*side - margin, float64(y)*side - margin},
		Max: orb.Point{float64(x+1)*side + margin, float64(y+1)*side + margin},
	}
	return tile.Intersects(p.bounds)
}
