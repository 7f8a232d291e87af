package httpapi

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
)

// tileOver is the address of the tile at zoom 10 over the province.
func tileOver(h *house) string {
	at := maptile.At(h.set.Bounds(h.set.Root().Code).Center(), 10)
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", h.set.Info().ID, at.Z, at.X, at.Y)
}

func TestTile(t *testing.T) {
	h := emptyHouse(t)
	r := h.get(tileOver(h)+"?v="+h.set.Version(), "Accept-Encoding", "gzip, deflate")
	if r.Code != 200 || r.Header().Get("Content-Type") != tileType || r.Header().Get("Content-Encoding") != "gzip" || r.Header().Get("Cache-Control") != string(immutable) {
		t.Fatalf("%d %v", r.Code, r.Header())
	}
	packed, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Unmarshal(content)
	if err != nil || layers.ToFeatureCollections()["units"] == nil {
		t.Errorf("no layer units: %v", err)
	}

	plain := h.get(tileOver(h))
	if plain.Code != 200 || plain.Header().Get("Content-Encoding") != "" || !bytes.Equal(plain.Body.Bytes(), content) {
		t.Errorf("unpacked for a client without gzip: %d %v", plain.Code, plain.Header())
	}
	if got := plain.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("without a version Cache-Control is %q", got)
	}
}

func TestTileIsNotSentTwice(t *testing.T) {
	h := emptyHouse(t)
	tag := h.get(tileOver(h), "Accept-Encoding", "gzip").Header().Get("ETag")
	for _, candidate := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		if r := h.get(tileOver(h), "If-None-Match", candidate); r.Code != http.StatusNotModified || r.Body.Len() > 0 {
			t.Errorf("If-None-Match %s: %d", candidate, r.Code)
		}
	}
	if r := h.get(tileOver(h), "If-None-Match", `"other"`); r.Code != 200 {
		t.Errorf("another tag: %d", r.Code)
	}
}

func TestTilesThereAreNot(t *testing.T) {
	h := emptyHouse(t)
	set := "/tiles/" + h.set.Info().ID
	for _, tt := range []struct {
		target string
		status int
		code   string
	}{
		{set + "/10/0/0.mvt", 204, ""},
		{set + "/10/1024/0.mvt", 404, "tile_out_of_range"},
		{set + "/15/0/0.mvt", 404, "tile_out_of_range"},
		{set + "/99/0/0.mvt", 404, "tile_out_of_range"},
		{set + "/10/0/0.png", 404, "unknown_tile"},
		{set + "/10/0/-1.mvt", 404, "unknown_tile"},
		{set + "/10/0/00.mvt", 404, "unknown_tile"},
		{set + "/10/0/99999999999.mvt", 404, "unknown_tile"},
		{"/tiles/atlantis/10/0/0.mvt", 404, "unknown_boundaries"},
	} {
		r := h.get(tt.target)
		if tt.status == http.StatusNoContent {
			if r.Code != tt.status || r.Body.Len() > 0 {
				t.Errorf("%s: %d %q", tt.target, r.Code, r.Body)
			}
			continue
		}
		wantProblem(t, r, tt.status, tt.code, "")
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0": false, "identity": false,
		"*": true, "*;q=0": false, "gzip;q=0, *": false, "GZIP": true, "x-gzip": false,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

// A tile that is drawn comes ahead of the router; with an ETag that nobody has it comes by the router. Both ways are one.
func TestBothWaysToATile(t *testing.T) {
	h := emptyHouse(t)
	target := tileOver(h)
	for _, query := range []string{"", "?v=" + h.set.Version(), "?v=older", "?lang=vi"} {
		ahead := h.get(target+query, "Accept-Encoding", "gzip")
		routed := h.get(target+query, "Accept-Encoding", "gzip", "If-None-Match", `"nobody's"`)
		if ahead.Code != routed.Code || !reflect.DeepEqual(ahead.Header(), routed.Header()) || !bytes.Equal(ahead.Body.Bytes(), routed.Body.Bytes()) {
			t.Errorf("%q: %d %v (%d bytes) ahead, %d %v (%d bytes) by the router", query,
				ahead.Code, ahead.Header(), ahead.Body.Len(), routed.Code, routed.Header(), routed.Body.Len())
		}
	}
	for _, header := range [][2]string{{"Accept-Encoding", "br"}, {"Host", "attacker.example"}} {
		if r := h.get(target, header[0], header[1]); r.Header().Get("Content-Encoding") == "gzip" {
			t.Errorf("%v: %d %v", header, r.Code, r.Header())
		}
	}
}
