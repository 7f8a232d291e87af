package geo

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// document reads the features of a file: a GeoJSON FeatureCollection (RFC 7946), features
// one after another (newline-delimited GeoJSON), or a TopoJSON topology. Each feature goes
// to sink as soon as it is complete, and nothing is kept of it here.
type document struct {
	*cursor
	file   string
	wanted map[string]bool // properties, in lower case
	sink   func(*record) error
	count  int // features of this file
}

// object is what an object of the file says, whichever of the formats it is.
type object struct {
	kind     string
	features bool // there was a member "features"
	topology *topology
	record
}

// readDocument reads a file, unpacking gzip, and ends with the first thing that makes the
// rest untrustworthy, a *fault; other errors are those of sink.
func readDocument(file string, r io.Reader, limits Limits, spent *spending, wanted map[string]bool, tell func(bytes int64), sink func(*record) error) error {
	packed := &meter{r: r, limit: limits.Bytes, what: "the file", tell: tell}
	plain, err := unpacked(packed, limits.Unpacked)
	if err != nil {
		return err
	}
	d := &document{cursor: newCursor(plain, limits, spent), file: file, wanted: wanted, sink: sink}
	return d.read()
}

// unpacked looks through gzip, and past a byte order mark.
func unpacked(r io.Reader, limit int64) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	if head, _ := buffered.Peek(2); string(head) == "\x1f\x8b" {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, &fault{kind: KindUnreadable, message: "its gzip compression is broken: " + err.Error(), cause: err}
		}
		buffered = bufio.NewReaderSize(&meter{r: z, limit: limit, what: "the unpacked file"}, 64<<10)
	}
	switch head, err := buffered.Peek(3); {
	case len(head) == 0 && errors.Is(err, io.EOF):
		return nil, faultf(KindEmpty, "the file is empty")
	case len(head) == 0:
		var own *fault
		if errors.As(err, &own) {
			return nil, own
		}
		return nil, &fault{kind: KindUnreadable, message: "its gzip compression is broken or cut off: " + err.Error(), cause: err}
	case string(head) == "\xef\xbb\xbf":
		_, _ = buffered.Discard(3)
	case len(head) > 1 && (head[0] == 0 || head[1] == 0 || head[0] >= 0xfe):
		return nil, faultf(KindUnreadable, "the file is not text in UTF-8")
	case head[0] != '{' && strings.IndexByte(" \t\r\n", head[0]) < 0:
		return nil, faultf(KindFormat, "it begins with %q: GeoJSON, newline-delimited GeoJSON or TopoJSON is accepted, also packed with gzip", head)
	}
	return buffered, nil
}

func (d *document) read() error {
	sequence := false
	for n := 0; ; n++ {
		d.d.PeekKind()
		o := &object{}
		o.file = d.file
		ok, err := d.members(func(name string) error { return d.member(o, name, true) })
		switch {
		case errors.Is(err, io.EOF) && d.count > 0:
			return nil
		case errors.Is(err, io.EOF) && n > 0:
			return faultf(KindEmpty, "the file has no features")
		case errors.Is(err, io.EOF):
			return faultf(KindEmpty, "the file is empty")
		case err != nil:
			return err
		case !ok:
			return faultf(KindFormat, "value %d of the file is not an object: GeoJSON, newline-delimited GeoJSON or TopoJSON is accepted", n+1)
		case n > 0 && (!sequence || o.kind != "Feature"):
			return faultf(KindFormat, "more follows after the end of the first object: only features may stand one after another")
		}
		sequence = o.kind == "Feature"
		if err := d.finish(o); err != nil {
			return err
		}
	}
}

// finish does with a whole object of the file what its type asks for.
func (d *document) finish(o *object) error {
	switch o.kind {
	case "FeatureCollection":
		if !o.features {
			return faultf(KindFormat, "not a feature collection: it has no features")
		}
		return nil
	case "Feature":
		return d.emit(&o.record)
	case "Topology":
		return o.topology.emit(d)
	case "":
		return faultf(KindFormat, "not GeoJSON: it has no type")
	}
	return faultf(KindFormat, "its type is %q; a FeatureCollection, Features or a Topology is accepted", o.kind)
}

// emit hands a complete feature on.
func (d *document) emit(f *record) error {
	if d.spent.features++; d.spent.features > d.limits.Features {
		return faultf(KindTooLarge, "more than %d features", d.limits.Features)
	}
	d.count++
	f.file, f.number = d.file, d.count
	return d.sink(f)
}

// member reads one member of an object of the file, or of a feature in a collection.
func (d *document) member(o *object, name string, top bool) (err error) {
	switch {
	case name == "type":
		o.kind, _, err = d.text()
		return err
	case name == "geometry":
		return d.geometry(&o.record)
	case name == "properties":
		return d.properties(&o.record, d.wanted)
	case name == "id":
		o.id, _, err = d.scalar()
		return err
	case top && name == "features":
		o.features = true
		return d.features()
	case top && name == "crs":
		return d.system()
	case top && (name == "objects" || name == "arcs" || name == "transform"):
		if o.topology == nil {
			o.topology = &topology{}
		}
		return o.topology.member(d, name)
	}
	return d.skip()
}

func (d *document) features() error {
	ok, err := d.elements(func() error {
		o := &object{}
		is, err := d.members(func(name string) error { return d.member(o, name, false) })
		if err != nil {
			return err
		}
		if !is || o.kind != "Feature" {
			o.blame(faultf(KindFormat, "it is not a Feature but a %q", o.kind))
		}
		return d.emit(&o.record)
	})
	if err == nil && !ok {
		return faultf(KindFormat, "features are not an array")
	}
	return err
}

// system reads the reference system that GeoJSON before RFC 7946 could name.
func (d *document) system() error {
	name := ""
	_, err := d.members(func(member string) error {
		if member != "properties" {
			return d.skip()
		}
		_, err := d.members(func(member string) (err error) {
			if member != "name" {
				return d.skip()
			}
			name, _, err = d.text()
			return err
		})
		return err
	})
	if err != nil || name == "" {
		return err
	}
	for _, accepted := range []string{"CRS84", ":4326", "WGS84", "WGS 84"} {
		if strings.HasSuffix(strings.ToUpper(name), accepted) {
			return nil
		}
	}
	return faultf(KindCRS, "its reference system is %q; longitude and latitude in degrees of WGS 84 (CRS84, EPSG:4326) are accepted; "+
		"transform them first, for example ogr2ogr -t_srs EPSG:4326", name)
}
