package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/toancanh/toancanh/query/catalog"
)

func TestParametersAreChecked(t *testing.T) {
	h := emptyHouse(t)
	for _, tt := range []struct{ name, target, code, field, hint string }{
		{"unknown, nearly right", "/api/v1/units?levle=commune", "unknown_parameter", "levle", "“level”"},
		{"unknown, far from all", "/api/v1/units?colour=red", "unknown_parameter", "colour", "boundaries, cursor, date, lang, level, limit, min_version, within"},
		{"of another route", "/api/v1/boundaries?period=2022-11", "unknown_parameter", "period", ""},
		{"twice", "/api/v1/units?level=commune&level=district", "duplicate_parameter", "level", ""},
		{"empty", "/api/v1/units?level=", "invalid_parameter", "level", ""},
		{"too long", "/api/v1/units?level=" + strings.Repeat("x", 33), "invalid_parameter", "level", ""},
		{"not UTF-8", "/api/v1/units?level=%ff", "malformed_query", "level", "UTF-8"},
		{"control character", "/api/v1/units?level=a%00b", "malformed_query", "level", ""},
		{"broken escape", "/api/v1/units?level=%zz", "malformed_query", "level", "%"},
		{"unknown language", "/api/v1/units?lang=fr", "invalid_parameter", "lang", ""},
		{"unknown level", "/api/v1/units?level=comune", "unknown_level", "level", "“commune”"},
		{"min_version is no number", "/api/v1/units?min_version=-1", "invalid_parameter", "min_version", ""},
		{"period", "/api/v1/indicators/vneid_rate/values?period=2022-13", "invalid_period", "period", "2022-11"},
		{"as_of", "/api/v1/indicators/vneid_rate/values?as_of=yesterday", "invalid_as_of", "as_of", ""},
		{"as_of that would mean the present", "/api/v1/completion?as_of=0001-01-01T00:00:00Z", "invalid_as_of", "as_of", ""},
		{"as_of before the calendar", "/api/v1/completion?as_of=1899-12-31", "invalid_as_of", "as_of", ""},
		{"date", "/api/v1/completion?date=2022-02-30", "invalid_date", "date", ""},
		{"date and period", "/api/v1/population?date=2022-02-03&period=2022-02", "contradiction", "date", ""},
		{"limit", "/api/v1/submissions?limit=0", "invalid_parameter", "limit", ""},
		{"limit of a page", "/api/v1/submissions?limit=501", "invalid_parameter", "limit", ""},
		{"limit of a search", "/api/v1/search?q=tam&limit=101", "invalid_parameter", "limit", ""},
		{"by", "/api/v1/completion?by=sex", "invalid_parameter", "by", ""},
		{"agencies in a unit", "/api/v1/completion?by=agency&within=249", "contradiction", "within", ""},
		{"agencies of a level", "/api/v1/completion?by=agency&level=district", "contradiction", "level", ""},
		{"ends of two kinds", "/api/v1/indicators/vneid_rate/series?from=2022-01&to=2022-Q2", "mixed_periods", "to", "kind="},
		{"nothing to look for", "/api/v1/search", "missing_parameter", "q", ""},
		{"provenance of nothing", "/api/v1/provenance?unit=249", "missing_parameter", "indicator", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := wantProblem(t, h.get(tt.target), http.StatusBadRequest, tt.code, tt.field)
			if !strings.Contains(p.Hint, tt.hint) {
				t.Errorf("hint %q does not say %q", p.Hint, tt.hint)
			}
		})
	}
}

func TestTooLongAddressIsRefused(t *testing.T) {
	wantProblem(t, emptyHouse(t).get("/api/v1/units?level="+strings.Repeat("x", 9000)), http.StatusRequestURITooLong, "query_too_long", "")
}

func TestLanguageOfProblems(t *testing.T) {
	h := emptyHouse(t)
	for _, tt := range []struct{ name, target, accept, title string }{
		{"Vietnamese by default", "/api/v1/units?x=1", "", "Yêu cầu không hợp lệ"},
		{"by parameter", "/api/v1/units?x=1&lang=en", "vi", "The request cannot be understood"},
		{"by header", "/api/v1/units?x=1", "en-GB,en;q=0.8", "The request cannot be understood"},
		{"header prefers Vietnamese", "/api/v1/units?x=1", "vi,en;q=0.5", "Yêu cầu không hợp lệ"},
		{"a language there is not", "/api/v1/units?x=1", "ja", "Yêu cầu không hợp lệ"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := h.get(tt.target, "Accept-Language", tt.accept)
			if p := wantProblem(t, r, http.StatusBadRequest, "unknown_parameter", "x"); p.Title != tt.title {
				t.Errorf("title is %q", p.Title)
			}
		})
	}
}

func TestAsOf(t *testing.T) {
	zone := time.FixedZone("+07", 7*3600)
	for _, tt := range []struct{ name, text, want string }{
		{"an instant", "2022-10-01T12:00:00+07:00", "2022-10-01T12:00:00+07:00"},
		{"a plus read as a space", "2022-10-01T12:00:00 07:00", "2022-10-01T12:00:00+07:00"},
		{"a day means its end", "2022-10-01", "2022-10-01T23:59:59.999+07:00"},
		{"today means now", "2022-11-20", "2022-11-20T09:30:00+07:00"},
		{"a day to come stays in the future", "2022-11-21", "2022-11-21T23:59:59.999+07:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &request{now: programmeTime.In(zone), query: map[string]string{"as_of": tt.text}}
			want, err := time.Parse(time.RFC3339Nano, tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.asOf(); !got.Equal(want) || r.err() != nil {
				t.Errorf("got %v, %v", got, r.err())
			}
		})
	}
}

func TestKindOfSeries(t *testing.T) {
	at := func(text string) catalog.Period {
		if text == "" {
			return catalog.Period{}
		}
		p, err := catalog.ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, tt := range []struct {
		name, kind, from, to string
		want                 catalog.PeriodKind
	}{
		{"left to the indicator", "", "", "", ""},
		{"months", "", "2022-01", "2022-11", catalog.Month},
		{"one end", "", "", "s2022-Q1", catalog.StatutoryQuarter},
		{"days only bound it", "", "2022-01-01", "2022-11-20", ""},
		{"a day and a month", "", "2022-01-01", "2022-11", catalog.Month},
		{"asked outright", "day", "2022-10", "2022-11", catalog.Day},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &request{query: map[string]string{}}
			if tt.kind != "" {
				r.query["kind"] = tt.kind
			}
			if got := r.kindOfSeries(at(tt.from), at(tt.to)); got != tt.want || r.err() != nil {
				t.Errorf("got %q, %v", got, r.err())
			}
		})
	}
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{{"abc", 5, "abc"}, {"abcdef", 3, "abc"}, {"ếế", 4, "ế"}, {"", 0, ""}} {
		if got := clip(tt.text, tt.n); got != tt.want {
			t.Errorf("clip(%q, %d) = %q", tt.text, tt.n, got)
		}
	}
}
