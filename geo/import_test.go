package geo

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

var usualLevels = []Level{{ID: "province", Rank: 0}, {ID: "district", Rank: 1}, {ID: "commune", Rank: 2}}

// textSource is a file of an import that stands in the test.
func textSource(name, text string) Source {
	return Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// imported reads files given as name, text, name, text, and fails on anything but findings.
func imported(t testing.TB, o ImportOptions, files ...string) *Import {
	t.Helper()
	if o.Info.ID == "" {
		o.Info.ID = "x"
	}
	if o.Tolerance == (Tolerance{}) {
		o.Tolerance = DefaultTolerance()
	}
	var sources []Source
	for i := 0; i < len(files); i += 2 {
		sources = append(sources, textSource(files[i], files[i+1]))
	}
	m, err := ReadImport(t.Context(), sources, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// kinds lists severity and kind of the findings, in their order.
func kinds(findings Findings) string {
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Severity)+" "+string(f.Kind))
	}
	return strings.Join(out, ", ")
}

const oneSquare = `{"type":"FeatureCollection","name":"x","features":[
{"type":"Feature","id":"00004","properties":{"code":"00004","name":"Hoà An","full_name":"Xã Hoà An","type":"xã","name_en":"Hoa An","parent_code":"11","area_km2":1.5,"population":7},
 "geometry":{"type":"Polygon","coordinates":[[[105,21],[106,21],[106,22,7.5],[105,22],[105,21]]]}}]}`

