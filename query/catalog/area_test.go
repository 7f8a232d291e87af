package catalog

import (
	"os"
	"strings"
	"testing"
)

// Two sets follow each other: ward 00102 ends with the first, 00101 is another ward in the second.
func TestAreaHoldsUnitsOfTheSetsTheyAreNamedIn(t *testing.T) {
	c, err := Load(os.DirFS("testdata/haidang"))
	if err != nil {
		t.Fatal(err)
	}
	area, err := c.Area([]DatedUnit{{"00101", date(t, "2025-08-01")}, {"00103", date(t, "2026-08-01")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		set, code, day string
		want           bool
	}{
		{"hai-dang-2025", "00101", "2025-08-01", true},
		{"hai-dang-2025", "00102", "2025-08-01", false},
		{"hai-dang-2025", "00103", "2025-08-01", false}, // named in the other set only
		{"hai-dang-2025", "99", "2025-08-01", false},    // an upper unit lies in none of its parts
		{"hai-dang-2026", "00101", "2026-08-01", false}, // the same code, another ward
		{"hai-dang-2026", "00103", "2026-08-01", true},
		{"nowhere", "00101", "2020-01-01", false},
	} {
		if got := area.Holds(tc.set, tc.code); got != tc.want {
			t.Errorf("%s in %s: %v", tc.code, tc.set, got)
		}
		if got := area.HoldsOn(date(t, tc.day), tc.code); got != tc.want {
			t.Errorf("%s on %s: %v", tc.code, tc.day, got)
		}
	}
	if area.Home("hai-dang-2025") != "00101" || area.Home("hai-dang-2026") != "00103" || area.Home("nowhere") != "" {
		t.Error("home is the unit named in the set")
	}
	if area.String() != "00101@2025-08-01 00103@2026-08-01" {
		t.Errorf("written %q", area)
	}
	whole, err := c.Area([]DatedUnit{{"99", date(t, "2025-08-01")}})
	if err != nil || !whole.Holds("hai-dang-2025", "00102") || !whole.Holds("hai-dang-2025", "99") || whole.Holds("hai-dang-2026", "99") {
		t.Errorf("all of one set, nothing of the other: %v", err)
	}
}

func TestAreaOfNothingAndOfEverything(t *testing.T) {
	var everything *Area
	if !everything.Holds("any", "any") || everything.Home("any") != "" || everything.String() != "" {
		t.Error("nil is the whole territory")
	}
	nothing := &Area{}
	if nothing.Holds("any", "any") || nothing.HoldsOn(date(t, "2025-08-01"), "99") || nothing.Home("any") != "" {
		t.Error("an area without units holds nothing")
	}
}

func TestAreaRefusesWhatIsNotThere(t *testing.T) {
	c, err := Load(os.DirFS("testdata/haidang"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		units []DatedUnit
		want  string
	}{
		{nil, "at least one unit"},
		{[]DatedUnit{{"00102", date(t, "2026-08-01")}}, "in hai-dang-2025 it is Phường Bến Tàu: write 00102@2025-07-01"},
		{[]DatedUnit{{"00102", date(t, "2020-08-01")}}, "no boundary set is in force on 2020-08-01"},
	} {
		if _, err := c.Area(tc.units); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: %v, want %q", tc.units, err, tc.want)
		}
	}
}

func TestDatedUnitsAreRead(t *testing.T) {
	today := date(t, "2026-01-02")
	for text, want := range map[string]string{"00101": "00101@2026-01-02", "249@2022-06-15": "249@2022-06-15"} {
		if u, err := ParseDatedUnit(text, today); err != nil || u.String() != want {
			t.Errorf("%q: %v, %v", text, u, err)
		}
	}
	for _, text := range []string{"", "@2022-06-15", "249@", "249@2022-02-30", "249@today"} {
		if u, err := ParseDatedUnit(text, today); err == nil {
			t.Errorf("%q was read as %v", text, u)
		}
	}
}
