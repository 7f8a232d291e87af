package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/query/catalog"
	"github.com/toancanh/toancanh/query/httpapi/callers"
)

// A browser cannot send Authorization with an event stream or a map tile, and a page's script should not hold a token.
// So the access link of a wall or a viewer carries the token behind the #, which browsers send to nobody: it is in no
// log, no history of a proxy, no Referer. The page exchanges it here for a cookie that its scripts cannot read, that no other
// site can make the browser send (SameSite=Strict) and that is good for GET and HEAD only. The cookie follows from the
// token but is not the token: it outlives restarts, ends with the token, and cannot send figures.

// The names of the cookie. Over TLS the prefix makes browsers refuse one that was planted over plain HTTP or by
// another host of the domain (RFC 6265bis, section 4.1.3).
const (
	plainCookie  = "toancanh_session"
	secureCookie = "__Host-toancanh_session"
)

// longestSession is what browsers keep a cookie for at most; looking at the session renews it.
const longestSession = 400 * 24 * time.Hour

// sessionCookie gives the value of the cookie, "" without one.
func sessionCookie(request *http.Request) string {
	for _, name := range []string{secureCookie, plainCookie} {
		if cookie, err := request.Cookie(name); err == nil {
			return cookie.Value
		}
	}
	return ""
}

// sessionView is who the server takes the caller for.
type sessionView struct {
	Open     bool       `json:"open"` // no token is needed
	Caller   string     `json:"caller"`
	Label    string     `json:"label"`
	Role     string     `json:"role"`
	Agencies []string   `json:"agencies"`
	Area     []string   `json:"area"`
	Expires  *time.Time `json:"expires"`
}

// session says who asks, and renews the cookie of a browser.
func (s *Server) session(c *gin.Context, r *request) error {
	if value := sessionCookie(c.Request); value != "" && r.caller != nil && c.GetHeader("Authorization") == "" {
		s.setCookie(c, value, r.caller)
	}
	c.JSON(http.StatusOK, s.enveloped(newSessionView(r.caller)))
	return nil
}

// openSession exchanges the token of the request for a cookie. Where no token is needed there is nothing to exchange.
func (s *Server) openSession(c *gin.Context, r *request) error {
	if r.caller != nil {
		token := strings.TrimSpace(c.GetHeader("Authorization")[len("Bearer "):])
		s.setCookie(c, callers.SessionOf(token), r.caller)
	}
	c.JSON(http.StatusOK, s.enveloped(newSessionView(r.caller)))
	return nil
}

// closeSession makes the browser forget. Anybody may: there is nothing in it for a stranger.
func (s *Server) closeSession(c *gin.Context, _ *request) error {
	for _, name := range []string{plainCookie, secureCookie} {
		http.SetCookie(c.Writer, &http.Cookie{Name: name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: name == secureCookie})
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) setCookie(c *gin.Context, value string, caller *callers.Caller) {
	cookie := &http.Cookie{
		Name: plainCookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		MaxAge: int(longestSession.Seconds()),
	}
	if !caller.Expires.IsZero() {
		cookie.MaxAge = min(cookie.MaxAge, max(1, int(time.Until(caller.Expires).Seconds())))
	}
	if overTLS(c.Request) {
		cookie.Name, cookie.Secure = secureCookie, true
	}
	http.SetCookie(c.Writer, cookie)
}

// overTLS tells whether the browser speaks TLS, to us or to a proxy before us: then it names its origin by https, or has the
// cookie that only TLS can have set.
func overTLS(request *http.Request) bool {
	if request.TLS != nil || strings.HasPrefix(request.Header.Get("Origin"), "https://") {
		return true
	}
	_, err := request.Cookie(secureCookie)
	return err == nil
}

func newSessionView(caller *callers.Caller) sessionView {
	if caller == nil {
		return sessionView{Open: true, Agencies: []string{}, Area: []string{}}
	}
	view := sessionView{
		Caller: caller.ID, Label: caller.Label, Role: string(caller.Role), Agencies: rows(caller.Agencies),
		Area: each(caller.Area, catalog.DatedUnit.String),
	}
	if !caller.Expires.IsZero() {
		view.Expires = &caller.Expires
	}
	return view
}
