package geo

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// endless is a file that never ends: a text again and again.
type endless struct {
	text []byte
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for n := range p {
		p[n] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	return len(p), nil
}

func TestImportIsBounded(t *testing.T) {
	small := Limits{Bytes: 1 << 20, Unpacked: 1 << 20, Value: 1 << 16, Points: 1000, Rings: 100, Features: 10}
	follow := func(head, rest string) io.Reader {
		return io.MultiReader(strings.NewReader(head), &endless{text: []byte(rest)})
	}
	bomb := zipped(t, strings.Repeat(`{"type":"FeatureCollection",            "a":1,`, 1)+`"features":[`+strings.Repeat(`{},`, 2<<20))
	head := `{"type":"FeatureCollection","features":[`
	ring := `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[`
	for name, tt := range map[string]struct {
		r    io.Reader
		kind Kind
		want string
	}{
		"endless blanks":   {follow("{", " "), KindTooLarge, "stretch of blanks"},
		"an endless text":  {follow(`{"type":"`, "x"), KindTooLarge, "longer than 64 kB"},
		"an endless digit": {follow(`{"a":`, "1"), KindTooLarge, "longer than 64 kB"},
		"endless points":   {follow(head+ring, "[105,21],"), KindTooLarge, "more than 1000 points"},
		"endless rings":    {follow(head+ring+"[1,1]]", ",[[1,1]]"), KindTooLarge, "more than 100 rings"},
		"endless features": {follow(head, `{"type":"Feature"},`), KindTooLarge, "more than 10 features"},
		"endless lines":    {follow("", "{\"type\":\"Feature\"}\n"), KindTooLarge, "more than 10 features"},
		"endless skipped":  {follow(`{"a":[`, "1,"), KindTooLarge, "the file is larger than 1 MB"},
		"a gzip bomb":      {strings.NewReader(bomb), KindTooLarge, ""},
		"truncated gzip":   {strings.NewReader(zipped(t, fourSquares())[:200]), KindUnreadable, "cut off"},
		"broken gzip":      {strings.NewReader("\x1f\x8b\x00\x00"), KindUnreadable, "gzip"},
		"an arc amplified": {strings.NewReader(strings.Replace(fourSquaresTopology, "[[0,1,2]]", "[["+strings.Repeat("0,", 900)+"1,2]]", 1)), KindTooLarge, "more than 1000 points"},
	} {
		t.Run(name, func(t *testing.T) {
			source := Source{Name: "communes.geojson", Open: func() (io.ReadCloser, error) { return io.NopCloser(tt.r), nil }}
			m, err := ReadImport(t.Context(), []Source{source}, ImportOptions{Info: SetInfo{ID: "x"}, Limits: small})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(m.Findings, func(f Finding) bool {
				return f.Severity == SeverityError && f.Kind == tt.kind && strings.Contains(f.Message, tt.want)
			}) {
				t.Errorf("got %v, want %s %q", m.Findings, tt.kind, tt.want)
			}
		})
	}
}

// bounded reads a hostile file under the default limits and checks that the heap stays small.
func bounded(t *testing.T, r io.Reader, megabytes uint64) Findings {
	t.Helper()
	// What other tests left behind is not this file's, nor is what the collector has not come to yet.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak uint64
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); watchHeap(&peak, stop) }()
	source := Source{Name: "communes.geojson", Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
	m, err := ReadImport(t.Context(), []Source{source}, ImportOptions{Info: SetInfo{ID: "x"}, Tolerance: DefaultTolerance()})
	close(stop)
	<-ended
	if err != nil {
		t.Fatal(err)
	}
	grown := (max(peak, before.HeapAlloc) - before.HeapAlloc) >> 20
	if grown > megabytes {
		t.Errorf("the heap grew by %d MB", grown)
	}
	t.Logf("%d MB of heap at most, beside %d MB that were there", grown, before.HeapAlloc>>20)
	return m.Findings
}

func TestTenMillionPoints(t *testing.T) {
	if raced {
		t.Skip("millions of points, one goroutine; run without the race detector")
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	head := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1","name":"x"},"geometry":{"type":"Polygon","coordinates":[[`
	tail := `[105,21]]]}}]}`
	points := io.LimitReader(&endless{text: []byte("[105,21],")}, 10_000_000*int64(len("[105,21],")))
	found := bounded(t, io.MultiReader(strings.NewReader(head), points, strings.NewReader(tail)), 600)
	if kinds(found) != "error too_large" || !strings.Contains(found[0].Message, "more than 8000000 points") {
		t.Errorf("%v", found)
	}
}

// Outlines made to be tangled are refused within the budget of pairs that are looked at.
func TestTangledOutlines(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var comb orb.Ring // every tooth of it crosses every one of the other's
	for i := range 4000 {
		x := 105 + float64(i)/4000
		comb = append(comb, orb.Point{x, 21}, orb.Point{x + 1.0/8000, 22})
	}
	comb = append(comb, orb.Point{106, 20.9}, orb.Point{105, 20.9}, orb.Point{105, 21})
	var across orb.Ring
	for _, p := range slices.Backward(comb) {
		across = append(across, orb.Point{p[1] + 84, p[0] - 84})
	}
	m := imported(t, ImportOptions{}, "province.geojson", emptyProvince, "communes.geojson", shaped(comb, across))
	if m.Err() == nil {
		t.Errorf("%v", m.Findings)
	}
}

// A great many rings through one point cost no more than others.
func TestManyRingsThroughAPoint(t *testing.T) {
	var parts []string
	for i := range 5_000 {
		a, b := 2*math.Pi*float64(i)/5_000, 2*math.Pi*(float64(i)+0.5)/5_000
		parts = append(parts, fmt.Sprintf("[[[105,21],[%v,%v],[%v,%v],[105,21]]]", 105+math.Cos(a), 21+math.Sin(a), 105+math.Cos(b), 21+math.Sin(b)))
	}
	text := `{"type":"Feature","properties":{"code":"1","name":"x"},"geometry":{"type":"MultiPolygon","coordinates":[` + strings.Join(parts, ",") + `]}}`
	found := bounded(t, strings.NewReader(text), 400)
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Kind == KindUnreadable }) {
		t.Errorf("%v", found[:1])
	}
}
