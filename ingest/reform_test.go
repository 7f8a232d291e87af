package ingest

import (
	"strings"
	"testing"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
	"github.com/toancanh/toancanh/query/catalog"
)

// A figure names the unit in force on its day: over both reforms of 2025 a code may end,
// go on, or come to mean something else.
func TestUnitsOverTheReforms(t *testing.T) {
	c, err := catalog.Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	x, err := newIndex(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ code, on, level, spans string }{
		{"08734", "2024-12-31", "commune", "from 2020-02-01 to 2024-12-31"},
		{"08734", "2025-01-01", "", "from 2020-02-01 to 2024-12-31"},
		{"08710", "2025-06-30", "commune", "from 2020-02-01 to 2025-06-30"}, // through the first reform
		{"08710", "2025-07-01", "", "from 2020-02-01 to 2025-06-30"},
		{"08716", "2025-07-01", "commune", "in force from 2020-02-01"},
		{"243", "2025-07-01", "", "from 2020-02-01 to 2025-06-30"},
		{"26", "2025-06-30", "province", "from 2020-02-01 to 2025-06-30; in force from 2025-07-01"},
		{"26", "2025-07-01", "area", "from 2020-02-01 to 2025-06-30; in force from 2025-07-01"},
	} {
		u := x.units[tt.code]
		level, ok := u.at(dayOf(date(tt.on)))
		if _, en := u.inForce(); level != tt.level || ok != (tt.level != "") || !strings.HasSuffix(en, tt.spans) {
			t.Errorf("%s on %s is of level %q, %s; want %q, %s", tt.code, tt.on, level, en, tt.level, tt.spans)
		}
	}
}

// Who reports on a unit that has ended is told where its ground is now.
func TestAnEndedUnitNamesItsHeir(t *testing.T) {
	c, err := catalog.Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatal(err)
	}
	x, err := newIndex(c)
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2025-02-01": "Xã Sao Đại Việt (09097)", "2025-08-01": "Xã Vĩnh Thành (09106)"} {
		line := `{"measure":"vneid_activated","unit":"09094","date":"` + on + `","value":7,"dims":{"sex":"female"}}`
		check := newChecker(x, Intake{Dataset: Observations, Agency: "stttt"}, dayOf(date("2026-11-26")))
		var rec record
		if why := parseJSON([]byte(line), &rec); why != nil {
			t.Fatal(why)
		}
		_, why := check.figure(&rec)
		if why == nil || why.code != UnitNotInForce || !strings.HasSuffix(why.text.En, "On that day its ground is in "+want+".") {
			t.Errorf("on %s: %+v", on, why)
		}
	}
}
