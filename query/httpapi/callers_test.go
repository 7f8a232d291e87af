package httpapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// gate is a house whose door is closed, with a token for each kind of caller.
type gate struct {
	*house
	store    *callers.Store
	registry *callers.Registry
	now      *time.Time // the real clock, not the programme's
	tokens   map[string]string
	ids      map[string]string
}

// The callers of the tests. Tam Đảo (248) and Lập Thạch (246) are districts; tichSon is a commune of another (243).
const (
	tamDao   = "248"
	lapThach = "246"
)

func grants() map[string]callers.Grant {
	area := func(codes ...string) (units []catalog.DatedUnit) {
		for _, code := range codes {
			units = append(units, catalog.DatedUnit{Code: code, Date: civil.Date{Year: 2022, Month: 11, Day: 20}})
		}
		return units
	}
	return map[string]callers.Grant{
		"viewer": {Role: callers.Viewer}, "analyst": {Role: callers.Analyst}, "display": {Role: callers.Display}, "scraper": {Role: callers.Scraper}, "operator": {Role: callers.Operator},
		"reporter":            {Role: callers.Reporter, Agencies: []string{"cat"}},
		"approver":            {Role: callers.Approver, Agencies: []string{"cat"}},
		"viewer of Vĩnh Yên":  {Role: callers.Viewer, Area: area(vinhYen)},
		"display of Vĩnh Yên": {Role: callers.Display, Area: area(vinhYen)},
		"analyst of Tam Đảo":  {Role: callers.Analyst, Area: area(tamDao, lapThach)},
		"Tích Sơn":            {Role: callers.Reporter, Area: area(tichSon)},
	}
}

// closedHouse is a whole house on a warehouse with tokens.
func closedHouse(t *testing.T, change ...func(*Config, *Deps)) *gate {
	t.Helper()
	g := &gate{tokens: map[string]string{}, ids: map[string]string{}, now: &time.Time{}}
	*g.now = time.Now()
	clock := func() time.Time { return *g.now }
	withTokens := func(_ *Config, d *Deps) {
		g.store = callers.NewStore(warehousetest.New(t), clock)
		g.registry = callers.NewRegistry(g.store, d.Catalog, clock, discard())
		for name, grant := range grants() {
			grant.Label = name
			if err := grant.Check(d.Catalog, clock()); err != nil {
				t.Fatal(name, err)
			}
			g.add(t, name, grant)
		}
		d.Callers = g.registry
	}
	g.house = wholeHouse(t, append([]func(*Config, *Deps){withTokens}, change...)...)
	return g
}

