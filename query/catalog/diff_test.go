package catalog

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
)

// Every change is found where it was made, with what it means for figures.
func TestDiff(t *testing.T) {
	before := vinhphuc(t)
	if changes := Diff(before, vinhphuc(t)); len(changes) != 0 || Worst(changes) != "" {
		t.Errorf("the same files differ: %+v", changes)
	}
	for _, c := range []struct {
		name, file, old, changed string
		want                     string // kind id what effect: fields
	}{
		{"a word", "indicators.yaml", "short_name: {vi: Định danh điện tử,", "short_name: {vi: Định danh,", "indicator vneid_rate changed wording: short_name.vi"},
		{"a formula", "indicators.yaml", "{age >= 14}", "{age >= 15}", "indicator vneid_rate changed values: formula"},
		{"a target", "indicators.yaml", "{date: 2022-12-31, value: 40}", "{date: 2022-12-31, value: 45}", "indicator vneid_rate changed judgement: targets"},
		{"a legend", "indicators.yaml", "[10, 20, 30, 40]", "[10, 20, 30, 50]", "indicator vneid_rate changed wording: legend.breaks"},
		{"a time rule", "measures.yaml", "time_rule: cumulative", "time_rule: stock", "measure exam_registered_online changed breaking: time_rule"},
		{"a carry-forward", "measures.yaml", "carry_forward_days: 31", "carry_forward_days: 30", "measure chip_card_holders changed values: carry_forward"},
		{"a member's name", "dimensions.yaml", "{vi: Nam, en: Male}", "{vi: Nam giới, en: Male}", "dimension sex changed wording: members[male].name.vi"},
		{"a member", "dimensions.yaml", "      - {id: female,", "      - {id: other, name: {vi: Khác, en: Other}}\n      - {id: female,", "dimension sex changed breaking: members"},
		{"a threshold", "catalog.yaml", "threshold: 5", "threshold: 10", "catalogue vinhphuc changed values: disclosure.threshold"},
		{"a label", "catalog.yaml", "vi: Số liệu minh hoạ –", "vi: Minh hoạ –", "catalogue vinhphuc changed wording: demonstration.label.vi"},
		{"a unit's census", "units.csv", ",77335,94294,119128", ",77335,94294,119129", "unit vinhphuc-2022/243 changed wording: population2019"},
		{"a unit's area", "units.csv", ",50.659,", ",50.7,", "changed breaking: area_km2"},
		{"an agency's kind", "agencies.yaml", "kind: court", "kind: tribunal", "agency tand changed judgement: kind"},
		{"a scene", "scenes.yaml", "seconds: 30}", "seconds: 40}", "scenes default changed wording: scenes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			copied := copyOf(t, catalogs.VinhPhuc())
			copied.replace(t, c.file, c.old, c.changed)
			after, err := Load(copied.fs())
			if err != nil {
				t.Fatal(err)
			}
			changes := Diff(before, after)
			if len(changes) != 1 {
				t.Fatalf("%d changes: %+v", len(changes), changes)
			}
			got := changes[0]
			var paths []string
			for _, f := range got.Fields {
				paths = append(paths, f.Path)
			}
			said := fmt.Sprintf("%s %s %s %s: %s", got.Kind, got.ID, got.What, got.Effect, strings.Join(paths, " "))
			if !strings.Contains(said, c.want) || got.Means == "" || Worst(changes) != got.Effect {
				t.Errorf("got %s (%s), want %s", said, got.Means, c.want)
			}
			if _, err := json.Marshal(changes); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDiffOfWholes(t *testing.T) {
	before := vinhphuc(t)
	after := *before
	after.Indicators, after.Measures = before.Indicators[1:], before.Measures[1:]
	after.Tasks = append(after.Tasks[:len(after.Tasks):len(after.Tasks)], Task{Ref: "B.IV.1"})
	there, back := Diff(before, &after), Diff(&after, before)
	if Worst(there) != Breaking || len(there) != 3 || there[0].What != "removed" || there[2].What != "added" {
		t.Errorf("from one to the other: %+v", there)
	}
	if Worst(back) != Judgement || len(back) != 3 || back[0].What != "added" || back[2].What != "removed" {
		t.Errorf("and back: %+v", back)
	}
}

func TestArchiveIsTheCatalogue(t *testing.T) {
	c := vinhphuc(t)
	archive, err := c.Archive()
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadArchive(archive)
	if err != nil || again.Version != c.Version || len(Diff(c, again)) != 0 {
		t.Errorf("unpacked it is %v, %v", again, err)
	}
	if twice, err := again.Archive(); err != nil || string(twice) != string(archive) {
		t.Errorf("packed again it is other bytes, %v", err)
	}
	for _, broken := range [][]byte{nil, archive[:len(archive)/2], []byte("PK")} {
		if c, err := LoadArchive(broken); err == nil {
			t.Errorf("%d bytes are a catalogue: %v", len(broken), c.ID)
		}
	}
}
