package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/geo"
)

func walkOf(t *testing.T, c boundariesCrosswalkCommand) (*geo.Crosswalk, error) {
	t.Helper()
	cat, err := catalogFlags{}.loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	from, err := c.set(cat, c.From)
	if err != nil {
		t.Fatal(err)
	}
	to, err := c.set(cat, c.To)
	if err != nil {
		t.Fatal(err)
	}
	return c.walk(t.Context(), from, to)
}

// The columns of a file are what the flags call them, and what is wrong is said with its place.
func TestCrosswalkFromAFile(t *testing.T) {
	cat, err := catalogFlags{}.loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	timeline, err := cat.Timeline()
	if err != nil {
		t.Fatal(err)
	}
	known, err := timeline.Crosswalk("vinhphuc-2022", "phutho-2025")
	if err != nil {
		t.Fatal(err)
	}
	rows := []string{"mã mới,mã cũ,phần"}
	for _, l := range known.Links() {
		rows = append(rows, l.New+","+l.Old+",1")
	}
	file := filepath.Join(t.TempDir(), "rows.csv")
	write := func() {
		if err := os.WriteFile(file, []byte(strings.Join(rows, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	c := boundariesCrosswalkCommand{From: "vinhphuc-2022", To: "phutho-2025", File: file, OldColumn: "mã cũ", NewColumn: "mã mới", WeightColumn: "phần", Basis: "legal"}
	got, err := walkOf(t, c)
	if err != nil || !got.Exact() || len(got.Links()) != 136 {
		t.Fatalf("%v, %v", got, err)
	}
	rows[3] = strings.Replace(rows[3], ",1", ",0.9", 1)
	write()
	if _, err := walkOf(t, c); err == nil || !strings.Contains(err.Error(), "\n4:13: the weights of ") {
		t.Errorf("a unit that is not all there: %v", err)
	}
}

func TestCrosswalkByOverlayWantsPolygons(t *testing.T) {
	if _, err := walkOf(t, boundariesCrosswalkCommand{From: "vinhphuc-2022", To: "phutho-2025", Least: 0.0005}); err == nil || !strings.Contains(err.Error(), "no polygons") {
		t.Errorf("facts laid over facts: %v", err)
	}
	const data = "../../../shared/data/"
	if _, err := os.Stat(data); err != nil {
		t.Skipf("no real boundaries beside the checkout: %v", err)
	}
	got, err := walkOf(t, boundariesCrosswalkCommand{From: data + "vinhphuc-2022", To: data + "phutho-2025", Least: 0.0005, Source: "overlay"})
	if err != nil || got.Exact() || len(got.Leakage()) == 0 || got.Links()[0].Source != "overlay" {
		t.Errorf("%v", err)
	}
}