// add makes a token and lets the registry know.
func (g *gate) add(t *testing.T, name string, grant callers.Grant) {
	t.Helper()
	token, caller, err := g.store.Add(t.Context(), grant, callers.Who{Caller: callers.Console})
	if err == nil {
		err = g.registry.Load(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	g.tokens[name], g.ids[name] = token, caller.ID
}

// as asks with a caller's token.
func (g *gate) as(who, target string, headers ...string) *httptest.ResponseRecorder {
	g.t.Helper()
	return g.get(target, append(headers, "Authorization", "Bearer "+g.tokens[who])...)
}

// post sends lines with a caller's token.
func (g *gate) post(who, dataset, lines string, headers ...string) *httptest.ResponseRecorder {
	g.t.Helper()
	return g.do(http.MethodPost, "/api/v1/ingest/"+dataset+"?wait=queryable", lines, append(headers, "Content-Type", "application/x-ndjson", "Authorization", "Bearer "+g.tokens[who])...)
}

// fill sends figures of Vĩnh Yên and of Lập Thạch, and reports on tasks.
func (g *gate) fill() {
	g.t.Helper()
	inLapThach := g.set.Within(lapThach, "commune")[0].Code
	var lines []string
	for _, unit := range []string{tichSon, lienBao, inLapThach} {
		if r := g.post("reporter", "population", strings.Join(people(unit, 1000), "\n")); r.Code != http.StatusOK {
			g.t.Fatalf("%d %s", r.Code, r.Body)
		}
		lines = append(lines, accounts(unit, "2022-11-18", 300, 200)...)
	}
	if r := g.post("reporter", "observations", strings.Join(lines, "\n")); r.Code != http.StatusOK {
		g.t.Fatalf("%d %s", r.Code, r.Body)
	}
}

// addressOf gives a target for a route of the table, with what its parameters need.
func addressOf(r route) string {
	target := strings.NewReplacer("{id}", "vneid_rate", "{dataset}", "observations", "{set}", "vinhphuc-2022", "{z}", "9", "{x}", "406", "{y}", "225",
		"{code}", tichSon, "{scenes}", "default", "{file}", "main-a1b2c.js").Replace(r.path)
	switch r.doc.id {
	case "search":
		return target + "?q=vinh"
	case "provenance", "history":
		return target + "?indicator=vneid_rate"
	case "breakdown":
		return target + "?by=sex"
	}
	return target
}

// TestRolesByRoute is the matrix of roles and routes, written down apart from the table.
func TestRolesByRoute(t *testing.T) {
	g := closedHouse(t)
	everyRole := []string{"viewer", "analyst", "reporter", "approver", "display", "operator", "scraper"}
	walls := everyRole[:6]
	questions := everyRole[:4:4]
	questions = append(questions, "operator")
	sent := []string{"analyst", "reporter", "approver", "operator"}
	may := map[string][]string{
		"catalog": walls, "units": walls, "boundaries": walls, "values": walls, "profile": walls, "ranking": walls, "distribution": walls, "tasks": walls, "completion": walls,
		"unit": walls, "tile": walls, "topojson": walls, "geojson": walls, "session": walls, "open_session": walls, "events": walls,
		"search": questions, "series": questions, "breakdown": questions, "comparison": questions, "outlook": questions, "population": walls, "sceneFailed": walls,
		"provenance": questions, "history": questions, "publications": questions, "publication": questions, "publishedContent": questions, "rebuilt": questions, "publish": {"approver"}, "obstacles": questions, "submissions": sent, "audit": sent, "quality": sent, "reports": walls, "rejections": sent, "rejectionsTable": sent, "template": questions,
		"ingest": {"reporter", "approver"}, "metrics": {"scraper", "operator"},
		"openapi": nil, "healthz": nil, "readyz": nil, "close_session": nil, // nobody needs a token
	}
	for _, r := range g.routes() {
		roles, written := may[r.doc.id]
		if r.doc == page() {
			written = true
		}
		if !written {
			t.Errorf("%s %s: write down who may", r.method, r.path)
			continue
		}
		if r.doc.id == "events" { // a stream does not end by itself; see TestEventsNeedAToken
			continue
		}
		target := addressOf(r)
		for _, role := range everyRole {
			code := g.do(r.method, target, "", "Authorization", "Bearer "+g.tokens[role], "Content-Type", "application/x-ndjson").Code
			admitted := code != http.StatusUnauthorized && code != http.StatusForbidden
			if role == "approver" && r.doc.id == "ingest" { // admitted; an empty body is refused
				admitted = true
			}
			if want := len(roles) == 0 || slices.Contains(roles, role); admitted != want {
				t.Errorf("%s at %s %s: %d, admitted %v, want %v", role, r.method, target, code, admitted, want)
			}
		}
		bare := g.do(r.method, target, "", "Content-Type", "application/x-ndjson")
		if needs := len(roles) > 0; needs != (bare.Code == http.StatusUnauthorized) {
			t.Errorf("nobody at %s %s: %d", r.method, target, bare.Code)
		}
	}
}

// TestOutsideTheAreaNothingIsSeen asks every question of the table as a caller held to Vĩnh Yên: with units outside
// it is refused, without any the answer knows of no unit outside.
func TestOutsideTheAreaNothingIsSeen(t *testing.T) {
	g := closedHouse(t)
	g.fill()
	outside := map[string]string{} // code > name
	for _, u := range g.set.Units("") {
		if !g.set.Contains(vinhYen, u.Code) {
			outside[u.Code] = u.FullName
		}
	}
	for _, r := range g.routes() {
		if r.method != http.MethodGet || r.access == anyone || r.doc.id == "events" || r.reach != narrowed {
			continue
		}
		who := "viewer of Vĩnh Yên"
		if !slices.Contains(admits[r.access], callers.Viewer) {
			continue // submissions: TestSubmissionsAreTheSendersOwn
		}
		target := addressOf(r)
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		for _, name := range []string{"unit", "within"} {
			takes := strings.Fields(r.takes)
			if !slices.Contains(takes, name) && (name != "unit" || !slices.Contains(takes, "units")) {
				continue
			}
			for _, code := range []string{lapThach, "26"} { // a neighbour, and the province above
				answer := g.as(who, target+separator+name+"="+code)
				wantProblem(t, answer, http.StatusForbidden, "outside_area", name)
			}
			if slices.Contains(takes, "units") && name == "unit" {
				wantProblem(t, g.as(who, target+separator+"unit="+tichSon+","+lapThach), http.StatusForbidden, "outside_area", "unit")
			}
		}
		answer := g.as(who, target)
		if answer.Code != http.StatusOK {
			t.Errorf("%s: %d %s", target, answer.Code, answer.Body)
			continue
		}
		for code, name := range outside {
			named := name != "" && strings.Contains(answer.Body.String(), name)
			if r.doc.id == "catalog" || r.doc.id == "search" { // texts of the programme, and the unit above a hit: names, no figures
				named = false
			}
			if named || mentionsUnit(t, answer.Body.Bytes(), code) {
				t.Errorf("%s tells of %s %s", target, code, name)
			}
		}
	}
	wantProblem(t, g.as("viewer of Vĩnh Yên", "/api/v1/completion?by=agency"), http.StatusForbidden, "outside_area", "by")
}

// mentionsUnit looks for a code where units stand in answers.
func mentionsUnit(t *testing.T, body []byte, code string) bool {
	t.Helper()
	var tree any
	if err := json.Unmarshal(body, &tree); err != nil {
		t.Fatal(err)
	}
	var found func(any) bool
	found = func(v any) bool {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				text, _ := value.(string)
				if slices.Contains([]string{"unit", "code", "parent", "root"}, key) && text == code || key == "assignee" && text == "unit:"+code || key == "id" && text == code && v["kind"] == "unit" || found(value) {
					return true
				}
			}
		case []any:
			return slices.ContainsFunc(v, found)
		}
		return false
	}
	return found(tree)
}

