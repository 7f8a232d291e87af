package query

import (
	"slices"
	"testing"
)

// Every revision of a figure can be seen, the latest first, with what brought it.
func TestProvenanceShowsEveryRevision(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := parsePeriod("2022-06-10")
	cards := func(seq uint64, value int64, retracted bool) row {
		return row{measure: "cards", start: on.Start, end: on.End, period: "2022-06-10", unit: "C11", dims: "sex=male",
			seq: seq, value: value, retracted: retracted, known: local("2022-06-11 08:00"), submission: "S", note: "n"}
	}
	h.load(cards(1, 40, false), cards(2, 45, false), cards(3, 0, true), cards(4, 40, false))
	women := civilDate("2022-06-09")
	h.load(row{measure: "cards", start: women, end: women, period: "2022-06-09", unit: "C11", dims: "sex=female", seq: 1, no: 1, known: local("2022-06-11 08:00"), submission: "W"})
	h.load(row{measure: "residents", start: on.Start, end: on.End, period: "2022-06-10", unit: "C11", seq: 5, value: 100, known: local("2022-06-12 08:00"), submission: "R"})

	answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "card_rate"}, Unit: "D1"})
	if err != nil {
		t.Fatal(err)
	}
	if got := *answer.Data.Value; got != 40 {
		t.Errorf("value is %v, want 40", got)
	}
	if len(answer.Data.Inputs) != 3 || answer.Data.More {
		t.Fatalf("inputs are %+v, want the cards of both sexes and the residents of C11", answer.Data.Inputs)
	}
	in := answer.Data.Inputs[0]
	if in.Measure != "cards" || in.Unit != "C11" || in.Dims != "sex=male" || in.Period != "2022-06-10" || *in.Value != 40 {
		t.Errorf("first input is %+v", in)
	}
	var said []any
	for _, r := range in.Revisions {
		if r.Submission != "S" || r.Note != "n" || !r.KnownAt.Equal(local("2022-06-11 08:00")) {
			t.Errorf("revision is %+v", r)
		}
		if r.Retracted {
			said = append(said, "retracted")
			continue
		}
		said = append(said, *r.Value)
	}
	if len(said) != 4 || said[0] != int64(40) || said[1] != "retracted" || said[2] != int64(45) || said[3] != int64(40) {
		t.Errorf("revisions are %v, want 40, retracted, 45, 40", said)
	}
}

// Figures of small cells are shown summed, and nothing of a hidden value is shown.
func TestProvenanceOfPeopleIsProtected(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.load(people(1, "C11", map[string]int64{"age=3;residence=permanent;sex=male": 2, "age=40;residence=permanent;sex=female": 70})...)
	h.load(people(2, "C21", map[string]int64{"age=3;residence=permanent;sex=male": 3})...)

	answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "people_total"}, Unit: "C11"})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Data.Inputs) != 0 || answer.Data.Value != nil {
		t.Errorf("C11 = P - C21 covers C21, so it must be hidden: %+v", answer.Data)
	}
	h.load(people(3, "C21", map[string]int64{"age=30;residence=permanent;sex=male": 300})...)
	answer, err = h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "people_total"}, Unit: "C11"})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Data.Inputs) != 1 {
		t.Fatalf("inputs are %+v, want one sum", answer.Data.Inputs)
	}
	if in := answer.Data.Inputs[0]; in.Dims != "" || *in.Value != 72 || !in.Protected || len(in.Revisions) != 1 || in.Revisions[0].Value != nil {
		t.Errorf("input is %+v", in)
	}
}

func TestProvenanceOfFlowsListsThePeriodsThatCount(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	flow := func(measure, period, unit string, seq uint64, value int64) row {
		p := parsePeriod(period)
		return row{measure: measure, period: period, start: p.Start, end: p.End, unit: unit, seq: seq, value: value, known: local("2022-06-16 08:00")}
	}
	h.load(flow("visits", "s2022-04", "C11", 1, 10), flow("visits_online", "s2022-04", "C11", 1, 5),
		flow("visits", "s2022-05", "C11", 2, 10), // nothing online was reported: it does not count
		flow("visits", "s2022-06", "C11", 3, 30), flow("visits_online", "s2022-06", "C11", 3, 15))
	answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "online_rate", Period: parsePeriod("s2022-Q2")}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, in := range answer.Data.Inputs {
		got = append(got, in.Measure+" "+in.Period)
	}
	want := []string{"visits_online s2022-06", "visits_online s2022-04", "visits s2022-06", "visits s2022-04"}
	if len(got) != len(want) {
		t.Fatalf("inputs are %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("inputs are %v, want %v", got, want)
		}
	}
}

func TestProvenanceOfTasks(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	h.loadReports(
		report{task: "B.I.1", assignee: "unit:C11", date: civilDate("2022-03-01"), status: "in_progress", seq: 1, known: h.now},
		report{task: "B.I.1", assignee: "unit:C11", date: civilDate("2022-03-20"), status: "reported_done", seq: 2, known: h.now},
		report{task: "B.I.1", assignee: "unit:C11", date: civilDate("2022-03-20"), status: "accepted", seq: 3, known: h.now},
		report{task: "B.I.1", assignee: "unit:C21", date: civilDate("2022-03-20"), status: "accepted", seq: 4, known: h.now},
	)
	answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "completion"}, Unit: "D1"})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Data.Inputs) != 1 {
		t.Fatalf("inputs are %+v, want the one of C11", answer.Data.Inputs)
	}
	if in := answer.Data.Inputs[0]; in.Task != "B.I.1" || in.Assignee != "unit:C11" || in.Status != "accepted" || len(in.Revisions) != 2 {
		t.Errorf("input is %+v", in)
	}
}

