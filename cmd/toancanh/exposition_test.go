package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/toancanh/toancanh/ingest"
)

var metricName = regexp.MustCompile(`\btoancanh_[a-z_]+`)

// Dashboards and rules speak only of metrics there are; Prometheus finds nothing to say against them.
func TestDashboardsAndRulesKnowTheirMetrics(t *testing.T) {
	p := serve(t, t.TempDir())
	p.figure("08911", 5)
	resp, err := http.Get("http://" + p.address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	exposed, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	known := namesIn(exposed)
	for _, name := range workerMetrics(t) {
		known[name] = true
	}
	checkNames(t, known)
	checkExposition(t, exposed)
}

// workerMetrics lists what a worker exposes.
func workerMetrics(t *testing.T) (names []string) {
	t.Helper()
	registry := prometheus.NewRegistry()
	cfg := ingest.DefaultConfig()
	cfg.Dir, cfg.Outside = t.TempDir(), ingest.Outside{URL: "nats://127.0.0.1"}
	if _, err := ingest.NewWorker(cfg, ingest.Deps{Registerer: registry}); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		names = append(names, f.GetName())
	}
	return names
}

// namesIn lists the metrics of an exposition, and those that have nothing to show yet.
func namesIn(exposed []byte) map[string]bool {
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\w+) (\w+)$`).FindAllSubmatch(exposed, -1) {
		known[string(m[1])] = true
		if string(m[2]) == "histogram" {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				known[string(m[1])+part] = true
			}
		}
	}
	// There is nothing of these to show yet.
	for _, later := range []string{"toancanh_token_expires_timestamp_seconds", "toancanh_http_problems_total", "toancanh_query_collect_failures_total", "toancanh_ingest_warehouse_retries_total", "toancanh_task_next_due_timestamp_seconds", "toancanh_task_open_assignments"} {
		known[later] = true
	}
	return known
}

// checkNames looks for metrics that dashboards and rules ask for in vain.
func checkNames(t *testing.T, known map[string]bool) {
	t.Helper()
	files, _ := filepath.Glob("../../deploy/grafana/*.json")
	rules, _ := filepath.Glob("../../deploy/prometheus/rules/*.yml")
	if len(files) != 4 || len(rules) != 4 {
		t.Fatalf("%d dashboards, %d files of rules", len(files), len(rules))
	}
	for _, path := range slices.Concat(files, rules) {
		text := readFile(t, path)
		if strings.HasSuffix(path, ".json") && !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON", path)
		}
		for _, name := range metricName.FindAllString(text, -1) {
			if !known[name] {
				t.Errorf("%s asks for %s, which is not exposed", filepath.Base(path), name)
			}
		}
	}
}

// checkExposition lets promtool judge names, help and units.
func checkExposition(t *testing.T, exposed []byte) {
	t.Helper()
	needs(t, "promtool")
	cmd := exec.Command("promtool", "check", "metrics")
	cmd.Stdin = bytes.NewReader(exposed)
	if out, err := cmd.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

// Answers are verified beside a running server and alone, and what does not agree is the program's failure.
func TestVerifyBesideAServer(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	p.figure("08911", 5)
	out, ok := toancanh(t, "verify", "--data", data, "--json")
	var found struct {
		Compared   int
		Mismatches []any
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil || !ok || found.Compared < 1000 || len(found.Mismatches) != 0 {
		t.Errorf("verify: %v %v\n%s", ok, err, out)
	}
	p.stop()
	if out, ok := toancanh(t, "verify", "--data", data); !ok || !strings.Contains(out, " remembered columns made again, at data version ") || !strings.Contains(out, ": 0 mismatches") {
		t.Errorf("verify alone: %v\n%s", ok, out)
	}
}
