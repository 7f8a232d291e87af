package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSchematicSetOfTheBuiltInCatalogue(t *testing.T) {
	_, set, err := catalogFlags{}.load()
	if err != nil {
		t.Fatal(err)
	}
	if info := set.Info(); !info.Schematic || len(set.Units("commune")) != 136 || len(set.Units("district")) != 9 {
		t.Errorf("%+v with %d communes and %d districts", info, len(set.Units("commune")), len(set.Units("district")))
	}
}

func TestRealBoundaries(t *testing.T) {
	const dir = "../../../shared/data/vinhphuc-2022"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no real boundaries beside the checkout: %v", err)
	}
	_, set, err := catalogFlags{Boundaries: dir}.load()
	if err != nil {
		t.Fatal(err)
	}
	if info := set.Info(); info.Schematic || info.Source != "vinhphuc-2022" || len(set.Units("commune")) != 136 {
		t.Errorf("%+v with %d communes", info, len(set.Units("commune")))
	}

	// One commune less is not this province any more.
	short := t.TempDir()
	for _, name := range []string{"communes.geojson", "districts.geojson", "province.geojson"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(content), "\n")
		if name == "communes.geojson" {
			lines = append(lines[:1], lines[2:]...)
		}
		if err := os.WriteFile(filepath.Join(short, name), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := (catalogFlags{Boundaries: short}).load(); err == nil || !strings.Contains(err.Error(), "08707") {
		t.Errorf("a commune is missing from the files: %v", err)
	}
}
