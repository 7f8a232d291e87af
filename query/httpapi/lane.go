package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/toancanh/toancanh/geo"
)

// lane answers, ahead of the router, the request that comes by the dozen with every move of a map: a GET of a tile by a
// client that takes gzip and has nothing yet. It leaves everything else, refusals too, to the router. The answer is the
// router's to the byte (TestBothWaysToATile); the router spends three times as long on it.
type lane struct {
	server   *Server
	tiles    route
	answered observers
	router   http.Handler
}

func (s *Server) newLane(tiles route, router http.Handler) lane {
	return lane{s, tiles, s.metrics.observers(series{tiles.path, http.MethodGet, http.StatusOK}), router}
}

func (l lane) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	tile, keep, ok := l.tile(r)
	if !ok {
		l.router.ServeHTTP(w, r)
		return
	}
	header := w.Header()
	for name, values := range guards {
		header[name] = values
	}
	header["Vary"] = varyEncoding
	header["Cache-Control"] = keeping[keep].open
	if l.server.closed() {
		header["Vary"] = varyCaller
		header["Cache-Control"] = keeping[keep].closed
	}
	header["Etag"] = []string{tile.ETag}
	header["Content-Type"] = tileTypes
	_ = writePacked(w, tile.Gzip) // whoever hung up needs no answer
	l.answered.duration.Observe(time.Since(start).Seconds())
	l.answered.size.Observe(float64(len(tile.Gzip)))
}

// tile finds what is asked for and how it may be kept.
func (l lane) tile(r *http.Request) (tile geo.Tile, keep caching, ok bool) {
	if r.Method != http.MethodGet || r.URL.RawPath != "" || r.Header["If-None-Match"] != nil ||
		!acceptsGzip(r.Header.Get("Accept-Encoding")) || !l.server.knownHost(r.Host) || !l.admits(r) {
		return tile, "", false
	}
	parts := [4]string{}
	rest := strings.TrimPrefix(r.URL.Path, tilesPath)
	for i := range parts {
		parts[i], rest, _ = strings.Cut(rest, "/")
	}
	z, x, y, ok := tileAddress(parts[1], parts[2], parts[3])
	if !ok || rest != "" {
		return tile, "", false
	}
	set, err := l.server.listed(r.Context(), parts[0], "")
	if err != nil {
		return tile, "", false
	}
	keep = revalidated
	if r.URL.RawQuery != "" {
		if version, given := strings.CutPrefix(r.URL.RawQuery, "v="); !given || version != set.Version() {
			return tile, "", false
		}
		keep = immutable
	}
	tile, status := set.Tile(z, x, y)
	return tile, keep, status == geo.TileFound
}

// admits lets in whom the router would.
func (l lane) admits(r *http.Request) bool {
	if !l.server.closed() {
		return true
	}
	caller, err := l.server.identify(r, l.tiles.takesSession())
	return err == nil && admit(caller, l.tiles) == nil && l.server.budgets.spend(caller) == nil
}
