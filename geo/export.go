package geo

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb"
)

// documentMemory bounds the finished documents a set keeps, in bytes.
const documentMemory = 32 << 20

// Document is a whole set in one file, compressed. The same set gives the same bytes on
// every machine.
type Document struct {
	Gzip []byte
	ETag string // strong, with its quotes
}

// ErrNoShapes is why a set cannot be exported.
var ErrNoShapes = errors.New("the boundary set has no shapes")

// TopoJSON gives the whole set as TopoJSON 1.0, an object for each level. Detail is the
// zoom at which it can be looked at, as for tiles; MaxZoom leaves nothing out. Whatever
// the detail, borders are shared, nothing crosses and no unit is lost. The document says
// which set it is, where it comes from and under which licence.
func (s *Set) TopoJSON(detail uint32) (Document, error) {
	return s.document(fmt.Sprint("topojson ", detail), detail, s.writeTopoJSON)
}

// GeoJSON gives the units of a level as an RFC 7946 feature collection. Detail is the
// same as for TopoJSON, and so are the borders. A level of the set that no unit is of gives
// an empty collection.
func (s *Set) GeoJSON(level string, detail uint32) (Document, error) {
	if !slices.ContainsFunc(s.info.Levels, func(l Level) bool { return l.ID == level }) {
		return Document{}, fmt.Errorf("boundary set %q has no level %q", s.info.ID, level)
	}
	return s.document(fmt.Sprint("geojson ", level, " ", detail), detail, func(w *bufio.Writer, x *outlines) error {
		return s.writeGeoJSON(w, level, x)
	})
}

// document makes a document or finds it. Only one is made at a time.
func (s *Set) document(key string, detail uint32, write func(*bufio.Writer, *outlines) error) (Document, error) {
	if s.tiles == nil {
		return Document{}, ErrNoShapes
	}
	if detail > MaxZoom {
		return Document{}, fmt.Errorf("detail %d is not from %d to %d", detail, MinZoom, MaxZoom)
	}
	if found, ok := s.tiles.documents.GetIfPresent(key); ok {
		return found, nil
	}
	s.tiles.writing.Lock()
	defer s.tiles.writing.Unlock()
	if found, ok := s.tiles.documents.GetIfPresent(key); ok {
		return found, nil
	}
	made, err := pack(func(w *bufio.Writer) error { return write(w, s.tiles.outlines(detail)) })
	if err != nil {
		return Document{}, fmt.Errorf("boundary set %q: %w", s.info.ID, err)
	}
	s.tiles.documents.Set(key, made)
	return made, nil
}

func newDocuments() *otter.Cache[string, Document] {
	return otter.Must(&otter.Options[string, Document]{
		MaximumWeight: documentMemory,
		Weigher:       func(key string, d Document) uint32 { return uint32(len(key) + len(d.Gzip) + len(d.ETag)) },
	})
}

func pack(write func(*bufio.Writer) error) (Document, error) {
	var packed bytes.Buffer
	sum := sha256.New()
	packer := gzip.NewWriter(io.MultiWriter(&packed, sum))
	w := bufio.NewWriterSize(packer, 1<<16)
	if err := errors.Join(write(w), w.Flush(), packer.Close()); err != nil {
		return Document{}, err
	}
	return Document{Gzip: packed.Bytes(), ETag: `"` + hex.EncodeToString(sum.Sum(nil)[:12]) + `"`}, nil
}

// outlines is a set at one detail: arcs of whole numbers, 10^digits to a degree.
type outlines struct {
	detail uint32
	digits int
	arcs   [][]orb.Point
}

// finestDigits is a tenth of a millimetre.
const finestDigits = 9

// outlines simplifies and rounds for a document. As on a canvas, the rounding becomes
// finer until nothing crosses and no unit is lost.
func (d *drawing) outlines(zoom uint32) *outlines {
	threshold := 0.0 // everything
	if zoom < MaxZoom {
		threshold = detail(zoom)
	}
	degree := extent * math.Exp2(float64(zoom)) / 360 // grid points of a tile
	for digits := int(math.Ceil(math.Log10(degree))); ; digits++ {
		scale := math.Pow10(digits)
		arcs, tangled := d.snapArcs(threshold, dots{}, func(corner int32) orb.Point { return snapPoint(d.coverage.points[corner], scale) })
		x := &outlines{detail: zoom, digits: digits, arcs: arcs}
		if tangled == 0 && d.complete(x) || digits >= finestDigits {
			return x
		}
	}
}

// complete tells whether every unit still has a face.
func (d *drawing) complete(x *outlines) bool {
	for _, faces := range d.faces {
		whole := false
		for _, f := range faces {
			whole = whole || ringArea(joinArcs(f.outer, x.arcs)) > 0
		}
		if !whole {
			return false
		}
	}
	return true
}

// about describes the set in a document of its shapes.
type about struct {
	ID          string `json:"id"`
	Version     string `json:"version"`
	InForceFrom string `json:"in_force_from,omitempty"`
	InForceTo   string `json:"in_force_to,omitempty"`
	Schematic   bool   `json:"schematic"`
	Source      string `json:"source"`
	Licence     string `json:"licence"`
	Detail      uint32 `json:"detail"`
}

func (s *Set) about(x *outlines) about {
	a := about{ID: s.info.ID, Version: s.Version(), Schematic: s.info.Schematic, Source: s.info.Source, Licence: s.info.Licence, Detail: x.detail}
	if s.info.InForceFrom.IsValid() {
		a.InForceFrom = s.info.InForceFrom.String()
	}
	if s.info.InForceTo.IsValid() {
		a.InForceTo = s.info.InForceTo.String()
	}
	return a
}

// unitProperties are those that the import reads, so that a document can be read back.
type unitProperties struct {
	Code     string  `json:"code"`
	Name     string  `json:"name"`
	FullName string  `json:"full_name"`
	NameEn   string  `json:"name_en"`
	Type     string  `json:"type"`
	Level    string  `json:"level"`
	Parent   *string `json:"parent_code"`
	AreaKm2  float64 `json:"area_km2"`
}

func (u Unit) properties() unitProperties {
	p := unitProperties{u.Code, u.Name, u.FullName, u.NameEn, u.Type, u.Level, nil, math.Round(u.AreaKm2*1000) / 1000}
	if u.Parent != "" {
		p.Parent = &u.Parent
	}
	return p
}

// put writes a value as JSON, without HTML escapes.
func put(w *bufio.Writer, value any) error {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	return err
}
