package httpapi

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/toancanh/toancanh/geo"
)

// param is one parameter: what the OpenAPI document says of it and how long it may be.
type param struct {
	name        string
	in          string // "query", "path" or "header"
	description string
	schema      object
	example     any
	longest     int // bytes of a query parameter's value
}

// object is a piece of the OpenAPI document.
type object = map[string]any

func ref(component string) object { return object{"$ref": "#/components/schemas/" + component} }

func words(longest int) object { return object{"type": "string", "maxLength": longest} }

func choice(values ...string) object { return object{"type": "string", "enum": values} }

func whole(least int) object { return object{"type": "integer", "minimum": least} }

// What bounds limit=: inputs of a provenance, a page of submissions, hits of a search.
const (
	maxInputs = 1000
	maxPage   = 500
	maxHits   = 100
	maxPart   = 1000 // of a list that is given whole without a limit

	maxHistory = 100 // instants
)

// vocabulary holds every parameter by its key: the name of a query parameter,
// {name} of a path parameter, the name with a leading @ of a header. One word means
// one thing on every route.
func vocabulary() map[string]*param {
	byKey := map[string]*param{}
	query := func(name string, longest int, schema object, example any, description string) {
		if byKey[name] != nil {
			panic("two meanings of " + name + " in the vocabulary: give one of them a key of its own")
		}
		byKey[name] = &param{name, "query", description, schema, example, longest}
	}
	path := func(name string, schema object, example any, description string) {
		byKey["{"+name+"}"] = &param{name, "path", description, schema, example, 0}
	}
	header := func(name, example, description string) {
		byKey["@"+name] = &param{name, "header", description, words(200), example, 200}
	}

	query("unit", 16, words(16), "249", "Code of a unit; the root when absent.")
	query("units", 4096, words(4096), "248,249", "Codes of units, separated by commas.")
	query("within", 16, words(16), "249", "Code of a unit: only units below it.")
	query("level", 32, words(32), "commune", "Id of a level; the lowest one when absent.")
	query("period", 16, ref("PeriodID"), "2022-11", "A period; the indicator's current one when absent.")
	query("from", 16, ref("PeriodID"), "2022-01", "First period of the series, or a day in it.")
	query("to", 16, ref("PeriodID"), "2022-11", "Last period of the series, or a day in it.")
	query("date", 10, ref("Date"), "2022-11-20", "A civil day; today when absent.")
	query("as_of", 40, words(40), "2022-11-20T09:30:00+07:00", "What was known then: an instant after RFC 3339, or a day, meaning its end.")
	query("boundaries", 64, words(64), "vinhphuc-2022", "Id of a boundary set; the one in force when absent. Figures of earlier units are carried over to it; meta.carried says from where.")
	query("kind", 32, ref("PeriodKind"), "month", "Kind of the periods of a series; else that of from and to, where they are not days; else the indicator's default.")
	query("method", 16, choice("legend", "quantile", "equal", "ckmeans", "manual"), "quantile", "How classes are found; the indicator's legend when absent, quantiles where it has none, manual when breaks are given.")
	query("classes", 2, object{"type": "integer", "minimum": 2, "maximum": 9}, 5, "How many classes are wanted; 5 when absent.")
	query("breaks", 200, words(200), "20,40,60", "Inner bounds of the classes of method=manual: at most 8 ascending numbers, separated by commas.")
	query("by", 32, words(32), "sex", "Id of a dimension of the indicator's measures; of completion: unit or agency.")
	query("agency", 64, words(64), "stttt", "Id of an agency.")
	query("residence", 32, words(32), "permanent", "Only people of this kind of residence; everybody registered without it.")
	query("status", 32, ref("AssignmentStatus"), "overdue", "Only tasks with an assignment in this status.")
	query("state", 16, choice("accepted", "partly", "rejected"), "partly", "Only submissions that ended so: every row was taken, some were, none was.")
	query("about", 16, ref("PeriodID"), "2022-11", "Only submissions that speak of this period, or of one or a day that lies wholly in it.")
	query("of", 16, words(16), "249", "Code of a unit: only submissions that speak of it or of a unit below it.")
	query("caller", 32, words(32), "z2h4gjhzic", "Id of a token; console for what was done on the machine itself.")
	query("action", 32, ref("AuditAction"), "figures.retracted", "Only changes of this kind.")
	query("since", 40, words(40), "2022-11-20T09:30:00+07:00", "Only from then on: an instant after RFC 3339, or a day, meaning its beginning.")
	query("until", 40, words(40), "2022-11-20", "Only up to then: an instant after RFC 3339, or a day, meaning its end.")
	query("submission", 40, words(40), "01GJ9Z7Q2V5T8Y3N6K4M1R0ABC", "Id of a submission: only what came by it.")
	query("task", 16, words(16), "B.III.2.7", "Reference of a task into the plan.")
	query("group", 32, words(32), "B.III.2", "Id of a part of the plan: only its tasks.")
	query("taskdetail", 32, choice("assignees"), "assignees", "Lists under each task who has to do it and where each of them stands.")
	query("indicator", 64, words(64), "vneid_rate", "Id of an indicator.")
	query("indicators", 4096, words(4096), "vneid_rate,chip_card_rate", "Ids of indicators, separated by commas; all of the catalogue when absent.")
	query("q", 200, words(200), "tam dao", "What to look for.")
	for key, most := range map[string]int{"inputs": maxInputs, "page": maxPage, "hits": maxHits, "history": maxHistory} {
		query(key, 6, object{"type": "integer", "minimum": 1, "maximum": most}, 20, "How many rows at most.")
		byKey[key].name = "limit" // one word, but not every answer can be as long
	}
	query("part", 6, object{"type": "integer", "minimum": 1, "maximum": maxPart}, 20, "How many rows at most; all of them when absent.")
	byKey["part"].name = "limit"
	query("cursor", 200, words(200), "4711", "Where to go on: meta.next_cursor of the page before, of the same address. Rows that come or go meanwhile move no other from its page.")
	query("wait", 16, choice("stored", "queryable"), "queryable", "stored: 202 when the rows are durable, the default; queryable: 200 when questions see them.")
	query("dry_run", 1, choice("0", "1"), "1", "1: everything is checked and nothing kept; the answer is the one the real submission would get.")
	query("v", 64, words(64), "9f86d081", "Version of the boundary set; with the current one the answer is immutable.")
	query("detail", 2, object{"type": "integer", "minimum": geo.MinZoom, "maximum": geo.MaxZoom}, usualDetail, "Zoom that the shapes are simplified for, as in tiles; the highest leaves nothing out; 10 when absent.")
	query("annotate", 1, choice("0", "1"), "1", "1: a workbook comes back with every fault marked in its cell; the receipt is in headers. Nothing of it is stored.")
	query("format", 4, choice("json", "csv", "xlsx"), "xlsx", "json, the default, or a file with title, definition, units, period, boundary set, as-of and flags; else by Accept.")
	query("plain", 1, choice("0", "1"), "1", "1: of a file only the tables, with the ids of columns for headings, and of CSV the first table without a byte order mark.")
	query("lang", 5, choice("vi", "en"), "vi", "Language of names and problems; else Accept-Language, else Vietnamese.")
	query("min_version", 20, whole(0), 4711, "Wait, at most a few seconds, until this data version is applied. Also as header X-Min-Data-Version.")

	path("id", words(64), "vneid_rate", "Id of the indicator or submission.")
	path("name", words(64), "2022-q3", "Name of the publication.")
	path("dataset", choice("observations", "population", "task-progress"), "observations", "What the rows are.")
	path("code", words(16), "249", "Code of a unit.")
	path("set", words(64), "vinhphuc-2022", "Id of a boundary set.")
	path("z", whole(0), 10, "Zoom.")
	path("x", whole(0), 812, "Column.")
	path("y", whole(0), 451, "Row.")

	header("Last-Event-ID", "4711", "Resume after this change; event: reset answers when it is too long ago.")
	header("Idempotency-Key", "stttt-2022-11-20", "The same content again under the same key changes nothing.")
	header("X-Agency", "stttt", "Id of the agency that reports, for rows that do not name one.")

	// One unit is asked nearly everywhere, several only where a map is: same name, other length.
	byKey["units"].name, byKey["indicators"].name = "unit", "indicator"
	byKey["of"].name, byKey["about"].name = "unit", "period" // of submissions
	byKey["since"].name, byKey["until"].name = "from", "to"  // instants, not periods
	byKey["taskdetail"].name = "detail"                      // of tasks it says what to list, of boundary sets the zoom they are simplified for
	return byKey
}

var pathParameter = regexp.MustCompile(`\{[a-z]+\}`)

// parametersOf resolves what a route takes: its path parameters, the words of its
// takes column, and what every answer in its class understands.
func parametersOf(r route, vocabulary map[string]*param) ([]*param, error) {
	if r.doc == page() {
		return nil, nil
	}
	keys := append(pathParameter.FindAllString(r.path, -1), strings.Fields(r.takes)...)
	if r.handle != nil {
		keys = append(keys, "min_version")
	}
	if r.exported() {
		keys = append(keys, "format", "plain")
	}
	if r.handle != nil || r.work == intake || r.work == stream {
		keys = append(keys, "lang")
	}
	params := make([]*param, len(keys))
	for i, key := range keys {
		if params[i] = vocabulary[key]; params[i] == nil {
			return nil, fmt.Errorf("route %s takes an unknown parameter %q", r.path, key)
		}
	}
	return params, nil
}
