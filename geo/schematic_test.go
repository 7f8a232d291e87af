package geo

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

// catalogue reads the facts about units that are written down in the repository, and
// an outline put together from the same facts.
func catalogue(t testing.TB) (SetInfo, []Unit, orb.Ring) {
	t.Helper()
	units, outline := catalogueUnits(t, "units.csv")
	return SetInfo{ID: "vinhphuc-2022", Root: "26", Levels: usualLevels}, units, outline
}

// catalogueUnits reads the units of one boundary set of the catalogue.
func catalogueUnits(t testing.TB, file string) ([]Unit, orb.Ring) {
	t.Helper()
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var units []Unit
	for _, row := range table(t, "../deploy/catalog/vinhphuc/"+file) {
		units = append(units, Unit{
			Code: row["code"], Name: row["name"], FullName: row["full_name"], Type: row["type"], NameEn: row["name_en"],
			Level: row["level"], Parent: row["parent"],
			Centre: orb.Point{number(row["lon"]), number(row["lat"])}, AreaKm2: number(row["area_km2"]),
		})
	}
	var outline orb.Ring
	for _, row := range table(t, "testdata/outline.csv") {
		outline = append(outline, orb.Point{number(row["lon"]), number(row["lat"])})
	}
	return units, append(outline, outline[0])
}

