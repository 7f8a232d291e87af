package ingest

import (
	"errors"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

// ownedCatalogue is the small one with owners: the police count people and accounts, stttt dossiers; stttt
// leads B.III.2.7, the police lead B.I.1.
func ownedCatalogue(t testing.TB) *catalog.Catalog {
	c := smallCatalogue(t)
	for i, agency := range []string{"cat", "cat", "stttt"} {
		c.Measures[i].Agency = agency
	}
	c.Tasks[0].Lead, c.Tasks[1].Lead = []string{"stttt"}, []string{"cat"}
	return c
}

func areaOf(t testing.TB, c *catalog.Catalog, units ...string) *catalog.Area {
	t.Helper()
	var dated []catalog.DatedUnit
	for _, text := range units {
		u, err := catalog.ParseDatedUnit(text, date("2022-06-15"))
		if err != nil {
			t.Fatal(err)
		}
		dated = append(dated, u)
	}
	area, err := c.Area(dated)
	if err != nil {
		t.Fatal(err)
	}
	return area
}

const (
	dossiers    = `{"measure":"dossiers_received","unit":"08707","period":"s2022-06","value":7}`
	inhabitants = `{"unit":"08707","date":"2022-06-01","sex":"male","age":34,"residence":"permanent","value":9}`
	byDistrict  = `{"task":"B.III.2.7","assignee":"unit:246","date":"2022-06-15","status":"reported_done"}`
	byAgency    = `{"task":"B.III.2.7","assignee":"agency:stttt","date":"2022-06-15","status":"reported_done"}`
	byPolice    = `{"task":"B.I.1","assignee":"agency:cat","date":"2022-06-15","status":"reported_done"}`
)

func accepted(line string) string { return strings.Replace(line, "reported_done", "accepted", 1) }

// TestPermitsAreKept is the matrix of senders and rows: "" is taken.
func TestPermitsAreKept(t *testing.T) {
	c := ownedCatalogue(t)
	lapThach, otherDistrict := areaOf(t, c, "246"), areaOf(t, c, "247")
	senders := map[string]*Permit{
		"machine":         nil,
		"for everybody":   {},
		"stttt":           {Agencies: []string{"stttt"}},
		"police of 246":   {Agencies: []string{"cat"}, Area: lapThach},
		"district 246":    {Area: lapThach},
		"district 247":    {Area: otherDistrict},
		"commune in 2021": {Area: areaOf(t, c, "08707@2021-06-15")}, // the unit of another set
		"stttt approves":  {Agencies: []string{"stttt"}, Approves: true},
		"approves in 247": {Agencies: []string{"stttt"}, Area: otherDistrict, Approves: true},
	}
	for _, tc := range []struct {
		name    string
		dataset Dataset
		line    string
		refused map[string]Code // who is refused and why; all others are taken
	}{
		{"accounts", Observations, activated, map[string]Code{
			"stttt": NotOwner, "district 247": OutsideArea, "commune in 2021": OutsideArea}},
		{"dossiers", Observations, dossiers, map[string]Code{
			"police of 246": NotOwner, "district 247": OutsideArea, "commune in 2021": OutsideArea}},
		{"people", Population, inhabitants, map[string]Code{
			"stttt": NotOwner, "district 247": OutsideArea, "commune in 2021": OutsideArea}},
		{"in the name of stttt", Observations, strings.Replace(dossiers, "{", `{"agency":"stttt",`, 1), map[string]Code{
			"police of 246": NotOwner, "district 246": NotOwner, "district 247": OutsideArea, "commune in 2021": OutsideArea}},
		{"a district's report", TaskProgress, byDistrict, map[string]Code{
			"stttt": NotOwner, "district 247": NotOwner, "commune in 2021": NotOwner, "approves in 247": OutsideArea}},
		{"an agency's report", TaskProgress, byAgency, map[string]Code{
			"police of 246": NotOwner, "district 246": NotOwner, "district 247": NotOwner, "commune in 2021": NotOwner, "approves in 247": OutsideArea}},
		{"the police's report", TaskProgress, byPolice, map[string]Code{
			"stttt": NotOwner, "district 246": NotOwner, "district 247": NotOwner, "commune in 2021": NotOwner, "stttt approves": NotOwner, "approves in 247": NotOwner}},
		{"acceptance", TaskProgress, accepted(byDistrict), map[string]Code{
			"for everybody": NotPermitted, "stttt": NotPermitted, "police of 246": NotPermitted, "district 246": NotPermitted,
			"district 247": NotPermitted, "commune in 2021": NotPermitted, "approves in 247": OutsideArea}},
		{"retraction of a report", TaskProgress, `{"task":"B.III.2.7","assignee":"unit:246","date":"2022-06-15","retract":true}`, map[string]Code{
			"stttt": NotOwner, "district 247": NotOwner, "commune in 2021": NotOwner, "approves in 247": OutsideArea}},
	} {
		for who, permit := range senders {
			if permit != nil && permit.Approves && tc.dataset != TaskProgress {
				continue // see TestClosedPeriodsAreTheApprovers
			}
			want := tc.refused[who]
			got := codeFor(t, c, tc.dataset, tc.line, permit)
			if got != want {
				t.Errorf("%s sends %s: %q, want %q", who, tc.name, got, want)
			}
		}
	}
}

// codeFor checks one line under a permit and gives why it is refused.
func codeFor(t *testing.T, c *catalog.Catalog, d Dataset, line string, permit *Permit) Code {
	t.Helper()
	x, err := newIndex(c)
	if err != nil {
		t.Fatal(err)
	}
	check := newChecker(x, Intake{Dataset: d, Permit: permit}, dayOf(date("2022-11-20")))
	var rec record
	if why := parseJSON([]byte(line), &rec); why != nil {
		t.Fatal(why.text.En)
	}
	var why *fault
	if d == TaskProgress {
		_, why = check.progress(&rec)
	} else {
		_, why = check.figure(&rec)
	}
	if why == nil {
		return ""
	}
	if why.field == "" || why.text.Vi == "" || why.text.En == "" {
		t.Errorf("%s explains too little: %+v", line, why)
	}
	return why.code
}

func TestSubmissionsAreForbiddenAsAWhole(t *testing.T) {
	c := ownedCatalogue(t)
	s, err := New(smallConfig(t), Deps{Catalog: c})
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]Intake{
		"for another agency":           {Dataset: Observations, Agency: "stttt", Permit: &Permit{Agencies: []string{"cat"}}},
		"a district speaks for police": {Dataset: Observations, Agency: "cat", Permit: &Permit{Area: areaOf(t, c, "246")}},
	} {
		in.Format, in.Body = NDJSON, strings.NewReader(activated)
		_, err := s.Submit(t.Context(), in)
		var e *Error
		if !errors.As(err, &e) || e.Kind != Forbidden || e.Field == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSubmissionsKnowTheirCaller: the record has the caller and the id that was given.
func TestSubmissionsKnowTheirCaller(t *testing.T) {
	r := start(t)
	in := Intake{Dataset: Observations, Format: NDJSON, Submission: "01HZZZZZZZZZZZZZZZZZZZZZZZ", Caller: "abcdefghij", Body: strings.NewReader(activated), Wait: true}
	receipt, err := r.Submit(t.Context(), in)
	if err != nil || receipt.Submission != in.Submission {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if n := r.count(t, "SELECT count() FROM submissions WHERE submission = '01HZZZZZZZZZZZZZZZZZZZZZZZ' AND caller = 'abcdefghij'"); n != 1 {
		t.Errorf("%d records", n)
	}
}
