package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// caching is the Cache-Control of a good answer. A failure is never kept.
type caching string

const (
	revalidated caching = "no-cache"                            // kept, but asked again by ETag each time
	immutable   caching = "public, max-age=31536000, immutable" // the address changes with the content
	unstored    caching = "no-store"                            // streams, health, receipts
)

// work says which limits of the server an answer counts against.
type work int

const (
	light    work = iota // from memory
	question             // may go to the warehouse: limited in number and time
	intake               // reads a body: limited in number; its time is the sender's
	stream               // stays open: limited by the hub
)

// handler answers one request. It parses, calls and returns; the envelope, the
// status, headers, caches and languages are the wrapper's (answer.go).
type handler func(ctx context.Context, r *request) (any, error)

// rawHandler writes a good answer by itself; a failure it returns like any other.
type rawHandler func(c *gin.Context, r *request) error

// route is one row of the table in routes.go.
type route struct {
	method string
	path   string // OpenAPI template
	access access
	reach  reach // for callers held to an area
	cache  caching
	work   work
	takes  string     // keys of the vocabulary, path parameters aside; any other parameter is refused
	handle handler    // answers in the envelope,
	raw    rawHandler // or writes by itself: streams, bytes, pages
	doc    doc
}

// doc is what the OpenAPI document says of a route.
type doc struct {
	id      string // operationId; a page has none and is not in the document
	schema  string // component of the data
	summary string
	many    bool // data is an array of the component
}

func one(id, schema, summary string) doc  { return doc{id, schema, summary, false} }
func many(id, schema, summary string) doc { return doc{id, schema, summary, true} }
func page() doc                           { return doc{} }

// ginPath turns the template into gin's syntax: /tiles/{set} to /tiles/:set. A
// suffix after a parameter ({y}.mvt) stays part of its value and is the handler's to cut.
func (r route) ginPath() string {
	segments := strings.Split(r.path, "/")
	for i, segment := range segments {
		name, _, _ := strings.Cut(strings.TrimPrefix(segment, "{"), "}")
		switch {
		case !strings.HasPrefix(segment, "{"):
		case name == "file":
			segments[i] = "*" + name // all remaining segments
		default:
			segments[i] = ":" + name
		}
	}
	return strings.Join(segments, "/")
}

// methods lists what the route is mounted under: a GET answers HEAD too, except a
// stream, which has no end.
func (r route) methods() []string {
	if r.method == http.MethodGet && r.work != stream {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{r.method}
}
