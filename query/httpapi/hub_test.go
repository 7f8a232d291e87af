package httpapi

import (
	"fmt"
	"slices"
	"testing"

	"github.com/golang-sql/civil"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/ingest"
	"github.com/toancanh/toancanh/query/catalog"
)

func smallHub(t *testing.T, keep int) *hub {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Recent, cfg.MaxListeners = keep, 2
	return newHub(cfg, vinhPhuc(t), prometheus.NewGauge(prometheus.GaugeOpts{Name: "listeners"}))
}

func mustJoin(t *testing.T, h *hub) *listener {
	t.Helper()
	l, _, ok := h.join(nil)
	if !ok {
		t.Fatal("no room")
	}
	return l
}

func day(text string) civil.Date {
	d, err := civil.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestChangeNamesTheIndicators(t *testing.T) {
	h := smallHub(t, 10)
	for _, tt := range []struct {
		name   string
		change ingest.Change
		want   []string
	}{
		{"of one measure", ingest.Change{Measures: []string{"vneid_activated"}}, []string{"vneid_rate"}},
		{"of a denominator of several", ingest.Change{Measures: []string{"population"}}, []string{
			"aged_14_rate", "aged_65_rate", "card_uses_per_1000", "chip_card_rate", "dependency_ratio", "eid_level1_rate", "eid_level2_rate",
			"population_total", "temporary_residence_rate", "vneid_rate",
		}},
		{"of tasks", ingest.Change{Tasks: true}, []string{"task_completion_rate", "task_on_time_rate"}},
		{"of nothing but the submission", ingest.Change{Submissions: true}, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := h.event(tt.change).Indicators; !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSlowListenersGetOneEventForMany(t *testing.T) {
	h := smallHub(t, 10)
	l := mustJoin(t, h)
	h.publish(ingest.Change{DataVersion: 7, Measures: []string{"vneid_activated"}, Units: []string{"08707"}, From: day("2022-11-18"), To: day("2022-11-18")})
	h.publish(ingest.Change{DataVersion: 8, Measures: []string{"chip_card_holders"}, Units: []string{"08710"}, From: day("2022-11-19"), To: day("2022-11-19")})
	h.publish(ingest.Change{DataVersion: 9, Submissions: true})

	e, kind := h.take(l)
	if kind != changed || e.DataVersion != 9 || !e.Submissions || e.Tasks {
		t.Fatalf("got %+v, %v", e, kind)
	}
	if !slices.Equal(e.Indicators, []string{"chip_card_rate", "vneid_rate"}) || !slices.Equal(e.Units, []string{"08707", "08710"}) {
		t.Errorf("merged into %+v", e)
	}
	if *e.From != day("2022-11-18") || *e.To != day("2022-11-19") {
		t.Errorf("spans %v to %v", e.From, e.To)
	}
	if _, again := h.take(l); again != nothing {
		t.Error("told twice")
	}
}

// A change that leaves the units open must stay open when merged with one that names some.
func TestAnyUnitStaysAnyUnit(t *testing.T) {
	some := changeEvent{Measures: []string{"population"}, Units: []string{"08707"}}.tidy()
	anywhere := changeEvent{Measures: []string{"population"}}.tidy()
	recorded := changeEvent{Submissions: true}.tidy()
	if got := merged([]changeEvent{some, anywhere}).Units; len(got) != 0 {
		t.Errorf("later open: %v", got)
	}
	if got := merged([]changeEvent{anywhere, some}).Units; len(got) != 0 {
		t.Errorf("earlier open: %v", got)
	}
	if got := merged([]changeEvent{some, recorded}).Units; len(got) != 1 {
		t.Errorf("a submission alone touches no unit: %v", got)
	}
	var many []string
	for i := range maxUnitsTold + 1 {
		many = append(many, fmt.Sprint(i))
	}
	if got := (changeEvent{Measures: []string{"population"}, Units: many}).tidy().Units; len(got) != 0 {
		t.Errorf("too many to tell: %d", len(got))
	}
}

func TestResume(t *testing.T) {
	for _, tt := range []struct {
		name      string
		seen      uint64
		ok        bool
		version   uint64 // of what is told, 0: nothing
		indicator string
	}{
		{"up to date", 5, true, 0, ""},
		{"one behind", 4, true, 5, "chip_card_rate"},
		{"as old as the oldest kept", 3, true, 5, "vneid_rate"},
		{"older than that", 2, false, 0, ""},
		{"of other data", 6, false, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := smallHub(t, 3)
			for v, measure := range []string{"population", "population", "population", "vneid_activated", "chip_card_holders"} {
				h.publish(ingest.Change{DataVersion: uint64(v + 1), Measures: []string{measure}})
			}
			l := mustJoin(t, h)
			if ok := h.resume(l, tt.seen, 5); ok != tt.ok {
				t.Fatalf("resumed: %v", ok)
			}
			e, kind := h.take(l)
			told := kind == changed
			if told != (tt.version > 0) || e.DataVersion != tt.version || (told && !slices.Contains(e.Indicators, tt.indicator)) {
				t.Errorf("told %+v, %v", e, told)
			}
		})
	}
}

// After a restart the hub knows nothing of before: only who has seen the present
// version has missed nothing.
func TestResumeAfterARestart(t *testing.T) {
	h := smallHub(t, 3)
	l := mustJoin(t, h)
	if !h.resume(l, 40, 40) || h.resume(l, 39, 40) || h.resume(l, 41, 40) {
		t.Error("an empty hub resumes at the present version and nowhere else")
	}
}

func TestListenersAreLimited(t *testing.T) {
	h := smallHub(t, 3)
	first := mustJoin(t, h)
	mustJoin(t, h)
	if _, _, ok := h.join(nil); ok {
		t.Error("a third listener was let in")
	}
	h.leave(first)
	mustJoin(t, h)
	h.close()
	h.close()
	if _, _, ok := h.join(nil); ok {
		t.Error("joined after the end")
	}
}

// Who has not taken anything for longer than changes are kept is told to begin anew; so is who was to begin anew anyway.
func TestListenersThatFellTooFarBehind(t *testing.T) {
	h := smallHub(t, 3)
	slow, quick := mustJoin(t, h), mustJoin(t, h)
	for v := uint64(1); v <= 4; v++ {
		h.publish(ingest.Change{DataVersion: v, Measures: []string{"population"}})
		if e, kind := h.take(quick); kind != changed || e.DataVersion != v {
			t.Errorf("%d is told as %+v, %v", v, e, kind)
		}
	}
	if e, kind := h.take(slow); kind != lost || e.DataVersion != 4 {
		t.Errorf("four changes, of which three are kept, are told as %+v, %v", e, kind)
	}
	h.publish(ingest.Change{DataVersion: 5, Measures: []string{"population"}})
	for name, l := range map[string]*listener{"slow": slow, "quick": quick} {
		if e, kind := h.take(l); kind != changed || e.DataVersion != 5 {
			t.Errorf("the %s one hears %+v, %v", name, e, kind)
		}
	}
	h.renew(5)
	h.publish(ingest.Change{DataVersion: 6, Measures: []string{"population"}})
	if e, kind := h.take(slow); kind != renewed || e.DataVersion != 6 {
		t.Errorf("another catalogue is told as %+v, %v", e, kind)
	}
	if _, kind := h.take(slow); kind != nothing {
		t.Error("told twice")
	}
}

// Publishing asks nothing of listeners: what they have not taken is not even looked at.
func TestPublishingDoesNotMergeForTheSlow(t *testing.T) {
	h := smallHub(t, 100)
	mustJoin(t, h)
	change := ingest.Change{Measures: []string{"population"}, Units: []string{"08707"}}
	publish := func() { change.DataVersion++; h.publish(change) }
	publish()
	alone := testing.AllocsPerRun(50, publish)
	mustJoin(t, h)
	if both := testing.AllocsPerRun(50, publish); both > alone+1 {
		t.Errorf("a change costs %v allocations with one slow listener, %v with two", alone, both)
	}
}

// Who is behind still hears of a change in its own area only.
func TestAreasOfSlowListeners(t *testing.T) {
	h := smallHub(t, 10)
	area, err := vinhPhuc(t).Area([]catalog.DatedUnit{{Code: vinhYen, Date: day("2022-11-20")}})
	if err != nil {
		t.Fatal(err)
	}
	l, _, _ := h.join(area)
	h.publish(ingest.Change{DataVersion: 1, Measures: []string{"population"}, Units: []string{"09001"}})
	if e, kind := h.take(l); kind != nothing {
		t.Errorf("heard of another district: %+v", e)
	}
	h.publish(ingest.Change{DataVersion: 2, Measures: []string{"population"}, Units: []string{tichSon, "09001"}})
	h.publish(ingest.Change{DataVersion: 3, Measures: []string{"population"}, Units: []string{"09001"}})
	if e, kind := h.take(l); kind != changed || e.DataVersion != 2 || !slices.Equal(e.Units, []string{tichSon}) {
		t.Errorf("of its own it hears %+v, %v", e, kind)
	}
}
