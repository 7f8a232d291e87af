//go:build unix

package geo

import (
	"bytes"
	"context"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/simplify"
)

// BenchmarkPyramid draws all tiles of zooms 5 to 12 of the country's 3,321 communes anew,
// on all processors: simplified, cut, encoded and compressed. The floor is what one gets
// from orb alone on one processor, of the lowest level only and without regard to borders
// that fit: clip, simplify, encode, compress. Worst tiles are given compressed and not.
func BenchmarkPyramid(b *testing.B) {
	s := benchNational(b)
	var p *pyramid
	wall, cpu := time.Hour, time.Hour
	for b.Loop() {
		start, used := time.Now(), processorTime(b)
		p = newPyramid(s.tiles.drawing)
		if err := p.draw(context.Background(), 5, 12); err != nil {
			b.Fatal(err)
		}
		wall, cpu = min(wall, time.Since(start)), min(cpu, processorTime(b)-used)
	}
	used := processorTime(b)
	plainTiles(b, s)
	floor := processorTime(b) - used
	count, worst, worstPlain, total := 0, 0, 0, 0
	for key, tile := range p.kept.All() {
		if z := key >> 58; z >= 5 && z <= 12 {
			count++
			total += len(tile.Gzip)
			worst, worstPlain = max(worst, len(tile.Gzip)), max(worstPlain, len(plain(b, tile)))
		}
	}
	b.ReportMetric(float64(count), "tiles")
	b.ReportMetric(float64(total), "bytes")
	b.ReportMetric(float64(worst), "worst-bytes")
	b.ReportMetric(float64(worstPlain), "worst-unpacked-bytes")
	b.ReportMetric(wall.Seconds(), "s")
	b.ReportMetric(cpu.Seconds(), "cpu-s")
	b.ReportMetric(floor.Seconds(), "floor-cpu-s")
	b.ReportMetric(cpu.Seconds()/floor.Seconds(), "floor-ratio")
}

// benchNational is the national set where it is there, else the one for other benchmarks.
func benchNational(b *testing.B) *Set {
	b.Helper()
	s, err := readNational()
	if err != nil {
		b.Logf("a smaller set instead of the national one: %v", err)
		return benchSet(b)
	}
	return s
}

// processorTime is what this process has used of all processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// plainTiles draws the lowest level as a program would that knows orb and nothing of
// shared borders.
func plainTiles(b *testing.B, s *Set) {
	b.Helper()
	level := s.info.Levels[len(s.info.Levels)-1].ID
	packer, packed := gzip.NewWriter(nil), new(bytes.Buffer)
	shapes := map[string]orb.MultiPolygon{}
	for _, u := range s.Units(level) {
		shapes[u.Code], _ = s.Shape(u.Code)
	}
	for z := maptile.Zoom(5); z <= 12; z++ {
		content := map[maptile.Tile]*geojson.FeatureCollection{}
		for _, u := range s.Units(level) {
			bound := s.Bounds(u.Code)
			lo, hi := maptile.At(orb.Point{bound.Left(), bound.Top()}, z), maptile.At(orb.Point{bound.Right(), bound.Bottom()}, z)
			for x := lo.X; x <= hi.X; x++ {
				for y := lo.Y; y <= hi.Y; y++ {
					at := maptile.New(x, y, z)
					if content[at] == nil {
						content[at] = geojson.NewFeatureCollection()
					}
					f := geojson.NewFeature(shapes[u.Code].Clone())
					f.Properties = geojson.Properties{"code": u.Code, "level": u.Level}
					content[at].Append(f)
				}
			}
		}
		for at, features := range content {
			layers := mvt.Layers{mvt.NewLayer("units", features)}
			layers.ProjectToTile(at)
			layers.Clip(mvt.MapboxGLDefaultExtentBound)
			layers.Simplify(simplify.DouglasPeucker(1))
			layers.RemoveEmpty(1, 1)
			data, err := mvt.Marshal(layers)
			if err != nil {
				b.Fatal(err)
			}
			packed.Reset()
			packer.Reset(packed)
			if _, err := packer.Write(data); err != nil {
				b.Fatal(err)
			}
			if err := packer.Close(); err != nil {
				b.Fatal(err)
			}
			delete(content, at)
		}
	}
}

// BenchmarkMemory tells how much the national set takes: live after loading, live with
// all tiles of zooms 5 to 12, and all that was ever taken from the system on the way.
func BenchmarkMemory(b *testing.B) {
	live := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := live()
	s := benchNational(b)
	loaded := live() - before
	for b.Loop() {
		if err := s.DrawTiles(context.Background(), 5, 12); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(loaded, "loaded-MB")
	b.ReportMetric(live()-before, "drawn-MB")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "peak-MB")
	runtime.KeepAlive(s)
}
