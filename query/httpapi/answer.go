package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/toancanh/toancanh/query"
)

// envelope is what answers made here come in; those of query bring the same shape.
type envelope struct {
	Data any  `json:"data"`
	Meta meta `json:"meta"`
}

// meta adds to the meta of query what only paging needs.
type meta struct {
	query.Meta
	NextCursor string `json:"next_cursor,omitempty"`
}

// enveloped wraps data that does not come from the warehouse.
func (s *Server) enveloped(data any) envelope {
	now := s.programmeNow()
	return envelope{Data: data, Meta: meta{Meta: query.Meta{
		DataVersion: s.deps.Query.Version(), AsOf: now, Now: now,
		Boundaries: s.deps.Set.Info().ID, Demonstration: s.deps.Catalog.Demonstration != nil,
	}}}
}

// serve is the wrapper around every route: it checks the parameters, keeps the
// limits, asks the handler and writes what comes back.
func (s *Server) serve(r route, takes []*param) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Set(routeKey, r.path)
		key, keeps := s.keyOf(c, r)
		if keeps {
			if known, found := s.kept.GetIfPresent(key); found {
				s.send(c, r, known)
				return
			}
		}
		asked, err := s.read(c, takes)
		if err != nil && r.doc != page() { // what stands in the address of a page is the page's to read
			s.fail(c, hinted(err, takes))
			return
		}
		if r.raw != nil {
			s.cacheable(c, r)
			err = r.raw(c, asked)
		} else {
			err = s.answer(c, r, asked, func(a *keptAnswer) {
				if keeps {
					s.keep(key, a)
				}
			})
		}
		if err != nil {
			s.fail(c, hinted(err, takes))
		}
	}
}

// answer writes the envelope of a question, or 304 when the caller already has it:
// with the same data version, day, contract, catalogue and map, the same question has
// the same answer. Only now and as_of in its meta would differ.
func (s *Server) answer(c *gin.Context, r route, asked *request, keep func(*keptAnswer)) error {
	ctx := c.Request.Context()
	if err := s.awaitVersion(ctx, asked); err != nil {
		return err
	}
	tag := "" // what changes without a new data version is asked anew each time
	if r.cache != unstored {
		tag = s.tag(c, asked)
	}
	known := c.GetHeader("If-None-Match")
	if tag != "" && known != "*" && matches(known, tag) {
		return s.notModified(c, r, tag)
	}
	body, mediaType, err := s.ask(c, r, asked)
	if err != nil {
		return err
	}
	a := &keptAnswer{body: body, mediaType: mediaType, tag: tag, disposition: c.Writer.Header().Get("Content-Disposition")}
	keep(a)
	s.send(c, r, a)
	return nil
}

func (s *Server) notModified(c *gin.Context, r route, tag string) error {
	s.headers(c, r, tag)
	c.Status(http.StatusNotModified)
	return nil
}

func (s *Server) headers(c *gin.Context, r route, tag string) {
	s.cacheable(c, r)
	if tag != "" {
		c.Header("ETag", tag)
	}
	c.Writer.Header().Add("Vary", "Accept-Language")
	if r.exported() {
		c.Writer.Header().Add("Vary", "Accept")
	}
}

// keeping gives the Cache-Control of answers to everybody, and of those to callers with a token. The values are shared
// between answers and never written to.
var keeping = map[caching]struct{ open, closed []string }{
	revalidated: {[]string{string(revalidated)}, []string{"private, " + string(revalidated)}},
	immutable:   {[]string{string(immutable)}, []string{"private, " + strings.TrimPrefix(string(immutable), "public, ")}},
	unstored:    {[]string{string(unstored)}, []string{string(unstored)}},
}

// varyOfCallers keeps answers to different callers apart.
const varyOfCallers = "Authorization, Cookie"

// cacheable says who may keep an answer and for how long. What a caller was let in for is for its own cache, never for one
// that others read; and a browser that changes its session asks anew.
func (s *Server) cacheable(c *gin.Context, r route) {
	if callerOf(c) == nil {
		c.Writer.Header()["Cache-Control"] = keeping[r.cache].open
		return
	}
	c.Writer.Header()["Cache-Control"] = keeping[r.cache].closed
	c.Writer.Header().Add("Vary", varyOfCallers)
}

