package httpapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
	"github.com/toancanh/toancanh/query/httpapi/callers"
	"github.com/toancanh/toancanh/query/httpapi/publications"
)

// withPublications gives a house a store for what it publishes.
func withPublications(t *testing.T) (*gate, *callers.Audit) {
	var audit *callers.Audit
	g := closedHouse(t, func(_ *Config, d *Deps) {
		conn := warehousetest.New(t)
		audit = callers.NewAudit(conn, time.Now)
		d.Audit, d.Publications = audit, publications.NewStore(conn)
	})
	return g, audit
}

const draft = `{"name":"2022-11-20","title":{"vi":"Báo cáo tuần","en":"Weekly report"},"questions":[
	"indicators/vneid_rate/values?period=2022-11","indicators/vneid_rate/ranking?level=district","population?unit=243","completion?level=province","provenance?indicator=vneid_rate&unit=08707"]%s}`

type publicationBody struct{ Data publications.Publication }

type rebuiltBody struct{ Data rebuiltView }

// publish posts a draft with a caller's token.
func (g *gate) publish(who, body string) *httptest.ResponseRecorder {
	return g.do(http.MethodPost, "/api/v1/publications", body, "Content-Type", "application/json", "Authorization", "Bearer "+g.tokens[who])
}

// What was published is made again from the rows, after corrections, late rows and
// retractions, and is the same to the last byte.
func TestPublicationsAreRebuiltFromTheRows(t *testing.T) {
	g, audit := withPublications(t)
	g.fill()
	g.later.Store(int64(time.Hour))
	made := g.publish("approver", fmt.Sprintf(draft, ""))
	if made.Code != http.StatusCreated || made.Header().Get("Location") != "/api/v1/publications/2022-11-20" {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	p := decode[publicationBody](t, made).Data
	if p.Pins.Boundaries != "vinhphuc-2022" || p.Pins.Catalogue != g.catalog.Version || p.Caller != g.ids["approver"] || len(p.Questions) != 5 {
		t.Errorf("published %+v", p)
	}
	content := g.as("viewer", "/api/v1/publications/2022-11-20/content")
	if publications.Digest(content.Body.Bytes()) != p.SHA256 || content.Header().Get("ETag") != `"`+p.SHA256+`"` || uint64(content.Body.Len()) != p.Bytes {
		t.Errorf("content is not what was published: %s", content.Header())
	}
	if !strings.Contains(content.Body.String(), `"value":50,"numerator":500,"denominator":1000`) { // 300 women and 200 men of 1000
		t.Errorf("content is\n%s", content.Body)
	}

	values := "/api/v1/indicators/vneid_rate/values?unit=" + tichSon
	before := *decode[valuesBody](t, g.as("viewer", values)).Data[0].Value
	for _, lines := range [][]string{
		accounts(tichSon, "2022-11-18", 400, 300), // a correction
		accounts(lienBao, "2022-11-17", 1, 1),     // a late row
		{strings.Replace(accounts(lienBao, "2022-11-18", 0, 0)[0], `"value":0`, `"retract":true`, 1)},
	} {
		if r := g.post("reporter", "observations", strings.Join(lines, "\n")); r.Code != http.StatusOK {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
	}
	if after := *decode[valuesBody](t, g.as("viewer", values)).Data[0].Value; after == before {
		t.Fatalf("the correction changed nothing: %v", after)
	}
	g.later.Store(int64(50 * time.Hour))
	again := decode[rebuiltBody](t, g.as("viewer", "/api/v1/publications/2022-11-20/rebuilt")).Data
	if !again.Same || again.SHA256 != p.SHA256 || len(again.Differing)+len(again.Pins) != 0 {
		t.Errorf("rebuilt it is %+v", again)
	}
	next := decode[publicationBody](t, g.publish("approver", strings.Replace(fmt.Sprintf(draft, ""), `"2022-11-20"`, `"2022-11-22"`, 1))).Data
	if next.SHA256 == p.SHA256 || next.Questions[0].SHA256 == p.Questions[0].SHA256 {
		t.Error("what was published after the corrections is the same")
	}
	list := decode[struct {
		Data []publications.Publication
		Meta struct {
			NextCursor string `json:"next_cursor"`
		}
	}](t, g.as("viewer", "/api/v1/publications?limit=1"))
	if len(list.Data) != 1 || list.Data[0].Name != "2022-11-22" || !strings.HasSuffix(list.Meta.NextCursor, "-2022-11-22") {
		t.Errorf("listed %+v", list)
	}
	entries, err := audit.List(t.Context(), callers.Filter{Action: callers.PublicationMade})
	if err != nil || len(entries) != 2 || entries[1].Subject != "2022-11-20" || entries[1].Caller != g.ids["approver"] || entries[1].Details["sha256"] != p.SHA256 {
		t.Errorf("recorded %+v, %v", entries, err)
	}
}

// Publishing changes no data version: whoever looked at the list before sees what was published since.
func TestListedPublicationsAreNeverStale(t *testing.T) {
	g, _ := withPublications(t)
	g.fill()
	g.later.Store(int64(time.Hour))
	before := g.as("viewer", "/api/v1/publications")
	if made := g.publish("approver", fmt.Sprintf(draft, "")); made.Code != http.StatusCreated {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	after := g.as("viewer", "/api/v1/publications", "If-None-Match", before.Header().Get("ETag"))
	if after.Code != http.StatusOK || !strings.Contains(after.Body.String(), `"2022-11-20"`) {
		t.Errorf("after publishing the list is %d %s", after.Code, after.Body)
	}
}

// A publication on the units of 2025 pins the crosswalks it was carried by.
func TestPublicationsPinTheCrosswalk(t *testing.T) {
	g, _ := withPublications(t)
	g.fill()
	g.later.Store(int64(time.Hour))
	p := decode[publicationBody](t, g.publish("approver", `{"name":"carried","title":{"vi":"a"},"boundaries":"phutho-2025","questions":["indicators/vneid_rate/values","tasks?unit=08707"]}`)).Data
	if p.Pins.Boundaries != "phutho-2025" || len(p.Pins.Crosswalk) != 16 {
		t.Errorf("pins are %+v", p.Pins)
	}
	lines := bufio.NewScanner(bytes.NewReader(g.as("viewer", "/api/v1/publications/carried/content").Body.Bytes()))
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		var line struct {
			Question string
			Meta     struct{ Boundaries string }
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || n > 0 && line.Meta.Boundaries != "phutho-2025" {
			t.Errorf("line %d is %+v, %v", n, line, err)
		}
	}
}

func TestPublicationsAreChecked(t *testing.T) {
	g, _ := withPublications(t)
	g.later.Store(int64(time.Hour))
	one := func(question string) string {
		return fmt.Sprintf(`{"name":"a","title":{"vi":"a"},"questions":[%q]}`, question)
	}
	for _, tt := range []struct {
		body   string
		status int
		code   string
		field  string
	}{
		{`{`, 400, "malformed_body", ""},
		{`{"name":"a","titel":{}}`, 400, "malformed_body", ""},
		{one("completion") + `{}`, 400, "malformed_body", ""},
		{`{"name":"Quý 3","title":{"vi":"a"},"questions":["completion"]}`, 400, "invalid_draft", "name"},
		{`{"name":"a","questions":["completion"]}`, 400, "invalid_draft", "title"},
		{`{"name":"a","title":{"vi":"a"},"questions":[]}`, 400, "invalid_draft", "questions"},
		{`{"name":"a","title":{"vi":"a"},"as_of":"2022-11-20T10:30:00+07:00","questions":["completion"]}`, 400, "as_of_too_recent", "as_of"},
		{`{"name":"a","title":{"vi":"a"},"boundaries":"hanoi","questions":["completion"]}`, 404, "unknown_boundaries", "boundaries"},
		{one("catalog"), 400, "no_question", "questions"},
		{one("submissions"), 400, "no_question", "questions"},
		{one("../../metrics"), 400, "no_question", "questions"},
		{one("completion?as_of=2022-11-01"), 400, "pinned_parameter", "questions"},
		{one("completion?levl=district"), 400, "unknown_parameter", "questions"},
		{one("indicators/nothing/values"), 404, "unknown_indicator", "questions"},
		{`{"name":"` + strings.Repeat("a", maxDraft) + `"}`, 413, "draft_too_long", ""},
	} {
		wantProblem(t, g.publish("approver", tt.body), tt.status, tt.code, tt.field)
	}
	if r := g.publish("approver", one("completion")); r.Code != http.StatusCreated {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	wantProblem(t, g.publish("approver", one("completion")), 409, "name_taken", "name")
	wantProblem(t, g.as("viewer", "/api/v1/publications/b"), 404, "unknown_publication", "")
	wantProblem(t, g.as("viewer", "/api/v1/publications/b/content"), 404, "unknown_publication", "")
	wantProblem(t, g.as("viewer of Vĩnh Yên", "/api/v1/publications"), 403, "outside_area", "")
	wantProblem(t, g.as("viewer", "/api/v1/publications?cursor=x"), 400, "unknown_cursor", "cursor")
}

type publicationList struct {
	Data []publications.Publication
	Meta struct {
		NextCursor string `json:"next_cursor"`
	}
}

// The pages of a list are the list, also when somebody publishes while it is read, and two
// publications are of one instant.
func TestPublicationsByPages(t *testing.T) {
	g, _ := withPublications(t)
	g.fill()
	g.later.Store(int64(time.Hour))
	publish := func(name string) {
		if r := g.publish("approver", `{"name":"`+name+`","title":{"vi":"a"},"questions":["completion?level=province"]}`); r.Code != http.StatusCreated {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
	}
	for i, name := range []string{"b", "a", "d-1", "c", "e"} {
		g.later.Store(int64(time.Hour + time.Duration(i/2)*time.Minute))
		publish(name)
	}
	whole := decode[publicationList](t, g.as("viewer", "/api/v1/publications"))
	var want, got []string
	for _, p := range whole.Data {
		want = append(want, p.Name)
	}
	if !slices.Equal(want, []string{"e", "c", "d-1", "a", "b"}) || whole.Meta.NextCursor != "" {
		t.Errorf("listed %q, next %q", want, whole.Meta.NextCursor)
	}
	for target := "/api/v1/publications?limit=2"; ; {
		page := decode[publicationList](t, g.as("viewer", target))
		for _, p := range page.Data {
			got = append(got, p.Name)
		}
		if page.Meta.NextCursor == "" {
			break
		}
		target = "/api/v1/publications?limit=2&cursor=" + page.Meta.NextCursor
		g.later.Add(int64(time.Minute))
		publish(fmt.Sprintf("later-%d", len(got)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages have %q, the list %q", got, want)
	}
	page := decode[publicationList](t, g.as("viewer", "/api/v1/publications?limit=1"))
	if page.Data[0].Name != "later-4" {
		t.Errorf("the newest is %s: a list is never an old one", page.Data[0].Name)
	}
	for _, cursor := range []string{"x", "1", "-1", "1668912345000-a", "1668912345000-1f", strings.Replace(page.Meta.NextCursor, "later-4", "a", 1), page.Meta.NextCursor + "0"} {
		wantProblem(t, g.as("viewer", "/api/v1/publications?cursor="+cursor), 400, "unknown_cursor", "cursor")
	}
}

// The command line makes and compares what the server does, byte for byte, and says what
// differs when rows are gone.
func TestPressIsTheServer(t *testing.T) {
	g, audit := withPublications(t)
	g.fill()
	g.later.Store(int64(time.Hour))
	byServer := decode[publicationBody](t, g.publish("approver", fmt.Sprintf(draft, ""))).Data
	store := publications.NewStore(warehousetest.New(t))
	press, err := NewPress(Deps{Catalog: g.catalog, Set: g.set, Query: g.deps.Query, Publications: store, Audit: audit, Now: g.Server.now})
	if err != nil {
		t.Fatal(err)
	}
	again, err := press.Rebuild(t.Context(), byServer.Name)
	if err != nil || !again.Same || again.SHA256 != byServer.SHA256 {
		t.Errorf("rebuilt %+v, %v", again, err)
	}
	var paths []string
	for _, q := range byServer.Questions {
		paths = append(paths, q.Path)
	}
	made, err := press.Make(t.Context(), publications.Draft{Name: "by-hand", Title: byServer.Title, AsOf: byServer.Pins.AsOf, Boundaries: byServer.Pins.Boundaries, Questions: paths}, callers.Who{Caller: callers.Console})
	if err != nil || made.SHA256 != byServer.SHA256 || made.Caller != callers.Console {
		t.Errorf("made %+v, %v", made, err)
	}
	if entries, err := audit.List(t.Context(), callers.Filter{Action: callers.PublicationMade, Caller: callers.Console}); err != nil || len(entries) != 1 || entries[0].Subject != "by-hand" {
		t.Errorf("recorded %+v, %v", entries, err)
	}
	if err := warehousetest.New(t).Exec(t.Context(), "ALTER TABLE observations DELETE WHERE measure = 'vneid_activated' SETTINGS mutations_sync = 1"); err != nil {
		t.Fatal(err)
	}
	g.deps.Query.Applied(g.deps.Query.Version()+1, []string{"vneid_activated"}, false)
	again, err = press.Rebuild(t.Context(), "by-hand")
	if err != nil || again.Same || len(again.Pins) != 0 || !slices.Equal(again.Differing, []string{paths[0], paths[1], paths[4]}) {
		t.Errorf("rebuilt without the accounts %+v, %v", again, err)
	}
	_, err = press.Make(t.Context(), publications.Draft{Name: "c", Title: byServer.Title, Questions: []string{"indicators/vneid_rat/values"}}, callers.Who{Caller: callers.Console})
	if want := "questions: indicators/vneid_rat/values: there is no such indicator (Did you mean “vneid_rate”?)"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}
