package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paulmach/orb"
)

// maxGeoJSON bounds the file that is read, in bytes: the 3,321 communes of the
// country at 1.7 million points take a quarter of it.
const maxGeoJSON = 256 << 20

// usualLevels are those of a directory whose set does not say which it has.
var usualLevels = []Level{{ID: "province", Rank: 0}, {ID: "district", Rank: 1}, {ID: "commune", Rank: 2}}

// ReadGeoJSONDir reads a boundary set from a directory with a file for each level,
// named after it: communes.geojson or commune.geojson. Levels of info that are empty
// are taken to be the usual ones as far as there are files; an empty root is the one
// unit of the highest level. Only the lowest level needs geometry.
func ReadGeoJSONDir(dir string, info SetInfo) (*Set, error) {
	usual := len(info.Levels) == 0
	if usual {
		info.Levels = usualLevels
	}
	var units []Unit
	shapes := map[string]orb.MultiPolygon{}
	var present []Level
	for _, level := range info.Levels {
		path, err := levelFile(dir, level.ID)
		if usual && errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		read, drawn, err := readFile(path, level.ID)
		if err != nil {
			return nil, err
		}
		if len(units) == 0 && len(read) == 1 && info.Root == "" {
			info.Root = read[0].Code
		}
		present = append(present, level)
		units = append(units, read...)
		for code, shape := range drawn {
			shapes[code] = shape
		}
	}
	if len(present) == 0 {
		return nil, fmt.Errorf("no boundaries in %s: expected communes.geojson and the like", dir)
	}
	if len(shapes) == 0 {
		return nil, fmt.Errorf("no geometry in the files of %s", dir)
	}
	info.Levels = present
	s, err := NewSet(info, units, shapes)
	if err != nil {
		return nil, fmt.Errorf("boundaries in %s: %w", dir, err)
	}
	return s, nil
}

func levelFile(dir, level string) (string, error) {
	for _, name := range []string{level + "s.geojson", level + ".geojson"} {
		path := filepath.Join(dir, name)
		stat, err := os.Stat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err != nil:
			return "", fmt.Errorf("boundaries: %w", err)
		case !stat.Mode().IsRegular():
			return "", fmt.Errorf("boundaries: %s is not a file", path)
		}
		return path, nil
	}
	return "", fmt.Errorf("boundaries of level %[2]s: %[1]s holds neither %[2]s.geojson nor %[2]ss.geojson: %[3]w", dir, level, os.ErrNotExist)
}

func readFile(path, level string) ([]Unit, map[string]orb.MultiPolygon, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("boundaries: %w", err)
	}
	defer f.Close()
	units, shapes, err := ReadGeoJSON(f, level)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return units, shapes, nil
}

// ReadGeoJSON reads the units of one level from a feature collection with properties
// code, name, full_name, type, name_en, parent_code and area_km2, and the shapes of those
// that have geometry. Errors name the feature, counted from 1, and the unit.
func ReadGeoJSON(r io.Reader, level string) ([]Unit, map[string]orb.MultiPolygon, error) {
	return readGeoJSON(r, level, maxGeoJSON)
}

func readGeoJSON(r io.Reader, level string, limit int64) ([]Unit, map[string]orb.MultiPolygon, error) {
	bounded := &io.LimitedReader{R: r, N: limit + 1}
	c := collection{level: level, shapes: map[string]orb.MultiPolygon{}, seen: map[string]int{}}
	err := c.read(json.NewDecoder(bounded))
	if bounded.N <= 0 {
		return nil, nil, fmt.Errorf("larger than %d MB", limit>>20)
	}
	if err != nil {
		return nil, nil, err
	}
	return c.units, c.shapes, nil
}

// collection is what has been read of a file.
type collection struct {
	level  string
	units  []Unit
	shapes map[string]orb.MultiPolygon
	seen   map[string]int // feature of each code
}

// read goes through the members of the collection. Features are decoded one by one, so
// that an error can say which.
func (c *collection) read(d *json.Decoder) error {
	if err := expect(d, json.Delim('{')); err != nil {
		return fmt.Errorf("not GeoJSON: %w", err)
	}
	found := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fmt.Errorf("not GeoJSON: %w", err)
		}
		switch key {
		case "type":
			err = expect(d, "FeatureCollection")
		case "features":
			found = true
			err = c.features(d)
		default:
			err = d.Decode(new(json.RawMessage))
		}
		if err != nil {
			return err
		}
	}
	if err := expect(d, json.Delim('}')); err != nil {
		return fmt.Errorf("not GeoJSON: %w", err)
	}
	if !found {
		return errors.New("not a feature collection")
	}
	if len(c.units) == 0 {
		return errors.New("no features")
	}
	return nil
}

