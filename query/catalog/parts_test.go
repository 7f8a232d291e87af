package catalog

import (
	"os"
	"strings"
	"testing"
)

// A list spread over files is the list: the parts follow the main file by name, headings
// sort them, and the files count for the version.
func TestListInParts(t *testing.T) {
	const more = `indicators:
  - id: %ID
    name: {vi: Tàu, en: Ships}
    short_name: {vi: Tàu, en: Ships}
    description: {vi: Lượt tàu., en: Calls.}
    group: %GROUP
    formula: sum(ships)
    unit_name: {vi: lượt, en: calls}
    direction: neutral
    decimals: 0
    legend_breaks: []
    period_kinds: [month]
    lead_agency: port
    legal_source: {vi: Quy ước, en: Convention}
`
	part := func(id, group string) string { return strings.NewReplacer("%ID", id, "%GROUP", group).Replace(more) }
	files := copyOf(t, os.DirFS("testdata/haidang"))
	before, err := Load(files.fs())
	if err != nil {
		t.Fatal(err)
	}
	files["indicators/2-more.yaml"], files["indicators/1-lamps.yaml"] = part("ships_b", "port"), part("ships_a", "lamps")
	c, err := Load(files.fs())
	if err != nil || c.Version == before.Version {
		t.Fatalf("version %v, %v", c.Version, err)
	}
	if got, want := idsOf(c), "late_rate early_ships ships_b lit_rate ships_a done_rate on_time_rate"; got != want {
		t.Errorf("indicators in the order %s, want %s", got, want)
	}
	files["indicators.yaml"] = "groups: [{id: tasks, name: {vi: Việc, en: Tasks}}, {id: lamps, name: {vi: Đèn, en: Lamps}}, {id: port, name: {vi: Cảng, en: Port}}]\n" + files["indicators.yaml"]
	if c, err = Load(files.fs()); err != nil {
		t.Fatal(err)
	}
	if got, want := idsOf(c), "done_rate on_time_rate lit_rate ships_a late_rate early_ships ships_b"; got != want {
		t.Errorf("with headings in the order %s, want %s", got, want)
	}
	files["indicators/2-more.yaml"] = part("ships_b", "ports")
	files["indicators/3-notes.txt"] = "not read"
	_, err = Load(files.fs())
	for _, want := range []string{`indicators/2-more.yaml:6:12: there is no indicator group "ports"; did you mean port?`, "indicators/3-notes.txt: only .yaml files lie in indicators"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said: %v", want, err)
		}
	}
}

func idsOf(c *Catalog) string {
	var ids []string
	for _, i := range c.Indicators {
		ids = append(ids, i.ID)
	}
	return strings.Join(ids, " ")
}