const oneProvince = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"11","name":"Tỉnh","parent_code":null},"geometry":null}]}`

func TestImportOfOneSquare(t *testing.T) {
	m := imported(t, ImportOptions{}, "province.geojson", oneProvince, "communes.geojson", oneSquare)
	if err := m.Err(); err != nil || len(m.Findings) > 0 {
		t.Fatalf("%v", m.Findings)
	}
	s, err := m.Set()
	if err != nil {
		t.Fatal(err)
	}
	want := Unit{Code: "00004", Name: "Hoà An", FullName: "Xã Hoà An", NameEn: "Hoa An", Type: "xã", Level: "commune", Parent: "11", AreaKm2: 1.5, Population: 7}
	if m.Units[1] != want {
		t.Errorf("got %+v", m.Units[1])
	}
	if s.Root().Code != "11" || codes(s.Units("commune")) != "00004" || s.Root().AreaKm2 != 1.5 {
		t.Errorf("read %v with %+v", s.Units(""), s.Info())
	}
	if got := fmt.Sprint(m.Counts()); got != "[{province 1} {commune 1}]" {
		t.Errorf("counts are %s", got)
	}
}

func TestImportRefuses(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(oneSquare, old, new, 1) }
	tests := []struct {
		name, text string
		kind       Kind
		want       string
	}{
		{"empty", "", KindEmpty, "the file is empty"},
		{"blank", " \n", KindEmpty, "the file is empty"},
		{"not JSON", "code;name", KindFormat, "GeoJSON, newline-delimited GeoJSON or TopoJSON is accepted"},
		{"UTF-16", "\xff\xfe{\x00", KindUnreadable, "UTF-8"},
		{"another encoding", change("Hoà An", "Ho\xe0 An"), KindUnreadable, "UTF-8"},
		{"an array", "[]", KindFormat, "is accepted"},
		{"cut off", oneSquare[:300], KindUnreadable, "cut off after byte"},
		{"cut off at the end", oneSquare[:len(oneSquare)-1], KindUnreadable, "cut off"},
		{"nonsense behind", oneSquare + "}", KindUnreadable, "not JSON"},
		{"two collections", oneSquare + oneSquare, KindFormat, "more follows"},
		{"no type", `{"features":[]}`, KindFormat, "no type"},
		{"a geometry", `{"type":"Polygon","coordinates":[]}`, KindFormat, `type is "Polygon"`},
		{"no features", `{"type":"FeatureCollection"}`, KindFormat, "not a feature collection"},
		{"empty collection", `{"type":"FeatureCollection","features":[]}`, KindEmpty, "no features"},
		{"features not a list", `{"type":"FeatureCollection","features":{}}`, KindFormat, "features are not an array"},
		{"code as a number", change(`"code":"00004"`, `"code":4`), KindCode, "leading zeros"},
		{"no code", change(`"id":"00004","properties":{"code":"00004",`, `"properties":{`), KindCode, "property code is missing"},
		{"no name", change(`"name":"Hoà An","full_name":"Xã Hoà An",`, ``), KindName, "property name is missing"},
		{"not a feature", change(`{"type":"Feature"`, `{"type":"Line"`), KindFormat, `"Line"`},
		{"a line", change(`"Polygon"`, `"LineString"`), KindGeometry, "LineString"},
		{"no coordinates", change(`"coordinates":`, `"rings":`), KindGeometry, "no coordinates"},
		{"open ring", change(`[105,22],[105,21]]`, `[105,22]]`), KindOpenRing, "it is not closed"},
		{"flat ring", change(`[106,21],[106,22,7.5],[105,22]`, `[106,21],[107,21]`), KindFlatRing, "no area"},
		{"short position", change(`[106,21]`, `[106]`), KindGeometry, "longitude and a latitude"},
		{"null position", change(`[106,21]`, `null`), KindGeometry, "unevenly"},
		{"null number", change(`[106,21]`, `[106,null]`), KindNotANumber, "not a number"},
		{"NaN", change(`[106,21]`, `[106,NaN]`), KindUnreadable, "not JSON"},
		{"NaN as text", change(`[106,21]`, `[106,"NaN"]`), KindNotANumber, "not a number"},
		{"too large a number", change(`[106,21]`, `[1e999,22]`), KindNotANumber, "not a number"},
		{"swapped axes", change(`[106,21]`, `[21,106]`), KindSwapped, "swapped"},
		{"metres", change(`[106,21]`, `[563000,2356000]`), KindProjected, "VN-2000"},
		{"out of range", change(`[106,21]`, `[206,21]`), KindOutOfRange, "±180"},
		{"a reference system", change(`"name":"x"`, `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3405"}}`), KindCRS, "EPSG::3405"},
		{"too deep", change(`[[[105,21]`, `[[[[105,21]`), KindUnreadable, ""},
		{"an empty ring", change(`[[[105,21]`, `[[],[[105,21]`), KindGeometry, "empty"},
		{"a polygon too deep", change(`"Polygon"`, `"MultiPolygon"`), KindGeometry, "brackets"},
		{"no area", change(`"area_km2":1.5`, `"area_km2":"1,5"`), KindFacts, `"1,5" is not possible`},
		{"a bow tie", change(`[106,21],[106,22,7.5],[105,22]`, `[106,22],[106,21],[105,22]`), KindSelfCrossing, "crosses itself at 105.500000, 21.500000"},
		{"crossing itself", change(`[106,21],[106,22,7.5],[105,22]`, `[106,21],[106,22],[105.6,20.5]`), KindSelfCrossing, "crosses itself at"},
		{"a spike along itself", change(`[106,21],[106,22,7.5]`, `[106,21],[106,22],[106,21.5],[105.5,21.5]`), KindSelfCrossing, ""},
		{"twice", strings.Replace(oneSquare, "}]}", "},"+oneSquare[strings.Index(oneSquare, "\n")+1:], 1), KindDuplicateCode, "code 00004 was used by feature 1"},
		{"bottomless", `{"type":"FeatureCollection","features":` + strings.Repeat("[", 100000), KindTooLarge, "nested deeper"},
		{"bottomless coordinates", change(`[[[105,21]`, strings.Repeat("[", 100000)), KindTooLarge, "nested deeper"},
		{"bottomless properties", change(`"name":"x"`, `"x":`+strings.Repeat(`{"a":`, 100000)), KindTooLarge, "nested deeper"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := imported(t, ImportOptions{}, "communes.geojson", tt.text)
			i := slices.IndexFunc(m.Findings, func(f Finding) bool { return f.Severity == SeverityError && f.Kind == tt.kind })
			if i < 0 || !strings.Contains(m.Findings[i].Message, tt.want) || m.Err() == nil {
				t.Errorf("got %v, want an error %s with %q", m.Findings, tt.kind, tt.want)
			}
		})
	}
}