// tag is taken before the question is asked: an answer may then be newer than its
// tag says, which only costs a question, but never older. Callers of different scope have
// different tags: whoever sends another's tag is not told that it has the answer.
func (s *Server) tag(c *gin.Context, asked *request) string {
	today := s.programmeNow().Format(time.DateOnly)
	version := strconv.FormatUint(s.deps.Query.Version(), 10)
	return `W/"` + digest(s.salt, s.deps.Atlas.Tag(), version, today, asked.lang, string(asked.format()), asked.caller.ScopeKey(), asked.own(), c.Request.URL.Path, c.Request.URL.Query().Encode()) + `"`
}

// matches applies If-None-Match by weak comparison (RFC 9110, section 13.1.2).
func matches(header, tag string) bool {
	if header == "*" {
		return true
	}
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// ask calls the handler within the limits of its work and encodes its answer.
func (s *Server) ask(c *gin.Context, r route, asked *request) (body []byte, mediaType string, err error) {
	ctx := c.Request.Context()
	if r.work == question {
		release, err := s.holdQuestion(ctx, asked.caller)
		if err != nil {
			return nil, "", err
		}
		defer release()
		done, err := s.takeTurn(ctx)
		if err != nil {
			return nil, "", err
		}
		defer done()
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.cfg.QuestionTimeout) // reaches ClickHouse
		defer cancel()
	}
	answer, err := r.handle(ctx, asked)
	if err != nil {
		if ctx.Err() != nil { // whatever the driver made of it
			return nil, "", fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return nil, "", err
	}
	return s.encode(c, r, asked, answer)
}

func encodeJSON(r route, answer any) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		return nil, fmt.Errorf("encode the answer of %s: %w", r.path, err)
	}
	return body.Bytes(), nil
}

// takeTurn waits for one of the places at the warehouse.
func (s *Server) takeTurn(ctx context.Context) (done func(), err error) {
	done = func() { <-s.turns }
	select {
	case s.turns <- struct{}{}:
		return done, nil
	default:
	}
	patience := time.NewTimer(s.cfg.QueueTimeout)
	defer patience.Stop()
	select {
	case s.turns <- struct{}{}:
		return done, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-patience.C:
		return nil, unavailable("busy", "Máy chủ đang xử lý quá nhiều câu hỏi.", "The server is answering too many questions.", time.Second).
			with("Thử lại sau một giây.", "Try again in a second.")
	}
}

// awaitVersion holds a request until the data version it demands is applied.
func (s *Server) awaitVersion(ctx context.Context, asked *request) error {
	field, text := "min_version", asked.text("min_version")
	if text == "" {
		field, text = "X-Min-Data-Version", asked.header.Get("X-Min-Data-Version")
	}
	if text == "" {
		return nil
	}
	version, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return invalidParameter(field, "Cần một phiên bản dữ liệu: số nguyên không âm.", "A data version is a whole number, zero or more.")
	}
	patience, cancel := context.WithTimeout(ctx, s.cfg.VersionTimeout)
	defer cancel()
	if s.deps.Query.WaitVersion(patience, version) == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return unavailable("version_not_reached", "Máy chủ chưa có phiên bản dữ liệu này.", "The server does not have this data version yet.", time.Second).
		at(field).with("Thử lại sau một giây.", "Try again in a second.")
}

// routeKey is where the wrapper leaves the route's template for logs and metrics.
const routeKey = "route"

// routeOf is the template of the route, never the raw path.
func routeOf(c *gin.Context) string {
	if path := c.GetString(routeKey); path != "" {
		return path
	}
	return "unknown"
}

// mount puts the table on a router and the guards around it.
func (s *Server) mount(routes []route) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed = true
	router.RedirectTrailingSlash = false
	router.Use(s.measure, s.recover, s.guard)
	router.NoRoute(s.noRoute)
	router.NoMethod(s.noMethod)
	words := vocabulary()
	ahead := http.Handler(router)
	for _, r := range routes {
		if strings.HasPrefix(r.path, tilesPath) {
			ahead = s.newLane(r, router)
		}
		takes, err := parametersOf(r, words)
		if err != nil {
			return nil, err
		}
		for _, method := range r.methods() {
			router.Handle(method, r.ginPath(), s.authorize(r), s.serve(r, slices.Clip(takes)))
		}
	}
	return compress(router, ahead)
}
