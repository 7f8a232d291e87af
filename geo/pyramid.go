package geo

import (
	"context"
	"math"
	"runtime"
	"sync"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"
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
	zooms    [MaxZoom + 1]zoom
	painters sync.Pool
	kept     *otter.Cache[uint64, Tile]

	documents *otter.Cache[string, Document] // whole sets
	writing   sync.Mutex
}

// zoom holds a sheet while tiles are cut from it, and afterwards which tiles there are:
// most places of a set's rectangle are sea.
type zoom struct {
	sync.Mutex
	sheet *sheet
	there map[tilePlace]struct{} // nil before all tiles have been drawn
}

// sheet prepares a zoom, once until it is dropped.
func (p *pyramid) sheet(z uint32) *sheet {
	zoom := &p.zooms[z]
	zoom.Lock()
	defer zoom.Unlock()
	if zoom.sheet == nil {
		zoom.sheet = newSheet(p.canvas(z), p.order)
	}
	return zoom.sheet
}

// drop forgets a sheet, many times larger than the tiles made from it, but not where they are.
func (p *pyramid) drop(z uint32, there map[tilePlace]struct{}) {
	p.zooms[z].Lock()
	defer p.zooms[z].Unlock()
	p.zooms[z].sheet, p.zooms[z].there = nil, there
}

// vacant tells whether it is known that there is nothing at a place.
func (p *pyramid) vacant(z uint32, at tilePlace) bool {
	p.zooms[z].Lock()
	defer p.zooms[z].Unlock()
	_, there := p.zooms[z].there[at]
	return p.zooms[z].there != nil && !there
}

func newPyramid(d *drawing) *pyramid {
	p := &pyramid{drawing: d, documents: newDocuments()}
	p.painters.New = func() any { return newPainter(d.tree, d.levels) }
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
	return s.tiles.tile(z, tilePlace{x, y})
}

// DrawTiles draws all tiles of some zooms beforehand, on all processors, as far as
// there is room to keep them. Whoever asks meanwhile is served. It returns early with
// the error of a context that ends.
func (s *Set) DrawTiles(ctx context.Context, from, to uint32) error {
	if s.tiles == nil {
		return nil
	}
	return s.tiles.draw(ctx, from, min(to, MaxZoom))
}

func (p *pyramid) draw(ctx context.Context, from, to uint32) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for z := to; z+1 > from && z <= to; z-- { // the longest work first
		group.Go(func() error {
			sheet, there := p.sheet(z), map[tilePlace]struct{}{}
			for _, block := range sheet.inOrder() {
				if err := ctx.Err(); err != nil {
					return err
				}
				p.drawBlock(sheet, block, there)
			}
			p.drop(z, there)
			return nil
		})
	}
	return group.Wait()
}

func (p *pyramid) drawBlock(s *sheet, block tilePlace, there map[tilePlace]struct{}) {
	painter := p.painters.Get().(*painter)
	defer p.painters.Put(painter)
	s.tiles(block, func(at tilePlace, scrap *scrap) {
		if tile := painter.tile(scrap, at, s.extent); tile.Gzip != nil {
			there[at] = struct{}{}
			p.kept.Set(tileKey(s.zoom, at), tile)
		}
	})
}

func tileKey(z uint32, at tilePlace) uint64 { return uint64(z)<<58 | uint64(at.x)<<29 | uint64(at.y) }

func (p *pyramid) tile(z uint32, at tilePlace) (Tile, TileStatus) {
	if !p.touches(z, at) {
		return Tile{}, TileEmpty
	}
	key := tileKey(z, at)
	tile, ok := p.kept.GetIfPresent(key)
	if !ok && p.vacant(z, at) {
		return Tile{}, TileEmpty
	}
	if !ok {
		tile, _ = p.kept.ComputeIfAbsent(key, func() (Tile, bool) { return p.paint(z, at), false })
	}
	if tile.Gzip == nil {
		return Tile{}, TileEmpty
	}
	return tile, TileFound
}

func (p *pyramid) paint(z uint32, at tilePlace) Tile {
	sheet := p.sheet(z)
	scrap := sheet.tile(at)
	if scrap == nil {
		return Tile{}
	}
	painter := p.painters.Get().(*painter)
	defer p.painters.Put(painter)
	return painter.tile(scrap, at, sheet.extent)
}

// touches rules out most of the world before anything is drawn or kept: dots and
// buffers reach a little beyond the units themselves.
func (p *pyramid) touches(z uint32, at tilePlace) bool {
	side := math.Exp2(-float64(z))
	margin := side * 2 * buffer / extent
	tile := orb.Bound{
		Min: orb.Point{float64(at.x)*side - margin, float64(at.y)*side - margin},
		Max: orb.Point{float64(at.x+1)*side + margin, float64(at.y+1)*side + margin},
	}
	return tile.Intersects(p.bounds)
}
