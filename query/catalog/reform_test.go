package catalog

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/geojson"

	"github.com/toancanh/toancanh/geo"
)

// reformFixtures has the polygons of the communes since 1 July 2025.
const reformFixtures = "../../../shared/data/phutho-2025"

// The press counted 88 xã, 15 phường and 18 thị trấn after 1 January 2025, and 32 xã and 4
// phường after 1 July.
func TestSetsOfTheReforms(t *testing.T) {
	c := vinhphuc(t)
	for _, want := range []struct {
		day, set string
		types    map[string]int
	}{
		{"2024-12-31", "vinhphuc-2022", map[string]int{"tỉnh": 1, "huyện": 7, "thành phố": 2, "xã": 105, "phường": 15, "thị trấn": 16}},
		{"2025-01-01", "vinhphuc-2025h1", map[string]int{"tỉnh": 1, "huyện": 7, "thành phố": 2, "xã": 88, "phường": 15, "thị trấn": 18}},
		{"2025-06-30", "vinhphuc-2025h1", nil},
		{"2025-07-01", "phutho-2025", map[string]int{"địa bàn": 1, "xã": 32, "phường": 4}},
		{"2030-01-01", "phutho-2025", nil},
	} {
		set, _ := c.BoundarySetAt(date(t, want.day))
		types, people := map[string]int{}, 0
		for _, u := range set.Units {
			types[u.Type]++
			if u.Level == "commune" {
				people += u.Population2009
			}
		}
		if set.Info.ID != want.set || want.types != nil && !maps.Equal(types, want.types) {
			t.Errorf("on %s %s has %v", want.day, set.Info.ID, types)
		}
		if people != 972167 { // as the communes of the census, whatever merged
			t.Errorf("%s: %d people of 2009", set.Info.ID, people)
		}
	}
	last, _ := c.BoundarySet("phutho-2025")
	if root, _ := last.Unit(last.Info.Root); root.Level != "area" || last.Info.PartOf != (geo.PartOf{Code: "25", Name: "Tỉnh Phú Thọ"}) {
		t.Errorf("the root is %+v, a part of %+v", root, last.Info.PartOf)
	}
}

// What is written down agrees with the lists of the source, composed over both reforms.
func TestCrosswalksMatchTheSource(t *testing.T) {
	timeline, err := vinhphuc(t).Timeline()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, file string
		units      int
	}{
		{"vinhphuc-2022", "crosswalk-2025.csv", 136}, {"vinhphuc-2025h1", "crosswalk-2025-from-121.csv", 121},
	} {
		f, err := os.Open(filepath.Join(filepath.Dir(reformFixtures), tt.file))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("SKIPPED: crosswalks are not checked: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		x, err := timeline.Crosswalk(tt.from, "phutho-2025")
		if err != nil {
			t.Fatal(err)
		}
		old, _ := timeline.Set(tt.from)
		for _, row := range rows[1:] {
			if l := x.Became(row[0]); len(l) != 1 || l[0].New != row[3] || !l[0].Whole() || l[0].Basis != geo.Legal {
				t.Errorf("%s became %+v, want %s", row[0], l, row[3])
			}
			if u, _ := old.Unit(row[0]); u.FullName != row[1] || u.Parent != row[2] {
				t.Errorf("%s is %+v in %s, want %s in %s", row[0], u, tt.from, row[1], row[2])
			}
		}
		if len(rows)-1 != tt.units || len(x.Links()) != tt.units || len(x.Fresh()) > 0 {
			t.Errorf("%d rows, %d links, fresh %v", len(rows)-1, len(x.Links()), x.Fresh())
		}
	}
}

