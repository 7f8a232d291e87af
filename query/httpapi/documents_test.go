package httpapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"testing"
)

// wholeSet is what every document of a boundary set says of itself.
type wholeSet struct {
	Type       string
	Boundaries struct {
		ID, Version, Source, Licence string
		Detail                       int
	}
	Features []struct {
		Properties struct{ Code, Level string }
	}
	Objects map[string]struct{ Geometries []json.RawMessage }
}

func TestDocuments(t *testing.T) {
	h := emptyHouse(t)
	at := "/api/v1/boundaries/" + h.set.Info().ID + "/units"
	lowest := len(h.set.Units("commune"))
	for _, tt := range []struct{ target, mediaType, kind string }{
		{at + ".topojson?detail=8&v=" + h.set.Version(), "application/topo+json", "Topology"},
		{at + ".geojson?detail=8&v=" + h.set.Version(), "application/geo+json", "FeatureCollection"},
	} {
		r := h.get(tt.target, "Accept-Encoding", "gzip")
		if r.Code != 200 || r.Header().Get("Content-Type") != tt.mediaType || r.Header().Get("Cache-Control") != string(immutable) {
			t.Fatalf("%s: %d %v", tt.target, r.Code, r.Header())
		}
		packed, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(packed)
		if err != nil {
			t.Fatal(err)
		}
		var got wholeSet
		if err := json.Unmarshal(content, &got); err != nil {
			t.Fatal(err)
		}
		info := h.set.Info()
		if b := got.Boundaries; got.Type != tt.kind || b.ID != info.ID || b.Version != h.set.Version() || b.Source != info.Source || b.Licence != info.Licence || b.Detail != 8 {
			t.Errorf("%s is %s of %+v", tt.target, got.Type, got.Boundaries)
		}
		if n := len(got.Features) + len(got.Objects["commune"].Geometries); n != lowest {
			t.Errorf("%s has %d communes, want %d", tt.target, n, lowest)
		}
		if again := h.get(tt.target, "If-None-Match", r.Header().Get("ETag")); again.Code != 304 || again.Body.Len() > 0 {
			t.Errorf("%s again: %d", tt.target, again.Code)
		}
		plain := h.get(tt.target)
		if !bytes.Equal(plain.Body.Bytes(), content) || plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s unpacked: %d %v", tt.target, plain.Code, plain.Header())
		}
	}
	if got := h.get(at + ".geojson?level=district").Header().Get("Cache-Control"); got != string(revalidated) {
		t.Errorf("without a version Cache-Control is %q", got)
	}
}

func TestDocumentsThereAreNot(t *testing.T) {
	h := emptyHouse(t)
	at := "/api/v1/boundaries/" + h.set.Info().ID + "/units"
	for _, tt := range []struct {
		target string
		status int
		code   string
		field  string
	}{
		{"/api/v1/boundaries/atlantis/units.geojson", 404, "unknown_boundaries", ""},
		{at + ".geojson?level=ward", 400, "unknown_level", "level"},
		{at + ".geojson?detail=15", 400, "invalid_parameter", "detail"},
		{at + ".topojson?detail=-1", 400, "invalid_parameter", "detail"},
		{at + ".topojson?level=commune", 400, "unknown_parameter", "level"},
	} {
		wantProblem(t, h.get(tt.target), tt.status, tt.code, tt.field)
	}
}
