package engine

import (
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

const (
	accessDenied        = 497
	memoryLimitExceeded = 241
)

func TestDefaultUserIsRefusedOnBothPorts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := host(t, dir)
	if err := connect(t, e.dsn, "default").Ping(t.Context()); code(err) == 0 {
		t.Errorf("native: got %v, want a refusal by the server", err)
	}
	ep, err := readEndpoint(filepath.Join(dir, endpointFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"", "user=default&"} {
		status, body := get(t, "http://"+loopback(ep.HTTPPort)+"/?"+query+"query="+url.QueryEscape("SELECT 'let in'"))
		if status == http.StatusOK || strings.Contains(body, "let in") {
			t.Errorf("HTTP with %q: status %d: %s", query, status, body)
		}
	}
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func TestServiceUserStaysInItsDatabases(t *testing.T) {
	e := host(t, t.TempDir(), func(c *Config) { c.Databases = []string{"other", "test_*"} })
	conn := connect(t, e.dsn)
	run(t, conn,
		"CREATE DATABASE toancanh", "CREATE DATABASE other", "CREATE DATABASE test_1",
		"CREATE TABLE test_1.base (n UInt8) ENGINE = MergeTree ORDER BY n",
		"CREATE TABLE test_1.sums (n UInt8) ENGINE = SummingMergeTree ORDER BY n",
		"CREATE MATERIALIZED VIEW test_1.mv TO test_1.sums AS SELECT n FROM test_1.base",
		"ALTER TABLE test_1.base ADD COLUMN s String",
		"INSERT INTO test_1.base VALUES (1, 'a')",
		"ALTER TABLE test_1.base DELETE WHERE n = 1",
		"DROP DATABASE test_1 SYNC")
	for _, statement := range []string{
		"SELECT * FROM file('/etc/passwd', 'LineAsString')",
		"INSERT INTO FUNCTION file('x.csv', 'CSV', 'a Int8') VALUES (1)",
		"SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
		"SELECT * FROM remote('127.0.0.1', system.one)",
		"SELECT * FROM s3('http://127.0.0.1/bucket/x.csv', 'CSV', 'a Int8')",
		"SELECT * FROM mysql('127.0.0.1:3306', 'd', 't', 'u', 'p')",
		"CREATE TABLE toancanh.f (s String) ENGINE = File(CSV)",
		"CREATE TABLE toancanh.u (s String) ENGINE = URL('http://127.0.0.1/', CSV)",
		"CREATE DATABASE elsewhere",
		"CREATE TABLE default.t (n UInt8) ENGINE = MergeTree ORDER BY n",
		"SELECT * FROM system.users",
		"CREATE USER intruder",
		"GRANT ALL ON *.* TO toancanh",
		"BACKUP DATABASE toancanh TO File('x')",
		"SYSTEM SHUTDOWN",
		"SYSTEM STOP LISTEN TCP",
	} {
		if err := conn.Exec(t.Context(), statement); code(err) != accessDenied {
			t.Errorf("%s: got %v, want error %d", statement, err, accessDenied)
		}
	}
	// This one is not a matter of rights; but nothing can get into the folder of scripts.
	if err := conn.Exec(t.Context(), "SELECT * FROM executable('../../../bin/true', 'CSV', 'a Int8')"); err == nil {
		t.Error("a program outside of the folder can be run")
	}
}

func TestMemoryLimitHolds(t *testing.T) {
	t.Parallel()
	conn := connect(t, host(t, t.TempDir()).dsn) // 1 GiB
	var n uint64
	const greedy = "SELECT length(groupArray(number)) FROM numbers(400000000)" // 3.2 GB
	if err := conn.QueryRow(t.Context(), greedy).Scan(&n); code(err) != memoryLimitExceeded {
		t.Errorf("got %v, want error %d", err, memoryLimitExceeded)
	}
	if err := conn.Ping(t.Context()); err != nil {
		t.Errorf("the engine did not survive: %v", err)
	}
}

// Failing statements are the caller's to report; their text may hold values.
func TestLogsHoldNeitherSecretsNorQueries(t *testing.T) {
	dir := t.TempDir()
	e := host(t, dir)
	if err := connect(t, e.dsn).Exec(t.Context(), "SELECT 'marker' FROM nowhere"); err == nil {
		t.Fatal("the table exists")
	}
	eventually(t, "the failure is logged", func() bool { return strings.Contains(e.logs.String(), "UNKNOWN_TABLE") })
	if err := e.stop(); err != nil {
		t.Fatal(err)
	}
	ep, err := readEndpoint(filepath.Join(dir, endpointFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]string{"password": ep.Password, "hash": ep.passwordHash(), "query": "marker"} {
		if strings.Contains(e.logs.String(), secret) {
			t.Errorf("the log tells the %s:\n%s", name, e.logs)
		}
	}
}