func expect(d *json.Decoder, want json.Token) error {
	got, err := d.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("expected %v, found %v", want, got)
	}
	return nil
}

func (c *collection) features(d *json.Decoder) error {
	if err := expect(d, json.Delim('[')); err != nil {
		return fmt.Errorf("features: %w", err)
	}
	for n := 1; d.More(); n++ {
		var f rawFeature
		err := d.Decode(&f)
		if err == nil {
			err = c.add(f, n)
		}
		if err != nil {
			return fmt.Errorf("feature %d%s: %w", n, f.place(), err)
		}
	}
	return expect(d, json.Delim(']'))
}

func (c *collection) add(f rawFeature, n int) error {
	u := f.unit(c.level)
	switch first, twice := c.seen[u.Code]; {
	case f.Type != "Feature":
		return fmt.Errorf("type is %q, not Feature", f.Type)
	case u.Code == "":
		return errors.New("property code is missing")
	case u.Name == "":
		return errors.New("property name is missing")
	case twice:
		return fmt.Errorf("code %s was used by feature %d", u.Code, first)
	}
	shape, err := f.shape()
	if err != nil {
		return err
	}
	if shape != nil {
		if shape, err = cleanShape(shape); err != nil {
			return err
		}
		c.shapes[u.Code] = shape
	}
	c.seen[u.Code] = n
	c.units = append(c.units, u)
	return nil
}

// rawFeature is a feature as it stands in the file. Codes must be text there: as numbers
// they would have lost their leading zeros.
type rawFeature struct {
	Type       string `json:"type"`
	Properties struct {
		Code       string  `json:"code"`
		Name       string  `json:"name"`
		FullName   string  `json:"full_name"`
		Type       string  `json:"type"`
		NameEn     string  `json:"name_en"`
		ParentCode string  `json:"parent_code"`
		AreaKm2    float64 `json:"area_km2"`
	} `json:"properties"`
	Geometry *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func (f rawFeature) place() string {
	if f.Properties.Code == "" && f.Properties.Name == "" {
		return ""
	}
	return fmt.Sprintf(" (%s %s)", f.Properties.Code, f.Properties.Name)
}

func (f rawFeature) unit(level string) Unit {
	p := f.Properties
	return Unit{
		Code: p.Code, Name: p.Name, FullName: p.FullName, NameEn: p.NameEn, Type: p.Type,
		Level: level, Parent: p.ParentCode, AreaKm2: p.AreaKm2,
	}
}

func (f rawFeature) shape() (orb.MultiPolygon, error) {
	if f.Geometry == nil {
		return nil, nil
	}
	var polygons [][][]position
	switch f.Geometry.Type {
	case "Polygon":
		polygons = make([][][]position, 1)
		if err := json.Unmarshal(f.Geometry.Coordinates, &polygons[0]); err != nil {
			return nil, fmt.Errorf("coordinates: %w", err)
		}
	case "MultiPolygon":
		if err := json.Unmarshal(f.Geometry.Coordinates, &polygons); err != nil {
			return nil, fmt.Errorf("coordinates: %w", err)
		}
	default:
		return nil, fmt.Errorf("geometry is a %q, not a Polygon or MultiPolygon", f.Geometry.Type)
	}
	shape := make(orb.MultiPolygon, len(polygons))
	for i, rings := range polygons {
		for _, ring := range rings {
			line := make(orb.Ring, len(ring))
			for k, p := range ring {
				line[k] = orb.Point(p)
			}
			shape[i] = append(shape[i], line)
		}
	}
	return shape, nil
}

// position is longitude and latitude; a height behind them is not used.
type position orb.Point

// UnmarshalJSON refuses what the array types of encoding/json would fill with zeros.
func (p *position) UnmarshalJSON(data []byte) error {
	var numbers []float64
	if err := json.Unmarshal(data, &numbers); err != nil {
		return err
	}
	if len(numbers) < 2 {
		return fmt.Errorf("position %s needs a longitude and a latitude", data)
	}
	p[0], p[1] = numbers[0], numbers[1]
	return nil
}
