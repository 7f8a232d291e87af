package httpapi

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/query"
	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// access says which callers may use a route. Where no token was ever made the server is bound to loopback, and
// whoever reaches it may do everything.
type access string

const (
	anyone   access = "anyone"   // no token needed: health, pages, the contract
	watchers access = "watchers" // may see what walls and maps show
	readers  access = "readers"  // may ask every question
	insiders access = "insiders" // may see what was sent, and why rows were refused
	senders  access = "senders"  // may send figures, or accept what was reported done
	scrapers access = "scrapers" // may read metrics

	approvers access = "approvers" // may publish
)

// admits is who each rule lets in.
var admits = map[access][]callers.Role{
	watchers: {callers.Viewer, callers.Analyst, callers.Reporter, callers.Approver, callers.Operator, callers.Display},
	readers:  {callers.Viewer, callers.Analyst, callers.Reporter, callers.Approver, callers.Operator},
	insiders: {callers.Analyst, callers.Reporter, callers.Approver, callers.Operator},
	senders:  {callers.Reporter, callers.Approver},
	scrapers: {callers.Scraper, callers.Operator},

	approvers: {callers.Approver},
}

// reach says what a route does for a caller that is held to an area.
type reach string

const (
	noFigures reach = "no_figures" // it tells nothing of any unit's figures: the same for everybody
	narrowed  reach = "narrowed"   // its handler keeps to the area
	wholeOnly reach = "whole_only" // it speaks of the whole territory: refused
)

// callerKey is where authorize leaves the caller.
const callerKey = "caller"

// callerOf gives who asks; nil where no token is needed.
func callerOf(c *gin.Context) *callers.Caller {
	caller, _ := c.Value(callerKey).(*callers.Caller)
	return caller
}

// closed tells whether a token is needed: from the first one that was ever made, and always where other machines
// can reach the server.
func (s *Server) closed() bool {
	return s.deps.Callers != nil && (s.deps.Callers.Configured() || s.beyondLoopback())
}

// authorize enforces the access rule of a route, and the budget of the caller it lets in.
func (s *Server) authorize(r route) gin.HandlerFunc {
	return func(c *gin.Context) {
		if r.access == anyone || !s.closed() {
			return
		}
		c.Set(routeKey, r.path) // for logs and metrics, also when refused here
		caller, err := s.identify(c.Request, r.takesSession())
		if err == nil {
			err = admit(caller, r)
		}
		if err == nil {
			err = s.budgets.spend(caller)
		}
		if err != nil {
			s.fail(c, err)
			return
		}
		c.Set(callerKey, caller)
	}
}

// takesSession tells whether a browser's cookie is good enough: for looking, and for a wall that says which of its scenes
// fails. Whatever changes figures wants the token itself.
func (r route) takesSession() bool { return reads(r.method) || r.doc.id == sceneFailed }

// identify reads who asks: by Authorization, or in a browser by the session cookie, where the route takes one.
// Credentials are never read from an address, where logs and histories would keep them.
func (s *Server) identify(request *http.Request, bySession bool) (*callers.Caller, error) {
	if header := request.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, unauthorized("token_needed", "Chỉ nhận Authorization: Bearer.", "Only Authorization: Bearer is understood.")
		}
		caller, err := s.deps.Callers.Bearer(strings.TrimSpace(token))
		return caller, explainToken(err)
	}
	if session := sessionCookie(request); session != "" && bySession {
		caller, err := s.deps.Callers.Session(session)
		return caller, explainToken(err)
	}
	return nil, unauthorized("token_needed", "Cần mã truy cập.", "An access token is needed.").
		with("Gửi kèm Authorization: Bearer …; trên trình duyệt, mở đường dẫn truy cập do người vận hành cấp.",
			"Send Authorization: Bearer …; in a browser open the access link the operator gave you.")
}

func unauthorized(code, vi, en string) *problem {
	p := newProblem(http.StatusUnauthorized, code, vi, en)
	p.challenge = `Bearer realm="toancanh"`
	return p
}

// explainToken says why a token does not let its bearer in. Only who holds the right secret learns that it was valid once.
func explainToken(err error) error {
	if err == nil {
		return nil
	}
	p := unauthorized("token_unknown", "Mã truy cập không đúng.", "There is no such access token.")
	switch {
	case errors.Is(err, callers.ErrExpired):
		p = unauthorized("token_expired", "Mã truy cập đã hết hạn.", "The access token has expired.")
	case errors.Is(err, callers.ErrRevoked):
		p = unauthorized("token_revoked", "Mã truy cập đã bị thu hồi.", "The access token was taken back.")
	}
	p.challenge += `, error="invalid_token"` // RFC 6750, section 3.1
	return p.with("Xin mã mới ở người vận hành.", "Ask the operator for a new one.")
}

// admit applies the access rule of a route, and its reach.
func admit(caller *callers.Caller, r route) error {
	roles := admits[r.access]
	if !caller.Has(roles...) {
		var names []string
		for _, role := range roles {
			names = append(names, string(role))
		}
		p := newProblem(http.StatusForbidden, "role_not_permitted", "Vai trò của mã này không được dùng địa chỉ này.", "The role of this token may not use this address.").
			with("Vai trò được phép: "+strings.Join(names, ", ")+".", "Roles that may: "+strings.Join(names, ", ")+".")
		p.challenge = `Bearer realm="toancanh", error="insufficient_scope"`
		return p
	}
	if caller.Held != nil && r.reach == wholeOnly {
		return outsideArea("")
	}
	return nil
}

func outsideArea(field string) *problem {
	return newProblem(http.StatusForbidden, "outside_area", "Ngoài địa bàn mà mã này được xem.", "Outside the area this token may see.").at(field).
		with("Cấp trên của địa bàn cũng không xem được: tổng của nó nói lên số liệu của nơi khác.",
			"Units above the area are outside it too: their sums tell about others.")
}

// area is what the caller is held to; nil is the whole territory.
func (r *request) area() *catalog.Area {
	if r.caller == nil {
		return nil
	}
	return r.caller.Held
}

// unit gives the unit a question is about. For a caller held to an area it must lie inside, and without one the question
// is about the first unit of the area.
func (r *request) unit() string {
	code, area := r.text("unit"), r.area()
	if area == nil {
		return code
	}
	if code == "" {
		code = area.Home(r.boundaries())
	}
	if !area.Holds(r.boundaries(), code) {
		r.refuse(outsideArea("unit"))
	}
	return code
}

// boundaries is the set a question is about.
func (r *request) boundaries() string {
	if id := r.text("boundaries"); id != "" {
		return id
	}
	return r.set
}

// keepInside takes out of a comparison what lies outside the caller's area. Units of like size are looked for in the whole
// territory, and their median tells about all of them: they go altogether.
func (r *request) keepInside(c *query.Comparison) {
	if r.area() == nil {
		return
	}
	c.Similar = nil
	c.Against = slices.DeleteFunc(c.Against, func(row query.ComparisonRow) bool { return !r.area().Holds(r.boundaries(), row.Unit) })
}

// own tells callers of one scope apart that see, of what was sent, what they sent themselves.
func (r *request) own() string {
	if s := r.sender(); s != nil {
		return s.Caller
	}
	return ""
}

// sender narrows what was sent to the caller's own: with an agency or an area it sees what its agencies sent, and what it
// sent itself. nil is everything.
func (r *request) sender() *query.Sender {
	if r.caller == nil || r.caller.Held == nil && len(r.caller.Agencies) == 0 {
		return nil
	}
	return &query.Sender{Caller: r.caller.ID, Agencies: r.caller.Agencies}
}
