package warehouse

import (
	"log/slog"
	"strings"
	"testing"
)

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestParseDSN(t *testing.T) {
	for name, test := range map[string]struct{ dsn, wants string }{
		"no database":   {"clickhouse://u:secret@localhost:9000", "names no database"},
		"no URL at all": {"clickhouse://u:secret%zz@localhost:9000/x", "malformed"},
		"bad parameter": {"clickhouse://u:secret@localhost:9000/x?dial_timeout=soon", "malformed"},
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

