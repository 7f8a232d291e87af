package catalog

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	catalogs "github.com/toancanh/toancanh/deploy/catalog"
)

// vinhphuc loads the catalogue that ships with the program.
func vinhphuc(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load(catalogs.VinhPhuc())
	if err != nil {
		t.Fatalf("the catalogue of Vĩnh Phúc:\n%v", err)
	}
	return c
}

func TestVinhPhucHasWhatTheOthersCount(t *testing.T) {
	c := vinhphuc(t)
	if c.ID != "vinhphuc" || len(c.Version) != 32 || c.Location.String() != "Asia/Ho_Chi_Minh" {
		t.Errorf("id %q, version %q, location %s", c.ID, c.Version, c.Location)
	}
	if c.Demonstration == nil || c.Demonstration.Label.Vi != "Số liệu minh hoạ – không phải số liệu thật" ||
		c.Demonstration.Now.Format("2006-01-02T15:04:05-07:00") != "2022-11-20T08:00:00+07:00" {
		t.Errorf("demonstration %+v", c.Demonstration)
	}
	measures := []string{"population", "chip_card_holders", "vneid_activated", "essential_services_total", "essential_services_online",
		"dossiers_received", "dossiers_digitised", "hi_visits_total", "hi_visits_by_id", "vaccination_records_total", "vaccination_records_cleaned"}
	for _, id := range measures {
		if m, ok := c.Measure(id); !ok || m.Level != "commune" {
			t.Errorf("measure %s: %+v", id, m)
		}
	}
	indicators := []string{"chip_card_rate", "vneid_rate", "online_service_rate", "digitisation_rate", "hi_by_id_rate",
		"vaccination_clean_rate", "population_total", "task_completion_rate", "task_on_time_rate"}
	for _, id := range indicators {
		ind, ok := c.Indicator(id)
		first := Month
		if strings.HasPrefix(id, "online") || strings.HasPrefix(id, "digit") || strings.HasPrefix(id, "hi_") {
			first = StatutoryMonth
		}
		if !ok || ind.PeriodKinds[0] != first {
			t.Errorf("indicator %s: %+v", id, ind)
		}
	}
	if len(c.Measures) != len(measures) || len(c.Indicators) != len(indicators) {
		t.Errorf("%d measures, %d indicators", len(c.Measures), len(c.Indicators))
	}
	if _, ok := c.SceneSet(DefaultScenes); !ok {
		t.Error("no default scenes")
	}
}

func TestVinhPhucUnits(t *testing.T) {
	c := vinhphuc(t)
	set, ok := c.BoundarySetAt(date(t, "2021-01-01"))
	if !ok || set.Info.ID != "vinhphuc-2022" {
		t.Fatalf("no set in force when the figures start: %+v", set.Info)
	}
	count, people2009, published2019 := map[string]int{}, map[string]int{}, map[string]int{}
	for _, u := range set.Units {
		count[u.Level]++
		people2009[u.Level] += u.Population2009
		published2019[u.Level] += u.Population2019
		if !norm.NFC.IsNormalString(u.FullName) || !strings.HasSuffix(u.FullName, u.Name) {
			t.Errorf("unit %s is called %q and %q", u.Code, u.Name, u.FullName)
		}
	}
	if want := map[string]int{"province": 1, "district": 9, "commune": 136}; !maps.Equal(count, want) {
		t.Errorf("units: %v", count)
	}
	// Known defects of the source: the communes' figures of 2009 add up to 2.8 % less than published.
	if want := map[string]int{"province": 972167, "district": 972167, "commune": 972167}; !maps.Equal(people2009, want) {
		t.Errorf("people of 2009: %v", people2009)
	}
	if want := map[string]int{"province": 1151154, "district": 1151154, "commune": 0}; !maps.Equal(published2019, want) {
		t.Errorf("people of 2019: %v", published2019)
	}
	if n := len(set.Outline); n < 25 || n > 100 || set.Outline[0] != set.Outline[n-1] {
		t.Errorf("an outline of %d points", n)
	}
}

func TestVinhPhucTasks(t *testing.T) {
	c := vinhphuc(t)
	for _, want := range []struct {
		ref       string
		kind      DeadlineKind
		due       string
		lead      string
		assignees int
	}{
		{"B.I.1", DeadlineMonthEnd, "2022-04-30", "cat", 20 + 9 + 136},
		{"B.I.2", DeadlineMonthEnd, "2022-04-30", "cat", 20 + 9 + 136},
		{"B.I.3", DeadlineYearOnward, "2022-12-31", "stttt", 1},
		{"B.I.4", DeadlineYearOnward, "2022-12-31", "stttt", 1},
		{"B.I.5", DeadlineYearOnward, "2022-12-31", "cat", 20 + 9},
		{"B.I.6", DeadlineYearOnward, "2022-12-31", "vpubnd", 1},
		{"B.I.7", DeadlineYearOnward, "2022-12-31", "cat", 20 + 9},
		{"B.I.8", DeadlineYearOnward, "2022-12-31", "cat", 20 + 9},
		{"B.I.9", DeadlineYearOnward, "2022-12-31", "cat", 20 + 9},
		{"B.I.10", DeadlineContinuous, "", "cat,stttt,vpubnd", 3},
	} {
		task, ok := c.Task(want.ref)
		if !ok || task.Deadline.Kind != want.kind || strings.Join(task.Lead, ",") != want.lead || len(task.Assignees) != want.assignees {
			t.Errorf("%s: %+v, %d assignees", want.ref, task, len(task.Assignees))
		}
		if want.due != "" && task.Deadline.Date != date(t, want.due) {
			t.Errorf("%s is due on %s", want.ref, task.Deadline.Date)
		}
		if !slices.IsSorted(task.Assignees) || slices.Contains(task.Assignees, "agency:tand") {
			t.Errorf("%s binds %v", want.ref, task.Assignees)
		}
	}
	if len(c.Tasks) != 10 {
		t.Errorf("%d tasks", len(c.Tasks))
	}
}

// A load is the same to the last bit, whatever order a map is walked in: the figures of a seed follow from it.
func TestLoadsAreAlike(t *testing.T) {
	first := vinhphuc(t)
	for range 20 { // a walk over two entries has two orders
		if again := vinhphuc(t); !reflect.DeepEqual(again, first) {
			t.Fatal("two loads of the same files differ")
		}
	}
}

func TestVersionFollowsContent(t *testing.T) {
	before := vinhphuc(t).Version
	if again := vinhphuc(t).Version; again != before {
		t.Errorf("the same files have versions %s and %s", before, again)
	}
	files := copyOf(t, catalogs.VinhPhuc())
	files.replace(t, "catalog.yaml", "threshold: 5", "threshold: 6")
	changed, err := Load(files.fs())
	if err != nil || changed.Version == before {
		t.Errorf("changed files have version %v, %v", changed, err)
	}
}