// TestAreasAnswerWithTheirOwn: what lies inside is whole and the same as for everybody.
func TestAreasAnswerWithTheirOwn(t *testing.T) {
	g := closedHouse(t)
	g.fill()
	const target = "/api/v1/indicators/vneid_rate/values?unit=" + vinhYen
	all, own := decode[valuesBody](t, g.as("viewer", target)), decode[valuesBody](t, g.as("viewer of Vĩnh Yên", target))
	if len(own.Data) != 1 || own.Data[0].Value == nil || *own.Data[0].Value != *all.Data[0].Value {
		t.Errorf("%+v, for everybody %+v", own.Data, all.Data)
	}
	communes := decode[valuesBody](t, g.as("viewer of Vĩnh Yên", "/api/v1/indicators/vneid_rate/values"))
	if want := len(g.set.Within(vinhYen, "commune")); len(communes.Data) != want {
		t.Errorf("%d communes, want %d", len(communes.Data), want)
	}
	ranked := decode[valuesBody](t, g.as("viewer of Vĩnh Yên", "/api/v1/indicators/vneid_rate/ranking"))
	if ranked.Data[0].RankOf != 2 { // of three with a value in the province
		t.Errorf("ranked among %d", ranked.Data[0].RankOf)
	}
	several := decode[valuesBody](t, g.as("analyst of Tam Đảo", "/api/v1/indicators/vneid_rate/values?level=district"))
	if len(several.Data) != 2 {
		t.Errorf("the districts of an area of two: %+v", several.Data)
	}
	none := decode[valuesBody](t, g.as("viewer of Vĩnh Yên", "/api/v1/indicators/vneid_rate/values?level=province"))
	if len(none.Data) != 0 {
		t.Errorf("above the area: %+v", none.Data)
	}
	var programme struct{ Data struct{ Root string } }
	if err := json.Unmarshal(g.as("viewer of Vĩnh Yên", "/api/v1/catalog").Body.Bytes(), &programme); err != nil || programme.Data.Root != vinhYen {
		t.Errorf("the territory begins at %q, %v", programme.Data.Root, err)
	}
}

