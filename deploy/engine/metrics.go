package engine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector shows whether the engine lives, how often it was started again, what memory it takes, and how full the disk is
// that its directory lies on.
type Collector struct {
	engine                           *Engine
	up, restarts, memory, free, size *prometheus.Desc
}

// NewCollector describes an engine; it may be collected before Run.
func NewCollector(e *Engine) *Collector {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc("toancanh_"+name, help, nil, nil) }
	return &Collector{
		engine:   e,
		up:       desc("engine_up", "1 while the embedded ClickHouse has a process, 0 while it is being started again."),
		restarts: desc("engine_restarts_total", "How often the embedded ClickHouse ended by itself and was started again."),
		memory:   desc("engine_resident_memory_bytes", "Memory the process of the embedded ClickHouse holds."),
		free:     desc("data_disk_free_bytes", "Free space on the disk of the data directory."),
		size:     desc("data_disk_size_bytes", "Size of the disk of the data directory."),
	}
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.up, c.restarts, c.memory, c.free, c.size} {
		out <- d
	}
}

// Collect implements prometheus.Collector. What the system does not tell is left out.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n)
	}
	pid := c.engine.PID()
	up := 0.0
	if pid != 0 {
		up = 1
	}
	gauge(c.up, up)
	out <- prometheus.MustNewConstMetric(c.restarts, prometheus.CounterValue, float64(c.engine.Restarts()))
	if bytes, ok := resident(pid); ok {
		gauge(c.memory, bytes)
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(c.engine.cfg.Dir, &disk); err == nil {
		gauge(c.free, float64(disk.Bavail)*float64(disk.Bsize))
		gauge(c.size, float64(disk.Blocks)*float64(disk.Bsize))
	}
}

// resident is the memory of a process: the second number of /proc/PID/statm, in pages.
func resident(pid int) (bytes float64, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, false
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize()), err == nil
}
