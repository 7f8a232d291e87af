package ingest

import (
	"path/filepath"
	"strings"
)

// FormOf tells from the name of a file how it is written and packed: figures.csv.gz is CSV in gzip. The format is "" for a name that
// does not say.
func FormOf(name string) (Format, Encoding) {
	name = strings.ToLower(filepath.Base(name))
	encoding := Plain
	for suffix, e := range map[string]Encoding{".gz": Gzip, ".gzip": Gzip, ".zst": Zstd, ".zstd": Zstd} {
		if short, packed := strings.CutSuffix(name, suffix); packed {
			name, encoding = short, e
			break
		}
	}
	switch filepath.Ext(name) {
	case ".ndjson", ".jsonl":
		return NDJSON, encoding
	case ".csv":
		return CSV, encoding
	case ".json":
		return JSON, encoding
	case ".xlsx":
		return XLSX, encoding
	}
	return "", encoding
}