func table(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("NOT TESTED without %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// reporter is what *testing.T and *rapid.T have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// checkMosaic checks what holds for every schematic map: each unit is there in one
// piece, upper units are exactly what they contain, and all together are the outline.
func checkMosaic(t reporter, s *Set, units []Unit, outline orb.Ring) {
	t.Helper()
	for _, u := range units {
		shape, ok := s.Shape(u.Code)
		if !ok || len(shape) != 1 {
			t.Errorf("%s is in %d pieces", u.label(), len(shape))
			continue
		}
		sum := 0.0
		for _, leaf := range s.Within(u.Code, s.info.Levels[len(s.info.Levels)-1].ID) {
			inner, _ := s.Shape(leaf.Code)
			sum += planar.Area(inner)
		}
		if area := planar.Area(shape); math.Abs(sum-area) > area*1e-9 {
			t.Errorf("%s: area %g, together its units have %g", u.label(), area, sum)
		}
	}
	root, _ := s.Shape(s.Root().Code)
	for _, p := range root[0][0] {
		if d := math.Sqrt(squaredDistance(orb.Polygon{outline}, p)); d > 0.001 {
			t.Errorf("the map's edge is %g degrees off the outline at %v", d, p)
		}
	}
	if got, want := planar.Area(root), math.Abs(ringArea(outline)); math.Abs(got-want) > want/1000 {
		t.Errorf("the map covers %g of %g square degrees", got, want)
	}
}

// quality measures a map: errors of the leaves' shares of the area, how compact the
// least compact one is (a circle is 1), and how far units lie from their places.
func quality(s *Set) (worst, mean, thinnest, moved float64) {
	leaves := s.Units("commune")
	var drawn, known float64
	for _, u := range leaves {
		shape, _ := s.Shape(u.Code)
		drawn += orbgeo.Area(shape)
		known += u.AreaKm2
	}
	thinnest = 1
	for i, u := range leaves {
		shape, _ := s.Shape(u.Code)
		area := orbgeo.Area(shape)
		off := math.Abs(area/drawn*known/u.AreaKm2 - 1)
		worst, mean = math.Max(worst, off), mean+off/float64(len(leaves))
		thinnest = math.Min(thinnest, 4*math.Pi*area/math.Pow(orbgeo.Length(shape), 2))
		at := degrees(s.tiles.labels[s.tree.index[u.Code]])
		moved = math.Max(moved, orbgeo.Distance(at, leaves[i].Centre)/1000)
	}
	return worst, mean, thinnest, moved
}

func TestSchematicOfTheCatalogue(t *testing.T) {
	info, units, outline := catalogue(t)
	s, err := Schematic(info, units, outline)
	if err != nil {
		t.Fatal(err)
	}
	checkMosaic(t, s, units, outline)
	worst, mean, thinnest, moved := quality(s)
	t.Logf("areas off by %.1f %% at most, %.2f %% in the mean; least compact %.2f; moved %.1f km at most", worst*100, mean*100, thinnest, moved)
	if worst > 0.05 || thinnest < 0.4 || moved > 5 {
		t.Error("not good to look at")
	}
	if !s.Info().Schematic {
		t.Error("it does not say that it is schematic")
	}
	again, err := Schematic(info, units, outline)
	if err != nil {
		t.Fatal(err)
	}
	if s.Version() != again.Version() {
		t.Error("the same facts gave another map")
	}
	for z := uint32(7); z <= 12; z++ {
		checkTiles(t, s, z)
		if n := crossings(s.tiles.canvas(z)); n > 0 {
			t.Errorf("zoom %d: %d crossings", z, n)
		}
	}
}

// The sets of both reforms of 2025 can be drawn as well as that of 2022.
func TestSchematicOfTheReforms(t *testing.T) {
	for file, levels := range map[string][]Level{"units-2025h1.csv": usualLevels, "units-2025.csv": {{"area", 0}, {"commune", 1}}} {
		units, outline := catalogueUnits(t, file)
		s, err := Schematic(SetInfo{ID: "reform", Root: "26", Levels: levels}, units, outline)
		if err != nil {
			t.Fatal(err)
		}
		checkMosaic(t, s, units, outline)
		worst, mean, thinnest, moved := quality(s)
		t.Logf("%s: areas off by %.1f %% at most, %.2f %% in the mean; least compact %.2f; moved %.1f km at most", file, worst*100, mean*100, thinnest, moved)
		if worst > 0.05 || thinnest < 0.4 || moved > 5 {
			t.Errorf("%s: not good to look at", file)
		}
	}
}

func TestSchematicRefuses(t *testing.T) {
	info, units, _ := squares()
	for i := range units {
		units[i].Centre = orb.Point{105 + float64(i)/10, 21}
	}
	ring := square(105, 21)[0][0]
	tests := []struct {
		name   string
		change func() ([]Unit, orb.Ring)
		want   string
	}{
		{"open outline", func() ([]Unit, orb.Ring) { return units, ring[:4] }, "outline"},
		{"unit without a centre", func() ([]Unit, orb.Ring) {
			bare := append([]Unit(nil), units...)
			bare[5].Centre = orb.Point{}
			return bare, ring
		}, "00006 Tây has no centre"},
		{"twins", func() ([]Unit, orb.Ring) {
			twins := append([]Unit(nil), units...)
			twins[5].Centre = twins[6].Centre
			return twins, ring
		}, "same centre"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, o := tt.change()
			if _, err := Schematic(info, u, o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// randomProvince draws a bumpy outline and places districts and communes in it.
func randomProvince(t *rapid.T) (SetInfo, []Unit, orb.Ring) {
	radius := rapid.SliceOfN(rapid.Float64Range(0.2, 0.35), 12, 12).Draw(t, "radii")
	var outline orb.Ring
	for i, r := range radius {
		a := 2 * math.Pi * float64(i) / float64(len(radius))
		outline = append(outline, orb.Point{105.5 + r*math.Cos(a), 21.3 + r*math.Sin(a)})
	}
	outline = append(outline, outline[0])
	place := func(name string) orb.Point {
		a, r := rapid.Float64Range(0, 2*math.Pi).Draw(t, name), rapid.Float64Range(0, 0.2).Draw(t, name)
		return orb.Point{105.5 + r*math.Cos(a), 21.3 + r*math.Sin(a)}
	}
	units := []Unit{{Code: "1", Name: "Tỉnh", Level: "province"}}
	for i := range rapid.IntRange(1, 5).Draw(t, "districts") {
		r := rapid.Float64Range(0.05, 0.18).Draw(t, "district")
		at := orb.Point{105.5 + r*math.Cos(float64(i)), 21.3 + r*math.Sin(float64(i))}
		units = append(units, Unit{Code: fmt.Sprint(10 + i), Name: "Huyện", Level: "district", Parent: "1", Centre: at})
	}
	districts := units[1:]
	used := map[string]bool{}
	for i := range rapid.IntRange(len(districts), 24).Draw(t, "communes") {
		at := place("commune")
		parent := districts[0]
		for _, d := range districts[1:] {
			if planar.Distance(d.Centre, at) < planar.Distance(parent.Centre, at) {
				parent = d
			}
		}
		if i < len(districts) { // each district has one at its middle
			parent = districts[i]
			at = parent.Centre
		}
		if key := fmt.Sprintf("%.2f %.2f", at[0], at[1]); used[key] {
			continue
		} else {
			used[key] = true
		}
		units = append(units, Unit{Code: fmt.Sprint(100 + i), Name: "Xã", Level: "commune", Parent: parent.Code, Centre: at,
			AreaKm2: rapid.Float64Range(4, 30).Draw(t, "area")})
	}
	return SetInfo{ID: "random", Root: "1", Levels: usualLevels}, units, outline
}

func TestSchematicOfAnyProvince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		info, units, outline := randomProvince(t)
		s, err := Schematic(info, units, outline)
		if err != nil {
			t.Fatal(err)
		}
		checkMosaic(t, s, units, outline)
	})
}