// people makes the rows of one snapshot of a unit: the cells, and a zero for each sex,
// so that it is whole.
func people(seq uint64, unit string, cells map[string]int64) []row {
	var rows []row
	on := civilDate("2022-06-01")
	add := func(dims string, value int64) {
		rows = append(rows, row{measure: "people", start: on, end: on, unit: unit, dims: dims, seq: seq, no: uint32(len(rows)), value: value, known: local("2022-06-02 08:00"), period: on.String()})
	}
	for dims, value := range cells {
		add(dims, value)
	}
	for _, sex := range []string{"female", "male"} {
		add("age=90;residence=permanent;sex="+sex, 0)
	}
	return rows
}

// What does not count takes no place of what does.
func TestProvenanceIsCutAfterChoosing(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	flow := func(measure, period, unit string, value int64) row {
		p := parsePeriod(period)
		return row{measure: measure, period: period, start: p.Start, end: p.End, unit: unit, seq: 1, value: value, known: local("2022-06-16 08:00")}
	}
	h.load(flow("visits_online", "s2022-06", "C11", 1), flow("visits_online", "s2022-05", "C11", 1), flow("visits_online", "s2022-06", "C22", 1),
		flow("visits_online", "s2022-04", "C11", 5), flow("visits", "s2022-04", "C11", 10))
	for limit, more := range map[int]bool{1: true, 2: false, 3: false} {
		answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "online_rate", Period: parsePeriod("s2022-Q2")}, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		if got := answer.Data; got.More != more || len(got.Inputs) != min(limit, 2) || got.Inputs[0].Unit != "C11" {
			t.Errorf("with a limit of %d there are %+v, more: %v", limit, got.Inputs, got.More)
		}
	}
}

// Who asks where a missing value is finds what has been reported all the same; of people
// in a unit that does not count, only that something was.
func TestProvenanceOfNoValue(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-06-10")
	h.load(andNoWomen(row{measure: "cards", start: on, end: on, unit: "C11", dims: "sex=male", seq: 1, value: 40, known: h.now, submission: "S"})...)
	h.load(row{measure: "people", start: on, end: on, unit: "C11", dims: "age=30;residence=permanent;sex=male", seq: 2, value: 700, known: h.now, submission: "M"})
	s2022m06 := parsePeriod("s2022-06")
	h.load(row{measure: "visits", start: s2022m06.Start, end: s2022m06.End, unit: "C11", seq: 3, value: 9, known: h.now, submission: "V"})
	for indicator, want := range map[string]string{
		"card_rate": "cards sex=female S cards sex=male S ", "people_total": "people  M ", "online_rate": "visits  V ", "clean_rate": "",
	} {
		answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: indicator}, Unit: "C11"})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, in := range answer.Data.Inputs {
			got += in.Measure + " " + in.Dims + " " + in.Revisions[0].Submission + " "
			if in.Protected && in.Value != nil {
				t.Errorf("%d people of a unit that does not count are told", *in.Value)
			}
		}
		if answer.Data.Value != nil || got != want {
			t.Errorf("of %s there are %q, want %q", indicator, got, want)
		}
	}
}

// An index says what it is made of: its formula, the parts with their own figures, and what
// was reported for any of them, each once.
func TestProvenanceOfAnIndex(t *testing.T) {
	h := newHouse(t, tinyCatalog())
	on := civilDate("2022-06-10")
	figure := func(measure, dims string, seq uint64, value int64) row {
		return row{measure: measure, start: on, end: on, unit: "C11", dims: dims, seq: seq, value: value, known: h.now}
	}
	h.load(figure("residents", "", 1, 100), figure("cards", "sex=male", 2, 5), figure("cards", "sex=female", 3, 5),
		figure("records", "", 4, 10), figure("cleaned", "", 5, 4))
	answer, err := h.Provenance(t.Context(), ProvenanceQuestion{Asked: Asked{Indicator: "quality"}, Unit: "C11"})
	if err != nil {
		t.Fatal(err)
	}
	got := answer.Data
	if want := "index(0.375 * card_rate, 0.125 * clean_rate, 0.5 * cards_total from 20 to 4)"; got.Formula.Text != want || got.Formula.Kind != "index" {
		t.Errorf("the formula is %+v", got.Formula)
	}
	if p := got.Formula.Parts; len(p) != 3 || *p[0].Value != 10 || *p[1].Value != 40 || *p[2].Value != 10 || *p[2].From != 20 || *p[2].To != 4 {
		t.Errorf("the parts are %+v", p)
	}
	if want := 0.375*10 + 0.125*40 + 0.5*62.5; *got.Value != want {
		t.Errorf("the value is %v, want %v", *got.Value, want)
	}
	var inputs []string
	for _, in := range got.Inputs {
		inputs = append(inputs, in.Measure+" "+in.Dims)
	}
	if want := []string{"cards sex=female", "cards sex=male", "residents ", "cleaned ", "records "}; !slices.Equal(inputs, want) {
		t.Errorf("inputs are %q, want %q", inputs, want)
	}
}
