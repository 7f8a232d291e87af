package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// A changed catalogue comes into a running server without a request being dropped, a broken
// or unfitting one is refused while the other goes on, and a question as of an instant
// before the change is answered as it was then, also after a restart.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(secondProvince)); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	p := serve(t, data, "--catalog", dir)
	p.tell(`{"measure":"ships","unit":"00101","period":"2026-10","value":300,"dims":{"shift":"early"}}
{"measure":"ships","unit":"00101","period":"2026-10","value":200,"dims":{"shift":"late"}}
{"measure":"ships_late","unit":"00101","period":"2026-10","value":10,"dims":{"shift":"early"}}
{"measure":"ships_late","unit":"00101","period":"2026-10","value":40,"dims":{"shift":"late"}}
`)
	if got := p.lateRate(""); got != 100 {
		t.Fatalf("late rate is %v, want 50 of 500 per mille", got)
	}
	before := time.Now().UTC().Format(time.RFC3339Nano)

	stopAsking, dropped := p.askOnAndOn()
	p.change(dir, "indicators.yaml", "1000 * sum(ships_late) / sum(ships)", "1000 * sum(ships_late{shift = early}) / sum(ships{shift = early})")
	p.hangUp()
	warehousetest.WaitUntil(t, "the new formula is in use", func() bool { return p.metric(`toancanh_catalog_reloads_total{result="accepted"}`) == "1" })
	if got := p.lateRate(""); got < 33.3 || got > 33.4 {
		t.Errorf("late rate is %v, want 10 of 300 per mille", got)
	}
	if got := p.lateRate(before); got != 100 {
		t.Errorf("as of before the change late rate is %v, want 100", got)
	}

	// without a signal: the files are looked at
	p.change(dir, "indicators.yaml", "direction: lower", "direction: down")
	warehousetest.WaitUntil(t, "the broken catalogue is refused", func() bool { return p.metric(`toancanh_catalog_reloads_total{result="refused"}`) == "1" })
	p.change(dir, "indicators.yaml", "direction: down", "direction: lower")
	warehousetest.WaitUntil(t, "the mended one is the one in use", func() bool { return p.metric(`toancanh_catalog_reloads_total{result="unchanged"}`) == "1" })
	p.change(dir, "measures.yaml", "time_rule: stock", "time_rule: cumulative")
	p.hangUp()
	warehousetest.WaitUntil(t, "one that figures do not fit is refused", func() bool { return p.metric(`toancanh_catalog_reloads_total{result="refused"}`) == "2" })
	if got := p.lateRate(""); got < 33.3 || got > 33.4 {
		t.Errorf("after refusals late rate is %v", got)
	}
	stopAsking()
	if n := dropped.Load(); n > 0 {
		t.Errorf("%d requests were dropped", n)
	}
	if record := command(t, nil, "audit", "list", "--data", data); strings.Count(record, "catalogue.reloaded") != 1 {
		t.Errorf("of one change and three refusals the record has\n%s", record)
	}
	p.change(dir, "measures.yaml", "time_rule: cumulative", "time_rule: stock")
	p.stop()

	again := serve(t, data, "--catalog", dir)
	if got := again.lateRate(before); got != 100 {
		t.Errorf("after a restart late rate as of before the change is %v, want 100", got)
	}
	if got := again.lateRate(""); got < 33.3 || got > 33.4 {
		t.Errorf("after a restart late rate is %v", got)
	}
	again.stop()
}

// tell sends observations and waits until they can be asked.
func (p *program) tell(rows string) {
	p.t.Helper()
	resp, err := http.Post("http://"+p.address+"/api/v1/ingest/observations?wait=queryable", "application/x-ndjson", strings.NewReader(rows))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK || !strings.Contains(string(text), `"rejected":0`) {
		p.t.Fatalf("%d %s", resp.StatusCode, text)
	}
}

// lateRate asks the value of one ward in October 2026.
func (p *program) lateRate(asOf string) float64 {
	p.t.Helper()
	text, err := p.ask(asOf)
	if err != nil {
		p.t.Fatal(err)
	}
	var answer struct{ Data []struct{ Value *float64 } }
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Data) != 1 || answer.Data[0].Value == nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	return *answer.Data[0].Value
}

func (p *program) ask(asOf string) (string, error) {
	q := url.Values{"unit": {"00101"}, "period": {"2026-10"}}
	if asOf != "" {
		q.Set("as_of", asOf)
	}
	return p.get("/api/v1/indicators/late_rate/values?" + q.Encode())
}

func (p *program) get(path string) (string, error) {
	resp, err := http.Get("http://" + p.address + path)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", path, resp.StatusCode, text)
	}
	return string(text), err
}

// askOnAndOn asks without a pause from several sides until it is stopped, and counts what
// was not answered.
func (p *program) askOnAndOn() (stop func(), dropped *atomic.Int64) {
	dropped = &atomic.Int64{}
	done := make(chan struct{})
	var asking sync.WaitGroup
	for _, path := range []string{"/api/v1/catalog", "/api/v1/indicators/late_rate/values?period=2026-10", "/api/v1/tasks"} {
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-p.t.Context().Done(): // the test has failed
					return
				default:
				}
				if _, err := p.get(path); err != nil {
					dropped.Add(1)
					p.t.Log(err)
				}
			}
		})
	}
	p.t.Cleanup(asking.Wait)
	return func() { close(done); asking.Wait() }, dropped
}

// metric gives the value of a series, "" of none.
func (p *program) metric(series string) string {
	p.t.Helper()
	text, err := p.get("/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return value
		}
	}
	return ""
}

// change changes a file of the catalogue the server reads.
func (p *program) change(dir, file, old, changed string) {
	p.t.Helper()
	name := filepath.Join(dir, file)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), old) {
		p.t.Fatalf("%s does not say %q, %v", file, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), old, changed, 1)), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) hangUp() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		p.t.Fatal(err)
	}
}
