package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// TestChangesOfTheConsoleAreOnRecord: everything that commands and files change beside a running server is in the record its API
// gives, and nothing else; what comes by the API itself is held against it by TestEveryChangeIsOnRecord of query/httpapi.
func TestChangesOfTheConsoleAreOnRecord(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(secondProvince)); err != nil {
		t.Fatal(err)
	}
	setAside(t, data)
	drop := filepath.Join(t.TempDir(), "drop")
	sender := strings.Split(command(t, nil, "token", "add", "reporter", "--label", "kho", "--data", data, "--catalog", dir), "_")[1]
	p := serve(t, data, "--catalog", dir, "--drop", sender+"="+drop)

	token := command(t, nil, "token", "add", "operator", "--label", "trực hệ thống", "--data", data)
	operator := strings.Split(token, "_")[1]
	spare := strings.Split(command(t, nil, "token", "add", "viewer", "--label", "tạm", "--data", data, "--catalog", dir), "_")[1]
	command(t, nil, "token", "revoke", spare, "--data", data)
	command(t, nil, "token", "revoke", spare, "--data", data) // changes nothing

	changeBoundaries(t, data)
	clearAside(t, data)

	p.change(dir, "indicators.yaml", "1000 * sum(ships_late) / sum(ships)", "1000 * sum(ships_late{shift = early}) / sum(ships{shift = early})")
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}

	taken := filepath.Join(drop, "observations", "ships.ndjson")
	if err := os.WriteFile(taken, []byte(`{"measure":"ships","unit":"00101","period":"2026-10","value":300,"dims":{"shift":"early"},"note":"nộp muộn"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	record := func() []recorded { return p.record(token) }
	has := func(action string) func() bool {
		return func() bool { return slices.ContainsFunc(record(), func(e recorded) bool { return e.Action == action }) }
	}
	warehousetest.WaitUntil(t, "the catalogue is reloaded", has("catalogue.reloaded"))
	warehousetest.WaitUntil(t, "the file of the drop folder is taken", has("submission.accepted"))
	got := summary(t, record())
	want := []string{
		"token.added " + operator + " by console", "token.added " + spare + " by console", "token.added " + sender + " by console", "token.revoked " + spare + " by console",
		"boundaries.imported hai-xa by console", "boundaries.removed hai-xa by console",
		"message.retried 12 by console", "message.dropped 12 by console",
		"catalogue.reloaded hai-dang by console", "submission.accepted one by " + sender,
	}
	slices.Sort(got)
	slices.Sort(want)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the record has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	listed := command(t, nil, "audit", "list", "--caller", sender, "--data", data)
	if strings.Count(listed, "\n") != 1 || !strings.Contains(listed, "submission.accepted") {
		t.Errorf("the command lists\n%s", listed)
	}
	if out, ok := toancanh(t, "audit", "list", "--action", "token.made", "--data", data); ok || !strings.Contains(out, "token.added") {
		t.Errorf("an action there is not: %s", out)
	}
	p.stop()
}

// changeBoundaries imports a set, twice, and removes it.
func changeBoundaries(t *testing.T, data string) {
	t.Helper()
	file := writeFile(t, "communes.geojson", twoCommunes)
	set := []string{"boundaries", "import", file, "--data", data, "--set", "hai-xa", "--in-force-from", "2025-07-01", "--parent-property", "huyen"}
	command(t, nil, set...)
	command(t, nil, set...) // the same again
	command(t, nil, "boundaries", "remove", "hai-xa", "--data", data)
}

// clearAside tries the message that was set aside once more and drops it, with a reason that may be kept.
func clearAside(t *testing.T, data string) {
	t.Helper()
	command(t, nil, "aside", "retry", "12", "--data", data)
	warehousetest.WaitUntil(t, "it was tried", func() bool {
		return strings.Contains(command(t, nil, "aside", "list", "--data", data), "sequence 12 has version 123")
	})
	if out, ok := toancanh(t, "aside", "drop", "12", "--reason", "hỏi ông A, 0912 345 678", "--data", data); ok || !strings.Contains(out, "no telephone") {
		t.Errorf("a reason with a telephone number: %s", out)
	}
	command(t, nil, "aside", "drop", "12", "--reason", "đã gửi lại", "--data", data)
}

// recorded is an entry of the record of changes.
type recorded struct {
	Action, Subject, Caller string
	Details                 map[string]string
}

// record asks for all changes there are.
func (p *program) record(token string) []recorded {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://"+p.address+"/api/v1/audit?limit=500", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Data []recorded }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		p.t.Fatalf("%s: %v", resp.Status, err)
	}
	return answer.Data
}

// summary tells what was changed by whom, a line each; who acts on the machine itself is named by the system.
func summary(t *testing.T, entries []recorded) []string {
	t.Helper()
	var got []string
	for _, e := range entries {
		if e.Action == "submission.accepted" {
			e.Subject = "one"
		}
		if e.Caller == "console" && e.Action != "catalogue.reloaded" && e.Details["uid"] != fmt.Sprint(os.Getuid()) {
			t.Errorf("%+v does not say who", e)
		}
		got = append(got, e.Action+" "+e.Subject+" by "+e.Caller)
	}
	return got
}