// A finding says where: file, feature, unit, place.
func TestFindingsSayWhere(t *testing.T) {
	m := imported(t, ImportOptions{}, "communes.geojson", strings.Replace(oneSquare, `[106,21]`, `[21,106]`, 1))
	f := m.Findings[0]
	if f.Place() != "communes.geojson feature 1 (00004 Hoà An)" || f.At == nil || *f.At != (orb.Point{21, 106}) {
		t.Errorf("%+v", f)
	}
	text, err := json.Marshal(f)
	if err != nil || !strings.Contains(string(text), `"severity":"error","kind":"swapped_axes","file":"communes.geojson","feature":1,"code":"00004","name":"Hoà An","at":[21,106]`) {
		t.Errorf("%s %v", text, err)
	}
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lines gives the features of a collection one a line.
func lines(collection string) string {
	var c struct {
		Features []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal([]byte(collection), &c); err != nil {
		panic(err)
	}
	var out strings.Builder
	for _, f := range c.Features {
		var b bytes.Buffer
		if err := json.Compact(&b, f); err != nil {
			panic(err)
		}
		out.WriteString(b.String() + "\n")
	}
	return out.String()
}

// fourSquares are those of squares(), as a collection of communes.
func fourSquares() string {
	var features []string
	for _, u := range []struct {
		code, name, parent string
		x, y               int
	}{{"00004", "Hoà An", "11", 105, 21}, {"00005", "Hòa Bình", "11", 105, 22}, {"00006", "Tây", "12", 106, 21}, {"VN-01", "Đại Đình", "12", 106, 22}} {
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q,"parent_code":%q},"geometry":{"type":"Polygon","coordinates":[[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]}}`,
			u.code, u.name, u.parent, u.x, u.y, u.x+1, u.y, u.x+1, u.y+1, u.x, u.y+1, u.x, u.y))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

const twoDistricts = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"11","name":"Tây","parent_code":"1"},"geometry":{"type":"Polygon","coordinates":[[[105,21],[106,21],[106,22],[106,23],[105,23],[105,22],[105,21]]]}},
{"type":"Feature","properties":{"code":"12","name":"Đông","parent_code":"1"},"geometry":{"type":"Polygon","coordinates":[[[106,21],[107,21],[107,22],[107,23],[106,23],[106,22],[106,21]]]}}]}`

// fourSquaresTopology is the same with shared, quantised arcs: a step is a tenth of a degree.
const fourSquaresTopology = `{"type":"Topology","transform":{"scale":[0.1,0.1],"translate":[105,21]},"objects":{"communes":{"type":"GeometryCollection","geometries":[
{"type":"Polygon","arcs":[[0,1,2]],"properties":{"code":"00004","name":"Hoà An","parent_code":"11"}},
{"type":"Polygon","arcs":[[-2,3,4]],"properties":{"code":"00005","name":"Hòa Bình","parent_code":"11"}},
{"type":"Polygon","arcs":[[-1,5,6]],"properties":{"code":"00006","name":"Tây","parent_code":"12"}},
{"type":"MultiPolygon","arcs":[[[-4,-7,7]]],"id":"VN-01","properties":{"name":"Đại Đình","parent_code":"12"}}]}},
"arcs":[[[10,0],[0,10]],[[10,10],[-10,0]],[[0,10],[0,-10],[10,0]],[[10,10],[0,10]],[[10,20],[-10,0],[0,-10]],[[10,0],[10,0],[0,10]],[[20,10],[-10,0]],[[20,10],[0,10],[-10,0]]]}`

func TestFormatsSayTheSame(t *testing.T) {
	reference := imported(t, ImportOptions{}, "communes.geojson", fourSquares())
	if reference.Err() != nil || reference.Vertices != 20 {
		t.Fatal(reference.Findings, reference.Vertices)
	}
	for name, text := range map[string]string{
		"communes.geojsonl":    lines(fourSquares()),
		"communes.geojson.gz":  zipped(t, fourSquares()),
		"communes.geojsonl.gz": zipped(t, lines(fourSquares())),
		"communes.json":        "\xef\xbb\xbf" + fourSquares(),
		"vietnam.topojson":     fourSquaresTopology,
	} {
		m := imported(t, ImportOptions{}, name, text)
		if m.Err() != nil {
			t.Errorf("%s: %v", name, m.Findings)
			continue
		}
		for code, want := range reference.Shapes {
			if got := m.Shapes[code]; math.Abs(ringArea(got[0][0])-ringArea(want[0][0])) > 1e-9 || got.Bound() != want.Bound() {
				t.Errorf("%s: %s is %v, want %v", name, code, got, want)
			}
		}
		if len(m.Units) != len(reference.Units) {
			t.Errorf("%s: %d units", name, len(m.Units))
		}
	}
}

func TestTopologyRefuses(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(fourSquaresTopology, old, new, 1) }
	for name, tt := range map[string]struct {
		text string
		kind Kind
	}{
		"an arc there is not":  {change("[[0,1,2]]", "[[0,1,99]]"), KindGeometry},
		"half an arc":          {change("[[0,1,2]]", "[[0.5,1,2]]"), KindGeometry},
		"the last of all arcs": {change("[[0,1,2]]", "[[-9223372036854775808]]"), KindGeometry},
		"uneven references":    {change("[[0,1,2]]", "[[0,[1],2]]"), KindGeometry},
		"no references":        {change("[[0,1,2]]", "[]"), KindGeometry},
		"an empty ring":        {change("[[0,1,2]]", "[[]]"), KindGeometry},
		"a line":               {change(`"Polygon"`, `"LineString"`), KindGeometry},
		"arcs of numbers":      {change(`"arcs":[[[10,0],[0,10]]`, `"arcs":[[10,0]`), KindFormat},
		"a short position":     {change(`"arcs":[[[10,0]`, `"arcs":[[[10]`), KindFormat},
		"half a transform":     {change(`[0.1,0.1]`, `[0.1]`), KindFormat},
		"no objects":           {`{"type":"Topology","arcs":[]}`, KindEmpty},
		"nothing else":         {`{"type":"Topology"}`, KindEmpty},
		"metres":               {change(`"transform":{"scale":[0.1,0.1]`, `"transform":{"scale":[10000,10000]`), KindProjected},
	} {
		m := imported(t, ImportOptions{}, "communes.topojson", tt.text)
		if !slices.ContainsFunc(m.Findings, func(f Finding) bool { return f.Severity == SeverityError && f.Kind == tt.kind }) {
			t.Errorf("%s: %v", name, m.Findings)
		}
	}
}

func TestImportEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := ReadImport(ctx, []Source{textSource("communes.geojson", fourSquares())}, ImportOptions{Info: SetInfo{ID: "x"}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := ReadImport(t.Context(), []Source{FileSource(filepath.Join(t.TempDir(), "none.geojson"), "")}, ImportOptions{Info: SetInfo{ID: "x"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestImportTellsProgress(t *testing.T) {
	var told []Progress
	slow := &slowly{r: strings.NewReader(lines(fourSquares()))}
	source := Source{Name: "communes.geojsonl", Open: func() (io.ReadCloser, error) { return io.NopCloser(slow), nil }}
	if _, err := ReadImport(t.Context(), []Source{source}, ImportOptions{Info: SetInfo{ID: "x"}, Progress: func(p Progress) { told = append(told, p) }}); err != nil {
		t.Fatal(err)
	}
	if len(told) == 0 || told[0].File != "communes.geojsonl" || told[0].Bytes == 0 {
		t.Errorf("told %v", told)
	}
}

// slowly gives a byte at a time.
type slowly struct{ r io.Reader }

func (s *slowly) Read(p []byte) (int, error) { return s.r.Read(p[:1]) }

func TestMapping(t *testing.T) {
	text := strings.NewReplacer(`"code"`, `"MA_XA"`, `"name"`, `"Ten"`, `"parent_code"`, `"huyen"`, `"type":"xã"`, `"cap":"Xã"`).Replace(oneSquare)
	m := imported(t, ImportOptions{Mapping: Mapping{Parent: "HUYEN"}}, "x.geojson", strings.Replace(text, `"Ten":"x",`, "", 1))
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	if u := m.Units[0]; u.Code != "00004" || u.Name != "Hoà An" || u.Level != "commune" || m.Info.PartOf.Code != "11" {
		t.Errorf("%+v in %s", u, m.Info.PartOf.Code)
	}
	missing := imported(t, ImportOptions{Mapping: Mapping{Code: "ma"}}, "communes.geojson", strings.Replace(oneSquare, `"id":"00004",`, "", 1))
	if err := missing.Err(); err == nil || !strings.Contains(err.Error(), "it has none of ma,") {
		t.Errorf("got %v", err)
	}
}

func TestLevelWords(t *testing.T) {
	for word, want := range map[string]string{"communes": "commune", "Xã": "commune", "PROVINCE": "province", "countries": "country", "huyện": "district", "khóm": "khom"} {
		if got := levelOf(word); got != want {
			t.Errorf("%s is %s, want %s", word, got, want)
		}
	}
	for file, want := range map[string]string{"communes.geojsonl.gz": "commune", "/a/province.geojson": "province", "map.geojson": ""} {
		if got := levelOfFile(file); got != want {
			t.Errorf("%s is of level %q, want %q", file, got, want)
		}
	}
}

func TestRoots(t *testing.T) {
	collection := func(features ...string) string {
		return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	}
	unit := func(code, level, parent string) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q,"level":%q,"parent_code":%q,"was":"26"},"geometry":null}`, code, code, level, parent)
	}
	tests := []struct {
		name, text, findings, root, partOf string
		o                                  ImportOptions
	}{
		{"one unit at the top", collection(unit("1", "province", ""), unit("11", "district", "1")), "", "1", "", ImportOptions{}},
		{"several at the top", collection(unit("1", "province", ""), unit("2", "province", "")), "warning made_root", "x", "", ImportOptions{}},
		{"named", collection(unit("1", "province", ""), unit("2", "province", "")), "warning made_root", "VN", "", ImportOptions{Info: SetInfo{Root: "VN"}}},
		{"one parent outside", collection(unit("11", "district", "1"), unit("12", "district", "1")), "warning made_root, warning parent_outside", "1", "", ImportOptions{}},
		{"the root's parent outside", collection(unit("11", "district", "1"), unit("111", "commune", "11")), "warning parent_outside", "11", "1", ImportOptions{}},
		{"a part of a larger unit", collection(unit("11", "commune", "25"), unit("12", "commune", "25")), "warning made_root, warning parent_outside", "26", "25",
			ImportOptions{Info: SetInfo{Root: "26", PartOf: PartOf{Code: "25"}}, Where: map[string]string{"was": "26"}}},
		{"in itself", collection(unit("1", "province", ""), unit("11", "district", "12"), unit("12", "district", "11")), "error parent_cycle, error parent_cycle", "1", "", ImportOptions{}},
		{"its own parent", collection(unit("1", "province", "1")), "error parent_cycle", "", "", ImportOptions{}},
		{"a parent beside", collection(unit("1", "province", ""), unit("11", "district", "1"), unit("12", "district", "11")), "error parent_level", "1", "", ImportOptions{}},
		{"unknown levels", collection(unit("1", "bang", ""), unit("11", "district", "1")), "error level", "1", "", ImportOptions{}},
		{"another root", collection(unit("1", "province", ""), unit("11", "district", "1")), "error hierarchy", "11", "", ImportOptions{Info: SetInfo{Root: "11"}}},
		{"nothing is asked for", collection(unit("1", "province", "")), "error empty", "", "", ImportOptions{Where: map[string]string{"was": "25"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := imported(t, tt.o, "x.geojson", tt.text)
			found := slices.DeleteFunc(m.Findings, func(f Finding) bool { return f.Kind == KindNoGeometry })
			if kinds(found) != tt.findings || m.Info.Root != tt.root || m.Info.PartOf.Code != tt.partOf {
				t.Errorf("got %v, root %q part of %q", found, m.Info.Root, m.Info.PartOf.Code)
			}
		})
	}
}

func TestHomonyms(t *testing.T) {
	text := strings.Replace(fourSquares(), "Hòa Bình", "Hòa An", 1)
	m := imported(t, ImportOptions{}, "province.geojson", strings.Replace(oneProvince, `"11"`, `"1"`, 1), "districts.geojson", twoDistricts, "communes.geojson", text)
	if kinds(m.Findings) != "warning homonym" || m.Findings[0].Others[0] != "00004" {
		t.Errorf("%v", m.Findings)
	}
}
