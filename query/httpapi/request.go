package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/golang-sql/civil"
	"golang.org/x/text/language"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// request is what a handler sees: parameters by name, already known to be allowed,
// single and short enough. Reading a malformed one remembers the first fault; the
// handler looks at err once, after it has read all.
type request struct {
	lang   string    // "vi" or "en"
	now    time.Time // programme time in the catalogue's zone
	path   func(name string) string
	query  map[string]string
	header http.Header
	caller *callers.Caller // nil where no token is needed
	set    string          // the boundary set in use
	fault  error
}

// err is the first fault met while reading.
func (r *request) err() error { return r.fault }

func (r *request) refuse(p *problem) {
	if r.fault == nil {
		r.fault = p
	}
}

// text gives a query parameter, "" when absent.
func (r *request) text(name string) string { return r.query[name] }

// flag gives a parameter that is 0 or 1.
func (r *request) flag(name string) bool {
	switch r.query[name] {
	case "1":
		return true
	case "", "0":
	default:
		r.refuse(invalidParameter(name, "Cần 0 hoặc 1.", "0 or 1 is needed."))
	}
	return false
}

// list gives the parts of a comma-separated parameter.
func (r *request) list(name string) []string {
	if r.query[name] == "" {
		return nil
	}
	return strings.Split(r.query[name], ",")
}

// number gives a whole number between least and most, or the default when absent.
func (r *request) number(name string, least, most, missing int) int {
	text, given := r.query[name]
	if !given {
		return missing
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		r.refuse(invalidParameter(name, fmt.Sprintf("Cần một số nguyên từ %d đến %d.", least, most), fmt.Sprintf("A whole number from %d to %d is needed.", least, most)))
	}
	return n
}

// page reads which part of a list is asked for, all of it when nothing is said.
func (r *request) page() query.Page {
	return query.Page{Limit: r.number("limit", 1, maxPart, 0), Cursor: r.text("cursor")}
}

// period gives a period, the zero one when absent.
func (r *request) period(name string) catalog.Period {
	text, given := r.query[name]
	if !given {
		return catalog.Period{}
	}
	p, err := catalog.ParsePeriod(text)
	if err != nil {
		r.refuse(badRequest("invalid_period", name, "Kỳ không hợp lệ.", "This is not a period.").
			with("Viết 2022-11-20, 2022-11, 2022-Q4, 2022-H2, 2022, hoặc s2022-11 cho kỳ báo cáo.", "Write 2022-11-20, 2022-11, 2022-Q4, 2022-H2, 2022, or s2022-11 for a reporting period."))
	}
	return p
}

// date gives a civil day, the zero one when absent.
func (r *request) date(name string) civil.Date {
	text, given := r.query[name]
	if !given {
		return civil.Date{}
	}
	d, err := civil.ParseDate(text)
	if err != nil || !d.IsValid() {
		r.refuse(badRequest("invalid_date", name, "Ngày không hợp lệ.", "This is not a day.").with("Viết 2022-11-20.", "Write 2022-11-20."))
	}
	return d
}

// asOf gives the instant of as_of, zero when absent. A day means its end: everything
// that became known on it counts. Years before the calendar's first are refused: the
// first instant of year 1 is the zero time, and would be answered with the present.
func (r *request) asOf() time.Time {
	text, given := r.query["as_of"]
	if !given {
		return time.Time{}
	}
	if instant, err := time.Parse(time.RFC3339, strings.Replace(text, " ", "+", 1)); err == nil && instant.Year() >= catalog.FirstYear { // a + in a query may arrive as a space
		return instant
	}
	d, err := civil.ParseDate(text)
	if err != nil || !d.IsValid() || d.Year < catalog.FirstYear {
		r.refuse(badRequest("invalid_as_of", "as_of", "Thời điểm không hợp lệ.", "This is not an instant.").
			with("Viết 2022-11-20 hoặc 2022-11-20T09:30:00+07:00.", "Write 2022-11-20 or 2022-11-20T09:30:00+07:00."))
		return time.Time{}
	}
	end := d.AddDays(1).In(r.now.Location()).Add(-time.Millisecond)
	if end.After(r.now) && civil.DateOf(r.now) == d { // the end of today is now
		return r.now
	}
	return end
}

// asked reads what every question about an indicator has in common.
func (r *request) asked() query.Asked {
	return query.Asked{Indicator: r.path("id"), Period: r.period("period"), AsOf: r.asOf(), Boundaries: r.text("boundaries")}
}

// scope reads which units are asked. For a caller held to an area they must lie inside, and without any they are
// those of the level that do.
func (r *request) scope() query.Scope {
	scope := query.Scope{Units: r.list("unit"), Within: r.text("within"), Level: r.text("level"), Area: r.area()}
	for _, code := range scope.Units {
		if !scope.Area.Holds(r.boundaries(), code) {
			r.refuse(outsideArea("unit"))
		}
	}
	if scope.Within != "" && !scope.Area.Holds(r.boundaries(), scope.Within) {
		r.refuse(outsideArea("within"))
	}
	return scope
}

func invalidParameter(name, vi, en string) *problem {
	return badRequest("invalid_parameter", name, vi, en)
}

