package geo

import (
	"encoding/binary"

	"github.com/paulmach/orb"
)

// Numbers of the Mapbox Vector Tile Specification 2.1: fields of the protocol buffer as
// they stand before each value (number << 3 | kind; kind 0 is a number, 2 are bytes), kinds of geometry and commands.
const (
	tileLayer = 3<<3 | 2

	layerVersion = 15 << 3
	layerName    = 1<<3 | 2
	layerFeature = 2<<3 | 2
	layerKey     = 3<<3 | 2
	layerValue   = 4<<3 | 2
	layerExtent  = 5 << 3

	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2

	valueString = 1<<3 | 2

	typePoint, typeLine, typePolygon = 1, 2, 3

	moveTo, lineTo, closePath = 1, 2, 7
)

// layerWriter writes one layer of a tile at a time. Everything comes in the order in which
// it was put in, so that the same features always give the same bytes. A feature has no
// number of its own: the page's key is the property code, which may have leading zeros.
type layerWriter struct {
	name     string
	keys     []string
	values   []string
	known    map[string]uint32 // values
	features []byte
	tags     []byte
	geometry []byte
	x, y     int64 // where the pen is
	count    int
}

// begin starts a layer whose features have these properties, in this order.
func (w *layerWriter) begin(name string, keys ...string) {
	clear(w.known)
	if w.known == nil {
		w.known = map[string]uint32{}
	}
	w.name, w.keys, w.values, w.features, w.count = name, keys, w.values[:0], w.features[:0], 0
}

// feature ends the geometry put in since the last one. An empty value is left out.
func (w *layerWriter) feature(kind uint64, values ...string) {
	w.tags = w.tags[:0]
	for key, value := range values {
		if value == "" {
			continue
		}
		n, ok := w.known[value]
		if !ok {
			n = uint32(len(w.values))
			w.known[value] = n
			w.values = append(w.values, value)
		}
		w.tags = binary.AppendUvarint(w.tags, uint64(key))
		w.tags = binary.AppendUvarint(w.tags, uint64(n))
	}
	size := 1 + uvarintLen(len(w.tags)) + len(w.tags) + 2 + 1 + uvarintLen(len(w.geometry)) + len(w.geometry)
	w.features = append(w.features, layerFeature)
	w.features = binary.AppendUvarint(w.features, uint64(size))
	w.features = appendBytes(w.features, featureTags, w.tags)
	w.features = append(w.features, featureType, byte(kind))
	w.features = appendBytes(w.features, featureGeometry, w.geometry)
	w.geometry, w.x, w.y = w.geometry[:0], 0, 0
	w.count++
}

// end appends the layer to a tile; one without features is left out.
func (w *layerWriter) end(tile []byte, extent uint64) []byte {
	if w.count == 0 {
		return tile
	}
	layer := make([]byte, 0, len(w.features)+64+16*len(w.values))
	layer = appendBytes(layer, layerName, []byte(w.name))
	layer = append(layer, w.features...)
	for _, key := range w.keys {
		layer = appendBytes(layer, layerKey, []byte(key))
	}
	for _, value := range w.values {
		layer = append(layer, layerValue)
		layer = binary.AppendUvarint(layer, uint64(1+uvarintLen(len(value))+len(value)))
		layer = appendBytes(layer, valueString, []byte(value))
	}
	layer = binary.AppendUvarint(append(layer, layerExtent), extent)
	layer = append(layer, layerVersion, 2)
	return appendBytes(tile, tileLayer, layer)
}

// point, line and ring add to the geometry of the feature that is being put together;
// coordinates are whole numbers. A ring repeats its first point at the end.
func (w *layerWriter) point(p orb.Point) { w.command(moveTo, 1); w.to(p) }

func (w *layerWriter) line(points []orb.Point) {
	w.point(points[0])
	w.command(lineTo, len(points)-1)
	for _, p := range points[1:] {
		w.to(p)
	}
}

func (w *layerWriter) ring(points []orb.Point) {
	w.line(points[:len(points)-1])
	w.command(closePath, 1)
}

func (w *layerWriter) command(id, count int) {
	w.geometry = binary.AppendUvarint(w.geometry, uint64(count)<<3|uint64(id))
}

// to writes the way from the last point: signed numbers folded to 0, -1, 1, -2…
func (w *layerWriter) to(p orb.Point) {
	x, y := int64(p[0]), int64(p[1])
	w.geometry = binary.AppendVarint(w.geometry, x-w.x)
	w.geometry = binary.AppendVarint(w.geometry, y-w.y)
	w.x, w.y = x, y
}

func appendBytes(to []byte, field byte, content []byte) []byte {
	to = append(to, field)
	to = binary.AppendUvarint(to, uint64(len(content)))
	return append(to, content...)
}

func uvarintLen(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}
