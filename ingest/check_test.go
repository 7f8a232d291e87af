package ingest

import (
	"strings"
	"testing"

	"github.com/toancanh/toancanh/query/catalog"
)

// checked reads and checks one NDJSON line on 20 November 2022.
func checked(t testing.TB, d Dataset, line string) (figure, progress, *fault) {
	t.Helper()
	x, err := newIndex(smallCatalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	c := newChecker(x, Intake{Dataset: d, Agency: "stttt"}, dayOf(date("2022-11-20")))
	var rec record
	if why := parseJSON([]byte(line), &rec); why != nil {
		return figure{}, progress{}, why
	}
	if d == TaskProgress {
		p, why := c.progress(&rec)
		return figure{}, p, why
	}
	f, why := c.figure(&rec)
	return f, progress{}, why
}

func TestCheckTakesFigures(t *testing.T) {
	stock := figure{measure: "vneid_activated", unit: "08707", dims: "sex=female", value: 1234, agency: "stttt",
		start: dayOf(date("2022-06-15")), end: dayOf(date("2022-06-15")), period: "2022-06-15"}
	with := func(change func(*figure)) figure {
		f := stock
		change(&f)
		return f
	}
	flow := figure{measure: "dossiers_received", unit: "08707", value: 7, agency: "stttt",
		start: dayOf(date("2022-05-15")), end: dayOf(date("2022-06-14")), period: "s2022-06"}
	people := figure{measure: "population", unit: "08707", dims: "age=34;residence=permanent;sex=male", value: 9, agency: "stttt",
		start: dayOf(date("2022-06-01")), end: dayOf(date("2022-06-01")), period: "2022-06-01"}
	for _, c := range []struct {
		name    string
		dataset Dataset
		line    string
		want    figure
	}{
		{"stock", Observations, activated, stock},
		{"order does not matter", Observations, `{"dims":{"sex":"female"},"value":1234,"date":"2022-06-15","unit":"08707","measure":"vneid_activated"}`, stock},
		{"whole number of a data frame", Observations, strings.Replace(activated, "1234", "1234.0", 1), stock},
		{"null is not sent", Observations, strings.Replace(activated, "{", `{"note":null,"retract":null,"period":null,"agency":null,`, 1), stock},
		{"agency and note", Observations, strings.Replace(activated, "{", `{"note":"đợt 2","agency":"cat",`, 1),
			with(func(f *figure) { f.note, f.agency = "đợt 2", "cat" })},
		{"retraction", Observations, `{"measure":"vneid_activated","unit":"08707","date":"2022-06-15","dims":{"sex":"female"},"retract":true}`,
			with(func(f *figure) { f.value, f.retracted = 0, true })},
		{"retract false", Observations, strings.Replace(activated, "{", `{"retract":false,`, 1), stock},
		{"zero", Observations, strings.Replace(activated, "1234", "0", 1), with(func(f *figure) { f.value = 0 })},
		{"minus zero", Observations, strings.Replace(activated, "1234", "-0", 1), with(func(f *figure) { f.value = 0 })},
		{"the largest", Observations, strings.Replace(activated, "1234", "100000", 1), with(func(f *figure) { f.value = 100_000 })},
		{"today", Observations, strings.Replace(activated, "2022-06-15", "2022-11-20", 1), with(func(f *figure) {
			f.start, f.end, f.period = dayOf(date("2022-11-20")), dayOf(date("2022-11-20")), "2022-11-20"
		})},
		{"flow", Observations, `{"measure":"dossiers_received","unit":"08707","period":"s2022-06","value":7}`, flow},
		{"flow with empty dims", Observations, `{"measure":"dossiers_received","unit":"08707","period":"s2022-06","value":7,"dims":{}}`, flow},
		{"flow with null dims", Observations, `{"measure":"dossiers_received","unit":"08707","period":"s2022-06","value":7,"dims":null}`, flow},
		{"population", Population, `{"unit":"08707","date":"2022-06-01","sex":"male","age":34,"residence":"permanent","value":9}`, people},
		{"population, age as text", Population, `{"unit":"08707","date":"2022-06-01","sex":"male","age":"34","residence":"permanent","value":9}`, people},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, why := checked(t, c.dataset, c.line)
			if why != nil {
				t.Fatal(why.code, why.field, why.text.En)
			}
			got.key = 0
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestCheckRefusesFigures(t *testing.T) {
	change := func(from, to string) string {
		if !strings.Contains(activated, from) {
			t.Fatalf("no %q", from)
		}
		return strings.Replace(activated, from, to, 1)
	}
	long := strings.Repeat("a", maxNote+1)
	for _, c := range []struct {
		name, line string
		code       Code
		field      string
		says       string // in the English message
	}{
		{"unknown field", change("{", `{"Value":3,`), UnknownField, "", "“value”"},
		{"unknown dimension field name", change("{", `{"sex":"male",`), UnknownField, "", "Accepted fields"},
		{"no measure", change(`"measure":"vneid_activated",`, ""), MissingField, "measure", "required"},
		{"no unit", change(`"unit":"08707",`, ""), MissingField, "unit", "required"},
		{"no date", change(`"date":"2022-06-15",`, ""), MissingField, "date", "required"},
		{"no value", change(`"value":1234,`, ""), MissingField, "value", "required"},
		{"null value", change("1234", "null"), MissingField, "value", "required"},
		{"measure as number", change(`"vneid_activated"`, "7"), WrongType, "measure", "a text"},
		{"unit as number", change(`"08707"`, "8707"), WrongType, "unit", "a text"},
		{"unknown measure", change("vneid_activated", "vneid_activate"), UnknownMeasure, "measure", "Did you mean “vneid_activated”?"},
		{"population through observations", change("vneid_activated", "population"), WrongDataset, "measure", "“population”"},
		{"unknown unit", change("08707", "99999"), UnknownUnit, "unit", "“99999”"},
		{"lost zero", change("08707", "8707"), UnknownUnit, "unit", "Did you mean “08707”?"},
		{"space in the code", change("08707", "08707 "), UnknownUnit, "unit", "leading zeros"},
		{"ended unit", change("08707", "08716"), UnitNotInForce, "unit", "ended on 2021-12-31"},
		{"district", change("08707", "246"), WrongLevel, "unit", "“commune”"},
		{"no dims", change(`,"dims":{"sex":"female"}`, ""), MissingDimension, "dims.sex", "male, female"},
		{"extra dimension", change(`{"sex"`, `{"age":"34","sex"`), UnknownDimension, "dims", "sex"},
		{"unknown member", change(`"female"`, `"nữ"`), UnknownMember, "dims.sex", "male, female"},
		{"member null", change(`"female"`, `null`), MissingDimension, "dims.sex", "male, female"},
		{"dims as text", change(`{"sex":"female"}`, `"female"`), WrongType, "dims", "object"},
		{"date of no calendar", change("2022-06-15", "2022-02-29"), InvalidDate, "date", "2022-06-15"},
		{"date the other way", change("2022-06-15", "15/06/2022"), InvalidDate, "date", "year-month-day"},
		{"date with time", change("2022-06-15", "2022-06-15T00:00:00Z"), InvalidDate, "date", "year-month-day"},
		{"tomorrow", change("2022-06-15", "2022-11-21"), FutureDate, "date", "2022-11-20"},
		{"before the catalogue", change("2022-06-15", "2020-12-31"), TooEarly, "date", "2021-01-01"},
		{"period of a stock", change(`"date":"2022-06-15"`, `"period":"2022-06"`), UnexpectedField, "period", "use “date”"},
		{"date of a flow", `{"measure":"dossiers_received","unit":"08707","date":"2022-06-15","value":7}`, UnexpectedField, "date", "use “period” such as s2022-06"},
		{"flow without period", `{"measure":"dossiers_received","unit":"08707","value":7}`, MissingField, "period", "required"},
		{"civil month of a statutory flow", `{"measure":"dossiers_received","unit":"08707","period":"2022-06","value":7}`, WrongPeriodKind, "period", "s2022-06"},
		{"no period", `{"measure":"dossiers_received","unit":"08707","period":"s2022-13","value":7}`, InvalidPeriod, "period", "s2022-06"},
		{"period still running", `{"measure":"dossiers_received","unit":"08707","period":"s2022-12","value":7}`, FutureDate, "period", "2022-12-14"},
		{"value as text", change("1234", `"1234"`), WrongType, "value", "without quotes"},
		{"value true", change("1234", `true`), WrongType, "value", "number"},
		{"fraction", change("1234", "1234.5"), NotInteger, "value", "1234"},
		{"thousands", change("1234", "1.000"), NotInteger, "value", "thousands"},
		{"exponent", change("1234", "1e3"), NotInteger, "value", "exponent"},
		{"huge exponent", change("1234", "1e400"), NotInteger, "value", "exponent"},
		{"negative", change("1234", "-1"), Negative, "value", "0 or more"},
		{"negative and long", change("1234", "-99999999999999999999"), Negative, "value", "0 or more"},
		{"beyond belief", change("1234", "100001"), TooLargeValue, "value", "100000"},
		{"beyond 64 bits", change("1234", "99999999999999999999"), TooLargeValue, "value", "largest"},
		{"value and retraction", change("{", `{"retract":true,`), UnexpectedField, "value", "no value"},
		{"retract as text", change("{", `{"retract":"yes",`), WrongType, "retract", "true or false"},
		{"unknown agency", change("{", `{"agency":"nobody",`), UnknownAgency, "agency", "catalogue"},
		{"note too long", change("{", `{"note":"`+long+`",`), TextTooLong, "note", "500"},
		{"note as number", change("{", `{"note":1,`), WrongType, "note", "text"},
		{"line break in a note", change("{", `{"note":"a\nb",`), ControlCharacter, "note", "one line"},
		{"zero byte in a note", change("{", `{"note":"a\u0000b",`), ControlCharacter, "note", "one line"},
		{"right-to-left override", change("{", `{"note":"a\u202eb",`), ControlCharacter, "note", "one line"},
		{"identity number in a note", change("{", `{"note":"bổ sung 026201001234",`), PersonalData, "note", "character 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, why := checked(t, Observations, c.line)
			explained(t, why, c.code, c.field, c.says)
		})
	}
}

// explained checks a refusal: code, field, both languages.
func explained(t *testing.T, why *fault, code Code, field, says string) {
	t.Helper()
	if why == nil {
		t.Fatal("taken")
	}
	if why.code != code || why.field != field {
		t.Errorf("got %s of %q, want %s of %q", why.code, why.field, code, field)
	}
	if !strings.Contains(why.text.En, says) || why.text.Vi == "" || why.text.Vi == why.text.En {
		t.Errorf("it says %q / %q, want %q", why.text.En, why.text.Vi, says)
	}
}

func TestCheckRefusesPopulation(t *testing.T) {
	const row = `{"unit":"08707","date":"2022-06-01","sex":"male","age":34,"residence":"permanent","value":9}`
	for _, c := range []struct {
		name, from, to string
		code           Code
		field          string
	}{
		{"no such age", "34", "150", UnknownMember, "age"},
		{"age with fraction", "34", "34.0", UnknownMember, "age"},
		{"no age", `"age":34,`, "", MissingDimension, "dims.age"},
		{"measure named", "{", `{"measure":"population",`, UnknownField, ""},
		{"dims named", "{", `{"dims":{"sex":"male"},`, UnknownField, ""},
		{"a name", "{", `{"name":"Nguyễn Văn A",`, UnknownField, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, why := checked(t, Population, strings.Replace(row, c.from, c.to, 1))
			explained(t, why, c.code, c.field, "")
			if strings.Contains(why.text.En+why.text.Vi, "Nguyễn") {
				t.Error("the message repeats what was sent")
			}
		})
	}
}

const begun = `{"task":"B.III.2.7","assignee":"unit:246","date":"2022-06-15","status":"in_progress","percent":60,"note":"đang làm","obstacle":{"kind":"thiếu máy","since":"2022-06-01","owner":"agency:stttt"}}`

func TestCheckTakesProgress(t *testing.T) {
	full := progress{task: "B.III.2.7", assignee: "unit:246", date: dayOf(date("2022-06-15")), status: "in_progress", percent: 60, note: "đang làm",
		obstacle: obstacle{"thiếu máy", dayOf(date("2022-06-01")), "agency:stttt"}}
	short := progress{task: "B.III.2.7", assignee: "agency:stttt", date: dayOf(date("2022-06-15")), obstacle: obstacle{since: noDay}}
	with := func(status string, percent uint8) progress {
		p := short
		p.status, p.percent = status, percent
		return p
	}
	retracted := short
	retracted.retracted = true
	line := func(rest string) string {
		return `{"task":"B.III.2.7","assignee":"agency:stttt","date":"2022-06-15",` + rest + `}`
	}
	for _, c := range []struct {
		name, line string
		want       progress
	}{
		{"everything", begun, full},
		{"least", line(`"status":"not_started"`), with("not_started", 0)},
		{"reported done without percent", line(`"status":"reported_done"`), with("reported_done", 100)},
		{"accepted without percent", line(`"status":"accepted"`), with("accepted", 100)},
		{"nulls", line(`"status":"accepted","percent":null,"note":null,"obstacle":null`), with("accepted", 100)},
		{"retraction", line(`"retract":true`), retracted},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got, why := checked(t, TaskProgress, c.line)
			if why != nil {
				t.Fatal(why.code, why.field, why.text.En)
			}
			got.key = 0
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestCheckRefusesProgress(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		code           Code
		field          string
	}{
		{"unknown task", "B.III.2.7", "B.III.2.8", UnknownTask, "task"},
		{"not a reference", "unit:246", "246", UnknownAssignee, "assignee"},
		{"unknown unit", "unit:246", "unit:999", UnknownAssignee, "assignee"},
		{"not bound", "unit:246", "unit:08707", NotAssigned, "assignee"},
		{"bound by another task", "B.III.2.7", "B.I.1", NotAssigned, "assignee"},
		{"no status", `"status":"in_progress",`, "", MissingField, "status"},
		{"done is not reported", "in_progress", "done", InvalidStatus, "status"},
		{"percent over 100", ":60", ":101", InvalidPercent, "percent"},
		{"percent below 0", ":60", ":-1", InvalidPercent, "percent"},
		{"percent as text", ":60", `:"60"`, InvalidPercent, "percent"},
		{"tomorrow", "2022-06-15", "2022-11-21", FutureDate, "date"},
		{"no date", `"date":"2022-06-15",`, "", MissingField, "date"},
		{"obstacle without kind", `"kind":"thiếu máy",`, "", InvalidObstacle, "obstacle.kind"},
		{"obstacle with empty kind", "thiếu máy", "", InvalidObstacle, "obstacle.kind"},
		{"empty obstacle", `{"kind":"thiếu máy","since":"2022-06-01","owner":"agency:stttt"}`, "{}", InvalidObstacle, "obstacle.kind"},
		{"obstacle as text", `{"kind":"thiếu máy","since":"2022-06-01","owner":"agency:stttt"}`, `"thiếu máy"`, WrongType, "obstacle"},
		{"telephone number in an obstacle", "thiếu máy", "gọi 0912 345 678", PersonalData, "obstacle.kind"},
		{"owner by name", "agency:stttt", "Nguyễn Văn A", UnknownAssignee, "obstacle.owner"},
		{"obstacle of the future", "2022-06-01", "2023-06-01", FutureDate, "obstacle.since"},
		{"unknown field of an obstacle", `"owner"`, `"phone"`, UnknownField, "obstacle"},
		{"unknown field", "{", `{"unit":"246",`, UnknownField, ""},
		{"retraction with status", "{", `{"retract":true,`, UnexpectedField, "retract"},
		{"e-mail in a note", "đang làm", "hỏi a@b.vn", PersonalData, "note"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, why := checked(t, TaskProgress, strings.Replace(begun, c.from, c.to, 1))
			explained(t, why, c.code, c.field, "")
			if strings.Contains(why.text.En+why.text.Vi, "Nguyễn") || strings.Contains(why.text.En, "0912") {
				t.Error("the message repeats what was sent")
			}
		})
	}
}

// The keys' canonical dimensions are the catalogue's.
func TestCanonicalDimensions(t *testing.T) {
	c := smallCatalogue(t)
	x, err := newIndex(c)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := c.Measure("population")
	seen := map[string]bool{}
	for _, sex := range []string{"male", "female"} {
		for _, age := range []string{"0", "34", "100"} {
			dims := map[string]string{"sex": sex, "age": age, "residence": "temporary"}
			want, err := c.CanonicalDims(m, dims)
			if err != nil {
				t.Fatal(err)
			}
			var fields []*field
			for name, v := range dims {
				fields = append(fields, &field{name: []byte(name), text: []byte(v), kind: textValue})
			}
			rank, why := x.measures["population"].rank(fields)
			if why != nil {
				t.Fatal(why.text.En)
			}
			if got := x.measures["population"].canonical[rank]; got != want || seen[got] {
				t.Errorf("got %s, want %s", got, want)
			}
			seen[want] = true
		}
	}
}

func TestIndexRefusesTwoPopulations(t *testing.T) {
	c := smallCatalogue(t)
	c.Measures = append(c.Measures, catalog.Measure{ID: "people", Dataset: "population", Level: "commune"})
	if _, err := newIndex(c); err == nil {
		t.Error("taken")
	}
}
