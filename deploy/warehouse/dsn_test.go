package warehouse

import (
	"strings"
	"testing"
	"time"
)

func TestMalformedDSN(t *testing.T) {
	for name, test := range map[string]struct{ dsn, wants string }{
		"no database":   {"clickhouse://u:secret@localhost:9000", "names no database"},
		"no URL at all": {"clickhouse://u:secret%zz@localhost:9000/x", "malformed"},
		"bad parameter": {"clickhouse://u:secret@localhost:9000/x?dial_timeout=soon", "malformed"},
		"empty":         {"", "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseDSN(test.dsn)
			if err == nil || !strings.Contains(err.Error(), test.wants) {
				t.Fatalf("got %v, want %q", err, test.wants)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Fatalf("the error tells the password: %v", err)
			}
		})
	}
}

func TestDSNOverridesDefaults(t *testing.T) {
	options, err := parseDSN("clickhouse://u:secret@a:9000,b:9000/x?dial_timeout=1s&max_open_conns=3&compress=zstd")
	if err != nil {
		t.Fatal(err)
	}
	if options.DialTimeout != time.Second || options.MaxOpenConns != 3 || options.MaxIdleConns != 3 {
		t.Errorf("got dial timeout %v, %d open, %d idle connections", options.DialTimeout, options.MaxOpenConns, options.MaxIdleConns)
	}
	if options.ConnMaxLifetime != connMaxLifetime || address(options) != "a:9000,b:9000" {
		t.Errorf("got lifetime %v at %s", options.ConnMaxLifetime, address(options))
	}
}
