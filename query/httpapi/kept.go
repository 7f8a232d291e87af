package httpapi

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/maypok86/otter/v2"
)

// answerKey names an answer and everything it depends on: what was asked, how and by whom,
// the contract, catalogue and boundary sets of the server, what the questions have heard of
// the warehouse, and the moment of the programme clock, which stands in every answer. It is
// taken before the question is asked, so that what is kept may be newer than its key and is
// never older: after a data version is acknowledged, no key of before is ever made again.
type answerKey struct {
	uri, languages, accept string
	caller, scope          string
	salt, sets             string
	version, word          uint64
	moment                 int64
}

// keptAnswer is an answer as it was sent.
type keptAnswer struct {
	body        []byte
	mediaType   string
	tag         string
	disposition string

	pack   sync.Once
	packed []byte // gzip; nil where it would not pay
}

const (
	answerOverhead = 512      // bytes of the key, the headers and the entry
	longestKept    = 4 << 20  // bytes of a body
	packedFrom     = 1 << 10  // shorter ones are not worth packing
	keptAnswers    = 64 << 20 // bytes of all
	keptSeconds    = 5        // how far the clock in an answer may be behind
)

func newKept() (*otter.Cache[answerKey, *keptAnswer], error) {
	return otter.New(&otter.Options[answerKey, *keptAnswer]{
		MaximumWeight: keptAnswers,
		Weigher: func(k answerKey, a *keptAnswer) uint32 {
			return uint32(2*len(a.body) + len(k.uri) + answerOverhead) // with the packed body
		},
	})
}

// keyOf gives the key of a request; ok is false for one whose answer is not kept.
func (s *Server) keyOf(c *gin.Context, r route) (key answerKey, ok bool) {
	request := c.Request
	if r.handle == nil || r.cache != revalidated || len(request.RequestURI) > s.cfg.MaxQuery ||
		request.Header.Get("X-Min-Data-Version") != "" || strings.Contains(request.URL.RawQuery, "min_version") {
		return key, false
	}
	version, word := s.deps.Query.Heard()
	key = answerKey{
		uri: request.RequestURI, languages: request.Header.Get("Accept-Language"), accept: request.Header.Get("Accept"),
		salt: s.salt, sets: s.deps.Atlas.Tag(), version: version, word: word, moment: s.now().Unix() / keptSeconds,
	}
	if caller := callerOf(c); caller != nil {
		key.caller, key.scope = caller.ID, caller.ScopeKey()
	}
	return key, true
}

// keep remembers an answer.
func (s *Server) keep(key answerKey, a *keptAnswer) {
	if len(a.body) <= longestKept {
		s.kept.Set(key, a)
	}
}

// send writes an answer, or 304 when the caller already has it.
func (s *Server) send(c *gin.Context, r route, a *keptAnswer) {
	s.headers(c, r, a.tag)
	if known := c.GetHeader("If-None-Match"); known != "" && a.tag != "" && matches(known, a.tag) {
		c.Status(http.StatusNotModified)
		return
	}
	header, body := c.Writer.Header(), a.body
	if len(body) >= packedFrom && strings.Contains(c.Request.Header.Get("Accept-Encoding"), "gzip") {
		a.pack.Do(func() { a.packed = packed(a.body) })
		if a.packed != nil {
			body = a.packed
			header["Content-Encoding"] = gzipEncoding
			header.Add("Vary", "Accept-Encoding")
		}
	}
	if a.disposition != "" {
		header.Set("Content-Disposition", a.disposition)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	c.Data(http.StatusOK, a.mediaType, body)
}

// packed compresses a body; nil when that fails or saves nothing.
func packed(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil || w.Close() != nil || out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}
