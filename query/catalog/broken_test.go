package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
)

// files is a copy of a catalogue that a test may break.
type files map[string]string

func copyOf(t testing.TB, fsys fs.FS) files {
	t.Helper()
	out := files{}
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, path)
		out[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (f files) fs() fs.FS {
	out := fstest.MapFS{}
	for name, text := range f {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// replace breaks the first place where the file says old, or of a list in parts the first
// part that says it. It gives the file broken.
func (f files) replace(t testing.TB, file, old, broken string) string {
	t.Helper()
	dir := strings.TrimSuffix(file, ".yaml") + "/"
	for _, name := range sortedKeys(f) {
		if (name == file || strings.HasPrefix(name, dir)) && strings.Contains(f[name], old) {
			f[name] = strings.Replace(f[name], old, broken, 1)
			return name
		}
	}
	t.Fatalf("%s does not say %q any more", file, old)
	return ""
}

// place gives file:line:column of the first mark in the file.
func (f files) place(t testing.TB, file, mark string) string {
	t.Helper()
	before, _, found := strings.Cut(f[file], mark)
	if !found {
		t.Fatalf("%s does not say %q", file, mark)
	}
	line := strings.Count(before, "\n") + 1
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	return fmt.Sprintf("%s:%d:%d", file, line, column)
}

// april is the deadline of the first task, for tests to write another one.
const april = "deadline: {kind: month_end, month: 2022-04}"

func TestBrokenCopies(t *testing.T) {
	for _, c := range []struct {
		name, file, old, broken string
		at                      string // where the finding points in the broken file, its first occurrence
		says                    string
	}{
		{"unknown key", "measures.yaml", "time_rule: stock", "time_rle: stock", "time_rle", `unknown key "time_rle"; did you mean time_rule?`},
		{"missing key", "scenes.yaml", ", seconds: 30}", "}", "{kind", `key "seconds" is missing`},
		{"duplicate key", "catalog.yaml", "id: vinhphuc\n", "id: vinhphuc\nid: again\n", "id: again", "already defined"},
		{"broken syntax", "scenes.yaml", "scenes:\n      - {kind: map,", "scenes:\n      - {kind: [map,", "", ""},
		{"an anchor", "catalog.yaml", "threshold: 5", "threshold: &five 5", "&five", "which catalogues do not use"},
		{"a sum that is part of a whole", "indicators.yaml", "formula: sum(population)\n", "formula: sum(population)\n    part_of_whole: true # here\n", "true # here", "only a ratio is part of a whole"},
		{"text for a number", "indicators.yaml", "decimals: 1", "decimals: one", "one\n", `want a whole number, found "one"`},
		{"a list for text", "catalog.yaml", "root: \"26\"", "root: [26]", "[26]", "want text, found a list"},
		{"no such day", "catalog.yaml", "data_from: 2021-01-01", "data_from: 2021-02-29", "2021-02-29", "want a date like"},
		{"not normal form C", "agencies.yaml", "{vi: Công an tỉnh, en: Provincial Police}", "{vi: Co\u0302ng an tỉnh, en: Provincial Police}", "Co\u0302ng", "normal form C"},
		{"time zone", "catalog.yaml", "Asia/Ho_Chi_Minh", "Asia/Ha_Noi", "Asia/Ha_Noi", "no time zone"},
		{"no such file", "catalog.yaml", "units: units.csv", "units: unit.csv", "unit.csv", "no file unit.csv"},
		{"set ends before it starts", "catalog.yaml", "in_force_to: 2024-12-31", "in_force_to: 2019-12-31", "2019-12-31", "end before"},
		{"clock before the figures", "catalog.yaml", "data_from: 2021-01-01", "data_from: 2023-01-01", "2023-01-01", "after the programme clock"},

		{"unknown dimension", "measures.yaml", "dimensions: [age, residence, sex]", "dimensions: [age, residance, sex]", "residance", "did you mean residence?"},
		{"unknown agency", "measures.yaml", "agency: vpubnd", "agency: vpubn", "vpubn\n", `no agency "vpubn"; did you mean vpubnd?`},
		{"unknown level", "measures.yaml", "level: commune", "level: comune", "comune\n", "did you mean commune?"},
		{"unknown time rule", "measures.yaml", "time_rule: flow", "time_rule: flows", "flows", "did you mean flow?"},
		{"stock by month", "measures.yaml", "reported_by: day", "reported_by: month", "month\n", "reported by day"},
		{"a flow carried forward", "measures.yaml", "reported_by: statutory_month", "reported_by: statutory_month\n    carry_forward_days: 7", "7\n", "never carried forward"},
		{"sensitive by a dimension it has not", "measures.yaml", "dimensions: [sex]\n    level", "dimensions: [sex]\n    sensitive: {below: district, dimensions: [age]}\n    level", "age]}\n    level", "has no dimension age"},
		{"expected of a type there is not", "measures.yaml", "reported_by: statutory_month", "reported_by: statutory_month\n    expected_types: [phường, thị xã]", "thị xã]", "no type of unit of level commune \"thị xã\""},
		{"coverage beyond all", "indicators.yaml", "decimals: 1", "least_coverage: 80\n    decimals: 1", "80\n    decimals", "within 0 and 1"},
		{"coverage of the catalogue beyond all", "catalog.yaml", "disclosure:", "coverage: {least_share: 1.5}\ndisclosure:", "1.5}", "within 0 and 1"},
		{"agency twice", "agencies.yaml", "- id: sxd", "- id: bhxh", "", "defined twice"},

		{"unknown measure", "indicators.yaml", "sum(vneid_activated)", "sum(vneid_active)", "vneid_active)", "did you mean vneid_activated?"},
		{"filter on a dimension it has not", "indicators.yaml", "sum(vneid_activated)", "sum(vneid_activated{age >= 14})", "age >= 14}) /", "has no dimension"},
		{"range on names", "indicators.yaml", "{age >= 14}", "{sex >= 14}", "sex >= 14", "not numbers"},
		{"range nobody is in", "indicators.yaml", "{age >= 14}", "{age >= 140}", "age >= 140", "no member of age"},
		{"unknown member", "indicators.yaml", "{age >= 14}", "{sex = femal}", "femal}", "did you mean female?"},
		{"a filter twice", "indicators.yaml", "{age >= 14}", "{sex = male, sex = female}", "sex = female", "sex is filtered twice"},
		{"ratio without denominator", "indicators.yaml", " / sum(essential_services_total)", " /", "\n    part_of_whole: true\n    unit_name: {vi: \"%\", en: \"%\"}\n    direction: higher\n    decimals: 1\n    legend_breaks: [20, 35", "want sum(measure), but the text ends here"},
		{"a formula that is a question", "indicators.yaml", "100 * completion()", "100 ? completion()", "? completion", "has no meaning in a formula"},
		{"a formula in quotes", "indicators.yaml", "formula: 100 * completion()", "formula: '100 * completed()'", "completed()", "want sum(measure), found \"completed\""},
		{"persons and dossiers together", "indicators.yaml", "formula: sum(population)", "formula: sum(population) + sum(vaccination_records_total)", "vaccination_records_total)\n    unit", "counted in doses, population in persons"},
		{"a flow and a stock together", "indicators.yaml", "100 * sum(hi_visits_by_id)", "100 * (sum(hi_visits_by_id) + sum(vaccination_records_total))", "vaccination_records_total)) /", "counted in doses"},
		{"per cent of plain", "indicators.yaml", "100 * sum(hi_visits_by_id)", "sum(hi_visits_by_id)", "sum(hi_visits_by_id)", "begin it with 100 *"},
		{"a count in another unit", "indicators.yaml", "formula: sum(population)", "formula: sum(chip_card_holders) - sum(hi_visits_total)", "hi_visits_total)\n    unit", "counted in visits"},
		{"an index of what is not there", "indicators.yaml", "100 * on_time()", "index(1 * chip_card_rate, 2 * vneid_rates)", "vneid_rates)", "did you mean vneid_rate?"},
		{"an index of what is no percentage", "indicators.yaml", "100 * on_time()", "index(1 * chip_card_rate, 2 * population_total)", "population_total)", "say from which value to which"},
		{"an index of itself", "indicators.yaml", "100 * on_time()", "index(1 * chip_card_rate, 2 * task_on_time_rate)", "task_on_time_rate)", "made of itself: task_on_time_rate > task_on_time_rate"},
		{"a difference of unlike indicators", "indicators.yaml", "100 * on_time()", "chip_card_rate - population_total", "population_total\n    unit", "population_total is in persons, chip_card_rate in %"},
		{"targets out of order", "indicators.yaml", "{date: 2023-12-31, value: 70}", "{date: 2022-12-31, value: 70}", "2022-12-31, value: 70", "follow each other"},
		{"targets without a path", "indicators/identity.yaml", "    path: linear\n", "", "2022-02-01, value: 0", "want a path"},
		{"legend out of order", "indicators.yaml", "[10, 20, 30, 40]", "[10, 30, 20, 40]", "20, 40]", "must ascend"},
		{"civil month of a statutory flow", "indicators.yaml", "period_kinds: [statutory_month, statutory_quarter", "period_kinds: [month, statutory_quarter", "", "do not add up to a month"},

		{"a role that owns what is not there", "agencies.yaml", "owns: [agencies]", "owns: [agencys]", "agencys]", "did you mean agencies?"},
		{"a step of two roles", "agencies.yaml", "owns: [agencies]", "owns: [agencies, province]", "province]\n  - id: assisting", "owned by standing_deputy already"},
		{"an area nobody lives in", "agencies.yaml", "aliases: [CA tỉnh,", "area: \"99\"\n    aliases: [CA tỉnh,", "\"99\"", "no unit"},
		{"weights that leave one out", "demo.yaml", "        province: 0.14\n", "", "", "\"province\" has no weight"},
		{"neither base nor amount", "demo.yaml", "    amount: 30850\n", "", "officials\n    from", "wants either a base or an amount"},
		{"unknown lead", "tasks.yaml", "lead: [stttt]", "lead: [sttt]", "sttt]", "did you mean"},
		{"unknown kind of agency", "tasks.yaml", "agencies:police", "agencies:polise", "\"agencies:polise", "did you mean police?"},
		{"measured and said not to be", "tasks.yaml", "indicators: [hamlet_group_rate]", "indicators: [hamlet_group_rate]\n    no_indicator: {vi: chưa có, en: none}", "{vi: chưa có", "has indicators and says why it has none"},
		{"unknown unit", "tasks.yaml", `["agency:vpubnd"]`, `["unit:999"]`, `"unit:999"`, "no unit"},
		{"bound twice", "tasks.yaml", `["agency:vpubnd"]`, `["agency:vpubnd", "agency:vpubnd"]`, `"agency:vpubnd"]`, "bound twice"},
		{"a month that is a day", "tasks.yaml", april, "deadline: {kind: month_end, month: 2022-04-30}", "2022-04-30}\n    # Comm", "not a month like 2022-06"},
		{"continuous with a date", "tasks.yaml", "deadline: {kind: continuous}", "deadline: {kind: continuous, date: 2022-12-31}", "2022-12-31}\n    bound", "of kind continuous has no date"},
		{"deadline without a month", "tasks.yaml", april, "deadline: {kind: month_end}", "month_end}\n", "wants a month"},
		{"unknown condition", "tasks.yaml", april, "deadline: {kind: conditional, condition: decree}", "decree}", "no condition"},
		{"a level without a stage", "tasks.yaml", april, "deadline: {kind: staged, stages: [{level: province, date: 2022-06-01}, {level: commune, date: 2023-06-01}]}", "staged, stages: [{level: province, date: 2022-06-01}, {level: commune", "binds 9 assignees at a level without a stage"},
		{"due after the next period", "tasks.yaml", april, "deadline: {kind: recurring, first: s2022-05, days_after: 28}", "28}", "from 0 to 27"},
		{"a last period of another kind", "tasks.yaml", april, "deadline: {kind: recurring, first: s2022-05, last: 2022-12}", "2022-12}\n    # Comm", "not a statutory_month like s2022-06"},
		{"bound when nothing is in force", "tasks.yaml", "bound_on: 2022-04-30", "bound_on: 2019-04-30", "2019-04-30", "no boundary set"},
		{"unknown indicator of a scene", "scenes.yaml", "indicator: chip_card_rate", "indicator: chip_card", "chip_card,", "did you mean chip_card_rate?"},
		{"no default scenes", "scenes.yaml", "- id: default", "- id: other", "", `"default" must exist`},

		{"a step before the one before", "calendar.yaml", "{id: province, days_after: 7,", "{id: province, days_after: 2,", "2, name: {vi: Tỉnh", "no later than the one before"},
		{"a review of a third half", "calendar.yaml", "only: 1", "only: 3", "3, name: {vi: Sơ", "a year has 2"},
		{"a rule that is none", "calendar.yaml", "due_date_on_day_off: stays", "due_date_on_day_off: moves", "moves", "not one of stays"},
		{"seven days of rest", "calendar.yaml", "[saturday, sunday]", "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]", "monday", "somebody must work"},
		{"a holiday of another year", "calendar.yaml", "{date: 2022-01-03,", "{date: 2021-01-03,", "2021-01-03", "not a day of 2022"},
		{"off twice", "calendar.yaml", "{date: 2022-04-11,", "{date: 2022-04-10,", "2022\n    source", "off twice"},
		{"working on a Friday", "calendar.yaml", "{date: 2024-05-04,", "{date: 2024-05-03,", "2024-05-03", "a working day anyway"},
		{"instead of a day that is not swapped", "calendar.yaml", "instead_of: 2024-04-29", "instead_of: 2024-04-30", "2024-04-30}\n\n", "not listed as swapped"},

		{"unknown column", "units.csv", "area_km2", "area_km", "area_km,", "did you mean area_km2?"},
		{"unit twice", "units.csv", "\n08710,", "\n08707,", "08707,Liên Bảo", "defined twice"},
		{"unknown parent", "units.csv", "commune,243,105.5", "commune,249x,105.5", "249x", "no unit"},
		{"parent of the wrong level", "units.csv", "commune,243,105.5", "commune,26,105.5", "", "not of the level above"},
		{"a number that is none", "units.csv", ",50.659,", ",50.6.59,", "50.6.59", "not a number"},
		{"a centre outside", "units.csv", "commune,248,105.6440,", "commune,248,106.6440,", "", "lies outside"},
		{"a quote in a row", "units.csv", "Tích Sơn", `Tích "Sơn`, "", `bare "`},
		{"an outline that crosses itself", "outline.csv", "105.551,21.160\n105.587,21.160\n105.619,21.178\n", "105.619,21.178\n105.551,21.160\n105.587,21.160\n", "", "crosses itself"},

		{"a crosswalk of no set", "catalog.yaml", "to: vinhphuc-2025h1", "to: vinhphuc-2025hi", "vinhphuc-2025hi", "did you mean vinhphuc-2025h1?"},
		{"a crosswalk back in time", "catalog.yaml", "to: phutho-2025", "to: vinhphuc-2022", "vinhphuc-2022\n    rows: crosswalk-2025.csv", "a crosswalk leads to a later set"},
		{"a crosswalk that knows too little", "crosswalk-2025h1.csv", "08710,08710,1,legal,\n", "", "", "commune 08710 Liên Bảo of vinhphuc-2022 is missing"},
		{"a crosswalk from no unit", "crosswalk-2025h1.csv", "\n08710,08710", "\n08711,08710", "08711", `unit "08711" is not in boundary set vinhphuc-2022`},
		{"a crosswalk to no unit", "crosswalk-2025h1.csv", "\n08710,08710", "\n08710,08711", "08711", `unit "08711" is not in boundary set vinhphuc-2025h1`},
		{"a share of more than all", "crosswalk-2025.csv", "08710,08716,1,", "08710,08716,1.5,", "1.5,", "a share above 0 and at most 1"},
		{"a share that is none", "crosswalk-2025.csv", "08710,08716,1,", "08710,08716,half,", "half,", `"half" is not a number`},
		{"shares that are not all", "crosswalk-2025.csv", "08710,08716,1,", "08710,08716,0.5,", "0.5,", "add up to 0.5: 1 is accepted"},

		{"ages that are not all", "demo.yaml", "[4.35, 4.55", "[4.35, 3.55", "", "not to 100 per cent"},
		{"ages of a sex that is none", "demo.yaml", "    female: [3.85", "    femal: [3.85", "[3.85", "did you mean female?"},
		{"no census to start from", "units.csv", ",77335,94294,119128", ",77335,,119128", "", "no published census"},
		{"no ceiling for a type", "demo.yaml", "thị trấn: 0.95, ", "", "", `"thị trấn" has no ceiling`},
		{"made of what is not made", "demo.yaml", "base: dossiers_received", "base: hi_visits_total", "hi_visits_total", "not made before"},
		{"a stock without days", "demo.yaml", "report: {every_days: 7, gap", "report: {gap", "", "every_days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			copied := copyOf(t, catalogs.VinhPhuc())
			file := copied.replace(t, c.file, c.old, c.broken)
			_, err := Load(copied.fs())
			var findings Findings
			if !errors.As(err, &findings) {
				t.Fatalf("got %v", err)
			}
			if len(findings) != 1 {
				t.Errorf("one mistake makes %d findings:\n%v", len(findings), err)
			}
			first := findings[0].String()
			if !strings.Contains(first, c.says) {
				t.Errorf("it does not say %q: %s", c.says, first)
			}
			if c.at != "" {
				where := copied.place(t, file, c.at)
				if !strings.HasPrefix(first, where+": ") {
					t.Errorf("it is not at %s: %s", where, first)
				}
			}
			t.Log(first)
		})
	}
}

func TestAllFindingsAtOnce(t *testing.T) {
	copied := copyOf(t, catalogs.VinhPhuc())
	copied.replace(t, "measures.yaml", "time_rule: stock", "time_rule: stok")
	copied.replace(t, "tasks.yaml", "lead: [stttt]", "lead: [sttt]")
	copied.replace(t, "scenes.yaml", "indicator: chip_card_rate", "indicator: chip_card")
	copied.replace(t, "scenes.yaml", "seconds: 30", "secondes: 30")
	_, err := Load(copied.fs())
	var findings Findings
	if !errors.As(err, &findings) || len(findings) != 4 {
		t.Errorf("want 4 findings, got:\n%v", err)
	}
}

func TestMissingFiles(t *testing.T) {
	for name := range copyOf(t, catalogs.VinhPhuc()) {
		if name == calendarFile || name == rulesFile || name == "indicators.yaml" || name == "tasks.yaml" || strings.Contains(name, "/") || name == "README.md" {
			continue // a programme may do without; what a list in parts consists of is up to it
		}
		copied := copyOf(t, catalogs.VinhPhuc())
		delete(copied, name)
		_, err := Load(copied.fs())
		var findings Findings
		if !errors.As(err, &findings) || len(findings) != 1 || !strings.Contains(findings[0].Message, name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestFiguresAreMadeUpOnlyWhereTheCatalogueSaysSo(t *testing.T) {
	copied := copyOf(t, catalogs.VinhPhuc())
	before, rest, _ := strings.Cut(copied["catalog.yaml"], "demonstration:\n")
	_, after, _ := strings.Cut(rest, "# Every level")
	copied["catalog.yaml"] = before + "# Every level" + after
	_, err := Load(copied.fs())
	if err == nil || !strings.Contains(err.Error(), "may make figures up") {
		t.Errorf("got %v", err)
	}
	delete(copied, "demo.yaml")
	c, err := Load(copied.fs())
	if err != nil || c.Demonstration != nil || c.Demo != nil {
		t.Errorf("a catalogue of real figures: %v", err)
	}
}

// Whatever a file says, reading it ends with findings and never with a panic.
func FuzzDecodeYAML(f *testing.F) {
	for _, seed := range []string{
		"dimensions:\n  - {id: sex, name: {vi: a, en: b}, members: []}\n", "", "# nothing", "a: 1\na: 2", "? [a]\n: b", "*x : 1", "<<: {a: b}",
		"dimensions: [{integers: {from: 1e9, to: .nan}}]", "--- a\n--- b", "dimensions:\n- \n- |\n  x\n- !!str 1\n- &a b\n", "dimensions: {}", "\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		findings := 0
		var dimensions dimensionsYAML
		var root rootYAML
		decodeYAML("a", []byte(text), &dimensions, func(position, string) { findings++ })
		if !decodeYAML("a", []byte(text), &root, func(position, string) { findings++ }) && findings == 0 {
			t.Error("refused without a word")
		}
	})
}