// read checks the parameters of a request against what its route takes.
func (s *Server) read(c *gin.Context, takes []*param) (*request, error) {
	r := &request{lang: languageOf(c), now: s.programmeNow(), path: c.Param, header: c.Request.Header, caller: callerOf(c), set: s.deps.Set.Info().ID}
	if c.Request.URL.RawQuery == "" {
		return r, nil
	}
	r.query = map[string]string{}
	if len(c.Request.URL.RawQuery) > s.cfg.MaxQuery {
		return r, newProblem(http.StatusRequestURITooLong, "query_too_long", "Chuỗi truy vấn quá dài.", "The query string is too long.").
			with(fmt.Sprintf("Tối đa %d byte; hỏi làm nhiều lần.", s.cfg.MaxQuery), fmt.Sprintf("At most %d bytes; ask in several requests.", s.cfg.MaxQuery))
	}
	given, err := parseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return r, err
	}
	for name, values := range given {
		if err := checkParameter(name, values, takes); err != nil {
			return r, err
		}
		r.query[name] = values[0]
	}
	if lang, given := r.query["lang"]; given && lang != "vi" && lang != "en" {
		return r, invalidParameter("lang", "Ngôn ngữ là vi hoặc en.", "The language is vi or en.")
	}
	return r, nil
}

// parseQuery takes a query string apart, refusing what is not well-formed text.
func parseQuery(raw string) (url.Values, error) {
	given, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badRequest("malformed_query", malformedIn(raw), "Chuỗi truy vấn sai cú pháp.", "The query string is malformed.").
			with("Viết ten=giatri&ten=giatri, mã hoá ký tự đặc biệt bằng %.", "Write name=value&name=value with special characters percent-encoded.")
	}
	for name, values := range given {
		for _, text := range append(values, name) {
			if !isText(text) {
				return nil, badRequest("malformed_query", textOrNone(name), "Chuỗi truy vấn có ký tự không hợp lệ.", "The query string holds characters that are not text.").
					with("Viết bằng UTF-8, không có ký tự điều khiển.", "Write UTF-8 without control characters.")
			}
		}
	}
	return given, nil
}

func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// textOrNone keeps what is no text out of a problem, and what is long short.
func textOrNone(name string) string {
	if !isText(name) {
		return ""
	}
	return clip(name, 40)
}

// malformedIn names the parameter that cannot be read, "" when its name cannot be either.
func malformedIn(raw string) string {
	for part := range strings.SplitSeq(raw, "&") {
		if _, err := url.ParseQuery(part); err == nil {
			continue
		}
		name, _, _ := strings.Cut(part, "=")
		if name, err := url.QueryUnescape(name); err == nil {
			return textOrNone(name)
		}
		return ""
	}
	return ""
}

// clip shortens a text to at most n bytes without cutting a character.
func clip(text string, n int) string {
	for len(text) > n {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// checkParameter refuses a parameter the route does not take, or that is given twice,
// is empty, too long or not text.
func checkParameter(name string, values []string, takes []*param) error {
	i := slices.IndexFunc(takes, func(p *param) bool { return p.in == "query" && p.name == name })
	switch {
	case i < 0:
		return unknownParameter(name, takes)
	case len(values) > 1:
		return badRequest("duplicate_parameter", name, "Tham số được ghi nhiều lần.", "The parameter is given more than once.")
	case values[0] == "":
		return invalidParameter(name, "Tham số để trống; hãy bỏ hẳn tham số này.", "The parameter is empty; leave it out instead.")
	case len(values[0]) > takes[i].longest:
		return invalidParameter(name, fmt.Sprintf("Tham số dài quá %d byte.", takes[i].longest), fmt.Sprintf("The parameter is longer than %d bytes.", takes[i].longest))
	}
	return nil
}

// unknownParameter names what the route does take, the likeliest first. The unknown
// name itself is repeated only as far as it is harmless.
func unknownParameter(name string, takes []*param) *problem {
	var names []string
	for _, p := range takes {
		if p.in == "query" {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	p := badRequest("unknown_parameter", clip(name, 40), "Địa chỉ này không có tham số như vậy.", "This address takes no such parameter.")
	if near := catalog.Nearest(name, names); near != "" {
		return p.with("Có phải bạn muốn dùng “"+near+"”?", "Did you mean “"+near+"”?")
	}
	all := strings.Join(names, ", ")
	if all == "" {
		return p.with("Không dùng tham số nào.", "It takes none.")
	}
	return p.with("Các tham số: "+all+".", "It takes: "+all+".")
}

// languages are those of the page, the fallback first.
var languages = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// languageOf chooses the language of an answer: lang=, else Accept-Language, else
// Vietnamese. It looks at the raw query, as a failure may come before its check.
func languageOf(c *gin.Context) string {
	if c.Request.URL.RawQuery != "" {
		switch lang := c.Query("lang"); lang {
		case "vi", "en":
			return lang
		}
	}
	wanted := c.GetHeader("Accept-Language")
	if wanted == "" {
		return "vi"
	}
	if _, i := language.MatchStrings(languages, wanted); i == 1 {
		return "en"
	}
	return "vi"
}
