package httpapi

import (
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/ingest"
)

// BenchmarkPublish is what the pipeline waits for when a change is told: to listeners that take everything at once, and to such as have
// not taken anything for long.
func BenchmarkPublish(b *testing.B) {
	units := make([]string, maxUnitsTold-1)
	for i := range units {
		units[i] = fmt.Sprintf("%05d", i)
	}
	for _, slow := range []bool{false, true} {
		b.Run(map[bool]string{false: "idle", true: "slow"}[slow]+"-5000", func(b *testing.B) {
			cfg := DefaultConfig()
			cfg.MaxListeners = 5000
			h := newHub(cfg, vinhPhuc(b), prometheus.NewGauge(prometheus.GaugeOpts{Name: "listeners"}))
			all := make([]*listener, cfg.MaxListeners)
			for i := range all {
				all[i], _, _ = h.join(nil)
			}
			change := ingest.Change{Measures: []string{"vneid_activated", "population"}, Units: units}
			for b.Loop() {
				change.DataVersion++
				h.publish(change)
				if slow {
					continue
				}
				b.StopTimer()
				for _, l := range all {
					h.take(l)
				}
				b.StartTimer()
			}
		})
	}
}
