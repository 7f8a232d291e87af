package geo

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// importBench gives the largest files there are to import: the country beside the
// checkout, else the schematic map.
func importBench(b *testing.B) (string, []Source) {
	b.Helper()
	for _, dir := range []string{"vietnam-2025", "phutho-2025"} {
		path := filepath.Join(realData, dir)
		if _, err := os.Stat(path); err == nil {
			sources, err := DirSources(path)
			if err != nil {
				b.Fatal(err)
			}
			return dir, sources
		}
	}
	text := lines(fourSquares())
	return "squares", []Source{{Name: "communes.geojsonl", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}}
}

// BenchmarkImport reads and checks all files. Its floor is to unpack them and to look at
// every token once.
func BenchmarkImport(b *testing.B) {
	dir, sources := importBench(b)
	b.Run(dir, func(b *testing.B) {
		var floor time.Duration
		var peak uint64
		for b.Loop() {
			b.StopTimer()
			began := time.Now()
			for _, source := range sources {
				skipAll(b, source)
			}
			floor += time.Since(began)
			runtime.GC()
			stop, ended := make(chan struct{}), make(chan struct{})
			go func() { defer close(ended); watchHeap(&peak, stop) }()
			b.StartTimer()
			m, err := ReadImport(b.Context(), sources, ImportOptions{Info: SetInfo{ID: dir}, Tolerance: DefaultTolerance()})
			b.StopTimer()
			close(stop)
			<-ended
			if err != nil || m.Err() != nil {
				b.Fatal(err, m.Err())
			}
			b.ReportMetric(float64(m.Vertices), "vertices")
			b.StartTimer()
		}
		b.ReportMetric(float64(b.Elapsed())/float64(floor), "x-floor")
		b.ReportMetric(float64(peak>>20), "peak-MB")
	})
}

func skipAll(b *testing.B, source Source) {
	file, err := source.Open()
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	plain, err := unpacked(file, 1<<40)
	if err != nil {
		b.Fatal(err)
	}
	c := newCursor(plain, DefaultLimits(), &spending{})
	for err == nil {
		err = c.skip()
	}
	if err != io.EOF {
		b.Fatal(err)
	}
}

// watchHeap remembers the largest heap in use until it is told to stop.
func watchHeap(peak *uint64, stop <-chan struct{}) {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		*peak = max(*peak, s.HeapAlloc)
		select {
		case <-ticker.C:
		case <-stop:
			return
		}
	}
}
