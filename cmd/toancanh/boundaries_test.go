package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clockStart is where the built-in catalogue's demonstration begins.
var clockStart = time.Date(2022, 11, 20, 1, 0, 0, 0, time.UTC)

// The map is that of the day, not the latest the catalogue knows, and every one of them
// can be drawn.
func TestSchematicSetsOfTheBuiltInCatalogue(t *testing.T) {
	for _, tt := range []struct {
		now                 time.Time
		id                  string
		communes, districts int
	}{
		{clockStart, "vinhphuc-2022", 136, 9},
		{time.Date(2024, 12, 31, 16, 59, 0, 0, time.UTC), "vinhphuc-2022", 136, 9}, // a minute to midnight there
		{time.Date(2024, 12, 31, 17, 0, 0, 0, time.UTC), "vinhphuc-2025h1", 121, 9},
		{time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC), "phutho-2025", 36, 0},
	} {
		_, set, err := catalogFlags{}.load(tt.now)
		if err != nil {
			t.Fatal(err)
		}
		info := set.Info()
		if info.ID != tt.id || !info.Schematic || len(set.Units("commune")) != tt.communes || len(set.Units("district")) != tt.districts {
			t.Errorf("on %s %+v with %d communes and %d districts", tt.now, info, len(set.Units("commune")), len(set.Units("district")))
		}
	}
	if _, _, err := (catalogFlags{}).load(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil || !strings.Contains(err.Error(), "in force on 2019-01-01") {
		t.Errorf("before the first set: %v", err)
	}
}

func TestRealBoundaries(t *testing.T) {
	const dir = "../../../shared/data/vinhphuc-2022"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no real boundaries beside the checkout: %v", err)
	}
	_, set, err := catalogFlags{Boundaries: dir}.load(clockStart)
	if err != nil {
		t.Fatal(err)
	}
	if info := set.Info(); info.Schematic || info.Source != "vinhphuc-2022" || len(set.Units("commune")) != 136 {
		t.Errorf("%+v with %d communes", info, len(set.Units("commune")))
	}

	// With another commune in the place of one it is not this province any more.
	other := t.TempDir()
	for _, name := range []string{"communes.geojson", "districts.geojson", "province.geojson"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.ReplaceAll(string(content), `"08707"`, `"08708"`)
		if err := os.WriteFile(filepath.Join(other, name), []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := (catalogFlags{Boundaries: other}).load(clockStart); err == nil || !strings.Contains(err.Error(), "unit 08707 (Tích Sơn) of the catalogue is not in the files") || !strings.Contains(err.Error(), "unit 08708") {
		t.Errorf("a commune has another code in the files: %v", err)
	}
}
