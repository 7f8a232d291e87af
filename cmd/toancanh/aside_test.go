package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

// An operator lists what was set aside, has it tried, and gives it up with a reason; all of it is recorded.
func TestMessagesSetAsideAreTheOperators(t *testing.T) {
	data := t.TempDir()
	setAside(t, data)
	list := func() string { return command(t, nil, "aside", "list", "--data", data) }
	if out := list(); !strings.Contains(out, "12") || !strings.Contains(out, "has version 123") {
		t.Errorf("listed without a server:\n%s", out)
	}
	p := serve(t, data)
	if got, err := p.get("/metrics"); err != nil || !strings.Contains(got, "toancanh_ingest_messages_aside 1") {
		t.Errorf("the metric does not count it: %v", err)
	}
	command(t, nil, "aside", "retry", "12", "--data", data)
	warehousetest.WaitUntil(t, "it was tried, and cannot be read yet", func() bool { return strings.Contains(list(), "sequence 12 has version 123") })
	if out := list(); strings.Contains(out, "wanted") {
		t.Errorf("it is still wanted:\n%s", out)
	}
	command(t, nil, "aside", "drop", "12", "--reason", "sent again", "--data", data)
	if out := list(); strings.Contains(out, "12") {
		t.Errorf("it is still there:\n%s", out)
	}
	record := command(t, nil, "audit", "list", "--data", data)
	for _, want := range []string{"message.retried", "message.dropped", "reason=sent again", "uid="} {
		if !strings.Contains(record, want) {
			t.Errorf("the record has no %q:\n%s", want, record)
		}
	}
	p.stop()
}

// setAside leaves a message that could not be read, with the number 12.
func setAside(t *testing.T, data string) {
	t.Helper()
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
}
