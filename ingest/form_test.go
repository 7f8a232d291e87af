package ingest

import "testing"

func TestFormOf(t *testing.T) {
	type form struct {
		Format
		Encoding
	}
	for name, want := range map[string]form{
		"a.ndjson": {NDJSON, Plain}, "dir.csv/a.jsonl.gz": {NDJSON, Gzip}, "A.CSV": {CSV, Plain}, "a.csv.zst": {CSV, Zstd},
		"a.b.json": {JSON, Plain}, "a.gz": {"", Gzip}, "-": {"", Plain}, "a.txt": {"", Plain}, "csv": {"", Plain},
	} {
		format, encoding := FormOf(name)
		if got := (form{format, encoding}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