func TestHeirs(t *testing.T) {
	c := vinhphuc(t)
	for _, tt := range []struct{ code, on, want string }{
		{"09094", "2025-01-01", "09097 Xã Sao Đại Việt"},
		{"09094", "2025-07-01", "09106 Xã Vĩnh Thành"},
		{"08710", "2026-01-01", "08716 Phường Vĩnh Phúc"},
		{"243", "2026-01-01", ""},   // what became of a district is no one unit
		{"99999", "2026-01-01", ""}, // nobody
		{"09094", "2019-01-01", ""}, // before everything
	} {
		var got []string
		for _, u := range c.Heirs(tt.code, date(t, tt.on)) {
			got = append(got, u.Code+" "+u.FullName)
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s on %s lives on in %q, want %q", tt.code, tt.on, got, tt.want)
		}
	}
}

func TestLineageOverTheReforms(t *testing.T) {
	timeline, err := vinhphuc(t).Timeline()
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2022-06-01": "Phường Đống Đa", "2025-03-01": "Phường Đống Đa", "2025-07-01": "Phường Vĩnh Phúc"} {
		if u, _ := timeline.Unit("08716", date(t, on)); u.FullName != want {
			t.Errorf("on %s 08716 is %s", on, u.FullName)
		}
	}
	names := func(steps []geo.Step) (out []string) {
		for _, step := range steps {
			for _, u := range step.Units {
				out = append(out, u.FullName)
			}
			out = append(out, "|")
		}
		return out
	}
	for _, tt := range []struct {
		code, set    string
		became, from []string
	}{
		{"09094", "vinhphuc-2022", []string{"Xã Sao Đại Việt", "|", "Xã Vĩnh Thành", "|"}, nil},
		{"09097", "vinhphuc-2025h1", []string{"Xã Vĩnh Thành", "|"}, []string{"Xã Việt Xuân", "Xã Bồ Sao", "Xã Cao Đại", "|"}},
		{"243", "vinhphuc-2022", []string{"Thành phố Vĩnh Yên", "|", "Phường Vĩnh Yên", "Phường Vĩnh Phúc", "|"}, nil},
		{"26", "phutho-2025", nil, []string{"Tỉnh Vĩnh Phúc", "|", "Tỉnh Vĩnh Phúc", "|"}},
	} {
		l, _ := timeline.Lineage(tt.code, tt.set)
		if !slices.Equal(names(l.Became), tt.became) || !slices.Equal(names(l.CameFrom), tt.from) {
			t.Errorf("%s of %s became %q and came from %q", tt.code, tt.set, names(l.Became), names(l.CameFrom))
		}
	}
}

func TestFactsOf2025MatchTheSource(t *testing.T) {
	if _, err := os.Stat(reformFixtures); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: facts of the units of 2025 are not checked, there is no %s", reformFixtures)
	}
	set, _ := vinhphuc(t).BoundarySet("phutho-2025")
	communes := slices.DeleteFunc(features(t, reformFixtures, "communes"), func(f *geojson.Feature) bool {
		return f.Properties.MustString("former_province_code") != "26"
	})
	if len(communes) != len(set.Units)-1 {
		t.Errorf("%d communes in the source, %d in the catalogue", len(communes), len(set.Units)-1)
	}
	area, people := 0.0, 0
	for _, f := range communes {
		p := f.Properties
		u, _ := set.Unit(p.MustString("code"))
		got, want := [...]string{u.Name, u.FullName, u.Type, u.NameEn}, [...]string{p.MustString("name"), p.MustString("full_name"), p.MustString("type"), p.MustString("name_en")}
		if got != want || u.AreaKm2 != p.MustFloat64("area_km2") || u.Population2025 != p.MustInt("population") {
			t.Errorf("unit %s: %+v, want %v", u.Code, u, p)
		}
		if !contains(f.Geometry, u.Centre) {
			t.Errorf("the centre of %s %s lies outside it", u.Code, u.FullName)
		}
		area, people = area+u.AreaKm2, people+u.Population2025
	}
	root, _ := set.Unit("26")
	if math.Abs(root.AreaKm2-area) > 1e-3 || root.Population2025 != people {
		t.Errorf("the area has %v km² and %d people, its communes %v and %d", root.AreaKm2, root.Population2025, area, people)
	}
}
