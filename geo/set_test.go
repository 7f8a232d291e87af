package geo

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// squares is a province of 2 × 2 unit squares in two districts, small enough to be
// checked by eye: west (a below b) and east (c below d).
func squares() (SetInfo, []Unit, map[string]orb.MultiPolygon) {
	info := SetInfo{ID: "squares", Root: "1", Levels: []Level{{"province", 0}, {"district", 1}, {"commune", 2}}}
	units := []Unit{
		{Code: "1", Name: "Bốn Ô", FullName: "Tỉnh Bốn Ô", Type: "tỉnh", Level: "province"},
		{Code: "11", Name: "Tây", FullName: "Huyện Tây", Type: "huyện", Level: "district", Parent: "1"},
		{Code: "12", Name: "Đông", FullName: "Huyện Đông", Type: "huyện", Level: "district", Parent: "1"},
		{Code: "00004", Name: "Hoà An", FullName: "Xã Hoà An", Type: "xã", Level: "commune", Parent: "11"},
		{Code: "00005", Name: "Hòa Bình", FullName: "Phường Hòa Bình", Type: "phường", Level: "commune", Parent: "11"},
		{Code: "00006", Name: "Tây", FullName: "Xã Tây", Type: "xã", Level: "commune", Parent: "12"},
		{Code: "VN-01", Name: "Đại Đình", FullName: "Thị trấn Đại Đình", Type: "thị trấn", Level: "commune", Parent: "12"},
	}
	shapes := map[string]orb.MultiPolygon{
		"00004": square(105, 21), "00005": square(105, 22), "00006": square(106, 21), "VN-01": square(106, 22),
	}
	return info, units, shapes
}

func square(x, y float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}}}
}

