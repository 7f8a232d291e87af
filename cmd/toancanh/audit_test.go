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
	folder := filepath.Join(data, "journal", "aside")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	facts := `{"sequence":12,"received":"2022-11-20T02:00:00Z","set_aside":"2022-11-20T02:00:01Z","bytes":2,"version":123,"reason":"has version 123"}`
	for name, content := range map[string]string{"12.msg": "{}", "12.json": facts} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	drop := filepath.Join(t.TempDir(), "drop")
	sender := strings.Split(command(t, nil, "token", "add", "reporter", "--label", "kho", "--data", data, "--catalog", dir), "_")[1]
	p := serve(t, data, "--catalog", dir, "--drop", sender+"="+drop)

	token := command(t, nil, "token", "add", "operator", "--label", "trực hệ thống", "--data", data)
	operator := strings.Split(token, "_")[1]
	spare := strings.Split(command(t, nil, "token", "add", "viewer", "--label", "tạm", "--data", data, "--catalog", dir), "_")[1]
	command(t, nil, "token", "revoke", spare, "--data", data)
	command(t, nil, "token", "revoke", spare, "--data", data) // changes nothing

	file := writeFile(t, "communes.geojson", twoCommunes)
	set := []string{"boundaries", "import", file, "--data", data, "--set", "hai-xa", "--in-force-from", "2025-07-01", "--parent-property", "huyen"}
	command(t, nil, set...)
	command(t, nil, set...) // the same again
	command(t, nil, "boundaries", "remove", "hai-xa", "--data", data)

	command(t, nil, "aside", "retry", "12", "--data", data)
	warehousetest.WaitUntil(t, "it was tried", func() bool {
		return strings.Contains(command(t, nil, "aside", "list", "--data", data), "sequence 12 has version 123")
	})
	if out, ok := toancanh(t, "aside", "drop", "12", "--reason", "hỏi ông A, 0912 345 678", "--data", data); ok || !strings.Contains(out, "no telephone") {
		t.Errorf("a reason with a telephone number: %s", out)
	}
	command(t, nil, "aside", "drop", "12", "--reason", "đã gửi lại", "--data", data)

	p.change(dir, "indicators.yaml", "1000 * sum(ships_late) / sum(ships)", "1000 * sum(ships_late{shift = early}) / sum(ships{shift = early})")
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}

	taken := filepath.Join(drop, "observations", "ships.ndjson")
	if err := os.WriteFile(taken, []byte(`{"measure":"ships","unit":"00101","period":"2026-10","value":300,"dims":{"shift":"early"},"note":"nộp muộn"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Action, Subject, Caller string
		Details                 map[string]string
	}
	record := func() (entries []entry) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.address+"/api/v1/audit?limit=500", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var answer struct{ Data []entry }
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			t.Fatalf("%s: %v", resp.Status, err)
		}
		return answer.Data
	}
	has := func(action string) func() bool {
		return func() bool { return slices.ContainsFunc(record(), func(e entry) bool { return e.Action == action }) }
	}
	warehousetest.WaitUntil(t, "the catalogue is reloaded", has("catalogue.reloaded"))
	warehousetest.WaitUntil(t, "the file of the drop folder is taken", has("submission.accepted"))
	var got []string
	for _, e := range record() {
		if e.Action == "submission.accepted" {
			e.Subject = "one"
		}
		if e.Caller == "console" && e.Action != "catalogue.reloaded" && e.Details["uid"] != fmt.Sprint(os.Getuid()) {
			t.Errorf("%+v does not say who", e)
		}
		got = append(got, e.Action+" "+e.Subject+" by "+e.Caller)
	}
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
