package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// notice is what Alertmanager tells a webhook.
type notice struct {
	Receiver string
	Status   string
	Alerts   []notified
}

type notified struct {
	Status              string
	Labels, Annotations map[string]string
}

// desk is the webhook of a duty officer: it keeps every call.
type desk struct {
	mu    sync.Mutex
	calls []notice
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var n notice
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, n)
}

// of gives the calls that had an alert with these labels in this state.
func (d *desk) of(status string, labels map[string]string) (found []notice) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.calls {
		for _, a := range n.Alerts {
			same := a.Status == status
			for k, v := range labels {
				same = same && a.Labels[k] == v
			}
			if same {
				found = append(found, n)
				break
			}
		}
	}
	return found
}

// The whole way: figures that put Tam Đảo behind its target call the duty officer once, with labels and a link; the corrected
// figures end it; a killed engine makes one call of its own. Prometheus and Alertmanager are Debian's; the rules and the
// routes are the committed ones, with shorter waits and no quiet hours.
func TestAlertsReachTheDutyOfficer(t *testing.T) {
	needs(t, "prometheus", "prometheus-alertmanager")
	d := &desk{}
	hook := httptest.NewServer(d)
	defer hook.Close()
	p := serve(t, t.TempDir())
	manager := alertmanager(t, hook.URL)
	monitor := monitored(t, p.address, manager)

	today := time.Now().In(time.FixedZone("ICT", 7*3600)).Format(time.DateOnly)
	p.push("population", fmt.Sprintf(`{"unit":"08911","date":%[1]q,"sex":"male","age":30,"residence":"permanent","value":1000}
{"unit":"08911","date":%[1]q,"sex":"female","age":30,"residence":"permanent","value":1000}`, today))
	accounts := func(value int) {
		p.push("observations", fmt.Sprintf(`{"measure":"vneid_activated","unit":"08911","date":%[1]q,"value":%[2]d,"dims":{"sex":"male"}}
{"measure":"vneid_activated","unit":"08911","date":%[1]q,"value":%[2]d,"dims":{"sex":"female"}}`, today, value))
	}
	behind := map[string]string{"alertname": "ToanCanhIndicatorBehind", "indicator": "vneid_rate", "unit": "08911"}
	accounts(600) // 60 % where the plan asks for 90 %
	warehousetest.WaitUntil(t, "the duty officer is called", func() bool { return len(d.of("firing", behind)) > 0 })
	checkCall(t, d.of("firing", behind)[0], behind["indicator"], today)

	accounts(950)
	warehousetest.WaitUntil(t, "the call ends", func() bool { return len(d.of("resolved", behind)) > 0 })
	if n := len(d.of("firing", behind)); n != 1 {
		t.Errorf("%d calls for one alert", n)
	}

	checkMissing(t, manager)
	checkCrash(t, p, d, monitor)
}

// Nobody has sent the figures of one indicator: Alertmanager has the alert of the whole, and those of its communes are
// silent. The boundaries are today's, where the whole is no province and there are no districts.
func checkMissing(t *testing.T, manager string) {
	t.Helper()
	var states map[string]map[string]int // by level and state
	warehousetest.WaitUntil(t, "missing figures are known, their communes silent", func() bool {
		states = alertStates(t, manager, `alertname="ToanCanhNoData"`, `indicator="online_service_rate"`)
		return states["area"]["active"] == 1 && states["commune"]["suppressed"] > 0
	})
	if loud := states["commune"]["active"]; loud > 0 {
		t.Errorf("%d calls about communes of a programme without figures: %v", loud, states)
	}
}

