//go:build race

package ingest

// raced tells that the race detector runs.
const raced = true
