package ingest

import "embed"

//go:embed sql/*.sql
var sqlFiles embed.FS

// statement gives the embedded statement of a name; a missing one is a mistake of ours that every test would meet.
func statement(name string) string {
	b, err := sqlFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err)
	}
	return string(b)
}
