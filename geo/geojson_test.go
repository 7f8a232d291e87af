package geo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneSquare = `{"type":"FeatureCollection","name":"x","features":[
{"type":"Feature","id":"00004","properties":{"code":"00004","name":"Hoà An","full_name":"Xã Hoà An","type":"xã","name_en":"Hoa An","parent_code":"11","area_km2":1.5,"population_2009":7},
 "geometry":{"type":"Polygon","coordinates":[[[105,21],[105,22],[106,22,7.5],[106,21],[105,21]]]}}]}`

func TestReadGeoJSON(t *testing.T) {
	units, shapes, err := ReadGeoJSON(strings.NewReader(oneSquare), "commune")
	if err != nil {
		t.Fatal(err)
	}
	want := Unit{Code: "00004", Name: "Hoà An", FullName: "Xã Hoà An", NameEn: "Hoa An", Type: "xã", Level: "commune", Parent: "11", AreaKm2: 1.5}
	if len(units) != 1 || units[0] != want {
		t.Errorf("got %+v", units)
	}
	if ringArea(shapes["00004"][0][0]) != 1 {
		t.Errorf("not counter-clockwise: %v", shapes["00004"])
	}
}

func TestReadGeoJSONRefuses(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(oneSquare, old, new, 1) }
	tests := []struct{ name, text, want string }{
		{"empty", "", "unexpected EOF"},
		{"not JSON", "code;name", "not GeoJSON"},
		{"an array", "[]", "not GeoJSON"},
		{"cut off", oneSquare[:300], "feature 1"},
		{"cut off at the end", oneSquare[:len(oneSquare)-1], "unexpected EOF"},
		{"a single feature", `{"type":"Feature"}`, "FeatureCollection"},
		{"no features", `{"type":"FeatureCollection"}`, "not a feature collection"},
		{"empty collection", `{"type":"FeatureCollection","features":[]}`, "no features"},
		{"features not a list", `{"type":"FeatureCollection","features":{}}`, "features"},
		{"code as a number", change(`"code":"00004"`, `"code":4`), "feature 1"},
		{"no code", change(`"code":"00004",`, ``), "property code is missing"},
		{"no name", change(`"name":"Hoà An",`, ``), "feature 1 (00004 ): property name"},
		{"not a feature", change(`{"type":"Feature"`, `{"type":"Line"`), `type is "Line"`},
		{"a line", change(`"Polygon"`, `"LineString"`), "LineString"},
		{"open ring", change(`[106,21],[105,21]]`, `[106,21]]`), "feature 1 (00004 Hoà An): part 1, ring 1: it is not closed"},
		{"short position", change(`[105,22]`, `[105]`), "longitude and a latitude"},
		{"null position", change(`[105,22]`, `null`), "longitude and a latitude"},
		{"swapped axes", change(`[105,22]`, `[22,105]`), "swapped"},
		{"metres", change(`[105,22]`, `[563000,2356000]`), "projected"},
		{"too large a number", change(`[105,22]`, `[1e999,22]`), "feature 1"},
		{"too deep", change(`[[[105,21]`, `[[[[105,21]`), "feature 1"},
		{"twice", strings.Replace(oneSquare, "}]}", "},"+oneSquare[strings.Index(oneSquare, "\n")+1:], 1), "code 00004 was used by feature 1"},
		{"bottomless", `{"type":"FeatureCollection","features":` + strings.Repeat("[", 100000), "feature 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := ReadGeoJSON(strings.NewReader(tt.text), "commune")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const oneProvince = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"11","name":"Tỉnh","parent_code":null},"geometry":null}]}`

func TestReadGeoJSONDir(t *testing.T) {
	dir := writeFiles(t, map[string]string{"province.geojson": oneProvince, "communes.geojson": oneSquare})
	s, err := ReadGeoJSONDir(dir, SetInfo{ID: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Root().Code != "11" || codes(s.Units("commune")) != "00004" || len(s.Info().Levels) != 2 {
		t.Errorf("read %v with %+v", s.Units(""), s.Info())
	}
	if area := s.Root().AreaKm2; area != 1.5 {
		t.Errorf("the province has %v km², want that of its commune", area)
	}
}

func TestReadGeoJSONDirRefuses(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		info  SetInfo
		want  string
	}{
		{"nothing there", nil, SetInfo{ID: "x"}, "no boundaries"},
		{"a level without a file", map[string]string{"communes.geojson": oneSquare}, SetInfo{ID: "x", Levels: usualLevels}, "province"},
		{"no geometry at all", map[string]string{"province.geojson": oneProvince}, SetInfo{ID: "x"}, "no geometry"},
		{"a broken file", map[string]string{"province.geojson": oneProvince, "communes.geojson": "{"}, SetInfo{ID: "x"}, "communes.geojson: not GeoJSON"},
		{"an orphan", map[string]string{"province.geojson": strings.Replace(oneProvince, "11", "12", 1), "communes.geojson": oneSquare}, SetInfo{ID: "x"}, "parent 11"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadGeoJSONDir(writeFiles(t, tt.files), tt.info)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// endless is a file that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestReadGeoJSONIsBounded(t *testing.T) {
	if _, _, err := readGeoJSON(endless{}, "commune", 1<<20); err == nil || !strings.Contains(err.Error(), "larger than 1 MB") {
		t.Errorf("got %v", err)
	}
}

// Whatever is read can be made into a set or is refused, without a panic, and what is
// accepted has sound tiles.
func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(oneSquare))
	f.Add([]byte(oneProvince))
	f.Add([]byte(strings.Replace(oneSquare, `"Polygon","coordinates":[[[105,21],[105,22],[106,22,7.5],[106,21],[105,21]]]`,
		`"MultiPolygon","coordinates":[[[[105,21],[105,22],[106,22],[106,21],[105,21]],[[105.2,21.2],[105.4,21.2],[105.3,21.4],[105.2,21.2]]],[[[107,21],[108,21],[106,22],[107,21]]]]`, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		units, shapes, err := ReadGeoJSON(strings.NewReader(string(data)), "commune")
		if err != nil {
			return
		}
		for i := range units {
			units[i].Parent = "root"
		}
		units = append(units, Unit{Code: "root", Name: "root", Level: "province"})
		s, err := NewSet(SetInfo{ID: "x", Root: "root", Levels: []Level{{"province", 0}, {"commune", 1}}}, units, shapes)
		if err != nil || !s.HasShapes() {
			return
		}
		for _, z := range []uint32{0, 5} {
			at := tileAt(z, s.Root().Centre[0], s.Root().Centre[1])
			if tile, status := s.Tile(z, at.X, at.Y); status == TileFound {
				decoded(t, tile)
			}
		}
	})
}
