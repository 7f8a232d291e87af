package httpapi

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestReadyAndMetrics(t *testing.T) {
	h := wholeHouse(t)
	if r := h.get("/readyz"); r.Code != 200 {
		t.Errorf("ready: %d %s", r.Code, r.Body)
	}
	h.get("/api/v1/units")
	h.get("/nowhere/zz8812zz")
	exposition := h.get("/metrics").Body.String()
	for _, want := range []string{
		`toancanh_http_request_duration_seconds_count{method="GET",route="/api/v1/units",status="200"} 1`,
		`toancanh_http_response_size_bytes_count{method="GET",route="unknown",status="404"} 1`,
		`toancanh_event_listeners 0`,
	} {
		if !strings.Contains(exposition, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if strings.Contains(exposition, "zz8812zz") {
		t.Error("a raw path became a label")
	}
}

// TestStalledSenderIsDropped: a sender that promises a body and goes silent does not
// hold its place for ever.
func TestStalledSenderIsDropped(t *testing.T) {
	h := wholeHouse(t, func(c *Config, _ *Deps) { c.ReadTimeout = 50 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(running(t, h), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	head := "POST " + observationsPath + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"
	if _, err := conn.Write([]byte(head + accounts(tichSon, "2022-11-18", 1, 1)[0] + "\n")); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var p problemBody
	if err := json.NewDecoder(response.Body).Decode(&p); err != nil || p.Code != "interrupted" {
		t.Errorf("%+v, %v", p, err)
	}
}
