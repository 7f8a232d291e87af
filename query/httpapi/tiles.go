package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"

	"github.com/toancanh/toancanh/geo"
)

const tileType = "application/vnd.mapbox-vector-tile"

// tile answers for every listed set 200, 204 where nothing is drawn, 304 by ETag, and 404 for a set, zoom
// or place there is not. Only the address with the set's current version never
// changes; any other has to be asked again.
func (s *Server) tile(c *gin.Context, r *request) error {
	set, err := s.listed(c.Request.Context(), r.path("set"), "")
	if err != nil {
		return err
	}
	z, x, y, ok := tileAddress(r.path("z"), r.path("x"), r.path("y"))
	if !ok {
		return newProblem(http.StatusNotFound, "unknown_tile", "Không có ô bản đồ này.", "There is no such tile.").
			with("Địa chỉ có dạng /tiles/{set}/{z}/{x}/{y}.mvt.", "The address is /tiles/{set}/{z}/{x}/{y}.mvt.")
	}
	if r.text("v") != set.Version() {
		c.Header("Cache-Control", string(revalidated))
	}
	tile, status := set.Tile(z, x, y)
	switch {
	case status == geo.TileOutOfRange:
		return newProblem(http.StatusNotFound, "tile_out_of_range", "Mức thu phóng hoặc vị trí nằm ngoài bản đồ.", "The zoom or place is outside the map.")
	case status == geo.TileEmpty:
		c.Status(http.StatusNoContent)
		return nil
	}
	return sendPacked(c, tileType, tile.Gzip, tile.ETag)
}

// tileAddress reads the numbers of an address; the last ends in .mvt.
func tileAddress(zoom, column, file string) (z, x, y uint32, ok bool) {
	row, ok := strings.CutSuffix(file, ".mvt")
	if !ok {
		return 0, 0, 0, false
	}
	var out [3]uint32
	for i, text := range [...]string{zoom, column, row} {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil || (len(text) > 1 && text[0] == '0') || text[0] == '+' { // one address a tile
			return 0, 0, 0, false
		}
		out[i] = uint32(n)
	}
	return out[0], out[1], out[2], true
}

// Values of headers that many answers share; they are never written to.
var (
	varyEncoding = []string{"Accept-Encoding"}
	varyCaller   = []string{varyOfCallers, "Accept-Encoding"}
	gzipEncoding = []string{"gzip"}
	tileTypes    = []string{tileType}
)

// sendPacked writes compressed bytes as they are, or unpacked for a client that cannot
// take them. Both are one thing to a cache, which is told to keep them apart.
func sendPacked(c *gin.Context, mediaType string, packed []byte, tag string) error {
	header := c.Writer.Header()
	header["Etag"] = []string{tag}
	header.Add("Vary", "Accept-Encoding")
	if known := c.GetHeader("If-None-Match"); known != "" && matches(known, tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	header["Content-Type"] = []string{mediaType}
	if acceptsGzip(c.GetHeader("Accept-Encoding")) {
		return writePacked(c.Writer, packed)
	}
	content, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	header["Etag"] = []string{"W/" + tag} // other bytes than the compressed ones
	_, err = io.Copy(c.Writer, content)
	return err
}

// writePacked sends compressed bytes as they are.
func writePacked(w http.ResponseWriter, packed []byte) error {
	header := w.Header()
	header["Content-Encoding"] = gzipEncoding
	header["Content-Length"] = []string{strconv.Itoa(len(packed))}
	_, err := w.Write(packed)
	return err
}

// acceptsGzip reads Accept-Encoding: gzip or * is listed and not refused with q=0.
func acceptsGzip(header string) bool {
	if header == "gzip" || strings.HasPrefix(header, "gzip, ") { // as programs and browsers write it
		return true
	}
	accepted := false
	for item := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		weight, weighted := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		takes := !weighted || (err == nil && q > 0)
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip":
			return takes
		case "*":
			accepted = takes
		}
	}
	return accepted
}
