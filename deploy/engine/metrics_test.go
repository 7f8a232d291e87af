package engine

import (
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// A duty officer sees that the engine lives, that it was started again after a crash, and how full the disk is.
func TestMetrics(t *testing.T) {
	t.Parallel()
	e := host(t, t.TempDir())
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(NewCollector(e.Engine))
	read := func() map[string]float64 {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]float64{}
		for _, f := range families {
			m := f.GetMetric()[0]
			values[f.GetName()] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
		return values
	}
	first := read()
	if first["toancanh_engine_up"] != 1 || first["toancanh_engine_restarts_total"] != 0 || first["toancanh_engine_resident_memory_bytes"] < 10e6 {
		t.Errorf("%v", first)
	}
	if free, size := first["toancanh_data_disk_free_bytes"], first["toancanh_data_disk_size_bytes"]; free <= 0 || free > size {
		t.Errorf("%v of %v bytes are free", free, size)
	}
	if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is up again", func() bool {
		now := read()
		return now["toancanh_engine_restarts_total"] == 1 && now["toancanh_engine_up"] == 1
	})
	if problems, err := testutil.GatherAndLint(registry); err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
	if _, ok := resident(-1); ok {
		t.Error("a process that is none has memory")
	}
	never := testutil.CollectAndCompare(NewCollector(New(Config{Dir: t.TempDir()}, nil)), strings.NewReader(`
# HELP toancanh_engine_up 1 while the embedded ClickHouse has a process, 0 while it is being started again.
# TYPE toancanh_engine_up gauge
toancanh_engine_up 0
`), "toancanh_engine_up")
	if never != nil {
		t.Error(never)
	}
}
