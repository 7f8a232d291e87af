package httpapi

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/oklog/ulid/v2"
)

// pagePolicy lets the page use its own files only. MapLibre starts its workers from
// blobs and keeps images in data and blob addresses; positions of the panels are
// style attributes.
var pagePolicy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"style-src-attr 'unsafe-inline'",
	"img-src 'self' data: blob:",
	"font-src 'self'",
	"connect-src 'self'",
	"worker-src 'self' blob:",
	"child-src 'self' blob:",
	"manifest-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
}, "; ")

// guards are the headers of every answer. Their values are shared between answers and
// never written to.
var guards = http.Header{
	"X-Content-Type-Options":       {"nosniff"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
}

// documentGuards are heeded where a browser makes a document of an answer. Tiles, which
// come by the dozen with every move of the map, do without.
var documentGuards = http.Header{
	"X-Frame-Options":            {"DENY"},
	"Referrer-Policy":            {"no-referrer"},
	"Cross-Origin-Opener-Policy": {"same-origin"},
	"Content-Security-Policy":    {pagePolicy},
}

const tilesPath = "/tiles/"

// guard sets the headers every answer has and turns away requests that came by a
// foreign name (DNS rebinding) or that a foreign page makes a browser send.
func (s *Server) guard(c *gin.Context) {
	header := c.Writer.Header()
	maps.Copy(header, guards)
	if !strings.HasPrefix(c.Request.URL.Path, tilesPath) {
		maps.Copy(header, documentGuards)
		c.Set(requestKey, newRequestID(s.now()))
		header.Set("X-Request-Id", requestOf(c))
	}
	if !s.knownHost(c.Request.Host) {
		s.fail(c, s.wrongHost())
		return
	}
	if reads(c.Request.Method) {
		return // changes nothing, whoever has it sent
	}
	if err := new(http.CrossOriginProtection).Check(c.Request); err != nil {
		s.fail(c, newProblem(http.StatusForbidden, "cross_origin", "Trang web khác không được gửi số liệu.", "Other web pages may not send figures."))
	}
}

// knownHost checks a Host header, with or without a port. Names are those of this machine and the public ones. A server
// that other machines reach goes by any of its addresses too: no name can be made to point at it then (DNS rebinding),
// because none stands in the header.
func (s *Server) knownHost(host string) bool {
	if strings.Contains(host, ":") {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "" {
		return false
	}
	if isLoopback(name) || slices.ContainsFunc(s.cfg.PublicHosts, func(known string) bool { return strings.EqualFold(known, name) }) {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && s.beyondLoopback()
}

func (s *Server) wrongHost() *problem {
	p := newProblem(http.StatusMisdirectedRequest, "wrong_host", "Máy chủ này không trả lời dưới tên này.", "This server does not answer by this name.").at("Host")
	if len(s.cfg.PublicHosts) == 0 && !s.beyondLoopback() {
		return p.with("Dùng http://127.0.0.1 hoặc http://localhost.", "Use http://127.0.0.1 or http://localhost.")
	}
	return p.with("Người vận hành khai báo tên bằng --public-host.", "The operator names it with --public-host.")
}

// requestKey is where the guard leaves the id of the request. A client's own X-Request-Id is not taken over: ids of
// submissions are made of it.
const requestKey = "request"

func requestOf(c *gin.Context) string { return c.GetString(requestKey) }

func newRequestID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}

// recover answers for a handler that panicked. The stack is logged once and never shown.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		switch {
		case cause == nil:
		case cause == http.ErrAbortHandler: // net/http's own way to break off
			panic(cause)
		default:
			s.fail(c, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
		}
	}()
	c.Next()
}

// noRoute answers addresses the table does not have: a problem under the API, else a
// file of the page, else the page itself, which says that there is no such page.
func (s *Server) noRoute(c *gin.Context) {
	path := c.Request.URL.Path
	if strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, tilesPath) || !reads(c.Request.Method) {
		s.fail(c, newProblem(http.StatusNotFound, "unknown_path", "Không có địa chỉ này.", "There is no such address.").
			with("Xem "+apiPrefix+"openapi.json.", "See "+apiPrefix+"openapi.json."))
		return
	}
	if err := s.site.other(c); err != nil {
		s.fail(c, err)
	}
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// noMethod answers a known address asked the wrong way; gin has set Allow.
func (s *Server) noMethod(c *gin.Context) {
	allowed := c.Writer.Header().Get("Allow")
	s.fail(c, newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "Địa chỉ này không nhận phương thức đó.", "This address does not take that method.").
		with("Dùng "+allowed+".", "Use "+allowed+"."))
}

// compress adds gzip for texts. Event streams must not be held back and are not on the
// list; tiles are compressed already and go past it.
func compress(next, tiles http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.ContentTypes([]string{
		"application/json", "application/problem+json", "text/html", "text/css", "text/plain", "text/csv",
		"text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json",
	}))
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	texts := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, tilesPath) {
			tiles.ServeHTTP(w, r)
			return
		}
		texts.ServeHTTP(w, r)
	}), nil
}