// TestNoAnswerIsTakenForAnothers: whoever sends the tag of a caller of another scope gets an answer of its own, and no
// shared cache keeps any.
func TestNoAnswerIsTakenForAnothers(t *testing.T) {
	g := closedHouse(t)
	g.fill()
	everybody := []string{"viewer", "analyst", "viewer of Vĩnh Yên", "analyst of Tam Đảo", "reporter"}
	for _, target := range []string{"/api/v1/indicators/vneid_rate/values", "/api/v1/catalog", "/api/v1/units", "/api/v1/tasks"} {
		for _, first := range everybody {
			answer := g.as(first, target)
			tag := answer.Header().Get("ETag")
			if answer.Code != http.StatusOK || tag == "" {
				t.Fatalf("%s at %s: %d", first, target, answer.Code)
			}
			if kept := answer.Header().Get("Cache-Control"); !strings.HasPrefix(kept, "private, ") {
				t.Errorf("%s may be kept for others: %q", target, kept)
			}
			if vary := strings.Join(answer.Header().Values("Vary"), ", "); !strings.Contains(vary, "Authorization") || !strings.Contains(vary, "Cookie") {
				t.Errorf("%s varies by %q", target, vary)
			}
			for _, second := range everybody {
				again := g.as(second, target, "If-None-Match", tag)
				if want := first == second; want != (again.Code == http.StatusNotModified) {
					t.Errorf("%s sends the tag of %s to %s: %d", second, first, target, again.Code)
				}
			}
		}
	}
	target := "/tiles/vinhphuc-2022/9/406/225.mvt?v=" + g.set.Version()
	for _, way := range [][]string{{"Accept-Encoding", "gzip"}, {}} { // ahead of the router, by the router
		tile := g.as("viewer", target, way...)
		kept, vary := tile.Header().Get("Cache-Control"), strings.Join(tile.Header().Values("Vary"), ", ")
		if !strings.HasPrefix(kept, "private, max-age=") || vary != "Authorization, Cookie, Accept-Encoding" {
			t.Errorf("a tile is kept by %q and varies by %q", kept, vary)
		}
		if refused := g.get(target, way...); refused.Code != http.StatusUnauthorized {
			t.Errorf("a tile without a token: %d", refused.Code)
		}
	}
}

// Who is held to an area is told who has reported about its units alone, and is refused the others.
func TestReportsKeepToTheArea(t *testing.T) {
	g := closedHouse(t)
	g.fill()
	r := g.as("Tích Sơn", "/api/v1/reports?period=2022-11")
	body := decode[struct {
		Data struct {
			Total    struct{ Expected, Received int }
			Units    []struct{ Unit string }
			Agencies []struct{ Units int }
		}
	}](t, r)
	if len(body.Data.Units) != 1 || body.Data.Units[0].Unit != tichSon || body.Data.Total.Received == 0 || len(body.Data.Agencies) == 0 {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	for _, agency := range body.Data.Agencies {
		if agency.Units != 1 {
			t.Errorf("it is told of %d units", agency.Units)
		}
	}
	wantProblem(t, g.as("Tích Sơn", "/api/v1/reports?unit="+lienBao), http.StatusForbidden, "outside_area", "unit")
	wantProblem(t, g.as("Tích Sơn", "/api/v1/reports?unit="+vinhYen), http.StatusForbidden, "outside_area", "unit")
}

// Who is held to an area is told of the reports of its units alone.
func TestQualityKeepsToTheArea(t *testing.T) {
	g := closedHouse(t)
	g.fill()
	r := g.as("Tích Sơn", "/api/v1/quality?period=2022-11")
	body := decode[struct {
		Data struct {
			Measures []struct {
				Coverage struct{ Reported, Expected int }
				Missing  []struct{ Unit string } `json:"missing_units"`
			}
		}
	}](t, r)
	if len(body.Data.Measures) == 0 {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	for _, m := range body.Data.Measures {
		for _, unit := range m.Missing {
			if unit.Unit != tichSon {
				t.Errorf("it is told of %s", unit.Unit)
			}
		}
		if m.Coverage.Expected > 1 {
			t.Errorf("it is told of %d units", m.Coverage.Expected)
		}
	}
}
