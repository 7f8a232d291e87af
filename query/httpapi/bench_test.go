package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/toancanh/toancanh/geo"
)

// connections is how many a benchmark keeps open at once.
const connections = 64

// BenchmarkTile serves the tiles of zooms 5 to 12 that are drawn already, to 64
// connections of a client in the same process. The floor is a bare gin handler that
// serves the same bytes out of a map, in the same run, by turns; floor-ratio is our
// rate divided by its, the median of the turns. guarded-ratio is against the same handler with the headers that let
// browsers keep a tile and keep other sites off it. The set is the country's 3,321 communes where they are there.
func BenchmarkTile(b *testing.B) {
	h := emptyHouse(b, func(_ *Config, d *Deps) { d.Set = nationalSet(b, d.Set) })
	stored := drawAll(b, h.deps.Set)
	ours, floor, guarded := serveAt(b, h.Handler()), serveAt(b, bareGin(stored, false)), serveAt(b, bareGin(stored, true))
	requests := requestsFor(stored)
	const turn = 5_000
	rates := map[string][]float64{}
	var ratios, guardedRatios []float64
	for b.Loop() {
		for _, address := range []string{floor, ours, guarded} {
			start := time.Now()
			fetch(b, address, requests, turn)
			rates[address] = append(rates[address], turn/time.Since(start).Seconds())
		}
		ratios = append(ratios, last(rates[ours])/last(rates[floor]))
		guardedRatios = append(guardedRatios, last(rates[ours])/last(rates[guarded]))
	}
	b.ReportMetric(float64(len(requests)), "tiles")
	b.ReportMetric(slices.Max(rates[ours]), "tiles/s")
	b.ReportMetric(slices.Max(rates[floor]), "floor-tiles/s")
	b.ReportMetric(median(ratios), "floor-ratio")
	b.ReportMetric(median(guardedRatios), "guarded-ratio")
}

func last(rates []float64) float64 { return rates[len(rates)-1] }

// nationalSet reads the real set, which is never a part of the repository.
func nationalSet(b *testing.B, otherwise *geo.Set) *geo.Set {
	b.Helper()
	sources, err := geo.DirSources("../../../shared/data/vietnam-2025")
	if err != nil {
		b.Logf("the schematic set instead of the national one: %v", err)
		return otherwise
	}
	m, err := geo.ReadImport(b.Context(), sources, geo.ImportOptions{
		Info: geo.SetInfo{ID: "vietnam-2025"}, RootName: "Việt Nam", RootLevel: "country", Tolerance: geo.DefaultTolerance(),
	})
	if err != nil {
		b.Fatal(err)
	}
	set, err := m.Set()
	if err != nil {
		b.Fatal(err)
	}
	return set
}

// drawAll gives the tiles that are not empty by their addresses.
func drawAll(b *testing.B, set *geo.Set) map[string][]byte {
	b.Helper()
	if err := set.DrawTiles(b.Context(), 5, 12); err != nil {
		b.Fatal(err)
	}
	stored := map[string][]byte{}
	bound := set.Bounds(set.Root().Code)
	for z := maptile.Zoom(5); z <= 12; z++ {
		lo, hi := maptile.At(orb.Point{bound.Left(), bound.Top()}, z), maptile.At(orb.Point{bound.Right(), bound.Bottom()}, z)
		for x := lo.X; x <= hi.X; x++ {
			for y := lo.Y; y <= hi.Y; y++ {
				if tile, status := set.Tile(uint32(z), x, y); status == geo.TileFound {
					stored[fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", set.Info().ID, z, x, y)] = tile.Gzip
				}
			}
		}
	}
	return stored
}

func bareGin(stored map[string][]byte, guarded bool) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/tiles/:set/:z/:x/:y", func(c *gin.Context) {
		tile, ok := stored[c.Request.URL.Path]
		if !ok {
			c.Status(http.StatusNotFound)
			return
		}
		if guarded {
			c.Header("Cache-Control", "public, max-age=31536000, immutable")
			c.Header("ETag", `"0123456789abcdef"`)
			c.Header("Vary", "Accept-Encoding")
			c.Header("X-Content-Type-Options", "nosniff")
			c.Header("Cross-Origin-Resource-Policy", "same-origin")
		}
		c.Header("Content-Encoding", "gzip")
		c.Data(http.StatusOK, tileType, tile)
	})
	return engine
}

func serveAt(b *testing.B, handler http.Handler) string {
	b.Helper()
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	b.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

func requestsFor(stored map[string][]byte) [][]byte {
	var requests [][]byte
	for target := range stored {
		requests = append(requests, []byte("GET "+target+" HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"))
	}
	slices.SortFunc(requests, bytes.Compare)
	return requests
}

// fetch asks n requests in turn over all connections and reads the answers. It is as
// plain as a client can be, so that most of the time is the server's.
func fetch(b *testing.B, address string, requests [][]byte, n int) {
	b.Helper()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range connections {
		wait.Go(func() {
			conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			r := bufio.NewReaderSize(conn, 16<<10)
			for k := next.Add(1); k <= int64(n); k = next.Add(1) {
				// A stride through the list: neighbours differ in size, as they do for a real map.
				if err := askTile(conn, r, requests[int(k)*7919%len(requests)]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}

var contentLength = []byte("Content-Length: ")

func askTile(conn net.Conn, r *bufio.Reader, request []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	length, first := -1, true
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		switch value, found := bytes.CutPrefix(line, contentLength); {
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")):
			status := string(line) // Peek may move it
			rest, _ := r.Peek(r.Buffered())
			return fmt.Errorf("%s: %s%s", request, status, rest) // what came with it says why
		case found:
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		case len(line) <= 2:
			if length < 0 {
				return fmt.Errorf("%s: %w without a length", request, os.ErrInvalid)
			}
			_, err := io.CopyN(io.Discard, r, int64(length))
			return err
		}
		first = false
	}
}
