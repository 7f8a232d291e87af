//go:build !torture

package ingest

// step names a place in the pipeline where a crash is of interest. Only a program built with the tag "torture" can be
// held or killed there (ingest/torture); elsewhere it is nothing.
func step(string) {}