func squareSet(t testing.TB) *Set {
	t.Helper()
	s, err := NewSet(squares())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func codes(units []Unit) string {
	var c []string
	for _, u := range units {
		c = append(c, u.Code)
	}
	return strings.Join(c, " ")
}

func TestLookups(t *testing.T) {
	s := squareSet(t)
	tests := []struct{ name, got, want string }{
		{"all units", codes(s.Units("")), "1 11 12 00004 00005 00006 VN-01"},
		{"units of a level", codes(s.Units("commune")), "00004 00005 00006 VN-01"},
		{"unknown level", codes(s.Units("hamlet")), ""},
		{"children", codes(s.Children("1")), "11 12"},
		{"children of a leaf", codes(s.Children("00004")), ""},
		{"ancestors", codes(s.Ancestors("VN-01")), "12 1"},
		{"ancestors of the root", codes(s.Ancestors("1")), ""},
		{"within the root", codes(s.Within("1", "commune")), "00004 00005 00006 VN-01"},
		{"within a district", codes(s.Within("12", "commune")), "00006 VN-01"},
		{"within itself", codes(s.Within("12", "district")), "12"},
		{"within, level above", codes(s.Within("12", "province")), ""},
		{"within unknown", codes(s.Within("99", "commune")), ""},
		{"root", s.Root().Code, "1"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestContains(t *testing.T) {
	s := squareSet(t)
	for pair, want := range map[[2]string]bool{
		{"1", "VN-01"}: true, {"12", "VN-01"}: true, {"11", "VN-01"}: false, {"VN-01", "12"}: false,
		{"1", "1"}: true, {"1", "99"}: false, {"99", "1"}: false,
	} {
		if got := s.Contains(pair[0], pair[1]); got != want {
			t.Errorf("Contains(%s, %s) = %t, want %t", pair[0], pair[1], got, want)
		}
	}
}

func TestAnswersAreTheCallersOwn(t *testing.T) {
	s := squareSet(t)
	s.Units("")[0].Code = "changed"
	s.Info().Levels[0].ID = "changed"
	if s.Units("")[0].Code != "1" || s.Info().Levels[0].ID != "province" {
		t.Error("a caller changed the set")
	}
}

func TestSetWithoutShapes(t *testing.T) {
	info, units, _ := squares()
	units[3].Centre, units[6].Centre = orb.Point{105.5, 21.5}, orb.Point{106.5, 22.5}
	s, err := NewSet(info, units, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.HasShapes() {
		t.Error("it claims to have shapes")
	}
	want := orb.Bound{Min: orb.Point{105.5, 21.5}, Max: orb.Point{106.5, 22.5}}
	if got := s.Bounds("1"); got != want {
		t.Errorf("bounds of the centres: got %v, want %v", got, want)
	}
	if !s.Bounds("99").IsEmpty() {
		t.Error("an unknown unit has bounds")
	}
}

func TestNewSetRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(info *SetInfo, units *[]Unit, shapes map[string]orb.MultiPolygon)
		want   string
	}{
		{"id unfit for an address", func(i *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { i.ID = "a/b" }, "id must be"},
		{"no levels", func(i *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { i.Levels = nil }, "no levels"},
		{"level twice", func(i *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { i.Levels[1].ID = "province" }, "twice"},
		{"ranks out of order", func(i *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { i.Levels[2].Rank = 1 }, "higher rank"},
		{"duplicate code", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].Code = "00004" }, "code 00004 is used twice"},
		{"no code", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].Code = "" }, "no code"},
		{"no name", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].Name = "" }, "no name"},
		{"unknown level", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].Level = "ward" }, `unknown level "ward"`},
		{"unknown parent", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].Parent = "77" }, "parent 77"},
		{"parent on the same level", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[1].Parent = "12" }, "level is not below"},
		{"cycle", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) {
			(*u)[1].Parent, (*u)[2].Parent = "12", "11"
		}, "lies in itself"},
		{"own parent", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[1].Parent = "11" }, "lies in itself"},
		{"second root", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[1].Parent = "" }, "not the root"},
		{"unknown root", func(i *SetInfo, _ *[]Unit, _ map[string]orb.MultiPolygon) { i.Root = "9" }, `root "9"`},
		{"root inside", func(i *SetInfo, _ *[]Unit, _ map[string]orb.MultiPolygon) { i.Root = "11" }, "lies in another"},
		{"NaN centre", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].Centre[0] = math.NaN() }, "not a number"},
		{"swapped centre", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].Centre = orb.Point{21, 105} }, "swapped"},
		{"negative area", func(_ *SetInfo, u *[]Unit, _ map[string]orb.MultiPolygon) { (*u)[4].AreaKm2 = -1 }, "not possible"},
		{"missing shape", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) { delete(s, "VN-01") }, "VN-01 Đại Đình has no shape"},
		{"stray shape", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) { s["77"] = square(0, 0) }, "77"},
		{"empty shape", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) { s["VN-01"] = nil }, "empty"},
		{"empty ring", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) { s["VN-01"][0][0] = nil }, "0 points"},
		{"open ring", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) { s["VN-01"][0][0][4] = orb.Point{1, 1} }, "not closed"},
		{"NaN corner", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) { s["VN-01"][0][0][1][1] = math.NaN() }, "not a number"},
		{"metres", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) {
			s["VN-01"][0][0][1] = orb.Point{563000, 2356000}
		}, "projected"},
		{"flat ring", func(_ *SetInfo, _ *[]Unit, s map[string]orb.MultiPolygon) {
			s["VN-01"][0][0] = orb.Ring{{1, 1}, {2, 2}, {3, 3}, {1, 1}}
		}, "no area"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			info, units, shapes := squares()
			tt.change(&info, &units, shapes)
			_, err := NewSet(info, units, shapes)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestVersionIsOfTheContent(t *testing.T) {
	info, units, shapes := squares()
	first, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(units)
	again, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	if first.Version() != again.Version() {
		t.Error("the order of the input changed the version")
	}
	shapes["VN-01"][0][0][2][0] += 1e-6
	moved, err := NewSet(info, units, shapes)
	if err != nil {
		t.Fatal(err)
	}
	if first.Version() == moved.Version() {
		t.Error("a moved corner left the version as it was")
	}
}
