package geo

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/golang-sql/civil"
)

func day(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// dated makes a set without shapes: a root, districts and communes as "code name parent".
func dated(t testing.TB, id, from, to string, rows ...string) *Set {
	t.Helper()
	info := SetInfo{ID: id, Root: "26", InForceFrom: day(from), Levels: []Level{{"province", 0}, {"district", 1}, {"commune", 2}}}
	if to != "" {
		info.InForceTo = day(to)
	}
	units := []Unit{{Code: "26", Name: "Vĩnh Phúc", FullName: "Tỉnh Vĩnh Phúc", Level: "province"}}
	for _, row := range rows {
		f := strings.SplitN(row, " ", 3)
		level := "commune"
		if len(f[0]) == 3 {
			level = "district"
		}
		units = append(units, Unit{Code: f[0], Parent: f[1], Name: f[2], FullName: f[2], Level: level, AreaKm2: 2})
	}
	s, err := NewSet(info, units, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// smallTimeline has two reforms: in 2023 08713 joins 08716; in 2025 the districts end, 08716
// becomes another place's code, and a fifth of 08719 leaves the province.
func smallTimeline(t testing.TB) *Timeline {
	t.Helper()
	first := dated(t, "2020", "2020-01-01", "2022-12-31", "243 26 Vĩnh Yên", "244 26 Phúc Yên", "08710 243 Liên Bảo", "08713 243 Hội Hợp", "08716 243 Đống Đa", "08719 244 Ngô Quyền")
	second := dated(t, "2023", "2023-01-01", "2024-12-31", "243 26 Vĩnh Yên", "244 26 Phúc Yên", "08710 243 Liên Bảo", "08716 243 Đống Đa", "08719 244 Ngô Quyền")
	third := dated(t, "2025", "2025-01-01", "", "08716 26 Vĩnh Phúc", "08719 26 Ngô Quyền")
	merger, err := NewCrosswalk(first, second, []Link{link("08710", "08710", 1, 1), link("08713", "08716", 1, 1), link("08716", "08716", 1, 1), link("08719", "08719", 1, 1)})
	if err != nil {
		t.Fatal(err)
	}
	reform, err := NewCrosswalk(second, third, []Link{link("08710", "08716", 1, 1), link("08716", "08716", 1, 1), link("08719", "08719", 4, 5), link("08719", Outside, 1, 5)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewTimeline([]*Set{third, first, second}, []*Crosswalk{reform, merger})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestACodeMeansWhatItMeansOnTheDay(t *testing.T) {
	a := smallTimeline(t)
	for on, want := range map[string]string{"2019-12-31": "", "2020-01-01": "Đống Đa", "2024-12-31": "Đống Đa", "2025-01-01": "Vĩnh Phúc", "2040-01-01": "Vĩnh Phúc"} {
		if u, _ := a.Unit("08716", day(on)); u.Name != want {
			t.Errorf("on %s 08716 is %q, want %q", on, u.Name, want)
		}
	}
	if _, ok := a.Unit("08713", day("2023-01-01")); ok {
		t.Error("a unit outlives its end")
	}
}

func TestTimelineFindsInEverySet(t *testing.T) {
	a := smallTimeline(t)
	for _, tt := range []struct{ query, on, want string }{
		{"vinh phuc", "2025-06-01", "26@2025 08716@2025"},
		{"vinh phuc", "2021-06-01", "26@2020 08716@2025"},
		{"dong da", "2025-06-01", "08716@2023"},
		{"hoi hop", "2025-06-01", "08713@2020"},
		{"nowhere", "2025-06-01", ""},
	} {
		var got []string
		for _, d := range a.Find(tt.query, day(tt.on), 9) {
			got = append(got, d.Code+"@"+d.Set)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s on %s: %v, want %s", tt.query, tt.on, got, tt.want)
		}
	}
}

func steps(list []Step) string {
	var out []string
	for _, s := range list {
		parts := []string{s.Set.info.ID}
		for _, u := range s.Units {
			parts = append(parts, fmt.Sprintf("%s×%s", u.Code, u.Weight.RatString()))
		}
		if s.Outside != nil {
			parts = append(parts, "outside×"+s.Outside.RatString())
		}
		if s.Unchanged {
			parts = append(parts, "unchanged")
		}
		out = append(out, strings.Join(parts, " "))
	}
	return strings.Join(out, "; ")
}

func TestLineage(t *testing.T) {
	a := smallTimeline(t)
	for _, tt := range []struct{ code, set, became, from string }{
		{"08713", "2020", "2023 08716×1; 2025 08716×1", ""},
		{"08710", "2020", "2023 08710×1 unchanged; 2025 08716×1", ""},
		{"08716", "2023", "2025 08716×1", "2020 08713×1 08716×1"},
		{"08716", "2025", "", "2023 243×1; 2020 243×1"}, // a commune with the ground of a district
		{"243", "2020", "2023 243×1 unchanged; 2025 08716×1", ""},
		{"08719", "2020", "2023 08719×1 unchanged; 2025 08719×4/5 outside×1/5", ""},
		{"08719", "2025", "", "2023 08719×4/5; 2020 08719×4/5"},
		{"26", "2023", "2025 08716×2/3 08719×4/15 outside×1/15", "2020 26×1 unchanged"},
	} {
		l, ok := a.Lineage(tt.code, tt.set)
		if !ok || steps(l.Became) != tt.became || steps(l.CameFrom) != tt.from {
			t.Errorf("%s in %s became %q, came from %q; want %q, %q", tt.code, tt.set, steps(l.Became), steps(l.CameFrom), tt.became, tt.from)
		}
	}
	if _, ok := a.Lineage("08716", "1999"); ok {
		t.Error("an unknown set has a lineage")
	}
	if _, ok := a.Lineage("99999", "2020"); ok {
		t.Error("an unknown unit has a lineage")
	}
}

func TestCrosswalksOfATimeline(t *testing.T) {
	a := smallTimeline(t)
	x, err := a.Crosswalk("2020", "2025")
	if err != nil {
		t.Fatal(err)
	}
	if l := x.Became("08719"); len(l) != 2 || l[1].Weight.Cmp(big.NewRat(4, 5)) != 0 {
		t.Errorf("%+v", l)
	}
	for _, pair := range [][2]string{{"2025", "2020"}, {"2020", "2020"}, {"2020", "1999"}} {
		if _, err := a.Crosswalk(pair[0], pair[1]); err == nil {
			t.Errorf("a way from %s to %s", pair[0], pair[1])
		}
	}
}

func TestNewTimelineRefusesWhatCannotBe(t *testing.T) {
	a := smallTimeline(t)
	early := dated(t, "early", "2019-01-01", "2020-01-01", "243 26 Vĩnh Yên", "08710 243 Liên Bảo")
	stranger, err := NewCrosswalk(early, a.sets[0], []Link{link("08710", "08710", 1, 1)})
	if err != nil {
		t.Fatal(err)
	}
	back, err := NewCrosswalk(a.sets[1], a.sets[0], []Link{link("08710", "08710", 1, 1), link("08716", "08716", 1, 1), link("08719", "08719", 1, 1)})
	if err != nil {
		t.Fatal(err)
	}
	twice := a.walks[[2]string{"2020", "2023"}]
	for want, try := range map[string]func() (*Timeline, error){
		"early is still in force on 2020-01-01": func() (*Timeline, error) { return NewTimeline(append(a.Sets(), early), nil) },
		"2020 is there twice":                   func() (*Timeline, error) { return NewTimeline(append(a.Sets(), a.sets[0]), nil) },
		"not both there":                        func() (*Timeline, error) { return NewTimeline(a.Sets(), []*Crosswalk{stranger}) },
		"back in time":                          func() (*Timeline, error) { return NewTimeline(a.Sets(), []*Crosswalk{back}) },
		"two crosswalks lead":                   func() (*Timeline, error) { return NewTimeline(a.Sets(), []*Crosswalk{twice, twice}) },
	} {
		if _, err := try(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
