package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/toancanh/toancanh/deploy/engine"
	"github.com/toancanh/toancanh/deploy/warehouse/warehousetest"
)

func TestExpiryIsTheEndOfADay(t *testing.T) {
	zone := time.FixedZone("+07", 7*3600)
	today := civil.Date{Year: 2028, Month: 2, Day: 29}
	for text, want := range map[string]string{
		"2028-03-01": "2028-03-02T00:00:00+07:00", "1d": "2028-03-02T00:00:00+07:00", "90d": "2028-05-30T00:00:00+07:00", "1y": "2029-03-01T00:00:00+07:00",
	} {
		got, err := expiry(text, today, zone)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v, want %s", text, got.Format(time.RFC3339), err, want)
		}
	}
	if got, err := expiry("never", today, zone); err != nil || !got.IsZero() {
		t.Errorf("never: %v, %v", got, err)
	}
	for _, text := range []string{"", "d", "0d", "-1d", "90", "1m", "1dy", "2028-02-30", "999y", "soon"} {
		if got, err := expiry(text, today, zone); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

// TestTokensAreMadeBesideARunningServer: the first closes its door, one that is taken back opens nothing any more, and with one
// the server listens beyond loopback.
func TestTokensAreMadeBesideARunningServer(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	p.figure("08707", 41) // open
	token := command(t, nil, "token", "add", "approver", "--label", "một cửa", "--agency", "vpubnd", "--data", data)
	warehousetest.WaitUntil(t, "the server is closed", func() bool { return p.status("", "/api/v1/units") == http.StatusUnauthorized })
	warehousetest.WaitUntil(t, "the token is known", func() bool { return p.status(token, "/api/v1/units") == http.StatusOK })
	if p.status("", "/healthz") != http.StatusOK {
		t.Error("health needs a token")
	}

	file := filepath.Join(t.TempDir(), "figures.csv")
	content := "measure,unit,period,value,note\ndossiers_received,08707,s2022-11,43,đã đối chiếu\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	sent := command(t, []string{"TOANCANH_TOKEN=" + token}, "ingest", "--listen", p.address, "--data", data, file)
	if !strings.Contains(sent, "1 accepted, 0 rejected") {
		t.Errorf("sent with a token: %s", sent)
	}
	id := strings.Split(token, "_")[1]
	if record := command(t, nil, "audit", "list", "--caller", id, "--data", data); !strings.Contains(record, "submission.accepted") || !strings.Contains(record, "một cửa") {
		t.Errorf("the record has\n%s", record)
	}
	command(t, nil, "token", "revoke", id, "--data", data)
	warehousetest.WaitUntil(t, "the token is taken back", func() bool { return p.status(token, "/api/v1/units") == http.StatusUnauthorized })
	if strings.Contains(p.output.String(), token) {
		t.Error("the token was logged")
	}
	p.stop()

	_, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	beyond := serveOn(t, data, "0.0.0.0:"+port)
	if got := beyond.status("", "/api/v1/units"); got != http.StatusUnauthorized {
		t.Errorf("beyond loopback: %d", got)
	}
	beyond.stop()
}

// command runs the program to its end and gives what it says.
func command(t *testing.T, environment []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(build(t), args...)
	cmd.Env = append(append(os.Environ(), engine.LibraryVariable+"="+library(t)), environment...)
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", args, err, out, &failure)
	}
	return strings.TrimSpace(string(out))
}

// status asks with a token, or without one.
func (p *program) status(token, path string) int {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://"+p.address+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}
