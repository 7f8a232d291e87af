package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// toancanh runs the built program to its end and gives what it wrote to standard output.
func toancanh(t *testing.T, args ...string) (out string, ok bool) {
	t.Helper()
	cmd := exec.Command(build(t), args...)
	cmd.Env = append(os.Environ(), engine.LibraryVariable+"="+library(t))
	var said strings.Builder
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if testing.Verbose() {
		t.Log(said.String())
	}
	return string(text) + said.String(), cmd.ProcessState.Success()
}

// report runs a command that prints JSON.
func report[T any](t *testing.T, wantOK bool, args ...string) T {
	t.Helper()
	out, ok := toancanh(t, append(args, "--json")...)
	if ok != wantOK {
		t.Fatalf("%v: ended well: %v\n%s", args, ok, out)
	}
	var v T
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&v); err != nil { // what follows is said to the operator
		t.Fatalf("%v: %v in %s", args, err, out)
	}
	return v
}

const twoCommunes = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"ma_xa":"00004","ten":"Hoà An","huyen":"11"},"geometry":{"type":"Polygon","coordinates":[[[105,21],[106,21],[106,22],[105,22],[105,21]]]}},
{"type":"Feature","properties":{"ma_xa":"00005","ten":"Hòa Bình","huyen":"11"},"geometry":{"type":"Polygon","coordinates":[[[106,21],[107,21],[107,22],[106,22],[106,21]]]}}]}`

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What an operator does: import, import again, look, check a broken file, remove.
func TestBoundariesFromFilesToTheWarehouse(t *testing.T) {
	dsn := warehousetest.DSN(t)
	file := writeFile(t, "communes.geojson", twoCommunes)
	into := []string{"boundaries", "import", file, "--clickhouse", dsn, "--set", "hai-xa", "--in-force-from", "2025-07-01", "--parent-property", "huyen"}

	if out, ok := toancanh(t, into[:7]...); ok || !strings.Contains(out, "--in-force-from") {
		t.Errorf("without a date: %v %s", ok, out)
	}
	dry := report[importReport](t, true, append(into, "--dry-run")...)
	if dry.Stored || len(dry.Levels) != 2 || dry.Levels[1].Units != 2 || dry.Warnings == 0 {
		t.Errorf("dry run: %+v", dry)
	}
	if first := report[importReport](t, true, into...); !first.Stored || !first.Changed || first.Content == "" {
		t.Errorf("import: %+v", first)
	}
	if again := report[importReport](t, true, into...); !again.Stored || again.Changed {
		t.Errorf("import again: %+v", again)
	}
	listed := func() (found bool) {
		for _, s := range report[[]listedSet](t, true, "boundaries", "list", "--clickhouse", dsn) {
			found = found || s.Set == "hai-xa" && s.Stored && s.InForceFrom == "2025-07-01" && s.Root == "11"
		}
		return found
	}
	if !listed() {
		t.Error("the set is not listed")
	}

	broken := writeFile(t, "communes.geojson", strings.ReplaceAll(twoCommunes, "[107,", "[105.5,"))
	bad := report[importReport](t, false, "boundaries", "import", broken, "--clickhouse", dsn, "--set", "hai-xa", "--in-force-from", "2025-07-01", "--parent-property", "huyen")
	if bad.Stored || bad.Errors == 0 || bad.Findings[0].Kind != "overlap" || bad.Findings[0].Km2 < 1000 {
		t.Errorf("broken: %+v", bad)
	}
	if out, ok := toancanh(t, "boundaries", "check", broken, "--parent-property", "huyen"); ok || !strings.Contains(out, "overlap") || !strings.Contains(out, "communes.geojson:1") {
		t.Errorf("check: %v\n%s", ok, out)
	}
	if out, ok := toancanh(t, "boundaries", "remove", "hai-xa", "--clickhouse", dsn); !ok || listed() {
		t.Errorf("remove: %s", out)
	}
	if out, ok := toancanh(t, "boundaries", "remove", "hai-xa", "--clickhouse", dsn); ok || !strings.Contains(out, "no such boundary set") {
		t.Errorf("removed twice: %s", out)
	}
	record, ok := toancanh(t, "audit", "list", "--clickhouse", dsn)
	if !ok || strings.Count(record, "boundaries.imported") != 1 || strings.Count(record, "boundaries.removed") != 1 || !strings.Contains(record, "hai-xa") {
		t.Errorf("what changed nothing, or failed, is no change; the record has\n%s", record)
	}
}

// Files of a province under the id of a set that has an area in its place are another set: the operator is told which levels the
// catalogue's has, and that another id would do. Levels by hand, or an id of their own, need no such word.
func TestFilesOfOtherLevelsAreAnotherSet(t *testing.T) {
	file := writeFile(t, "communes.geojson", twoCommunes)
	check := []string{"boundaries", "check", file, "--parent-property", "huyen", "--root-level", "province", "--set"}
	const hint = "The catalogue has a set phutho-2025 already, with the levels area, commune; choose another --set"
	for set, want := range map[string]bool{"phutho-2025": true, "phutho-ca-tinh": false} {
		out, ok := toancanh(t, append(check, set)...)
		if ok == want || strings.Contains(out, hint) != want || strings.Contains(out, "not among the levels of the set") != want {
			t.Errorf("--set %s, hint wanted: %t, ended well: %t\n%s", set, want, ok, out)
		}
	}
	out, ok := toancanh(t, append(check, "phutho-2025", "--levels", "area,commune")...)
	if ok || strings.Contains(out, hint) || !strings.Contains(out, "not among the levels of the set") {
		t.Errorf("levels by hand, ended well: %t\n%s", ok, out)
	}
}

// A schematic map is written as files that the import reads, and is the catalogue's.
func TestSchematicMapIsImportedAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "vinhphuc-2022.geojsonl")
	if out, ok := toancanh(t, "boundaries", "schematic", "vinhphuc-2022", "--out", file); !ok {
		t.Fatal(out)
	}
	r := report[importReport](t, true, "boundaries", "import", file, "--set", "vinhphuc-2022", "--schematic", "--dry-run")
	if r.Set != "vinhphuc-2022" || r.Errors != 0 || len(r.Levels) != 3 || r.Levels[2].Units != 136 {
		t.Errorf("%+v", r)
	}
	if out, ok := toancanh(t, "boundaries", "schematic", "atlantis"); ok || !strings.Contains(out, "atlantis") {
		t.Errorf("%s", out)
	}
}

// The real communes of the ground that was Vĩnh Phúc take the place of the schematic ones:
// those 36 of the 148 that the catalogue's set has.
func TestRealPartOfAProvince(t *testing.T) {
	const file = "../../../shared/data/phutho-2025/communes.geojson"
	if _, err := os.Stat(file); err != nil {
		t.Skipf("NOT TESTED on real boundaries: %v", err)
	}
	r := report[importReport](t, true, "boundaries", "import", file, "--set", "phutho-2025", "--where", "former_province_code=26", "--dry-run")
	if r.Errors != 0 || len(r.Levels) != 2 || r.Levels[1].Units != 36 {
		t.Errorf("%+v", r)
	}
	if out, ok := toancanh(t, "boundaries", "import", file, "--set", "phutho-2025", "--dry-run"); ok || !strings.Contains(out, "do not fit the catalogue") {
		t.Errorf("all 148 as the set of 36:\n%s", out)
	}
}

// A running server lists what another process imports, and serves its tiles.
func TestServerNoticesAnImport(t *testing.T) {
	data := t.TempDir() // the import finds the engine of the running server there
	p := serve(t, data)
	resp, err := http.Get("http://" + p.address + "/api/v1/boundaries")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var before struct{ Data []struct{ ID string } }
	if err := json.NewDecoder(resp.Body).Decode(&before); err != nil || len(before.Data) != 3 {
		t.Errorf("the catalogue's sets are not all listed: %+v %v", before, err)
	}
	file := writeFile(t, "communes.geojson", twoCommunes)
	report[importReport](t, true, "boundaries", "import", file, "--data", data, "--set", "hai-xa", "--in-force-from", "2025-07-01", "--parent-property", "huyen")
	warehousetest.WaitUntil(t, "the set is served", func() bool {
		resp, err := http.Get("http://" + p.address + "/tiles/hai-xa/7/101/56.mvt")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}
