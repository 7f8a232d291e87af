package main

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// TestEngineKilledAtTheStart: whatever the program is at when its engine is killed, it comes up without a hand.
func TestEngineKilledAtTheStart(t *testing.T) {
	data := t.TempDir()
	first := serve(t, data)
	first.stop()
	ready := regexp.MustCompile(`msg="engine ready" pid=(\d+)`)
	for range 3 {
		p := launch(t, data, freeAddress(t))
		var pid int
		warehousetest.WaitUntil(t, "the engine is ready", func() bool {
			found := ready.FindStringSubmatch(p.output.String())
			if found == nil {
				return false
			}
			pid, _ = strconv.Atoi(found[1])
			return true
		})
		engine, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := engine.Kill(); err != nil {
			t.Fatal(err)
		}
		p.waitReady()
		p.stop()
	}
}