// alertStates counts what Alertmanager holds by level and state.
func alertStates(t *testing.T, manager string, filters ...string) map[string]map[string]int {
	t.Helper()
	resp, err := http.Get("http://" + manager + "/api/v2/alerts?" + url.Values{"filter": filters}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var alerts []struct {
		Labels map[string]string
		Status struct{ State string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&alerts); err != nil {
		t.Fatal(err)
	}
	states := map[string]map[string]int{}
	for _, a := range alerts {
		if states[a.Labels["level"]] == nil {
			states[a.Labels["level"]] = map[string]int{}
		}
		states[a.Labels["level"]][a.Status.State]++
	}
	return states
}

// A killed engine makes one call of its own, and the server comes back by itself.
func checkCrash(t *testing.T, p *program, d *desk, monitor string) {
	t.Helper()
	if err := syscall.Kill(p.children()[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	restarted := map[string]string{"alertname": "ToanCanhEngineRestarted"}
	warehousetest.WaitUntil(t, "the operator is called", func() bool { return len(d.of("firing", restarted)) > 0 })
	warehousetest.WaitUntil(t, "the server answers again", func() bool {
		resp, err := http.Get("http://" + p.address + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	if firing := alertsFiring(t, monitor, "operations"); !slices.Equal(firing, []string{"ToanCanhEngineRestarted"}) {
		t.Errorf("firing of operations: %v", firing)
	}
	if n := len(d.of("firing", map[string]string{"duty": "operations"})); n != 1 {
		t.Errorf("%d calls for one crash", n)
	}
}

// needs skips a test that cannot run without programs of Debian, which CI must have.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// checkCall looks at what stands in the call.
func checkCall(t *testing.T, call notice, indicator, today string) {
	t.Helper()
	// The rates of the plan's tasks are behind here too: one message for the agency and the commune.
	i := slices.IndexFunc(call.Alerts, func(a notified) bool { return a.Labels["indicator"] == indicator })
	if i < 0 || call.Receiver != "duty-officer" {
		t.Fatalf("%d alerts to %s", len(call.Alerts), call.Receiver)
	}
	a := call.Alerts[i]
	for label, want := range map[string]string{"severity": "warning", "lead_agency": "cat", "unit_name": "Xã Tam Đảo", "level": "commune", "area": "08911"} {
		if a.Labels[label] != want {
			t.Errorf("label %s is %q, want %q", label, a.Labels[label], want)
		}
	}
	if want := "Xã Tam Đảo: "; !strings.HasPrefix(a.Annotations["summary"], want) || !strings.Contains(a.Annotations["summary"], "30.0 %") {
		t.Errorf("it says %q", a.Annotations["summary"])
	}
	if want := "http://127.0.0.1:8080/?indicator=vneid_rate&unit=08911&period=" + today[:7]; a.Annotations["link"] != want {
		t.Errorf("it leads to %q, want %q", a.Annotations["link"], want)
	}
}

// push sends rows and waits until they can be asked for.
func (p *program) push(dataset, lines string) {
	p.t.Helper()
	resp, err := http.Post("http://"+p.address+"/api/v1/ingest/"+dataset+"?wait=queryable", "application/x-ndjson", strings.NewReader(lines))
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(`"rejected":0`)) {
		p.t.Fatalf("%s: %s\n%s", dataset, resp.Status, body)
	}
}

// daemon runs a program of Debian until the test ends, and shows what it said when the test fails.
func daemon(t *testing.T, name string, args ...string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, said.String())
		}
	})
}

// alertmanager runs one with the committed routes, all webhooks leading to hook; it gives its address.
func alertmanager(t *testing.T, hook string) string {
	t.Helper()
	text := readFile(t, "../../deploy/prometheus/alertmanager.yml")
	for pattern, with := range map[string]string{
		`http://127\.0\.0\.1:9099`:      hook,
		`group_wait: \w+`:               "group_wait: 1s",
		`group_interval: \w+`:           "group_interval: 1s",
		`(?m)^ +mute_time_intervals:.*`: "",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, with)
	}
	dir, listen := t.TempDir(), freeAddress(t)
	config := writeFile(t, "alertmanager.yml", text)
	daemon(t, "prometheus-alertmanager", "--config.file="+config, "--storage.path="+dir, "--web.listen-address="+listen, "--cluster.listen-address=")
	awaitOK(t, "http://"+listen+"/-/ready")
	return listen
}

// monitored runs a Prometheus with the committed rules on the program; it gives its address.
func monitored(t *testing.T, target, manager string) string {
	t.Helper()
	dir, listen := t.TempDir(), freeAddress(t)
	rules := filepath.Join(dir, "rules")
	if out, ok := toancanh(t, "rules", "--out", rules); !ok {
		t.Fatal(out)
	}
	for _, name := range []string{"targets.yml", "reporting.yml"} { // those of operations wait as they should
		path := filepath.Join(rules, name)
		text := regexp.MustCompile(`(?m)^ +for: .*\n`).ReplaceAllString(readFile(t, path), "")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := writeFile(t, "prometheus.yml", fmt.Sprintf(`
global: { scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s }
rule_files: ['%s/*.yml']
scrape_configs: [{ job_name: toancanh, static_configs: [{ targets: ['%s'] }] }]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['%s'] }] }] }
`, rules, target, manager))
	daemon(t, "prometheus", "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "tsdb"), "--web.listen-address="+listen)
	awaitOK(t, "http://"+listen+"/-/ready")
	return listen
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func awaitOK(t *testing.T, address string) {
	t.Helper()
	warehousetest.WaitUntil(t, address, func() bool {
		resp, err := http.Get(address)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// alertsFiring asks Prometheus which alerts of a duty fire.
func alertsFiring(t *testing.T, prometheus, duty string) (names []string) {
	t.Helper()
	query := url.Values{"query": {fmt.Sprintf(`ALERTS{alertstate="firing",duty=%q}`, duty)}}
	resp, err := http.Get("http://" + prometheus + "/api/v1/query?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Result []struct{ Metric map[string]string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	for _, r := range answer.Data.Result {
		names = append(names, r.Metric["alertname"])
	}
	slices.Sort(names)
	return names
}
